//! A database of an app: made anew, filled, and an account that may only read its view.
//!
//! Owns the statements that a server's own account runs; what the rows are comes from the seed.

use super::{DatabaseError, Product, READER, READER_PASSWORD};
use crate::whole::SqlSeed;
use mysql_async::prelude::Queryable;

/// A connection that may write.
enum Writer {
    Postgres(tokio_postgres::Client),
    Mysql(mysql_async::Conn),
}

/// Makes and fills the database of one app; returns the DSN of the account that reads.
pub(super) async fn database(
    product: Product,
    admin: &str,
    app: &str,
    seed: &SqlSeed,
) -> Result<String, DatabaseError> {
    let name = format!("contoh_{}", app.replace('-', "_"));
    let mut server = Writer::open(product, admin).await?;
    for statement in anew(product, &name) {
        server.run(&statement).await?;
    }
    let mut inside = Writer::open(product, &with_database(admin, &name)).await?;
    for statement in seed.schema() {
        inside.run(&statement).await?;
    }
    inside.run("BEGIN").await?;
    for statement in seed.inserts() {
        inside.run(&statement).await?;
    }
    inside.run("COMMIT").await?;
    for statement in rights(product, &name, seed.view) {
        inside.run(&statement).await?;
    }
    Ok(as_reader(&with_database(admin, &name)))
}

fn anew(product: Product, name: &str) -> Vec<String> {
    match product {
        Product::Postgres => vec![
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"),
        ],
        Product::Mysql => vec![
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        ],
    }
}

fn rights(product: Product, name: &str, view: &str) -> Vec<String> {
    match product {
        Product::Postgres => vec![
            format!(
                "DO $$ BEGIN CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            ),
            format!("GRANT SELECT ON {view} TO {READER}"),
        ],
        Product::Mysql => vec![
            format!("CREATE USER IF NOT EXISTS {READER}@'%' IDENTIFIED BY '{READER_PASSWORD}'"),
            format!("GRANT SELECT ON {name}.{view} TO {READER}@'%'"),
        ],
    }
}

/// The DSN with another database behind its last slash.
fn with_database(dsn: &str, name: &str) -> String {
    let base = dsn.rsplit_once('/').map_or(dsn, |(base, _)| base);
    format!("{base}/{name}")
}

/// The DSN with the account that reads.
fn as_reader(dsn: &str) -> String {
    let (scheme, rest) = dsn.split_once("://").unwrap_or(("", dsn));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{READER}:{READER_PASSWORD}@{place}")
}

impl Writer {
    async fn open(product: Product, dsn: &str) -> Result<Self, DatabaseError> {
        match product {
            Product::Postgres => {
                let (client, connection) = tokio_postgres::connect(dsn, tokio_postgres::NoTls)
                    .await
                    .map_err(|error| unreachable(product, error))?;
                tokio::spawn(connection);
                Ok(Self::Postgres(client))
            }
            Product::Mysql => mysql_async::Conn::from_url(format!("{dsn}?prefer_socket=false"))
                .await
                .map(Self::Mysql)
                .map_err(|error| unreachable(product, error)),
        }
    }

    async fn run(&mut self, statement: &str) -> Result<(), DatabaseError> {
        match self {
            Self::Postgres(client) => client
                .batch_execute(statement)
                .await
                .map_err(|error| refused_by_postgres(&error)),
            Self::Mysql(conn) => conn
                .query_drop(statement)
                .await
                .map_err(|error| refused_by_mysql(&error)),
        }
    }
}

/// Whether a server answers there.
pub(super) async fn answers(product: Product, admin: &str) -> bool {
    let Ok(mut writer) = Writer::open(product, admin).await else {
        return false;
    };
    writer.run("SELECT 1").await.is_ok()
}

fn unreachable(
    product: Product,
    source: impl std::error::Error + Send + Sync + 'static,
) -> DatabaseError {
    DatabaseError::Unreachable {
        product: product.name(),
        source: source.into(),
    }
}

fn refused_by_postgres(error: &tokio_postgres::Error) -> DatabaseError {
    let said = error
        .as_db_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    DatabaseError::Refused {
        product: Product::Postgres.name(),
        said,
    }
}

fn refused_by_mysql(error: &mysql_async::Error) -> DatabaseError {
    DatabaseError::Refused {
        product: Product::Mysql.name(),
        said: error.to_string(),
    }
}
