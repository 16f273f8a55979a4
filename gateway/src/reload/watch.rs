//! What makes the hub reload by itself: a changed file. Several changes at once are one reload.

use super::Reloader;
use notify::{EventKind, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long the folder must be quiet before it is read: editors write in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// A running watch; dropping it ends it.
pub struct FileWatch {
    _watcher: notify::RecommendedWatcher,
}

/// Watches folders and a file and reloads when something in them changes.
///
/// # Errors
/// Where the system cannot watch a folder, for example because it does not exist.
pub fn watch(
    folders: &[PathBuf],
    file: Option<PathBuf>,
    reloader: Arc<Reloader>,
    stop: CancellationToken,
) -> Result<FileWatch, notify::Error> {
    let (changed, mut changes) = mpsc::channel::<()>(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let counts = event.is_ok_and(|event| {
            let ours = |path: &PathBuf| {
                path.extension()
                    .is_some_and(|extension| extension == "yaml")
            };
            !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(ours)
        });
        if counts {
            // A full channel means that a reload is due anyway.
            let _ = changed.try_send(());
        }
    })?;
    for folder in folders {
        watcher.watch(folder, RecursiveMode::Recursive)?;
    }
    // An editor replaces a file rather than writing into it: its folder is what tells.
    if let Some(folder) = file.as_deref().and_then(Path::parent) {
        let here = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        watcher.watch(here, RecursiveMode::NonRecursive)?;
    }
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                event = changes.recv() => if event.is_none() { return },
            }
            while tokio::time::timeout(QUIET, changes.recv())
                .await
                .is_ok_and(|event| event.is_some())
            {}
            // What went wrong is logged and shown on the operator's page.
            let _ = reloader.reload().await;
        }
    });
    Ok(FileWatch { _watcher: watcher })
}
