//! What was odd about a document and did not cost a record, in words for people.
//!
//! Owns the words. It must never show a row's data.

use divos_database::Quirk;
use divos_formats::{Odd, Oddity};
use divos_model::Lang;
use serde::Serializer;

/// Something odd about a document that did not cost a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Bytes that fit no character set were replaced by U+FFFD.
    Replaced {
        /// The first of them, from 0.
        at: usize,
    },
    /// The feed states no character set and is not UTF-8: windows-1252 was assumed.
    AssumedWindows1252,
    /// The answer states another character set, but is UTF-8.
    ActuallyUtf8,
    /// Nothing says where the answer ends, and it does not look whole: it may have been cut.
    OpenEnd,
    /// A repository said that its list was complete before as many records had come as it had estimated.
    Estimate {
        /// How many it had estimated.
        declared: u64,
        /// How many came, different ids only.
        fetched: u64,
    },
    /// Something odd about rows.
    Rows {
        /// What.
        #[serde(serialize_with = "odd_code")]
        odd: Oddity,
        /// How often.
        count: u64,
        /// The first line, or row of the sheet, from 1.
        line: Option<u64>,
    },
    /// Something odd about the values of a database.
    Values {
        /// What.
        #[serde(serialize_with = "quirk_code")]
        quirk: Quirk,
        /// How often.
        count: u64,
    },
}

fn odd_code<S: Serializer>(odd: &Oddity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(words(*odd).0)
}

fn quirk_code<S: Serializer>(quirk: &Quirk, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(quirks(*quirk).0)
}

impl From<Odd> for Note {
    fn from(odd: Odd) -> Self {
        Self::Rows {
            odd: odd.what,
            count: odd.count,
            line: odd.line,
        }
    }
}

impl Note {
    /// Tells whether two notes are about the same thing, wherever it was seen.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Rows { odd: a, .. }, Self::Rows { odd: b, .. }) => a == b,
            (Self::Values { quirk: a, .. }, Self::Values { quirk: b, .. }) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Says it, for the operator's page.
    #[must_use]
    pub fn sentence(self, lang: Lang) -> String {
        let id = lang == Lang::Id;
        match self {
            Self::Replaced { at } if id => {
                format!("Ada bita yang tidak terbaca (mulai bita ke-{at}) dan diganti.")
            }
            Self::Replaced { at } => {
                format!("Some bytes (from byte {at}) could not be read and were replaced.")
            }
            Self::AssumedWindows1252 if id => {
                "Set karakter tidak disebut; dibaca sebagai windows-1252.".into()
            }
            Self::AssumedWindows1252 => "No character set is stated; read as windows-1252.".into(),
            Self::ActuallyUtf8 if id => "Set karakter yang disebut keliru; isinya UTF-8.".into(),
            Self::ActuallyUtf8 => "The stated character set is wrong; the content is UTF-8.".into(),
            Self::OpenEnd if id => {
                "Jawaban mungkin terpotong: server tidak menyebut panjangnya dan akhirnya tidak utuh; tidak ada yang dihapus.".into()
            }
            Self::OpenEnd => {
                "The answer may have been cut: the server does not state its length, and its end is not whole; nothing is deleted.".into()
            }
            Self::Estimate { declared, fetched } if id => {
                format!("Repositori memperkirakan {declared} rekaman (completeListSize) dan menyatakan daftarnya lengkap setelah {fetched}. OAI-PMH membolehkan perkiraan, jadi pembacaan dianggap lengkap; bila selisihnya besar, tanyakan kepada pengelolanya.")
            }
            Self::Estimate { declared, fetched } => {
                format!("The repository estimated {declared} records (completeListSize) and said that its list was complete after {fetched}. OAI-PMH allows an estimate, so the pass counts as complete; if the difference is large, ask those who run it.")
            }
            Self::Rows { odd, count, line } => {
                let (_, indonesian, english) = words(odd);
                told(if id { indonesian } else { english }, count, line, lang)
            }
            Self::Values { quirk, count } => {
                let (_, indonesian, english) = quirks(quirk);
                told(if id { indonesian } else { english }, count, None, lang)
            }
        }
    }
}

fn told(words: &str, count: u64, line: Option<u64>, lang: Lang) -> String {
    match (line, lang) {
        (Some(line), Lang::Id) => format!("{words} ({count} kali, pertama di baris {line})."),
        (Some(line), Lang::En) => format!("{words} ({count} times, first in line {line})."),
        (None, Lang::Id) => format!("{words} ({count} kali)."),
        (None, Lang::En) => format!("{words} ({count} times)."),
    }
}

/// The code of an oddity, and its words in Indonesian and English.
fn words(odd: Oddity) -> (&'static str, &'static str, &'static str) {
    match odd {
        Oddity::GuessedCharset(_) => (
            "guessed_charset",
            "Set karakter tidak disebut dan ditebak dari isinya",
            "No character set is stated; it was guessed from the content",
        ),
        Oddity::UnknownCharset => (
            "unknown_charset",
            "Set karakter yang disebut tidak dikenal",
            "The stated character set is not known",
        ),
        Oddity::ActuallyUnicode => (
            "actually_unicode",
            "Set karakter yang disebut keliru; isinya Unicode",
            "The stated character set is wrong; the content is Unicode",
        ),
        Oddity::Replaced => (
            "replaced",
            "Ada bita yang tidak terbaca dan diganti",
            "Some bytes could not be read and were replaced",
        ),
        Oddity::ShortRow => (
            "short_row",
            "Ada baris dengan sel lebih sedikit daripada judulnya",
            "Some rows have fewer cells than the header",
        ),
        Oddity::LongRow => (
            "long_row",
            "Ada baris dengan sel lebih banyak daripada judulnya",
            "Some rows have more cells than the header",
        ),
        Oddity::BadRow => (
            "bad_row",
            "Ada baris yang tidak terbaca dan dilewati",
            "Some rows cannot be read and were left out",
        ),
        Oddity::RepeatedColumn => (
            "repeated_column",
            "Ada dua kolom dengan nama yang sama",
            "Two columns have the same name",
        ),
        Oddity::NamelessColumn => (
            "nameless_column",
            "Ada kolom tanpa nama",
            "A column has no name",
        ),
        Oddity::Nul => (
            "nul",
            "Ada karakter NUL yang dibuang",
            "NUL characters were left out",
        ),
        Oddity::ErrorCell => (
            "error_cell",
            "Ada sel yang berisi kesalahan rumus",
            "Some cells hold the error of a formula",
        ),
        _ => (
            "odd",
            "Ada yang janggal pada dokumen",
            "Something about the document is odd",
        ),
    }
}

fn quirks(quirk: Quirk) -> (&'static str, &'static str, &'static str) {
    match quirk {
        Quirk::ZeroDate => (
            "zero_date",
            "Ada tanggal nol (0000-00-00) yang dibaca sebagai kosong",
            "Some dates are zero (0000-00-00) and were read as absent",
        ),
        Quirk::NotUtf8 => (
            "not_utf8",
            "Ada teks yang bukan UTF-8; sebagian hurufnya diganti",
            "Some text is not UTF-8; letters were replaced",
        ),
        Quirk::NotJson => (
            "not_json",
            "Ada kolom JSON yang isinya bukan JSON",
            "Some values of a JSON column are not JSON",
        ),
        Quirk::SameName => (
            "same_name",
            "Ada dua kolom dengan nama yang sama",
            "Two columns have the same name",
        ),
        _ => ("odd", "Ada nilai yang janggal", "Some values are odd"),
    }
}
