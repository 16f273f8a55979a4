//! Who asks at a desk of the portal, and what they are told where the hub's own parts fail.

use divos_portal::ports::{PortError, Visitor};
use divos_sso::{Reader, Sso};
use std::sync::Arc;

/// Returns a visitor as they are in the directory now; whoever is there no more is refused.
pub(super) async fn reader_of(sso: &Sso, visitor: &Visitor) -> Result<Arc<Reader>, PortError> {
    let reader = sso.reader(visitor.person).await;
    let reader = reader.map_err(|error| unavailable(&error))?;
    reader.ok_or(PortError::Refused)
}

/// What a visitor is told of a part that does not answer.
pub(super) fn unavailable(error: &dyn std::error::Error) -> PortError {
    PortError::Unavailable(error.to_string())
}
