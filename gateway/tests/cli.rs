//! The operator's tools of the command line, through the real binary. Everything is made up; nothing leaves loopback.

#![allow(unreachable_pub)] // one binary: nothing here is anybody's interface

#[path = "cli/app.rs"]
mod app;
#[path = "cli/desk.rs"]
mod desk;
#[path = "cli/diff.rs"]
mod diff;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/drift.rs"]
mod drift;
#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/infer.rs"]
mod infer;
#[path = "cli/lsp.rs"]
mod lsp;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/repl.rs"]
mod repl;
#[path = "cli/templates.rs"]
mod templates;
