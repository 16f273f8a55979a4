//! Where a browser may be sent after sign-in: to a path of the hub or to one of its apps, never elsewhere.
//!
//! Owns the reading of `return` addresses. It decides on the very text that the browser will get. What
//! two readers could understand differently is refused rather than repaired.

use crate::HostSet;

/// The longest address that is followed, in bytes.
const LONGEST: usize = 2048;

/// A place that a browser may safely be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SafeReturn {
    /// A path with query on the hub's own host, for example `/feed?kind=letter`.
    Own(String),
    /// A path with query on an app's host.
    App {
        /// The app's host, one of the [`HostSet`].
        host: String,
        /// Begins with one slash.
        path: String,
    },
}

impl SafeReturn {
    /// Returns the hub's first page: where everything unsafe ends.
    #[must_use]
    pub fn home() -> Self {
        Self::Own("/".into())
    }

    /// Returns the `Location` to answer with.
    #[must_use]
    pub fn location(&self) -> String {
        match self {
            Self::Own(path) => path.clone(),
            Self::App { host, path } => format!("https://{host}{path}"),
        }
    }
}

/// Reads a `return` parameter (already decoded once, as form and query readers do). Anything doubtful
/// gives `None`; callers then send the browser [home](SafeReturn::home).
#[must_use]
pub fn safe_return(text: &str, hosts: &HostSet) -> Option<SafeReturn> {
    if let Some(path) = safe_path(text) {
        return Some(SafeReturn::Own(path.to_owned()));
    }
    let rest = text.strip_prefix("https://")?;
    let at = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let path = if path.is_empty() {
        "/"
    } else {
        safe_path(path)?
    };
    match host {
        host if host == hosts.hub() => Some(SafeReturn::Own(path.to_owned())),
        host if hosts.is_app(host) => Some(SafeReturn::App {
            host: host.to_owned(),
            path: path.to_owned(),
        }),
        _ => None,
    }
}

/// Reads a path with query on the present host; `None` where a browser could take it for anything else.
#[must_use]
pub fn safe_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let printable = text.len() <= LONGEST
        && text
            .bytes()
            .all(|c| c.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&c));
    if !printable || rest.starts_with('/') {
        return None;
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    // Encoded slashes, backslashes, dots, controls and per cent signs: read twice, they could become a host.
    let encoded = path.split('%').skip(1).any(|after| {
        let code = after
            .get(..2)
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        code.is_none_or(|code| code < 0x20 || code == 0x7f || b"/\\.%".contains(&code))
    });
    let dots = path.split('/').any(|segment| matches!(segment, "." | ".."));
    (!encoded && !dots && !path.contains("//")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hosts() -> HostSet {
        HostSet::new(
            "divos.localhost:8443",
            [
                "surat.divos.localhost:8443".to_owned(),
                "a.example".to_owned(),
            ],
        )
    }

    #[test]
    fn good_addresses_are_followed_unchanged() {
        for good in [
            "/",
            "/feed?kind=letter&q=a%20b",
            "/items/6afba68c-151a-525a-8293-8ac4832c3ef1",
            "/feed#top",
            "/feed?return=https://evil.example/",
            "/cari?q=%2F%2F",
        ] {
            assert_eq!(
                safe_return(good, &hosts()),
                Some(SafeReturn::Own(good.into())),
                "{good}"
            );
        }
        let app = |path: &str| {
            Some(SafeReturn::App {
                host: "surat.divos.localhost:8443".into(),
                path: path.into(),
            })
        };
        assert_eq!(
            safe_return("https://surat.divos.localhost:8443/a/b?c=d", &hosts()),
            app("/a/b?c=d")
        );
        assert_eq!(
            safe_return("https://surat.divos.localhost:8443", &hosts()),
            app("/")
        );
        assert_eq!(
            safe_return("https://divos.localhost:8443/me", &hosts()),
            Some(SafeReturn::Own("/me".into()))
        );
    }

    #[test]
    fn no_attack_leads_elsewhere() {
        for attack in [
            "",
            " ",
            "feed",
            "//evil.example",
            "///evil.example",
            "////evil.example/%2e%2e",
            "/\\evil.example",
            "\\\\evil.example",
            "/\\/evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "/a\r\nSet-Cookie: x=1",
            "/a%0d%0aSet-Cookie:%20x=1",
            "/%09/evil.example",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%252fevil.example",
            "/%25252fevil.example",
            "/%00/evil.example",
            "/%2e%2e//evil.example",
            "/../evil",
            "/./evil",
            "/.//evil.example",
            "/a//evil.example",
            "/%zz",
            "/%",
            "https:evil.example",
            "https:/evil.example",
            "https:///evil.example",
            "https://evil.example",
            "https://evil.example/https://divos.localhost:8443/",
            "https://divos.localhost:8443@evil.example/",
            "https://divos.localhost:8443:pass@evil.example/",
            "https://user@divos.localhost:8443/",
            "https://divos.localhost:8443.evil.example/",
            "https://evil-divos.localhost:8443/",
            "https://divos.localhost/",
            "https://divos.localhost:8444/",
            "https://divos.localhost.:8443/",
            "https://DIVOS.localhost:8443/",
            "https://divos.localhost:8443\\@evil.example/",
            "https://divos.localhost:8443\\.evil.example/",
            "https://evil.example\\divos.localhost:8443/",
            "https://evil.example#divos.localhost:8443/",
            "https://evil.example?divos.localhost:8443/",
            "https://d\u{456}vos.localhost:8443/",
            "https://divos\u{3002}localhost:8443/",
            "https://xn--dvos-1ma.localhost:8443/",
            "https://a.example%2eevil.example/",
            "https://a.example%00.evil.example/",
            "https://a.example//evil.example",
            "https://a.example?x",
            "http://divos.localhost:8443/",
            "HTTPS://divos.localhost:8443/",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "ftp://divos.localhost:8443/",
            "//divos.localhost:8443/",
            "/\u{2215}/evil.example",
            "/é",
            "/\u{202e}x",
            "/a<script>",
            &format!("/{}", "a".repeat(4000)),
        ] {
            assert_eq!(safe_return(attack, &hosts()), None, "{attack:?}");
        }
    }

    proptest! {
        /// What is followed leads, by the rules that browsers follow (WHATWG URL), to one of our hosts.
        #[test]
        fn a_browser_ends_on_one_of_our_hosts(
            head in "(/|//|/\\\\|/[.%0-9a-f]{1,4}/|https://|https://divos.localhost:8443|https://a.example)?",
            tail in "[/\\\\a-z.:@?#%0-9\t\r\n]{0,24}|.{0,30}",
        ) {
            let text = format!("{head}{tail}");
            if let Some(safe) = safe_return(&text, &hosts()) {
                let base = url::Url::parse("https://divos.localhost:8443/login").expect("a url");
                let reached = base.join(&safe.location()).expect("a url");
                let host = format!("{}{}", reached.host_str().unwrap_or_default(), reached.port().map(|p| format!(":{p}")).unwrap_or_default());
                prop_assert!(hosts().holds(&host), "{} leads to {}", text, reached);
                prop_assert_eq!(reached.scheme(), "https");
            }
        }
    }
}
