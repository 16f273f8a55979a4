//! MySQL and MariaDB: one connection, each query in `START TRANSACTION READ ONLY` with the server's own time-out.
//!
//! Owns how they are spoken to; `types` owns what their values are. It never follows the server to a socket, and
//! never reads a file because a server asks for one (`LOAD DATA LOCAL`).

mod types;

use crate::connect;
use crate::database::{Limits, Run};
use crate::dsn::Dsn;
use crate::fault::{DatabaseFault, FaultKind, cause, innermost};
use crate::query::Query;
use crate::row::{Names, Quirks};
use crate::rows::{Gate, Stop};
use mysql_async::prelude::Queryable;
use mysql_async::{
    Conn, DriverError, Error, IoError, Opts, OptsBuilder, Params, ServerError, SslOpts,
};
use serde_json::Value as Json;
use std::net::IpAddr;
use std::time::Duration;
use tokio::runtime::Handle;

/// How long the server may take to hear that a statement is to end.
const KILL: Duration = Duration::from_secs(5);

/// An open connection, and how to reach the server beside it.
pub(crate) struct Connection {
    conn: Conn,
    opts: Opts,
}

/// Ends a connection on the server when its statement is not read to the end: the driver would read all of it first.
struct Unfinished {
    opts: Opts,
    id: u32,
    armed: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(runtime) = Handle::try_current().ok().filter(|_| self.armed) else {
            return;
        };
        let (opts, id) = (self.opts.clone(), self.id);
        let kill = async move {
            let mut beside = Conn::new(opts).await?;
            beside.query_drop(format!("KILL {id}")).await?;
            beside.disconnect().await
        };
        // Nobody waits for it; where it fails, the server's own time-out is left.
        runtime.spawn(async move { tokio::time::timeout(KILL, kill).await.is_ok() });
    }
}

/// Connects, signs in and makes the session read-only.
pub(crate) async fn open(
    dsn: &Dsn,
    limits: Limits,
    permitted: &(dyn Fn(IpAddr) -> bool + Send + Sync),
) -> Result<Connection, DatabaseFault> {
    let named = |error: Error| match fault(&error, None, limits) {
        // Nothing stood yet that could be lost.
        fault if fault.kind == FaultKind::Lost => {
            DatabaseFault::new(FaultKind::Unreachable, fault.message)
        }
        fault => fault,
    };
    let ips = connect::addresses(dsn, permitted).await?;
    let tls = connect::authorities(dsn).await?.map(|authorities| {
        let authorities = authorities.into_iter().map(|one| one.to_vec().into());
        SslOpts::default()
            .with_root_certs(authorities.collect())
            .with_disable_built_in_roots(true)
    });
    let opts = OptsBuilder::default()
        .ip_or_hostname(dsn.host.as_str())
        .resolved_ips(Some(ips))
        .tcp_port(dsn.port)
        .user(Some(dsn.user.as_str()))
        .pass(dsn.password.as_ref().map(|password| password.as_str()))
        .db_name(Some(dsn.name.as_str()))
        .prefer_socket(false)
        .stmt_cache_size(0)
        .max_allowed_packet(Some(limits.row_bytes.max(64 * 1024)))
        .wait_timeout(Some(28_800))
        .ssl_opts(tls);
    let opts = Opts::from(opts);
    let mut conn = Conn::new(opts.clone()).await.map_err(named)?;
    let version: Option<String> = conn.query_first("SELECT VERSION()").await.map_err(named)?;
    let maria = version.is_some_and(|version| version.contains("MariaDB"));
    let time_out = match maria {
        true => format!(
            "max_statement_time = {}",
            limits.statement.as_secs_f64().max(0.001)
        ),
        false => format!(
            "max_execution_time = {}",
            limits.statement.as_millis().max(1)
        ),
    };
    // The quotes of sql_mode are those that `lex` reads; times are UTC, so that a TIMESTAMP means one moment.
    let session = format!("SET SESSION sql_mode = '', time_zone = '+00:00', {time_out}");
    conn.query_drop(session).await.map_err(named)?;
    conn.query_drop("SET SESSION TRANSACTION READ ONLY")
        .await
        .map_err(named)?;
    Ok(Connection { conn, opts })
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
        let mut unfinished = Unfinished {
            opts: self.opts.clone(),
            id: self.conn.id(),
            armed: true,
        };
        let begin = "START TRANSACTION READ ONLY";
        self.conn.query_drop(begin).await.map_err(named)?;
        let done = match self.read(query, &values, limits, &mut gate, &quirks).await {
            Err(Stop::Gate(fault)) => return Err(fault),
            Err(Stop::Server(error)) if error.is_fatal() => {
                let fault = named(error);
                unfinished.armed = fault.kind != FaultKind::Lost;
                return Err(fault);
            }
            Err(Stop::Server(error)) => Err(named(error)),
            Ok(()) => Ok(()),
        };
        unfinished.armed = false;
        // Nothing was written: there is nothing to commit.
        self.conn.query_drop("ROLLBACK").await.map_err(named)?;
        done
    }

    async fn read(
        &mut self,
        query: &Query,
        values: &[Json],
        limits: Limits,
        gate: &mut Gate,
        quirks: &Quirks,
    ) -> Result<(), Stop<Error>> {
        let statement = self.conn.prep(query.sql()).await?;
        let values: Vec<_> = values.iter().map(types::bound).collect();
        let params = if values.is_empty() {
            Params::Empty
        } else {
            Params::Positional(values)
        };
        let mut result = self.conn.exec_iter(&statement, params).await?;
        let columns = result.columns().unwrap_or_default();
        let labels: Vec<_> = columns.iter().map(|column| column.name_str()).collect();
        let names = Names::new(labels.iter().map(|label| label.as_ref()), quirks);
        while let Some(row) = result.next().await? {
            let values = row.unwrap();
            if values.iter().map(types::length).sum::<usize>() > limits.row_bytes {
                return Err(Stop::Gate(DatabaseFault::large(limits.row_bytes)));
            }
            let json = names.row(
                |number, name| match (columns.get(number), values.get(number)) {
                    (Some(column), Some(value)) => types::json(column, value, name, quirks),
                    _ => Json::Null,
                },
            );
            gate.put(json).await.map_err(Stop::Gate)?;
        }
        drop(result);
        self.conn.close(statement).await?;
        Ok(())
    }
}

