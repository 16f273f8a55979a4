//! Apps that ask who reads: a form, Digest, a token, WS-Security. What opens them must not be written down.

use super::app::{Asked, answer, bare, start};
use super::kinds::{Kind, NIK, PASSWORD, at, connector, source};

/// The secrets of a user with a password.
pub(super) fn login(name: &str) -> Vec<(&'static str, String)> {
    let (user, password) = match name {
        "form" => ("form/user", "form/password"),
        "digest" => ("digest/user", "digest/password"),
        "soap" => ("soap/user", "soap/password"),
        _ => ("csv/user", "csv/password"),
    };
    vec![
        (user, "petugas-hub".to_owned()),
        (password, PASSWORD.to_owned()),
    ]
}

/// A PHP page in windows-1252 behind a form; its session ends once in the middle.
pub(super) fn form() -> anyhow::Result<Kind> {
    let (mut entries, mut ended) = (0, false);
    let base = start(move |asked: &Asked| {
        let html = "text/html; charset=windows-1252";
        let session = format!("sesi-{entries}-7f3a9c21d4e8");
        match (asked.method.as_str(), asked.path()) {
            ("GET", "/login.php") => {
                let page = "<form method=post action=/login.php><input type=hidden name=x81f22a value=c5rf-formulir-1a2b3c4d>\
                            <input name=nama><input type=password name=sandi></form>";
                let mut shown = answer(html, page);
                shown.1.push((
                    "set-cookie",
                    "pintu=pintu-55aa66bb77cc88; Path=/".to_owned(),
                ));
                shown
            }
            ("POST", "/login.php") => {
                let known = asked.body.contains("x81f22a=c5rf-formulir-1a2b3c4d")
                    && asked.body.contains("nama=petugas-hub")
                    && asked.body.contains(PASSWORD);
                if !known {
                    return bare(302, &[("location", "/login.php")]);
                }
                entries += 1;
                let cookie = format!("PHPSESSID=sesi-{entries}-7f3a9c21d4e8; Path=/");
                bare(
                    302,
                    &[("location", "/beranda.php"), ("set-cookie", &cookie)],
                )
            }
            _ if entries == 0 || !asked.header("cookie").contains(&session) => {
                bare(302, &[("location", "/login.php")])
            }
            (_, "/surat.php") if asked.target.contains("hal=2") && !ended => {
                ended = true;
                entries += 1;
                bare(302, &[("location", "/login.php")])
            }
            (_, "/surat.php") => {
                let rows = match asked.target.rsplit('=').next() {
                    Some("1") => {
                        "<tr><td>1<td>Undangan caf\u{e9}<td>Ni  Luh\n<b></b>Buatan<td>5171010101850001<td>Ketut Ma&#039;ruf</tr>"
                    }
                    Some("2") => {
                        "<tr><td>2<td>Edaran<td>I Gede Buatan<td>5171010101850002<td>Putu Buatan</tr>"
                    }
                    _ => "",
                };
                let page = format!(
                    "<html><body>Masuk sebagai petugas-hub <a href=\"/logout.php?sid={session}\">Keluar</a>\
                     <form action=/logout.php><input type=hidden name=x00aa value=c5rf-halaman-9f8e7d6c></form>\
                     <table id=data><tr><th>No<th>Perihal<th>Pengirim<th>NIK<th>Nama Petugas</tr>{rows}</table></body></html>"
                );
                let bytes: Vec<u8> = page.chars().map(|letter| letter as u8).collect();
                answer(html, bytes)
            }
            _ => answer(html, "<a href=/logout.php>Keluar</a>"),
        }
    })?;
    let way = "html: { get: /surat.php, rows: \"table#data tr:has(td)\", columns: { id: No, judul: Perihal }, guard: { columns: [Pengirim] } }";
    let auth = "auth:\n  form:\n    url: /login.php\n    fields: { nama: \"${secret:form/user}\", sandi: \"${secret:form/password}\" }\n    csrf: input[type=hidden]\n    logged_in: a[href*=logout]\n";
    Ok(Kind {
        name: "form",
        yaml: connector(
            "form",
            &format!(
                "{auth}{}",
                source(
                    way,
                    "    paginate: { page: { param: hal, until: empty } }\n"
                )
            ),
        ),
        overlay: at(&base),
        secrets: login("form"),
        hidden: vec![
            "petugas-hub",
            PASSWORD,
            "c5rf-",
            "pintu-55aa",
            "7f3a9c21d4e8",
            "Luh",
            "I Gede",
            "Putu Buatan",
            "Ketut",
            NIK,
        ],
        items: 2,
    })
}

