//! Why an edit is not done, in words for people.

use super::check::Checked;
use super::folder::FolderError;
use divos_model::Lang;
use divos_store::StoreError;
use std::io::ErrorKind;

/// Why an edit is not done. Where a text was typed, it is kept as a draft.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such proposal or version, or it is somebody else's.
    #[error("there is no such proposal or version")]
    Missing,
    /// Only operators may.
    #[error("only operators may do this")]
    NotAllowed,
    /// Two persons are needed, and this is the one who proposed.
    #[error("whoever proposes does not decide")]
    OwnProposal,
    /// A reason is missing.
    #[error("a reason is missing")]
    NoReason,
    /// The text says what the file says.
    #[error("the text is the same as the file's")]
    Unchanged,
    /// The text is too large.
    #[error("the text is larger than 256 KB")]
    TooLarge,
    /// The text is faulty.
    #[error("the text has faults")]
    Faulty(Box<Checked>),
    /// The file is not what the edit began with.
    #[error("the file was changed meanwhile")]
    ChangedMeanwhile,
    /// Somebody else decided first.
    #[error("somebody was faster")]
    Decided,
    /// The hub refused the text although it has no faults; the old one is back.
    #[error("the reload refused it: {0}")]
    NotTaken(String),
    /// A trial is running for this app, or too many are.
    #[error("a trial is running")]
    Busy,
    /// One person alone may not send the app's secrets elsewhere.
    #[error("two persons have to agree before secrets are sent elsewhere")]
    SecretsElsewhere,
    /// The file cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store does not answer.
    #[error("the store does not answer")]
    Store(#[source] StoreError),
    /// The work ended before its end.
    #[error("the work was interrupted")]
    Interrupted,
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::Missing,
            StoreError::Conflict { .. } => Self::Decided,
            error => Self::Store(error),
        }
    }
}

impl EditError {
    /// Says what is the matter and what to do.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (id, en) = match self {
            Self::Missing => (
                "Usulan atau versi itu tidak ada.",
                "There is no such proposal or version.",
            ),
            Self::NotAllowed => (
                "Hanya operator hub yang boleh melakukan ini.",
                "Only the hub's operators may do this.",
            ),
            Self::OwnProposal => (
                "Diperlukan dua orang: yang mengusulkan tidak boleh memutuskan. Minta operator lain memeriksanya.",
                "Two persons are needed: whoever proposes does not decide. Ask another operator to look at it.",
            ),
            Self::NoReason => (
                "Tulis alasan perubahan; orang lain membacanya di riwayat.",
                "Write why; others read it in the history.",
            ),
            Self::Unchanged => (
                "Teks sama dengan berkas yang berlaku; tidak ada yang disimpan.",
                "The text is the same as the file in force; nothing was saved.",
            ),
            Self::TooLarge => (
                "Teks lebih besar dari 256 KB. Definisi sebesar itu hanya dapat diubah pada berkasnya.",
                "The text is larger than 256 KB. A definition of that size can only be changed in its file.",
            ),
            Self::Faulty(_) => (
                "Teks masih mengandung kesalahan; yang berlaku tetap yang lama. Perbaiki yang ditandai, lalu simpan lagi.",
                "The text still has faults; the old one stays in force. Correct what is marked, then save again.",
            ),
            Self::ChangedMeanwhile => (
                "Berkas berubah sejak Anda mulai. Bandingkan keduanya di bawah, lalu putuskan teks mana yang dipakai.",
                "The file was changed since you began. Compare the two below, then decide which text to use.",
            ),
            Self::Decided => (
                "Orang lain lebih cepat: usulan ini sudah diputuskan. Muat ulang halaman.",
                "Somebody was faster: this proposal has been decided. Reload the page.",
            ),
            Self::Busy => (
                "Uji coba lain sedang berjalan untuk aplikasi ini. Tunggu sampai selesai, lalu coba lagi.",
                "Another trial is running for this app. Wait until it has ended, then try again.",
            ),
            Self::SecretsElsewhere => (
                "Teks ini mengubah ke mana atau sebagai siapa hub bertanya, dengan rahasia aplikasi. Di hub ini dua orang harus setuju sebelum rahasia dikirim; simpan dulu sebagai usulan.",
                "This text changes where or as whom the hub asks, with the app's secrets. On this hub two persons must agree before secrets are sent; save it as a proposal first.",
            ),
            Self::Store(_) | Self::Interrupted => (
                "Hub tidak dapat menyimpan saat ini. Ketikan Anda masih ada di halaman ini; coba lagi sebentar lagi.",
                "The hub cannot save right now. What you typed is still on this page; try again in a moment.",
            ),
            Self::NotTaken(why) => return not_taken(why, lang),
            Self::Folder(error) => return folder(error, lang),
        };
        lang.pick(id, en).to_owned()
    }
}

fn not_taken(why: &str, lang: Lang) -> String {
    match lang {
        Lang::Id => {
            format!("Hub menolak teks ini dan mengembalikan yang lama, yang tetap berlaku: {why}")
        }
        Lang::En => format!(
            "The hub refused this text and put the old one back, which stays in force: {why}"
        ),
    }
}

fn folder(error: &FolderError, lang: Lang) -> String {
    match (error, lang) {
        (FolderError::NotAFile(path), Lang::Id) => format!(
            "{} bukan berkas biasa. Ubah di tempat aslinya.",
            path.display()
        ),
        (FolderError::NotAFile(path), Lang::En) => {
            format!(
                "{} is no plain file. Change it where it lies.",
                path.display()
            )
        }
        (FolderError::TooLarge(path), Lang::Id) => format!(
            "{} lebih besar dari 256 KB; ubah berkasnya langsung.",
            path.display()
        ),
        (FolderError::TooLarge(path), Lang::En) => format!(
            "{} is larger than 256 KB; change the file itself.",
            path.display()
        ),
        (FolderError::NotText(path), Lang::Id) => format!(
            "{} bukan teks UTF-8; simpan ulang berkasnya sebagai UTF-8.",
            path.display()
        ),
        (FolderError::NotText(path), Lang::En) => format!(
            "{} is not UTF-8 text; save the file as UTF-8.",
            path.display()
        ),
        (FolderError::Io { path, source }, lang) => {
            let shut = matches!(
                source.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            );
            let path = path.display();
            match (shut, lang) {
                (true, Lang::Id) => format!(
                    "Hub tidak berhak menulis {path}. Beri hak tulis pada folder konektor kepada akun hub, lalu simpan lagi."
                ),
                (true, Lang::En) => format!(
                    "The hub may not write {path}. Let the hub's account write the folder of connectors, then save again."
                ),
                (false, Lang::Id) => format!("{path} tidak dapat dipakai: {source}"),
                (false, Lang::En) => format!("{path} cannot be used: {source}"),
            }
        }
    }
}
