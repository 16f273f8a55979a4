//! XML Schema, as far as it says which elements there are and which of them repeat.
//!
//! Owns elements, complex and simple types, groups, extension and restriction. Facets and identities say nothing here.

use super::Field;
use super::names::Name;
use crate::xml::tree::Element;
use std::cell::Cell;
use std::collections::HashMap;

/// The namespace of schemas.
const XSD: &str = "http://www.w3.org/2001/XMLSchema";
/// How deeply types are followed.
const DEPTH: usize = 24;
/// The most particles that are looked at in all: types may refer to each other over and over.
const STEPS: usize = 200_000;

/// The schemas of one description.
pub(super) struct Schemas<'a> {
    defined: HashMap<(&'static str, Name), Defined<'a>>,
    left: Cell<usize>,
}

#[derive(Clone, Copy)]
struct Defined<'a> {
    element: &'a Element,
    /// The schema that it stands in.
    schema: &'a Element,
}

/// One walk from an element down.
struct Round<'a, 's> {
    schemas: &'s Schemas<'a>,
    /// The types that are open, against those within themselves.
    open: Vec<Name>,
}

const DEFINITIONS: &[&str] = &[
    "element",
    "complexType",
    "simpleType",
    "group",
    "attributeGroup",
];

impl<'a> Schemas<'a> {
    pub(super) fn of(root: &'a Element) -> Self {
        let mut defined = HashMap::new();
        let schemas = root.all("types").flat_map(|types| types.all("schema"));
        for schema in schemas {
            let target = schema.attribute("targetNamespace").unwrap_or_default();
            for element in &schema.children {
                let what = DEFINITIONS.iter().find(|what| **what == element.local());
                if let (Some(what), Some(name)) = (what, element.attribute("name")) {
                    let name = Name::new(target, name);
                    defined
                        .entry((*what, name))
                        .or_insert(Defined { element, schema });
                }
            }
        }
        Self {
            defined,
            left: Cell::new(STEPS),
        }
    }

    /// Describes a global element.
    pub(super) fn element(&self, name: &Name) -> Field {
        self.round().global(name)
    }

    /// Describes an element of this name and type, as the parts of rpc calls are.
    pub(super) fn typed(&self, name: &str, kind: &Name) -> Field {
        let mut field = Field {
            name: name.to_owned(),
            ..Field::default()
        };
        self.round().fill(&mut field, kind);
        field
    }

    fn round(&self) -> Round<'a, '_> {
        Round {
            schemas: self,
            open: Vec::new(),
        }
    }

