//! What the city's register of apps says of one: whom it is for, whose it is, and with which others it shares an
//! address or a product.

use crate::keys::REGISTER;
use crate::node::Node;
use crate::view::View;

/// What the register says of an app; nothing where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// For whom it was made.
    pub users: Option<Users>,
    /// Whose it is.
    pub scope: Option<Scope>,
    /// How it is used.
    pub medium: Option<Medium>,
    /// A name for the address that it shares with other apps.
    pub site: Option<String>,
    /// A name for the product that it is an installation of, for example `simade`.
    pub product: Option<String>,
}

/// For whom an app was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Users {
    /// For civil servants.
    Internal,
    /// For everybody.
    Public,
}

/// Whose an app is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The city's own.
    City,
    /// A ministry's, used by the city.
    National,
}

/// How an app is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// In a browser.
    Web,
    /// Installed on a computer.
    Desktop,
    /// On a telephone.
    Mobile,
    /// By another way.
    Other,
}

impl Register {
    pub(crate) fn read(node: Option<&Node>) -> Self {
        let view = View::new(node, REGISTER);
        Self {
            users: match view.text("users") {
                Some("internal") => Some(Users::Internal),
                Some("public") => Some(Users::Public),
                _ => None,
            },
            scope: match view.text("scope") {
                Some("city") => Some(Scope::City),
                Some("national") => Some(Scope::National),
                _ => None,
            },
            medium: match view.text("medium") {
                Some("web") => Some(Medium::Web),
                Some("desktop") => Some(Medium::Desktop),
                Some("mobile") => Some(Medium::Mobile),
                Some("other") => Some(Medium::Other),
                _ => None,
            },
            site: view.string("site"),
            product: view.string("product"),
        }
    }
}
