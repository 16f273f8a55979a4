//! `divos serve`: the hub until a signal.

use super::Outcome;
use super::args::ServeArgs;
use crate::run::{self, Extras};
use divos_model::Lang;
use tokio::signal::unix::{SignalKind, signal};

pub(super) fn run(args: &ServeArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let loaded = args.hub.load(lang)?;
    let telemetry = run::telemetry(&loaded.settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let extras = Extras {
            file: args.hub.file(),
            overrides: args.hub.overrides(),
            merged: loaded.merged,
            refused_passwords: super::demo::passwords(),
            ..Extras::default()
        };
        let running = run::start(&loaded.settings, extras, telemetry).await?;
        until_told(&running).await?;
        running.finish().await;
        Ok(Outcome::Fine)
    })
}

/// Serves until SIGTERM or SIGINT; SIGHUP reloads.
pub(super) async fn until_told(running: &run::Running) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hang_up.recv() => {
                // What went wrong is logged and shown on the operator's page.
                let _ = running.hub.reloader.reload().await;
            }
        }
    }
    running.stopper().cancel();
    Ok(())
}
