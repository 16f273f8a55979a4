//! Links are held to the app: what leads to another host is dropped, what leads to the app's own
//! becomes a path on its virtual host, so that it opens through single sign-on.

use super::Rules;
use url::Url;

/// What became of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It stays as it is.
    Same,
    /// It is written otherwise.
    As(String),
    /// It leads elsewhere.
    Foreign,
}

/// The longest link that is kept, in bytes.
const LONGEST: usize = 2048;

/// Holds a link to the app's own hosts.
pub(super) fn hold(link: &str, rules: &Rules) -> Held {
    if link.is_empty() {
        return Held::Same;
    }
    if link.len() > LONGEST || link.chars().any(|c| c.is_control() || c == '\\') {
        return Held::Foreign;
    }
    // `//host` is another host in every browser.
    if let Some(rest) = link.strip_prefix('/') {
        return if rest.starts_with('/') {
            Held::Foreign
        } else {
            Held::Same
        };
    }
    let Ok(url) = Url::parse(link) else {
        return Held::Foreign;
    };
    let own = url
        .host_str()
        .is_some_and(|host| rules.hosts.iter().any(|own| own == host));
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    match (own && plain && url.password().is_none(), rules.proxied) {
        (false, _) => Held::Foreign,
        (true, false) => Held::Same,
        (true, true) => Held::As(path_of(&url)),
    }
}

fn path_of(url: &Url) -> String {
    let mut path = url.path().to_owned();
    if path.starts_with("//") {
        path = format!("/{}", path.trim_start_matches('/'));
    }
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    if let Some(fragment) = url.fragment() {
        path.push('#');
        path.push_str(fragment);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::Audience;

    fn rules(proxied: bool) -> Rules {
        let app = "surat".parse().expect("a slug");
        let hosts = vec!["surat.example".to_owned(), "10.20.0.15".to_owned()];
        let now = chrono::DateTime::UNIX_EPOCH;
        Rules {
            hosts,
            proxied,
            ..Rules::new(app, "inbox", Audience::everyone(), now)
        }
    }

    #[test]
    fn only_the_apps_own_hosts_are_linked_to() {
        let path = |text: &str| Held::As(text.to_owned());
        for (link, held) in [
            ("", Held::Same),
            ("/surat/1?x=1#a", Held::Same),
            (
                "https://surat.example/surat/1?x=1#a",
                path("/surat/1?x=1#a"),
            ),
            ("HTTP://SURAT.EXAMPLE", path("/")),
            ("http://10.20.0.15:8080/surat/1", path("/surat/1")),
            (
                "https://surat.example//evil.example/",
                path("/evil.example/"),
            ),
            ("https://evil.example/surat/1", Held::Foreign),
            ("https://surat.example@evil.example/", Held::Foreign),
            ("https://me@surat.example/", Held::Foreign),
            ("https://surat.example.evil.example/", Held::Foreign),
            ("//evil.example/", Held::Foreign),
            ("/\\evil.example/", Held::Foreign),
            ("javascript:alert(1)", Held::Foreign),
            ("data:text/html,x", Held::Foreign),
            ("surat/1", Held::Foreign),
            ("/a\nb", Held::Foreign),
        ] {
            assert_eq!(hold(link, &rules(true)), held, "{link}");
        }
    }

    #[test]
    fn an_app_that_is_not_proxied_keeps_its_addresses() {
        assert_eq!(hold("https://surat.example/1", &rules(false)), Held::Same);
        assert_eq!(hold("https://evil.example/1", &rules(false)), Held::Foreign);
    }
}
