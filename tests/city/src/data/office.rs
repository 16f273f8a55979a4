//! Words for the office: letters, documents, archive, regulations, leave.
//!
//! Owns words only.

use super::{Theme, more};
use crate::people::people;
use crate::rng::Rng;
use crate::state::Record;
use chrono::{Datelike, Duration};
use serde_json::{Map, Value, json};

pub(super) const LETTERS: Theme = Theme {
    count: 46,
    step: 7,
    titles: &[
        "Undangan rapat koordinasi layanan publik di {tempat}",
        "Permohonan data jumlah pegawai {unit}",
        "Edaran jam kerja menjelang hari raya",
        "Permintaan tenaga teknis untuk kegiatan di {tempat}",
        "Laporan pelaksanaan kerja bakti di {tempat}",
        "Penyampaian jadwal pemeliharaan jaringan",
        "Usulan peserta bimbingan teknis aplikasi surat",
        "Tanggapan atas hasil pemeriksaan triwulan {n}",
        "Permohonan pinjam ruang rapat lantai {n}",
        "Pemberitahuan perubahan nomor rekening kas kegiatan",
    ],
    texts: &[
        "Mohon hadir tepat waktu dan membawa bahan dari unit masing-masing.",
        "Mohon data dikirim paling lambat akhir minggu ini dengan format terlampir.",
        "Surat ini disampaikan untuk menjadi perhatian dan dilaksanakan.",
        "Hasil kegiatan disampaikan sebagai bahan evaluasi pimpinan.",
    ],
    units: &[
        "030801", "030892", "030201", "030101", "040301", "011301", "170001", "140018",
    ],
    states: &[
        "Baru",
        "Didisposisi",
        "Didisposisi",
        "Diproses",
        "Selesai",
        "Ditarik",
    ],
    priorities: &["Biasa", "Biasa", "Segera", "Amat Segera"],
    due_days: 4,
    happens: false,
    more: letter,
};

fn letter(rng: &mut Rng, record: &Record) -> Map<String, Value> {
    let people = people();
    let who = |rng: &mut Rng| people[rng.below(30) as usize].name;
    let steps = if record.state == "Baru" {
        0
    } else {
        1 + rng.below(2)
    };
    let orders = [
        "Untuk ditindaklanjuti",
        "Pelajari dan laporkan",
        "Hadiri dan wakili",
        "Untuk diketahui",
    ];
    let handed_down: Vec<Value> = (1..=steps)
        .map(|step| {
            json!({
                "id": record.id * 10 + step, "dari": who(rng), "kepada": who(rng), "instruksi": rng.pick(&orders),
                "catatan": "Koordinasikan dengan bidang terkait (contoh).",
                "batas": (record.created + Duration::days(3)).format("%Y-%m-%d").to_string(),
                "dibaca": if step == 1 { Value::from(record.created.to_rfc3339()) } else { Value::Null },
                "induk": if step == 1 { Value::Null } else { Value::from(record.id * 10 + step - 1) },
            })
        })
        .collect();
    more([
        (
            "nomor",
            format!(
                "{:03}/{}/CONTOH/{}",
                record.id % 1000,
                100 + rng.below(800),
                record.created.year()
            )
            .into(),
        ),
        (
            "dari",
            crate::units::name_of(rng.pick(&["040201", "030701", "031401", "040701", "011201"]))
                .into(),
        ),
        (
            "arah",
            rng.pick(&["masuk", "masuk", "masuk", "keluar"]).into(),
        ),
        (
            "klasifikasi",
            format!("{:03}.{}", 5 + rng.below(900), 1 + rng.below(9)).into(),
        ),
        ("sifat", rng.pick(&["biasa", "biasa", "terbatas"]).into()),
        ("disposisi", handed_down.into()),
    ])
}

pub(super) const DOCUMENTS: Theme = Theme {
    count: 24,
    step: 19,
    titles: &[
        "Bahan paparan rapat {unit}",
        "Panduan penggunaan aplikasi surat, edisi {n}",
        "Notula rapat mingguan {unit}",
        "Foto kegiatan di {tempat}",
        "Standar pelayanan {unit}",
        "Video sosialisasi layanan di {tempat}",
    ],
    texts: &[
        "Berkas dapat diunduh oleh pegawai.",
        "Versi akhir yang sudah disepakati dalam rapat.",
    ],
    units: &["030801", "030891", "030893", "030201", "040201"],
    states: &["terbit", "terbit", "draf"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, record| {
        more([
            (
                "jenis",
                rng.pick(&["Paparan", "Panduan", "Notula", "Gambar"]).into(),
            ),
            ("versi", format!("1.{}", record.id % 5).into()),
            ("ukuran", (20_000 + rng.below(900_000)).into()),
        ])
    },
};

pub(super) const ARCHIVE: Theme = Theme {
    count: 14,
    step: 40,
    titles: &[
        "Berkas kepegawaian yang dipindahkan, boks {n}",
        "Arsip foto pembukaan {tempat}",
        "Berita acara pemindahan arsip {unit}",
        "Daftar arsip inaktif {unit}",
    ],
    texts: &[
        "Arsip tersimpan di depo contoh.",
        "Sudah diperiksa arsiparis dan siap dipinjam.",
    ],
    units: &["040701", "030801", "140018"],
    states: &["aktif", "inaktif"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, _| {
        more([
            ("klasifikasi", format!("{:03}", rng.below(999)).into()),
            (
                "nasib",
                rng.pick(&["permanen", "musnah", "dinilai kembali"]).into(),
            ),
        ])
    },
};

pub(super) const REGULATIONS: Theme = Theme {
    count: 18,
    step: 90,
    titles: &[
        "Peraturan Wali Kota (contoh) tentang Tata Naskah Dinas Elektronik",
        "Peraturan Daerah (contoh) tentang Pengelolaan Sampah Rumah Tangga",
        "Keputusan Wali Kota (contoh) tentang Tim Penyelenggara Statistik Sektoral",
        "Peraturan Wali Kota (contoh) tentang Pakaian Dinas Pegawai",
        "Instruksi Wali Kota (contoh) tentang Penghematan Listrik Kantor",
        "Peraturan Daerah (contoh) tentang Perlindungan Pohon di {tempat}",
    ],
    texts: &[
        "Menetapkan tata cara dan tanggung jawab perangkat daerah.",
        "Mengatur kewajiban, pembinaan dan pengawasan.",
    ],
    units: &["011201"],
    states: &["Berlaku", "Berlaku", "Dicabut"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, record| {
        more([
            ("nomor", (1 + record.id % 60).to_string().into()),
            (
                "bidang",
                rng.pick(&["Pemerintahan", "Lingkungan", "Kepegawaian"])
                    .into(),
            ),
        ])
    },
};

pub(super) const LEAVE: Theme = Theme {
    count: 16,
    step: 11,
    titles: &[
        "Persetujuan cuti tahunan ({n} hari)",
        "Persetujuan izin belajar",
        "Persetujuan kenaikan gaji berkala",
        "Persetujuan pemutakhiran data keluarga",
    ],
    texts: &[
        "Berkas lengkap, menunggu keputusan atasan.",
        "Diajukan melalui aplikasi kepegawaian.",
    ],
    units: &["030801", "030892", "040301", "030201"],
    states: &["Menunggu", "Menunggu", "Disetujui", "Ditolak"],
    priorities: &["Biasa", "Segera"],
    due_days: 6,
    happens: false,
    more: |_, record| more([("langkah", format!("tahap {}", 1 + record.id % 2).into())]),
};
