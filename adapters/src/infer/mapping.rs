//! Which field of the rows becomes which field of the model, with how sure and why.

mod identity;

use super::column::{Column, Personal, columns, present, time};
use super::words::{Called, ENVELOPE, Holds, body};
use super::{Finding, Said, kinds, states};
use divos_model::Kind;
use serde_json::Value as Json;

/// What rows mean in the common model.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The kind, and what was decided for each of its fields: `from` is the expression.
    pub kind: Kind,
    /// In the order of the file.
    pub fields: Vec<Finding>,
    /// How the kind was chosen.
    pub kind_finding: Finding,
    /// Fields of the model that hold personal data.
    pub personal: Vec<String>,
    /// What a person has to look at.
    pub notes: Vec<Said>,
}

/// Below this a decision is a guess that a person has to look at, in percent.
pub(super) const SURE: u8 = 60;

struct Choice<'a> {
    columns: &'a [Column],
    used: Vec<usize>,
    fields: Vec<Finding>,
    personal: Vec<String>,
    notes: Vec<Said>,
}

/// Decides what rows mean; `about` are the words around them, `table` whether a first column may count lines.
pub(super) fn propose(rows: &[Json], about: &str, table: bool) -> Option<Proposal> {
    let columns = columns(rows);
    if columns.iter().all(|column| column.filled == 0) {
        return None;
    }
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let (kind, kind_finding) = kinds::kind(about, &names);
    let mut choice = Choice {
        columns: &columns,
        used: Vec::new(),
        fields: Vec::new(),
        personal: Vec::new(),
        notes: Vec::new(),
    };
    choice.id(table);
    choice.fields(&ENVELOPE.iter().chain(body(kind)).collect::<Vec<_>>());
    choice.title();
    choice.times();
    if kind == Kind::Announcement && !choice.has("state") {
        let why = Said::new(
            "berita yang tampil dianggap berlaku",
            "what is shown is in force",
        );
        choice
            .fields
            .push(Finding::new("state", "'active'", 70, why));
    }
    choice.left();
    Some(Proposal {
        kind,
        kind_finding,
        fields: choice.fields,
        personal: choice.personal,
        notes: choice.notes,
    })
}

