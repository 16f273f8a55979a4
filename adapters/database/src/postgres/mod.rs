//! PostgreSQL: one connection, each query in `BEGIN READ ONLY` with the server's own time-out.
//!
//! Owns how PostgreSQL is spoken to; `types` owns what its values are, `stream` what is between it and the socket.

mod stream;
mod types;

use crate::connect;
use crate::database::{Limits, Run};
use crate::dsn::Dsn;
use crate::fault::{DatabaseFault, FaultKind, cause, innermost};
use crate::query::Query;
use crate::row::{Names, Quirks};
use crate::rows::{Gate, Stop};
use futures::{StreamExt, pin_mut};
use std::net::IpAddr;
use stream::{Encrypted, Guarded, Oversize};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};
use tokio_postgres::{Client, Config, Error, NoTls, Statement};
use types::{Bound, Cell, is_native};

/// An open connection and the task that serves it.
pub(crate) struct Connection {
    client: Client,
    oversize: Oversize,
    task: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connects, signs in and makes the session read-only.
pub(crate) async fn open(
    dsn: &Dsn,
    limits: Limits,
    permitted: &(dyn Fn(IpAddr) -> bool + Send + Sync),
) -> Result<Connection, DatabaseFault> {
    let ips = connect::addresses(dsn, permitted).await?;
    let authorities = connect::authorities(dsn).await?;
    let socket = connect::tcp(&ips, dsn.port).await?;
    let mut config = config(dsn);
    let oversize = Oversize::default();
    let named = |error: Error| fault(&error, None, limits);
    let (client, task) = match authorities {
        None => {
            config.ssl_mode(SslMode::Disable);
            let socket = Guarded::new(socket, limits.row_bytes, oversize.clone());
            let (client, serving) = config.connect_raw(socket, NoTls).await.map_err(named)?;
            (client, tokio::spawn(async { drop(serving.await) }))
        }
        Some(authorities) => {
            config.ssl_mode(SslMode::Require);
            let tls = Encrypted::new(&dsn.host, authorities, limits.row_bytes, oversize.clone())?;
            let (client, serving) = config.connect_raw(socket, tls).await.map_err(named)?;
            (client, tokio::spawn(async { drop(serving.await) }))
        }
    };
    Ok(Connection {
        client,
        oversize,
        task,
    })
}

fn config(dsn: &Dsn) -> Config {
    let mut config = Config::new();
    config
        .user(dsn.user.as_str())
        .dbname(dsn.name.as_str())
        .application_name("divos")
        .options(
            "-c default_transaction_read_only=on -c standard_conforming_strings=on -c timezone=UTC \
             -c datestyle=ISO -c intervalstyle=iso_8601 -c lc_monetary=C -c client_encoding=UTF8 \
             -c idle_in_transaction_session_timeout=60000",
        );
    if let Some(password) = &dsn.password {
        config.password(password.as_str());
    }
    config
}

impl Connection {
    /// Runs one statement and puts its rows through the gate.
    pub(crate) async fn run(&mut self, run: Run<'_>) -> Result<(), DatabaseFault> {
        let Run {
            query,
            values,
            limits,
            mut gate,
            quirks,
        } = run;
        let named = |error: Error| fault(&error, Some(query), limits);
        let most = limits.statement.as_millis().clamp(1, 86_400_000);
        let begin = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {most}");
        self.client.batch_execute(&begin).await.map_err(named)?;
        let values: Vec<Bound> = values.iter().map(Bound::new).collect();
        let done = self.read(query, values, &mut gate, &quirks).await;
        // Nothing was written: there is nothing to commit, and after a fault there must be a rollback.
        let ended = match &done {
            Err(Stop::Gate(_)) => Ok(()),
            _ => self.client.batch_execute("ROLLBACK").await.map_err(named),
        };
        match done {
            Err(Stop::Server(_)) if self.oversize.seen() => {
                Err(DatabaseFault::large(limits.row_bytes))
            }
            Err(Stop::Server(error)) => Err(named(error)),
            Err(Stop::Gate(fault)) => Err(fault),
            Ok(()) => ended,
        }
    }

