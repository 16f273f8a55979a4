//! Whether the hub can serve people; `None` of the reasons means that it can.

use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// A flag with the reason for not being ready. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<ArcSwapOption<String>>);

impl Readiness {
    /// Begins not ready.
    #[must_use]
    pub fn starting() -> Self {
        Self(Arc::new(ArcSwapOption::from_pointee("starting".to_owned())))
    }

    /// Says that people can be served.
    pub fn set_ready(&self) {
        self.0.store(None);
    }

    /// Says that people cannot be served, and why.
    pub fn set_reason(&self, reason: &str) {
        self.0.store(Some(Arc::new(reason.to_owned())));
    }

    /// Returns why people cannot be served; `None` where they can.
    #[must_use]
    pub fn reason(&self) -> Option<Arc<String>> {
        self.0.load_full()
    }
}
