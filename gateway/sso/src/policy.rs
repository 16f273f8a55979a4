//! Who may open what: the default-deny evaluator.
//!
//! Owns the decision. It is taken on the already normalised path, on exactly the bytes that will be forwarded;
//! a path that is not normalised is denied, whatever the rules say. It must never fetch or change anything.

use crate::{Caller, Reader};
use divos_manifest::{Allow, Rule};

/// The answer to "may they?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed,
    /// Not as they are; somebody who signs in might.
    SignInNeeded,
    /// No.
    Denied,
}

/// A decision and where it came from, for the operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The rule that decided: its path; `None` where no rule covers the request, or none was asked.
    pub rule: Option<String>,
    /// Each condition of the rule with whether it held, outermost first, indented by depth.
    pub conditions: Vec<(usize, String, bool)>,
    /// Why no rule was asked.
    pub refused: Option<PathFault>,
}

/// Why a path is not asked about at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// It does not begin with a slash.
    #[error("the path does not begin with a slash")]
    Relative,
    /// It holds a query, a fragment, a backslash, a control character or anything outside ASCII.
    #[error("the path holds a character that two readers may understand differently")]
    Character,
    /// It holds `//`, `.` or `..`.
    #[error("the path has an empty or a dotted segment")]
    Segment,
    /// It holds an encoded slash, backslash, dot, per cent sign or control character, or broken encoding.
    #[error("the path encodes what must not be encoded")]
    Encoding,
    /// It holds a path parameter (`;`), which some servers drop before they route.
    #[error("the path holds a semicolon")]
    Parameter,
}

/// The rules of one app.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Vec<Rule>,
}

impl Policy {
    /// Holds the rules of one app; none at all denies everything.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// Decides about a request. `path` is the normalised path, without query.
    #[must_use]
    pub fn decide(&self, caller: &Caller, method: &str, path: &str) -> Decision {
        if check_path(path).is_err() {
            return Decision::Denied;
        }
        match self.rule_for(method, path) {
            Some(rule) if holds(&rule.allow, caller) => Decision::Allowed,
            Some(rule) => refusal(&rule.allow, caller),
            None => Decision::Denied,
        }
    }

    /// Tells whether the person may open the app at all: whether any rule lets them in anywhere. For the launcher.
    #[must_use]
    pub fn lets_in(&self, caller: &Caller) -> bool {
        self.rules.iter().any(|rule| holds(&rule.allow, caller))
    }

    /// Decides and says why.
    #[must_use]
    pub fn explain(&self, caller: &Caller, method: &str, path: &str) -> Explanation {
        let refused = check_path(path).err();
        let rule = self.rule_for(method, path).filter(|_| refused.is_none());
        let mut conditions = Vec::new();
        if let Some(rule) = rule {
            list(&rule.allow, caller, 0, &mut conditions);
        }
        Explanation {
            decision: self.decide(caller, method, path),
            rule: rule.map(|rule| rule.path.clone()),
            conditions,
            refused,
        }
    }

    /// Returns the rule that decides. A method is compared as it is sent: `get` is not `GET`.
    fn rule_for(&self, method: &str, path: &str) -> Option<&Rule> {
        divos_manifest::decide(&self.rules, method, path)
    }
}

/// Tells whether a path is in the one form about which rules can be asked.
///
/// # Errors
/// What is wrong with it.
pub fn check_path(path: &str) -> Result<(), PathFault> {
    let rest = path.strip_prefix('/').ok_or(PathFault::Relative)?;
    if !path
        .bytes()
        .all(|c| c.is_ascii_graphic() && !matches!(c, b'?' | b'#' | b'\\'))
    {
        return Err(PathFault::Character);
    }
    if path.contains(';') {
        return Err(PathFault::Parameter);
    }
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if matches!(segment, "." | "..") || (segment.is_empty() && !last) {
            return Err(PathFault::Segment);
        }
    }
    let broken = path.split('%').skip(1).any(|after| {
        let code = after.get(..2).and_then(|code| {
            code.bytes()
                .all(|c| c.is_ascii_hexdigit())
                .then(|| u8::from_str_radix(code, 16).ok())?
        });
        code.is_none_or(|code| code < 0x20 || code == 0x7f || b"/\\.%;?#".contains(&code))
    });
    if broken {
        Err(PathFault::Encoding)
    } else {
        Ok(())
    }
}

/// Tells whether a condition holds for a caller.
fn holds(allow: &Allow, caller: &Caller) -> bool {
    let reader = caller.reader().map(AsRef::as_ref);
    match allow {
        Allow::Public => true,
        Allow::Nobody => false,
        Allow::SignedIn => reader.is_some(),
        Allow::Role(roles) => {
            reader.is_some_and(|reader| roles.iter().any(|role| reader.has_role(role)))
        }
        Allow::Unit(units) => reader.is_some_and(|reader| {
            units
                .iter()
                .any(|(code, subtree)| in_unit(reader, code, *subtree))
        }),
        // An empty list of conditions is nobody's wish to let everybody in.
        Allow::All(all) => !all.is_empty() && all.iter().all(|one| holds(one, caller)),
        Allow::Any(any) => any.iter().any(|one| holds(one, caller)),
    }
}

fn in_unit(reader: &Reader, code: &divos_model::UnitCode, subtree: bool) -> bool {
    let units = if subtree {
        &reader.under
    } else {
        &reader.units
    };
    units.contains(code)
}

/// Says what to answer somebody for whom the rule does not hold.
fn refusal(allow: &Allow, caller: &Caller) -> Decision {
    match caller {
        Caller::Anonymous(_) if opens_to_somebody(allow) => Decision::SignInNeeded,
        _ => Decision::Denied,
    }
}

/// Tells whether signing in could help.
fn opens_to_somebody(allow: &Allow) -> bool {
    match allow {
        Allow::Nobody => false,
        Allow::All(all) => !all.is_empty() && all.iter().all(opens_to_somebody),
        Allow::Any(any) => any.iter().any(opens_to_somebody),
        Allow::Public | Allow::SignedIn | Allow::Role(_) | Allow::Unit(_) => true,
    }
}

/// Writes down each condition with whether it held.
fn list(allow: &Allow, caller: &Caller, depth: usize, into: &mut Vec<(usize, String, bool)>) {
    let (words, inner): (String, &[Allow]) = match allow {
        Allow::Public => ("public".into(), &[]),
        Allow::Nobody => ("nobody".into(), &[]),
        Allow::SignedIn => ("signed_in".into(), &[]),
        Allow::Role(roles) => (format!("role {}", roles.join(" | ")), &[]),
        Allow::Unit(units) => {
            let words = units
                .iter()
                .map(|(code, under)| format!("{code}{}", if *under { "/…" } else { "" }));
            (
                format!("unit {}", words.collect::<Vec<_>>().join(" | ")),
                &[],
            )
        }
        Allow::All(all) => ("all".into(), all),
        Allow::Any(any) => ("any".into(), any),
    };
    into.push((depth, words, holds(allow, caller)));
    for one in inner {
        list(one, caller, depth + 1, into);
    }
}

#[cfg(test)]
mod tests;
