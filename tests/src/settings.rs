//! What a hub under test is configured with: its file, its ports, its secrets.
//!
//! Owns the `hub.yaml` text of the suites; the keys are those of `config/hub.yaml`.

use divos_city::City;
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

/// The domain of every hub under test; `.test` is reserved (RFC 6761) and never looked up.
pub const DOMAIN: &str = "divos.test";

/// One hub's files and ports.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Holds everything below; removed with the hub.
    pub root: PathBuf,
    /// The port of people.
    pub port: u16,
    /// The port of operators.
    pub admin: u16,
    /// Further YAML at the end of `hub.yaml`.
    pub more: String,
    /// Secret path → value.
    pub secrets: Vec<(String, String)>,
}

impl Settings {
    /// Free ports and an empty `connectors.d` below `root`.
    ///
    /// # Errors
    /// When a directory cannot be made or no port is free.
    pub fn new(root: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root.join("connectors.d"))?;
        let settings = Self {
            root: root.to_path_buf(),
            port: free_port()?,
            admin: free_port()?,
            more: String::new(),
            secrets: Vec::new(),
        };
        Ok(settings)
    }

    /// Adds the connectors and secrets of a running city.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn with_city(mut self, city: &City) -> anyhow::Result<Self> {
        city.write_connectors(&self.connectors())?;
        self.secrets.extend(
            city.secrets()
                .iter()
                .map(|secret| (secret.path.to_owned(), secret.value.to_owned())),
        );
        Ok(self)
    }

    /// Keeps only these connectors.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn only(self, ids: &[&str]) -> anyhow::Result<Self> {
        for entry in std::fs::read_dir(self.connectors())? {
            let path = entry?.path();
            let id = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            if path.is_file() && !ids.contains(&id.as_str()) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(self)
    }

    /// Where the definitions lie.
    #[must_use]
    pub fn connectors(&self) -> PathBuf {
        self.root.join("connectors.d")
    }

    /// Where the hub writes.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The configuration file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.root.join("hub.yaml")
    }

    /// Writes `hub.yaml` and one file for each secret.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.root.join("secrets"))?;
        let mut text = format!(
            "hub: {{ domain: {DOMAIN} }}\nlisten: {{ https: [\"127.0.0.1:{}\"], admin: \"127.0.0.1:{}\" }}\nconnectors:\n  dir: {}\n  allow_networks: [\"127.0.0.0/8\"]\n",
            self.port,
            self.admin,
            self.connectors().display()
        );
        if !self.secrets.is_empty() {
            text.push_str("  secrets:\n");
        }
        for (path, value) in &self.secrets {
            let file = self.root.join("secrets").join(path.replace('/', "-"));
            std::fs::write(&file, value)?;
            writeln!(text, "    {path}: \"${{file:{}}}\"", file.display())?;
        }
        text.push_str(&self.more);
        std::fs::write(self.file(), text)?;
        Ok(())
    }

    /// Writes one connector; the hub may be running.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn connector(&self, id: &str, yaml: &str) -> anyhow::Result<()> {
        // Written beside and moved, so that the hub never sees half of it.
        let target = self.connectors().join(format!("{id}.yaml"));
        let beside = self.root.join(format!("{id}.new"));
        std::fs::write(&beside, yaml)?;
        std::fs::rename(beside, target)?;
        Ok(())
    }
}

/// A port below those that the system gives away by itself, so that nothing takes it before the hub, or while it restarts.
fn free_port() -> std::io::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000
            + (std::process::id() as u16)
                .wrapping_mul(13)
                .wrapping_add(nth)
                % 12_000;
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            Ok(_) => return Ok(port),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
}
