//! Why an app did not let the hub sign in, in both languages.
//!
//! Owns words only. It must never repeat what was sent.

use std::fmt;

/// Why an app did not let the hub sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The form came back after it was submitted.
    FormAgain,
    /// The page after the form lacks what only those who are signed in see.
    NotInside {
        /// What it lacks, as a CSS selector.
        selector: String,
    },
    /// Nothing was refused, and yet the next request was that of a stranger.
    Forgotten,
    /// After a renewed sign-in the same address still asks for one, though others open.
    OnlyHere,
    /// User name, password or key.
    Credentials,
    /// The answer has no token where the connector looks for it.
    NoToken,
    /// JSON was expected.
    NotJson,
    /// What only those who are signed in may open does not open.
    Stranger {
        /// The path, as the connector says it.
        path: String,
        /// The status; `None` where the app sends elsewhere.
        status: Option<u16>,
    },
    /// What the app answered.
    Said {
        /// The code of RFC 6749, section 5.2, or of the app's own.
        code: Option<String>,
        /// The status.
        status: u16,
    },
}

impl Refusal {
    /// Says it in Indonesian.
    pub(super) fn indonesian(&self) -> String {
        match self {
            Self::FormAgain => "formulir masuk masih ditampilkan".into(),
            Self::NotInside { selector } => {
                format!("halaman sesudahnya tidak memuat `{selector}`")
            }
            Self::Forgotten => "tampak berhasil, tetapi permintaan berikutnya tidak dikenali".into(),
            Self::OnlyHere => {
                "alamat ini tetap meminta masuk, padahal yang lain terbuka; mungkin hak aksesnya kurang".into()
            }
            Self::Credentials => "kredensial tidak diterima".into(),
            Self::NoToken => "jawabannya tidak memuat token".into(),
            Self::NotJson => "jawabannya bukan JSON".into(),
            Self::Stranger { path, status: Some(status) } => {
                format!("`{path}` menjawab {status}: aplikasi tidak mengenali kredensial ini, walaupun datanya mungkin terbuka bagi siapa saja")
            }
            Self::Stranger { path, status: None } => {
                format!("`{path}` mengalihkan ke alamat lain, seperti bagi orang yang belum masuk")
            }
            Self::Said { code, status } => said(code.as_deref(), *status, |(_, id, _)| id),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FormAgain => f.write_str("the form is still shown"),
            Self::NotInside { selector } => {
                write!(f, "the page after it does not hold `{selector}`")
            }
            Self::Forgotten => {
                f.write_str("it seemed to succeed, and the next request was not known")
            }
            Self::OnlyHere => f.write_str(
                "this address still asks to sign in though others open; a right may be missing",
            ),
            Self::Credentials => f.write_str("the credentials are not accepted"),
            Self::NoToken => f.write_str("its answer holds no token"),
            Self::NotJson => f.write_str("its answer is not JSON"),
            Self::Stranger {
                path,
                status: Some(status),
            } => write!(
                f,
                "`{path}` answers {status}: the app does not know these credentials, though its data may be open to anybody"
            ),
            Self::Stranger { path, status: None } => write!(
                f,
                "`{path}` sends elsewhere, as it does those who are not signed in"
            ),
            Self::Said { code, status } => {
                f.write_str(&said(code.as_deref(), *status, |(_, _, en)| en))
            }
        }
    }
}

/// A code, and what it means in Indonesian and in English.
type Code = (&'static str, &'static str, &'static str);

/// The codes of RFC 6749, section 5.2.
const CODES: [Code; 6] = [
    (
        "invalid_request",
        "permintaan token tidak lengkap",
        "the request for a token lacks something",
    ),
    (
        "invalid_client",
        "klien atau rahasianya tidak dikenal",
        "the client or its secret is not known",
    ),
    (
        "invalid_grant",
        "refresh token sudah dipakai, kedaluwarsa, atau bukan milik klien ini",
        "the refresh token is used, expired or not this client's",
    ),
    (
        "unauthorized_client",
        "klien ini tidak boleh memakai cara ini",
        "this client may not use this grant",
    ),
    (
        "unsupported_grant_type",
        "cara ini tidak dikenal server",
        "the server does not know this grant",
    ),
    (
        "invalid_scope",
        "cakupan yang diminta tidak diizinkan",
        "the scope is not permitted",
    ),
];

fn said(code: Option<&str>, status: u16, words: fn(Code) -> &'static str) -> String {
    let Some(code) = code else {
        return format!("status {status}");
    };
    let known = CODES.into_iter().find(|known| known.0 == code);
    let meaning = known.map(|known| format!(": {}", words(known)));
    format!("{code}, {status}{}", meaning.unwrap_or_default())
}
