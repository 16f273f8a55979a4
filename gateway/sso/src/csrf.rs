//! Forms that only our own pages can send.
//!
//! Owns the form token (bound to the session, or to the browser before there is one) and the check of where a
//! request came from. It must never know what a form does.

use crate::Caller;
use crate::cookies::{self, Found, Keep, NONCE_COOKIE};
use crate::seal::Seal;
use crate::token::Token;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};

/// How long a browser keeps the nonce, in seconds: as long as somebody may look at a sign-in page.
const NONCE_SECONDS: u32 = 12 * 3600;

/// Why a request that changes something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsrfFault {
    /// Another site sent it.
    #[error("the request came from another site")]
    OtherSite,
    /// The form token is missing, or of another session or browser.
    #[error("the form does not belong to this session")]
    Token,
}

/// What a page with a form needs.
#[derive(Debug, Clone)]
pub struct FormGuard {
    /// Goes into the hidden field `csrf`, or the header `X-CSRF-Token`.
    pub token: String,
    /// To be set with the answer, where the browser had no nonce yet.
    pub set_cookie: Option<HeaderValue>,
}

/// Makes the token for a page shown to `caller`.
pub(crate) fn guard(seal: &Seal, caller: &Caller, headers: &HeaderMap) -> FormGuard {
    if let Some(person) = caller.signed_in() {
        return FormGuard {
            token: token(seal, "session", person.session.hash.bytes()),
            set_cookie: None,
        };
    }
    let (nonce, set_cookie) = nonce(headers);
    FormGuard {
        token: token(seal, "browser", nonce.as_bytes()),
        set_cookie,
    }
}

/// Checks the token that came with a form, and where it came from.
pub(crate) fn check(
    seal: &Seal,
    caller: &Caller,
    headers: &HeaderMap,
    hub: &str,
    sent: &str,
) -> Result<(), CsrfFault> {
    check_origin(headers, hub)?;
    let right = match (caller.signed_in(), cookies::find(headers, NONCE_COOKIE)) {
        (Some(person), _) => matches(seal, "session", person.session.hash.bytes(), sent),
        (None, Found::One(nonce)) => matches(seal, "browser", nonce.as_bytes(), sent),
        (None, _) => false,
    };
    if right { Ok(()) } else { Err(CsrfFault::Token) }
}

/// Checks that a request which changes something came from `host` itself, by `Sec-Fetch-Site` and `Origin`, whichever is
/// there. Where neither is (old browsers, programs) the token alone decides.
///
/// # Errors
/// [`CsrfFault::OtherSite`], also for a sibling host: an app must not act in the hub's name.
pub fn check_origin(headers: &HeaderMap, host: &str) -> Result<(), CsrfFault> {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let site_fits = sites.all(|site| site == "same-origin" || site == "none");
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin_fits = origins.all(|origin| {
        origin
            .to_str()
            .ok()
            .and_then(|o| o.strip_prefix("https://"))
            == Some(host)
    });
    if site_fits && origin_fits {
        Ok(())
    } else {
        Err(CsrfFault::OtherSite)
    }
}

/// Returns the browser's nonce, or a new one with the cookie that sets it.
pub(crate) fn nonce(headers: &HeaderMap) -> (String, Option<HeaderValue>) {
    match cookies::find(headers, NONCE_COOKIE)
        .one()
        .filter(|nonce| Token::parse(nonce).is_some())
    {
        Some(nonce) => (nonce.to_owned(), None),
        None => {
            let nonce = Token::new().written();
            let cookie = cookies::set(NONCE_COOKIE, &nonce, Keep::Seconds(NONCE_SECONDS));
            (nonce, Some(cookie))
        }
    }
}

/// Writes a token: 16 random bytes and the keyed hash of them and of what it is bound to. Random, so that a
/// compressed page gives nothing away (BREACH).
fn token(seal: &Seal, kind: &str, bound_to: &[u8]) -> String {
    let salt = crate::seal::random::<16>();
    let mac = seal.mac("csrf", &[kind.as_bytes(), bound_to, &salt]);
    URL_SAFE_NO_PAD.encode([salt.as_slice(), &mac].concat())
}

