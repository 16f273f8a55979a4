//! One connection to one database, and what may be asked of it.
//!
//! Owns limits and the life of the connection; each product's folder owns how it is spoken to.

use crate::dsn::{Dsn, Product};
use crate::fault::{DatabaseFault, FaultKind};
use crate::query::Query;
use crate::row::Quirks;
use crate::rows::{Gate, Rows};
use crate::{mysql, postgres, sqlite};
use futures::FutureExt;
use serde_json::Value as Json;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// What one connection and one query may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, signing in included.
    pub connect: Duration,
    /// For one statement with the reading of all its rows; the server itself cancels it then.
    pub statement: Duration,
    /// The most rows of one query; one more is a fault.
    pub rows: u64,
    /// The most bytes of one row, as the server sends it.
    pub row_bytes: usize,
}

impl Default for Limits {
    /// 3 s, 10 s, 5000 rows of at most 1 MiB.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            statement: Duration::from_secs(10),
            rows: 5000,
            row_bytes: 1024 * 1024,
        }
    }
}

/// One open connection. It reads only: the session and each transaction say so to the server.
pub struct Database {
    dsn: Dsn,
    limits: Limits,
    connection: Connection,
    /// Whether nothing is under way on it and nothing broke.
    idle: bool,
}

enum Connection {
    Postgres(postgres::Connection),
    Mysql(Box<mysql::Connection>),
    Sqlite(sqlite::Connection),
}

/// What a product needs for one statement.
pub(crate) struct Run<'a> {
    pub(crate) query: &'a Query,
    pub(crate) values: Vec<Json>,
    pub(crate) limits: Limits,
    pub(crate) gate: Gate,
    pub(crate) quirks: Quirks,
}

impl Database {
    /// Opens the one connection. `permitted` judges each address that the host resolves to; only permitted ones are
    /// called. A file has none.
    ///
    /// # Errors
    /// `RefusedAddress`, `Unreachable`, `Tls`, `AuthFailed`, `NoSuchDatabase`, `PermissionDenied`, `Timeout`.
    pub async fn open(
        dsn: Dsn,
        limits: Limits,
        permitted: impl Fn(IpAddr) -> bool + Send + Sync,
    ) -> Result<Self, DatabaseFault> {
        let opening = async {
            match dsn.product() {
                Product::Postgres => postgres::open(&dsn, limits, &permitted)
                    .await
                    .map(Connection::Postgres),
                Product::Mysql => {
                    let opened = mysql::open(&dsn, limits, &permitted).await;
                    opened.map(|one| Connection::Mysql(Box::new(one)))
                }
                Product::Sqlite => sqlite::open(&dsn, limits).await.map(Connection::Sqlite),
            }
        };
        let late = |_| {
            let words = format!("the connection did not stand after {:?}", limits.connect);
            Err(DatabaseFault::new(FaultKind::Timeout, words))
        };
        let opened = tokio::time::timeout(limits.connect, opening).await;
        match opened.unwrap_or_else(late) {
            Ok(connection) => Ok(Self {
                dsn,
                limits,
                connection,
                idle: true,
            }),
            Err(fault) => Err(fault.hiding(&dsn)),
        }
    }

    /// The product that is spoken to.
    #[must_use]
    pub fn product(&self) -> Product {
        self.dsn.product()
    }

    /// What one query may use.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether the next query can be asked; otherwise it ends with `Lost`.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.idle
    }

    /// Runs one query in its own read-only transaction. Text is bound so that the server compares it in the
    /// column's type; numbers are bound as numbers, null as NULL.
    ///
    /// After `Timeout`, `TooManyRows`, `TooLarge`, `Lost`, or when the stream is dropped before its end, the
    /// connection is given up.
    pub fn rows<'a>(&'a mut self, query: &'a Query, params: &'a [(&'a str, Json)]) -> Rows<'a> {
        self.rows_within(query, params, self.limits)
    }

    /// The same with other limits.
    pub(crate) fn rows_within<'a>(
        &'a mut self,
        query: &'a Query,
        params: &'a [(&'a str, Json)],
        limits: Limits,
    ) -> Rows<'a> {
        Rows::new(limits.rows, move |gate, quirks| {
            async move {
                if !std::mem::replace(&mut self.idle, false) {
                    return Err(DatabaseFault::lost());
                }
                let done = match self.ready(query, params) {
                    Err(fault) => Err(fault),
                    Ok(values) => {
                        let run = Run {
                            query,
                            values,
                            limits,
                            gate,
                            quirks,
                        };
                        self.run(run).await
                    }
                };
                self.idle = done.as_ref().err().is_none_or(|fault| !breaks(fault.kind));
                done.map_err(|fault| fault.hiding(&self.dsn))
            }
            .boxed()
        })
    }

    fn ready(&self, query: &Query, params: &[(&str, Json)]) -> Result<Vec<Json>, DatabaseFault> {
        if query.product != self.product() {
            let words = format!(
                "a query for {} cannot be asked of {}",
                query.product.name(),
                self.product().name()
            );
            return Err(DatabaseFault::new(FaultKind::Syntax { at: None }, words));
        }
        query.bind(params)
    }

    async fn run(&mut self, run: Run<'_>) -> Result<(), DatabaseFault> {
        let statement = run.limits.statement;
        let work = async {
            match &mut self.connection {
                Connection::Postgres(connection) => connection.run(run).await,
                Connection::Mysql(connection) => connection.run(run).await,
                Connection::Sqlite(connection) => connection.run(run).await,
            }
        };
        // The server cancels by itself; this is for one that does not, or no longer answers.
        let grace = statement + statement / 4 + Duration::from_millis(500);
        let done = tokio::time::timeout(grace, work).await;
        done.unwrap_or_else(|_| Err(DatabaseFault::late(statement)))
    }
}

fn breaks(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Timeout | FaultKind::TooManyRows | FaultKind::TooLarge | FaultKind::Lost
    )
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("dsn", &self.dsn)
            .field("limits", &self.limits)
            .field("idle", &self.idle)
            .finish_non_exhaustive()
    }
}
