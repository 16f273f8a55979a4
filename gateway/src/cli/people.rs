//! `divos user …`: the people who may sign in.

use super::args::{HubArgs, UserVerb};
use super::{Outcome, progress, table};
use anyhow::Context;
use divos_model::{Lang, SystemClock};
use divos_sso::{ImportOptions, ImportReport, NewPerson, Sso, SsoSettings, SsoStores, Stage};
use divos_store::PersonQuery;
use secrecy::{ExposeSecret, SecretString};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(verb: UserVerb, lang: Lang) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match verb {
            UserVerb::Add {
                hub,
                nip,
                name,
                email,
                roles,
            } => {
                add(
                    &hub,
                    lang,
                    NewPerson {
                        name,
                        nip,
                        email,
                        roles,
                        ..NewPerson::default()
                    },
                )
                .await
            }
            UserVerb::Import {
                hub,
                file,
                units,
                partial,
            } => import(&hub, lang, &file, units.as_deref(), partial).await,
            UserVerb::List { hub, json } => list(&hub, lang, json).await,
            UserVerb::Disable { hub, who, undo } => {
                let sso = open(&hub, lang).await?;
                let person = sso.find_person(&who).await.with_context(|| who.clone())?;
                sso.disable_person(person.id, !undo).await?;
                progress::say(person.id.to_string());
                Ok(Outcome::Fine)
            }
            UserVerb::Reset { hub, who } => {
                let sso = open(&hub, lang).await?;
                let person = sso.find_person(&who).await.with_context(|| who.clone())?;
                let made = sso.reset_password(person.id, typed_password(lang)?).await?;
                show_made(lang, &made);
                Ok(Outcome::Fine)
            }
        }
    })
}

/// Opens sign-in on the data directory, beside a hub that may be running on it.
pub(super) async fn open(hub: &HubArgs, lang: Lang) -> anyhow::Result<Arc<Sso>> {
    let settings = hub.load(lang)?.settings;
    let store = divos_store::open(divos_store::Options::beside(&settings.data))
        .with_context(|| format!("the data directory {}", settings.data.display()))?;
    let mut sso = SsoSettings::for_host(&settings.hub.domain);
    sso.refused_passwords = super::demo::passwords();
    Ok(Sso::open(sso, SsoStores::from(&store), Arc::new(SystemClock)).await?)
}

async fn add(hub: &HubArgs, lang: Lang, mut new: NewPerson) -> anyhow::Result<Outcome> {
    new.password = typed_password(lang)?;
    let sso = open(hub, lang).await?;
    let credentials = sso.add_person(new).await?;
    progress::say(credentials.person.to_string());
    show_made(lang, &credentials);
    Ok(Outcome::Fine)
}

/// Shows a password that was made, the only time that anybody sees it.
fn show_made(lang: Lang, credentials: &divos_sso::Credentials) {
    if let Some(made) = &credentials.made {
        let words = match lang {
            Lang::Id => "kata sandi (hanya tampil sekali)",
            Lang::En => "password (shown once)",
        };
        progress::say(format!("{words}: {}", made.expose_secret()));
    }
}

/// Reads a password: from a pipe its first line; on a terminal none is asked for, and one is made.
fn typed_password(lang: Lang) -> anyhow::Result<Option<SecretString>> {
    if std::io::stdin().is_terminal() {
        progress::note(match lang {
            Lang::Id => "Kata sandi dibuatkan. Untuk memberi sendiri: echo \"…\" | divos user …",
            Lang::En => "A password is made for you. To give your own: echo \"…\" | divos user …",
        });
        return Ok(None);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| SecretString::from(line.to_owned())))
}

async fn import(
    hub: &HubArgs,
    lang: Lang,
    file: &Path,
    units: Option<&Path>,
    partial: bool,
) -> anyhow::Result<Outcome> {
    let options = ImportOptions {
        partial,
        ..ImportOptions::default()
    };
    let sso = open(hub, lang).await?;
    if let Some(units) = units {
        let bytes = read(units)?;
        let report = sso
            .import_units(bytes.as_slice(), options, &mut |_| {})
            .await?;
        if !tell(&report, units, lang) {
            return Ok(Outcome::NotFine);
        }
    }
    let bytes = read(file)?;
    let bar = progress::bar(
        0,
        match lang {
            Lang::Id => "Impor",
            Lang::En => "Import",
        },
    );
    let report = sso
        .import_people(bytes.as_slice(), options, &mut |p| {
            bar.set_length(p.total as u64);
            bar.set_position(p.done as u64);
            let _: Stage = p.stage;
        })
        .await?;
    bar.finish_and_clear();
    Ok(if tell(&report, file, lang) {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Says what an import did; returns whether there was no fault.
fn tell(report: &ImportReport, file: &Path, lang: Lang) -> bool {
    for fault in &report.faults {
        progress::note(format!("{}:{}", file.display(), fault.sentence(lang)));
    }
    let ImportReport {
        rows,
        added,
        changed,
        unchanged,
        skipped,
        ..
    } = report;
    progress::say(match (lang, report.written) {
        (Lang::Id, true) => format!(
            "{rows} baris: {added} baru, {changed} berubah, {unchanged} tetap, {skipped} dilewati"
        ),
        (Lang::En, true) => format!(
            "{rows} rows: {added} new, {changed} changed, {unchanged} unchanged, {skipped} skipped"
        ),
        (Lang::Id, false) => format!(
            "{rows} baris, tidak ada yang disimpan; perbaiki barisnya, atau pakai --partial"
        ),
        (Lang::En, false) => {
            format!("{rows} rows, nothing was saved; mend the rows, or use --partial")
        }
    });
    let _ = std::io::stdout().flush();
    report.faults.is_empty()
}

async fn list(hub: &HubArgs, lang: Lang, json: bool) -> anyhow::Result<Outcome> {
    let sso = open(hub, lang).await?;
    let mut query = PersonQuery {
        limit: 1000,
        ..PersonQuery::default()
    };
    let mut rows = Vec::new();
    loop {
        let people = sso.list_people(query.clone()).await?;
        query.after = people.last().map(|last| (last.name.clone(), last.id));
        let full = people.len() == query.limit;
        for person in people {
            let state = if person.disabled {
                "disabled"
            } else {
                "active"
            };
            rows.push(vec![
                person.id.to_string(),
                person.name,
                person.roles.join(","),
                state.to_owned(),
            ]);
        }
        if !full {
            break;
        }
    }
    if json {
        let people: Vec<_> = rows
            .iter()
            .map(|row| serde_json::json!({ "id": row[0], "name": row[1], "roles": row[2], "state": row[3] }))
            .collect();
        progress::say(serde_json::to_string(&people)?);
    } else {
        progress::say(table::write(&["id", "name", "roles", "state"], rows));
    }
    Ok(Outcome::Fine)
}
