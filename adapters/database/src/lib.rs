//! Rows from read-only queries: PostgreSQL, MySQL and MariaDB, SQLite.
//!
//! Owns the address of a database ([`Dsn`]), one checked query ([`Query`]), one connection ([`Database`]) and what
//! its rows are as JSON. It must never know a connector, write a row, or build SQL out of a value: values are only
//! ever bound. Start reading at [`Database`]. The account in the DSN should hold `SELECT` and nothing else; what is
//! guarded here is guarded twice.

mod connect;
mod database;
mod dsn;
mod fault;
mod lex;
mod mysql;
mod postgres;
mod query;
mod row;
mod rows;
mod schema;
mod sqlite;

pub use database::{Database, Limits};
pub use dsn::{Dsn, DsnFault, Product, Tls};
pub use fault::{DatabaseFault, FaultKind};
pub use query::{Query, QueryFault};
pub use row::Quirk;
pub use rows::Rows;
pub use schema::{Column, Schema, Table, TableKind};
