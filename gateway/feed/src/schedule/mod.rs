//! When each source is read: one task, one heap, for every app of the city.
//!
//! Owns jitter, backoff, single flight, fairness, the bounded queue and the swap of the connector set. It must
//! never know what a run does. Start with [`Plan`], the state machine, then [`drive`], which runs it.

mod drive;
mod limits;
mod plan;
mod ready;

pub(crate) use drive::{Runs, Scheduler};
pub use limits::ScheduleLimits;
pub use plan::RunNow;
pub(crate) use plan::{Phase, Plan, Planned, Start, Timetable, Verdict};
pub(crate) use ready::SourceKey;

#[cfg(test)]
mod tests;
