//! What the words of a status mean in the model's vocabularies; a word that is not known stays unknown.

use divos_model::{Priority, State};

const STATES: &[(State, &[&str])] = &[
    (
        State::Rejected,
        &["tolak", "reject", "refused", "gagal", "tidak memenuhi"],
    ),
    (State::Cancelled, &["batal", "cancel", "lewat", "hapus"]),
    (State::Withdrawn, &["cabut", "tarik", "withdraw"]),
    (
        State::Done,
        &[
            "selesai",
            "done",
            "closed",
            "tutup",
            "resolved",
            "lunas",
            "terbit",
            "disetujui",
            "approved",
            "tuntas",
            "diterima",
            "completed",
            "lulus",
            "arsip",
        ],
    ),
    (
        State::Waiting,
        &[
            "tunda",
            "pending",
            "umpan balik",
            "feedback",
            "perbaikan",
            "waiting",
            "hold",
            "revisi",
        ],
    ),
    (State::Draft, &["konsep", "draft", "draf"]),
    (
        State::Active,
        &[
            "proses",
            "kerja",
            "progress",
            "aktif",
            "active",
            "jalan",
            "open",
            "tangani",
            "layani",
            "disposisi",
            "berlaku",
            "publish",
            "verifikasi",
            "tindak",
        ],
    ),
    (
        State::Pending,
        &[
            "baru", "new", "tunggu", "antri", "antre", "ajukan", "belum", "masuk", "queued",
            "terkirim",
        ],
    ),
];

const PRIORITIES: &[(Priority, &[&str])] = &[
    (
        Priority::Urgent,
        &[
            "sangat segera",
            "kilat",
            "urgent",
            "mendesak",
            "darurat",
            "immediate",
            "critical",
            "kritis",
        ],
    ),
    (Priority::High, &["segera", "tinggi", "high", "penting"]),
    (Priority::Low, &["rendah", "low"]),
    (Priority::Normal, &["biasa", "normal", "sedang", "medium"]),
];

/// The model's word for a status; `None` where it is not known.
pub(super) fn state(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let said = |(_, parts): &&(State, &[&str])| parts.iter().any(|part| word.contains(part));
    STATES.iter().find(said).map(|(state, _)| state.as_str())
}

/// The model's word for a priority; `None` where it is not known.
pub(super) fn priority(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let said = |(_, parts): &&(Priority, &[&str])| parts.iter().any(|part| word.contains(part));
    PRIORITIES
        .iter()
        .find(said)
        .map(|(priority, _)| priority.as_str())
}
