//! How the hub itself signs in to the app when it reads data.

use crate::Secret;

/// The credentials of a data request.
#[derive(Debug, Clone)]
pub enum Auth {
    /// None.
    None,
    /// HTTP Basic (RFC 7617).
    Basic {
        /// The user name; may come from a secret.
        username: Secret,
        /// The password.
        password: Secret,
    },
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    Bearer {
        /// The token.
        token: Secret,
    },
    /// A header of the app's own.
    Header {
        /// Its name.
        name: String,
        /// Its whole value.
        value: Secret,
    },
    /// A key that the app calls an API key.
    ApiKey {
        /// The name of the query parameter or header.
        name: String,
        /// The key.
        value: Secret,
        /// Where it goes.
        place: KeyPlace,
    },
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the query of the address; it is removed from logs.
    Query,
    /// In a header.
    Header,
}
