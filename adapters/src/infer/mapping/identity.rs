//! What tells rows apart: the field that is different in each and is called like an id, or several together.

use super::super::column::Column;
use super::super::{Finding, Said};
use super::Choice;

impl Choice<'_> {
    /// The identity of a row: what is different in each, and is called so.
    pub(super) fn id(&mut self, table: bool) {
        let best = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (likeness(column, table), at))
            .filter(|(score, _)| *score > 0);
        // The first of equals.
        let best = best.min_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        let Some((score, at)) = best else {
            return self.made_id();
        };
        let column = &self.columns[at];
        let few = column.rows < 5;
        let confidence = if few { score.min(75) } else { score };
        let why = Said::new(
            format!(
                "berbeda di tiap baris dari {} baris{}",
                column.rows,
                if few { ", tetapi barisnya sedikit" } else { "" }
            ),
            format!(
                "different in each of {} rows{}",
                column.rows,
                if few { ", but they are few" } else { "" }
            ),
        );
        let from = match column.personal {
            Some(_) => format!("{} | hash", column.expr),
            None if column.number => format!("{} | string", column.expr),
            None => column.expr.clone(),
        };
        self.fields.push(Finding::new("id", from, confidence, why));
        let spoken = column.folded.iter().any(|name| name == "id") || score >= 85;
        if spoken {
            self.used.push(at);
        }
    }

    /// No field alone tells rows apart: those that do together.
    fn made_id(&mut self) {
        let stable = |column: &&Column| !column.gaps() && !column.counts && column.longest <= 200;
        let parts: Vec<&str> = self
            .columns
            .iter()
            .filter(stable)
            .take(4)
            .map(|column| column.expr.as_str())
            .collect();
        let joined = match parts.as_slice() {
            [] => self
                .columns
                .first()
                .map_or("row", |column| column.expr.as_str())
                .to_owned(),
            parts => format!("concat({}) | hash", parts.join(", '|', ")),
        };
        let why = Said::new(
            "tidak ada isian yang berbeda di tiap baris; beberapa digabung",
            "no field is different in each row; several are joined",
        );
        self.fields.push(Finding::new("id", joined, 30, why));
        self.notes.push(Said::new(
            "id digabung dari beberapa isian: bila salah satunya diubah, hub melihat data baru",
            "the id is joined of several fields: where one of them is edited the hub sees another record",
        ));
    }
}

/// How much a column looks like an id; 0 where it cannot be one. `table`: a first column may count lines.
fn likeness(column: &Column, table: bool) -> u8 {
    let last = column.folded.last().map_or("", String::as_str);
    let line = matches!(last, "no" | "nomor_urut" | "urut" | "_" | "") && column.counts;
    if !column.unique()
        || line
        || (table && column.counts && last != "id")
        || column.time.is_some()
        || column.longest > 120
    {
        return 0;
    }
    let named = |names: &[&str]| {
        column
            .folded
            .iter()
            .any(|name| names.contains(&name.as_str()))
    };
    let ends = |names: &[&str]| {
        column
            .words
            .last()
            .is_some_and(|word| names.contains(&word.as_str()))
    };
    let starts = |names: &[&str]| {
        column
            .words
            .first()
            .is_some_and(|word| names.contains(&word.as_str()))
    };
    match () {
        () if column.folded[0] == "id" => 97,
        () if named(&["uuid", "guid", "uid", "identifier", "id_data"]) => 95,
        () if named(&["kode", "code", "key", "native_id", "id"]) => 90,
        () if ends(&["id", "uuid"]) || starts(&["id", "kode"]) => 85,
        () if ends(&["kode"]) || starts(&["nomor", "no"]) || named(&["number", "slug", "nip"]) => {
            78
        }
        () if column.address => 62,
        () if column.longest <= 40 && !column.markup => 42,
        () => 0,
    }
}
