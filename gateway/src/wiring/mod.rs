//! Where sign-in, rights and telemetry take part in a request: the edge's ports, implemented.
//!
//! Owns nothing but the translation between the phases' words and those of the crates below.

mod account;
mod assert;
mod door;
mod editing;
mod grants;
mod guard;
mod identify;
mod introduce;
mod launcher;
mod own_apps;
mod own_data;
mod pages;
mod registering;
mod registry;
mod sources;
mod visitor;
mod witness;

pub use account::Accounting;
pub use assert::Assertions;
pub use door::{DoorParts, router as door_router};
pub use editing::Desk;
pub use grants::StoredGrants;
pub use guard::Rights;
pub use identify::Recognition;
pub use introduce::introduce;
pub use launcher::Launcher;
pub use own_apps::AppDesk;
pub use own_data::OwnDataDesk;
pub use pages::PortalPages;
pub use registering::RegistrationDesk;
pub(crate) use registering::{applicant, known_fields, sentence as registering_sentence};
pub use registry::{RegistryInForce, records as processing_records};
pub use sources::measure_sources;
pub use witness::RunWitness;
