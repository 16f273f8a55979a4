//! The database servers of the city: they end with their owner, even where that is killed.
//!
//! The test runs itself as the owner, told so by an environment variable.

use crate::client::Tried;
use anyhow::{Context, ensure};
use divos_city::{Databases, Given, Size};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const OWNER: &str = "DIVOS_CITY_OWNER";
/// How long servers may take to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Owns the databases until it is killed, and tells where they are.
#[tokio::test]
async fn owner() -> Tried {
    if std::env::var_os(OWNER).is_none() {
        return Ok(());
    }
    let city = crate::sized(Size::Each(1)).await?;
    let databases = Databases::open(&city, &Given::default()).await;
    ensure!(databases.missing().is_empty(), "{:?}", databases.missing());
    let mut out = std::io::stdout();
    for dsn in city.apps().iter().filter_map(|app| databases.dsn(app.id)) {
        writeln!(out, "dsn {dsn}")?;
    }
    writeln!(out, "all")?;
    std::future::pending().await
}

#[test]
fn servers_end_with_an_owner_that_is_killed() -> Tried {
    let folder = tempfile::tempdir()?;
    // The servers' own accounts write there, too.
    let open = std::fs::Permissions::from_mode(0o1777);
    std::fs::set_permissions(folder.path(), open)?;
    let mut owner = Command::new(std::env::current_exe()?)
        .args(["databases::owner", "--exact", "--nocapture"])
        .env(OWNER, "1")
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut ports = BTreeSet::new();
    for line in BufReader::new(owner.stdout.take().context("its output")?).lines() {
        let line = line?;
        if line == "all" {
            break;
        }
        if let Some(place) = line.split("127.0.0.1:").nth(1) {
            ports.insert(place.split('/').next().unwrap_or_default().parse::<u16>()?);
        }
    }
    let answers = |port: &u16| TcpStream::connect(("127.0.0.1", *port)).is_ok();
    let all = ports.iter().filter(|port| answers(port)).count();
    owner.kill()?;
    owner.wait()?;
    ensure!(all == 2, "PostgreSQL and MariaDB at {ports:?}");
    let since = Instant::now();
    while ports.iter().any(answers) {
        ensure!(since.elapsed() < PATIENCE, "{ports:?} still answer");
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
