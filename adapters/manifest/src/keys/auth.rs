//! `auth:`: how the hub signs in when it reads data.

use super::key;
use crate::grammar::{Field, Type};
use crate::problem::Form;

pub(super) static NONE: &[(&str, &str)] = &[("none", "No credentials.")];
pub(crate) static AUTH: &[Field] = &[
    key("basic", Type::Record(AUTH_BASIC), "HTTP Basic.").operator(),
    key(
        "bearer",
        Type::Record(AUTH_BEARER),
        "`Authorization: Bearer …`.",
    )
    .operator(),
    key(
        "header",
        Type::Record(AUTH_HEADER),
        "A header of the app's own.",
    )
    .operator(),
    key(
        "api_key",
        Type::Record(AUTH_KEY),
        "An API key in the query or a header.",
    )
    .operator(),
    key(
        "digest",
        Type::Record(AUTH_BASIC),
        "HTTP Digest (RFC 7616).",
    )
    .operator(),
    key(
        "form",
        Type::Record(AUTH_FORM),
        "A form on a page, and then a session cookie.",
    )
    .operator(),
    key(
        "oauth2",
        Type::Record(AUTH_OAUTH2),
        "OAuth 2.0 client credentials or refresh token.",
    )
    .operator(),
    key(
        "token",
        Type::Record(AUTH_TOKEN),
        "A request that answers with a token.",
    )
    .operator(),
    key(
        "hmac",
        Type::Record(AUTH_HMAC),
        "A signature over each request.",
    )
    .operator(),
    key(
        "certificate",
        Type::Record(AUTH_CERTIFICATE),
        "A client certificate (mutual TLS).",
    )
    .operator(),
    key(
        "wsse",
        Type::Record(AUTH_WSSE),
        "A WS-Security UsernameToken in the SOAP header.",
    )
    .operator(),
    key(
        "check",
        Type::Text(Some(Form::UrlPath)),
        "A path that is open to those who are signed in alone. It is asked for before each read: an app that answers strangers too would otherwise pass for one that accepts the key.",
    )
    .operator()
    .beside(),
];
static SECRET: Type = Type::Secret { strict: false };
static TEXT_VALUE: Type = Type::Text(None);
const fn may(name: &'static str, ty: Type, doc: &'static str) -> Field {
    key(name, ty, doc).operator()
}
const USERNAME: Field =
    may("username", Type::Secret { strict: false }, "The user name.").required();
