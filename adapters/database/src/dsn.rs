//! Where a database is and who reads it: a DSN is parsed once, kept secret and wiped when dropped.
//!
//! Owns the words of a DSN. It must never show the user, the password or the whole of it, in an error or in Debug.

use percent_encoding::percent_decode_str;
use std::fmt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The longest DSN that is read, in bytes.
const LONGEST: usize = 2000;

/// What speaks at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// PostgreSQL 10 or later.
    Postgres,
    /// MySQL 5.7 or MariaDB 10.2, or later.
    Mysql,
    /// An SQLite 3 file on this machine.
    Sqlite,
}

impl Product {
    /// The name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL/MariaDB",
            Self::Sqlite => "SQLite",
        }
    }
}

/// Whether the connection is encrypted. There is nothing in between: an unchecked certificate protects nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// In the clear: written down as `sslmode=disable`, or the host is this machine.
    Off,
    /// Encrypted; the certificate and its name are checked, against this PEM file or, without one, the machine's
    /// own authorities.
    Checked(Option<PathBuf>),
}

/// The address of a database, with its secret. Debug shows the product and the host only.
#[derive(Clone)]
pub struct Dsn {
    pub(crate) product: Product,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Zeroizing<String>,
    pub(crate) password: Option<Zeroizing<String>>,
    pub(crate) name: String,
    pub(crate) tls: Tls,
}

/// Why a text is no DSN. None of them repeats a secret part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DsnFault {
    /// The scheme is none of those that are read.
    #[error("a DSN begins with postgres://, mysql://, mariadb:// or sqlite:///")]
    Scheme,
    /// A part is missing.
    #[error("the DSN has no {0}; it reads postgres://user:password@host:5432/database")]
    Missing(&'static str),
    /// A part cannot be read.
    #[error("the {0} of the DSN cannot be read; special characters are written as %xx")]
    Bad(&'static str),
    /// An option after `?` is not one that is known.
    #[error(
        "the DSN has an option that is not known; known are sslmode=disable, sslmode=verify-full and sslrootcert=FILE"
    )]
    Option,
    /// A mode of TLS that checks nothing.
    #[error(
        "this sslmode does not check who answers; write sslmode=verify-full (with sslrootcert=FILE for an own \
         authority), or sslmode=disable on a network that you trust"
    )]
    Unchecked,
}

