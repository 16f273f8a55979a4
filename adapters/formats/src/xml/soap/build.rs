//! Writing an envelope.
//!
//! Owns escaping, names and the headers of each version (SOAP 1.1 section 6.1.1, SOAP 1.2 part 2 section 7.1.4).

use super::Envelope;
use std::fmt::Write as _;

/// Namespaces of the protocol's own prefixes, which a connector may not bind to something else.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How deeply a body may be nested.
const DEPTH: usize = 64;

/// The version of the protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Version {
    /// SOAP 1.1: `text/xml` and a `SOAPAction` header.
    #[default]
    V11,
    /// SOAP 1.2: `application/soap+xml` with an `action` parameter.
    V12,
}

impl Version {
    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

/// What becomes of a null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Nulls {
    /// The element is left out.
    #[default]
    Omit,
    /// The element is there with `xsi:nil="true"`.
    Nil,
}

/// What an element holds. A tree keeps its order, which JSON maps here do not.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// Nothing, see [`Nulls`].
    Null,
    /// Text.
    Text(String),
    /// The element once for each.
    List(Vec<Node>),
    /// Children; `@name` is an attribute and `#text` text beside them.
    Tree(Vec<(String, Node)>),
}

/// What goes over the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The `Content-Type` header.
    pub content_type: String,
    /// The `SOAPAction` header, quoted; 1.1 only.
    pub soap_action: Option<String>,
    /// The envelope.
    pub body: String,
}

/// An envelope that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildFault {
    /// It is no XML name.
    #[error(
        "`{0}` is not a name in XML: letters, digits, `_`, `-` and `.` after an optional prefix"
    )]
    Name(String),
    /// A prefix without a namespace.
    #[error("`{name}`: the prefix `{prefix}` has no namespace; state it under `ns`")]
    Prefix {
        /// The name that uses it.
        name: String,
        /// The prefix.
        prefix: String,
    },
    /// An action or attribute that would not be one.
    #[error("`{0}` cannot be an action or a single value")]
    Value(String),
    /// Nested too deeply.
    #[error("the body is nested more than {DEPTH} deep")]
    Depth,
}

pub(super) fn build(envelope: &Envelope) -> Result<Message, BuildFault> {
    let mut out = Writer {
        text: String::with_capacity(1024),
        envelope,
    };
    out.text
        .push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope");
    out.declare("soap", envelope.version.namespace());
    out.declare("xsi", INSTANCE);
    for (prefix, namespace) in &envelope.namespaces {
        if matches!(
            prefix.as_str(),
            "soap" | "xsi" | "wsse" | "wsu" | "xml" | "xmlns"
        ) {
            return Err(BuildFault::Name(prefix.clone()));
        }
        if !prefix.is_empty() && (prefix.contains(':') || !is_name(prefix)) {
            return Err(BuildFault::Name(prefix.clone()));
        }
        out.declare(prefix, namespace);
    }
    out.text.push('>');
    if envelope.security.is_some() || !envelope.header.is_empty() {
        out.text.push_str("<soap:Header>");
        if let Some(token) = &envelope.security {
            token.write(&mut out.text);
        }
        out.children(&envelope.header, 0)?;
        out.text.push_str("</soap:Header>");
    }
    out.text.push_str("<soap:Body>");
    out.children(&envelope.body, 0)?;
    out.text.push_str("</soap:Body></soap:Envelope>");
    message(envelope, out.text)
}

fn message(envelope: &Envelope, body: String) -> Result<Message, BuildFault> {
    let action = envelope.action.as_deref().unwrap_or_default();
    // It becomes part of a header: a quote or a line end would end it early.
    if action
        .chars()
        .any(|c| c.is_control() || matches!(c, '"' | '\\') || !c.is_ascii())
    {
        return Err(BuildFault::Value(action.to_owned()));
    }
    let (content_type, soap_action) = match envelope.version {
        Version::V11 => (
            "text/xml; charset=utf-8".to_owned(),
            Some(format!("\"{action}\"")),
        ),
        Version::V12 if action.is_empty() => {
            ("application/soap+xml; charset=utf-8".to_owned(), None)
        }
        Version::V12 => (
            format!("application/soap+xml; charset=utf-8; action=\"{action}\""),
            None,
        ),
    };
    Ok(Message {
        content_type,
        soap_action,
        body,
    })
}

struct Writer<'a> {
    text: String,
    envelope: &'a Envelope,
}

impl Writer<'_> {
    fn declare(&mut self, prefix: &str, namespace: &str) {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let _ = write!(self.text, " xmlns{colon}{prefix}=\"{}\"", escape(namespace));
    }

    fn children(&mut self, children: &[(String, Node)], depth: usize) -> Result<(), BuildFault> {
        for (name, node) in children {
            match name.as_str() {
                "#text" => {
                    let text = single(name, node)?;
                    self.text.push_str(&escape(text.unwrap_or_default()));
                }
                name if name.starts_with('@') => {}
                name => self.element(name, node, depth)?,
            }
        }
        Ok(())
    }

    fn element(&mut self, name: &str, node: &Node, depth: usize) -> Result<(), BuildFault> {
        self.check(name)?;
        if depth >= DEPTH {
            return Err(BuildFault::Depth);
        }
        match node {
            Node::Null if self.envelope.nulls == Nulls::Omit => {}
            Node::Null => {
                let _ = write!(self.text, "<{name} xsi:nil=\"true\"/>");
            }
            Node::Text(text) => {
                let _ = write!(self.text, "<{name}>{}</{name}>", escape(text));
            }
            Node::List(list) => {
                for one in list {
                    self.element(name, one, depth + 1)?;
                }
            }
            Node::Tree(children) => {
                let _ = write!(self.text, "<{name}");
                self.attributes(children)?;
                self.text.push('>');
                self.children(children, depth + 1)?;
                let _ = write!(self.text, "</{name}>");
            }
        }
        Ok(())
    }

    fn attributes(&mut self, children: &[(String, Node)]) -> Result<(), BuildFault> {
        for (name, node) in children {
            let Some(attribute) = name.strip_prefix('@') else {
                continue;
            };
            self.check(attribute)?;
            if let Some(value) = single(name, node)? {
                let _ = write!(self.text, " {attribute}=\"{}\"", escape(value));
            }
        }
        Ok(())
    }

    fn check(&self, name: &str) -> Result<(), BuildFault> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if !is_name(local) || local.contains(':') || (name.contains(':') && !is_name(prefix)) {
            return Err(BuildFault::Name(name.to_owned()));
        }
        let known = |prefix: &str| {
            let mut all = self.envelope.namespaces.iter();
            matches!(prefix, "" | "soap" | "xsi" | "xml" | "xmlns")
                || all.any(|(known, _)| known == prefix)
        };
        if known(prefix) {
            return Ok(());
        }
        Err(BuildFault::Prefix {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

fn single<'a>(name: &str, node: &'a Node) -> Result<Option<&'a str>, BuildFault> {
    match node {
        Node::Null => Ok(None),
        Node::Text(text) => Ok(Some(text)),
        Node::List(_) | Node::Tree(_) => Err(BuildFault::Value(name.to_owned())),
    }
}

/// XML 1.0, production 4 without the colon; letters beyond ASCII as Unicode has them.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let starts = letters
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    starts && letters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Escapes text and attribute values; characters that XML 1.0 cannot hold become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A line end that is not a reference is normalised away by the reader.
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
