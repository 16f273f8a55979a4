//! The header of a table: which rows it is, and which column a text stands above.

use super::{grid, text};
use ego_tree::NodeId;
use scraper::{ElementRef, Selector};
use std::collections::HashSet;

/// What stands above the columns of one table.
#[derive(Default)]
pub(super) struct Header {
    /// The rows that are the header.
    pub(super) rows: HashSet<NodeId>,
    /// They are marked as such (`<thead>`, `<th>`) and not only the first row.
    pub(super) marked: bool,
    /// The texts above each column, from top to bottom.
    above: Vec<Vec<String>>,
}

impl Header {
    pub(super) fn of(table: ElementRef<'_>) -> Self {
        let rows: Vec<ElementRef<'_>> = own_rows(table).collect();
        let in_head = |row: &&ElementRef<'_>| {
            let group = row.parent().and_then(ElementRef::wrap);
            group.is_some_and(|group| group.value().name() == "thead")
        };
        let mut head: Vec<ElementRef<'_>> = rows.iter().filter(in_head).copied().collect();
        if head.is_empty() {
            head.extend(rows.iter().take_while(|row| is_heading(**row)));
        }
        let marked = !head.is_empty();
        if head.is_empty() {
            head.extend(rows.first());
        }
        let mut layout = grid::Layout::default();
        let mut above: Vec<Vec<String>> = Vec::new();
        for row in &head {
            let mut last = None;
            for (at, cell) in layout.place(*row).into_iter().enumerate() {
                if above.len() <= at {
                    above.push(Vec::new());
                }
                let Some(cell) = cell
                    .and_then(|id| table.tree().get(id))
                    .and_then(ElementRef::wrap)
                else {
                    continue;
                };
                let said = match last.take() {
                    Some((id, said)) if id == cell.id() => said,
                    _ => text::of(cell),
                };
                // A cell over several rows of the header is said once.
                if above[at].last() != Some(&said) {
                    above[at].push(said.clone());
                }
                last = Some((cell.id(), said));
            }
        }
        Self {
            rows: head.iter().map(|row| row.id()).collect(),
            marked,
            above,
        }
    }

    /// The column under a text: that right above it, or all of them from top to bottom, parted by a space.
    pub(super) fn column(&self, wanted: &str) -> Option<usize> {
        let wanted = text::folded(wanted);
        let lowest = |above: &Vec<String>| {
            above
                .last()
                .is_some_and(|text| text::folded(text) == wanted)
        };
        let whole = |above: &Vec<String>| text::folded(&above.join(" ")) == wanted;
        let found = self.above.iter().position(lowest);
        found.or_else(|| self.above.iter().position(whole))
    }

    /// Whether any cell of the header has this text.
    pub(super) fn says(&self, wanted: &str) -> bool {
        let folded = text::folded(wanted);
        let mut all = self.above.iter().flatten();
        self.column(wanted).is_some() || all.any(|text| text::folded(text) == folded)
    }

    /// What the columns are called.
    pub(super) fn names(&self) -> Vec<String> {
        self.above.iter().map(|above| above.join(" ")).collect()
    }

    pub(super) fn width(&self) -> usize {
        self.above.len()
    }
}

/// The rows of a table without those of tables within it.
pub(super) fn own_rows(table: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    let groups = table.child_elements();
    groups.flat_map(|group| {
        let rows = (group.value().name() != "tr").then(|| group.child_elements());
        let own = (group.value().name() == "tr").then_some(group);
        let rows = rows
            .into_iter()
            .flatten()
            .filter(|row| row.value().name() == "tr");
        own.into_iter().chain(rows)
    })
}

/// Whether a row holds headings only.
pub(super) fn is_heading(row: ElementRef<'_>) -> bool {
    let mut cells = row
        .child_elements()
        .map(|cell| cell.value().name())
        .peekable();
    row.value().name() == "tr" && cells.peek().is_some() && cells.all(|name| name == "th")
}

/// The table that a row is in.
pub(super) fn table_of(row: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let mut around = row.ancestors().filter_map(ElementRef::wrap);
    around.find(|element| element.value().name() == "table")
}

/// Every table of a page.
pub(super) fn tables(html: &scraper::Html) -> Vec<ElementRef<'_>> {
    let all = Selector::parse("table").ok();
    all.map(|all| html.select(&all).take(1000).collect())
        .unwrap_or_default()
}
