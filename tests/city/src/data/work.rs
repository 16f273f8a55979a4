//! Words for the working day: agenda, tasks, attendance, progress.
//!
//! Owns words only.

use super::{Theme, more};
use crate::people::people;
use serde_json::json;

pub(super) const AGENDA: Theme = Theme {
    count: 32,
    step: 6,
    titles: &[
        "Rapat mingguan {unit}",
        "Apel pagi bersama di {tempat}",
        "Kunjungan lapangan ke {tempat}",
        "Sosialisasi layanan satu pintu di {tempat}",
        "Pembahasan anggaran {unit}",
        "Pelatihan aplikasi kinerja, gelombang {n}",
    ],
    texts: &[
        "Harap hadir sepuluh menit sebelum acara.",
        "Bahan rapat dibagikan lewat aplikasi dokumen.",
    ],
    units: &["030801", "030892", "030201", "030101", "040201", "170001"],
    states: &["terjadwal", "terjadwal", "terjadwal", "selesai", "batal"],
    priorities: &["normal"],
    due_days: 0,
    happens: true,
    more: |rng, record| {
        more([
            (
                "ruang",
                rng.pick(&[
                    "Ruang Rapat Contoh A",
                    "Ruang Rapat Contoh B",
                    "Aula Contoh",
                ])
                .into(),
            ),
            ("penyelenggara", crate::units::name_of(&record.unit).into()),
        ])
    },
};

pub(super) const TASKS: Theme = Theme {
    count: 44,
    step: 6,
    titles: &[
        "Perbaiki jaringan di {tempat}",
        "Perbarui data pegawai {unit}",
        "Siapkan bahan paparan untuk {unit}",
        "Periksa cadangan data server {n}",
        "Lengkapi bukti kinerja bulan ini",
        "Balas pertanyaan warga tentang layanan di {tempat}",
        "Pasang titik akses baru di {tempat}",
    ],
    texts: &[
        "Laporkan hasilnya kepada kepala seksi.",
        "Kerjakan bersama tim dan catat waktunya.",
    ],
    units: &["030894", "030892", "030893", "030891"],
    states: &["todo", "doing", "doing", "blocked", "done"],
    priorities: &["1", "2", "2", "3", "4"],
    due_days: 3,
    happens: false,
    more: |rng, _| {
        let people = people();
        more([
            ("pelaksana", json!([people[rng.below(8) as usize].name])),
            ("persen", (rng.below(5) * 25).into()),
            (
                "asal",
                rng.pick(&["Rapat", "Disposisi", "Permintaan layanan"])
                    .into(),
            ),
        ])
    },
};

pub(super) const ATTENDANCE: Theme = Theme {
    count: 40,
    step: 4,
    titles: &["Presensi pegawai {unit}"],
    texts: &["Dicatat oleh mesin presensi contoh."],
    units: &["030801", "030894", "030201", "170001"],
    states: &["hadir", "hadir", "hadir", "terlambat", "dinas luar", "cuti"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, _| {
        let people = people();
        let who = &people[rng.below(30) as usize];
        more([
            ("nip", who.nip.clone().into()),
            ("nama", who.name.into()),
            ("masuk", format!("07:{:02}", 5 + rng.below(40)).into()),
            ("pulang", format!("15:{:02}", 30 + rng.below(29)).into()),
            ("cara", rng.pick(&["kantor", "lapangan"]).into()),
        ])
    },
};

pub(super) const PROGRESS: Theme = Theme {
    count: 26,
    step: 20,
    titles: &[
        "Rehabilitasi drainase {tempat}",
        "Pengadaan komputer {unit}",
        "Perbaikan atap gedung di {tempat}",
        "Pelatihan kader kesehatan di {tempat}",
    ],
    texts: &[
        "Kemajuan fisik dan keuangan dilaporkan tiap bulan.",
        "Bukti foto sudah diunggah oleh pelaksana.",
    ],
    units: &["030301", "030801", "030201", "040201"],
    states: &["Berjalan", "Berjalan", "Selesai", "Terlambat"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, record| {
        more([
            (
                "kode",
                format!("5.02.{:02}.{}", record.id % 100, 1 + rng.below(9)).into(),
            ),
            (
                "fisik",
                format!("{},{}", rng.below(100), rng.below(10)).into(),
            ),
            (
                "keuangan",
                format!("{},{}", rng.below(100), rng.below(10)).into(),
            ),
            (
                "pagu",
                format!("{}.{:03}.000", 10 + rng.below(900), rng.below(1000)).into(),
            ),
        ])
    },
};
