//! How the hub itself signs in to the app when it reads data.

use crate::{Path, Pattern, Secret};

/// The credentials of a data request.
#[derive(Debug, Clone)]
pub enum Auth {
    /// None.
    None,
    /// HTTP Basic (RFC 7617).
    Basic {
        /// The user name; may come from a secret.
        username: Secret,
        /// The password.
        password: Secret,
    },
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    Bearer {
        /// The token.
        token: Secret,
    },
    /// A header of the app's own.
    Header {
        /// Its name.
        name: String,
        /// Its whole value.
        value: Secret,
    },
    /// A key that the app calls an API key.
    ApiKey {
        /// The name of the query parameter or header.
        name: String,
        /// The key.
        value: Secret,
        /// Where it goes.
        place: KeyPlace,
    },
    /// HTTP Digest (RFC 7616): MD5 or SHA-256, `qop=auth`.
    Digest {
        /// The user name.
        username: Secret,
        /// The password.
        password: Secret,
    },
    /// A form on a page, and then a session cookie.
    Form(Box<FormLogin>),
    /// OAuth 2.0 (RFC 6749): client credentials (section 4.4) or a refresh token (section 6).
    OAuth2(Box<OAuth2>),
    /// A request that answers with a token, and the token on every other request.
    Token(Box<TokenLogin>),
    /// A signature over each request.
    Hmac(Box<HmacSign>),
    /// A client certificate (mutual TLS).
    Certificate {
        /// PEM: the certificate chain and the key.
        pem: Secret,
    },
    /// WS-Security UsernameToken in the SOAP header.
    Wsse {
        /// The user name.
        username: Secret,
        /// The password.
        password: Secret,
        /// Whether the password is sent as a digest.
        digest: bool,
    },
}

impl Auth {
    /// Lists every secret that it holds.
    #[must_use]
    pub fn secrets(&self) -> Vec<&Secret> {
        fn of(fields: &[(String, Secret)]) -> impl Iterator<Item = &Secret> {
            fields.iter().map(|(_, secret)| secret)
        }
        match self {
            Self::None => vec![],
            Self::Basic { username, password }
            | Self::Digest { username, password }
            | Self::Wsse {
                username, password, ..
            } => vec![username, password],
            Self::Bearer { token } => vec![token],
            Self::Header { value, .. } | Self::ApiKey { value, .. } => vec![value],
            Self::Certificate { pem } => vec![pem],
            Self::Form(form) => {
                let steps = std::iter::successors(Some(&**form), |form| form.then.as_deref());
                steps.flat_map(|form| of(&form.fields)).collect()
            }
            Self::OAuth2(oauth) => {
                let pair = [&oauth.client_id, &oauth.client_secret];
                pair.into_iter().chain(&oauth.refresh_token).collect()
            }
            Self::Token(login) => of(&login.fields).collect(),
            Self::Hmac(sign) => std::iter::once(&sign.secret).chain(&sign.id).collect(),
        }
    }
}

/// How the hub signs in through an app's form, as a person would.
#[derive(Debug, Clone)]
pub struct FormLogin {
    /// The page with the form.
    pub url: Pattern,
    /// The form, as a CSS selector; the first with a password field where it is `None`.
    pub form: Option<String>,
    /// Field → value.
    pub fields: Vec<(String, Secret)>,
    /// A CSS selector of a field whose name and value are both taken from the page.
    pub csrf: Option<String>,
    /// A cookie that is copied into a field (field, cookie), or where the field begins with `X-` into a header.
    pub csrf_cookie: Option<(String, String)>,
    /// A second page with a form, for apps that ask for name and password on different pages.
    pub then: Option<Box<FormLogin>>,
    /// What a page holds only while signed in, as a CSS selector.
    pub logged_in: Option<String>,
    /// Words in an answer that mean that the session has ended, besides a redirect to `url`.
    pub expired: Vec<String>,
}

/// OAuth 2.0 for machines.
#[derive(Debug, Clone)]
pub struct OAuth2 {
    /// The token endpoint: an address, or a path on the app.
    pub token_url: Pattern,
    /// The client.
    pub client_id: Secret,
    /// Its secret.
    pub client_secret: Secret,
    /// A refresh token; client credentials where it is `None`.
    pub refresh_token: Option<Secret>,
    /// Asked for.
    pub scope: Option<String>,
    /// Further parameters, for example `audience`.
    pub params: Vec<(String, String)>,
    /// Whether the client is named in the body instead of HTTP Basic.
    pub in_body: bool,
}

/// A request that answers with a token.
#[derive(Debug, Clone)]
pub struct TokenLogin {
    /// Where: a path on the app.
    pub url: Pattern,
    /// JSON or form fields.
    pub fields: Vec<(String, Secret)>,
    /// Whether the fields are sent as JSON; else as a form.
    pub json: bool,
    /// Where the answer holds the token.
    pub token: Path,
    /// Where the answer holds its life in seconds.
    pub expires: Option<Path>,
    /// The header that carries the token; `Authorization`.
    pub header: String,
    /// What stands before it; `Bearer `.
    pub prefix: String,
}

/// A signature over each request.
#[derive(Debug, Clone)]
pub struct HmacSign {
    /// The key.
    pub secret: Secret,
    /// The key's public name, sent in `id_header`.
    pub id: Option<Secret>,
    /// The header with the key's name.
    pub id_header: String,
    /// The header with the signature.
    pub header: String,
    /// What stands before the signature; nothing.
    pub prefix: String,
    /// The header with the time.
    pub timestamp: String,
    /// What is signed: `{id}`, `{timestamp}`, `{method}`, `{path}`, `{query}`, `{body}` in a text, as BPJS has
    /// `{id}&{timestamp}`.
    pub message: String,
    /// Whether the signature is hexadecimal; else base64.
    pub hex: bool,
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the query of the address; it is removed from logs.
    Query,
    /// In a header.
    Header,
}
