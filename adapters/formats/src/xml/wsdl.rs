//! WSDL 1.1: which calls a service offers, what they take and where their answers repeat.
//!
//! Owns document/literal and rpc bindings over SOAP 1.1 and 1.2, with the schemas written inline. It must never fetch
//! an import: what an import would define has the kind `unknown`.

mod names;
mod schema;

use super::soap::Version;
use super::tree::{self, Element};
use crate::FormatFault;
use names::Name;
use schema::Schemas;

/// Namespaces of the SOAP bindings (WSDL 1.1 section 3; the 1.2 binding is a W3C note).
const SOAP11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";

/// The most operations that are read.
const OPERATIONS: usize = 2000;

/// One place where a service is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The name of the service.
    pub service: String,
    /// The name of the port.
    pub name: String,
    /// The address as it is written; behind a proxy it often names an inner host.
    pub endpoint: String,
    /// The version of SOAP.
    pub version: Version,
    /// The calls.
    pub operations: Vec<Operation>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// The `SOAPAction`; empty where there is none.
    pub action: String,
    /// The call is wrapped in an element of its own name (`rpc`).
    pub rpc: bool,
    /// Header entries that the call takes.
    pub headers: Vec<Field>,
    /// The element in the body of the call.
    pub input: Option<Field>,
    /// The element in the body of the answer.
    pub output: Option<Field>,
}

/// An element (or an attribute, `@name`) with what it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// The name without a prefix.
    pub name: String,
    /// The namespace, where the element is qualified.
    pub namespace: Option<String>,
    /// The type without a prefix: `string`, `dateTime`, `decimal`; of a simple type of the service's own the type it
    /// restricts; `object` where there are fields; `unknown` where it is not defined inline.
    pub kind: String,
    /// It may be there more than once.
    pub repeated: bool,
    /// It may be absent.
    pub optional: bool,
    /// It may be `xsi:nil`.
    pub nillable: bool,
    /// Its children. Of a type within itself only the first round is described.
    pub fields: Vec<Field>,
}

impl Operation {
    /// The paths of repeated elements in an answer, from its root: `Envelope`, `Body`, …; shallow ones first.
    #[must_use]
    pub fn repeated(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let mut open: Vec<(Vec<String>, &Field)> = Vec::new();
        if let Some(output) = &self.output {
            open.push((["Envelope", "Body"].map(str::to_owned).to_vec(), output));
        }
        while !open.is_empty() {
            let mut next = Vec::new();
            for (mut path, field) in open {
                path.push(field.name.clone());
                if field.repeated {
                    found.push(path.clone());
                }
                next.extend(field.fields.iter().map(|child| (path.clone(), child)));
            }
            open = next;
        }
        found
    }
}

/// Reads a service description.
///
/// # Errors
/// It is not XML, or not WSDL 1.1.
pub fn read(document: &[u8], content_type: Option<&str>) -> Result<Vec<Port>, FormatFault> {
    let mut root = tree::parse(document, content_type)?;
    if root.local() != "definitions" {
        let found = format!("an XML document that begins with <{}>", root.name);
        return Err(FormatFault::not_this("wsdl", found));
    }
    names::resolve(&mut root);
    let description = Description {
        schemas: Schemas::of(&root),
        root: &root,
    };
    Ok(description.ports())
}

struct Description<'a> {
    root: &'a Element,
    schemas: Schemas<'a>,
}

impl<'a> Description<'a> {
    fn ports(&self) -> Vec<Port> {
        let mut left = OPERATIONS;
        let services = self.root.all("service");
        let ports =
            services.flat_map(|service| service.all("port").map(move |port| (service, port)));
        ports
            .filter_map(|(service, port)| self.port(service, port, &mut left))
            .collect()
    }

