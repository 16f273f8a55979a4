//! Problems for programs (RFC 9457), in the reader's language.

use axum::Json;
use axum::response::{IntoResponse, Response};
use divos_feed::{CursorError, FilterFault, TimelineError};
use divos_model::Lang;
use divos_sso::SsoError;
use divos_store::StoreError;
use http::{HeaderValue, StatusCode, Uri, header};
use serde_json::json;

/// What a program is told when it does not get what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Box<Told>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    status: StatusCode,
    code: &'static str,
    title: (&'static str, &'static str),
    detail: Option<(String, String)>,
    restart: Option<String>,
    errors: Vec<FieldError>,
}

/// One field that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldError {
    /// Its name.
    pub(super) field: String,
    /// What is wrong, in Indonesian and in English.
    pub(super) says: (String, String),
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, id: &'static str, en: &'static str) -> Self {
        Self(Box::new(Told {
            status,
            code,
            title: (id, en),
            detail: None,
            restart: None,
            errors: Vec::new(),
        }))
    }

    /// Answers that cannot be taken, each with its field (422).
    #[must_use]
    pub(super) fn answers(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "answers-faulty",
            "Ada isian yang perlu diperbaiki",
            "Some answers need mending",
        );
        problem.0.errors = errors;
        problem
    }

    /// Something that cannot be done as things stand (409).
    #[must_use]
    pub(super) fn conflict(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            "Belum dapat dilakukan",
            "This cannot be done now",
        )
        .saying(id, en)
    }

    /// Says more, instead of what was said before.
    pub(super) fn saying(mut self, id: impl Into<String>, en: impl Into<String>) -> Self {
        self.0.detail = Some((id.into(), en.into()));
        self
    }

    /// Nobody is signed in (401).
    #[must_use]
    pub fn sign_in_needed() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in-needed",
            "Anda perlu masuk dahulu",
            "You need to sign in",
        )
    }

    /// An app's request without its token or signature, or with a wrong one (401).
    #[must_use]
    pub fn unproved() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-proved",
            "Aplikasi perlu membuktikan diri",
            "The app has to prove itself",
        )
        .saying(
            "Token atau tanda tangan tidak ada atau salah.",
            "The token or the signature is missing or wrong.",
        )
    }

    /// More at once than the hub takes (503).
    #[must_use]
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "hub-busy",
            "Terlalu banyak sekaligus",
            "Too much at once",
        )
        .saying(
            "Kirim lagi sebentar lagi; tidak ada yang diambil.",
            "Send it again in a moment; nothing was taken.",
        )
    }

    /// A file of one's own data while one is being made (429).
    #[must_use]
    pub fn one_at_a_time() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "one-at-a-time",
            "Unduhan lain sedang dibuat",
            "Another download is being made",
        )
        .saying(
            "Tunggu sampai unduhan Anda yang sedang berjalan selesai, lalu coba lagi.",
            "Wait until your running download is complete, then try again.",
        )
    }

    /// Signed in, and not allowed (403).
    #[must_use]
    pub fn forbidden(id: &str, en: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Tidak diizinkan",
            "Not allowed",
        )
        .saying(id, en)
    }

    /// No such thing, or not for this reader (404).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Tidak ditemukan",
            "Not found",
        )
        .saying(
            "Tidak ada, atau bukan untuk Anda.",
            "There is no such thing, or it is not for you.",
        )
    }

    /// A parameter or a body that does not fit (400).
    #[must_use]
    pub fn bad_request(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "Permintaan tidak sesuai",
            "The request does not fit",
        )
        .saying(id, en)
    }

    /// The body is not JSON (415).
    #[must_use]
    pub fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "Isi harus application/json",
            "The body must be application/json",
        )
    }

    /// The body is too large (413).
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "Isi terlalu besar",
            "The body is too large",
        )
        .saying(
            format!("Batasnya {limit} bita."),
            format!("The limit is {limit} bytes."),
        )
    }

    /// The hub cannot read its store (503).
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "hub-unavailable",
            "Hub sedang tidak dapat membaca datanya",
            "The hub cannot read its data at present",
        )
    }

    /// The hub cannot write: its disk is full or its data is read-only (507).
    #[must_use]
    pub fn cannot_write() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "hub-read-only",
            "Perubahan tidak dapat disimpan",
            "The change could not be saved",
        )
        .saying(
            "Penyimpanan hub penuh; membaca tetap bisa. Coba lagi nanti.",
            "The hub's storage is full; reading goes on. Try again later.",
        )
    }

    /// Returns the answer in a language.
    #[must_use]
    pub fn answer(self, lang: Lang) -> Response {
        let pick = |pair: (String, String)| match lang {
            Lang::Id => pair.0,
            Lang::En => pair.1,
        };
        let told = *self.0;
        let title = pick((told.title.0.to_owned(), told.title.1.to_owned()));
        let mut body = json!({
            "type": format!("urn:divos:problem:{}", told.code),
            "title": title,
            "status": told.status.as_u16(),
        });
        if let Some(detail) = told.detail {
            body["detail"] = pick(detail).into();
        }
        if let Some(restart) = told.restart {
            body["restart"] = restart.into();
        }
        if !told.errors.is_empty() {
            let errors = told.errors.into_iter();
            let errors = errors.map(|one| json!({ "field": one.field, "message": pick(one.says) }));
            body["errors"] = errors.collect();
        }
        let mut response = (told.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if told.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"DIVOS\""),
            );
        }
        let later = [
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
        ];
        if later.contains(&told.status) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Answers, or says the problem in the reader's language.
