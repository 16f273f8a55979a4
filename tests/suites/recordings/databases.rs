//! Records of databases: one of SQLite with people in it, and those of the city.

use super::Desk;
use super::kinds::Kind;
use divos_tests::Tried;
use std::path::Path;

/// A file of SQLite whose view says more than is read.
pub(super) fn sqlite(folder: &Path) -> anyhow::Result<Kind> {
    let file = folder.join("simpeg.db");
    let database = rusqlite::Connection::open(&file)?;
    database.execute_batch(
        "CREATE TABLE v (id INTEGER PRIMARY KEY, judul TEXT, nama_pegawai TEXT, nip TEXT, password TEXT, tgl_lahir TEXT);
         INSERT INTO v VALUES (1, 'Satu', 'Ni Nyoman Buatan', '199001012020121001', 'k4taS4ndi-x', '1985-02-03');
         INSERT INTO v VALUES (2, 'Dua oleh Ni Nyoman Buatan', 'Wayan Buatan', '199001012020121002', 'k4taS4ndi-y', '1985-02-04');",
    )?;
    Ok(Kind {
        name: "sqlite",
        yaml: "metadata: { name: sqlite, title: Simpeg Contoh, owner: \"011301\", capability: letter }\n\
               sources:\n  data:\n    sql:\n      sqlite: \"${secret:sqlite/dsn}\"\n      query: SELECT * FROM v WHERE id > :last_key ORDER BY id LIMIT :size\n\
               \x20   paginate: { keyset: { key: id, size: 1 } }\n    every: 1h\n    deletes: never\n    to: document\n    map: { id: id, title: judul }\n\
               privacy: { class: internal, audience: everyone }\n"
            .to_owned(),
        overlay: "app: { retries: 0 }\n".to_owned(),
        secrets: vec![("sqlite/dsn", format!("sqlite://{}", file.display()))],
        hidden: vec!["Nyoman", "Wayan", "19900101", "k4taS4ndi", "1985-02-0", "simpeg.db"],
        items: 2,
    })
}

/// Gives an app of the city the address of its database by the name that its connector uses.
pub(super) fn secrets(desk: &mut Desk, id: &str, yaml: &str, dsn: &str) -> Tried {
    let named = yaml
        .split("${secret:")
        .nth(1)
        .and_then(|rest| rest.split('}').next());
    let path = named.map_or_else(|| format!("{id}/dsn"), str::to_owned);
    desk.secret(&path, dsn)
}
