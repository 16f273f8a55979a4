//! Signing in with care: no second try of what may be a wrong password, no session lost to a late answer, and the
//! habits of old apps. Everything is made up.

use crate::fake::{Answer, Fake, connector, read, through};
use crate::login::{PASSWORD, fetch, header, rows, sent, with};
use divos_adapters::fixture::Recorder;
use divos_adapters::{Ask, Call, FetchError, Refusal, Transport, Trouble};
use divos_manifest::{Auth, Connector, Secret};
use divos_model::Lang;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const BASE: &str = "http://app.example";
const LOGIN: &str =
    "<form method=post action=/in><input name=user><input type=password name=pass></form>";

/// Writes a connector that signs in by a form; `more` are further keys of it, `app` lines under `app:`.
fn by_form(more: &str, app: &str) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         app:\n  upstreams: \"{BASE}\"\n  retries: 0\n  limits: {{ reads_in_flight: 20 }}\n{app}\n\
         auth: {{ form: {{ url: /login, fields: {{ user: hub, pass: \"${{secret:app/key}}\" }}{more} }} }}\n\
         sources:\n  rows:\n    rest: {{ get: /rows }}\n    select: data[*]\n    deletes: never\n    every: 5m\n\
         \x20   to: announcement\n    map: {{ id: id, title: title }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    connector(&yaml)
}

fn page(body: &str, set: &[&str]) -> Answer {
    let mut headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    let set = set
        .iter()
        .map(|c| ("set-cookie".to_owned(), (*c).to_owned()));
    headers.extend(set);
    Ok((200, headers, body.as_bytes().to_vec()))
}

fn status(status: u16) -> Answer {
    Ok((status, vec![], vec![]))
}

fn posts(fake: &Fake) -> usize {
    let calls = fake.calls.lock().expect("calls");
    calls.iter().filter(|call| call.starts_with("POST")).count()
}

fn why(error: &FetchError) -> Option<&Refusal> {
    match &error.trouble {
        Trouble::LoginRefused { why, .. } => Some(why),
        _ => None,
    }
}

/// An app that locks after three wrong passwords, and never shows its form after one.
#[tokio::test(start_paused = true)]
async fn a_wrong_password_that_nobody_calls_wrong_is_tried_once_in_a_pause_too() {
    let fake = Fake::new(|_, call| match call.method.as_str() {
        "POST" => page("<p>Salah</p>", &[]),
        _ => page(LOGIN, &[]),
    });
    let (world, connector) = (through(fake.clone()), by_form("", ""));
    for (tried, minutes) in [(1, 1), (2, 5), (3, 15)] {
        let all = (0..20).map(|_| fetch(&connector, &world));
        for error in futures::future::join_all(all).await {
            let error = error.expect("refused");
            assert_eq!(why(&error), Some(&Refusal::Forgotten));
        }
        assert_eq!(
            posts(&fake),
            tried,
            "the pauses grow, though each sign-in seemed to succeed"
        );
        tokio::time::advance(Duration::from_secs(minutes * 60 + 1)).await;
    }
}

#[tokio::test]
async fn a_script_that_leads_back_to_the_form_is_a_refusal_and_one_that_leads_on_is_not() {
    for (target, refused) in [("login", true), ("home", false)] {
        let fake = Fake::new(
            move |_, call| match (call.method.as_str(), call.url.path()) {
                ("POST", _) => page(
                    &format!("<script>alert('Masuk');window.location='{target}';</script>"),
                    &["sid=1; Path=/"],
                ),
                (_, "/login") => page(LOGIN, &[]),
                (_, "/rows") => rows(),
                _ => page("<p>Selamat datang</p>", &[]),
            },
        );
        let error = fetch(&by_form("", ""), &through(fake.clone())).await;
        assert_eq!(error.is_some(), refused, "{error:?}");
        assert_eq!(posts(&fake), 1);
        if let Some(error) = error {
            assert_eq!(why(&error), Some(&Refusal::FormAgain));
            assert!(
                error.to_string().contains("the form is still shown"),
                "{error}"
            );
            let said = error.sentence(Lang::Id);
            assert!(said.contains("formulir masuk masih ditampilkan"), "{said}");
        }
    }
}

/// The second session begins while an answer of the first, which sets a stranger's cookie, is still on its way.
#[tokio::test]
async fn a_late_answer_of_an_ended_session_does_not_overwrite_the_new_one() {
    let app = Arc::new(Slow::default());
    let (world, connector) = (through(app.clone()), by_form("", ""));
    assert_eq!(fetch(&connector, &world).await, None);
    *app.alive.lock().expect("alive") = 0;
    let all = (0..20).map(|_| fetch(&connector, &world));
    let errors = futures::future::join_all(all).await;
    assert!(errors.iter().all(Option::is_none), "{errors:?}");
    assert_eq!(
        app.logins.load(Ordering::SeqCst),
        2,
        "one sign-in, and one renewal for all"
    );
    assert_eq!(fetch(&connector, &world).await, None);
    assert_eq!(app.logins.load(Ordering::SeqCst), 2);
}

