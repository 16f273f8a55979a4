//! Which kind of the common model rows are, by the words around them and in their fields.

use super::words::words;
use super::{Finding, Said};
use divos_model::{Kind, Lang};

/// Words that speak for a kind. A word counts once; around the rows it counts twice.
const SPEAK: &[(Kind, &[&str])] = &[
    (
        Kind::Letter,
        &[
            "surat",
            "perihal",
            "pengirim",
            "disposisi",
            "naskah",
            "letter",
            "letters",
            "memo",
            "kepada",
            "penerima",
            "mail",
        ],
    ),
    (
        Kind::Ticket,
        &[
            "aduan",
            "pengaduan",
            "keluhan",
            "lapor",
            "pelapor",
            "pengadu",
            "tiket",
            "ticket",
            "tickets",
            "issue",
            "issues",
            "complaint",
            "helpdesk",
            "insiden",
            "gangguan",
            "darurat",
        ],
    ),
    (
        Kind::ServiceRequest,
        &[
            "permohonan",
            "pemohon",
            "izin",
            "perizinan",
            "layanan",
            "antrian",
            "antrean",
            "loket",
            "pendaftaran",
            "booking",
            "peminjaman",
            "applicant",
            "berkas",
            "tagihan",
        ],
    ),
    (
        Kind::Event,
        &[
            "agenda", "acara", "jadwal", "rapat", "event", "events", "dtstart", "kalender",
            "calendar", "tempat", "mulai",
        ],
    ),
    (
        Kind::Attendance,
        &[
            "presensi",
            "absensi",
            "absen",
            "kehadiran",
            "pulang",
            "attendance",
            "hadir",
        ],
    ),
    (
        Kind::Regulation,
        &[
            "peraturan",
            "perda",
            "perwali",
            "regulasi",
            "pengundangan",
            "jdih",
            "regulation",
            "hukum",
        ],
    ),
    (
        Kind::Dataset,
        &[
            "dataset",
            "datasets",
            "metadata",
            "opendata",
            "lisensi",
            "license",
            "distribusi",
        ],
    ),
    (
        Kind::Report,
        &[
            "realisasi",
            "capaian",
            "kinerja",
            "indikator",
            "target",
            "rekap",
            "laporan",
            "anggaran",
            "triwulan",
            "semester",
            "statistik",
            "report",
            "jumlah",
            "nilai",
            "penerimaan",
        ],
    ),
    (
        Kind::Announcement,
        &[
            "berita",
            "pengumuman",
            "artikel",
            "news",
            "post",
            "posts",
            "blog",
            "announcement",
            "excerpt",
            "headline",
            "rilis",
            "penulis",
        ],
    ),
    (
        Kind::Task,
        &[
            "tugas",
            "task",
            "tasks",
            "todo",
            "pekerjaan",
            "assignee",
            "penugasan",
        ],
    ),
    (
        Kind::Approval,
        &[
            "persetujuan",
            "usulan",
            "approval",
            "verifikasi",
            "pengesahan",
            "rekomendasi",
        ],
    ),
    (
        Kind::Document,
        &[
            "dokumen",
            "arsip",
            "document",
            "documents",
            "file",
            "pustaka",
            "koleksi",
            "buku",
            "naskah",
            "klasifikasi",
        ],
    ),
];

/// Chooses the kind; `columns` are the names of the fields.
pub(super) fn kind(about: &str, columns: &[String]) -> (Kind, Finding) {
    let around = words(about);
    let inside: Vec<String> = columns.iter().flat_map(|name| words(name)).collect();
    let mut scored: Vec<(usize, Kind, Vec<&str>)> = SPEAK
        .iter()
        .map(|(kind, speak)| {
            let near = speak
                .iter()
                .filter(|word| around.iter().any(|said| said == *word));
            let within = speak
                .iter()
                .filter(|word| inside.iter().any(|said| said == *word));
            let score = 2 * near.clone().count() + within.clone().count();
            let mut heard: Vec<&str> = near.copied().collect();
            for word in within {
                if !heard.contains(word) {
                    heard.push(word);
                }
            }
            (score, *kind, heard)
        })
        .collect();
    // The first of equals stays first.
    scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let second = scored.get(1).map_or(0, |(score, ..)| *score);
    match scored.first() {
        Some((score, kind, heard)) if *score > 0 => {
            let margin = score - second;
            let confidence = (45 + 10 * score.min(&4) + 5 * margin.min(2)).min(95);
            let heard = heard.join(", ");
            let why = Said::new(format!("kata: {heard}"), format!("words: {heard}"));
            (*kind, finding(*kind, confidence, why))
        }
        _ => {
            let why = Said::new(
                "tidak ada kata yang menunjukkan jenisnya; arsip dipilih karena paling umum",
                "no word says what it is; a document, the most general, is chosen",
            );
            (Kind::Document, finding(Kind::Document, 25, why))
        }
    }
}

fn finding(kind: Kind, confidence: usize, why: Said) -> Finding {
    let confidence = u8::try_from(confidence).unwrap_or(95);
    let shown = format!("{} ({})", kind.as_str(), kind.label(Lang::Id));
    Finding::new("to", shown, confidence, why)
}
