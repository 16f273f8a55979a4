//! Words for what the city says and hears: complaints, news, notices, prices, warnings, permits.
//!
//! Owns words only.

use super::{Theme, more};
use serde_json::{Value, json};

pub(super) const COMPLAINTS: Theme = Theme {
    count: 48,
    step: 5,
    titles: &[
        "Lampu jalan mati di {tempat}",
        "Jalan berlubang di {tempat}",
        "Sampah menumpuk di {tempat}",
        "Saluran air tersumbat di {tempat}",
        "Pohon tumbang menutup trotoar {tempat}",
        "Antrean layanan terlalu lama di {tempat}",
        "Usul penambahan tempat duduk di {tempat}",
        "Tanya syarat pindah domisili",
        "Parkir liar menutup akses {tempat}",
        "Air keran keruh sejak pagi di {tempat}",
    ],
    texts: &[
        "Mohon segera ditangani karena mengganggu warga sekitar.",
        "Sudah berlangsung {n} hari dan belum ada petugas yang datang.",
        "Warga berharap ada kabar dari dinas terkait.",
    ],
    units: &["030301", "030501", "030701", "030601", "170001", "030801"],
    states: &[
        "New",
        "New",
        "In Progress",
        "Resolved",
        "Feedback",
        "Closed",
        "Rejected",
    ],
    priorities: &["Low", "Normal", "Normal", "High", "Urgent"],
    due_days: 5,
    happens: false,
    more: |rng, _| {
        more([
            ("persen", (rng.below(11) * 10).into()),
            (
                "jenis",
                rng.pick(&["Pengaduan", "Aspirasi", "Informasi"]).into(),
            ),
        ])
    },
};

pub(super) const NEWS: Theme = Theme {
    count: 34,
    step: 13,
    titles: &[
        "Jadwal vaksinasi gratis di {tempat}",
        "Pasar murah & bazar UMKM di {tempat}",
        "Pemeliharaan pipa air: aliran padam sementara di {tempat}",
        "Pendaftaran siswa baru dibuka – siapkan \"berkas\" berikut",
        "Bus sekolah menambah rute lewat {tempat}",
        "Lomba kebersihan banjar: nilai {tempat} > 90 & < 100",
        "Layanan administrasi keliling hadir di {tempat}",
        "Pengalihan arus lalu lintas di sekitar {tempat}",
    ],
    texts: &[
        "Kegiatan dimulai pukul 08.00 WITA dan terbuka untuk umum; warga diminta membawa KTP.",
        "Keterangan lebih lanjut dapat ditanyakan pada petugas di lokasi.",
        "Pemerintah kota mengucapkan terima kasih atas partisipasi warga.",
    ],
    units: &["030801", "030201", "030101", "030701", "031401"],
    states: &["publish"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, _| more([("kategori", (2 + rng.below(5)).into())]),
};

pub(super) const BULLETIN: Theme = Theme {
    count: 15,
    step: 30,
    titles: &[
        "Pemeliharaan pusat data malam ini pukul 22.00 WITA",
        "Tips {n}: memakai sandi yang kuat",
        "Hasil evaluasi SPBE triwulan {n} (contoh)",
        "Aplikasi {unit} kini memakai satu pintu masuk",
        "Pelatihan keamanan informasi untuk {unit}",
    ],
    texts: &[
        "Harap simpan pekerjaan sebelum jadwal pemeliharaan.",
        "Pengumuman ini berlaku untuk semua perangkat daerah.",
    ],
    units: &["030801", "030892", "040201"],
    states: &["terbit"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |_, _| more::<0>([]),
};

pub(super) const DISCLOSURE: Theme = Theme {
    count: 12,
    step: 44,
    titles: &[
        "Daftar informasi publik {unit}",
        "Laporan layanan informasi triwulan {n}",
        "Ringkasan anggaran {unit} (contoh)",
    ],
    texts: &[
        "Informasi ini wajib diumumkan secara berkala.",
        "Dokumen lengkap tersedia pada petugas informasi.",
    ],
    units: &["030801", "030201", "140018"],
    states: &["terbit"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |_, _| more::<0>([]),
};

pub(super) const PRICES: Theme = Theme {
    count: 16,
    step: 12,
    titles: &[
        "Harga beras di {tempat}",
        "Harga cabai rawit di {tempat}",
        "Harga minyak goreng di {tempat}",
        "Harga telur di {tempat}",
    ],
    texts: &[
        "Harga rata-rata pagi ini naik {n} persen.",
        "Harga stabil dibanding kemarin.",
    ],
    units: &["031401"],
    states: &["terbit"],
    priorities: &["normal"],
    due_days: 0,
    happens: false,
    more: |rng, _| more([("harga", (9_000 + 500 * rng.below(90)).into())]),
};

pub(super) const WARNINGS: Theme = Theme {
    count: 8,
    step: 9,
    titles: &[
        "Tinggi air di {tempat}: siaga {n}",
        "Sensor {n} di {tempat} kembali normal",
        "Hujan lebat diperkirakan di sekitar {tempat}",
    ],
    texts: &[
        "Warga di bantaran sungai diminta waspada.",
        "Petugas memantau lokasi setiap jam.",
    ],
    units: &["040801"],
    states: &["siaga", "normal"],
    priorities: &["tinggi", "normal"],
    due_days: 0,
    happens: false,
    more: |rng, _| more([("tinggi_cm", (40 + rng.below(200)).into())]),
};

pub(super) const PERMITS: Theme = Theme {
    count: 37,
    step: 8,
    titles: &[
        "Permohonan izin usaha kecil di {tempat}",
        "Permohonan izin reklame di {tempat}",
        "Permohonan izin praktik perawat",
        "Permohonan persetujuan bangunan di {tempat}",
    ],
    texts: &[
        "Berkas diterima lewat loket daring.",
        "Menunggu pemeriksaan lapangan oleh petugas.",
    ],
    units: &["140018", "140091"],
    states: &["diajukan", "diperiksa", "terbit", "ditolak", "dibatalkan"],
    priorities: &["normal"],
    due_days: 10,
    happens: false,
    more: |rng, record| {
        let applicant: Value = format!("Pemohon Contoh {}", record.id % 100).into();
        more([
            ("pemohon", applicant),
            ("syarat", json!(["KTP (contoh)", "Denah lokasi (contoh)"])),
            (
                "layanan",
                rng.pick(&["Izin usaha", "Izin reklame", "Izin praktik"])
                    .into(),
            ),
        ])
    },
};
