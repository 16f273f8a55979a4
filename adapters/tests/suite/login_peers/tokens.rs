//! Django REST framework: its own tokens, and the JSON Web Tokens of simplejwt. One request gives a token, which every
//! other one carries.

use super::*;
use divos_model::FixedClock;

fn token(path: &str, more: &str) -> String {
    format!(
        "token: {{ url: {path}, fields: {{ username: hub, password: \"${{secret:app/password}}\" }}, {more} }}"
    )
}

fn rows(kind: &str) -> String {
    ROWS.replace("/rows }", &format!("/rows/{kind} }}"))
}

async fn asked(server: &Peer, kind: &str) -> u64 {
    let count = tell(server, reqwest::Method::GET, "/count").await;
    count[kind].as_u64().expect("a count")
}

#[tokio::test]
async fn django_gives_a_token_once_and_simplejwt_another_when_the_first_has_ended() {
    let server = script("tokens.py");
    let (base, secrets) = (server.base("http"), [("password", "Rahasia-buatan-1")]);
    let own = token("/api-token-auth/", "token: token, prefix: \"Token \"");
    let own = app(&base, &own, &rows("token"), &secrets);
    // A JSON Web Token that ends after two seconds, of which nothing tells but the 401.
    let jwt = token("/api/token/", "token: access, json: false");
    let jwt = app(&base, &jwt, &rows("jwt"), &secrets);
    let worlds = [live(Arc::new(SystemClock)), live(Arc::new(SystemClock))];
    for round in 0..2 {
        assert_eq!(good(&own, &worlds[0]).await, ["1"], "{round}");
        assert_eq!(good(&jwt, &worlds[1]).await, ["1"], "{round}");
        if round == 0 {
            tokio::time::sleep(Duration::from_millis(2500)).await;
        }
    }
    assert_eq!(
        (asked(&server, "token").await, asked(&server, "jwt").await),
        (1, 2)
    );
}

#[tokio::test]
async fn django_is_read_along_the_links_of_its_pages() {
    let server = script("tokens.py");
    let rows = "    rest: { get: /letters }\n    select: results[*]\n\
                \x20   paginate: { link: { path: next, total: count } }\n";
    let connector = app(&server.base("http"), "none", rows, &[]);
    let came = good(&connector, &live(Arc::new(SystemClock))).await;
    assert_eq!(came, ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn django_is_asked_once_with_a_wrong_password() {
    let server = script("tokens.py");
    let (base, secrets) = (server.base("http"), [("password", "Salah-999")]);
    let world = live(Arc::new(FixedClock::at(SystemClock.now())));
    for (kind, path, key) in [
        ("token", "/api-token-auth/", "token"),
        ("jwt", "/api/token/", "access"),
    ] {
        let auth = token(path, &format!("token: {key}"));
        let connector = app(&base, &auth, &rows(kind), &secrets);
        for _ in 0..2 {
            let told = fault(&connector, &world).await;
            assert_eq!(told.code(), "login_refused", "{told}");
            assert!(!format!("{told:?} {told}").contains("Salah-999"));
        }
        assert_eq!(asked(&server, kind).await, 1, "{kind}");
    }
}
