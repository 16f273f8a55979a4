//! What every engine behind the ports has to do: one suite, run against each of them.
//!
//! An engine's tests call [`crate::conformance!`] with an expression that makes a fresh [`Site`]. The
//! suite knows the ports alone. Start with [`items`], then [`pages`], which compares pages with a
//! plain model of what they should be.

pub mod audit;
pub mod definitions;
pub mod feed;
pub mod fixtures;
pub mod items;
pub mod marks;
pub mod model;
pub mod own;
pub mod pages;
pub mod people;
pub mod push;
pub mod registrations;
pub mod runs;
pub mod sessions;
pub mod twins;
pub mod usage;
pub mod whole;

use crate::Store;

/// A place where a store is kept; opening it again finds what was written.
pub trait Site: Send + Sync {
    /// Opens the store. The one opened before is closed by then.
    fn open(&self) -> Store;
}

/// Writes a test for each case of the suite; `$make` makes a fresh [`Site`].
#[macro_export]
macro_rules! conformance {
    ($make:expr) => {
        $crate::conformance!(@cases $make;
            items: counts_new_changed_and_unchanged, keeps_the_last_of_a_repeated_id,
                commits_items_deletes_and_cursor_together, keeps_a_place_beside_the_cursor_until_it_moves,
                commits_in_turn_or_never, buries_and_revives,
                sweeps_by_source, wakes_watchers, survives_reopening, shows_nobody_what_is_for_nobody,
                knows_pushed_events;
            feed: tells_changes_once_and_in_order, tells_when_access_is_lost,
                tells_the_excluded_when_they_are_and_never_before, tells_tombstones_until_purged,
                counts_by_app, searches_words, keeps_the_restricted_out_of_search;
            marks: reads_and_unreads, a_late_glance_does_not_hide_news, hides_what_is_done_or_snoozed,
                muting_never_hides_what_must_show, marks_only_what_is_seen;
            pages: pages_are_what_the_model_says, ranks_overdue_first_as_of_the_first_page,
                a_short_scan_still_reaches_everything, a_page_never_ends_for_nothing;
            twins: one_face_stands_for_all, a_filter_that_the_face_does_not_pass_shows_its_twin,
                whoever_may_not_see_the_face_sees_its_twin, every_twin_stands_somewhere,
                counts_what_apps_share, lets_go_of_keys;
            whole: masked_for_whoever_has_no_need, never_found_by_what_is_masked, changes_and_ends,
                ages_by_app_in_parts, nothing_of_what_is_retired_stays;
            own: finds_what_names_somebody, finds_nothing_that_is_masked, tells_marks_in_parts,
                tells_the_log_backwards, tells_the_account, tells_credentials_that_they_made;
            people: imports_and_finds, names_faulty_rows_and_keeps_good_ones, a_dry_run_writes_nothing,
                an_epoch_rises_with_what_guards, stands_by_the_day, refuses_a_broken_tree,
                lists_by_name;
            sessions: begins_touches_and_ends, rotates_once, ends_all_but_one, a_ticket_is_taken_once,
                throttles_in_a_window, forgets_what_expired, keeps_tokens;
            push: keeps_two_credentials_of_a_sort;
            registrations: keeps_what_was_typed_until_it_is_sent, bounds_what_was_begun;
            usage: keeps_days_and_forgets_sketches;
            audit: chains_what_many_append, one_value_wins;
            definitions: keeps_one_draft_for_each_author, moves_a_proposal_once,
                adds_versions_with_their_step;
            runs: keeps_status_and_history;
        );
    };
    (@cases $make:expr; $($module:ident: $($case:ident),+ ;)+) => {
        $(mod $module {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let site = $make;
                $crate::conformance::$module::$case(&site).await;
            })+
        })+
    };
}
