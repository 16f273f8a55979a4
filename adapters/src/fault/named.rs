//! What a failed pass says of itself: all of it is what its trouble says.

use super::{Blame, FetchError};
use divos_model::Lang;
use std::time::Duration;

impl FetchError {
    /// Returns the stable code, for example `rate_limited`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.trouble.code()
    }

    /// Tells whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        self.trouble.blame()
    }

    /// Returns how long the app asked to be left alone, or the breaker will leave it alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.trouble.retry_after()
    }

    /// Says what happened and what to do, for the operator's page.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        self.trouble.sentence(lang)
    }
}
