//! How attempts are counted.

use super::*;

fn attempt(subject: &'static str, address: &str) -> Attempt<'static> {
    Attempt {
        subject,
        address: address.parse().expect("an address"),
        device: None,
    }
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
}

/// Fails until told to wait; returns how many tries that took.
fn tries(throttle: &Throttle, attempt: &Attempt<'_>, now: DateTime<Utc>) -> u32 {
    (0..1000)
        .find(|_| throttle.charge(attempt, now).is_err())
        .expect("a wait at last")
}

#[test]
fn one_place_is_slowed_after_five_failures_and_longer_each_time() {
    let throttle = Throttle::new();
    let guess = attempt("p", "192.0.2.1");
    assert_eq!(tries(&throttle, &guess, moment(0)), 6);
    let first = throttle.charge(&guess, moment(0)).expect_err("a wait");
    let later = moment(first.num_seconds() + 1);
    let _ = throttle.charge(&guess, later).expect("one more try");
    let second = throttle.charge(&guess, later).expect_err("a wait");
    assert!(second > first, "{second} after {first}");
}

#[test]
fn the_victim_is_never_locked_out() {
    let throttle = Throttle::new();
    // An attacker with a thousand addresses who never stops for an hour.
    for second in 0..3600_u32 {
        let address = IpAddr::from([198, 51, (second / 250 % 250) as u8, (second % 250) as u8]);
        let _ = throttle.charge(
            &Attempt {
                subject: "victim",
                address,
                device: None,
            },
            moment(second.into()),
        );
    }
    let wait = throttle
        .charge(&attempt("victim", "203.0.113.9"), moment(3600))
        .err()
        .unwrap_or_default();
    assert!(wait.num_seconds() <= 30, "from a new place: {wait}");
    let known = Attempt {
        device: Some("nonce"),
        ..attempt("victim", "203.0.113.9")
    };
    assert!(
        throttle.charge(&known, moment(3600)).is_ok(),
        "from a known browser: at once"
    );
}

#[test]
fn many_at_once_count_as_many() {
    let throttle = std::sync::Arc::new(Throttle::new());
    let allowed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| {
                    usize::from(
                        throttle
                            .charge(&attempt("p", "192.0.2.1"), moment(0))
                            .is_ok(),
                    )
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread"))
            .sum()
    });
    assert_eq!(allowed, 6);
}

#[test]
fn success_forgives_and_time_forgets() {
    let throttle = Throttle::new();
    let guess = attempt("p", "192.0.2.1");
    for _ in 0..5 {
        let _ = throttle.charge(&guess, moment(0)).expect("free");
    }
    throttle.forgive(throttle.charge(&guess, moment(0)).expect("free"));
    assert_eq!(tries(&throttle, &guess, moment(0)), 6);
    assert_eq!(tries(&throttle, &guess, moment(86_400)), 6);
}

#[test]
fn an_office_behind_one_address_signs_in_at_once_and_one_who_tries_many_names_does_not() {
    let throttle = Throttle::new();
    let names: Vec<String> = (0..1000).map(|n| format!("p{n}")).collect();
    let from = |subject| Attempt {
        subject,
        ..attempt("", "192.0.2.1")
    };
    let office: Vec<Charge> = names
        .iter()
        .map(|name| {
            throttle
                .charge(&from(name), moment(0))
                .expect("all at once")
        })
        .collect();
    office
        .into_iter()
        .for_each(|charge| throttle.forgive(charge));
    let tried = names
        .iter()
        .take_while(|name| match throttle.charge(&from(name), moment(0)) {
            Ok(charge) => {
                throttle.blame(charge, moment(0));
                true
            }
            Err(_) => false,
        })
        .count();
    assert_eq!(tried, 201);
}

#[test]
fn what_could_not_be_judged_is_held_against_nobody() {
    let throttle = Throttle::new();
    let guess = attempt("p", "192.0.2.1");
    for _ in 0..100 {
        let charge = throttle.charge(&guess, moment(0)).expect("free");
        throttle.release(charge);
    }
}

#[test]
fn an_ipv6_customer_is_one_place_and_a_mapped_address_is_ipv4() {
    assert_eq!(
        network("2001:db8::1".parse().expect("ip")),
        network("2001:db8::ffff:2".parse().expect("ip"))
    );
    assert_eq!(
        network("::ffff:192.0.2.1".parse().expect("ip")),
        "192.0.2.1"
    );
}