fn matches(seal: &Seal, kind: &str, bound_to: &[u8], sent: &str) -> bool {
    let mut bytes = [0; 48];
    let whole = sent.len() == 64 && URL_SAFE_NO_PAD.decode_slice(sent, &mut bytes) == Ok(48);
    let (salt, mac) = bytes.split_at(16);
    whole && seal.holds("csrf", &[kind.as_bytes(), bound_to, salt], mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Why;
    use crate::sample::person_in;

    fn anonymous() -> Caller {
        Caller::Anonymous(Why::NoCredential)
    }

    const HUB: &str = "divos.example";

    fn with_cookie(guard: &FormGuard) -> HeaderMap {
        let set = guard
            .set_cookie
            .as_ref()
            .expect("a first visit sets the nonce")
            .to_str()
            .expect("text");
        let pair = set.split(';').next().expect("a pair");
        HeaderMap::from_iter([(
            header::COOKIE,
            HeaderValue::from_str(pair).expect("a value"),
        )])
    }

    #[test]
    fn a_sign_in_form_belongs_to_the_browser_that_was_shown_it() {
        let seal = Seal::new(&[1; 32]);
        let mine = guard(&seal, &anonymous(), &HeaderMap::new());
        let theirs = guard(&seal, &anonymous(), &HeaderMap::new());
        let browser = with_cookie(&mine);
        assert_eq!(
            check(&seal, &anonymous(), &browser, HUB, &mine.token),
            Ok(())
        );
        for (headers, token) in [
            (&browser, theirs.token.as_str()),
            (&browser, ""),
            (&browser, "x"),
            (&browser, &"A".repeat(64)),
            (&HeaderMap::new(), &mine.token),
            (&with_cookie(&theirs), &mine.token),
        ] {
            assert_eq!(
                check(&seal, &anonymous(), headers, HUB, token),
                Err(CsrfFault::Token),
                "{token}"
            );
        }
        let again = guard(&seal, &anonymous(), &browser);
        assert!(again.set_cookie.is_none(), "a second tab keeps the nonce");
        assert_eq!(
            check(&seal, &anonymous(), &browser, HUB, &again.token),
            Ok(())
        );
        assert_ne!(again.token, mine.token, "never twice the same text");
    }

    #[test]
    fn a_form_belongs_to_its_session_and_not_to_the_browser_before() {
        let seal = Seal::new(&[1; 32]);
        let (one, other) = (person_in("030801", &[]), person_in("030894", &[]));
        let before = guard(&seal, &anonymous(), &HeaderMap::new());
        let mine = guard(&seal, &one, &HeaderMap::new());
        assert_eq!(
            check(&seal, &one, &HeaderMap::new(), HUB, &mine.token),
            Ok(())
        );
        assert_eq!(
            check(&seal, &other, &HeaderMap::new(), HUB, &mine.token),
            Err(CsrfFault::Token)
        );
        assert_eq!(
            check(&seal, &one, &with_cookie(&before), HUB, &before.token),
            Err(CsrfFault::Token)
        );
    }

    #[test]
    fn another_site_is_refused_whatever_it_knows() {
        let seal = Seal::new(&[1; 32]);
        let mine = guard(&seal, &anonymous(), &HeaderMap::new());
        for (name, value, fits) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "Same-Origin", false),
            ("origin", "https://divos.example", true),
            ("origin", "https://surat.divos.example", false),
            ("origin", "http://divos.example", false),
            ("origin", "https://divos.example:444", false),
            ("origin", "https://divos.example.evil.example", false),
            ("origin", "https://evil.example", false),
            ("origin", "null", false),
            ("origin", "", false),
        ] {
            let mut headers = with_cookie(&mine);
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(
                check(&seal, &anonymous(), &headers, HUB, &mine.token).is_ok(),
                fits,
                "{name}: {value}"
            );
        }
        let mut two = with_cookie(&mine);
        two.append("origin", HeaderValue::from_static("https://divos.example"));
        two.append("origin", HeaderValue::from_static("https://evil.example"));
        assert_eq!(
            check(&seal, &anonymous(), &two, HUB, &mine.token),
            Err(CsrfFault::OtherSite)
        );
    }
}
