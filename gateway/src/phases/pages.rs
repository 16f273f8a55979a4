//! The page a person sees when something fails, and in which language.
//!
//! Owns the built-in page, so that the edge can always say something even when the portal cannot. It must never
//! load anything from elsewhere: one self-contained document without script.

use std::fmt::Write as _;

use divos_model::Lang;
use http::header::ACCEPT_LANGUAGE;
use http::{HeaderMap, HeaderValue};

use super::failure::Failure;
use super::route::Route;

/// The language that the headers ask for: Indonesian unless English is preferred (RFC 9110 §12.5.4).
pub fn lang_of(headers: &HeaderMap) -> Lang {
    let accepted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    accepted.map(Lang::negotiate).unwrap_or_default()
}

/// Draws the page for a failure. The portal may bring its own.
pub trait ErrorPages: Send + Sync {
    /// A complete HTML document. `route`: the app that was asked for, where there is one.
    fn page(
        &self,
        failure: &Failure,
        route: Option<&Route>,
        lang: Lang,
        request_id: &str,
    ) -> String;

    /// The `Content-Security-Policy` that the document needs: as closed as it can be.
    fn policy(&self) -> HeaderValue {
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        )
    }
}

/// A plain page that needs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltInPages;

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;margin:0;color:#1b2430;background:#f5f7fa}\
main{max-width:34rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:12px;border:1px solid #d9e0e8}\
h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:.5rem 0}a{color:#0b5cad}code{font-size:.85rem;word-break:break-all}\
@media(prefers-color-scheme:dark){body{background:#11161d;color:#e4e9ef}main{background:#1a212b;border-color:#2c3745}a{color:#7db8f5}}";

impl ErrorPages for BuiltInPages {
    fn page(&self, failure: &Failure, _: Option<&Route>, lang: Lang, request_id: &str) -> String {
        let title = escape(failure.title(lang));
        let advice = escape(&failure.advice(lang));
        let status = failure.status().as_u16();
        let number = lang.pick("Nomor permintaan", "Request number");
        let (tag, request_id) = (lang.tag(), escape(request_id));
        format!(
            "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <title>{title}</title><style>{STYLE}</style></head><body><main>\
             <h1>{title}</h1><p>{advice}</p><p><small>{number}: <code>{request_id}</code> ({status})</small></p>\
             </main></body></html>"
        )
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' | '>' | '&' | '"' | '\'' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn indonesian_unless_english_is_preferred() {
        let lang = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(text));
            lang_of(&headers)
        };
        assert_eq!(lang_of(&HeaderMap::new()), Lang::Id);
        assert_eq!(lang("en-US,en;q=0.9"), Lang::En);
        assert_eq!(lang("en;q=0.5, id"), Lang::Id);
        assert_eq!(lang("id;q=0.4,en;q=0.8"), Lang::En);
        assert_eq!(lang("fr"), Lang::Id);
    }

    #[test]
    fn nothing_in_the_page_can_break_out_of_it() {
        let why = Some("<script>alert(1)</script>".to_owned());
        let page = BuiltInPages.page(&Failure::Forbidden { why }, None, Lang::Id, "\"><img>");
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(page.contains("Anda tidak berhak"));
    }
}
