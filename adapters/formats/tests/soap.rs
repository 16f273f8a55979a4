//! SOAP and WSDL: envelopes, faults and descriptions, with answers that PHP's ext-soap and Python's spyne gave.

use divos_formats::Reason;
use divos_formats::xml::soap::{
    BuildFault, Envelope, Node, Nulls, Password, UsernameToken, Version, fault_in, read_fault,
};
use divos_formats::xml::wsdl::{Field, Port, read};
use divos_formats::xml::{Options, open};
use serde_json::{Value as Json, json};
use std::io::Cursor;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("files/soap/", $name))
    };
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn tree<const N: usize>(children: [(&str, Node); N]) -> Node {
    Node::Tree(
        children
            .map(|(name, node)| (name.to_owned(), node))
            .to_vec(),
    )
}

fn envelope(body: Vec<(String, Node)>) -> Envelope {
    Envelope {
        version: Version::V11,
        action: Some("urn:kota:nik#CekNIK".to_owned()),
        namespaces: vec![("n".to_owned(), "urn:kota:nik".to_owned())],
        header: Vec::new(),
        security: None,
        body,
        nulls: Nulls::Omit,
    }
}

/// The body as JSON, read back by our own reader.
fn body(envelope: &Envelope) -> Json {
    let message = envelope.build().expect("a message");
    let options = Options {
        rows: vec!["Envelope".to_owned()],
        charset: None,
    };
    let input = Box::new(Cursor::new(message.body.into_bytes()));
    let mut rows = open(input, Some(&message.content_type), &options)
        .expect("XML")
        .opened
        .rows;
    rows.next().expect("a row").expect("good")
}

#[test]
fn an_envelope_keeps_its_order_and_escapes_its_text() {
    let call = tree([
        ("n:zeta", text("<&>\"'")),
        (
            "n:alfa",
            tree([("@n:jenis", text("a\"b")), ("#text", text("isi"))]),
        ),
        ("n:daftar", Node::List(vec![text("1"), text("2")])),
        ("n:kosong", Node::Null),
    ]);
    let message = envelope(vec![("n:CekNIK".to_owned(), call)])
        .build()
        .expect("a message");
    let expected = "<soap:Body><n:CekNIK><n:zeta>&lt;&amp;&gt;&quot;'</n:zeta>\
        <n:alfa n:jenis=\"a&quot;b\">isi</n:alfa><n:daftar>1</n:daftar><n:daftar>2</n:daftar></n:CekNIK></soap:Body>";
    assert!(message.body.contains(expected), "{}", message.body);
    assert!(message.body.contains("xmlns:n=\"urn:kota:nik\""));
    assert_eq!(message.content_type, "text/xml; charset=utf-8");
    assert_eq!(
        message.soap_action.as_deref(),
        Some("\"urn:kota:nik#CekNIK\"")
    );
}

#[test]
fn soap_1_2_has_its_action_in_the_content_type() {
    let mut call = envelope(vec![("n:a".to_owned(), Node::Null)]);
    (call.version, call.nulls) = (Version::V12, Nulls::Nil);
    let message = call.build().expect("a message");
    let expected = "application/soap+xml; charset=utf-8; action=\"urn:kota:nik#CekNIK\"";
    assert_eq!(
        (message.content_type.as_str(), message.soap_action),
        (expected, None)
    );
    assert!(
        message
            .body
            .contains("http://www.w3.org/2003/05/soap-envelope")
    );
    assert_eq!(body(&call)["Body"]["a"], Json::Null);
}

#[test]
fn what_cannot_be_written_is_refused_by_name() {
    let built = |name: &str, node: Node| envelope(vec![(name.to_owned(), node)]).build().err();
    assert_eq!(built("n:a", text("x")), None);
    for name in ["", "a b", "1a", "n:", ":a", "a><b", "n:a:b"] {
        assert_eq!(
            built(name, text("x")),
            Some(BuildFault::Name(name.to_owned())),
            "{name}"
        );
    }
    let prefix = BuildFault::Prefix {
        name: "m:a".to_owned(),
        prefix: "m".to_owned(),
    };
    assert_eq!(built("m:a", text("x")), Some(prefix));
    let list = tree([("@k", Node::List(vec![]))]);
    assert_eq!(built("a", list), Some(BuildFault::Value("@k".to_owned())));
    let deep = (0..100).fold(Node::Null, |inner, _| tree([("a", inner)]));
    assert_eq!(built("a", deep), Some(BuildFault::Depth));
    let mut split = envelope(Vec::new());
    split.action = Some("x\r\nCookie: y".to_owned());
    assert!(matches!(split.build(), Err(BuildFault::Value(_))));
}

