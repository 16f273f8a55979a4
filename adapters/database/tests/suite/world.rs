//! A database of a test's own, in one of the three products, made and taken away by an account that may write.

use crate::servers::{self, Server};
use divos_database::{Database, DatabaseFault, Dsn, Limits, Product, Query};
use futures::TryStreamExt;
use mysql_async::prelude::Queryable;
use serde_json::Value as Json;
use std::time::Duration;

/// The products that every common promise is tried on.
pub(crate) const ALL: [Product; 3] = [Product::Postgres, Product::Mysql, Product::Sqlite];

/// A database of one test.
pub(crate) struct World {
    pub(crate) product: Product,
    pub(crate) dsn: String,
    admin: String,
    name: String,
    folder: tempfile::TempDir,
    /// An own server, where the machine has none; it ends with the test.
    _server: Option<Server>,
}

pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(10),
        statement: Duration::from_secs(60),
        rows: 100_000,
        row_bytes: 1024 * 1024,
    }
}

impl World {
    /// Makes a database and runs these statements in it.
    pub(crate) async fn new(product: Product, test: &str, setup: &[&str]) -> Self {
        Self::with(product, test, "", setup).await
    }

    /// The same with words behind `CREATE DATABASE`.
    pub(crate) async fn with(product: Product, test: &str, options: &str, setup: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let name = format!("divos_test_{test}_{}", std::process::id());
        let (admin, server) = match product {
            Product::Postgres => servers::postgres().await,
            Product::Mysql => servers::mariadb().await,
            Product::Sqlite => (
                format!("sqlite://{}", folder.path().join("data.db").display()),
                None,
            ),
        };
        let dsn = match product {
            Product::Sqlite => admin.clone(),
            _ => {
                let (base, _) = admin.rsplit_once('/').expect("a database");
                format!("{base}/{name}")
            }
        };
        let world = Self {
            product,
            dsn,
            admin,
            name,
            folder,
            _server: server,
        };
        if product != Product::Sqlite {
            let create = format!("CREATE DATABASE {} {options}", world.name);
            execute(product, &world.admin, &create)
                .await
                .expect("a new database");
        }
        if product == Product::Sqlite {
            world.execute("PRAGMA user_version = 1").await;
        }
        for sql in setup {
            world.execute(sql).await;
        }
        world
    }

    /// Writes, with an account that may.
    pub(crate) async fn execute(&self, sql: &str) {
        execute(self.product, &self.dsn, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub(crate) async fn open(&self, limits: Limits) -> Database {
        let dsn = Dsn::parse(&self.dsn).expect("a DSN");
        Database::open(dsn, limits, |_| true)
            .await
            .expect("a connection")
    }

    pub(crate) fn query(&self, sql: &str) -> Query {
        Query::read(self.product, sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"))
    }

    /// Opens, asks and takes every row.
    pub(crate) async fn ask(
        &self,
        sql: &str,
        params: &[(&str, Json)],
    ) -> Result<Vec<Json>, DatabaseFault> {
        let query = self.query(sql);
        self.open(limits())
            .await
            .rows(&query, params)
            .try_collect()
            .await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let (product, admin, name) = (self.product, self.admin.clone(), self.name.clone());
        let _ = self.folder.path();
        if product == Product::Sqlite {
            return;
        }
        let force = if product == Product::Postgres {
            "WITH (FORCE)"
        } else {
            ""
        };
        let end = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let drop = format!("DROP DATABASE IF EXISTS {name} {force}");
            runtime
                .expect("a runtime")
                .block_on(execute(product, &admin, &drop))
        };
        let _ = std::thread::spawn(end).join();
    }
}

/// Runs statements with the plain driver.
pub(crate) async fn execute(product: Product, dsn: &str, sql: &str) -> Result<(), String> {
    match product {
        Product::Postgres => {
            let client = writer(dsn).await?;
            client
                .batch_execute(sql)
                .await
                .map_err(|e| e.as_db_error().map_or(e.to_string(), ToString::to_string))
        }
        Product::Mysql => {
            let mut conn = mysql_async::Conn::from_url(format!("{dsn}?prefer_socket=false"))
                .await
                .map_err(|e| e.to_string())?;
            conn.query_drop(sql).await.map_err(|e| e.to_string())?;
            conn.disconnect().await.map_err(|e| e.to_string())
        }
        Product::Sqlite => {
            let path = dsn.strip_prefix("sqlite://").ok_or("a path")?;
            let file = rusqlite::Connection::open(path).map_err(|e| e.to_string())?;
            file.busy_timeout(Duration::from_secs(10))
                .map_err(|e| e.to_string())?;
            file.execute_batch(sql).map_err(|e| e.to_string())
        }
    }
}

async fn writer(dsn: &str) -> Result<tokio_postgres::Client, String> {
    let config: tokio_postgres::Config = dsn
        .parse()
        .map_err(|e: tokio_postgres::Error| e.to_string())?;
    let parsed = Dsn::parse(dsn).map_err(|e| e.to_string())?;
    let socket = tokio::net::TcpStream::connect((parsed.host(), parsed.port())).await;
    let socket = socket.map_err(|e| e.to_string())?;
    let (client, serving) = config
        .connect_raw(socket, tokio_postgres::NoTls)
        .await
        .map_err(|e| e.to_string())?;
    tokio::spawn(serving);
    Ok(client)
}