impl Dsn {
    /// Reads `postgres://`, `postgresql://`, `mysql://`, `mariadb://` or `sqlite:///absolute/path`.
    ///
    /// Options: `sslmode` (or `ssl-mode`) is `disable` or `verify-full`; without it, TLS is off for this machine's
    /// own addresses and checked for every other host. `sslrootcert` is a PEM file of authorities.
    ///
    /// # Errors
    /// The first part that is missing or cannot be read; the text is never repeated.
    pub fn parse(text: &str) -> Result<Self, DsnFault> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(DsnFault::Scheme)?;
        let product = match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => Product::Postgres,
            "mysql" | "mariadb" => Product::Mysql,
            "sqlite" => Product::Sqlite,
            _ => return Err(DsnFault::Scheme),
        };
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(DsnFault::Bad("text"));
        }
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        match product {
            Product::Sqlite => file(rest, options),
            _ => server(product, rest, options),
        }
    }

    /// The product that is spoken to.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// The host as it is written; empty for a file.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; 0 for a file.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file of an SQLite database.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        (self.product == Product::Sqlite).then(|| Path::new(&self.name))
    }

    /// How the connection is protected.
    #[must_use]
    pub fn tls(&self) -> &Tls {
        &self.tls
    }

    /// Takes the password out of a text that is about to be shown, should a server repeat it.
    pub(crate) fn without_secret(&self, text: &str) -> String {
        match &self.password {
            Some(password) if !password.is_empty() => text.replace(password.as_str(), "***"),
            _ => text.to_owned(),
        }
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dsn")
            .field("product", &self.product)
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn file(path: &str, options: &str) -> Result<Dsn, DsnFault> {
    if !matches!(options, "" | "mode=ro") {
        return Err(DsnFault::Option);
    }
    let path = decoded(path, "path")?;
    if !path.starts_with('/') || path.len() < 2 {
        return Err(DsnFault::Missing("absolute path (sqlite:///path)"));
    }
    Ok(Dsn {
        product: Product::Sqlite,
        host: String::new(),
        port: 0,
        user: Zeroizing::default(),
        password: None,
        name: path.to_string(),
        tls: Tls::Off,
    })
}

fn server(product: Product, rest: &str, options: &str) -> Result<Dsn, DsnFault> {
    let (authority, name) = rest
        .split_once('/')
        .ok_or(DsnFault::Missing("database name"))?;
    let (account, place) = authority
        .rsplit_once('@')
        .ok_or(DsnFault::Missing("user"))?;
    let (user, password) = match account.split_once(':') {
        Some((user, password)) => (user, Some(decoded(password, "password")?)),
        None => (account, None),
    };
    let (host, port) = place_of(place, product)?;
    let dsn = Dsn {
        product,
        tls: tls(options, &host)?,
        host,
        port,
        user: decoded(user, "user")?,
        password,
        name: decoded(name, "database name")?.to_string(),
    };
    if dsn.user.is_empty() {
        return Err(DsnFault::Missing("user"));
    }
    if dsn.name.is_empty() || dsn.name.contains('/') {
        return Err(DsnFault::Missing("database name"));
    }
    Ok(dsn)
}

fn place_of(place: &str, product: Product) -> Result<(String, u16), DsnFault> {
    let usual = if product == Product::Postgres {
        5432
    } else {
        3306
    };
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(DsnFault::Bad("host"))?;
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(DsnFault::Bad("host"));
            }
            match port.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if port.is_empty() => (host, None),
                None => return Err(DsnFault::Bad("port")),
            }
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let fine = |letter: char| letter.is_ascii_alphanumeric() || "-._:".contains(letter);
    if host.is_empty() {
        return Err(DsnFault::Missing("host"));
    }
    if host.len() > 253 || !host.chars().all(fine) {
        return Err(DsnFault::Bad("host"));
    }
    let port = match port {
        Some(port) => port.parse().map_err(|_| DsnFault::Bad("port"))?,
        None => usual,
    };
    if port == 0 {
        return Err(DsnFault::Bad("port"));
    }
    Ok((host.to_ascii_lowercase(), port))
}

fn tls(options: &str, host: &str) -> Result<Tls, DsnFault> {
    let (mut mode, mut roots) = (None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or(DsnFault::Option)?;
        match name {
            "sslmode" | "ssl-mode" => mode = Some(value.to_ascii_lowercase().replace('_', "-")),
            "sslrootcert" | "ssl-ca" => {
                roots = Some(PathBuf::from(decoded(value, "sslrootcert")?.to_string()));
            }
            _ => return Err(DsnFault::Option),
        }
    }
    match mode.as_deref() {
        Some("disable" | "disabled") if roots.is_none() => Ok(Tls::Off),
        Some("verify-full" | "verify-identity") => Ok(Tls::Checked(roots)),
        Some(
            "disable" | "disabled" | "allow" | "prefer" | "preferred" | "require" | "required"
            | "verify-ca",
        ) => Err(DsnFault::Unchecked),
        Some(_) => Err(DsnFault::Option),
        None if roots.is_none() && is_this_machine(host) => Ok(Tls::Off),
        None => Ok(Tls::Checked(roots)),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn decoded(text: &str, part: &'static str) -> Result<Zeroizing<String>, DsnFault> {
    let plain = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| DsnFault::Bad(part))?;
    if plain.chars().any(char::is_control) {
        return Err(DsnFault::Bad(part));
    }
    Ok(Zeroizing::new(plain.into_owned()))
}
