//! What the fields of each kind's body are called elsewhere, Indonesian and English.

use super::{Called, Holds, called};
use divos_model::Kind;

/// The fields of a kind's body that one column can hold.
pub(in crate::infer) fn body(kind: Kind) -> &'static [Called] {
    match kind {
        Kind::Letter => &LETTER,
        Kind::Ticket => &TICKET,
        Kind::ServiceRequest => &REQUEST,
        Kind::Event => &EVENT,
        Kind::Attendance => &ATTENDANCE,
        Kind::Regulation => &REGULATION,
        Kind::Dataset => &DATASET,
        Kind::Document => &DOCUMENT,
        Kind::Report => &REPORT,
        Kind::Approval => &APPROVAL,
        Kind::Task | Kind::Announcement => &[],
    }
}

const LETTER: [Called; 5] = [
    called(
        "number",
        Holds::Text,
        &["nomor_surat", "no_surat", "nomor", "number", "nomor_agenda"],
    ),
    called(
        "from",
        Holds::Person,
        &[
            "pengirim",
            "dari",
            "asal",
            "asal_surat",
            "from",
            "sender",
            "instansi_pengirim",
        ],
    ),
    called(
        "to",
        Holds::Texts,
        &["kepada", "tujuan", "penerima", "to", "recipient"],
    ),
    called(
        "type",
        Holds::Text,
        &["jenis_surat", "jenis", "type", "tipe"],
    ),
    called(
        "classification",
        Holds::Text,
        &["klasifikasi", "kode_klasifikasi", "classification"],
    ),
];
const TICKET: [Called; 4] = [
    called(
        "category",
        Holds::Text,
        &["kategori", "category", "jenis_aduan", "jenis", "topik"],
    ),
    called("type", Holds::Text, &["tipe", "type", "klasifikasi"]),
    called(
        "reporter",
        Holds::Person,
        &[
            "pelapor",
            "nama_pelapor",
            "pengadu",
            "reporter",
            "author_name",
            "nama",
        ],
    ),
    called(
        "location",
        Holds::Text,
        &["lokasi", "location", "alamat", "tempat", "wilayah"],
    ),
];
const REQUEST: [Called; 2] = [
    called(
        "service",
        Holds::Text,
        &[
            "layanan",
            "jenis_layanan",
            "jenis_izin",
            "jenis_permohonan",
            "service",
            "izin",
        ],
    ),
    called(
        "applicant",
        Holds::Person,
        &["pemohon", "nama_pemohon", "applicant", "nama"],
    ),
];
const EVENT: [Called; 2] = [
    called(
        "place",
        Holds::Text,
        &["tempat", "lokasi", "place", "location", "ruang", "ruangan"],
    ),
    called(
        "organizer",
        Holds::Text,
        &["penyelenggara", "organizer", "opd"],
    ),
];
const ATTENDANCE: [Called; 5] = [
    called(
        "person",
        Holds::Person,
        &["nama_pegawai", "nama", "pegawai", "nip", "person", "name"],
    ),
    called("date", Holds::Day, &["tanggal", "tgl", "date", "hari"]),
    called("in", Holds::Time, &["jam_masuk", "masuk", "check_in", "in"]),
    called(
        "out",
        Holds::Time,
        &["jam_pulang", "pulang", "jam_keluar", "check_out", "out"],
    ),
    called(
        "status",
        Holds::Text,
        &["status", "keterangan", "kehadiran"],
    ),
];
const REGULATION: [Called; 5] = [
    called(
        "type",
        Holds::Text,
        &["jenis", "jenis_peraturan", "bentuk", "type"],
    ),
    called(
        "number",
        Holds::Text,
        &["nomor", "no_peraturan", "nomor_peraturan", "number"],
    ),
    called(
        "year",
        Holds::Number,
        &["tahun", "year", "tahun_pengundangan"],
    ),
    called(
        "promulgated",
        Holds::Day,
        &["tanggal_pengundangan", "tgl_pengundangan", "diundangkan"],
    ),
    called("subject", Holds::Text, &["subjek", "subject"]),
];
const DATASET: [Called; 3] = [
    called(
        "publisher",
        Holds::Text,
        &[
            "penerbit",
            "publisher",
            "organisasi",
            "organization",
            "produsen",
            "opd",
        ],
    ),
    called(
        "license",
        Holds::Text,
        &["lisensi", "license", "license_title"],
    ),
    called(
        "periodicity",
        Holds::Text,
        &["frekuensi", "periode", "periodicity"],
    ),
];
const DOCUMENT: [Called; 3] = [
    called(
        "doc_type",
        Holds::Text,
        &["jenis_dokumen", "jenis", "tipe", "type", "kategori"],
    ),
    called(
        "classification",
        Holds::Text,
        &["klasifikasi", "kode_klasifikasi", "classification"],
    ),
    called("version", Holds::Text, &["versi", "version", "revisi"]),
];
const REPORT: [Called; 3] = [
    called(
        "period",
        Holds::Text,
        &[
            "periode", "period", "triwulan", "semester", "bulan", "tahun",
        ],
    ),
    called(
        "subject",
        Holds::Text,
        &["sasaran", "subjek", "unit_kerja", "opd", "subject"],
    ),
    called(
        "predicate",
        Holds::Text,
        &["predikat", "nilai_huruf", "predicate"],
    ),
];
const APPROVAL: [Called; 3] = [
    called("subject", Holds::Text, &["usulan", "subjek", "subject"]),
    called("step", Holds::Text, &["tahap", "tahapan", "step"]),
    called("decision", Holds::Text, &["keputusan", "decision"]),
];
