//! Names under which apps keep secrets: keys, tokens against forgery, sessions.

/// Names of secrets, in lower case without `-` and `_`.
const SECRETS: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "asp.netsessionid",
    "authenticitytoken",
    "authkey",
    "authtoken",
    "cisession",
    "clientsecret",
    "csrf",
    "csrfmiddlewaretoken",
    "csrftestname",
    "csrftoken",
    "eventvalidation",
    "idtoken",
    "jsessionid",
    "jwt",
    "katasandi",
    "key",
    "kunci",
    "kunciapi",
    "laravelsession",
    "nonce",
    "pass",
    "passwd",
    "password",
    "phpsessid",
    "pin",
    "pwd",
    "refreshtoken",
    "requestverificationtoken",
    "sandi",
    "secret",
    "sesi",
    "sesskey",
    "sessid",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "token",
    "viewstate",
    "wpnonce",
    "xcsrftoken",
    "xsrftoken",
];

/// Tells whether a field, a parameter or an element of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    SECRETS.contains(&plain.as_str())
}

/// Tells whether a hidden value was made up by a machine: long, in one piece, letters and digits.
pub(super) fn looks_random(value: &str) -> bool {
    let one = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=_-.|".contains(&b));
    let of = |test: fn(&u8) -> bool| value.bytes().any(|b| test(&b));
    value.len() >= 16 && one && of(u8::is_ascii_digit) && of(u8::is_ascii_alphabetic)
}

/// Finds the values of secrets in any text: `?sid=…`, `;jsessionid=…`, `<Token>…</Token>`.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['?', '&', ';', '<']) {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix("amp;").unwrap_or(rest);
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
        let name = rest[..length].rsplit(':').next().unwrap_or_default();
        if name.is_empty() || !is_secret(name) {
            continue;
        }
        let behind = &rest[length..];
        let value = match (sign, behind.chars().next()) {
            ("<", Some('>')) => behind[1..].split('<').next(),
            ("<", _) => None,
            (_, Some('=')) => behind[1..]
                .split(|c: char| c.is_whitespace() || "&\"'<>#;?".contains(c))
                .next(),
            _ => None,
        };
        found.extend(value.filter(|value| !value.is_empty()));
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_by_their_names() {
        let text = "<a href=\"/x?id=5&amp;sid=abc123&amp;q=1\">/y;jsessionid=DEF456?key=k-1 <w:Token>T0K3N</w:Token><id>7</id> keys=8";
        assert_eq!(tokens(text), ["abc123", "DEF456", "k-1", "T0K3N"]);
        assert!(
            is_secret("__RequestVerificationToken")
                && is_secret("api_key")
                && is_secret("X-CSRF-TOKEN")
        );
        assert!(!is_secret("page_token") && !is_secret("keyword") && !is_secret("resumptionToken"));
        assert!(
            looks_random("9f86d081884c7d659a2f")
                && !looks_random("kelurahan-contoh")
                && !looks_random("12")
        );
    }
}
