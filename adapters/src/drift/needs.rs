//! What of a shape matters to a source: the fields that its mapping cannot do without.

use divos_manifest::{Deletes, Expr, Fetch, Path, Segment, Source};

/// What a source cannot do without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Of each group one field has to be there: those of an expression that has something else for what is missing.
    pub(super) groups: Vec<Vec<String>>,
    /// Whether cells are found by their place, so that columns have to stay where they are.
    pub(super) by_place: bool,
}

impl Needs {
    /// Reads what a source needs off its definition.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        let mut groups = Vec::new();
        for (_, expr) in &source.map.fields {
            add(expr, &mut groups);
        }
        if let Deletes::Tombstone(expr) = &source.deletes {
            add(expr, &mut groups);
        }
        if let Some(cursor) = &source.cursor {
            groups.push(vec![key(&cursor.field)]);
        }
        groups.retain(|group: &Vec<String>| group.iter().all(|field| !field.is_empty()));
        groups.sort();
        groups.dedup();
        Self {
            groups,
            by_place: matches!(&source.fetch, Fetch::Html(_, table) if !table.cells.is_empty()),
        }
    }

    /// Tells whether a field is read at all.
    pub(super) fn reads(&self, field: &str) -> bool {
        self.groups.iter().flatten().any(|known| known == field)
    }
}

fn add(expr: &Expr, groups: &mut Vec<Vec<String>>) {
    let mut fields = fields_of(expr);
    // What an item's parent has comes from another source.
    fields.retain(|field| field != "parent" && !field.starts_with("parent."));
    match expr.falls_back() {
        true if fields.is_empty() => {}
        true => groups.push(fields),
        false => groups.extend(fields.into_iter().map(|field| vec![field])),
    }
}

/// The fields that an expression reads, by the names that they have in a shape.
pub(crate) fn fields_of(expr: &Expr) -> Vec<String> {
    let paths = expr
        .lineage()
        .iter()
        .filter_map(|text| text.parse::<Path>().ok());
    paths.map(|path| key(&path)).collect()
}

/// A path as the name of a field in a shape: up to the first list, three levels deep.
fn key(path: &Path) -> String {
    let names = path.segments().iter().map_while(|step| match step {
        Segment::Field(name) => Some(name.as_str()),
        Segment::Index(_) | Segment::All => None,
    });
    names.take(3).collect::<Vec<_>>().join(".")
}
