//! The servers: those of the machine, those that the environment names, or own ones out of Debian's packages.

use crate::world::execute;
use divos_database::Product;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server of the test's own. It is ended with it.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &pid]).status();
        for _ in 0..50 {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `DIVOS_TEST_POSTGRES`, or the machine's own, or one that is started.
pub(crate) async fn postgres() -> (String, Option<Server>) {
    let url = std::env::var("DIVOS_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    if execute(Product::Postgres, &url, "SELECT 1").await.is_ok() {
        return (url, None);
    }
    let server = own_postgres(&[]).await;
    (
        format!("postgres://postgres@127.0.0.1:{}/postgres", server.port),
        Some(server),
    )
}

/// `DIVOS_TEST_MARIADB`, or the machine's own, or one that is started.
pub(crate) async fn mariadb() -> (String, Option<Server>) {
    let url = std::env::var("DIVOS_TEST_MARIADB")
        .unwrap_or_else(|_| "mysql://root@127.0.0.1:3306/mysql".to_owned());
    if execute(Product::Mysql, &url, "SELECT 1").await.is_ok() {
        return (url, None);
    }
    let server = own_mariadb(&[]).await;
    (
        format!("mysql://root@127.0.0.1:{}/mysql", server.port),
        Some(server),
    )
}

/// A port that no other test's process would pick at the same moment, as they do when the system picks.
fn free_port() -> u16 {
    let first = 20_000 + (std::process::id() % 2_000) as u16 * 5;
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..first + 5).find(free).expect("a free port")
}

fn newest(pattern: &str, program: &str) -> String {
    let mut found: Vec<_> = fs::read_dir(pattern)
        .unwrap_or_else(|_| panic!("neither a running server nor {pattern}: install postgresql"))
        .flatten()
        .map(|entry| entry.path().join("bin").join(program))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
        .pop()
        .expect("initdb and postgres are installed")
        .display()
        .to_string()
}

/// Runs a program as the account that a server refuses to do without, where the test runs as root. It ends with the
/// test, even one that is killed; an account that the program changed to by itself later would not be told of that.
fn as_user(user: &str, program: &str) -> Command {
    let root = fs::metadata("/proc/self")
        .is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if root {
        command.args(["--reuid", user, "--regid", user, "--init-groups"]);
    }
    command.args(["--", program]).current_dir("/");
    command
}

fn folder_for(user: &str) -> tempfile::TempDir {
    let folder = tempfile::Builder::new()
        .prefix("divosdb")
        .tempdir_in("/tmp")
        .expect("a folder");
    let _ = Command::new("chown").arg(user).arg(folder.path()).status();
    folder
}

fn give(folder: &Path, user: &str, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    let _ = Command::new("chown").arg(user).arg(&path).status();
    let _ = Command::new("chmod").arg("600").arg(&path).status();
    path.display().to_string()
}

async fn answers(product: Product, url: &str) {
    for _ in 0..150 {
        if execute(product, url, "SELECT 1").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("an own server does not answer at {url}");
}

/// Starts PostgreSQL; `files` are certificate and key for TLS.
pub(crate) async fn own_postgres(files: &[(&str, &str)]) -> Server {
    let folder = folder_for("postgres");
    let data = folder.path().join("data");
    let initdb = newest("/usr/lib/postgresql", "initdb");
    let made = as_user("postgres", &initdb)
        .args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-sync",
            "-D",
        ])
        .arg(&data)
        .output()
        .expect("initdb runs");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let port = free_port();
    let mut command = as_user("postgres", &newest("/usr/lib/postgresql", "postgres"));
    command.arg("-D").arg(&data);
    command.args([
        "-p",
        &port.to_string(),
        "-h",
        "127.0.0.1",
        "-F",
        "-c",
        "unix_socket_directories=",
    ]);
    if !files.is_empty() {
        command.args(["-c", "ssl=on"]);
    }
    for (option, text) in files {
        let path = give(folder.path(), "postgres", option, text);
        command.args(["-c", &format!("{option}={path}")]);
    }
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("postgres runs");
    let server = Server {
        child,
        port,
        _folder: folder,
    };
    answers(
        Product::Postgres,
        &format!("postgres://postgres@127.0.0.1:{port}/postgres"),
    )
    .await;
    server
}

/// Starts MariaDB; `files` are certificate and key for TLS.
pub(crate) async fn own_mariadb(files: &[(&str, &str)]) -> Server {
    let folder = folder_for("mysql");
    let data = folder.path().join("data");
    let made = Command::new("mariadb-install-db")
        .args([
            "--no-defaults",
            "--user=mysql",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ])
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--tmpdir={}", folder.path().display()))
        .output()
        .expect("neither a running server nor mariadb-install-db: install mariadb-server");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let port = free_port();
    let mut command = as_user("mysql", "/usr/sbin/mariadbd");
    command.args([
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--character-set-server=utf8mb4",
    ]);
    command.arg(format!("--datadir={}", data.display()));
    // In a folder that servers share, each that starts deletes what others have open.
    command.arg(format!("--tmpdir={}", folder.path().display()));
    command.arg(format!("--socket={}", folder.path().join("s").display()));
    command.arg(format!("--port={port}"));
    for (option, text) in files {
        let path = give(folder.path(), "mysql", option, text);
        command.arg(format!("--{option}={path}"));
    }
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("mariadbd runs");
    let server = Server {
        child,
        port,
        _folder: folder,
    };
    answers(
        Product::Mysql,
        &format!("mysql://root@127.0.0.1:{port}/mysql"),
    )
    .await;
    server
}
