//! Tables for people; plain tab-separated lines when piped.

use comfy_table::{ContentArrangement, Table, presets};
use std::io::IsTerminal;

/// Writes rows under a heading.
pub(super) fn write(heading: &[&str], rows: Vec<Vec<String>>) -> String {
    if !std::io::stdout().is_terminal() {
        let mut lines = vec![heading.join("\t")];
        lines.extend(rows.iter().map(|row| row.join("\t")));
        return lines.join("\n");
    }
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(heading.to_vec());
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}