    /// A port of another protocol (HTTP GET and POST of old .NET) is left out.
    fn port(&self, service: &Element, port: &Element, left: &mut usize) -> Option<Port> {
        let address = port.child("address")?;
        let version = version(address)?;
        let binding = self.named("binding", port.attribute("binding")?)?;
        let kind = self.named("portType", binding.attribute("type")?)?;
        let rpc = style(binding.child("binding"), false);
        let mut operations = Vec::new();
        for bound in binding.all("operation") {
            let name = bound.attribute("name").unwrap_or_default();
            let Some(shape) = kind
                .all("operation")
                .find(|o| o.attribute("name") == Some(name))
            else {
                continue;
            };
            if *left == 0 {
                break;
            }
            *left -= 1;
            operations.push(self.operation(bound, shape, rpc));
        }
        Some(Port {
            service: written(service, "name"),
            name: written(port, "name"),
            endpoint: written(address, "location"),
            version,
            operations,
        })
    }

    fn operation(&self, bound: &Element, shape: &Element, rpc: bool) -> Operation {
        let name = written(bound, "name");
        let soap = bound.child("operation");
        let rpc = style(soap, rpc);
        let side = |which: &str, wrapper: &str| {
            let (bound, shape) = (bound.child(which)?, shape.child(which)?);
            let message = self.named("message", shape.attribute("message")?)?;
            match rpc {
                true => Some(self.wrapped(wrapper, bound, message)),
                false => self.document(bound, message),
            }
        };
        Operation {
            action: soap
                .map(|soap| written(soap, "soapAction"))
                .unwrap_or_default(),
            rpc,
            headers: bound
                .child("input")
                .map(|input| self.headers(input))
                .unwrap_or_default(),
            input: side("input", &name),
            output: side("output", &format!("{name}Response")),
            name,
        }
    }

    /// The part that is the body; where `parts` names none it is the first with an element.
    fn document(&self, bound: &Element, message: &Element) -> Option<Field> {
        let body = bound.child("body").and_then(|body| body.attribute("parts"));
        let wanted = body.and_then(|parts| parts.split_whitespace().next());
        let fits = |part: &&Element| wanted.is_none_or(|name| part.attribute("name") == Some(name));
        let part = message.all("part").find(fits)?;
        Some(self.part(part))
    }

    fn wrapped(&self, name: &str, bound: &Element, message: &Element) -> Field {
        let namespace = bound
            .child("body")
            .and_then(|body| body.attribute("namespace"));
        Field {
            name: name.to_owned(),
            namespace: namespace.map(str::to_owned),
            kind: "object".to_owned(),
            fields: message.all("part").map(|part| self.part(part)).collect(),
            ..Field::default()
        }
    }

    fn headers(&self, bound: &Element) -> Vec<Field> {
        let header = |header: &Element| {
            let message = self.named("message", header.attribute("message")?)?;
            let name = header.attribute("part");
            let part = message
                .all("part")
                .find(|part| part.attribute("name") == name)?;
            Some(self.part(part))
        };
        bound.all("header").filter_map(header).collect()
    }

    fn part(&self, part: &Element) -> Field {
        if let Some(element) = part.attribute("element") {
            return self.schemas.element(&Name::of(element));
        }
        let kind = Name::of(part.attribute("type").unwrap_or_default());
        self.schemas.typed(&written(part, "name"), &kind)
    }

    /// Finds one of the description's own parts by its resolved name.
    fn named(&self, what: &'static str, name: &str) -> Option<&'a Element> {
        let local = Name::of(name).local;
        let mut all = self.root.all(what);
        all.find(|part| part.attribute("name") == Some(local.as_str()))
    }
}

fn version(address: &Element) -> Option<Version> {
    match address.attribute(names::NAMESPACE)? {
        SOAP11 => Some(Version::V11),
        SOAP12 => Some(Version::V12),
        _ => None,
    }
}

fn style(soap: Option<&Element>, otherwise: bool) -> bool {
    let style = soap.and_then(|soap| soap.attribute("style"));
    style.map_or(otherwise, |style| style == "rpc")
}

fn written(element: &Element, attribute: &str) -> String {
    element
        .attribute(attribute)
        .unwrap_or_default()
        .trim()
        .to_owned()
}
