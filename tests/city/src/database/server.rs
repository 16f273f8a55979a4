//! A database server of one's own, started from the machine's packages on loopback and ended with its owner.
//!
//! Owns the process, its folder and its port; never knows what is in it.

use super::{DatabaseError, Product, fill};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where Debian keeps PostgreSQL, a folder a version.
const POSTGRES: &str = "/usr/lib/postgresql";

/// A running server.
pub(super) struct Server {
    product: Product,
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Makes its files in a temporary folder, starts it, and waits until it answers.
    pub(super) async fn start(product: Product) -> Result<Self, DatabaseError> {
        let making = tokio::task::spawn_blocking(move || prepare(product));
        let folder = making.await.map_err(|source| DatabaseError::NotRun {
            program: product.name().to_owned(),
            source: std::io::Error::other(source),
        })??;
        let port = free_port(product)?;
        let mut command = serving(product, folder.path(), port)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| not_run(&command, source))?;
        let server = Self {
            product,
            child,
            port,
            _folder: folder,
        };
        let since = Instant::now();
        while !fill::answers(product, &server.admin()).await {
            if since.elapsed() > PATIENCE {
                return Err(DatabaseError::Silent(product.name()));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(server)
    }

    /// The DSN of its own account.
    pub(super) fn admin(&self) -> String {
        let port = self.port;
        match self.product {
            Product::Postgres => format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            Product::Mysql => format!("mysql://root@127.0.0.1:{port}/mysql"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &pid]).status();
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(5) {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes the folder with the server's files.
fn prepare(product: Product) -> Result<tempfile::TempDir, DatabaseError> {
    let installed = installed(product)?;
    let folder = tempfile::Builder::new()
        .prefix("divos-city-")
        .tempdir()
        .map_err(|source| DatabaseError::NotRun {
            program: "mkdir".to_owned(),
            source,
        })?;
    let data = folder.path().join("data");
    if is_root() {
        run(Command::new("chown")
            .arg(account(product))
            .arg(folder.path()))?;
    }
    match product {
        Product::Postgres => run(owned(product, &installed.join("initdb"))
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"])
            .arg("-D")
            .arg(&data))?,
        Product::Mysql => run(Command::new("mariadb-install-db")
            .args(["--no-defaults", "--skip-test-db"])
            .arg("--auth-root-authentication-method=normal")
            .args(is_root().then_some("--user=mysql"))
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--tmpdir={}", folder.path().display())))?,
    }
    Ok(folder)
}

/// The command that serves.
fn serving(product: Product, folder: &Path, port: u16) -> Result<Command, DatabaseError> {
    let (installed, data) = (installed(product)?, folder.join("data"));
    Ok(match product {
        Product::Postgres => {
            let mut command = owned(product, &installed.join("postgres"));
            command
                .arg("-D")
                .arg(data)
                .args(["-h", "127.0.0.1", "-p"])
                .arg(port.to_string());
            command.args(["-F", "-c", "unix_socket_directories="]);
            command
        }
        Product::Mysql => {
            let mut command = owned(product, &installed.join("mariadbd"));
            command.args([
                "--no-defaults",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
            ]);
            command.args(["--character-set-server=utf8mb4", "--skip-log-bin"]);
            command.args(["--innodb-flush-log-at-trx-commit=0"]);
            command.arg(format!("--datadir={}", data.display()));
            // In a folder that servers share, each that starts deletes what others have open.
            command.arg(format!("--tmpdir={}", folder.display()));
            command.arg(format!("--socket={}", folder.join("s").display()));
            command.arg(format!("--port={port}"));
            command
        }
    })
}

/// The folder of the newest installed programs.
fn installed(product: Product) -> Result<PathBuf, DatabaseError> {
    let absent = || DatabaseError::Absent(product.name());
    match product {
        Product::Postgres => {
            let versions = std::fs::read_dir(POSTGRES).map_err(|_| absent())?;
            let folders = versions.flatten().map(|entry| entry.path().join("bin"));
            let number = |path: &PathBuf| -> u32 {
                let version = path.parent().and_then(Path::file_name);
                version
                    .and_then(|name| name.to_string_lossy().parse().ok())
                    .unwrap_or(0)
            };
            folders
                .filter(|path| path.join("initdb").is_file())
                .max_by_key(number)
                .ok_or_else(absent)
        }
        Product::Mysql => ["/usr/sbin", "/usr/local/sbin", "/usr/libexec"]
            .iter()
            .map(PathBuf::from)
            .find(|folder| folder.join("mariadbd").is_file())
            .ok_or_else(absent),
    }
}

/// A port below those that the system gives away by itself, and not the one that the other product finds meanwhile.
fn free_port(product: Product) -> Result<u16, DatabaseError> {
    let first = 11_000 + (std::process::id() % 800) as u16 * 8 + 4 * product as u16;
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|any| any.local_addr());
    match (first..first + 4).find(free) {
        Some(port) => Ok(port),
        None => any
            .map(|at| at.port())
            .map_err(|source| DatabaseError::NotRun {
                program: "bind".to_owned(),
                source,
            }),
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

fn account(product: Product) -> &'static str {
    match product {
        Product::Postgres => "postgres",
        Product::Mysql => "mysql",
    }
}

/// A program that ends with the thread that starts it, even where its process is killed. As root it runs as the
/// product's own account: PostgreSQL refuses to be root, and whoever changes the account later is not told of the end.
fn owned(product: Product, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if is_root() {
        let account = account(product);
        command.args(["--reuid", account, "--regid", account, "--init-groups"]);
    }
    command.arg("--").arg(program).current_dir("/");
    command
}

fn run(command: &mut Command) -> Result<(), DatabaseError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| not_run(command, source))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    Err(DatabaseError::Ended {
        program: command.get_program().to_string_lossy().into_owned(),
        said: last.into_iter().rev().collect::<Vec<_>>().join("; "),
    })
}

fn not_run(command: &Command, source: std::io::Error) -> DatabaseError {
    DatabaseError::NotRun {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}
