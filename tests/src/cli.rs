//! The `divos` command line, run to its end.
//!
//! Owns finding the binary and calling it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The binary under test: `$DIVOS_BIN`, or the one that this build put beside the suites.
///
/// # Panics
/// When there is none: the suites must fail then, never skip.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(given) = std::env::var_os("DIVOS_BIN") {
        return PathBuf::from(given);
    }
    let suite = std::env::current_exe().expect("the suite knows its own path");
    let profile = suite
        .ancestors()
        .nth(2)
        .expect("target/<profile>/deps/<suite>");
    let binary = profile.join("divos");
    assert!(
        binary.is_file(),
        "no {}: run `cargo build -p divos-gateway` first",
        binary.display()
    );
    binary
}

/// Runs one verb in this directory with English messages and a plain environment.
///
/// # Panics
/// When the binary cannot be started.
pub fn divos_in(dir: &Path, words: &[&str], input: &str) -> Output {
    use std::io::Write;
    let mut child = Command::new(binary())
        .args(words)
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "en_US.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("divos starts");
    if let Some(mut stdin) = child.stdin.take() {
        // A verb that reads nothing may close its input first.
        stdin.write_all(input.as_bytes()).ok();
    }
    child.wait_with_output().expect("divos ends")
}

/// Runs one verb in an empty temporary directory.
///
/// # Panics
/// When the binary cannot be started.
pub fn divos(words: &[&str]) -> Output {
    let dir = tempfile::tempdir().expect("a temporary directory");
    divos_in(dir.path(), words, "")
}
