//! The first request of each source, and whether a wrong key is told from the right one.
//!
//! The wrong key is made up, and so is the wrong user: no real account can be locked by it.

use super::report::Report;
use divos_adapters::{Ask, FetchError, Reader, Trouble, World};
use divos_manifest::{Auth, Connector, Secret};
use std::sync::Arc;

/// What stands in the place of every secret.
const WRONG: &str = "divos-doctor-not-a-key";

/// Reads the first page of each source.
pub(super) async fn check(connector: &Arc<Connector>, world: &World, report: &mut Report) {
    let mut tried = false;
    for source in &connector.sources {
        let of = format!("{}/{}", connector.id, source.name);
        if source.fetch.is_push() {
            let says = (
                format!("menunggu aplikasi: POST /api/v1/ingest/{}", connector.id),
                format!("waits for the app: POST /api/v1/ingest/{}", connector.id),
            );
            report.ok("source", &of, says);
            continue;
        }
        let first = first(connector, &source.name, world).await;
        let Some(rows) = told(&of, &first, report) else {
            continue;
        };
        if let Some(path) = connector.auth_check.as_ref().filter(|_| !tried) {
            let says = (
                format!("`{path}` terbuka: aplikasi mengenali kredensial ini"),
                format!("`{path}` opens: the app knows these credentials"),
            );
            report.ok("auth", &of, says);
        }
        if !tried && source.request().is_some() {
            tried = true;
            wrong_key(connector, &source.name, rows, world, report).await;
        }
    }
}

/// Reads a first page; gives the number of its records.
async fn first(
    connector: &Arc<Connector>,
    source: &str,
    world: &World,
) -> Result<usize, FetchError> {
    let ask = Ask {
        full: true,
        ..Ask::default()
    };
    let opened = Reader::open(Arc::clone(connector), source, ask, world);
    let mut pages = opened.map_err(|error| {
        let why = error.to_string();
        Trouble::BadRequest { why }.of(&connector.id)
    })?;
    match pages.next().await {
        Some(page) => page.map(|page| page.raw_rows),
        None => Ok(0),
    }
}

fn told(of: &str, first: &Result<usize, FetchError>, report: &mut Report) -> Option<usize> {
    match first {
        Ok(rows) => {
            let says = (
                format!("permintaan pertama berhasil, {rows} baris"),
                format!("the first request succeeds, {rows} records"),
            );
            report.ok("source", of, says);
            Some(*rows)
        }
        Err(error) => {
            let says = |lang| format!("{} [{}]", error.sentence(lang), error.code());
            let todo = match error.trouble {
                Trouble::Unauthorized | Trouble::Forbidden | Trouble::LoginRefused { .. } => (
                    "periksa kunci dalam `connectors.secrets` dan haknya di aplikasi",
                    "check the key in `connectors.secrets` and its rights in the app",
                ),
                _ => (
                    "lihat `divos connector run` untuk seluruh lintasan",
                    "see `divos connector run` for the whole pass",
                ),
            };
            let says = (says(divos_model::Lang::Id), says(divos_model::Lang::En));
            report.fault("source", of, says, todo);
            None
        }
    }
}

/// Asks with made-up credentials: an app that answers all the same guards nothing.
async fn wrong_key(
    connector: &Arc<Connector>,
    source: &str,
    rows: usize,
    world: &World,
    report: &mut Report,
) {
    let of = format!("{}/{source}", connector.id);
    let Some(auth) = wrong(&connector.auth) else {
        let says = (
            "sumber dibaca tanpa kunci".to_owned(),
            "the source is read without a key".to_owned(),
        );
        return report.ok("auth", &of, says);
    };
    let mut stranger = Arc::clone(connector);
    Arc::make_mut(&mut stranger).auth = auth;
    match first(&stranger, source, world).await {
        Ok(same) if same == rows => {
            let says = (
                "kunci yang salah mendapat jawaban yang sama".to_owned(),
                "a wrong key gets the same answer".to_owned(),
            );
            let todo = (
                "aplikasi tidak memeriksa kunci: datanya terbuka bagi siapa saja yang menjangkaunya; beri tahu pemiliknya",
                "the app does not check the key: its data is open to whoever reaches it; tell its owner",
            );
            report.fault("auth", &of, says, todo);
        }
        Ok(other) => {
            let says = (
                format!("kunci yang salah tidak ditolak: {other} baris, bukan {rows}"),
                format!("a wrong key is not refused: {other} records instead of {rows}"),
            );
            let todo = (
                "kunci yang dicabut akan terlihat sebagai data yang hilang; isi `auth.check` dengan jalur yang hanya terbuka setelah masuk, atau `fail.when` pada sumber",
                "a revoked key will look like lost data; name in `auth.check` a path that opens to those who are signed in alone, or say `fail.when` in the source",
            );
            report.fault("auth", &of, says, todo);
        }
        Err(error) => {
            let refused = matches!(
                error.trouble,
                Trouble::Unauthorized | Trouble::Forbidden | Trouble::LoginRefused { .. }
            );
            let says = (
                format!(
                    "kunci yang salah: {}",
                    error.sentence(divos_model::Lang::Id)
                ),
                format!("a wrong key: {}", error.sentence(divos_model::Lang::En)),
            );
            if refused {
                return report.ok("auth", &of, says);
            }
            let todo = (
                "aplikasi tidak menjawab 401 atau 403: kunci yang dicabut akan terlihat sebagai gangguan lain",
                "the app does not answer 401 or 403: a revoked key will look like another trouble",
            );
            report.note("auth", &of, says, todo);
        }
    }
}

/// Copies the credentials with a made-up text in the place of every secret; `None` where there is none.
fn wrong(auth: &Auth) -> Option<Auth> {
    let fake = |secret: &mut Secret| *secret = Secret::known(secret.written(), WRONG);
    let mut auth = auth.clone();
    match &mut auth {
        // A client certificate is checked before any request.
        Auth::None | Auth::Certificate { .. } => return None,
        Auth::Basic { username, password }
        | Auth::Digest { username, password }
        | Auth::Wsse {
            username, password, ..
        } => [username, password].into_iter().for_each(fake),
        Auth::Bearer { token: value } | Auth::Header { value, .. } | Auth::ApiKey { value, .. } => {
            fake(value)
        }
        Auth::Form(form) => form.fields.iter_mut().for_each(|(_, secret)| fake(secret)),
        Auth::Token(login) => login.fields.iter_mut().for_each(|(_, secret)| fake(secret)),
        Auth::OAuth2(client) => {
            let pair = [&mut client.client_id, &mut client.client_secret];
            pair.into_iter()
                .chain(&mut client.refresh_token)
                .for_each(fake);
        }
        Auth::Hmac(sign) => {
            let pair = std::iter::once(&mut sign.secret);
            pair.chain(&mut sign.id).for_each(fake);
        }
    }
    Some(auth)
}
