//! The portal as a browser meets it: the real router over made-up ports.

#![allow(unreachable_pub, missing_docs)] // One crate of tests: what its modules share is not an interface.

#[path = "../../examples/sample/mod.rs"]
mod sample;

mod kit;

mod editing;
mod forms;
mod ops;
mod own_data;
mod pages;
mod registering;
mod registry;
mod safety;
mod sign_in;
mod weight;
mod wired;
