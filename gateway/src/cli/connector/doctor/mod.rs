//! `divos connector doctor`: from the name to the first record, step by step, each with what to do.
//!
//! Owns the order of the steps. It sends nothing but reads, and stores nothing.

mod http;
mod network;
mod report;
mod robots;
mod sign_in;
mod tls;

use super::args::DoctorArgs;
use super::{fetch, find};
use crate::cli::{Outcome, settings};
use divos_manifest::{Connector, Fetch, ImapTls};
use divos_model::Lang;
use report::Report;
use std::collections::BTreeSet;
use url::Url;

/// Somewhere a connector calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    host: String,
    port: u16,
    tls: bool,
    /// Whether HTTP is spoken there.
    http: bool,
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        Some(Self {
            // An IPv6 address is written without its brackets where it is resolved.
            host: url.host_str()?.trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default()?,
            tls: url.scheme() == "https",
            http: true,
        })
    }

    fn name(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

pub(super) async fn run(args: &DoctorArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let hub = args.hub.load(lang)?;
    let loaded = settings::definitions(&hub);
    let connector = find(&loaded, &args.id, lang)?;
    let policy = fetch::policy(&hub, args.allow_private)?;
    let policy = policy.with_networks(&connector.app.networks)?;
    let mut report = Report::new(lang, args.json);
    let origins = origins(&connector);
    if origins.is_empty()
        && connector
            .sources
            .iter()
            .any(|source| source.request().is_some())
    {
        report.no_address();
    }
    let mut reachable = true;
    for origin in &origins {
        let paths = paths(&connector, origin);
        reachable &= examine(origin, &paths, &connector, &policy, &mut report).await;
    }
    if reachable {
        let world = fetch::live_world(&hub, args.allow_private)?;
        sign_in::check(&connector, &world, &mut report).await;
    }
    report.finish()
}

/// Lists where a connector calls, once each.
fn origins(connector: &Connector) -> Vec<Origin> {
    let mut found = BTreeSet::new();
    found.extend(connector.app.upstreams.iter().filter_map(Origin::of));
    for source in &connector.sources {
        if let Fetch::Imap(imap) = &source.fetch {
            found.insert(Origin {
                host: imap.host.clone(),
                port: imap.port,
                tls: imap.tls == ImapTls::Implicit,
                http: false,
            });
        }
        let base = source.request().and_then(|request| request.base.as_ref());
        found.extend(base.and_then(Origin::of));
    }
    found.into_iter().collect()
}

/// Lists the paths that sources ask for at an origin.
fn paths(connector: &Connector, origin: &Origin) -> Vec<String> {
    let of = |source: &divos_manifest::Source| {
        let request = source.request()?;
        let base = request.base.as_ref().or(connector.app.upstreams.first())?;
        (Origin::of(base).as_ref() == Some(origin)).then(|| request.path.to_string())
    };
    connector.sources.iter().filter_map(of).collect()
}

/// Goes one step further as long as there is something to stand on; tells whether it came to the end.
async fn examine(
    origin: &Origin,
    paths: &[String],
    connector: &Connector,
    policy: &divos_adapters::AddressPolicy,
    report: &mut Report,
) -> bool {
    let waits = connector.app.timeouts;
    let Some(address) = network::resolve(origin, policy, report).await else {
        return false;
    };
    let Some(socket) = network::connect(origin, address, waits.connect, report).await else {
        return false;
    };
    if !origin.tls {
        drop(socket);
    } else if !tls::check(origin, socket, waits.connect, report).await {
        return false;
    }
    if !origin.http {
        return true;
    }
    let way = http::Way {
        origin,
        address,
        waits,
    };
    let answered = http::check(&way, &connector.app.open, report).await;
    if answered {
        robots::check(&way, paths, report).await;
    }
    answered
}
