//! One made-up app of each kind of source, with people and secrets in whatever it answers.
//!
//! Owns the apps, their connectors and what must not be written down of them.

use super::app::{Answer, Asked, answer, bare, start};
use super::{signed, workbooks};
use std::path::Path;

/// A source that is recorded, and what has to come of it.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The connector without its `tests:`.
    pub(super) yaml: String,
    /// What the operator says: where it is.
    pub(super) overlay: String,
    /// Path → value.
    pub(super) secrets: Vec<(&'static str, String)>,
    /// What must not be in the recording: people, secrets, tokens of the session.
    pub(super) hidden: Vec<&'static str>,
    pub(super) items: u64,
}

pub(super) const PASSWORD: &str = "Sandi-Buatan-77";
pub(super) const NIK: &str = "5171010101850001";

pub(super) fn connector(name: &str, more: &str) -> String {
    format!(
        "metadata: {{ name: {name}, title: Contoh {name}, owner: \"011301\", capability: letter }}\n\
         app: {{ timeouts: {{ total: 20s }} }}\n{more}\
         privacy: {{ class: internal, audience: everyone }}\n"
    )
}

pub(super) fn source(way: &str, more: &str) -> String {
    format!(
        "sources:\n  data:\n    {way}\n{more}    every: 1h\n    deletes: never\n    to: document\n    map: {{ id: id, title: judul }}\n"
    )
}

pub(super) fn at(base: &str) -> String {
    format!("app: {{ upstreams: [\"{base}\"] }}\n")
}

/// All kinds that speak HTTP, and a watched folder.
pub(super) fn all(folder: &Path) -> anyhow::Result<Vec<Kind>> {
    Ok(vec![
        signed::form()?,
        signed::digest()?,
        signed::token()?,
        signed::soap()?,
        csv()?,
        workbooks::xlsx()?,
        workbooks::xls()?,
        workbooks::page()?,
        ical()?,
        oai()?,
        child()?,
        watched(folder)?,
    ])
}

/// An export with `;` in windows-1252.
fn csv() -> anyhow::Result<Kind> {
    let base = start(|asked: &Asked| {
        if asked.header("authorization").is_empty() {
            return bare(401, &[]);
        }
        let text = "id;judul;Nama Pegawai;NIK\r\n1;Caf\u{e9};\"Ayu \"\"Dek\"\" Buatan\";5171010101850001\r\n2;Dua;Nyoman Buatan;-\r\n";
        let bytes: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        answer("application/vnd.ms-excel", bytes)
    })?;
    let auth = "auth: { basic: { username: \"${secret:csv/user}\", password: \"${secret:csv/password}\" } }\n";
    Ok(Kind {
        name: "csv",
        yaml: connector(
            "csv",
            &format!("{auth}{}", source("csv: { get: /ekspor }", "")),
        ),
        overlay: at(&base),
        secrets: signed::login("csv"),
        hidden: vec!["Ayu", "Nyoman", NIK],
        items: 2,
    })
}

/// A calendar whose lines are folded in the middle of a name.
fn ical() -> anyhow::Result<Kind> {
    let base = start(|_: &Asked| -> Answer {
        answer(
            "text/calendar",
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:rapat-1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20991102T010000Z\r\nSUMMARY:Rapat\r\n\
             ORGANIZER;CN=Sri Buatan:mailto:sri.buatan@kota.example\r\nATTENDEE;CN=\"Gung De Bu\r\n atan\":mailto:gungde@kota.e\r\n xample\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        )
    })?;
    let yaml = connector(
        "ical",
        &source("ical: { get: /agenda.ics, ahead: 36500d }", ""),
    )
    .replace("to: document", "to: event")
    .replace(
        "map: { id: id, title: judul }",
        "map: { id: uid, title: summary, starts_at: start }",
    );
    Ok(Kind {
        name: "ical",
        yaml,
        overlay: at(&base),
        secrets: vec![],
        hidden: vec!["sri.buatan", "gungde", "Sri Buatan", "Gung De"],
        items: 1,
    })
}

/// A repository in two pieces.
fn oai() -> anyhow::Result<Kind> {
    let base = start(|asked: &Asked| {
        let record = |id: u8, more: &str| {
            format!(
                "<record><header><identifier>oai:x:{id}</identifier><datestamp>2026-11-0{id}</datestamp></header><metadata>\
                 <dc xmlns=\"http://www.openarchives.org/OAI/2.0/oai_dc/\"><title>Arsip {id}</title>{more}</dc></metadata></record>"
            )
        };
        let list = match asked.target.contains("resumptionToken=lanjut-2") {
            true => record(2, "<creator>Dayu Buatan</creator>") + "<resumptionToken/>",
            false => {
                record(
                    1,
                    "<creator>Oka Buatan</creator><contact>oka@kota.example</contact>",
                ) + "<resumptionToken>lanjut-2</resumptionToken>"
            }
        };
        answer(
            "text/xml",
            format!(
                "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><ListRecords>{list}</ListRecords></OAI-PMH>"
            ),
        )
    })?;
    let yaml = connector("oai", &source("oai: { get: /oai }", ""))
        .replace(
            "map: { id: id, title: judul }",
            "map: { id: header.identifier, title: title, author: creator }",
        )
        .replace(
            "audience: everyone",
            "audience: everyone, pii: { author: mask }",
        );
    Ok(Kind {
        name: "oai",
        yaml,
        overlay: at(&base),
        secrets: vec![],
        hidden: vec!["Oka Buatan", "Dayu", "oka@"],
        items: 2,
    })
}

/// A detail page for each person, asked for by the person's number.
fn child() -> anyhow::Result<Kind> {
    let base = start(|asked: &Asked| match asked.path() {
        "/daftar" => answer(
            "application/json",
            format!(r#"[{{"nik": "{NIK}"}}, {{"nik": "5171010101850002"}}]"#),
        ),
        path => {
            let who = path.rsplit('/').next().unwrap_or_default();
            answer(
                "application/json",
                format!(r#"{{"id": "{who}", "judul": "Berkas {who}"}}"#),
            )
        }
    })?;
    let more = "    parent: { source: daftar, field: nik }\n";
    let own = source("rest: { get: \"/orang/${parent}\" }", more);
    let list = "  daftar: { rest: { get: /daftar }, every: 1h, deletes: never, to: document, map: { id: nik, title: nik } }\n";
    Ok(Kind {
        name: "child",
        yaml: connector("child", &format!("{own}{list}")),
        overlay: at(&base),
        secrets: vec![],
        hidden: vec![NIK, "5171010101850002"],
        items: 2,
    })
}

/// A folder into which an app puts a file a day.
fn watched(folder: &Path) -> anyhow::Result<Kind> {
    let drop = folder.join("drop");
    std::fs::create_dir_all(&drop)?;
    for (day, name) in [("01", "Kemarin Buatan"), ("02", "Hari Buatan")] {
        let file = drop.join(format!("ekspor-{day}.csv"));
        std::fs::write(&file, format!("id,judul,Nama Siswa\n{day},Rapor,{name}\n"))?;
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        std::fs::File::options()
            .write(true)
            .open(&file)?
            .set_modified(old)?;
    }
    Ok(Kind {
        name: "watched",
        yaml: connector("watched", &source("csv: { get: /ekspor }", "")),
        overlay: format!(
            "sources: {{ data: {{ csv: {{ files: \"{}\" }} }} }}\n",
            drop.join("ekspor-*.csv").display()
        ),
        secrets: vec![],
        hidden: vec!["Kemarin", "Hari Buatan"],
        items: 1,
    })
}
