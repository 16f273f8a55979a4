//! Why a way to read an app has no use for a key of a source, and what to do instead.

use divos_model::Lang;

/// Returns what would help.
#[rustfmt::skip]
pub(super) fn instead(lang: Lang, field: &str, way: &str) -> String {
    let (id, en) = match (field, way) {
        ("select", "html") => ("hapus `select`; baris dipilih oleh `html.rows`", "remove `select`; `html.rows` says which rows are records"),
        ("select", "csv" | "xlsx") => ("hapus `select`; setiap baris adalah satu data", "remove `select`; each line is a record"),
        ("select", "ical") => ("hapus `select`; setiap acara adalah satu data", "remove `select`; each occurrence is a record"),
        ("select", "feed") => ("hapus `select`; setiap entri adalah satu data", "remove `select`; each entry is a record"),
        ("select", "oai" | "ckan" | "jdih") => ("hapus `select`; letak datanya sudah ditetapkan baku ini", "remove `select`; this standard says where the records are"),
        ("select", "sql") => ("hapus `select`; pilih kolomnya di `sql.query`", "remove `select`; choose the columns in `sql.query`"),
        ("select", _) => ("hapus `select`; setiap surat atau kiriman adalah satu data", "remove `select`; each letter or event is a record"),
        ("paginate", "sql") => ("tulis `paginate: { keyset: { key: … } }`, satu-satunya untuk `sql`", "write `paginate: { keyset: { key: … } }`, the only one for `sql`"),
        ("paginate: keyset", _) => ("`keyset` hanya untuk `sql`; pilih misalnya `page` atau `link`", "`keyset` is for `sql` only; choose for example `page` or `link`"),
        ("paginate", "oai") => ("hapus `paginate`; `resumptionToken` diikuti sendiri", "remove `paginate`; the `resumptionToken` is followed by itself"),
        ("paginate", "ckan") => ("hapus `paginate`; atur jumlahnya di `ckan.rows`", "remove `paginate`; `ckan.rows` says how many a page has"),
        ("paginate", "ical") => ("hapus `paginate`; kalender selalu satu dokumen", "remove `paginate`; a calendar is one document"),
        ("paginate" | "cursor", "imap") => ("hapus; hub mengingat surat terakhir sendiri", "remove it; the hub remembers the last letter by itself"),
        ("every" | "paginate" | "cursor", "webhook") => ("hapus; aplikasi yang mengirim, hub tidak bertanya", "remove it; the app sends, the hub does not ask"),
        ("deletes: sweep", _) => ("kiriman tidak pernah lengkap; tulis `never`, `ttl`, atau `tombstone`", "what is sent is never everything; write `never`, `ttl` or `tombstone`"),
        ("check", "wsse") => ("hapus `check`; bukti masuk ada di dalam pesan SOAP, bukan pada alamat lain", "remove `check`; the proof is in the SOAP message and on no other address"),
        ("parent", _) => ("hapus `parent`; tidak ada permintaan yang dapat memuat `${parent}`", "remove `parent`; there is no request to carry `${parent}`"),
        _ => ("hapus", "remove it"),
    };
    match lang { Lang::Id => id, Lang::En => en }.to_owned()
}

/// What is wrong with a dotted path, in Indonesian.
pub(super) fn path_in_indonesian(why: &str) -> &str {
    match why {
        "empty path" => "jalur kosong",
        "empty name" => "nama kosong",
        "`.` or `[` expected" => "`.` atau `[` seharusnya ada di sini",
        "character not allowed in a plain name" => "huruf ini perlu ditulis di dalam `[\"…\"]`",
        "`[` without `]`" => "`[` tanpa `]`",
        "`*`, a number or a quoted name expected in `[ ]`" => {
            "di dalam `[ ]` seharusnya `*`, angka, atau nama dalam tanda kutip"
        }
        other => other,
    }
}