impl Choice<'_> {
    fn has(&self, target: &str) -> bool {
        self.fields.iter().any(|field| field.field == target)
    }

    /// Something has to be the title: what is called so though it serves elsewhere too, or the text that differs most.
    fn title(&mut self) {
        if self.has("title") {
            return;
        }
        let called = &ENVELOPE[0];
        let shared = self.columns.iter().enumerate();
        let shared = shared.filter_map(|(at, column)| Some((score(called, column)?, at)));
        if let Some((_, at)) = shared.min_by_key(|(score, at)| (std::cmp::Reverse(*score), *at)) {
            self.take(called, at, SURE);
            return;
        }
        let fits = |column: &Column| {
            !column.number
                && !column.flag
                && column.time.is_none()
                && !column.address
                && column.personal.is_none()
        };
        let best = self
            .columns
            .iter()
            .enumerate()
            .filter(|(at, column)| fits(column) && !self.used.contains(at));
        let best = best.max_by_key(|(at, column)| {
            (
                column.filled,
                column.distinct.len(),
                column.longest.min(200),
                std::cmp::Reverse(*at),
            )
        });
        let why = Said::new(
            "teks yang paling berbeda antarbaris; tidak ada nama yang menunjukkan judul",
            "the text that differs most; no name says that it is a title",
        );
        match best {
            Some((at, column)) => {
                self.used.push(at);
                let from = format!("{} | truncate(300)", read(column, "text"));
                self.fields.push(Finding::new("title", from, 40, why));
            }
            None => {
                let id = self
                    .fields
                    .first()
                    .map_or_else(String::new, |field| field.from.clone());
                let why = Said::new(
                    "tidak ada isian teks; id dipakai",
                    "there is no text; the id stands for it",
                );
                self.fields
                    .push(Finding::new("title", format!("{id} | string"), 20, why));
            }
        }
    }

    /// Gives each target the column that is called most like it and holds what it holds; the surest pair first.
    fn fields(&mut self, wanted: &[&Called]) {
        let mut pairs = Vec::new();
        for (place, called) in wanted.iter().enumerate() {
            for (at, column) in self.columns.iter().enumerate() {
                pairs.extend(score(called, column).map(|score| (score, place, at)));
            }
        }
        pairs.sort_by_key(|(score, place, at)| (std::cmp::Reverse(*score), *place, *at));
        let mut taken: Vec<Option<(usize, u8)>> = vec![None; wanted.len()];
        for (score, place, at) in pairs {
            if taken[place].is_none() && !self.used.contains(&at) {
                taken[place] = Some((at, score));
                self.used.push(at);
            }
        }
        for (called, found) in wanted.iter().zip(taken) {
            if let Some((at, confidence)) = found {
                self.take(called, at, confidence);
            }
        }
    }

    fn take(&mut self, called: &Called, at: usize, confidence: u8) {
        let column = &self.columns[at];
        let why = Said::new(
            format!("nama isian `{}`", column.name),
            format!("the field is called `{}`", column.name),
        );
        let personal = (called.holds == Holds::Person)
            .then_some(Personal::Person)
            .or(column.personal);
        let from = self.expression(called, column, personal);
        self.fields
            .push(Finding::new(called.target, from, confidence, why));
        if called.target == "state" {
            let why = Said::new("kata aslinya", "the word of the app");
            self.fields.push(Finding::new(
                "state_label",
                present(column, "none"),
                confidence,
                why,
            ));
        }
        if personal.is_some() {
            self.personal.push(called.target.to_owned());
        }
    }

    fn expression(
        &mut self,
        called: &Called,
        column: &Column,
        personal: Option<Personal>,
    ) -> String {
        let masked = |from: String| match personal {
            Some(personal) => format!("{from} | mask('{}')", personal.word()),
            None => from,
        };
        match called.holds {
            Holds::Time => time(column, "datetime"),
            Holds::Day => time(column, "date"),
            Holds::Number => format!("{} | int", present(column, "none")),
            Holds::Address => format!("{} | absolute", present(column, "none")),
            Holds::Texts => format!("[{}]", masked(read(column, "text"))),
            Holds::Word => self.lookup(called.target, column),
            Holds::Person => masked(present(column, "''")),
            Holds::Text if called.target == "title" => {
                masked(format!("{} | truncate(300)", read(column, "text")))
            }
            Holds::Prose => format!("{} | truncate(280)", masked(read(column, "text"))),
            Holds::Text if column.number => format!("{} | string", present(column, "''")),
            Holds::Text => masked(read(column, "text")),
        }
    }

    /// A table from the app's words to the model's; words that are not known are told.
    fn lookup(&mut self, target: &str, column: &Column) -> String {
        let (known, rest): (fn(&str) -> Option<&'static str>, _) = match target {
            "state" => (states::state, "unknown"),
            _ => (states::priority, "normal"),
        };
        let mut pairs = Vec::new();
        let mut strange = Vec::new();
        for word in &column.distinct {
            match known(word) {
                Some(meaning) => pairs.push(format!(
                    "'{}': '{meaning}'",
                    word.replace('\\', "\\\\").replace('\'', "\\'")
                )),
                None => strange.push(word.chars().take(40).collect::<String>()),
            }
        }
        if !strange.is_empty() {
            let strange = strange.join(", ");
            self.notes.push(Said::new(
                format!("{target}: arti kata berikut tidak diketahui: {strange}"),
                format!("{target}: what these words mean is not known: {strange}"),
            ));
        }
        format!(
            "{} | lookup({{{}}}, '{rest}')",
            present(column, "''"),
            pairs.join(", ")
        )
    }

    /// A time of change is worth more than none: where only one time is there it serves for both.
    fn times(&mut self) {
        if self.has("updated_at") {
            return;
        }
        let created = self
            .fields
            .iter()
            .find(|field| field.field == "created_at")
            .cloned();
        let Some(mut field) = created.or_else(|| self.some_time()) else {
            self.notes.push(Said::new(
                "tidak ada waktu pada baris: hub memakai waktu ketika baris pertama kali terlihat",
                "rows have no time: the hub takes the time when it first saw a row",
            ));
            return;
        };
        if !self.has("created_at") {
            self.fields.push(field.clone());
        }
        field.field = "updated_at".to_owned();
        field.confidence = field.confidence.min(55);
        field.why = Said::new(
            "tidak ada waktu ubah; waktu ini dipakai",
            "there is no time of change; this time serves",
        );
        self.fields.push(field);
    }

    /// Any column of times, though it is called nothing like it.
    fn some_time(&mut self) -> Option<Finding> {
        let mut all = self
            .columns
            .iter()
            .enumerate()
            .filter(|(at, _)| !self.used.contains(at));
        let (at, column) =
            all.find(|(_, column)| column.time.as_ref().is_some_and(|(_, sure)| *sure >= 80))?;
        self.used.push(at);
        let why = Said::new(
            format!("isian `{}` berisi waktu", column.name),
            format!("`{}` holds times", column.name),
        );
        Some(Finding::new(
            "created_at",
            time(column, "datetime"),
            50,
            why,
        ))
    }

    /// Says what is not read, and which of it is personal.
    fn left(&mut self) {
        let rest = self
            .columns
            .iter()
            .enumerate()
            .filter(|(at, column)| !self.used.contains(at) && !column.counts);
        let (personal, plain): (Vec<_>, Vec<_>) = rest
            .map(|(_, column)| column)
            .partition(|column| column.personal.is_some());
        let names = |columns: &[&Column]| {
            columns
                .iter()
                .take(20)
                .map(|column| column.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        if !personal.is_empty() {
            let names = names(&personal);
            self.notes.push(Said::new(
                format!("data pribadi, sengaja tidak dibaca: {names}"),
                format!("personal data, not read on purpose: {names}"),
            ));
        }
        if !plain.is_empty() {
            let names = names(&plain);
            self.notes.push(Said::new(
                format!("tidak dipetakan: {names}"),
                format!("not mapped: {names}"),
            ));
        }
    }
}

/// How much a column is called like a target; `None` where it cannot hold what the target holds.
fn score(called: &Called, column: &Column) -> Option<u8> {
    let fits = match called.holds {
        Holds::Time | Holds::Day => column.time.is_some(),
        Holds::Number => column.whole,
        Holds::Address => column.address,
        Holds::Word => {
            !column.number
                && column.time.is_none()
                && column.distinct.len() <= 15
                && column.longest <= 40
        }
        Holds::Prose => !column.number && column.time.is_none() && !column.address && !column.flag,
        Holds::Text if called.target == "title" => {
            !column.number && column.time.is_none() && !column.address && !column.flag
        }
        Holds::Text | Holds::Person | Holds::Texts => column.time.is_none() && !column.flag,
    };
    if !fits || column.filled == 0 {
        return None;
    }
    let place = |at: usize| u8::try_from(at.min(25)).unwrap_or(25);
    let sure = column
        .time
        .as_ref()
        .filter(|_| matches!(called.holds, Holds::Time | Holds::Day))
        .map_or(100, |(_, sure)| *sure);
    for (at, name) in called.names.iter().enumerate() {
        if column.folded.iter().any(|folded| folded == name) {
            return Some((95 - place(at)).min(sure));
        }
    }
    let within = |name: &&str| {
        let parts: Vec<&str> = name.split('_').collect();
        column
            .words
            .windows(parts.len())
            .any(|window| window == parts)
    };
    let at = called.names.iter().position(within)?;
    // A column of times whose name only mentions the word is still that time; a text's is less sure.
    Some((72 - place(at)).min(sure))
}

/// Reads a column as text: markup is removed, a missing value is nothing.
fn read(column: &Column, filter: &str) -> String {
    let filter = if column.markup { "html_text" } else { filter };
    format!("{} | {filter}", present(column, "''"))
}
