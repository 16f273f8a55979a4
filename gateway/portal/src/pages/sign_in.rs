//! Sign-in and sign-out.

use crate::frame::{Frame, Notice, Tab};
use crate::ports::{Credentials, SignInError};
use crate::views::login::LoginView;
use crate::visit::{Fields, Posted, Site, here, query, request_id};
use crate::{language, respond, when};
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use divos_model::Lang;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// `GET /login`: the form; somebody who is signed in already goes on.
pub(super) async fn form(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let lang = language::of(&request);
    let back = query(&request, "return").unwrap_or_default();
    match site.parts.door.visitor(&request).await {
        Ok(Some(_)) => return respond::see(&site.parts.door.safe_return(&back)),
        Ok(None) => {}
        Err(error) => return respond::failed(&error, lang, request_id(&request)),
    }
    let did = query(&request, "did");
    let notice = (did.as_deref() == Some("signed-out")).then(|| Notice {
        tone: "ok",
        text: crate::words::say(lang, "did-signed-out", &[]),
        undo: None,
    });
    page(
        &site,
        &request,
        lang,
        Shown {
            back,
            notice,
            ..Shown::default()
        },
        StatusCode::OK,
    )
    .await
}

/// What the form shows beyond its fields.
#[derive(Default)]
struct Shown {
    login: String,
    back: String,
    fault: Option<String>,
    wrong: bool,
    notice: Option<Notice>,
}

async fn page(
    site: &Site,
    request: &Parts,
    lang: Lang,
    shown: Shown,
    status: StatusCode,
) -> Response {
    let form = match site.parts.door.login_form(request).await {
        Ok(form) => form,
        Err(error) => return respond::failed(&error, lang, request_id(request)),
    };
    let f = Frame {
        lang,
        now: site.parts.clock.now(),
        who: None,
        tab: Tab::None,
        csrf: form.csrf,
        here: if request.method.is_safe() {
            here(request)
        } else {
            "/login".to_owned()
        },
        notice: shown.notice,
        base: String::new(),
    };
    let view = LoginView {
        f,
        login: shown.login,
        back: shown.back,
        fault: shown.fault,
        wrong: shown.wrong,
    };
    respond::with_cookies(respond::show(&view, status), form.set_cookie)
}

/// `POST /login`.
pub(super) async fn try_it(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let lang = language::of(&request);
    let Ok(body) = axum::body::to_bytes(body, super::FORM_LIMIT).await else {
        return respond::answer(crate::ErrorView::new(crate::ErrorKind::TooLarge), lang);
    };
    let fields = Fields::read(&body);
    drop::<Bytes>(body);
    let (login, back) = (
        fields.get("login").trim().to_owned(),
        fields.get("return").to_owned(),
    );
    let shown = Shown {
        login: login.clone(),
        back: back.clone(),
        ..Shown::default()
    };
    if login.is_empty() || fields.get("password").is_empty() {
        let fault = Some(crate::words::say(lang, "login-empty", &[]));
        return page(
            &site,
            &request,
            lang,
            Shown {
                fault,
                wrong: true,
                ..shown
            },
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    let typed = Credentials {
        login,
        password: fields.get("password").to_owned(),
        csrf: fields.get("csrf").to_owned(),
    };
    match site.parts.door.sign_in(&request, typed).await {
        Ok(done) => respond::with_cookies(
            respond::see(&site.parts.door.safe_return(&back)),
            done.set_cookies,
        ),
        Err(error) => refused(&site, &request, lang, shown, error).await,
    }
}

async fn refused(
    site: &Site,
    request: &Parts,
    lang: Lang,
    shown: Shown,
    error: SignInError,
) -> Response {
    let say = |key| crate::words::say(lang, key, &[]);
    let (status, text, wrong, wait) = match error {
        SignInError::Wrong => (StatusCode::UNAUTHORIZED, say("login-wrong"), true, None),
        SignInError::Disabled => (StatusCode::FORBIDDEN, say("login-disabled"), false, None),
        SignInError::FormExpired => (
            StatusCode::FORBIDDEN,
            say("login-form-expired"),
            false,
            None,
        ),
        SignInError::Throttled { wait } => {
            let seconds = u64::try_from(wait.num_seconds() + 1).unwrap_or(1);
            let said = when::span(seconds, lang);
            let text = crate::words::say(
                lang,
                "login-throttled",
                &[("x", crate::words::Value::Text(&said))],
            );
            (StatusCode::TOO_MANY_REQUESTS, text, false, Some(seconds))
        }
        SignInError::Unavailable(_) => {
            tracing::error!(%error, "somebody could not sign in");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                say("login-unavailable"),
                false,
                None,
            )
        }
    };
    let mut response = page(
        site,
        request,
        lang,
        Shown {
            fault: Some(text),
            wrong,
            ..shown
        },
        status,
    )
    .await;
    if let Some(seconds) = wait {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// `POST /logout`.
pub(super) async fn leave(Posted { visit, .. }: Posted) -> Response {
    match visit.site.parts.door.sign_out(&visit.request).await {
        Ok(cookies) => respond::with_cookies(respond::see("/login?did=signed-out"), cookies),
        Err(error) => visit.failed(error),
    }
}
