//! The binary `divos`. Everything is in the library; here only what a process must set up once.

use clap::Parser;
use divos_gateway::cli::{Cli, run};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // pingora, reqwest and rustls take the process's provider; without one they panic at first use.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        unreachable!("nothing else installs a crypto provider");
    }
    run(Cli::parse())
}
