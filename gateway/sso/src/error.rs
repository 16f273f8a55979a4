//! What can go wrong while somebody is recognised, and whose fault it is.

use crate::{PasswordError, PasswordFault};
use divos_store::{Blame, StoreError};

/// Why something about people, sessions or tokens could not be done. Whoever gets one lets nobody in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SsoError {
    /// The store did not do its part.
    #[error("could not {doing}")]
    Store {
        /// What was being done, for example `look up a session`.
        doing: &'static str,
        /// What the store says.
        #[source]
        source: StoreError,
    },
    /// A password could not be hashed or checked.
    #[error("could not check a password")]
    Password(#[from] PasswordError),
    /// A new password is no good.
    #[error("the new password was refused")]
    Weak(#[from] PasswordFault),
    /// There is no such person, session or token.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// What was written names nobody.
    #[error("{0} is not valid")]
    Invalid(&'static str),
    /// A key in the store cannot be used.
    #[error("the key `{0}` in the store cannot be used")]
    Key(&'static str),
}

impl SsoError {
    /// Names what was being done when the store failed.
    pub(crate) fn store(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |source| Self::Store { doing, source }
    }

    /// Returns whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Store { source, .. } => source.blame(),
            Self::Password(_) | Self::Key(_) => Blame::Hub,
            Self::Weak(_) | Self::NotFound(_) | Self::Invalid(_) => Blame::Client,
        }
    }

    /// Tells whether the same may work a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store { source, .. } => source.is_transient(),
            Self::Password(PasswordError::Busy) => true,
            _ => false,
        }
    }
}
