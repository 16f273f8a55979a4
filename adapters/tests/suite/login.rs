//! Signing in through forms, against apps with the quirks of real ones. Passwords are made up.

use crate::fake::{Answer, Fake, LIST, json, plain, read, through};
use divos_adapters::{Ask, Call, FetchError, World};
use divos_manifest::{Auth, Connector, FormLogin, Pattern, Secret};
use divos_model::Lang;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::form_urlencoded::parse;

const BASE: &str = "http://app.example";
pub(crate) const PASSWORD: &str = "R4hasia-&-buatan";

fn login() -> FormLogin {
    FormLogin {
        url: Pattern::literal("/login"),
        form: None,
        fields: vec![
            ("user".into(), Secret::known("hub", "hub")),
            ("pass".into(), Secret::known("${secret:app/key}", PASSWORD)),
        ],
        csrf: None,
        csrf_cookie: None,
        then: None,
        logged_in: None,
        expired: vec![],
    }
}

pub(crate) fn with(auth: Auth, base: &str) -> Arc<Connector> {
    let mut connector =
        (*plain(base, LIST, "  retries: 0\n  limits: { reads_in_flight: 4 }")).clone();
    connector.auth = auth;
    Arc::new(connector)
}

pub(crate) async fn fetch(connector: &Arc<Connector>, world: &World) -> Option<FetchError> {
    read(connector, Ask::default(), world).await.1
}

pub(crate) fn rows() -> Answer {
    json(json!({"data": [{"id": "1", "title": "made up"}]}))
}