    /// Whether one more particle may be looked at.
    fn step(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn find(&self, what: &'static str, name: &Name) -> Option<Defined<'a>> {
        self.defined.get(&(what, name.clone())).copied()
    }
}

impl<'a> Round<'a, '_> {
    fn global(&mut self, name: &Name) -> Field {
        match self.schemas.find("element", name) {
            Some(found) if self.open.len() < DEPTH => {
                let mut field = self.declared(found);
                field.namespace = Some(name.namespace.clone()).filter(|space| !space.is_empty());
                field
            }
            _ => Field {
                name: name.local.clone(),
                kind: "unknown".to_owned(),
                ..Field::default()
            },
        }
    }

    /// An element with a name of its own.
    fn declared(&mut self, Defined { element, schema }: Defined<'a>) -> Field {
        let mut field = Field {
            name: element.attribute("name").unwrap_or_default().to_owned(),
            nillable: matches!(element.attribute("nillable"), Some("true" | "1")),
            ..Field::default()
        };
        let form = element
            .attribute("form")
            .or(schema.attribute("elementFormDefault"));
        if form == Some("qualified") {
            field.namespace = schema.attribute("targetNamespace").map(str::to_owned);
        }
        if let Some(kind) = element.attribute("type") {
            self.fill(&mut field, &Name::of(kind));
        } else if let Some(inline) = element.child("complexType") {
            // An anonymous type is within itself only through a named element: count it as one.
            self.open.push(Name::default());
            self.complex(
                &mut field,
                Defined {
                    element: inline,
                    schema,
                },
            );
            self.open.pop();
        } else if let Some(inline) = element.child("simpleType") {
            field.kind = self.simple(inline);
        } else {
            field.kind = "anyType".to_owned();
        }
        field
    }

    /// Gives a field what its type holds.
    fn fill(&mut self, field: &mut Field, kind: &Name) {
        if kind.namespace == XSD {
            field.kind.clone_from(&kind.local);
            return;
        }
        if let Some(found) = self.schemas.find("simpleType", kind) {
            field.kind = self.simple(found.element);
            return;
        }
        let Some(found) = self.schemas.find("complexType", kind) else {
            field.kind = "unknown".to_owned();
            return;
        };
        field.kind = "object".to_owned();
        if self.open.len() < DEPTH && !self.open.contains(kind) {
            self.open.push(kind.clone());
            self.complex(field, found);
            self.open.pop();
        }
    }

    /// The built-in type that a simple type restricts.
    fn simple(&self, simple: &Element) -> String {
        let mut simple = simple;
        for _ in 0..DEPTH {
            let Some(restriction) = simple.child("restriction") else {
                break;
            };
            let base = restriction.attribute("base").map(Name::of);
            let next = match base {
                Some(base) if base.namespace == XSD => return base.local,
                Some(base) => self
                    .schemas
                    .find("simpleType", &base)
                    .map(|found| found.element),
                None => restriction.child("simpleType"),
            };
            let Some(next) = next else { break };
            simple = next;
        }
        // Lists and unions are written as text.
        "string".to_owned()
    }

    fn complex(&mut self, field: &mut Field, found: Defined<'a>) {
        field.kind = "object".to_owned();
        let schema = found.schema;
        if let Some(content) = found.element.child("simpleContent") {
            let derived = content.child("extension").or(content.child("restriction"));
            if let Some(derived) = derived {
                self.derive(
                    field,
                    Defined {
                        element: derived,
                        schema,
                    },
                );
            }
        } else if let Some(content) = found.element.child("complexContent") {
            if let Some(extension) = content.child("extension") {
                self.derive(
                    field,
                    Defined {
                        element: extension,
                        schema,
                    },
                );
            } else if let Some(restriction) = content.child("restriction") {
                let restricted = Defined {
                    element: restriction,
                    schema,
                };
                self.array(field, restricted);
                self.content(field, restricted, false, false);
            }
        } else {
            self.content(field, found, false, false);
        }
    }

    /// What the base holds, then what is added.
    fn derive(&mut self, field: &mut Field, extension: Defined<'a>) {
        if let Some(base) = extension.element.attribute("base") {
            self.fill(field, &Name::of(base));
        }
        self.content(field, extension, false, false);
    }

    /// An array of SOAP 1.1's section 5: `wsdl:arrayType="t:Item[]"`; its elements are called `item`.
    fn array(&mut self, field: &mut Field, restriction: Defined<'a>) {
        let mut attributes = restriction.element.all("attribute");
        let kind = attributes.find_map(|attribute| {
            let mut all = attribute.attributes.iter();
            all.find(|(name, _)| name.ends_with(":arrayType"))
                .map(|(_, value)| value)
        });
        let Some(kind) = kind else { return };
        let mut item = Field {
            name: "item".to_owned(),
            repeated: true,
            optional: true,
            ..Field::default()
        };
        let bare =
            kind.trim_end_matches(|c: char| matches!(c, '[' | ']' | ',') || c.is_ascii_digit());
        self.fill(&mut item, &Name::of(bare));
        field.fields.push(item);
    }

    /// The particles and attributes of a type or group.
    fn content(&mut self, field: &mut Field, of: Defined<'a>, repeated: bool, optional: bool) {
        let schema = of.schema;
        for element in &of.element.children {
            if !self.schemas.step() {
                return;
            }
            let many = repeated || often(element);
            let maybe = optional || element.attribute("minOccurs") == Some("0");
            let child = Defined { element, schema };
            match element.local() {
                "sequence" | "all" => self.content(field, child, many, maybe),
                "choice" => self.content(field, child, many, true),
                "element" => {
                    let mut one = match element.attribute("ref") {
                        Some(name) => self.global(&Name::of(name)),
                        None => self.declared(child),
                    };
                    (one.repeated, one.optional) = (many, maybe);
                    field.fields.push(one);
                }
                "attribute" => self.attribute(field, element),
                what @ ("group" | "attributeGroup") => {
                    self.group(field, what, element, many, maybe)
                }
                _ => {}
            }
        }
    }

    fn group(&mut self, field: &mut Field, what: &str, of: &Element, many: bool, maybe: bool) {
        let (Some(name), Some(what)) = (
            of.attribute("ref").map(Name::of),
            DEFINITIONS.iter().find(|known| **known == what),
        ) else {
            return;
        };
        if let Some(found) = self.schemas.find(what, &name)
            && self.open.len() < DEPTH
            && !self.open.contains(&name)
        {
            self.open.push(name);
            self.content(field, found, many, maybe);
            self.open.pop();
        }
    }

    fn attribute(&mut self, field: &mut Field, attribute: &Element) {
        let Some(name) = attribute.attribute("name") else {
            return;
        };
        let mut one = Field {
            name: format!("@{name}"),
            optional: attribute.attribute("use") != Some("required"),
            ..Field::default()
        };
        match attribute.attribute("type") {
            Some(kind) => self.fill(&mut one, &Name::of(kind)),
            None => one.kind = "string".to_owned(),
        }
        field.fields.push(one);
    }
}

fn often(particle: &Element) -> bool {
    let most = particle.attribute("maxOccurs").unwrap_or("1").trim();
    most == "unbounded" || most.parse::<u64>().is_ok_and(|most| most > 1)
}
