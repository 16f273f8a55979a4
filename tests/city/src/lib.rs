//! A simulated city on loopback: what the demo shows and what the suites drive.
//!
//! Owns the made-up apps (each of another make), their data, units and people. Must never know the hub: nothing here
//! depends on another package of the workspace, and every server listens on 127.0.0.1 only.
//!
//! Start reading at [`City::start`] (seventeen apps, each with a quirk of its own) or [`WholeCity::start`] (all 143 of the
//! register, as their connectors expect them; [`Databases`] for those that are a view); [`CityApp`] says what was built, [`Knobs`] turns things for a test.
//! **All data is made up and says so** (`data contoh / made-up data`); the same seed and the same `now` give the same city.

mod app;
mod broken;
mod city;
mod connectors;
mod data;
mod database;
mod edges;
mod knobs;
mod make;
mod page;
mod people;
mod rng;
mod serve;
mod state;
mod units;
mod whole;

pub use app::{CityApp, Make};
pub use city::{City, CityError, CityOptions};
pub use connectors::Secret;
pub use database::{DatabaseError, Databases, Given, Product};
pub use knobs::{Break, Knobs};
pub use people::{DEMO_PASSWORD, Person, Post, people, people_csv, people_csv_with};
pub use state::{Record, Seen};
pub use units::{Unit, units, units_csv};
pub use whole::{Push, Size, SqlSeed, Technology, WholeApp, WholeCity, WholeOptions};

/// The sentence that every page and every text of the city carries.
pub const MADE_UP: &str = "Data contoh / made-up data.";
