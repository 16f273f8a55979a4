//! The portal on the real door: people, passwords and sessions in a store of its own.

use super::kit::{Answer, Browser, ORIGIN};
use super::sample::{World, now};
use divos_model::FixedClock;
use divos_portal::{PortalParts, SsoDoor};
use divos_sso::{HostSet, NewPerson, Sso, SsoSettings, SsoStores};
use http::StatusCode;
use std::sync::Arc;

const LOGIN: &str = "sekar@denpasar.example";
const PASSWORD: &str = "empat belas kuda hijau";

/// A browser that keeps its cookies, as browsers do.
struct Kept(Browser);

impl Kept {
    fn keep(&mut self, answer: Answer) -> Answer {
        for set in answer.headers.get_all("set-cookie") {
            let pair = set
                .to_str()
                .expect("ASCII")
                .split(';')
                .next()
                .unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a pair");
            let others = self
                .0
                .cookie
                .split("; ")
                .filter(|held| !held.is_empty() && held.split('=').next() != Some(name));
            let mut all: Vec<String> = others.map(str::to_owned).collect();
            if !value.is_empty() {
                all.push(pair.to_owned());
            }
            self.0.cookie = all.join("; ");
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        let answer = self.0.get(path).await;
        self.keep(answer)
    }

    /// Sends the form of a page with the token that the page gave.
    async fn send(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.get(page).await;
        let token = html
            .text()
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let token = token.expect("a form with a token").to_owned();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        let answer = self.0.post_raw(path, &all).await;
        self.keep(answer)
    }
}

async fn hub(dir: &tempfile::TempDir) -> (PortalParts, Arc<Sso>) {
    let store = divos_store::open(divos_store::Options::at(dir.path())).expect("a store");
    let clock = Arc::new(FixedClock::at(now()));
    let sso = Sso::open(
        SsoSettings::for_host("divos.test"),
        SsoStores::from(&store),
        clock,
    )
    .await
    .expect("a door");
    let person = NewPerson {
        name: "Ni Made Sekar Ayu, S.Kom.".into(),
        nip: None,
        email: Some(LOGIN.into()),
        username: None,
        roles: vec!["operator".into()],
        password: Some(PASSWORD.to_owned().into()),
    };
    sso.add_person(person).await.expect("a person");
    let hosts = Arc::new(HostSet::new("divos.test", ["surat.divos.test".to_owned()]));
    let door = Arc::new(SsoDoor::new(
        sso.clone(),
        Arc::new(move || hosts.clone()),
        Arc::new(|_| {}),
    ));
    (
        PortalParts {
            door,
            ..World::new(ORIGIN).parts()
        },
        sso,
    )
}

#[tokio::test]
async fn somebody_signs_in_looks_around_and_signs_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let (parts, sso) = hub(&dir).await;
    let mut browser = Kept(Browser::on(parts.clone()));
    let wrong = browser
        .send(
            "/login",
            "/login",
            &[("login", LOGIN), ("password", "bukan ini juga")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let right = browser
        .send(
            "/login",
            "/login",
            &[
                ("login", LOGIN),
                ("password", PASSWORD),
                ("return", "https://surat.divos.test/buka?id=1"),
            ],
        )
        .await;
    assert_eq!(
        (right.status, right.header("location")),
        (StatusCode::SEE_OTHER, "https://surat.divos.test/buka?id=1")
    );
    let me = browser.get("/me").await;
    assert!(
        me.text().contains("Ni Made Sekar Ayu") && me.text().contains("Perangkat ini"),
        "{}",
        me.text()
    );
    assert!(
        browser.get("/ops").await.status.is_success(),
        "an operator sees the connectors"
    );

    let made = browser
        .send("/me", "/me/tokens", &[("label", "Kalender ponsel")])
        .await;
    let token = made
        .text()
        .split("/feed.json?token=")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("an address");
    assert!(
        sso.feed_reader(token).await.expect("a store").is_some(),
        "the address opens the feed"
    );
    let id = browser.get("/me").await;
    let id = id
        .text()
        .split("/me/tokens/")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .expect("a token")
        .to_owned();
    browser
        .send("/me", &format!("/me/tokens/{id}/revoke"), &[])
        .await;
    assert!(
        sso.feed_reader(token).await.expect("a store").is_none(),
        "and no longer once it is revoked"
    );

    let mut other = Kept(Browser::on(parts.clone()));
    other
        .send(
            "/login",
            "/login",
            &[("login", LOGIN), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(other.get("/feed").await.status, StatusCode::OK);
    let sessions = browser.get("/me").await;
    let id = sessions
        .text()
        .split("/me/sessions/")
        .find(|rest| rest.contains("/end\"") && !rest.starts_with("end-all"));
    let id = id
        .and_then(|rest| rest.split('/').next())
        .expect("the other session")
        .to_owned();
    let ended = browser
        .send("/me", &format!("/me/sessions/{id}/end"), &[])
        .await;
    assert_eq!(ended.header("location"), "/me?did=session");
    assert_eq!(
        other.get("/feed").await.status,
        StatusCode::SEE_OTHER,
        "the other browser is signed out"
    );

    let cookie = browser.0.cookie.clone();
    assert_eq!(
        browser.send("/me", "/logout", &[]).await.header("location"),
        "/login?did=signed-out"
    );
    browser.0.cookie = cookie;
    assert_eq!(
        browser.get("/feed").await.status,
        StatusCode::SEE_OTHER,
        "an old cookie opens nothing"
    );
}

#[tokio::test]
async fn a_form_of_one_browser_is_no_form_of_another() {
    let dir = tempfile::tempdir().expect("a directory");
    let (parts, _) = hub(&dir).await;
    let mut mine = Kept(Browser::on(parts.clone()));
    let page = mine.get("/login").await;
    let token = page
        .text()
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a token");
    let fields = [("csrf", token), ("login", LOGIN), ("password", PASSWORD)];
    let mut theirs = Kept(Browser::on(parts));
    theirs.get("/login").await;
    assert_eq!(
        theirs.0.post_raw("/login", &fields).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        mine.0.post_raw("/login", &fields).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn many_wrong_passwords_are_answered_with_a_wait() {
    let dir = tempfile::tempdir().expect("a directory");
    let (parts, _) = hub(&dir).await;
    let mut browser = Kept(Browser::on(parts));
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        let answer = browser
            .send(
                "/login",
                "/login",
                &[("login", LOGIN), ("password", "bukan ini juga")],
            )
            .await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(
                answer
                    .header("retry-after")
                    .parse::<u64>()
                    .is_ok_and(|seconds| seconds > 0)
            );
            assert!(answer.text().contains("Terlalu banyak percobaan. Tunggu "));
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