pub(super) fn reply(lang: Lang, result: Result<Response, Problem>) -> Response {
    result.unwrap_or_else(|problem| problem.answer(lang))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.answer(Lang::Id)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed for the API");
        match error {
            StoreError::NotFound { .. } => Self::not_found(),
            StoreError::Full | StoreError::ReadOnly => Self::cannot_write(),
            _ => Self::unavailable(),
        }
    }
}

impl From<SsoError> for Problem {
    fn from(error: SsoError) -> Self {
        tracing::error!(%error, "sign-in failed for the API");
        Self::unavailable()
    }
}

impl From<FilterFault> for Problem {
    fn from(fault: FilterFault) -> Self {
        let (field, expected) = (fault.field, fault.expected);
        Self::bad_request(
            format!("Parameter `{field}` tidak sesuai: harus {expected}."),
            format!("The parameter `{field}` does not fit: it must be {expected}."),
        )
    }
}

impl From<TimelineError> for Problem {
    fn from(error: TimelineError) -> Self {
        match error {
            TimelineError::Cursor(CursorError::Expired { restart }) => {
                let mut problem = Self::new(
                    StatusCode::GONE,
                    "cursor-expired",
                    "Penanda halaman kedaluwarsa",
                    "The cursor has expired",
                );
                problem.0.restart = Some(format!("since={}", restart.format("%Y-%m-%dT%H:%M:%SZ")));
                problem
            }
            TimelineError::Cursor(CursorError::Invalid) => Self::bad_request(
                "Penanda `cursor` bukan milik permintaan ini.",
                "The `cursor` does not belong to this request.",
            ),
            TimelineError::Filter(fault) => fault.into(),
            TimelineError::Store(error) => error.into(),
        }
    }
}

/// Answers for paths under `/api/` that lead nowhere.
pub(super) async fn no_such_path(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(120).collect();
    let mut problem = Problem::not_found();
    problem.0.detail = Some((
        format!("Tidak ada {path}; lihat /openapi.json."),
        format!("There is no {path}; see /openapi.json."),
    ));
    problem
}

/// Answers for methods that a path does not have.
pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Cara akses tidak didukung",
        "The method is not supported",
    )
}
