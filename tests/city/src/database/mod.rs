//! Real databases for the apps of the whole city whose data is a view.
//!
//! Owns one PostgreSQL and one MariaDB at most, one database an app, and the account that may only read its view. Never
//! writes into a server that nobody named: it starts its own from the machine's packages. Start with [`Databases::open`].

mod fill;
mod server;

use crate::whole::{SqlSeed, WholeCity};
use server::Server;
use std::collections::BTreeMap;

/// The name and, made up, the password of the accounts that read.
const READER: &str = "hub_contoh";
const READER_PASSWORD: &str = "kunci-contoh-basis-data";

/// Which product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// PostgreSQL.
    Postgres,
    /// MariaDB or MySQL.
    Mysql,
}

impl Product {
    fn of(seed: &SqlSeed) -> Self {
        match seed.dialect {
            "postgres" => Self::Postgres,
            _ => Self::Mysql,
        }
    }

    /// The name of the product that is started.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MariaDB",
        }
    }
}

/// Why a database is not there.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The programs are not installed.
    #[error("{0} is not installed")]
    Absent(&'static str),
    /// A program could not be run, or a folder not be made.
    #[error("{program} could not be run")]
    NotRun {
        /// Which.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// A program ended with words.
    #[error("{program} ended: {said}")]
    Ended {
        /// Which.
        program: String,
        /// The end of what it said.
        said: String,
    },
    /// No connection to a server.
    #[error("{product} cannot be reached")]
    Unreachable {
        /// Which.
        product: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A server did not answer in time.
    #[error("{0} does not answer")]
    Silent(&'static str),
    /// A statement was refused.
    #[error("a statement was refused by {product}: {said}")]
    Refused {
        /// Who refused.
        product: &'static str,
        /// Its words.
        said: String,
    },
}

/// Servers that are given instead of own ones: DSNs of accounts that may make databases and accounts.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// `postgres://user@host:port/database`
    pub postgres: Option<String>,
    /// `mysql://user@host:port/database`
    pub mysql: Option<String>,
}

impl Given {
    fn of(&self, product: Product) -> Option<&str> {
        match product {
            Product::Postgres => self.postgres.as_deref(),
            Product::Mysql => self.mysql.as_deref(),
        }
    }
}

/// The databases of the whole city. Dropping them ends the servers that were started.
pub struct Databases {
    dsns: BTreeMap<&'static str, String>,
    missing: Vec<(Product, DatabaseError)>,
    _servers: Vec<Server>,
}

impl Databases {
    /// Starts what is not given, and fills a database for each app with a view. What cannot be started is told by
    /// [`Databases::missing`]; the other product still works.
    pub async fn open(city: &WholeCity, given: &Given) -> Self {
        let (postgres, mysql) = tokio::join!(
            one(city, given, Product::Postgres),
            one(city, given, Product::Mysql)
        );
        let mut all = Self {
            dsns: BTreeMap::new(),
            missing: Vec::new(),
            _servers: Vec::new(),
        };
        for (product, opened) in [(Product::Postgres, postgres), (Product::Mysql, mysql)] {
            match opened {
                Ok((dsns, server)) => {
                    all.dsns.extend(dsns);
                    all._servers.extend(server);
                }
                Err(error) => all.missing.push((product, error)),
            }
        }
        all
    }

    /// The DSN by which the hub reads the view of an app; `None` where the app has none or its server is missing.
    #[must_use]
    pub fn dsn(&self, app: &str) -> Option<&str> {
        self.dsns.get(app).map(String::as_str)
    }

    /// The products that could not be had, and why.
    #[must_use]
    pub fn missing(&self) -> &[(Product, DatabaseError)] {
        &self.missing
    }
}

type Opened = (Vec<(&'static str, String)>, Option<Server>);

async fn one(city: &WholeCity, given: &Given, product: Product) -> Result<Opened, DatabaseError> {
    let seeds = city.apps().iter().filter_map(|app| {
        let seed = city.sql(app.id)?;
        (Product::of(&seed) == product).then_some((app.id, seed))
    });
    let (admin, server) = match given.of(product) {
        Some(dsn) => (dsn.to_owned(), None),
        None => {
            let server = Server::start(product).await?;
            (server.admin(), Some(server))
        }
    };
    let mut dsns = Vec::new();
    for (id, seed) in seeds {
        dsns.push((id, fill::database(product, &admin, id, &seed).await?));
    }
    Ok((dsns, server))
}
