//! Where the cells of a table stand, counting those that span (WHATWG HTML 4.9.12).

use ego_tree::NodeId;
use scraper::ElementRef;

/// The most columns; the standard's own bound on `colspan`.
const COLUMNS: usize = 1000;
/// The standard's bound on `rowspan`.
const ROWS: usize = 65_534;

/// The rows of one group, laid out one after another.
#[derive(Default)]
pub(super) struct Layout {
    /// For each column the cell that reaches down into the next rows, and into how many.
    reaching: Vec<Option<(NodeId, usize)>>,
    /// The row that was laid out last, with its cells.
    last: Option<NodeId>,
}

impl Layout {
    /// Lays out the next row; the cell of each column.
    pub(super) fn place(&mut self, row: ElementRef<'_>) -> Vec<Option<NodeId>> {
        let mut cells = self.reached();
        let mut at = 0;
        for cell in row.child_elements() {
            if !matches!(cell.value().name(), "td" | "th") {
                continue;
            }
            while cells.get(at).is_some_and(Option::is_some) {
                at += 1;
            }
            let wide = span(cell, "colspan", COLUMNS).max(1);
            // None is down to the end of the group.
            let high = match span(cell, "rowspan", ROWS) {
                0 => ROWS,
                high => high,
            };
            for column in at..(at + wide).min(COLUMNS) {
                if cells.len() <= column {
                    cells.resize(column + 1, None);
                    self.reaching.resize(column + 1, None);
                }
                cells[column] = Some(cell.id());
                if high > 1 {
                    self.reaching[column] = Some((cell.id(), high - 1));
                }
            }
            at += wide;
            if at >= COLUMNS {
                break;
            }
        }
        self.last = Some(row.id());
        cells
    }

    /// Lays out all rows of the group up to this one, which comes after those laid out before.
    pub(super) fn advance(&mut self, row: ElementRef<'_>) -> Vec<Option<NodeId>> {
        let tree = row.tree();
        let mut next = match self.last.and_then(|last| tree.get(last)) {
            Some(last) => last.next_sibling(),
            None => row.parent().and_then(|group| group.first_child()),
        };
        while let Some(node) = next.filter(|node| node.id() != row.id()) {
            if let Some(before) = ElementRef::wrap(node).filter(|e| e.value().name() == "tr") {
                self.place(before);
            }
            next = node.next_sibling();
        }
        self.place(row)
    }

    /// The cells of rows above that reach into the next row.
    fn reached(&mut self) -> Vec<Option<NodeId>> {
        let reach = |slot: &mut Option<(NodeId, usize)>| {
            let (id, left) = slot.take()?;
            *slot = (left > 1).then_some((id, left - 1));
            Some(id)
        };
        self.reaching.iter_mut().map(reach).collect()
    }
}

pub(super) fn span(cell: ElementRef<'_>, name: &str, most: usize) -> usize {
    let written = cell.attr(name).map(str::trim);
    let digits = written.map(|text| text.trim_end_matches(|c: char| !c.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(1)
        .min(most)
}
