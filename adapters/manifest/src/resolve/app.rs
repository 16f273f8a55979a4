//! The app, its sign-on and its policy, as meant.

use super::Resolve;
use crate::app::{Allow, AppDef, Attribute, BasicUser, Breaker, Limits, Rule, Sso, Timeouts};

use crate::forms;
use crate::keys::{APP, BREAKER, LIMITS, SSO_JWT, TIMEOUTS};
use crate::node::Node;
use crate::problem::Problem;
use crate::view::{View, choice, many};

impl Resolve<'_> {
    pub(super) fn app(&mut self, root: &Node, id: &str) -> AppDef {
        let app = View::new(root.get("app"), APP);
        let timeouts = app.below("timeouts", TIMEOUTS);
        let breaker = app.below("breaker", BREAKER);
        let limits = app.below("limits", LIMITS);
        let sso = self.sso(&app, id);
        AppDef {
            host: app.string("host").unwrap_or_else(|| id.to_owned()),
            upstreams: app
                .many("upstreams")
                .into_iter()
                .filter_map(forms::url)
                .collect(),
            hosts: app.many("hosts").into_iter().map(bare_host).collect(),
            send_host: app.string("send_host"),
            open: app.string("open").unwrap_or_default(),
            timeouts: Timeouts {
                connect: timeouts.span("connect"),
                total: timeouts.span("total"),
                idle: timeouts.span("idle"),
            },
            breaker: Breaker {
                failures: breaker.count("failures"),
                window: breaker.span("window"),
                open: breaker.span("open"),
            },
            limits: Limits {
                body: limits.size("body"),
                upload: limits.size("upload"),
                requests_in_flight: limits.count("requests_in_flight") as usize,
                reads_in_flight: limits.count("reads_in_flight") as usize,
                reads_per_minute: limits.read("reads_per_minute"),
                requests_per_minute: limits.count("requests_per_minute"),
            },
            retries: app.count("retries"),
            networks: app
                .many("networks")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            rules: rules(app.node("policy"), &sso),
            sso,
        }
    }

    fn sso(&mut self, app: &View<'_>, id: &str) -> Sso {
        match app.choice("sso") {
            Some(("headers", node)) => {
                let set = node.get("set").map_or(&[][..], Node::entries).iter();
                let pair = |e: &crate::node::Entry| {
                    Some((e.key.to_string(), Attribute::from_word(e.node.text()?)?))
                };
                Sso::Headers {
                    set: set.filter_map(pair).collect(),
                }
            }
            Some(("jwt", node)) => {
                let view = View::new(Some(node), SSO_JWT);
                Sso::Jwt {
                    header: view.string("header").unwrap_or_default(),
                    audience: view.string("audience").unwrap_or_else(|| id.to_owned()),
                    lifetime: view.span("lifetime"),
                    claims: view
                        .many("claims")
                        .into_iter()
                        .filter_map(Attribute::from_word)
                        .collect(),
                }
            }
            Some(("basic", node)) => Sso::Basic {
                username: self.basic_user(node),
                password: self.secret(node.get("password")),
            },
            _ if app.text("sso") == Some("public") => Sso::Public,
            _ => Sso::None,
        }
    }

    /// Exactly one of `username` and `person`.
    fn basic_user(&mut self, node: &Node) -> BasicUser {
        let word = |key| node.get(key).and_then(Node::text);
        match (
            word("username"),
            word("person").and_then(Attribute::from_word),
        ) {
            (Some(name), None) => BasicUser::Fixed(name.to_owned()),
            (None, Some(attribute)) => BasicUser::Person(attribute),
            _ => {
                let known = vec!["username".to_owned(), "person".to_owned()];
                self.findings.on(
                    Problem::NotOneChoice {
                        field: "app.sso.basic".to_owned(),
                        known,
                    },
                    node,
                );
                BasicUser::Fixed(String::new())
            }
        }
    }
}

/// A host without its port, in lower case.
fn bare_host(host: &str) -> String {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.to_ascii_lowercase()
}

/// The rules as written, or the one that the sign-on mode implies.
fn rules(policy: Option<&Node>, sso: &Sso) -> Vec<Rule> {
    let Some(policy) = policy else {
        let allow = if matches!(sso, Sso::Public) {
            Allow::Public
        } else {
            Allow::SignedIn
        };
        return vec![Rule {
            path: "/".to_owned(),
            methods: Vec::new(),
            allow,
        }];
    };
    let rule = |node: &Node| {
        Some(Rule {
            path: node.get("path")?.text()?.to_owned(),
            methods: many(node.get("methods"))
                .into_iter()
                .map(str::to_owned)
                .collect(),
            allow: allow(node.get("allow")?),
        })
    };
    policy.items().iter().filter_map(rule).collect()
}

/// Who may; whatever is unclear is nobody.
fn allow(node: &Node) -> Allow {
    let Some((kind, below)) = choice(node) else {
        return match node.text() {
            Some("public") => Allow::Public,
            Some("signed_in") => Allow::SignedIn,
            _ => Allow::Nobody,
        };
    };
    let units = |subtree| {
        many(Some(below))
            .into_iter()
            .filter_map(move |code| Some((code.parse().ok()?, subtree)))
    };
    match kind {
        "role" => Allow::Role(many(Some(below)).into_iter().map(str::to_owned).collect()),
        "unit" => Allow::Unit(units(false).collect()),
        "under" => Allow::Unit(units(true).collect()),
        "all" if !below.items().is_empty() => Allow::All(below.items().iter().map(allow).collect()),
        "any" => Allow::Any(below.items().iter().map(allow).collect()),
        _ => Allow::Nobody,
    }
}