fn fault(error: &Error, query: Option<&Query>, limits: Limits) -> DatabaseFault {
    match error {
        Error::Server(server) => match server.code {
            1317 | 1969 | 3024 => DatabaseFault::late(limits.statement),
            _ => DatabaseFault::new(kind(server, query), &server.message),
        },
        Error::Driver(DriverError::PacketTooLarge) => DatabaseFault::large(limits.row_bytes),
        Error::Driver(DriverError::NoClientSslFlagFromServer) => DatabaseFault::new(
            FaultKind::Tls,
            "the server has no TLS; sslmode=disable would read in the clear",
        ),
        Error::Io(IoError::Tls(error)) => DatabaseFault::new(FaultKind::Tls, innermost(error)),
        Error::Io(_) | Error::Driver(DriverError::ConnectionClosed) => {
            let tls = cause::<rustls::Error>(error).is_some();
            let large = innermost(error).contains("max_allowed_packet");
            match (tls, large) {
                (true, _) => DatabaseFault::new(FaultKind::Tls, innermost(error)),
                (false, true) => DatabaseFault::large(limits.row_bytes),
                (false, false) => DatabaseFault::new(FaultKind::Lost, innermost(error)),
            }
        }
        Error::Driver(
            DriverError::UnknownAuthPlugin { .. } | DriverError::MysqlOldPasswordDisabled,
        ) => DatabaseFault::new(FaultKind::AuthFailed, innermost(error)),
        other => DatabaseFault::new(FaultKind::Lost, innermost(other)),
    }
}

/// From the server's number (MySQL and MariaDB manuals, "Server Error Reference").
fn kind(server: &ServerError, query: Option<&Query>) -> FaultKind {
    match server.code {
        1045 | 1698 | 1251 => FaultKind::AuthFailed,
        1049 => FaultKind::NoSuchDatabase,
        1044 | 1142 | 1143 | 1227 | 1370 => FaultKind::PermissionDenied,
        1792 | 1223 | 1290 | 1836 => FaultKind::NotReadOnly,
        1064 | 1149 => FaultKind::Syntax {
            at: query.and_then(|query| place(&server.message, query)),
        },
        1146 | 1109 | 1305 | 1630 => FaultKind::UnknownTable,
        1054 => FaultKind::UnknownColumn,
        1267 | 1270 | 1271 | 1292 | 1366 | 1411 | 1525 | 1690 | 1365 | 1210 => FaultKind::BadValue,
        1040 | 1129 | 1130 | 1203 | 1226 => FaultKind::Unreachable,
        1053 | 1152 | 1158..=1161 | 1927 | 4031 => FaultKind::Lost,
        1205 => FaultKind::Timeout,
        _ => FaultKind::Other,
    }
}

/// Where the text stands that a syntax error quotes: `near '…' at line 1`.
fn place(message: &str, query: &Query) -> Option<usize> {
    let (_, near) = message.split_once("near '")?;
    let (near, _) = near.rsplit_once("' at line")?;
    match near.is_empty() {
        true => Some(query.written_at(query.sql().len())),
        false => query.sql().find(near).map(|byte| query.written_at(byte)),
    }
}
