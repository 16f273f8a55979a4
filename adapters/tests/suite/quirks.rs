//! How apps really behave, one row each: what an operator writes, what the app sends byte for byte, and what comes of
//! it. `docs/quirks.md` says the same in words and is held equal to these rows.
//!
//! Every app is a socket on the loopback; every record and password is made up.

use crate::fake::{connector_with, read};
use crate::login_peers::live;
use crate::server::{Act, Server};
use asked::Asked;
use divos_adapters::{Ask, World};
use divos_manifest::Connector;
use divos_model::{Item, Lang};
use std::sync::Arc;

mod asked;
mod documents;
mod errors;
mod paging;
mod sign_in;
mod times;
mod wire;

/// One way an app really behaves.
struct Quirk {
    /// As in `docs/quirks.md`.
    name: &'static str,
    /// What the operator writes, from `app:` (or what follows it) to `sources:`.
    connector: &'static str,
    /// What the app sends back, byte for byte.
    app: fn(&Asked<'_>) -> Vec<u8>,
    comes: Comes,
}

/// What comes of it.
enum Comes {
    /// These items, each as [`shown`], and nothing is doubtful.
    Items(&'static [&'static str]),
    /// These items, and since more may have been lost, nothing that is missing is taken as gone.
    Perhaps(&'static [&'static str]),
    /// A fault: its code, and words of its sentence in Indonesian and in English.
    Fault(&'static str, &'static str, &'static str),
}

/// Writes `sources:` of one source that becomes announcements: its way of reading, then its mapping.
macro_rules! source {
    ($way:literal, $map:literal) => {
        concat!(
            "sources:\n  rows:\n",
            $way,
            "    deletes: sweep\n    to: announcement\n    map:\n",
            $map
        )
    };
}
pub(crate) use source;

const PASSWORD: &str = "R4hasia-&-buatan";
const ADDRESS: &str = "app: { upstreams: \"BASE\", retries: 0 }\n";

fn all() -> Vec<Quirk> {
    let lists = [
        documents::quirks(),
        times::quirks(),
        sign_in::quirks(),
        paging::quirks(),
        errors::quirks(),
        wire::quirks(),
    ];
    lists.into_iter().flatten().collect()
}

fn connector(quirk: &Quirk, base: &str) -> Arc<Connector> {
    let address = match quirk.connector.starts_with("app:") {
        true => "",
        false => ADDRESS,
    };
    let yaml = format!(
        "metadata: {{ name: app, title: Aplikasi contoh, owner: \"030801\", capability: portal }}\n\
         {address}{}privacy: {{ class: internal, audience: everyone }}\n",
        quirk.connector
    );
    let secrets = [("password", PASSWORD)];
    connector_with(&yaml.replace("BASE", base), &secrets)
}

/// Writes an item as `id | title | updated_at`, and when it was made where it says that.
fn shown(item: &Item) -> String {
    let mut text = format!(
        "{} | {} | {}",
        item.native_id,
        item.title,
        item.updated_at.to_rfc3339()
    );
    if let Some(made) = item.created_at {
        text.push_str(&format!(" | {}", made.to_rfc3339()));
    }
    text
}

/// Plays one row; says what came where it is not what should come.
async fn plays(quirk: &Quirk, old: bool, world: &World) -> Result<(), String> {
    let app = quirk.app;
    let server = Server::start(move |number, text| {
        let sent = app(&Asked::new(number, text));
        Act::Send(if old { asked::old(sent) } else { sent })
    })
    .await;
    let connector = connector(quirk, &server.base());
    world.http.forget(&connector.id);
    let (pages, error, summary) = read(&connector, Ask::default(), world).await;
    let items = pages.iter().flat_map(|page| &page.batch.items);
    let items: Vec<String> = items.map(shown).collect();
    let clean = summary.faults == 0;
    let fits = match (&quirk.comes, &error) {
        (Comes::Items(expected), None) => items == *expected && clean && summary.may_sweep(),
        (Comes::Perhaps(expected), None) => items == *expected && clean && !summary.may_sweep(),
        (Comes::Fault(code, indonesian, english), Some(error)) => {
            let said = |lang, words: &str| {
                let sentence = error.sentence(lang);
                sentence.contains(words) && !sentence.contains(PASSWORD)
            };
            let told = said(Lang::Id, indonesian) && said(Lang::En, english);
            error.code() == *code && told && !summary.may_sweep()
        }
        _ => false,
    };
    let told = error.map(|error| [error.sentence(Lang::Id), error.sentence(Lang::En)]);
    let faults: Vec<_> = pages.iter().flat_map(|page| &page.batch.faults).collect();
    match fits {
        true => Ok(()),
        false => Err(format!(
            "{} (HTTP/1.0: {old}): {items:#?} {told:#?} {faults:?} may sweep: {}",
            quirk.name,
            summary.may_sweep()
        )),
    }
}

#[tokio::test]
async fn what_apps_really_do_is_read_or_told_by_its_name() {
    let (mut wrong, world) = (Vec::new(), live(crate::fake::clock()));
    for quirk in all() {
        for old in [false, true] {
            wrong.extend(plays(&quirk, old, &world).await.err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_of_quirks_in_the_documents_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/quirks.md");
    let text = std::fs::read_to_string(path).expect("docs/quirks.md");
    let cells = text.lines().filter_map(|line| line.strip_prefix("| "));
    let names = cells.filter_map(|cells| Some(cells.split_once(" |")?.0));
    let written: Vec<&str> = names.filter(|name| *name != "quirk").collect();
    let tested: Vec<&str> = all().iter().map(|quirk| quirk.name).collect();
    assert_eq!(written, tested);
}
