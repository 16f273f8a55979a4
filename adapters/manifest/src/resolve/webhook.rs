//! What an app may push, and how it proves itself, as meant.

use super::Resolve;
use crate::fetch::{Proof, Webhook};
use crate::keys::{WEBHOOK, WEBHOOK_GITHUB, WEBHOOK_HMAC};
use crate::node::{Entry, Node};
use crate::problem::Problem;
use crate::view::View;

/// The ways to prove oneself, as the file says them.
const PROOFS: [&str; 5] = [
    "token",
    "credentials",
    "hmac",
    "standard_webhooks",
    "github",
];

impl Resolve<'_> {
    pub(super) fn webhook(&mut self, node: &Node, source: &Entry) -> Option<Webhook> {
        let view = View::new(Some(node), WEBHOOK);
        let said: Vec<&str> = PROOFS
            .into_iter()
            .filter(|key| view.node(key).is_some())
            .collect();
        let proof = match said[..] {
            [] => Proof::Token(self.unsaid(source)),
            ["token"] => Proof::Token(self.secret(view.node("token"))),
            ["credentials"] => Proof::Issued,
            ["standard_webhooks"] => {
                let below = view.node("standard_webhooks")?;
                Proof::Standard(self.secret(below.get("secret")))
            }
            ["hmac"] => {
                let hmac = view.below("hmac", WEBHOOK_HMAC);
                Proof::Hmac {
                    secret: self.secret(hmac.node("secret")),
                    header: hmac.string("header")?,
                    timestamp: hmac.string("timestamp")?,
                }
            }
            ["github"] => {
                let github = view.below("github", WEBHOOK_GITHUB);
                Proof::Body {
                    secret: self.secret(github.node("secret")),
                    header: github.string("header")?,
                }
            }
            _ => {
                let problem = Problem::NotOneChoice {
                    field: "webhook".to_owned(),
                    known: PROOFS.map(str::to_owned).to_vec(),
                };
                self.findings.on(problem, node);
                return None;
            }
        };
        Some(Webhook {
            types: view.many("types").into_iter().map(str::to_owned).collect(),
            proof,
            tolerance: view.span("tolerance"),
        })
    }
}
