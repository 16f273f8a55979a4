//! Compares what came with something wrong with what came without, and says what must not be.

use super::Injected;
use super::pass::Pass;
use super::stage::{LONG_WAIT, SHORT_WAIT};
use crate::Failure;
use divos_model::{ItemId, Lang};
use std::collections::HashSet;
use std::time::Duration;

/// At the latest with this request a reader has seen that pages repeat.
const ROUNDS: usize = 3;

/// What must not be.
#[derive(Debug, Clone)]
pub enum Finding {
    /// The recording itself is not read.
    NotReplayed(Failure),
    /// Nothing is said, as if all were well.
    NotTold,
    /// Items that are still there would be deleted.
    WouldDelete {
        /// How many.
        items: usize,
    },
    /// Items did not come, and nothing is said.
    LostSilently {
        /// How many.
        items: usize,
    },
    /// Items that had come well were given up.
    GoodRowsLost {
        /// How many.
        items: usize,
    },
    /// Items that the app does not have.
    Invented {
        /// How many.
        items: usize,
    },
    /// Items with other content, and nothing is said.
    Changed {
        /// How many.
        items: usize,
    },
    /// Another try would have helped.
    NotRead {
        /// The code of what was said instead.
        code: &'static str,
    },
    /// Asked again, or forgot to, against what the app asked for.
    WaitIgnored {
        /// What the app asked for.
        asked: Duration,
    },
    /// More requests than needed.
    TooManyRequests {
        /// How many.
        sent: usize,
        /// How many would do.
        limit: usize,
    },
    /// The same, where one field has another name.
    OfField {
        /// Which.
        field: String,
        /// What.
        finding: Box<Finding>,
    },
}

/// What befell which kind of source.
pub(super) struct Case {
    pub(super) fault: Injected,
    /// Which answer.
    pub(super) at: usize,
    /// Whether a request may be sent twice.
    pub(super) is_safe: bool,
    /// Whether it is asked once for each record of another source.
    pub(super) is_child: bool,
    /// Whether what does not come is deleted.
    pub(super) sweeps: bool,
    pub(super) retries: usize,
}

/// What a reader must do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Must {
    /// Read everything in the end.
    Recover,
    /// Say that it could not be read.
    Refuse,
    /// Read everything rightly, or say what is amiss.
    Tell,
}

impl Case {
    fn must(&self) -> Must {
        match self.fault {
            Injected::RateLimited | Injected::Unavailable if self.is_safe && self.retries > 0 => {
                Must::Recover
            }
            Injected::Truncated
            | Injected::DuplicatePage
            | Injected::RenamedField
            | Injected::MovedColumn
            | Injected::WrongCharset => Must::Tell,
            _ => Must::Refuse,
        }
    }

    /// How many requests there may be.
    fn limit(&self, calm: &Pass) -> usize {
        let tries = if self.is_safe { 1 + self.retries } else { 1 };
        match self.fault {
            Injected::Unauthorized | Injected::SessionExpired | Injected::RateLimitedLong => {
                self.at + 1
            }
            Injected::ServerError | Injected::TimedOut | Injected::CutOff => self.at + tries,
            Injected::EndlessPages => ROUNDS,
            _ => calm.tally.sent + tries,
        }
    }

    /// How long the app asked to be left alone.
    fn asked(&self) -> Option<Duration> {
        match self.fault {
            Injected::RateLimited => Some(Duration::from_secs(SHORT_WAIT)),
            Injected::RateLimitedLong => Some(Duration::from_secs(LONG_WAIT)),
            _ => None,
        }
    }
}

/// Says what is not as it must be.
pub(super) fn judge(case: &Case, calm: &Pass, now: &Pass) -> Vec<Finding> {
    let mut findings = Vec::new();
    match case.must() {
        Must::Recover => recovered(calm, now, &mut findings),
        Must::Refuse => refused(case, calm, now, &mut findings),
        Must::Tell => {}
    }
    content(case, calm, now, &mut findings);
    let asked = case.asked();
    findings.extend(
        asked
            .filter(|asked| !honoured(now, *asked))
            .map(|asked| Finding::WaitIgnored { asked }),
    );
    let (sent, limit) = (now.tally.sent, case.limit(calm));
    if sent > limit {
        findings.push(Finding::TooManyRequests { sent, limit });
    }
    findings
}

/// Waited before another try, or passes on how long nobody should ask.
fn honoured(now: &Pass, asked: Duration) -> bool {
    let passed_on = now.error.as_ref().and_then(|error| error.retry_after());
    now.tally.waited >= asked || passed_on == Some(asked)
}

