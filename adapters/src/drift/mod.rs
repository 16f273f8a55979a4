//! Drift: whether an app's records still look as they did when their mapping was written or last worked.
//!
//! Owns the shape of records, small enough to be kept between passes, and the comparison of two. Pure: it never
//! fetches, and what follows of a change is for the pass and whoever runs it. A shape never holds a record's data.

mod change;
mod needs;
mod shape;

pub use change::{Change, breaking, compare, list};
pub use needs::Needs;
pub(crate) use needs::fields_of;
pub use shape::{Form, Shape};
