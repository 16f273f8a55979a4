//! How the hub signs in when it reads data, as meant.

use super::Resolve;
use crate::auth::{Auth, FormLogin, HmacSign, KeyPlace, OAuth2, TokenLogin};
use crate::keys::{
    AUTH, AUTH_CSRF_COOKIE, AUTH_FORM, AUTH_HMAC, AUTH_OAUTH2, AUTH_TOKEN, AUTH_WSSE,
};
use crate::node::{Entry, Node};
use crate::problem::Problem;
use crate::secret::Secret;
use crate::subst::holes;
use crate::view::{View, choice_among};

impl Resolve<'_> {
    pub(super) fn auth(&mut self, node: Option<&Node>) -> Auth {
        let Some((kind, node)) = node.and_then(|node| choice_among(node, AUTH)) else {
            return Auth::None;
        };
        let pair = |this: &Self| {
            let of = |key| this.secret(node.get(key));
            (of("username"), of("password"))
        };
        match kind {
            "basic" => {
                let (username, password) = pair(self);
                Auth::Basic { username, password }
            }
            "digest" => {
                let (username, password) = pair(self);
                Auth::Digest { username, password }
            }
            "wsse" => {
                let (username, password) = pair(self);
                let digest = View::new(Some(node), AUTH_WSSE).flag("digest");
                Auth::Wsse {
                    username,
                    password,
                    digest,
                }
            }
            "certificate" => Auth::Certificate {
                pem: self.secret(node.get("pem")),
            },
            "bearer" => Auth::Bearer {
                token: self.secret(node.get("token")),
            },
            "header" | "api_key" => self.key(kind, node),
            "form" => maybe(self.form(node).map(|form| Auth::Form(Box::new(form)))),
            "oauth2" => maybe(self.oauth2(node).map(|oauth| Auth::OAuth2(Box::new(oauth)))),
            "token" => maybe(self.token(node).map(|login| Auth::Token(Box::new(login)))),
            "hmac" => maybe(self.hmac(node).map(|sign| Auth::Hmac(Box::new(sign)))),
            _ => Auth::None,
        }
    }

    /// A key in a header or in the query.
    fn key(&self, kind: &str, node: &Node) -> Auth {
        let name = node.get("name").and_then(Node::scalar).unwrap_or_default();
        let (name, value) = (name.to_owned(), self.secret(node.get("value")));
        if kind == "header" {
            return Auth::Header { name, value };
        }
        let place = match node.get("in").and_then(Node::text) {
            Some("header") => KeyPlace::Header,
            _ => KeyPlace::Query,
        };
        Auth::ApiKey { name, value, place }
    }

    fn form(&mut self, node: &Node) -> Option<FormLogin> {
        let view = View::new(Some(node), AUTH_FORM);
        let cookie = view.below("csrf_cookie", AUTH_CSRF_COOKIE);
        let then = view.node("then").and_then(|node| self.form(node));
        Some(FormLogin {
            url: view.pattern("url")?,
            form: view.string("form"),
            fields: self.fields(&view),
            csrf: view.string("csrf"),
            csrf_cookie: cookie.string("field").zip(cookie.string("cookie")),
            then: then.map(Box::new),
            logged_in: view.string("logged_in"),
            expired: view
                .many("expired")
                .into_iter()
                .map(str::to_owned)
                .collect(),
        })
    }

    /// Field → value. What is called a password must be a secret.
    fn fields(&mut self, view: &View<'_>) -> Vec<(String, Secret)> {
        let entries = view.node("fields").map_or(&[][..], Node::entries);
        for entry in entries {
            let name = entry.key.to_lowercase();
            let secret = ["pass", "pwd", "sandi", "secret", "token", "pin"];
            let written = entry.node.scalar().unwrap_or_default();
            if secret.iter().any(|word| name.contains(word)) && holes(written).is_empty() {
                self.findings.blots.push(entry.node.span.clone());
                let field = format!("fields.{}", entry.key);
                self.findings
                    .on(Problem::LiteralSecret { field }, &entry.node);
            }
        }
        let field = |e: &Entry| (e.key.to_string(), self.secret(Some(&e.node)));
        entries.iter().map(field).collect()
    }

    fn oauth2(&mut self, node: &Node) -> Option<OAuth2> {
        let view = View::new(Some(node), AUTH_OAUTH2);
        let params = view.node("params").map_or(&[][..], Node::entries);
        let pair = |e: &Entry| Some((e.key.to_string(), e.node.scalar()?.to_owned()));
        let refresh = view.node("refresh_token");
        Some(OAuth2 {
            token_url: view.pattern("token_url")?,
            client_id: self.secret(view.node("client_id")),
            client_secret: self.secret(view.node("client_secret")),
            refresh_token: refresh.map(|node| self.secret(Some(node))),
            scope: view.string("scope"),
            params: params.iter().filter_map(pair).collect(),
            in_body: view.flag("in_body"),
        })
    }

    fn token(&mut self, node: &Node) -> Option<TokenLogin> {
        let view = View::new(Some(node), AUTH_TOKEN);
        Some(TokenLogin {
            url: view.pattern("url")?,
            fields: self.fields(&view),
            json: view.flag("json"),
            token: view.path("token")?,
            expires: view.path("expires"),
            header: view.string("header")?,
            prefix: view.string("prefix")?,
        })
    }

    fn hmac(&mut self, node: &Node) -> Option<HmacSign> {
        let view = View::new(Some(node), AUTH_HMAC);
        Some(HmacSign {
            secret: self.secret(view.node("secret")),
            id: view.node("id").map(|node| self.secret(Some(node))),
            id_header: view.string("id_header")?,
            header: view.string("header")?,
            prefix: view.string("prefix").unwrap_or_default(),
            timestamp: view.string("timestamp")?,
            message: view.string("message")?,
            hex: view.flag("hex"),
        })
    }
}

/// What is wrong was said already.
fn maybe(auth: Option<Auth>) -> Auth {
    auth.unwrap_or(Auth::None)
}
