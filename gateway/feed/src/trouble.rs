//! What can be wrong with a source, in words for people. Never an upstream's address or answer.
//!
//! What goes wrong on the way to an app is worded by the adapters; here are the hub's own findings.

use chrono::{DateTime, Utc};
use divos_adapters::FetchError;
use divos_model::Lang;
use divos_store::RunError;
use serde::{Deserialize, Serialize};

/// Something that the operator has to know about a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// A stable word, for example `unauthorized` or `sweep_held`.
    pub code: String,
    /// Whose fault: `upstream`, `operator` or `hub`.
    pub blame: String,
    /// The sentence in Indonesian.
    pub sentence_id: String,
    /// The sentence in English.
    pub sentence_en: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Whether the run failed; otherwise it is a note on a run that went well.
    pub failure: bool,
}

impl Trouble {
    /// Returns the sentence that people see.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.sentence_id,
            Lang::En => &self.sentence_en,
        }
    }

    pub(crate) fn fetch(error: &FetchError, at: DateTime<Utc>) -> Self {
        let blame = serde_json::to_value(error.blame()).unwrap_or_default();
        Self {
            code: error.code().to_owned(),
            blame: blame.as_str().unwrap_or("upstream").to_owned(),
            sentence_id: error.sentence(Lang::Id),
            sentence_en: error.sentence(Lang::En),
            at,
            failure: true,
        }
    }

    pub(crate) fn kept(error: &RunError, at: DateTime<Utc>) -> Self {
        let RunError {
            code,
            blame,
            sentence_id,
            sentence_en,
        } = error.clone();
        Self {
            code,
            blame,
            sentence_id,
            sentence_en,
            at,
            failure: true,
        }
    }

    /// Notes something on a run that went well, in Indonesian and in English.
    pub(crate) fn note(code: &str, words: [String; 2], at: DateTime<Utc>) -> Self {
        let [sentence_id, sentence_en] = words;
        let blame = "upstream".to_owned();
        Self {
            code: code.to_owned(),
            blame,
            sentence_id,
            sentence_en,
            at,
            failure: false,
        }
    }

    pub(crate) fn to_run_error(&self) -> RunError {
        RunError {
            code: self.code.clone(),
            blame: self.blame.clone(),
            sentence_id: self.sentence_id.clone(),
            sentence_en: self.sentence_en.clone(),
        }
    }

    /// Tells whether the data has another shape.
    pub(crate) fn is_quarantine(&self) -> bool {
        self.code == "drifted"
    }

    /// Tells whether a sweep was held back.
    pub(crate) fn is_held_sweep(&self) -> bool {
        self.code == "sweep_held"
    }

    /// Tells whether the app could not be reached at all.
    pub(crate) fn is_unreachable(&self) -> bool {
        const WORDS: [&str; 7] = [
            "refused",
            "dns",
            "tls",
            "timed_out",
            "bad_http",
            "breaker_open",
            "address_refused",
        ];
        WORDS.contains(&self.code.as_str())
    }
}

/// The hub's own findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The run took longer than the schedule allows.
    RunTooLong { minutes: u64 },
    /// The hub could not save.
    NotSaved,
    /// The hub itself failed.
    HubFault,
    /// The pass did not reach the end.
    Partial,
    /// The sweep was not made: this many of a hundred would go.
    SweepHeld { percent: u64 },
    /// This many of a hundred rows of a page have faults.
    Drift { percent: u64 },
    /// This many rows have faults.
    RowFaults { count: u64 },
    /// This many unit codes are not in the directory.
    UnknownUnits { count: u64 },
    /// This many links led to other hosts.
    ForeignLinks { count: u64 },
    /// This many items are visible to nobody.
    NoAudience { count: u64 },
}

