//! Hand-over tickets: written once, taken once.

use crate::sqlite::items::time;
use crate::{StoreError, Ticket, TokenHash};
use rusqlite::Connection;

pub(crate) fn insert(db: &Connection, ticket: &Ticket) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO ticket VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute((
            ticket.hash.bytes(),
            ticket.session.bytes(),
            &ticket.host,
            &ticket.target,
            ticket.binding.as_ref().map(TokenHash::bytes),
            ticket.expires_at.timestamp_millis(),
        ))?;
    Ok(())
}

/// Removes a ticket and returns it.
pub(crate) fn take(db: &Connection, hash: TokenHash) -> Result<Option<Ticket>, StoreError> {
    let mut statement = db.prepare_cached(
        "DELETE FROM ticket WHERE hash = ?1 RETURNING session, host, target, binding, expires_at",
    )?;
    let mut rows = statement.query([hash.bytes()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let binding: Option<[u8; 32]> = row.get(3)?;
    let ticket = Ticket {
        hash,
        session: TokenHash::from_bytes(row.get(0)?),
        host: row.get(1)?,
        target: row.get(2)?,
        binding: binding.map(TokenHash::from_bytes),
        expires_at: time(row.get(4)?)?,
    };
    // A statement with RETURNING is done only when it has been read to its end.
    while rows.next()?.is_some() {}
    Ok(Some(ticket))
}