#[test]
fn a_password_is_sent_as_text_or_as_a_digest() {
    let mut call = envelope(Vec::new());
    let token = |kind| UsernameToken {
        username: "hub<1>".to_owned(),
        password: "rahasia&".to_owned(),
        kind,
        nonce: b"0123456789abcdef".to_vec(),
        created: "2026-01-31T08:00:00Z".to_owned(),
    };
    call.security = Some(token(Password::Text));
    let read = body(&call);
    let sent = &read["Header"]["Security"]["UsernameToken"];
    assert_eq!(sent["Username"], "hub<1>");
    assert_eq!(sent["Password"]["#text"], "rahasia&");
    assert!(
        sent["Password"]["@Type"]
            .as_str()
            .expect("a type")
            .ends_with("#PasswordText")
    );
    call.security = Some(token(Password::Digest));
    let read = body(&call);
    let sent = &read["Header"]["Security"]["UsernameToken"];
    // printf '0123456789abcdef2026-01-31T08:00:00Zrahasia&' | openssl sha1 -binary | base64
    assert_eq!(sent["Password"]["#text"], "oS8M0BZTuzQu1mjoH3tjMaf8Cx4=");
    assert_eq!(sent["Nonce"]["#text"], "MDEyMzQ1Njc4OWFiY2RlZg==");
    assert_eq!(sent["Created"], "2026-01-31T08:00:00Z");
}

#[test]
fn faults_of_real_services_are_read() {
    let said = |answer: &[u8]| read_fault(answer, None).map(|fault| (fault.code, fault.reason));
    let fault = |code: &str, reason: &str| Some((code.to_owned(), reason.to_owned()));
    assert_eq!(
        said(file!("nik-fault.xml")),
        fault("Server", "NIK tidak ditemukan")
    );
    assert_eq!(
        said(file!("nik-badcred.xml")),
        fault("Client", "Kredensial salah")
    );
    let spyne = fault(
        "Client.ResourceNotFound",
        "Requested resource '0' not found",
    );
    assert_eq!(said(file!("pbb-fault.xml")), spyne);
    assert_eq!(said(file!("nik-ok.xml")), None);
    assert_eq!(said(b"<html>"), None);
}

#[test]
fn a_fault_of_1_2_has_subcodes_and_languages() {
    let answer = "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><e:Fault><e:Code>\
        <e:Value>e:Sender</e:Value><e:Subcode><e:Value>w:FailedAuthentication</e:Value></e:Subcode></e:Code>\
        <e:Reason><e:Text xml:lang='en'>Denied</e:Text><e:Text xml:lang='id'>Ditolak</e:Text></e:Reason>\
        <e:Detail><batas>3</batas></e:Detail></e:Fault></e:Body></e:Envelope>";
    let fault = read_fault(answer.as_bytes(), None).expect("a fault");
    assert_eq!(fault.code, "Sender.FailedAuthentication");
    assert_eq!(fault.reason, "Ditolak");
    assert_eq!(fault.detail, json!({"batas": "3"}));
    assert_eq!(
        fault_in(&json!({"Envelope": {"Body": {"Fault": {"faultcode": "a:B"}}}}))
            .expect("a fault")
            .code,
        "B"
    );
}

