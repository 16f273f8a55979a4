//! What a workbook says of itself: its sheets, its number formats, where its days begin.

use super::dates::{self, Shown};
use super::markup::{Markup, Step, Tag};
use super::package::Package;
use crate::FormatFault;
use std::collections::HashMap;

/// The most cell formats of a workbook; Excel stops at 65 490.
const FORMATS: usize = 65_536;

/// The most sheets that are looked at.
const SHEETS: usize = 1024;

/// A sheet of cells; a sheet that is a chart is none.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) part: String,
}

#[derive(Debug, Default)]
pub(super) struct Workbook {
    pub(super) sheets: Vec<Sheet>,
    pub(super) from_1904: bool,
    pub(super) strings: Option<String>,
    pub(super) styles: Option<String>,
}

impl Workbook {
    /// Reads the workbook part; `None` if the archive has none.
    pub(super) fn read(package: &mut Package) -> Result<Option<Self>, FormatFault> {
        let start = relations(package, "")?;
        let part = start
            .into_values()
            .find(|relation| relation.kind.ends_with("/officeDocument"))
            .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        let relations = relations(package, &part)?;
        let Some(part) = package.part(&part)? else {
            return Ok(None);
        };
        let mut workbook = Self::default();
        let mut markup = Markup::new(part);
        loop {
            match markup.step()? {
                Step::Open(tag) => workbook.take(&tag, &relations),
                Step::Finished => break,
                _ => {}
            }
        }
        let of_kind = |kind: &str| {
            let found = relations
                .values()
                .find(|relation| relation.kind.ends_with(kind));
            found.map(|relation| relation.target.clone())
        };
        workbook.strings = of_kind("/sharedStrings");
        workbook.styles = of_kind("/styles");
        Ok(Some(workbook))
    }

    fn take(&mut self, tag: &Tag<'_>, relations: &HashMap<String, Relation>) {
        match tag.name() {
            // An extension has a tag of this name, too, which says nothing of days.
            "workbookPr" => self.from_1904 |= is_true(tag.value("date1904").as_deref()),
            "sheet" if self.sheets.len() < SHEETS => {
                let relation = tag.value("id").and_then(|id| relations.get(&*id));
                let sheet = relation.filter(|relation| relation.kind.ends_with("/worksheet"));
                self.sheets.extend(sheet.map(|relation| {
                    Sheet {
                        name: tag.value("name").unwrap_or_default().into_owned(),
                        hidden: tag
                            .value("state")
                            .is_some_and(|state| state.contains("idden")),
                        part: relation.target.clone(),
                    }
                }));
            }
            _ => {}
        }
    }
}

fn is_true(value: Option<&str>) -> bool {
    matches!(value, Some("1" | "true" | "on"))
}

#[derive(Debug)]
struct Relation {
    kind: String,
    target: String,
}

/// What a part refers to, by the names that it uses; nothing if it refers to nothing.
fn relations(package: &mut Package, part: &str) -> Result<HashMap<String, Relation>, FormatFault> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let mut relations = HashMap::new();
    let name = format!("{folder}/_rels/{file}.rels");
    let Some(part) = package.part(&name)? else {
        return Ok(relations);
    };
    let mut markup = Markup::new(part);
    loop {
        match markup.step()? {
            Step::Open(tag) if tag.name() == "Relationship" && relations.len() < FORMATS => {
                let text = |name| tag.value(name).unwrap_or_default().into_owned();
                let relation = Relation {
                    kind: text("Type"),
                    target: within(folder, &text("Target")),
                };
                relations.insert(text("Id"), relation);
            }
            Step::Finished => return Ok(relations),
            _ => {}
        }
    }
}

/// Follows a relative name from a folder; one that begins with `/` is absolute.
fn within(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let base = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for step in base.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// How the cells of each style show a number.
pub(super) fn styles(package: &mut Package, part: &str) -> Result<Vec<Shown>, FormatFault> {
    let mut shown = Vec::new();
    let Some(part) = package.part(part)? else {
        return Ok(shown);
    };
    let mut own: HashMap<u32, Shown> = HashMap::new();
    let mut cells = false;
    let mut markup = Markup::new(part);
    loop {
        match markup.step()? {
            Step::Open(tag) => match tag.name() {
                "numFmt" if own.len() < FORMATS => {
                    let code = tag.value("formatCode").unwrap_or_default();
                    own.insert(number(&tag, "numFmtId"), dates::written(&code));
                }
                "cellXfs" => cells = true,
                "xf" if cells && shown.len() < FORMATS => {
                    let id = number(&tag, "numFmtId");
                    shown.push(own.get(&id).copied().unwrap_or_else(|| dates::built_in(id)));
                }
                _ => {}
            },
            Step::Close(end) if end.name() == "cellXfs" => cells = false,
            Step::Finished => return Ok(shown),
            _ => {}
        }
    }
}

fn number(tag: &Tag<'_>, name: &str) -> u32 {
    let text = tag.value(name);
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_or_absolute() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/styles.xml", "xl/styles.xml"),
            ("xl", "..\\x.xml", "x.xml"),
            ("", "../../x.xml", "x.xml"),
        ] {
            assert_eq!(within(folder, target), part);
        }
    }
}