impl Finding {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::RunTooLong { .. } => "run_too_long",
            Self::NotSaved => "not_saved",
            Self::HubFault => "hub_fault",
            Self::Partial => "partial",
            Self::SweepHeld { .. } => "sweep_held",
            Self::Drift { .. } => "drift",
            Self::RowFaults { .. } => "row_faults",
            Self::UnknownUnits { .. } => "unknown_units",
            Self::ForeignLinks { .. } => "foreign_links",
            Self::NoAudience { .. } => "no_audience",
        }
    }

    fn blame(self) -> &'static str {
        match self {
            Self::NotSaved | Self::HubFault => "hub",
            Self::UnknownUnits { .. } | Self::NoAudience { .. } => "operator",
            _ => "upstream",
        }
    }

    fn is_failure(self) -> bool {
        matches!(
            self,
            Self::RunTooLong { .. } | Self::NotSaved | Self::HubFault
        )
    }

    pub(crate) fn at(self, at: DateTime<Utc>) -> Trouble {
        Trouble {
            code: self.code().to_owned(),
            blame: self.blame().to_owned(),
            sentence_id: self.indonesian(),
            sentence_en: self.english(),
            at,
            failure: self.is_failure(),
        }
    }

    fn indonesian(self) -> String {
        match self {
            Self::RunTooLong { minutes } => format!("Pembacaan belum selesai setelah {minutes} menit dan dihentikan. Perkecil cakupannya atau pakai `cursor`."),
            Self::NotSaved => "Hub tidak dapat menyimpan hasil pembacaan. Periksa ruang disk dan log hub.".into(),
            Self::HubFault => "Terjadi kesalahan di dalam hub saat membaca sumber ini. Laporkan kepada pengelola hub.".into(),
            Self::Partial => "Data tidak terbaca sampai selesai, jadi tidak ada item yang dihapus.".into(),
            Self::SweepHeld { percent } => format!("Pembacaan penuh kehilangan {percent}% item, lebih dari 20%. Tidak ada yang dihapus; periksa aplikasinya."),
            Self::Drift { percent } => format!("Sebagian besar baris pada satu halaman ({percent}%) tidak cocok lagi dengan pemetaan. Bentuk data aplikasi mungkin berubah."),
            Self::RowFaults { count } => format!("{count} baris tidak dapat menjadi item; baris lainnya tetap masuk."),
            Self::UnknownUnits { count } => format!("{count} kode unit kerja tidak dikenal di direktori, sehingga tidak menjangkau siapa pun."),
            Self::ForeignLinks { count } => format!("{count} tautan menuju host di luar aplikasi ini dan tidak dipakai. Bila host itu memang miliknya, tambahkan pada `app.hosts`."),
            Self::NoAudience { count } => format!("{count} item tidak memiliki pembaca. Isi `privacy.audience` atau petakan `audience`."),
        }
    }

    fn english(self) -> String {
        match self {
            Self::RunTooLong { minutes } => format!("The run was not done after {minutes} minutes and was stopped. Ask for less, or use a `cursor`."),
            Self::NotSaved => "The hub could not save what it read. Check the disk space and the hub's log.".into(),
            Self::HubFault => "Something failed inside the hub while reading this source. Report it to the hub's maintainers.".into(),
            Self::Partial => "The data was not read to its end, so no item was deleted.".into(),
            Self::SweepHeld { percent } => format!("A full pass lost {percent}% of the items, more than 20%. Nothing was deleted; check the app."),
            Self::Drift { percent } => format!("Most rows of a page ({percent}%) no longer fit the mapping. The app's data may have changed its shape."),
            Self::RowFaults { count } => format!("{count} rows could not become items; the others were taken in."),
            Self::UnknownUnits { count } => format!("{count} unit codes are not in the directory and so reach nobody."),
            Self::ForeignLinks { count } => format!("{count} links lead to hosts that are not this app's and are not used. If a host is its own, add it to `app.hosts`."),
            Self::NoAudience { count } => format!("{count} items have no reader. Set `privacy.audience` or map `audience`."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_a_whole_sentence_in_both_languages() {
        let mut codes = std::collections::BTreeSet::new();
        for finding in [
            Finding::RunTooLong { minutes: 30 },
            Finding::NotSaved,
            Finding::HubFault,
            Finding::Partial,
            Finding::SweepHeld { percent: 42 },
            Finding::Drift { percent: 90 },
            Finding::RowFaults { count: 3 },
            Finding::UnknownUnits { count: 3 },
            Finding::ForeignLinks { count: 3 },
            Finding::NoAudience { count: 3 },
        ] {
            let trouble = finding.at(DateTime::UNIX_EPOCH);
            assert!(codes.insert(trouble.code.clone()), "{}", trouble.code);
            assert!(trouble.sentence(Lang::Id).ends_with('.'));
            assert!(trouble.sentence(Lang::En).ends_with('.'));
            assert_ne!(trouble.sentence_id, trouble.sentence_en);
        }
    }

    #[test]
    fn a_refused_key_is_told_in_the_adapters_words() {
        let app = "surat".parse().expect("a slug");
        let error = divos_adapters::Trouble::Unauthorized.of(&app);
        let trouble = Trouble::fetch(&error, DateTime::UNIX_EPOCH);
        assert_eq!(
            (trouble.code.as_str(), trouble.blame.as_str()),
            ("unauthorized", "operator")
        );
        assert!(trouble.sentence(Lang::Id).contains("401"));
        assert_eq!(
            Trouble::kept(&trouble.to_run_error(), DateTime::UNIX_EPOCH),
            trouble
        );
    }
}