    async fn read(
        &self,
        query: &Query,
        values: Vec<Bound>,
        gate: &mut Gate,
        quirks: &Quirks,
    ) -> Result<(), Stop<Error>> {
        let statement = self.client.prepare(query.sql()).await?;
        let names = Names::new(
            statement.columns().iter().map(|column| column.name()),
            quirks,
        );
        let statement = match as_text(query.sql(), &statement) {
            None => statement,
            Some(sql) => self.client.prepare(&sql).await?,
        };
        let rows = self.client.query_raw(&statement, values).await?;
        pin_mut!(rows);
        while let Some(row) = rows.next().await {
            let row = row?;
            let json = names.row(|number, name| match row.try_get::<_, Cell<'_>>(number) {
                Ok(cell) => cell.json(name, quirks),
                Err(_) => serde_json::Value::Null,
            });
            gate.put(json).await.map_err(Stop::Gate)?;
        }
        Ok(())
    }
}

/// The query around a query that lets the server write types as text that are not read here: money, intervals,
/// networks, geometries, ranges, and whatever an extension adds.
fn as_text(sql: &str, statement: &Statement) -> Option<String> {
    let columns = statement.columns();
    if columns.iter().all(|column| is_native(column.type_())) {
        return None;
    }
    let picked: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(number, column)| match is_native(column.type_()) {
            true => format!("c{number}"),
            false => format!("c{number}::text"),
        })
        .collect();
    let names: Vec<String> = (0..columns.len())
        .map(|number| format!("c{number}"))
        .collect();
    // On a line of its own, so that a comment at the query's end does not swallow the rest.
    Some(format!(
        "SELECT {} FROM (\n{sql}\n) AS q({})",
        picked.join(", "),
        names.join(", ")
    ))
}

fn fault(error: &Error, query: Option<&Query>, limits: Limits) -> DatabaseFault {
    if let Some(server) = error.as_db_error() {
        return match *server.code() == SqlState::QUERY_CANCELED {
            true => DatabaseFault::late(limits.statement),
            false => DatabaseFault::new(kind(server, query), server.message()),
        };
    }
    let words = innermost(error);
    if cause::<rustls::Error>(error).is_some() || error.to_string().contains("TLS") {
        return DatabaseFault::new(FaultKind::Tls, words);
    }
    if error.is_closed() || cause::<std::io::Error>(error).is_some() {
        return DatabaseFault::new(FaultKind::Lost, words);
    }
    let signing = error.to_string().contains("auth") || words.contains("password");
    let kind = if signing {
        FaultKind::AuthFailed
    } else {
        FaultKind::Other
    };
    DatabaseFault::new(kind, words)
}

/// From SQLSTATE (PostgreSQL manual, appendix A).
fn kind(server: &DbError, query: Option<&Query>) -> FaultKind {
    let at = match server.position() {
        Some(ErrorPosition::Original(at)) => {
            query.map(|query| query.written_at_character(*at as usize))
        }
        _ => None,
    };
    match server.code().code() {
        "28000" | "28P01" => FaultKind::AuthFailed,
        "3D000" => FaultKind::NoSuchDatabase,
        "42501" => FaultKind::PermissionDenied,
        "25006" | "25001" => FaultKind::NotReadOnly,
        "42P01" | "42883" | "3F000" => FaultKind::UnknownTable,
        "42703" => FaultKind::UnknownColumn,
        "53300" | "57P03" => FaultKind::Unreachable,
        "25P03" | "57P01" | "57P02" => FaultKind::Lost,
        code if code.starts_with("42") => FaultKind::Syntax { at },
        code if code.starts_with("22") => FaultKind::BadValue,
        code if code.starts_with("08") => FaultKind::Lost,
        _ => FaultKind::Other,
    }
}
