//! What `robots.txt` asks of programs (RFC 9309).
//!
//! The hub is no crawler and has its owner's consent; the owner should still know what the file asks.

use super::http::{self, Way};
use super::report::Report;

/// Checks the paths that sources ask for.
pub(super) async fn check(way: &Way<'_>, paths: &[String], report: &mut Report) {
    let Ok(answer) = http::get(way, "/robots.txt").await else {
        return;
    };
    let text = String::from_utf8_lossy(&answer.body);
    let refused: Vec<&str> = match answer.status.is_success() {
        true => paths
            .iter()
            .filter(|path| !permits(&text, path))
            .map(String::as_str)
            .collect(),
        false => Vec::new(),
    };
    let origin = way.origin.name();
    if refused.is_empty() {
        let says = (
            "tidak melarang jalur yang dibaca".to_owned(),
            "asks nothing of the paths that are read".to_owned(),
        );
        return report.ok("robots", &origin, says);
    }
    let paths = refused.join(", ");
    let says = (
        format!("robots.txt meminta program menjauhi {paths}"),
        format!("robots.txt asks programs to keep away from {paths}"),
    );
    let todo = (
        "minta persetujuan tertulis pemilik aplikasi",
        "ask the app's owner for a written consent",
    );
    report.note("robots", &origin, says, todo);
}

/// Tells whether a file lets `divos` read a path: the longest rule of its own group decides, else of the
/// group for all (section 2.2).
fn permits(text: &str, path: &str) -> bool {
    let own = rules(text, "divos");
    let rules = if own.is_empty() {
        self::rules(text, "*")
    } else {
        own
    };
    let matching = rules
        .iter()
        .filter(|(_, rule)| !rule.is_empty() && matches(rule, path));
    let longest = matching.max_by_key(|(allow, rule)| (rule.len(), *allow));
    longest.is_none_or(|(allow, _)| *allow)
}

/// Collects the rules of every group for an agent.
fn rules<'a>(text: &'a str, agent: &str) -> Vec<(bool, &'a str)> {
    let mut found = Vec::new();
    let (mut ours, mut naming) = (false, false);
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "user-agent" => {
                ours = (naming && ours) || value.eq_ignore_ascii_case(agent);
                naming = true;
            }
            "allow" | "disallow" => {
                naming = false;
                if ours {
                    found.push((key == "allow", value));
                }
            }
            _ => {}
        }
    }
    found
}

/// Tells whether a rule covers a path: a prefix, with `*` for anything and `$` for the end.
fn matches(rule: &str, path: &str) -> bool {
    let (rule, ends) = match rule.strip_suffix('$') {
        Some(rule) => (rule, true),
        None => (rule, false),
    };
    let mut parts = rule.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if ends && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    !ends || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_of_the_own_group_decides() {
        let text = "User-agent: *\nDisallow: /\nAllow: /api/\n\nUser-agent: lain\nUser-agent: Divos # kami\nDisallow: /api/rahasia\nDisallow: /*.xlsx$\n";
        for (path, permitted) in [
            ("/api/surat", true),
            ("/api/rahasia/1", false),
            ("/ekspor.xlsx", false),
            ("/ekspor.xlsx?x", true),
            ("/lain", true),
        ] {
            assert_eq!(permits(text, path), permitted, "{path}");
        }
        let for_all = "User-agent: *\nDisallow: /\nAllow: /api/\n";
        assert!(permits(for_all, "/api/surat") && !permits(for_all, "/surat"));
        assert!(permits("", "/") && permits("User-agent: *\nDisallow:\n", "/x"));
    }
}