fn recovered(calm: &Pass, now: &Pass, findings: &mut Vec<Finding>) {
    if let Some(error) = &now.error {
        findings.push(Finding::NotRead { code: error.code() });
    } else if now.summary.complete != calm.summary.complete {
        findings.push(Finding::NotRead { code: "partial" });
    }
}

fn refused(case: &Case, calm: &Pass, now: &Pass, findings: &mut Vec<Finding>) {
    let missed = case.is_child && !now.faults.is_empty();
    if now.error.is_none() && !missed {
        findings.push(Finding::NotTold);
    }
    if case.is_child || case.fault == Injected::EndlessPages {
        return;
    }
    let kept = now.items();
    let before = calm.pages.iter().take(case.at).flatten();
    let items = before.filter(|item| !kept.contains_key(&item.id)).count();
    if items > 0 {
        findings.push(Finding::GoodRowsLost { items });
    }
}

/// Looks at the items themselves: none lost, invented or changed without a word, none deleted.
fn content(case: &Case, calm: &Pass, now: &Pass, findings: &mut Vec<Finding>) {
    let (before, after) = (calm.items(), now.items());
    let ids: HashSet<ItemId> = before.keys().copied().collect();
    let lost = |seen: &dyn Fn(&ItemId) -> bool| ids.iter().filter(|id| !seen(id)).count();
    let unseen = lost(&|id| now.seen.contains(id));
    if unseen > 0 && case.sweeps && now.summary.may_sweep() {
        findings.push(Finding::WouldDelete { items: unseen });
    }
    let items = lost(&|id| after.contains_key(id));
    let noted = now.tells() || now.summary.notes != calm.summary.notes;
    if items > 0 && !noted && case.must() != Must::Refuse {
        findings.push(Finding::LostSilently { items });
    }
    let items = after.keys().filter(|id| !ids.contains(id)).count();
    if items > 0 {
        findings.push(Finding::Invented { items });
    }
    let same = |id: &&ItemId| {
        before
            .get(id)
            .is_none_or(|item| after.get(id) == Some(item))
    };
    let items = after.keys().filter(|id| !same(id)).count();
    if items > 0 && !noted {
        findings.push(Finding::Changed { items });
    }
}

impl Finding {
    /// Says it.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let id = lang == Lang::Id;
        match self {
            Self::NotReplayed(failure) => failure.sentence(lang),
            Self::NotTold if id => "tidak ada kesalahan yang dilaporkan".into(),
            Self::NotTold => "no fault is told".into(),
            Self::WouldDelete { items } if id => {
                format!("{items} butir yang masih ada akan dihapus")
            }
            Self::WouldDelete { items } => {
                format!("{items} items that are still there would be deleted")
            }
            Self::LostSilently { items } if id => format!("{items} butir hilang tanpa dilaporkan"),
            Self::LostSilently { items } => format!("{items} items are lost without a word"),
            Self::GoodRowsLost { items } if id => {
                format!("{items} butir yang sudah terbaca baik ikut dibuang")
            }
            Self::GoodRowsLost { items } => format!("{items} items that came well are given up"),
            Self::Invented { items } if id => {
                format!("{items} butir yang tidak ada di aplikasi muncul")
            }
            Self::Invented { items } => format!("{items} items appear that the app does not have"),
            Self::Changed { items } if id => format!("isi {items} butir berubah tanpa dilaporkan"),
            Self::Changed { items } => format!("{items} items have other content without a word"),
            Self::NotRead { code } if id => format!("tidak terbaca walaupun dicoba lagi [{code}]"),
            Self::NotRead { code } => format!("not read although another try would do [{code}]"),
            Self::WaitIgnored { asked } if id => {
                format!(
                    "jeda {} detik yang diminta aplikasi tidak dihormati",
                    asked.as_secs()
                )
            }
            Self::WaitIgnored { asked } => {
                format!(
                    "the app's wish for {} s of peace is not honoured",
                    asked.as_secs()
                )
            }
            Self::TooManyRequests { sent, limit } if id => {
                format!("{sent} permintaan dikirim, seharusnya paling banyak {limit}")
            }
            Self::TooManyRequests { sent, limit } => {
                format!("{sent} requests are sent, at most {limit} should be")
            }
            Self::OfField { field, finding } => format!("`{field}`: {}", finding.sentence(lang)),
        }
    }
}