/// JSON behind Digest; a key stands in the path, is repeated in the link to the next page, and the first try fails.
pub(super) fn digest() -> anyhow::Result<Kind> {
    let mut tries = 0;
    let base = start(move |asked: &Asked| {
        if !asked.header("authorization").starts_with("Digest ") {
            let asks = "Digest realm=\"contoh\", nonce=\"n0nce-0011223344556677\", qop=\"auth\"";
            return bare(401, &[("www-authenticate", asks)]);
        }
        tries += 1;
        if tries == 1 {
            return bare(503, &[("retry-after", "0")]);
        }
        if !asked.target.contains("key=Kunci-Di-Alamat-9") {
            return bare(403, &[]);
        }
        let page = asked.target.contains("p=2");
        let next = "/api?key=Kunci-Di-Alamat-9&p=2";
        answer("application/json", match page {
            true => r#"{"data": [{"id": 3, "judul": "Tiga", "pelapor": {"nama": "Wayan Buatan", "telp": "081234567890"}}]}"#.to_owned(),
            false => format!(r#"{{"next": "{next}", "user": {{"api_key": "Kunci-Lain-Lagi-3"}}, "data": [{{"id": 1, "judul": "Dari {NIK}"}}, {{"id": 2, "judul": "Dua", "surel": "made.buatan@kota.example"}}]}}"#),
        })
    })?;
    let way = "rest: { get: \"/api?key=Kunci-Di-Alamat-9\" }";
    let more = "    select: data[*]\n    paginate: { link: { path: next } }\n";
    let auth = "auth: { digest: { username: \"${secret:digest/user}\", password: \"${secret:digest/password}\" } }\n";
    Ok(Kind {
        name: "digest",
        yaml: connector("digest", &format!("{auth}{}", source(way, more))),
        overlay: at(&base),
        secrets: login("digest"),
        hidden: vec![
            "petugas-hub",
            PASSWORD,
            "n0nce",
            "Kunci-",
            NIK,
            "Wayan",
            "08123",
            "made.buatan",
        ],
        items: 3,
    })
}

/// JSON behind a token that has to be asked for, and a key in the query besides.
pub(super) fn token() -> anyhow::Result<Kind> {
    let base = start(|asked: &Asked| match asked.path() {
        "/masuk" if asked.body.contains(PASSWORD) => answer(
            "application/json",
            r#"{"token": "T0ken-Sesi-abcdef", "expires_in": 600}"#,
        ),
        _ if asked.header("authorization") != "Bearer T0ken-Sesi-abcdef" => bare(401, &[]),
        _ => answer(
            "application/json",
            r#"[{"id": 1, "judul": "Satu", "token": "T0ken-Sesi-abcdef", "nip": 199001012020121001, "created_by": "x"}]"#,
        ),
    })?;
    let auth = "auth: { token: { url: /masuk, fields: { sandi: \"${secret:token/password}\" }, token: token, expires: expires_in } }\n";
    Ok(Kind {
        name: "token",
        yaml: connector(
            "token",
            &format!("{auth}{}", source("rest: { get: /data }", "")),
        ),
        overlay: at(&base),
        secrets: vec![("token/password", PASSWORD.to_owned())],
        hidden: vec![PASSWORD, "T0ken-Sesi", "199001012020121001"],
        items: 1,
    })
}

/// SOAP with WS-Security and a session in the answer.
pub(super) fn soap() -> anyhow::Result<Kind> {
    let base = start(|asked: &Asked| {
        if !asked.body.contains("PasswordDigest") || !asked.body.contains("petugas-hub") {
            let fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode>\
                         <faultstring>Unauthorized</faultstring></s:Fault></s:Body></s:Envelope>";
            let mut refused = answer("text/xml", fault);
            refused.0 = 500;
            return refused;
        }
        answer(
            "text/xml; charset=utf-8",
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"urn:x\"><s:Header><t:SessionId>sesi-soap-44ff</t:SessionId></s:Header>\
             <s:Body><t:DaftarResponse><t:Izin nik=\"5171010101850001\"><t:id>1</t:id><t:judul>Izin</t:judul><t:NamaPemohon>Ni Kadek &amp; I Komang</t:NamaPemohon></t:Izin>\
             <t:Izin><t:id>2</t:id><t:judul>Izin</t:judul><t:NamaPemohon>Made Buatan</t:NamaPemohon></t:Izin></t:DaftarResponse></s:Body></s:Envelope>",
        )
    })?;
    let way =
        "soap: { endpoint: /ws, action: urn:Daftar, ns: { t: urn:x }, body: { \"t:Daftar\": {} } }";
    let auth = "auth: { wsse: { username: \"${secret:soap/user}\", password: \"${secret:soap/password}\" } }\n";
    Ok(Kind {
        name: "soap",
        yaml: connector(
            "soap",
            &format!(
                "{auth}{}",
                source(way, "    select: DaftarResponse.Izin[*]\n")
            ),
        ),
        overlay: at(&base),
        secrets: login("soap"),
        hidden: vec![
            "petugas-hub",
            PASSWORD,
            "sesi-soap",
            "Kadek",
            "Made Buatan",
            NIK,
        ],
        items: 2,
    })
}
