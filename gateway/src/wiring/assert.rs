//! What an app is told of its caller, over sign-in's assertions.

use super::identify::known;
use crate::phases::{Assert, Caller, Failure, RequestView, Route};
use crate::routes::AppRights;
use async_trait::async_trait;
use divos_sso::Sso;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;

/// Introduces callers to apps.
pub struct Assertions(pub Arc<Sso>);

#[async_trait]
impl Assert for Assertions {
    async fn headers(
        &self,
        caller: &Caller,
        route: &Route,
        _: &RequestView<'_>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
        let Some(rights) = route.get::<AppRights>() else {
            return Ok(Vec::new());
        };
        let assertion = self
            .0
            .assertion_headers(&rights.access, &known(caller))
            .map_err(|error| {
                tracing::error!(%error, "an app cannot be told who calls");
                Failure::Hub("the app cannot be told who calls")
            })?;
        Ok(assertion.to_vec())
    }
}