fn html(body: &str, set: &[&str]) -> Answer {
    let mut headers = vec![(
        "content-type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    )];
    headers.extend(
        set.iter()
            .map(|c| ("set-cookie".to_owned(), (*c).to_owned())),
    );
    Ok((200, headers, body.as_bytes().to_vec()))
}

fn to(path: &str, set: &[&str]) -> Answer {
    let mut headers = vec![("location".to_owned(), path.to_owned())];
    headers.extend(
        set.iter()
            .map(|c| ("set-cookie".to_owned(), (*c).to_owned())),
    );
    Ok((302, headers, vec![]))
}

pub(crate) fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    let value = call.headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

pub(crate) fn sent(call: &Call) -> BTreeMap<String, String> {
    parse(call.body.as_deref().unwrap_or_default())
        .into_owned()
        .collect()
}

/// An app with a form; `end` is what it does to a request without a session.
struct App {
    fake: Arc<Fake>,
    logins: Arc<AtomicUsize>,
    /// The session that counts, as the app knows it; emptied, it has died.
    session: Arc<Mutex<String>>,
}

fn app(
    form: &'static str,
    right: impl Fn(&Call) -> bool + Send + Sync + 'static,
    end: fn() -> Answer,
) -> App {
    let (logins, session) = (
        Arc::<AtomicUsize>::default(),
        Arc::<Mutex<String>>::default(),
    );
    let (count, alive) = (logins.clone(), session.clone());
    let fake = Fake::slow(Duration::from_millis(5), move |_, call| {
        let known = alive.lock().expect("session").clone();
        let signed = !known.is_empty() && header(call, "cookie").split("; ").any(|c| c == known);
        match (call.method.as_str(), call.url.path()) {
            ("GET", "/login") => html(form, &["csrftoken=abc%3D; Path=/", "pre=1; Path=/login"]),
            ("POST", "/in") => {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let form = sent(call);
                let known = form.get("user").map(String::as_str) == Some("hub")
                    && form.get("pass").map(String::as_str) == Some(PASSWORD);
                if !known || !right(call) {
                    return html(form_again(), &[]);
                }
                *alive.lock().expect("session") = format!("sid={number}");
                to("/hop", &[&format!("sid={number}; Path=/; HttpOnly")])
            }
            ("GET", "/hop") if signed => to("/home", &["hop=1; Path=/"]),
            ("GET", "/home") if signed => html("<a id=out href=/logout>Keluar</a>", &[]),
            ("GET", "/rows") if signed => rows(),
            _ => end(),
        }
    });
    App {
        fake,
        logins,
        session,
    }
}

fn form_again() -> &'static str {
    "<p>Salah</p><form action=/in method=post><input name=user><input type=password name=pass></form>"
}

const FORM: &str = "<form action=/search><input name=q></form>\
    <form id=f action=/in method=post><input type=hidden name=t_7f3a value=tok&amp;1>\
    <input name=user value=someone><input name=pass type=password>\
    <select name=year><option>2025<option selected>2026</select><button name=go value=1>Masuk</button></form>";

fn away() -> Answer {
    to("/login", &[])
}

#[tokio::test]
async fn the_form_is_submitted_as_a_browser_would_and_its_cookies_are_kept() {
    let app = app(
        FORM,
        |call| {
            let form = sent(call);
            let get = |name: &str| form.get(name).map(String::as_str);
            get("t_7f3a") == Some("tok&1")
                && get("year") == Some("2026")
                && get("go") == Some("1")
                && get("q").is_none()
                && header(call, "referer") == "http://app.example/login"
                && header(call, "origin") == "http://app.example"
                && header(call, "cookie") == "csrftoken=abc%3D"
        },
        away,
    );
    let world = through(app.fake.clone());
    let mut login = login();
    login.form = Some("#f".into());
    login.logged_in = Some("#out".into());
    let connector = with(Auth::Form(Box::new(login)), BASE);
    assert_eq!(fetch(&connector, &world).await, None);
    assert_eq!(fetch(&connector, &world).await, None);
    assert_eq!(app.logins.load(Ordering::SeqCst), 1, "the session is kept");
    world.http.forget(&connector.id);
    assert_eq!(fetch(&connector, &world).await, None);
    assert_eq!(
        app.logins.load(Ordering::SeqCst),
        2,
        "it is forgotten with the app"
    );
}

#[tokio::test]
async fn a_token_of_random_name_a_cookie_in_a_field_and_in_a_header_are_sent() {
    let page = "<div id=tok name=r4nd0m value=v1></div><form action=/in method=post><input name=user><input name=pass type=password></form>";
    for field in ["csrfmiddlewaretoken", "X-XSRF-TOKEN"] {
        let app = app(
            page,
            move |call| {
                let form = sent(call);
                let copied = match field.starts_with("X-") {
                    true => header(call, field),
                    false => form.get(field).map_or("", String::as_str),
                };
                copied == "abc=" && form.get("r4nd0m").map(String::as_str) == Some("v1")
            },
            away,
        );
        let mut login = login();
        login.csrf = Some("#tok".into());
        login.csrf_cookie = Some((field.into(), "csrftoken".into()));
        let connector = with(Auth::Form(Box::new(login)), BASE);
        assert_eq!(
            fetch(&connector, &through(app.fake.clone())).await,
            None,
            "{field}"
        );
    }
}

#[tokio::test]
async fn a_session_that_dies_is_renewed_however_the_app_says_so() {
    let ends: [fn() -> Answer; 4] = [
        away,
        || Ok((401, vec![], vec![])),
        || html(form_again(), &[]),
        || json(json!({"data": [], "pesan": "Sesi berakhir"})),
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let app = app(FORM, |_| true, end);
        let world = through(app.fake.clone());
        let mut login = login();
        login.form = Some("#f".into());
        login.expired = vec!["Sesi berakhir".into()];
        let connector = with(Auth::Form(Box::new(login)), BASE);
        assert_eq!(fetch(&connector, &world).await, None, "{number}");
        app.session.lock().expect("session").clear();
        assert_eq!(fetch(&connector, &world).await, None, "{number}");
        assert_eq!(app.logins.load(Ordering::SeqCst), 2, "{number}");
    }
}

#[tokio::test]
async fn twenty_requests_at_once_sign_in_once_and_renew_once() {
    let app = app(FORM, |_| true, away);
    let world = through(app.fake.clone());
    let connector = with(Auth::Form(Box::new(login())), BASE);
    for logins in [1, 2] {
        let all = (0..20).map(|_| fetch(&connector, &world));
        let errors = futures::future::join_all(all).await;
        assert!(errors.iter().all(Option::is_none), "{errors:?}");
        assert_eq!(app.logins.load(Ordering::SeqCst), logins);
        app.session.lock().expect("session").clear();
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_tried_once_and_then_after_1_5_15_and_60_minutes() {
    let app = app(FORM, |_| false, away);
    let world = through(app.fake.clone());
    let connector = with(Auth::Form(Box::new(login())), BASE);
    for (tried, minutes) in [1_u64, 5, 15, 60, 60].into_iter().enumerate() {
        let error = fetch(&connector, &world).await.expect("refused");
        assert_eq!(error.code(), "login_refused");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(minutes * 60)));
        for text in [
            error.sentence(Lang::Id),
            error.sentence(Lang::En),
            format!("{error:?}{error}"),
        ] {
            assert!(
                !text.contains(PASSWORD) && !text.contains("R4hasia"),
                "{text}"
            );
        }
        let asked = app.fake.count();
        tokio::time::advance(Duration::from_secs(minutes * 60 - 5)).await;
        assert_eq!(
            fetch(&connector, &world).await.map(|e| e.code()),
            Some("login_refused")
        );
        assert_eq!(app.fake.count(), asked, "nothing is sent meanwhile");
        assert_eq!(app.logins.load(Ordering::SeqCst), tried + 1);
        tokio::time::advance(Duration::from_secs(6)).await;
    }
}

#[tokio::test]
async fn an_app_that_forgets_the_sign_in_at_once_is_not_asked_for_ever() {
    let fake = Fake::new(move |_, call| {
        let refuse = call.url.path() == "/rows";
        match (refuse, call.method.as_str(), call.url.path()) {
            (true, ..) => away(),
            (_, "POST", _) => html("<p>welcome</p>", &["sid=1; Path=/"]),
            _ => html(FORM, &[]),
        }
    });
    let world = through(fake.clone());
    let connector = with(Auth::Form(Box::new(login())), BASE);
    for _ in 0..3 {
        assert_eq!(
            fetch(&connector, &world).await.map(|e| e.code()),
            Some("login_refused")
        );
    }
    let calls = fake.calls.lock().expect("calls").clone();
    assert_eq!(
        calls.iter().filter(|call| call.starts_with("POST")).count(),
        1,
        "{calls:?}"
    );
}

#[tokio::test]
async fn name_and_password_may_be_asked_on_two_pages() {
    let fake = Fake::new(|_, call| {
        let cookie = header(call, "cookie");
        match (call.method.as_str(), call.url.path()) {
            ("GET", "/login") => html(
                "<form method=post action='?step=1'><input name=user></form>",
                &[],
            ),
            ("POST", "/login") if call.url.query() == Some("step=1") => {
                match sent(call).get("user") {
                    Some(user) if user == "hub" => to("/password", &["who=hub; Path=/"]),
                    _ => away(),
                }
            }
            ("GET", "/password") if cookie == "who=hub" => html(
                "<form method=post><input type=password name=pass></form>",
                &[],
            ),
            ("POST", "/password")
                if sent(call).get("pass").map(String::as_str) == Some(PASSWORD) =>
            {
                to("/home", &["sid=1; Path=/"])
            }
            ("GET", "/home") => html("<p>Selamat datang</p>", &[]),
            ("GET", "/rows") if cookie.contains("sid=1") => rows(),
            _ => away(),
        }
    });
    let mut second = login();
    second.url = Pattern::literal("/password");
    let mut first = login();
    second.fields.remove(0);
    first.fields.remove(1);
    first.then = Some(Box::new(second));
    let connector = with(Auth::Form(Box::new(first)), BASE);
    assert_eq!(fetch(&connector, &through(fake.clone())).await, None);
    assert_eq!(fake.count(), 6, "{:?}", fake.calls);
}

#[tokio::test]
async fn a_form_that_leads_to_another_host_gets_no_password() {
    let fake = Fake::new(|_, _| {
        html(
            "<form method=post action=http://evil.example/in><input name=user><input type=password name=pass></form>",
            &[],
        )
    });
    let connector = with(Auth::Form(Box::new(login())), BASE);
    let error = fetch(&connector, &through(fake.clone())).await;
    assert_eq!(error.map(|e| e.code()), Some("redirected_away"));
    assert_eq!(fake.count(), 1);
}
