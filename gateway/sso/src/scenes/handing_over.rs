//! From the hub's host to an app's, and what must not work on the way.

use super::*;
use crate::{HANDOVER_PATH, HandoverRequest, HostSet, REDEEM_PATH, RedeemError};

fn hosts() -> HostSet {
    HostSet::new(HUB, [APP.to_owned(), "berita.divos.example".to_owned()])
}

fn query(location: &str) -> &str {
    location.split_once('?').expect("a query").1
}

/// Goes the first two steps: returns the app host's browser and the ticket's query.
async fn ticket(world: &World, person: &SignedIn, path: &str) -> (HeaderMap, String) {
    let departure = world.sso.begin_handover(APP, path, &HeaderMap::new());
    let prefix = format!("https://{HUB}{HANDOVER_PATH}?");
    let asked = departure
        .location
        .strip_prefix(&prefix)
        .expect("to the hub");
    let request = HandoverRequest::parse(asked, &hosts()).expect("a request");
    let location = world
        .sso
        .hand_over(person, &request)
        .await
        .expect("a ticket");
    assert!(
        location.starts_with(&format!("https://{APP}{REDEEM_PATH}?ticket=")),
        "{location}"
    );
    (
        browser(&[departure.set_cookie.expect("a nonce")]),
        query(&location).to_owned(),
    )
}

#[tokio::test]
async fn one_sign_in_opens_an_app_and_signing_out_of_either_closes_both() {
    let world = World::new().await;
    let (sekar, hub_browser) = world.sekar().await;
    let (app_browser, ticket) = ticket(&world, &sekar, "/surat?hal=2").await;
    let arrival = world
        .sso
        .redeem(APP, &ticket, &app_browser)
        .await
        .expect("arrived");
    assert_eq!(arrival.location, "/surat?hal=2");
    let child = browser(&[arrival.set_cookie]);
    assert_eq!(
        world.who(APP, &child).await.reader().expect("sekar").person,
        sekar.reader.person
    );
    for host in [
        HUB,
        "berita.divos.example",
        "SURAT.divos.example",
        "surat.divos.example:444",
    ] {
        assert_eq!(
            why(world.who(host, &child).await),
            Some(Why::Unknown),
            "a child's cookie is for its host alone: {host}"
        );
    }
    assert_eq!(
        world.sso.sessions_of(&sekar).await.expect("a list").len(),
        2
    );
    let on_app = world.who(APP, &child).await;
    world
        .sso
        .sign_out(on_app.signed_in().expect("signed in"))
        .await
        .expect("out");
    assert!(world.who(APP, &child).await.reader().is_none());
    assert!(
        world.who(HUB, &hub_browser).await.reader().is_none(),
        "signing out of an app signs out"
    );
}

#[tokio::test]
async fn of_fifty_who_show_a_ticket_one_gets_in() {
    let world = Arc::new(World::new().await);
    let (sekar, _) = world.sekar().await;
    let (app_browser, ticket) = ticket(&world, &sekar, "/").await;
    let mut showing = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (world, browser, ticket) = (world.clone(), app_browser.clone(), ticket.clone());
        showing.spawn(async move { world.sso.redeem(APP, &ticket, &browser).await.is_ok() });
    }
    let mut arrived = 0;
    while let Some(one) = showing.join_next().await {
        arrived += usize::from(one.expect("a try"));
    }
    assert_eq!(arrived, 1);
    assert!(matches!(
        world.sso.redeem(APP, &ticket, &app_browser).await,
        Err(RedeemError::Refused)
    ));
}

