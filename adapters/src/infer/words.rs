//! Words, Indonesian and English: how names are compared, and which say what a field of the model is called elsewhere.

mod bodies;
mod people;

pub(super) use bodies::body;
pub use people::is_personal_name;
pub(super) use people::{EMAIL, NIK, NIP, PERSON, PHONE};

/// The words of a name in lower case: `tglSurat`, `Tgl. Surat` and `tgl_surat` are the same.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            out.push(' ');
        }
        out.extend(if c.is_alphanumeric() {
            c.to_lowercase().collect::<Vec<_>>()
        } else {
            vec![' ']
        });
        before = c;
    }
    out.split_whitespace().map(str::to_owned).collect()
}

/// The words of a name, joined by `_`.
pub(super) fn folded(text: &str) -> String {
    words(text).join("_")
}

/// What a target holds, as far as a column's values can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    /// A text that may be long.
    Prose,
    Time,
    Day,
    Number,
    Address,
    /// One of a few words.
    Word,
    /// The name of a person.
    Person,
    /// Several texts.
    Texts,
}

/// A field of the model and what it is called elsewhere, the likeliest name first.
pub(super) struct Called {
    pub(super) target: &'static str,
    pub(super) holds: Holds,
    pub(super) names: &'static [&'static str],
}

const fn called(target: &'static str, holds: Holds, names: &'static [&'static str]) -> Called {
    Called {
        target,
        holds,
        names,
    }
}

/// The fields of the envelope.
pub(super) const ENVELOPE: &[Called] = &[
    called(
        "title",
        Holds::Text,
        &[
            "judul",
            "title",
            "perihal",
            "hal",
            "subject",
            "headline",
            "summary",
            "topik",
            "nama_kegiatan",
            "kegiatan",
            "tentang",
            "acara",
            "agenda",
            "subjek",
            "nama_layanan",
            "uraian",
            "keluhan",
            "aduan",
            "nama",
            "name",
            "label",
            "jenis_layanan",
            "keterangan",
            "deskripsi",
        ],
    ),
    called(
        "summary",
        Holds::Prose,
        &[
            "ringkasan",
            "summary",
            "excerpt",
            "abstrak",
            "abstract",
            "deskripsi",
            "description",
            "isi",
            "isi_ringkas",
            "uraian",
            "keterangan",
            "content",
            "body",
            "notes",
            "catatan",
            "detail",
        ],
    ),
    called(
        "updated_at",
        Holds::Time,
        &[
            "updated_at",
            "diubah",
            "diubah_pada",
            "waktu_ubah",
            "tgl_ubah",
            "tanggal_ubah",
            "modified_gmt",
            "modified",
            "last_modified",
            "updated",
            "updated_on",
            "last_update",
            "diperbarui",
            "terakhir_diubah",
            "changed",
            "metadata_modified",
            "date_modified",
        ],
    ),
    called(
        "created_at",
        Holds::Time,
        &[
            "created_at",
            "dibuat",
            "dibuat_pada",
            "waktu_buat",
            "created",
            "created_on",
            "date_gmt",
            "date_published",
            "published",
            "tanggal",
            "tgl",
            "tanggal_masuk",
            "tgl_masuk",
            "tanggal_surat",
            "tgl_surat",
            "tanggal_terbit",
            "tgl_terbit",
            "diterima",
            "waktu",
            "date",
            "tanggal_daftar",
            "tgl_lapor",
            "issued",
        ],
    ),
    called(
        "due_at",
        Holds::Time,
        &[
            "due_date",
            "due",
            "due_at",
            "tenggat",
            "batas_waktu",
            "jatuh_tempo",
            "deadline",
            "tgl_jatuh_tempo",
        ],
    ),
    called(
        "starts_at",
        Holds::Time,
        &[
            "start",
            "mulai",
            "starts_at",
            "start_date",
            "dtstart",
            "waktu_mulai",
            "tgl_mulai",
            "tanggal_mulai",
            "jam_mulai",
        ],
    ),
    called(
        "ends_at",
        Holds::Time,
        &[
            "end",
            "selesai",
            "ends_at",
            "end_date",
            "dtend",
            "waktu_selesai",
            "tgl_selesai",
            "tanggal_selesai",
            "berakhir",
        ],
    ),
    called(
        "state",
        Holds::Word,
        &[
            "status",
            "state",
            "kondisi",
            "status_surat",
            "status_aduan",
            "keadaan",
            "posisi",
        ],
    ),
    called(
        "priority",
        Holds::Word,
        &["prioritas", "priority", "urgensi", "sifat"],
    ),
    called(
        "web",
        Holds::Address,
        &[
            "link",
            "url",
            "permalink",
            "html_url",
            "tautan",
            "web",
            "href",
            "url_detail",
            "alamat_web",
        ],
    ),
];
