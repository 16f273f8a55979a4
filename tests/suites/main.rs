//! Every suite in one binary: the simulated city, the laws of the house, and the hub end to end.
//!
//! Owns the list; start reading at any of them. Whatever drives the hub starts the real binary (see the harness).

#![allow(missing_docs, reason = "tests document themselves by their names")]

mod city;
mod laws;
