//! Whether the hub can serve people; `None` of the reasons means that it can.

use arc_swap::ArcSwapOption;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A flag with the reason for not being ready. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readiness {
    reason: Arc<ArcSwapOption<String>>,
    stopping: CancellationToken,
}

impl Readiness {
    /// Begins not ready.
    #[must_use]
    pub fn starting() -> Self {
        Self {
            reason: Arc::new(ArcSwapOption::from_pointee("starting".to_owned())),
            stopping: CancellationToken::new(),
        }
    }

    /// Says that people can be served.
    pub fn set_ready(&self) {
        self.reason.store(None);
    }

    /// Says that people cannot be served, and why.
    pub fn set_reason(&self, reason: &str) {
        self.reason.store(Some(Arc::new(reason.to_owned())));
    }

    /// Says that the hub stops: what would go on for ever ends now.
    pub fn set_stopping(&self) {
        self.set_reason("stopping");
        self.stopping.cancel();
    }

    /// Waits until the hub stops.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        self.stopping.clone().cancelled_owned()
    }

    /// Returns why people cannot be served; `None` where they can.
    #[must_use]
    pub fn reason(&self) -> Option<Arc<String>> {
        self.reason.load_full()
    }
}