const PASSWORD: Field = may("password", Type::Secret { strict: true }, "The password.").required();
const FORM_URL: Field = may("url", Type::Pattern, "The page with the form.").required();
const FORM: Field = may(
    "form",
    Type::Text(Some(Form::Selector)),
    "The form, as a CSS selector; absent: the first with a password field.",
);
const FIELDS: Field = may(
    "fields",
    Type::Map(&SECRET, Some(Form::NotEmpty)),
    "Field → value; passwords as secrets.",
)
.required();
const CSRF: Field = may(
    "csrf",
    Type::Text(Some(Form::Selector)),
    "A CSS selector of a field whose name and value are both taken from the page.",
);
const CSRF_COOKIE: Field = may(
    "csrf_cookie",
    Type::Record(AUTH_CSRF_COOKIE),
    "A cookie that is copied into a field, or into a header that begins with `X-`.",
);
/// `auth.form.csrf_cookie:`
pub(crate) static AUTH_CSRF_COOKIE: &[Field] = &[
    may(
        "field",
        Type::Text(Some(Form::NotEmpty)),
        "The field or header.",
    )
    .required(),
    may("cookie", Type::Text(Some(Form::NotEmpty)), "The cookie.").required(),
];
/// `auth.form.then:`
pub(crate) static AUTH_THEN: &[Field] = &[FORM_URL, FORM, FIELDS, CSRF, CSRF_COOKIE];
/// `auth.form:`
pub(crate) static AUTH_FORM: &[Field] = &[
    FORM_URL,
    FORM,
    FIELDS,
    CSRF,
    CSRF_COOKIE,
    may(
        "then",
        Type::Record(AUTH_THEN),
        "A second page with a form.",
    ),
    may(
        "logged_in",
        Type::Text(Some(Form::Selector)),
        "What a page holds only while signed in.",
    ),
    may(
        "expired",
        Type::List(&TEXT_VALUE),
        "Words in an answer that mean that the session has ended.",
    ),
];
/// `auth.oauth2:`
pub(crate) static AUTH_OAUTH2: &[Field] = &[
    may(
        "token_url",
        Type::Pattern,
        "The token endpoint: an address, or a path on the app.",
    )
    .required(),
    may("client_id", Type::Secret { strict: false }, "The client.").required(),
    may(
        "client_secret",
        Type::Secret { strict: true },
        "Its secret.",
    )
    .required(),
    may(
        "refresh_token",
        Type::Secret { strict: true },
        "A refresh token; absent: client credentials.",
    ),
    may("scope", Type::Text(Some(Form::NotEmpty)), "Asked for."),
    may(
        "params",
        Type::Map(&TEXT_VALUE, None),
        "Further parameters, for example `audience`.",
    ),
    may(
        "in_body",
        Type::Flag,
        "Whether the client is named in the body instead of HTTP Basic.",
    )
    .default("false"),
];
/// `auth.token:`
pub(crate) static AUTH_TOKEN: &[Field] = &[
    may("url", Type::Pattern, "Where the token is asked for.").required(),
    FIELDS,
    may(
        "json",
        Type::Flag,
        "Whether the fields are sent as JSON; else as a form.",
    )
    .default("true"),
    may("token", Type::Path, "Where the answer holds the token.").required(),
    may(
        "expires",
        Type::Path,
        "Where the answer holds its life in seconds.",
    ),
    may(
        "header",
        Type::Text(Some(Form::HeaderName)),
        "The header that carries it.",
    )
    .default("Authorization"),
    may("prefix", Type::Text(None), "What stands before it.").default("Bearer "),
];
/// `auth.hmac:`
pub(crate) static AUTH_HMAC: &[Field] = &[
    may("secret", Type::Secret { strict: true }, "The key.").required(),
    may("id", Type::Secret { strict: false }, "The key's public name."),
    may(
        "id_header",
        Type::Text(Some(Form::HeaderName)),
        "The header with the key's name.",
    )
    .default("X-Key-Id"),
    may(
        "header",
        Type::Text(Some(Form::HeaderName)),
        "The header with the signature.",
    )
    .default("X-Signature"),
    may(
        "prefix",
        Type::Text(None),
        "What stands before it, for example `sha256=` or `v1,`.",
    ),
    may(
        "timestamp",
        Type::Text(Some(Form::HeaderName)),
        "The header with the time.",
    )
    .default("X-Timestamp"),
    may(
        "message",
        Type::Text(Some(Form::NotEmpty)),
        "What is signed: `{id}`, `{timestamp}`, `{method}`, `{path}`, `{query}`, `{body}` in a text.",
    )
    .default("{timestamp}.{body}"),
    may(
        "hex",
        Type::Flag,
        "Whether the signature is hexadecimal; else base64.",
    )
    .default("false"),
];
/// `auth.certificate:`
static AUTH_CERTIFICATE: &[Field] = &[may(
    "pem",
    Type::Secret { strict: true },
    "PEM: the certificate, those that signed it, and the key.",
)
.required()];
/// `auth.wsse:`
pub(crate) static AUTH_WSSE: &[Field] = &[
    USERNAME,
    PASSWORD,
    key(
        "digest",
        Type::Flag,
        "Whether the password is sent as a digest.",
    )
    .default("true")
    .operator(),
];
pub(super) static AUTH_BASIC: &[Field] = &[USERNAME, PASSWORD];
pub(super) static AUTH_BEARER: &[Field] =
    &[key("token", Type::Secret { strict: true }, "The token.")
        .required()
        .operator()];
pub(super) static AUTH_HEADER: &[Field] = &[
    key(
        "name",
        Type::Text(Some(Form::HeaderName)),
        "The header's name.",
    )
    .required()
    .operator(),
    key(
        "value",
        Type::Secret { strict: true },
        "Its whole value, for example `Token ${secret:app/token}`.",
    )
    .required()
    .operator(),
];
pub(super) static AUTH_KEY: &[Field] = &[
    key(
        "name",
        Type::Text(Some(Form::NotEmpty)),
        "The name of the parameter or header.",
    )
    .required()
    .operator(),
    key("value", Type::Secret { strict: true }, "The key.")
        .required()
        .operator(),
    key("in", Type::Words(&["query", "header"]), "Where it goes.")
        .default("query")
        .operator(),
];
