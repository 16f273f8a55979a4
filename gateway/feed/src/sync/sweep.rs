//! What a full pass no longer holds, and whether it may be deleted. A pure decision.

use divos_model::ItemId;
use std::collections::HashSet;

/// The most of a hundred items that one sweep may delete, where that is more than [`FEW`].
const MOST_PERCENT: usize = 20;

/// So many items a sweep may delete of any source: of a handful, one that ends is already a fifth.
const FEW: usize = 3;

/// What a sweep came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sweep {
    /// These are gone.
    Gone(Vec<ItemId>),
    /// More would go than a sweep may delete: this many of a hundred, rounded up.
    Held { percent: u64 },
}

/// Decides what is gone: the live items that a full pass did not see. Held back is a sweep that would
/// delete more than 20 % of the items and more than three of them, or all of several; `allowed` is the operator's word that
/// the app is right, however much it lost.
pub(super) fn sweep(live: &[ItemId], seen: &HashSet<ItemId>, allowed: bool) -> Sweep {
    let gone: Vec<ItemId> = live
        .iter()
        .filter(|id| !seen.contains(id))
        .copied()
        .collect();
    let too_many = gone.len() > FEW && gone.len() * 100 > live.len() * MOST_PERCENT;
    // An answer without anything is more often a fault than the end of everything.
    let emptied = gone.len() == live.len() && live.len() > 1;
    if (too_many || emptied) && !allowed {
        let percent = (gone.len() * 100).div_ceil(live.len().max(1));
        return Sweep::Held {
            percent: percent as u64,
        };
    }
    Sweep::Gone(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::Kind;

    #[test]
    fn a_sweep_deletes_a_fifth_or_three_and_not_one_more() {
        let app = "surat".parse().expect("a slug");
        let ids: Vec<ItemId> = (0..1000)
            .map(|n| ItemId::of(&app, Kind::Task, &format!("{n}")))
            .collect();
        for (live, kept, allowed, gone) in [
            (0, 0, false, Ok(0)),
            (100, 100, false, Ok(0)),
            (100, 99, false, Ok(1)),
            (100, 80, false, Ok(20)),
            (100, 79, false, Err(21)),
            (100, 0, false, Err(100)),
            (1000, 799, false, Err(21)),
            (5, 4, false, Ok(1)),
            (4, 3, false, Ok(1)),
            (1, 0, false, Ok(1)),
            (3, 0, false, Err(100)),
            (3, 1, false, Ok(2)),
            (4, 0, false, Err(100)),
            (10, 7, false, Ok(3)),
            (10, 6, false, Err(40)),
            (19, 15, false, Err(22)),
            (20, 16, false, Ok(4)),
            (100, 0, true, Ok(100)),
        ] {
            let seen = ids[..kept].iter().copied().collect();
            let came = match sweep(&ids[..live], &seen, allowed) {
                Sweep::Gone(gone) => {
                    assert_eq!(gone, ids[kept.min(live)..live]);
                    Ok(gone.len())
                }
                Sweep::Held { percent } => Err(percent),
            };
            assert_eq!(came, gone, "{live} live, {kept} seen, allowed {allowed}");
        }
    }
}
