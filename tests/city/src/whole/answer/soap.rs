//! SOAP 1.1 as a .NET service of 2010 speaks it, and plain XML documents.
//!
//! Owns envelopes, faults (HTTP 500) and the WSDL. Reads only the few elements of a call that it knows.

use super::rows::Row;
use super::{Asked, slice, text};
use crate::make::escape;
use crate::whole::shelf::{Shelf, moment};
use axum::body::Body;
use http::{Response, StatusCode};
use std::fmt::Write as _;

const XML: &str = "text/xml; charset=utf-8";
const NAMESPACE: &str = "http://layanan.example/";
/// The most rows of an answer.
const MOST: usize = 500;

/// The text of the first element of a name, whatever its prefix.
pub(crate) fn element(xml: &str, name: &str) -> Option<String> {
    let start = xml.match_indices('<').find_map(|(at, _)| {
        let tag = &xml[at + 1..at + 1 + xml[at + 1..].find('>')?];
        let full = tag.split_whitespace().next().unwrap_or_default();
        let local = full.rsplit(':').next().unwrap_or_default();
        (local == name && !tag.ends_with('/')).then_some(at + tag.len() + 2)
    })?;
    let rest = &xml[start..];
    let words = rest[..rest.find("</")?].trim();
    Some(
        words
            .replace("&gt;", ">")
            .replace("&lt;", "<")
            .replace("&amp;", "&"),
    )
}

/// A fault with HTTP status 500 (SOAP 1.1, section 6.2).
pub(crate) fn fault(code: &str, says: &str) -> Response<Body> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{}</faultstring></soap:Fault></soap:Body></soap:Envelope>",
        escape(says)
    );
    text(StatusCode::INTERNAL_SERVER_ERROR, XML, body)
}

/// One call.
pub(super) fn call(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let (operation, sent) = (shelf.entry.option("op"), asked.text());
    if !sent.contains(&format!("{operation}>")) && !sent.contains(&format!("{operation} ")) {
        return fault("Client", "operasi tidak dikenal");
    }
    let number = |name: &str, usual: usize| match element(&sent, name).as_deref() {
        None | Some("") => Some(usual),
        Some(text) => text.parse::<usize>().ok().filter(|number| *number > 0),
    };
    let (Some(page), Some(size)) = (number("Halaman", 1), number("Jumlah", 100)) else {
        return fault("Client", "Halaman dan Jumlah harus angka");
    };
    let since = element(&sent, "Sejak").filter(|text| !text.is_empty());
    let ids = match since.as_deref().map(moment) {
        None => shelf.ids(),
        Some(Some(time)) => shelf.since(time),
        Some(None) => return fault("Client", "Sejak bukan waktu"),
    };
    let size = size.min(MOST);
    let shown = slice(&ids, (page - 1).saturating_mul(size), size);
    let rows = written(&shelf.rows(shown), shelf.entry.option("row"));
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body><{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>\n{rows}</{operation}Result></{operation}Response></soap:Body></soap:Envelope>"
    );
    text(StatusCode::OK, XML, body)
}

fn written(rows: &[Row], name: &str) -> String {
    let mut xml = String::new();
    for row in rows {
        let _ = write!(xml, "<{name}>");
        for (field, cell) in &row.cells {
            let _ = write!(xml, "<{field}>{}</{field}>", escape(&cell.text()));
        }
        let _ = writeln!(xml, "</{name}>");
    }
    xml
}

/// All rows as one document.
pub(super) fn document(shelf: &Shelf) -> Response<Body> {
    let (root, name) = (shelf.entry.option("root"), shelf.entry.option("row"));
    let rows = written(&shelf.rows(&shelf.ids()), name);
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {} -->\n<{root} jumlah=\"{}\">\n{rows}</{root}>\n",
        crate::MADE_UP,
        shelf.ids().len()
    );
    text(StatusCode::OK, "application/xml", body)
}

/// What the service can do (WSDL 1.1).
pub(super) fn wsdl(shelf: &Shelf) -> Response<Body> {
    let (operation, row, path) = (
        shelf.entry.option("op"),
        shelf.entry.option("row"),
        shelf.entry.option("path"),
    );
    let mut fields = String::new();
    for (name, _) in &shelf.entry.fields {
        let _ = write!(fields, "<s:element name=\"{name}\" type=\"s:string\"/>");
    }
    let body = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">
<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">
<s:element name="{operation}"><s:complexType><s:sequence><s:element name="Sejak" type="s:string" minOccurs="0"/><s:element name="Halaman" type="s:int"/><s:element name="Jumlah" type="s:int"/></s:sequence></s:complexType></s:element>
<s:element name="{operation}Response"><s:complexType><s:sequence><s:element name="{operation}Result" type="tns:Daftar"/></s:sequence></s:complexType></s:element>
<s:complexType name="Daftar"><s:sequence><s:element name="{row}" type="tns:{row}" minOccurs="0" maxOccurs="unbounded"/></s:sequence></s:complexType>
<s:complexType name="{row}"><s:sequence>{fields}</s:sequence></s:complexType>
</s:schema></wsdl:types>
<wsdl:message name="{operation}SoapIn"><wsdl:part name="parameters" element="tns:{operation}"/></wsdl:message>
<wsdl:message name="{operation}SoapOut"><wsdl:part name="parameters" element="tns:{operation}Response"/></wsdl:message>
<wsdl:portType name="LayananSoap"><wsdl:operation name="{operation}"><wsdl:input message="tns:{operation}SoapIn"/><wsdl:output message="tns:{operation}SoapOut"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="LayananSoap" type="tns:LayananSoap"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="{operation}"><soap:operation soapAction="{NAMESPACE}{operation}" style="document"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="Layanan"><wsdl:port name="LayananSoap" binding="tns:LayananSoap"><soap:address location="{}{path}"/></wsdl:port></wsdl:service>
</wsdl:definitions>"#,
        shelf.base_url
    );
    text(StatusCode::OK, XML, body)
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn an_element_is_found_under_any_prefix_and_not_by_half_its_name() {
        let xml = "<a:Op><t:HalamanLain>9</t:HalamanLain><t:Halaman x=\"1\"> 3 </t:Halaman><Kosong/></a:Op>";
        assert_eq!(element(xml, "Halaman").as_deref(), Some("3"));
        assert_eq!(element(xml, "Kosong"), None);
        assert_eq!(element("<a", "a"), None);
    }
}