/// An app whose answers to strangers are slow in different ways and set a cookie.
#[derive(Debug, Default)]
struct Slow {
    logins: AtomicUsize,
    alive: Mutex<usize>,
    strangers: AtomicUsize,
}

#[async_trait::async_trait]
impl Transport for Slow {
    async fn send(&self, call: &Call) -> Result<divos_adapters::Reply, Trouble> {
        let alive = *self.alive.lock().expect("alive");
        let known = alive > 0 && header(call, "cookie") == format!("sid={alive}");
        let answer = match (call.method.as_str(), call.url.path()) {
            ("POST", _) => {
                let number = self.logins.fetch_add(1, Ordering::SeqCst) + 1;
                *self.alive.lock().expect("alive") = number;
                page("<p>Selamat datang</p>", &[&format!("sid={number}; Path=/")])
            }
            (_, "/rows") if known => rows(),
            (_, "/rows") => {
                let late = self.strangers.fetch_add(1, Ordering::SeqCst) as u64;
                tokio::time::sleep(Duration::from_millis(7 * late)).await;
                page(LOGIN, &["sid=stranger; Path=/"])
            }
            _ => page(LOGIN, &[]),
        };
        let (status, headers, body) = answer?;
        let pairs = headers.iter().map(|(name, value)| {
            let name: http::HeaderName = name.parse().expect("a name");
            (name, value.parse().expect("a value"))
        });
        Ok(divos_adapters::Reply {
            status: http::StatusCode::from_u16(status).expect("a status"),
            headers: pairs.collect(),
            body: body.into(),
            url: call.url.clone(),
            close_delimited: false,
        })
    }
}

