//! The forms of a page, as a browser without script sees them.
//!
//! Owns a reader of `<form>`, `<input>` and `<button>` that is just good enough for the hub's own pages and the real
//! applications; never a general HTML parser.

use url::Url;

/// One form with what it would send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it goes, as written.
    pub action: String,
    /// Lower case; `get` unless the form says otherwise.
    pub method: String,
    /// Name, type and value of every field, in order.
    pub fields: Vec<(String, String, String)>,
}

impl Form {
    /// Every form of a page.
    #[must_use]
    pub fn all(page: &str) -> Vec<Self> {
        page.split("<form")
            .skip(1)
            .map(|rest| Self::read(rest.split("</form").next().unwrap_or(rest)))
            .collect()
    }

    /// The first form that has a field of this type, for example `password`.
    #[must_use]
    pub fn with(page: &str, kind: &str) -> Option<Self> {
        Self::all(page)
            .into_iter()
            .find(|form| form.fields.iter().any(|(_, field, _)| field == kind))
    }

    fn read(text: &str) -> Self {
        let head = text.split('>').next().unwrap_or_default();
        let inputs = text.split("<input").skip(1).map(|field| (field, "text"));
        let buttons = text.split("<button").skip(1).map(|field| (field, "submit"));
        let fields = inputs
            .chain(buttons)
            .map(|(field, kind)| (tag(field), kind))
            .filter_map(|(field, kind)| {
                let name = attribute(field, "name")?;
                let kind = attribute(field, "type").unwrap_or_else(|| kind.to_owned());
                Some((name, kind, attribute(field, "value").unwrap_or_default()))
            })
            .collect();
        Self {
            action: attribute(head, "action").unwrap_or_default(),
            method: attribute(head, "method")
                .unwrap_or_else(|| "get".to_owned())
                .to_lowercase(),
            fields,
        }
    }

    /// Fills the first field of a type.
    #[must_use]
    pub fn fill(mut self, kinds: &[&str], value: &str) -> Self {
        if let Some(field) = self
            .fields
            .iter_mut()
            .find(|(_, kind, _)| kinds.contains(&kind.as_str()))
        {
            value.clone_into(&mut field.2);
        }
        self
    }

    /// Fills a field by name.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(other, ..)| other != name);
        self.fields
            .push((name.to_owned(), "text".to_owned(), value.to_owned()));
        self
    }

    /// The value of a field; empty when there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(other, ..)| other == name)
            .map_or("", |(_, _, value)| value)
    }

    /// The body as `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn encoded(&self) -> String {
        let pairs = self
            .fields
            .iter()
            .filter(|(_, kind, _)| kind != "checkbox")
            .map(|(name, _, value)| (name, value));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    }

    /// Where it goes, seen from the page that held it.
    ///
    /// # Errors
    /// When the action is no address.
    pub fn target(&self, page: &Url) -> anyhow::Result<Url> {
        Ok(page.join(&self.action)?)
    }
}

/// The text of a tag up to its closing `>` outside quotes.
fn tag(text: &str) -> &str {
    let mut quoted = None;
    for (at, letter) in text.char_indices() {
        match (quoted, letter) {
            (None, '>') => return &text[..at],
            (None, '"' | '\'') => quoted = Some(letter),
            (Some(quote), letter) if quote == letter => quoted = None,
            _ => {}
        }
    }
    text
}

/// One attribute of a tag, entities decoded.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().last();
        let after = &rest[at + name.len()..];
        if before.is_none_or(char::is_whitespace) && after.starts_with('=') {
            let value = &after[1..];
            let quote = value
                .chars()
                .next()
                .filter(|quote| matches!(quote, '"' | '\''));
            let value = match quote {
                Some(quote) => value[1..].split(quote).next(),
                None => value
                    .split(|letter: char| letter.is_whitespace() || letter == '>')
                    .next(),
            };
            return value.map(unescape);
        }
        rest = after;
    }
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#x2F;", "/")
        .replace("&#47;", "/")
        .replace("&#43;", "+")
        .replace("&#61;", "=")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_hidden_fields_and_buttons() {
        let page = r#"<p>x</p><form class="a" action="/login?x=1&amp;y=2" method="POST">
            <input type=hidden name=csrf value="a>b"><input name='who'><input type="password" name="pass" required>
            <button name="go" value="1">Masuk</button></form>"#;
        let form = Form::with(page, "password")
            .expect("a form")
            .fill(&["text"], "ayu")
            .fill(&["password"], "s d");
        assert_eq!(
            (form.action.as_str(), form.method.as_str()),
            ("/login?x=1&y=2", "post")
        );
        assert_eq!(form.encoded(), "csrf=a%3Eb&who=ayu&pass=s+d&go=1");
    }
}