#[tokio::test]
async fn a_ticket_is_good_for_one_host_one_browser_and_thirty_seconds() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let elsewhere = browser(&[world
        .sso
        .begin_handover(APP, "/", &HeaderMap::new())
        .set_cookie
        .expect("a nonce")]);
    // Another host; the victim's browser, with a nonce of its own (login CSRF); no cookies at all; too late.
    let (mine, shown) = ticket(&world, &sekar, "/").await;
    assert!(matches!(
        world
            .sso
            .redeem("berita.divos.example", &shown, &mine)
            .await,
        Err(RedeemError::Refused)
    ));
    let (_, shown) = ticket(&world, &sekar, "/").await;
    assert!(matches!(
        world.sso.redeem(APP, &shown, &elsewhere).await,
        Err(RedeemError::Refused)
    ));
    let (mine, shown) = ticket(&world, &sekar, "/").await;
    assert!(matches!(
        world.sso.redeem(APP, &shown, &HeaderMap::new()).await,
        Err(RedeemError::NoNonce)
    ));
    assert!(
        matches!(
            world.sso.redeem(APP, &shown, &mine).await,
            Err(RedeemError::Refused)
        ),
        "shown once is used up"
    );
    let (mine, shown) = ticket(&world, &sekar, "/").await;
    world.wait(TimeDelta::seconds(31));
    assert!(matches!(
        world.sso.redeem(APP, &shown, &mine).await,
        Err(RedeemError::Refused)
    ));
    let (mine, shown) = ticket(&world, &sekar, "/").await;
    for forged in [
        "",
        "ticket=",
        "ticket=x",
        &format!("{shown}&{shown}"),
        &format!("ticket={}", crate::token::Token::new().written()),
    ] {
        assert!(
            matches!(
                world.sso.redeem(APP, forged, &mine).await,
                Err(RedeemError::Refused)
            ),
            "{forged}"
        );
    }
    world
        .sso
        .redeem(APP, &shown, &mine)
        .await
        .expect("and the right one still works");
}

#[tokio::test]
async fn two_tabs_share_a_nonce_and_both_arrive() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let first = world.sso.begin_handover(APP, "/a", &HeaderMap::new());
    let tab = browser(&[first.set_cookie.clone().expect("a nonce")]);
    let second = world.sso.begin_handover(APP, "/b", &tab);
    assert!(second.set_cookie.is_none());
    for (departure, path) in [(first, "/a"), (second, "/b")] {
        let request =
            HandoverRequest::parse(query(&departure.location), &hosts()).expect("a request");
        let location = world
            .sso
            .hand_over(&sekar, &request)
            .await
            .expect("a ticket");
        assert_eq!(
            world
                .sso
                .redeem(APP, query(&location), &tab)
                .await
                .expect("arrived")
                .location,
            path
        );
    }
}

#[tokio::test]
async fn a_ticket_dies_with_its_session() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let (app_browser, ticket) = ticket(&world, &sekar, "/").await;
    world.sso.sign_out(&sekar).await.expect("out");
    assert!(matches!(
        world.sso.redeem(APP, &ticket, &app_browser).await,
        Err(RedeemError::Refused)
    ));
}

#[tokio::test]
async fn handing_over_goes_to_our_apps_only_and_to_safe_paths_only() {
    let world = World::new().await;
    let binding = "A".repeat(43);
    for bad in [
        String::new(),
        format!("host=evil.example&return=/&binding={binding}"),
        format!("host={HUB}&return=/&binding={binding}"),
        format!("host={APP}.evil.example&return=/&binding={binding}"),
        format!("host={APP}%00&return=/&binding={binding}"),
        format!("host={APP}&return=//evil.example&binding={binding}"),
        format!("host={APP}&return=https://evil.example/&binding={binding}"),
        format!("host={APP}&return=/%0d%0aSet-Cookie:x&binding={binding}"),
        format!("host={APP}&return=/&binding=x"),
        format!("host={APP}&return=/"),
        format!("host={APP}&host=evil.example&return=/&binding={binding}"),
        format!("host={APP}&return=/&return=/&binding={binding}"),
        format!("host={APP}&return=/&binding={binding}&binding={binding}"),
    ] {
        assert_eq!(HandoverRequest::parse(&bad, &hosts()), None, "{bad}");
    }
    assert!(
        HandoverRequest::parse(&format!("host={APP}&return=/&binding={binding}"), &hosts())
            .is_some()
    );
    for unsafe_path in [
        "//evil.example",
        "/\\evil.example",
        "",
        "/a b",
        "/%2e%2e/x",
        "https://evil.example",
    ] {
        let location = world
            .sso
            .begin_handover(APP, unsafe_path, &HeaderMap::new())
            .location;
        assert!(
            location.contains("&return=%2F&"),
            "{unsafe_path}: {location}"
        );
    }
}

#[tokio::test]
async fn a_used_app_keeps_its_portal_session_alive() {
    let world = World::new().await;
    let (sekar, hub_browser) = world.sekar().await;
    let (app_browser, ticket) = ticket(&world, &sekar, "/").await;
    let child = browser(&[world
        .sso
        .redeem(APP, &ticket, &app_browser)
        .await
        .expect("arrived")
        .set_cookie]);
    for _ in 0..4 {
        world.wait(TimeDelta::minutes(40));
        assert!(world.who(APP, &child).await.reader().is_some());
    }
    assert!(world.who(HUB, &hub_browser).await.reader().is_some());
}
