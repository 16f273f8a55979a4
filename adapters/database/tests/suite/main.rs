//! Everything about databases, against real servers on loopback and real files. All data is made up.

// One table of every type is one long `json!`.
#![recursion_limit = "256"]

mod guards;
mod limits;
mod mariadb;
mod paging;
mod postgres;
mod servers;
mod sqlite;
mod tls;
mod words;
mod world;
