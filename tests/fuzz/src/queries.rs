//! Addresses of databases, and the check that a query only reads.

use divos_database::{Dsn, Product, Query};

/// An address that is shown has no password.
pub(crate) fn dsn(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Dsn::parse(text) {
        Ok(dsn) => {
            let secret = text
                .rsplit_once('@')
                .and_then(|(who, _)| who.rsplit_once(':'));
            let secret = secret
                .map(|(_, secret)| secret)
                .filter(|secret| secret.len() > 12);
            let shown = format!("{dsn:?}");
            assert!(
                secret.is_none_or(|secret| dsn.host().contains(secret) || !shown.contains(secret)),
                "{shown}"
            );
        }
        Err(fault) => drop(fault.to_string()),
    }
}

/// A query that is taken begins as a reading one, and is the same when it is read again.
pub(crate) fn sql(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for product in [Product::Postgres, Product::Mysql, Product::Sqlite] {
        match Query::read(product, text) {
            Ok(query) => {
                assert!(query.names().len() <= text.len());
                assert!(!query.sql().trim().is_empty());
            }
            Err(fault) => drop(fault.to_string()),
        }
    }
}
