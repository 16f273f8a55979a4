//! Every suite in one binary: the simulated city, the laws of the house, and the hub end to end.
//!
//! Owns the list; start reading at any of them. Whatever drives the hub starts the real binary (see the harness).

#![allow(missing_docs, reason = "tests document themselves by their names")]

mod bad_answers;
mod bad_apps;
mod city;
mod crash;
mod definitions;
mod doors;
mod editing;
mod exports;
mod feed;
mod first_load;
mod handover;
mod laws;
mod long_loads;
mod masking;
mod operations;
mod own_data;
mod proofs;
mod push_peers;
mod pushes;
mod reading;
mod real_apps;
mod recordings;
mod registration;
mod reload;
mod samples;
mod sign_in;
mod sockets;
mod whole_city;
