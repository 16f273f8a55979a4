//! What an app asks of whoever reads its data, and the made-up credentials that open it.
//!
//! Owns locks, credentials and the overlay that hands them to a hub; never knows what lies behind the lock.

use super::answer::{Asked, json, page, text};
use super::shelf::Shelf;
use super::table::{Entry, Lock, Technology};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Response, StatusCode, header};

/// The user of every app that asks for one.
const USER: &str = "hub-contoh";
const COOKIE: &str = "PHPSESSID=";

/// The key, token or password of an app.
pub(crate) fn key(entry: &Entry) -> String {
    format!("kunci-contoh-{}", entry.slug)
}

/// The secrets of an app by the names that its connector and [`overlay`] use.
pub(crate) fn secrets(entry: &Entry) -> Vec<(String, String)> {
    let path = |name: &str| format!("{}/{name}", entry.slug);
    let pair = || {
        vec![
            (path("user"), USER.to_owned()),
            (path("password"), key(entry)),
        ]
    };
    match entry.lock {
        Lock::None => vec![],
        Lock::Bearer | Lock::Token => vec![(path("token"), key(entry))],
        Lock::ApiKey | Lock::Header(_) => vec![(path("key"), key(entry))],
        Lock::Hmac => vec![(path("hmac"), key(entry))],
        Lock::Basic | Lock::Form(_) | Lock::Wsse => pair(),
    }
}

/// The overlay of an app: its address and, where its connector leaves that to the operator, how the hub signs in.
pub(crate) fn overlay(shelf: &Shelf) -> String {
    let slug = shelf.entry.slug;
    let secret = |name: &str| format!("\"${{secret:{slug}/{name}}}\"");
    let pair = || {
        format!(
            "{{ username: {}, password: {} }}",
            secret("user"),
            secret("password")
        )
    };
    let auth = match shelf.entry.lock {
        Lock::Bearer => format!("bearer: {{ token: {} }}", secret("token")),
        Lock::ApiKey => format!(
            "api_key: {{ name: api_key, value: {}, in: query }}",
            secret("key")
        ),
        Lock::Header(name) => format!("header: {{ name: {name}, value: {} }}", secret("key")),
        Lock::Basic => format!("basic: {}", pair()),
        Lock::Wsse => format!(
            "wsse: {{ username: {}, password: {}, digest: false }}",
            secret("user"),
            secret("password")
        ),
        Lock::None | Lock::Form(_) | Lock::Hmac | Lock::Token => String::new(),
    };
    let address = format!("app: {{ upstreams: [\"{}\"] }}\n", shelf.base_url);
    if auth.is_empty() {
        address
    } else {
        format!("{address}auth: {{ {auth} }}\n")
    }
}

/// The answer for whoever has not the right key; `None` where the lock opens.
pub(crate) fn refusal(shelf: &Shelf, asked: &Asked) -> Option<Response<Body>> {
    let key = key(&shelf.entry);
    let opens = match shelf.entry.lock {
        Lock::None | Lock::Hmac | Lock::Token => true,
        Lock::Bearer => asked.header("authorization") == format!("Bearer {key}"),
        Lock::ApiKey => asked.query("api_key") == Some(key.as_str()),
        Lock::Header(name) => asked.header(name) == key,
        Lock::Basic => {
            let pair = STANDARD.encode(format!("{USER}:{key}"));
            asked.header("authorization") == format!("Basic {pair}")
        }
        Lock::Form(_) => shelf.is_signed_in(&session(asked)),
        Lock::Wsse => {
            let body = asked.text();
            super::answer::element(&body, "Username").as_deref() == Some(USER)
                && super::answer::element(&body, "Password").as_deref() == Some(&key)
        }
    };
    (!opens).then(|| refused(shelf))
}

fn refused(shelf: &Shelf) -> Response<Body> {
    match (shelf.entry.lock, shelf.entry.technology) {
        (Lock::Form(_), _) => moved(shelf.entry.option("login")),
        (_, Technology::Soap) => super::answer::fault("Client", "Unauthorized: kunci ditolak"),
        _ => {
            let body = serde_json::json!({"message": "kunci ditolak (contoh)"});
            let mut answer = json(StatusCode::UNAUTHORIZED, &body);
            let challenge = HeaderValue::from_static("Basic realm=\"contoh\"");
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
            answer
        }
    }
}

/// The session in the request's cookie; empty where there is none.
pub(crate) fn session(asked: &Asked) -> String {
    let cookies = asked.header("cookie");
    let found = cookies
        .split(';')
        .find_map(|c| c.trim().strip_prefix(COOKIE));
    found.unwrap_or_default().to_owned()
}

/// The sign-in page of an app with a form, and what becomes of a sent form.
pub(crate) fn sign_in(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let session = session(asked);
    if asked.method != http::Method::POST {
        return form(shelf, session, "");
    }
    let fields: Vec<(String, String)> = super::answer::pairs(&asked.text());
    let field = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    let forged = session.is_empty()
        || field(&token_name(shelf, &session)) != Some(shelf.token(&session).as_str());
    if forged {
        return form(shelf, session, "Token tidak sah, muat ulang halaman.");
    }
    let known = field("username") == Some(USER) && field("password") == Some(&key(&shelf.entry));
    if !known {
        return form(shelf, session, "Nama pengguna atau kata sandi salah.");
    }
    shelf.sign_in(&session);
    moved("/beranda")
}

fn token_name(shelf: &Shelf, session: &str) -> String {
    match shelf.entry.lock {
        Lock::Form(true) => format!("f{}", &shelf.token(&format!("nama {session}"))[..8]),
        _ => "csrf_token".to_owned(),
    }
}

fn form(shelf: &Shelf, session: String, says: &str) -> Response<Body> {
    let fresh = session.is_empty();
    let session = if fresh { shelf.new_session() } else { session };
    let body = format!(
        "<p class=\"pesan\">{says}</p><form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"{}\" value=\"{}\">\
         <input name=\"username\"><input type=\"password\" name=\"password\"><button>Masuk</button></form>",
        shelf.entry.option("login"),
        token_name(shelf, &session),
        shelf.token(&session),
    );
    let mut answer = page(shelf, &body);
    if fresh {
        let cookie = format!("{COOKIE}{session}; Path=/; HttpOnly");
        let cookie = cookie.parse().ok();
        answer
            .headers_mut()
            .extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    }
    answer
}

fn moved(target: &str) -> Response<Body> {
    let mut answer = text(StatusCode::FOUND, "text/html; charset=utf-8", String::new());
    let target = target.parse().ok();
    answer
        .headers_mut()
        .extend(target.map(|target| (header::LOCATION, target)));
    answer
}
