//! The sentences of row faults in Indonesian. Row faults carry the English ones.

use divos_model::Lang;

/// English → Indonesian.
const SENTENCES: &[(&str, &str)] = &[
    (
        "a key must be written `scheme:value`",
        "kunci harus ditulis `skema:nilai`",
    ),
    (
        "a list or object where a text is needed",
        "daftar atau objek, padahal perlu teks",
    ),
    (
        "a sensitivity that the hub does not hold",
        "tingkat kerahasiaan di luar yang disimpan hub",
    ),
    ("an attachment without `url`", "lampiran tanpa `url`"),
    (
        "an object where a list is needed",
        "objek, padahal perlu daftar",
    ),
    (
        "another row of this page has the same id",
        "baris lain di halaman ini memakai id yang sama",
    ),
    (
        "does not fit this field of the model",
        "tidak cocok dengan isian model",
    ),
    (
        "neither true nor false: use the filter `bool`",
        "bukan benar atau salah: pakai filter `bool`",
    ),
    ("neither yes nor no", "bukan ya atau tidak"),
    (
        "no such part of an audience",
        "bagian audiens itu tidak ada",
    ),
    ("not JSON", "bukan JSON"),
    (
        "not a class of personal data",
        "bukan golongan data pribadi",
    ),
    ("not a list", "bukan daftar"),
    ("not a number", "bukan angka"),
    ("not a number of seconds", "bukan jumlah detik"),
    (
        "not a time that can be read",
        "bukan waktu yang dapat dibaca",
    ),
    ("not a unit code", "bukan kode unit"),
    ("not a web address", "bukan alamat web"),
    ("not a whole number", "bukan bilangan bulat"),
    ("not an address", "bukan alamat"),
    (
        "not an id of the hub's directory",
        "bukan id dari direktori hub",
    ),
    (
        "the address is longer than 2000 bytes",
        "alamat lebih panjang dari 2000 bita",
    ),
    (
        "the expression does not compile",
        "ekspresi tidak dapat disusun",
    ),
    (
        "the expression takes too long",
        "ekspresi terlalu lama dihitung",
    ),
    ("the id is empty", "id kosong"),
    (
        "the id is longer than 512 bytes",
        "id lebih panjang dari 512 bita",
    ),
    ("the link leads to another host", "tautan menuju host lain"),
    ("the number is too large", "angka terlalu besar"),
    ("the source lacks the field", "sumber tidak punya isian ini"),
    ("the text grows too long", "teks menjadi terlalu panjang"),
    ("the title is empty", "judul kosong"),
    ("too large for `ext`", "terlalu besar untuk `ext`"),
];

/// Says a row fault's message in a language; what is not known stays English.
#[must_use]
pub fn row_sentence(message: &str, lang: Lang) -> String {
    let known = SENTENCES.iter().find(|(en, _)| *en == message);
    match (lang, known) {
        (Lang::Id, Some((_, id))) => (*id).to_owned(),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every message that this crate's mapping can raise about a row has an Indonesian sentence.
    #[test]
    fn every_message_has_its_sentence() {
        let sources = [
            include_str!("audience.rs"),
            include_str!("draft.rs"),
            include_str!("filters/list.rs"),
            include_str!("filters/mod.rs"),
            include_str!("filters/number.rs"),
            include_str!("filters/time.rs"),
            include_str!("links.rs"),
            include_str!("mod.rs"),
            include_str!("script.rs"),
            include_str!("shape.rs"),
        ];
        let mut found = 0;
        for source in sources {
            let quoted: Vec<&str> = source.split('"').collect();
            for at in (1..quoted.len()).step_by(2) {
                let before = quoted[at - 1].trim_end();
                let field = before.ends_with("FieldFault::new(");
                // A field's fault names the field first; the message is the next literal.
                let message = match field {
                    true if quoted
                        .get(at + 1)
                        .is_some_and(|between| between.trim() == ",") =>
                    {
                        quoted[at + 2]
                    }
                    false if before.ends_with("Fault::new(") || before.ends_with("wrong(") => {
                        quoted[at]
                    }
                    _ => continue,
                };
                // Those that begin with a backtick blame a literal in the connector, not a row.
                if message.starts_with(['`', '{']) {
                    continue;
                }
                found += 1;
                assert_ne!(
                    row_sentence(message, Lang::Id),
                    message,
                    "no sentence for it"
                );
            }
        }
        assert!(found > 15, "{found}");
    }
}
