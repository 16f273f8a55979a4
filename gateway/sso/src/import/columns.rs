//! The columns of a file of people, by every name that files give them, and the words that cells may hold.

use super::table::Known;
use divos_store::AssignmentKind;

pub(super) const NIP: usize = 0;
pub(super) const NAME: usize = 1;
pub(super) const EMAIL: usize = 2;
pub(super) const USERNAME: usize = 3;
pub(super) const STATUS: usize = 4;
pub(super) const UNIT: usize = 5;
pub(super) const POST: usize = 6;
pub(super) const POST_TYPE: usize = 7;
pub(super) const ASSIGNMENT: usize = 8;
pub(super) const FROM: usize = 9;
pub(super) const TO: usize = 10;
pub(super) const ROLES: usize = 11;
pub(super) const PASSWORD: usize = 12;

/// The columns, by the numbers above.
pub(super) const COLUMNS: &[Known] = &[
    (
        "nip",
        &["nipbaru", "nippppk", "nipnippppk", "nomorindukpegawai"],
    ),
    ("name", &["nama", "namalengkap", "fullname", "namapegawai"]),
    (
        "email",
        &["surel", "emaildinas", "alamatsurel", "mail", "emailaddress"],
    ),
    ("username", &["namapengguna", "user", "login"]),
    (
        "status",
        &[
            "jenisasn",
            "statuspegawai",
            "statuskepegawaian",
            "jenispegawai",
        ],
    ),
    (
        "unit",
        &[
            "kodeunit",
            "unitkerja",
            "kodeunitkerja",
            "kodeopd",
            "opd",
            "unitcode",
        ],
    ),
    ("post", &["jabatan", "namajabatan", "title", "position"]),
    (
        "post_type",
        &["jenisjabatan", "tipejabatan", "posttype", "type"],
    ),
    (
        "assignment",
        &["penugasan", "statusjabatan", "jenispenugasan"],
    ),
    (
        "from",
        &["mulai", "dari", "tmt", "tmtjabatan", "sejak", "start"],
    ),
    (
        "to",
        &["sampai", "hingga", "selesai", "berakhir", "end", "until"],
    ),
    ("roles", &["peran", "role", "hakakses"]),
    ("password", &["katasandi", "sandi", "kata_sandi"]),
];

/// Types of posts, by every word for them.
pub(super) const POST_TYPES: &[(&str, &str)] = &[
    ("struktural", "struktural"),
    ("fungsional", "fungsional"),
    ("pelaksana", "pelaksana"),
    ("structural", "struktural"),
    ("functional", "fungsional"),
    ("general", "pelaksana"),
];

/// Capacities in which a post is held.
pub(super) const ASSIGNMENTS: &[(&str, AssignmentKind)] = &[
    ("definitif", AssignmentKind::Definitif),
    ("plt", AssignmentKind::Plt),
    ("plh", AssignmentKind::Plh),
    ("pj", AssignmentKind::Pj),
    ("definitive", AssignmentKind::Definitif),
];
