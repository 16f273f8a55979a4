//! Whether what is hidden in one place is shown in another.

use super::Resolve;
use crate::node::Node;
use crate::privacy::{Pii, Privacy};
use crate::problem::Problem;
use crate::{Expr, Source};

/// Targets that hold words of the model, times or rights: what they are worked out from cannot be read in them.
const SAYS_NOTHING: &[&str] = &[
    "state",
    "priority",
    "sensitivity",
    "personal_data",
    "lang",
    "created_at",
    "updated_at",
    "due_at",
    "starts_at",
    "ends_at",
    "expires_at",
    "owner_unit",
];

impl Resolve<'_> {
    /// Finds the fields of an app that `privacy.pii` hides in one target while another target shows them.
    pub(super) fn shown_elsewhere(&mut self, root: &Node, sources: &[Source], privacy: &Privacy) {
        for source in sources {
            let map = root.at(&["sources", &source.name, "map"]);
            let fields = &source.map.fields;
            for (target, expr) in fields.iter().filter(|(target, _)| shows(target, privacy)) {
                if hides_itself(expr) {
                    continue;
                }
                let Some((from, hidden)) = hidden_field(expr, fields, privacy) else {
                    continue;
                };
                // A key may be written without `body.` or `actors.`.
                let bare = target.rsplit('.').next().unwrap_or(target);
                let place = map.and_then(|map| map.get(target).or_else(|| map.get(bare)));
                let problem = Problem::ShownElsewhere {
                    target: target.clone(),
                    from,
                    hidden,
                };
                self.findings.on(problem, place.unwrap_or(root));
            }
        }
    }
}

fn is_hidden(target: &str, privacy: &Privacy) -> bool {
    privacy.pii_of(target).is_some_and(|way| way > Pii::Keep)
}

fn shows(target: &str, privacy: &Privacy) -> bool {
    let silent = SAYS_NOTHING.contains(&target) || target.starts_with("audience.");
    !silent && !is_hidden(target, privacy)
}

/// Tells whether an expression hides what it reads.
fn hides_itself(expr: &Expr) -> bool {
    let source = expr.source().replace(' ', "");
    source.contains("|mask") || source.contains("|hash")
}

/// Returns a field that an expression reads and that is hidden in another target, with that target.
fn hidden_field(
    expr: &Expr,
    fields: &[(String, Expr)],
    privacy: &Privacy,
) -> Option<(String, String)> {
    let hidden = fields.iter().filter(|(name, _)| is_hidden(name, privacy));
    let mut pairs =
        hidden.flat_map(|(name, other)| other.lineage().iter().map(move |from| (from, name)));
    pairs
        .find(|(from, _)| expr.lineage().contains(from))
        .map(|(from, name)| (from.clone(), name.clone()))
}