#[tokio::test]
async fn twenty_requests_with_a_wrong_digest_password_send_one_proof() {
    let proofs = Arc::<AtomicUsize>::default();
    let count = proofs.clone();
    let fake = Fake::slow(Duration::from_millis(3), move |_, call| {
        count.fetch_add(
            usize::from(!header(call, "authorization").is_empty()),
            Ordering::SeqCst,
        );
        let asks = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"".to_owned();
        Ok((401, vec![("www-authenticate".to_owned(), asks)], vec![]))
    });
    let connector = with(
        Auth::Digest {
            username: Secret::known("hub", "hub"),
            password: Secret::known("${secret:app/key}", PASSWORD),
        },
        BASE,
    );
    let world = through(fake.clone());
    let all = (0..20).map(|_| fetch(&connector, &world));
    for error in futures::future::join_all(all).await {
        assert_eq!(error.expect("refused").code(), "login_refused");
    }
    assert_eq!(proofs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_app_behind_a_name_is_signed_in_to_by_that_name() {
    let fake = Fake::new(|_, call| {
        if header(call, "host") != "surat.example" {
            return status(404);
        }
        let known = header(call, "cookie").contains("sid=1");
        match (call.method.as_str(), call.url.path()) {
            ("POST", _) => {
                let from = (header(call, "referer"), header(call, "origin"));
                match from == ("http://surat.example/login", "http://surat.example") {
                    true => page(
                        "<p>Selamat datang</p>",
                        &["sid=1; Domain=surat.example; Path=/"],
                    ),
                    false => status(403),
                }
            }
            (_, "/login") => page(LOGIN, &[]),
            _ if known => rows(),
            _ => page(LOGIN, &[]),
        }
    });
    let connector = by_form("", "  send_host: surat.example");
    assert_eq!(fetch(&connector, &through(fake)).await, None);
}

#[tokio::test]
async fn what_only_those_inside_see_decides_over_a_form_that_looks_like_a_sign_in() {
    // A page to make users: it asks for a name and a password, and it is no sign-in.
    let users = "<html><a href=/logout>Keluar</a><form><input name=user><input type=password name=pass></form>\
                 <table><tr><td class=i>1<td class=t>Buatan</table></html>";
    let piece = "<table><tr><td class=i>1<td class=t>Buatan</table>";
    let outside = "<html><p>Silakan hubungi admin</p></html>";
    for (answer, works) in [(users, true), (piece, true), (outside, false)] {
        let fake = Fake::new(
            move |_, call| match (call.method.as_str(), call.url.path()) {
                ("POST", _) => page("<html><a href=/logout>Keluar</a></html>", &["sid=1"]),
                (_, "/rows") => page(answer, &[]),
                _ => page(LOGIN, &[]),
            },
        );
        let mut connector = (*by_form(", logged_in: 'a[href*=logout]'", "")).clone();
        let html = connector_of_a_table();
        connector.sources = html.sources.clone();
        let (pages, error, _) =
            read(&Arc::new(connector), Ask::default(), &through(fake.clone())).await;
        assert_eq!(error.is_none(), works, "{answer} {error:?}");
        assert_eq!(pages.len(), usize::from(works));
        assert_eq!(posts(&fake), 1);
    }
}

fn connector_of_a_table() -> Arc<Connector> {
    connector(&format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         app: {{ upstreams: \"{BASE}\" }}\n\
         sources:\n  rows:\n    html: {{ get: /rows, rows: table tr, cells: {{ id: td.i, title: td.t }} }}\n\
         \x20   deletes: never\n    every: 5m\n    to: announcement\n    map: {{ id: id, title: title }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    ))
}

#[tokio::test]
async fn an_address_that_never_opens_neither_locks_the_others_nor_renews_for_ever() {
    let shut = Arc::<AtomicUsize>::default();
    let closed = shut.clone();
    let fake = Fake::new(
        move |_, call| match (call.method.as_str(), call.url.path()) {
            ("POST", _) => page("<p>Selamat datang</p>", &["sid=1; Path=/"]),
            (_, "/rows") if closed.load(Ordering::SeqCst) == 0 => rows(),
            _ => page(LOGIN, &[]),
        },
    );
    let (world, connector) = (through(fake.clone()), by_form("", ""));
    assert_eq!(fetch(&connector, &world).await, None);
    shut.store(1, Ordering::SeqCst);
    for _ in 0..4 {
        let error = fetch(&connector, &world).await.expect("it does not open");
        assert_eq!(why(&error), Some(&Refusal::OnlyHere));
    }
    assert_eq!(posts(&fake), 2, "one renewal, and no more for a minute");
    shut.store(0, Ordering::SeqCst);
    assert_eq!(
        fetch(&connector, &world).await,
        None,
        "the others are not kept waiting"
    );
}

#[tokio::test]
async fn statuses_of_an_ended_session_renew_it() {
    for over in [401, 419, 440] {
        let logins = Arc::<AtomicUsize>::default();
        let count = logins.clone();
        let fake = Fake::new(
            move |number, call| match (call.method.as_str(), call.url.path()) {
                ("POST", _) => {
                    let at = count.fetch_add(1, Ordering::SeqCst) + 1;
                    let pair = sent(call);
                    assert_eq!(pair.len(), 2, "{number}");
                    page("<p>Selamat datang</p>", &[&format!("sid={at}; Path=/")])
                }
                (_, "/rows") if header(call, "cookie") == "sid=2" || number == 2 => rows(),
                (_, "/rows") => status(over),
                _ => page(LOGIN, &[]),
            },
        );
        let (world, connector) = (through(fake), by_form("", ""));
        assert_eq!(fetch(&connector, &world).await, None, "{over}");
        assert_eq!(fetch(&connector, &world).await, None, "{over}");
        assert_eq!(logins.load(Ordering::SeqCst), 2, "{over}");
    }
}

#[tokio::test]
async fn a_recording_never_holds_the_sign_in() {
    let fake = Fake::new(|_, call| match (call.method.as_str(), call.url.path()) {
        ("POST", _) => page("<p>Selamat datang</p>", &["sid=1; Path=/"]),
        (_, "/rows") => rows(),
        _ => page(LOGIN, &[]),
    });
    let recorder = Arc::new(Recorder::new(fake, vec![]));
    assert_eq!(
        fetch(&by_form("", ""), &through(recorder.clone())).await,
        None
    );
    let kept = recorder.fixture(chrono::DateTime::UNIX_EPOCH).exchanges;
    let kept: Vec<&str> = kept
        .iter()
        .map(|exchange| exchange.target.as_str())
        .collect();
    assert_eq!(kept, ["/rows"]);
}

#[tokio::test]
async fn a_recording_forgets_what_is_asked_anew_and_knows_the_secrets_of_the_session() {
    let asked = AtomicUsize::new(0);
    let fake = Fake::new(
        move |_, call| match (call.method.as_str(), call.url.path()) {
            ("POST", _) => page("<p>Selamat datang</p>", &["sid=session-0123456789; Path=/"]),
            // The session is over at the second reading, the app is unwell at the third.
            (_, "/rows") => match asked.fetch_add(1, Ordering::SeqCst) {
                1 => status(401),
                3 => status(503),
                _ => rows(),
            },
            _ => page(
                "<form method=post action=/in><input type=hidden name=x value=forgery-012345><input name=user>\
                 <input type=password name=pass></form>",
                &[],
            ),
        },
    );
    let recorder = Arc::new(Recorder::new(fake, vec![]));
    let (world, mut connector) = (through(recorder.clone()), by_form("", ""));
    Arc::make_mut(&mut connector).app.retries = 2;
    for reading in 1..=3 {
        assert_eq!(fetch(&connector, &world).await, None, "{reading}");
    }
    let kept = recorder.fixture(chrono::DateTime::UNIX_EPOCH).exchanges;
    let kept: Vec<u16> = kept.iter().map(|kept| kept.status.as_u16()).collect();
    assert_eq!(kept, [200, 200, 200]);
    assert_eq!(recorder.secrets(), ["forgery-012345", "session-0123456789"]);
}
