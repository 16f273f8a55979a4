//! What stands below or beside a label of a page: the cells of a column, the value of a detail.

use super::header::{self, Header};
use super::{Page, grid, text};
use scraper::{ElementRef, Selector};

impl Page {
    /// The texts below every heading of a column that is `wanted`, and beside every such heading of a row (`<th>`) or
    /// of a list (`<dt>`).
    #[must_use]
    pub fn labelled(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        for table in header::tables(&self.html) {
            below(table, &wanted, &mut found);
        }
        let Ok(labels) = Selector::parse("th, dt") else {
            return found;
        };
        for label in self.html.select(&labels) {
            let value = match label.value().name() {
                "th" => "td",
                _ => "dd",
            };
            let mut next = label.next_siblings().filter_map(ElementRef::wrap);
            let beside = next.next().filter(|next| next.value().name() == value);
            found.extend(beside.filter(|_| wanted(&text::of(label))).map(text::of));
        }
        found.retain(|text| !text.is_empty());
        found
    }
}

fn below(table: ElementRef<'_>, wanted: impl Fn(&str) -> bool, found: &mut Vec<String>) {
    let header = Header::of(table);
    let names = header.names();
    let columns: Vec<usize> = (0..names.len()).filter(|at| wanted(&names[*at])).collect();
    if columns.is_empty() {
        return;
    }
    let mut layout = grid::Layout::default();
    for row in header::own_rows(table).filter(|row| !header.rows.contains(&row.id())) {
        let cells = layout.place(row);
        let cell = |at: &usize| ElementRef::wrap(table.tree().get(cells.get(*at).copied()??)?);
        found.extend(columns.iter().filter_map(cell).map(text::of));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_below_and_beside_their_labels() {
        let page = "<table><tr><th>No<th>Nama Tamu<th>Ket</tr><tr><td rowspan=2>1<td>Ni Contoh<td>x</tr><tr><td>I Contoh<td>y</tr></table>\
                    <table><tr><th>Nama Tamu</th><td>Ketut <b>Contoh</b></td></tr></table><dl><dt>Nama Tamu</dt><dd>Putu</dd><dt>Kota</dt><dd>D</dd></dl>";
        let page = Page::read(page.as_bytes(), Some("text/html")).expect("a page");
        let found = page.labelled(|label| label == "Nama Tamu");
        for name in ["Ni Contoh", "I Contoh", "Ketut Contoh", "Putu"] {
            assert!(found.iter().any(|text| text == name), "{name}: {found:?}");
        }
        assert!(
            !found
                .iter()
                .any(|text| ["x", "y", "1", "D"].contains(&text.as_str())),
            "{found:?}"
        );
    }
}