#[test]
fn real_answers_become_rows() {
    let rows = |answer: &[u8], path: &str| {
        let options = Options {
            rows: path.split('.').map(str::to_owned).collect(),
            charset: None,
        };
        let rows = open(Box::new(Cursor::new(answer.to_vec())), None, &options)
            .expect("XML")
            .opened
            .rows;
        rows.collect::<Result<Vec<Json>, _>>()
    };
    let path = "Envelope.Body.CekTagihanResponse.CekTagihanResult.TagihanPBB";
    let bills = rows(file!("pbb-ok.xml"), path).expect("rows");
    assert_eq!(bills.len(), 2);
    let first = json!({"nop": "320101000100100010", "tahun": "2025", "jumlah": "125000.50", "jatuhTempo": "2025-09-30", "lunas": "T"});
    assert_eq!(bills[0], first);
    let person = rows(file!("nik-ok.xml"), "Envelope.Body.CekNIKResponse").expect("rows");
    assert_eq!(person[0]["nama"], "Siti Rahma");
    assert_eq!(person[0]["statusKawin"], Json::Null);
    match rows(file!("pbb-fault.xml"), path)
        .expect_err("a fault")
        .reason
    {
        Reason::Missing { found, .. } => assert_eq!(found, ["Fault"]),
        other => panic!("{other:?}"),
    }
}

fn only(ports: Vec<Port>) -> Port {
    assert_eq!(ports.len(), 1, "{ports:?}");
    ports.into_iter().next().expect("a port")
}

fn fields(of: &Field) -> Vec<(&str, &str, bool)> {
    of.fields
        .iter()
        .map(|f| (f.name.as_str(), f.kind.as_str(), f.nillable))
        .collect()
}

#[test]
fn the_description_of_a_php_service_is_read() {
    let port = only(read(file!("nik.wsdl"), None).expect("WSDL"));
    assert_eq!(
        (port.service.as_str(), port.version),
        ("NIKService", Version::V11)
    );
    assert!(port.endpoint.ends_with("/nik.php"));
    let call = &port.operations[0];
    assert_eq!(
        (call.name.as_str(), call.action.as_str(), call.rpc),
        ("CekNIK", "urn:kota:nik#CekNIK", false)
    );
    assert_eq!(call.headers[0].name, "Keamanan");
    assert_eq!(
        fields(&call.headers[0]),
        [("user", "string", false), ("kunci", "string", false)]
    );
    let input = call.input.as_ref().expect("an input");
    assert_eq!(input.namespace.as_deref(), Some("urn:kota:nik"));
    assert_eq!(fields(input), [("nik", "string", false)]);
    let output = call.output.as_ref().expect("an output");
    assert_eq!(output.fields[1].kind, "date");
    assert!(output.fields[3].nillable && output.fields[0].namespace.is_some());
    assert_eq!(call.repeated(), Vec::<Vec<String>>::new());
}

#[test]
fn the_description_of_a_spyne_service_says_what_repeats() {
    let port = only(read(file!("pbb.wsdl"), None).expect("WSDL"));
    let call = &port.operations[0];
    assert_eq!(
        (call.name.as_str(), call.action.as_str()),
        ("CekTagihan", "CekTagihan")
    );
    let path = "Envelope.Body.CekTagihanResponse.CekTagihanResult.TagihanPBB";
    assert_eq!(
        call.repeated(),
        [path.split('.').map(str::to_owned).collect::<Vec<_>>()]
    );
    let bill = &call.output.as_ref().expect("an output").fields[0].fields[0];
    assert_eq!(bill.fields[2].kind, "decimal");
}

/// A description with these types, of a service with one call of this style.
fn description(style: &str, types: &str, parts: &str) -> Port {
    let text = format!(
        "<d:definitions xmlns:d='http://schemas.xmlsoap.org/wsdl/' xmlns:t='urn:t' targetNamespace='urn:t'
          xmlns:s='http://schemas.xmlsoap.org/wsdl/soap12/' xmlns:x='http://www.w3.org/2001/XMLSchema'
          xmlns:w='http://schemas.xmlsoap.org/wsdl/'><d:types><x:schema targetNamespace='urn:t'>{types}</x:schema></d:types>
          <d:message name='In'/><d:message name='Out'>{parts}</d:message><d:portType name='P'><d:operation name='Cari'>
          <d:input message='t:In'/><d:output message='t:Out'/></d:operation></d:portType>
          <d:binding name='B' type='t:P'><s:binding style='{style}'/><d:operation name='Cari'><s:operation soapAction='a'/>
          <d:input><s:body use='literal' namespace='urn:t'/></d:input><d:output><s:body use='literal'/></d:output>
          </d:operation></d:binding><d:service name='S'><d:port name='Q' binding='t:B'><s:address location='http://127.0.0.1/'/>
          </d:port></d:service></d:definitions>"
    );
    only(read(text.as_bytes(), None).expect("WSDL"))
}

