//! Fault injection: every recording of a definition once more with what goes wrong in the field, offline.
//!
//! Owns which faults there are, what a reader must do about each, and whether it did. It must never reach the network
//! or wait. Start with [`inject_faults`].

mod body;
mod endless;
mod injected;
mod judge;
mod pass;
mod remedy;
mod report;
mod rows;
mod stage;
mod wire;

pub use injected::Injected;
pub use judge::Finding;
pub use remedy::Remedy;
pub use report::{InjectionReport, Trial};

use crate::fixture::opening::{source_of, with_address};
use divos_manifest::{Connector, FixtureTest};
use futures::future::join_all;
use stage::Stage;
use std::sync::Arc;

/// Replays every fixture that a connector states with everything that may go wrong, and says what the reader made of
/// it. A definition without a fixture has an empty report.
pub async fn inject_faults(connector: &Arc<Connector>) -> InjectionReport {
    let addressed = with_address(connector);
    let tests = addressed.tests.iter();
    let trials = join_all(tests.map(|test| of_test(&addressed, test))).await;
    InjectionReport {
        connector: connector.id.clone(),
        trials: trials.into_iter().flatten().collect(),
    }
}

async fn of_test(connector: &Arc<Connector>, test: &FixtureTest) -> Vec<Trial> {
    let source = source_of(connector, test);
    let known = connector.source(&source);
    let trial =
        |fault, findings| Trial::new(test.fixture.clone(), (&source, known), fault, findings);
    let stage = match Stage::of(connector, test, &source).await {
        Ok(stage) => stage,
        Err(finding) => return vec![trial(Injected::Nothing, vec![finding])],
    };
    let faults = Injected::ALL.iter().filter(|fault| stage.takes(**fault));
    let tried = faults.map(|fault| async { trial(*fault, stage.try_out(*fault).await) });
    join_all(tried).await
}
