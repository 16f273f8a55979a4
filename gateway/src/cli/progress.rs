//! What people see while they wait, and what they read when something failed.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;

/// Prints a failure with all its causes, on one line of standard error.
pub(super) fn complain(error: &anyhow::Error) {
    let mut line = format!("divos: {error}");
    let mut last = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !last.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
        last = cause;
    }
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints one line on standard output.
pub(super) fn say(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
}

/// Prints one line on standard error.
pub(super) fn note(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
}

/// Shows a bar on a terminal; nothing when piped.
pub(super) fn bar(total: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar:.green} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total)
        .with_style(style)
        .with_message(what.to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}