#[test]
fn an_rpc_call_is_wrapped_in_its_name() {
    let types = "<x:complexType name='L'><x:complexContent><x:restriction xmlns:e='http://schemas.xmlsoap.org/soap/encoding/' base='e:Array'>
        <x:attribute ref='e:arrayType' w:arrayType='t:I[]'/></x:restriction></x:complexContent></x:complexType>
        <x:complexType name='I'><x:all><x:element name='id' type='x:int'/></x:all></x:complexType>";
    let port = description("rpc", types, "<d:part name='return' type='t:L'/>");
    assert_eq!(port.version, Version::V12);
    let call = &port.operations[0];
    assert!(call.rpc);
    assert_eq!(
        call.input
            .as_ref()
            .map(|input| (input.name.as_str(), input.namespace.as_deref())),
        Some(("Cari", Some("urn:t")))
    );
    assert_eq!(
        call.repeated(),
        [["Envelope", "Body", "CariResponse", "return", "item"]
            .map(str::to_owned)
            .to_vec()]
    );
    assert_eq!(
        call.output.as_ref().expect("an output").fields[0].fields[0].fields[0].kind,
        "int"
    );
}

#[test]
fn derived_simple_grouped_and_recursive_types_are_followed() {
    let types = "<x:element name='R'><x:complexType><x:complexContent><x:extension base='t:Dasar'><x:sequence maxOccurs='unbounded'>
        <x:element ref='t:K'/><x:group ref='t:G'/></x:sequence><x:attribute name='v' use='required'/></x:extension></x:complexContent>
        </x:complexType></x:element><x:element name='K' type='t:Kode'/>
        <x:complexType name='Dasar'><x:sequence><x:element name='anak' type='t:Dasar' minOccurs='0'/></x:sequence></x:complexType>
        <x:simpleType name='Kode'><x:restriction base='t:Kode2'/></x:simpleType>
        <x:simpleType name='Kode2'><x:restriction base='x:token'><x:enumeration value='A'/></x:restriction></x:simpleType>
        <x:group name='G'><x:choice><x:element name='g' type='x:date'/><x:element name='asing' type='t:Tiada'/></x:choice></x:group>";
    let port = description("document", types, "<d:part name='p' element='t:R'/>");
    let output = port.operations[0].output.as_ref().expect("an output");
    let seen: Vec<_> = output
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.kind.as_str(), f.repeated, f.optional))
        .collect();
    let expected = [
        ("anak", "object", false, true),
        ("K", "token", true, false),
        ("g", "date", true, true),
        ("asing", "unknown", true, true),
        ("@v", "string", false, false),
    ];
    assert_eq!(seen, expected);
    assert!(
        output.fields[0].fields.is_empty(),
        "one round of a type within itself"
    );
}

#[test]
fn groups_that_double_at_every_step_end_soon() {
    let groups: String = (0..23)
        .map(|n| format!("<x:group name='g{n}'><x:sequence><x:group ref='t:g{0}'/><x:group ref='t:g{0}'/></x:sequence></x:group>", n + 1))
        .collect();
    let types = format!(
        "<x:element name='R'><x:complexType><x:group ref='t:g0'/></x:complexType></x:element>{groups}"
    );
    let start = std::time::Instant::now();
    description("document", &types, "<d:part name='p' element='t:R'/>");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn what_is_no_description_is_named() {
    match read(b"<html xmlns='x'/>", None)
        .expect_err("no WSDL")
        .reason
    {
        Reason::NotThis { .. } => {}
        other => panic!("{other:?}"),
    }
    let found = "an XML document that begins with <rss>".to_owned();
    assert_eq!(
        read(b"<rss/>", None).expect_err("no WSDL").reason,
        Reason::NotThis {
            expected: "wsdl",
            found
        }
    );
}
