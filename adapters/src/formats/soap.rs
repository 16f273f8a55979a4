//! SOAP calls: the message of a source with its holes filled, and what a fault means.
//!
//! Owns the way from a connector's words to an envelope. It must never send.

use crate::transport::Verdict;
use crate::{Reply, Trouble, glob};
use divos_formats::xml::soap::{self, Envelope, Message, Node, Nulls, Password, UsernameToken};
use divos_manifest::{Auth, Part, Pattern, Secret, Soap, SoapNode, SoapVersion};
use serde_json::Value as Json;

/// The most characters of a fault's words that are kept.
const WORDS: usize = 200;

/// Fills the holes of one text; `None` leaves its element out.
pub(crate) type Fill<'a> = &'a dyn Fn(&Pattern) -> Option<String>;

/// Writes the message of one call. `security` is a WS-Security header.
///
/// # Errors
/// A secret that is not known, or words that make no envelope.
pub(crate) fn message(
    soap: &Soap,
    fill: Fill<'_>,
    security: Option<UsernameToken>,
) -> Result<Message, Trouble> {
    let envelope = Envelope {
        version: match soap.version {
            SoapVersion::V11 => soap::Version::V11,
            SoapVersion::V12 => soap::Version::V12,
        },
        action: soap.action.clone(),
        namespaces: soap.namespaces.clone(),
        header: nodes(&soap.header, fill)?,
        security,
        body: nodes(&soap.body, fill)?,
        nulls: Nulls::Omit,
    };
    envelope.build().map_err(|fault| Trouble::BadRequest {
        why: fault.to_string(),
    })
}

fn nodes(list: &[(String, SoapNode)], fill: Fill<'_>) -> Result<Vec<(String, Node)>, Trouble> {
    let node = |(name, node): &(String, SoapNode)| {
        let node = match node {
            SoapNode::Text(secret) => text(secret, fill)?,
            SoapNode::Children(list) => Node::Tree(nodes(list, fill)?),
        };
        Ok((name.clone(), node))
    };
    list.iter().map(node).collect()
}

/// A text with holes; a secret has none, whatever its letters are.
fn text(secret: &Secret, fill: Fill<'_>) -> Result<Node, Trouble> {
    let written = secret.written();
    let pattern = Pattern::read(written);
    let is_hole = |part: &Part| !matches!(part, Part::Text(_));
    if pattern.parts().iter().any(is_hole) {
        return Ok(fill(&Pattern::read(secret.reveal()?)).map_or(Node::Null, Node::Text));
    }
    Ok(Node::Text(secret.reveal()?.to_owned()))
}

/// Makes the WS-Security header where a connector signs in by it; `created` is the time of the call.
///
/// # Errors
/// A secret that is not known.
pub(crate) fn security(auth: &Auth, created: String) -> Result<Option<UsernameToken>, Trouble> {
    let Auth::Wsse {
        username,
        password,
        digest,
    } = auth
    else {
        return Ok(None);
    };
    Ok(Some(UsernameToken {
        username: username.reveal()?.to_owned(),
        password: password.reveal()?.to_owned(),
        kind: match digest {
            true => Password::Digest,
            false => Password::Text,
        },
        nonce: rand::random::<[u8; 16]>().to_vec(),
        created,
    }))
}

/// Which faults pass by themselves, and which never do.
pub(crate) struct Faults {
    retry: Vec<String>,
    fatal: Vec<String>,
}

impl Faults {
    pub(crate) fn of(soap: &Soap) -> Self {
        Self {
            retry: soap.retry.clone(),
            fatal: soap.fatal.clone(),
        }
    }

    fn judge(&self, trouble: Trouble) -> Trouble {
        let Trouble::SoapFault { code, reason, .. } = trouble else {
            return trouble;
        };
        let words = format!("{code}: {reason}");
        let among = |patterns: &[String]| {
            let texts = [words.as_str(), code.as_str(), reason.as_str()];
            patterns
                .iter()
                .any(|pattern| texts.iter().any(|text| glob::fits(pattern, text)))
        };
        let passing = among(&self.retry) && !among(&self.fatal);
        Trouble::SoapFault {
            code,
            reason,
            passing,
        }
    }
}

impl Verdict for Faults {
    /// A fault comes with status 500 (SOAP 1.1, section 6.2), 400, or with 200 from services that know no better.
    fn on(&self, reply: &Reply) -> Option<Trouble> {
        let body = reply.body.in_memory()?;
        let fault = soap::read_fault(body, None)?;
        Some(self.judge(told(fault)))
    }
}

/// Finds a fault in a document that was read.
pub(crate) fn fault_in(document: &Json) -> Option<Trouble> {
    soap::fault_in(document).map(told)
}

fn told(fault: soap::SoapFault) -> Trouble {
    Trouble::SoapFault {
        code: fault.code.chars().take(WORDS).collect(),
        reason: fault.reason.chars().take(WORDS).collect(),
        passing: false,
    }
}
