//! The layers of one data request, in the order in which it meets them.
//!
//! Owns the order. It must never know what is asked for.

use super::breaker::BreakerLayer;
use super::budget::Host;
use super::deadline::{AttemptLayer, WholeCallLayer};
use super::gate::Gate;
use super::redirect::FollowLayer;
use super::retry::RetrySafeMethods;
use super::send::Send;
use super::spare::{TurnLayer, counting, heeding};
use crate::{Call, Reply, Transport, Trouble};
use divos_manifest::AppDef;
use divos_model::{AppId, Clock};
use std::sync::Arc;
use std::time::Duration;
use tower::retry::RetryLayer;
use tower::util::BoxService;
use tower::{ServiceBuilder, ServiceExt};

/// Builds the stack of one call. Read top to bottom: the first layer meets the request first.
pub(crate) fn build(
    id: &AppId,
    gate: &Arc<Gate>,
    host: &Arc<Host>,
    app: &AppDef,
    transport: &Arc<dyn Transport>,
    clock: &Arc<dyn Clock>,
) -> BoxService<Call, Reply, Trouble> {
    ServiceBuilder::new()
        .layer(TurnLayer {
            gate: gate.clone(),
            host: host.clone(),
            app: id.clone(),
        }) // never crowd an app or a server
        .layer(BreakerLayer::new(gate.breaker.clone())) // leave a failing app alone
        .layer(WholeCallLayer::new(app.timeouts.total)) // all attempts together
        .layer(RetryLayer::new(RetrySafeMethods::new(
            app.retries,
            transport.clone(),
        ))) // safe methods only
        .map_request(counting(host.clone())) // each attempt counts
        .map_result(heeding(host.clone())) // a server that asks to be left alone is
        .layer(AttemptLayer::new(one_attempt(app))) // each attempt alone
        .layer(FollowLayer) // redirects, held to the app's own hosts
        .service(Send::new(transport.clone(), clock.clone()))
        .boxed()
}

/// How long one attempt may take: two thirds of the whole, so that a second one has a chance.
fn one_attempt(app: &AppDef) -> Duration {
    (app.timeouts.total * 2 / 3).max(app.timeouts.connect.min(app.timeouts.total))
}
