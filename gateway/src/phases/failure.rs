//! What can go wrong at the edge, whose fault it is, and how a program is told (RFC 9457).
//!
//! Owns [`Failure`]. It must never hold an upstream's address, an error chain or anything a visitor should not see.

use divos_model::Lang;
use http::StatusCode;
use serde_json::json;

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The visitor's or their program's.
    Client,
    /// The hub's.
    Hub,
    /// The app's.
    Upstream,
}

/// A request that does not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Not HTTP as the hub accepts it; the text names the rule.
    #[error("malformed request: {0}")]
    Malformed(&'static str),
    /// A path that different servers read differently.
    #[error("ambiguous path: {0}")]
    AmbiguousPath(&'static str),
    /// The header block is larger than allowed.
    #[error("request header too large")]
    HeadersTooLarge,
    /// Nobody has this host.
    #[error("unknown host")]
    UnknownHost,
    /// The host asked for is not the one the TLS connection was made for (RFC 9110 §15.5.20).
    #[error("request for another host than the connection's")]
    Misdirected,
    /// A method the hub does not pass on.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// Plain HTTP where only HTTPS is served, and a redirect would not do.
    #[error("https required")]
    HttpsRequired,
    /// The body is larger than this app allows.
    #[error("request body larger than {limit} bytes")]
    BodyTooLarge {
        /// Bytes.
        limit: u64,
    },
    /// The visitor stopped sending.
    #[error("request body stalled")]
    BodyStalled,
    /// Nobody is signed in, and a redirect would not help.
    #[error("sign-in needed")]
    SignInNeeded,
    /// Signed in, and not allowed.
    #[error("forbidden")]
    Forbidden {
        /// A sentence for the person.
        why: Option<String>,
    },
    /// Too often.
    #[error("too many requests")]
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// The app has as many requests in flight as it may.
    #[error("app is at its concurrency limit")]
    TooBusy,
    /// The breaker is open.
    #[error("app is left alone after failures")]
    BreakerOpen,
    /// The app refused or could not be reached.
    #[error("app is unreachable")]
    Unreachable,
    /// The app took too long.
    #[error("app did not answer in time")]
    TimedOut,
    /// The app answered with something that is not HTTP, or broke off.
    #[error("app answered with nonsense")]
    BadGateway,
    /// The hub itself failed.
    #[error("internal failure: {0}")]
    Hub(&'static str),
}

impl Failure {
    /// The status it gets.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::AmbiguousPath(_) => StatusCode::BAD_REQUEST,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnknownHost => StatusCode::NOT_FOUND,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::HttpsRequired | Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyStalled => StatusCode::REQUEST_TIMEOUT,
            Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooBusy | Self::BreakerOpen => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unreachable | Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::Hub(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Hub(_) => Blame::Hub,
            Self::TooBusy
            | Self::BreakerOpen
            | Self::Unreachable
            | Self::TimedOut
            | Self::BadGateway => Blame::Upstream,
            _ => Blame::Client,
        }
    }

    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed-request",
            Self::AmbiguousPath(_) => "ambiguous-path",
            Self::HeadersTooLarge => "headers-too-large",
            Self::UnknownHost => "unknown-host",
            Self::Misdirected => "misdirected",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::HttpsRequired => "https-required",
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::BodyStalled => "body-stalled",
            Self::SignInNeeded => "sign-in-needed",
            Self::Forbidden { .. } => "forbidden",
            Self::TooMany { .. } => "too-many-requests",
            Self::TooBusy => "app-busy",
            Self::BreakerOpen => "app-resting",
            Self::Unreachable => "app-unreachable",
            Self::TimedOut => "app-timed-out",
            Self::BadGateway => "app-bad-answer",
            Self::Hub(_) => "hub-failure",
        }
    }

    /// Seconds after which it makes sense to try again.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after } => Some(*retry_after),
            Self::TooBusy => Some(1),
            Self::BreakerOpen => Some(10),
            _ => None,
        }
    }

    /// What happened, for a person.
    pub fn title(&self, lang: Lang) -> &'static str {
        let (id, en) = match self {
            Self::Malformed(_) => (
                "Permintaan tidak dapat dibaca",
                "The request could not be read",
            ),
            Self::AmbiguousPath(_) => ("Alamat tidak sah", "The address is not valid"),
            Self::HeadersTooLarge => (
                "Permintaan terlalu besar",
                "The request header is too large",
            ),
            Self::UnknownHost => ("Aplikasi tidak ditemukan", "No such application"),
            Self::Misdirected => (
                "Sambungan untuk alamat lain",
                "The connection is for another address",
            ),
            Self::MethodNotAllowed => ("Cara akses tidak didukung", "The method is not supported"),
            Self::HttpsRequired => ("Harus melalui HTTPS", "HTTPS is required"),
            Self::BodyTooLarge { .. } => ("Berkas terlalu besar", "The upload is too large"),
            Self::BodyStalled => ("Unggahan terhenti", "The upload stalled"),
            Self::SignInNeeded => ("Anda perlu masuk dahulu", "You need to sign in"),
            Self::Forbidden { .. } => (
                "Anda tidak berhak membuka halaman ini",
                "You may not open this page",
            ),
            Self::TooMany { .. } => ("Terlalu banyak permintaan", "Too many requests"),
            Self::TooBusy => ("Aplikasi sedang sibuk", "The application is busy"),
            Self::BreakerOpen => (
                "Aplikasi sedang bermasalah",
                "The application is having trouble",
            ),
            Self::Unreachable => (
                "Aplikasi tidak dapat dihubungi",
                "The application cannot be reached",
            ),
            Self::TimedOut => (
                "Aplikasi terlalu lama menjawab",
                "The application took too long to answer",
            ),
            Self::BadGateway => (
                "Jawaban aplikasi tidak dapat dibaca",
                "The application's answer could not be read",
            ),
            Self::Hub(_) => (
                "Terjadi kesalahan pada DIVOS Hub",
                "Something went wrong in DIVOS Hub",
            ),
        };
        lang.pick(id, en)
    }

    /// Whose fault it is and what to do, for a person.
    pub fn advice(&self, lang: Lang) -> String {
        match self {
            Self::Forbidden { why: Some(why) } => why.clone(),
            Self::BodyTooLarge { limit } => body_advice(*limit, lang),
            other => other.fixed_advice(lang).to_owned(),
        }
    }

    fn fixed_advice(&self, lang: Lang) -> &'static str {
        let (id, en) = match self {
            Self::UnknownHost => (
                "Periksa kembali alamat yang Anda ketik, atau buka daftar aplikasi di beranda.",
                "Check the address you typed, or open the list of applications on the home page.",
            ),
            Self::SignInNeeded => (
                "Sesi Anda mungkin sudah berakhir. Muat ulang halaman ini lalu masuk kembali.",
                "Your session may have ended. Reload the page and sign in again.",
            ),
            Self::Forbidden { .. } => (
                "Jika menurut Anda ini keliru, hubungi admin aplikasi dan sebutkan nomor permintaan di bawah.",
                "If you think this is a mistake, ask the application's administrator and give the request number below.",
            ),
            Self::TooMany { .. } => (
                "Tunggu sebentar lalu coba lagi.",
                "Wait a moment and try again.",
            ),
            Self::TooBusy
            | Self::BreakerOpen
            | Self::Unreachable
            | Self::TimedOut
            | Self::BadGateway => (
                "Gangguan ada di aplikasi tujuan, bukan di perangkat Anda. Coba lagi beberapa saat lagi; \
                 jika berlanjut, sebutkan nomor permintaan di bawah kepada admin.",
                "The trouble is with the application, not with your device. Try again in a while; \
                 if it goes on, give the administrator the request number below.",
            ),
            Self::Hub(_) => (
                "Ini kesalahan kami. Coba lagi; jika berlanjut, sebutkan nomor permintaan di bawah kepada admin.",
                "This is our fault. Try again; if it goes on, give the administrator the request number below.",
            ),
            Self::HttpsRequired => (
                "Buka alamat ini dengan https://.",
                "Open this address with https://.",
            ),
            _ => (
                "Permintaan ini ditolak karena tidak sesuai aturan HTTP. Buka kembali halaman dari beranda.",
                "The request was refused because it breaks a rule of HTTP. Open the page again from the home page.",
            ),
        };
        lang.pick(id, en)
    }

    /// The body of an `application/problem+json` response.
    pub fn problem(&self, lang: Lang, request_id: &str) -> String {
        json!({
            "type": format!("urn:divos:problem:{}", self.code()),
            "title": self.title(lang),
            "status": self.status().as_u16(),
            "detail": self.advice(lang),
            "instance": format!("urn:divos:request:{request_id}"),
            "request_id": request_id,
        })
        .to_string()
    }
}

fn body_advice(limit: u64, lang: Lang) -> String {
    let mib = limit as f64 / f64::from(1 << 20);
    match lang {
        Lang::Id => format!(
            "Batas unggahan untuk aplikasi ini adalah {mib:.1} MiB. Perkecil berkas lalu coba lagi."
        ),
        Lang::En => format!(
            "The limit for this application is {mib:.1} MiB. Make the file smaller and try again."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_whose_and_which_request() {
        let text = Failure::Unreachable.problem(Lang::En, "r-1");
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["status"], 502);
        assert_eq!(problem["type"], "urn:divos:problem:app-unreachable");
        assert_eq!(problem["request_id"], "r-1");
        assert_eq!(Failure::Unreachable.blame(), Blame::Upstream);
        assert_eq!(Failure::Hub("x").blame(), Blame::Hub);
        assert!(
            !Failure::Hub("sqlite://secret")
                .problem(Lang::Id, "r")
                .contains("sqlite")
        );
    }
}
