//! A browser without a screen: sends requests and keeps what comes back.

use super::sample::{CSRF, SESSION, World};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// The hub's own origin in the tests.
pub const ORIGIN: &str = "https://divos.test";

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("UTF-8")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }
}

/// A hub, and a browser in front of it.
pub struct Browser {
    pub world: World,
    router: Router,
    pub cookie: String,
    pub extra: Vec<(&'static str, String)>,
}

impl Browser {
    /// Somebody who is signed in.
    pub fn signed_in() -> Self {
        Self::signed_in_to(World::new(ORIGIN))
    }

    /// Somebody who is not.
    pub fn guest() -> Self {
        Self::over(World::new(ORIGIN))
    }

    /// Somebody who is signed in to this world.
    pub fn signed_in_to(world: World) -> Self {
        Self {
            cookie: SESSION.to_owned(),
            ..Self::over(world)
        }
    }

    /// A guest of a hub with these parts.
    pub fn on(parts: divos_portal::PortalParts) -> Self {
        let router = divos_portal::router(parts);
        Self {
            world: World::new(ORIGIN),
            router,
            cookie: String::new(),
            extra: Vec::new(),
        }
    }

    /// A guest of this world.
    pub fn over(world: World) -> Self {
        let router = divos_portal::router(world.parts());
        Self {
            world,
            router,
            cookie: String::new(),
            extra: Vec::new(),
        }
    }

    /// Sends these headers too.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.extra.push((name, value.to_owned()));
        self
    }

    pub async fn send(&self, request: http::request::Builder, body: String) -> Answer {
        let mut request = request.header(header::COOKIE, &self.cookie);
        for (name, value) in &self.extra {
            request = request.header(*name, value);
        }
        let request: Request<Body> = request.body(Body::from(body)).expect("a request");
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    /// Posts a form as it was sent, without adding the token.
    pub async fn post_raw(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Posts a form of the hub's own.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", CSRF)];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }
}
