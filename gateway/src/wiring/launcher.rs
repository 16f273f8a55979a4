//! The launcher: which apps a person may open, and where.

use super::visitor::{reader_of, unit_names};
use crate::definitions::Definitions;
use crate::routes::PublicAddress;
use async_trait::async_trait;
use divos_feed::Operations;
use divos_manifest::Connector;
use divos_model::AppId;
use divos_portal::ports::{AppLine, Apps, PortError, Visitor};
use divos_sso::{AppAccess, Caller, Sso};
use divos_store::PeopleStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// Lists the apps of the connectors in force.
pub struct Launcher {
    /// The connectors.
    pub definitions: Arc<Definitions>,
    /// How browsers reach them.
    pub address: PublicAddress,
    /// How they are.
    pub operations: Operations,
    /// Who may open them.
    pub sso: Arc<Sso>,
    /// The names of their owners.
    pub people: Arc<dyn PeopleStore>,
}

#[async_trait]
impl Apps for Launcher {
    async fn apps(&self, visitor: &Visitor) -> Result<Vec<AppLine>, PortError> {
        let reader = reader_of(&self.sso, visitor).await?;
        let names = unit_names(&*self.people).await?;
        let health: BTreeMap<_, _> = self
            .operations
            .health()
            .into_iter()
            .map(|h| (h.app.clone(), h))
            .collect();
        let in_force = self.definitions.in_force();
        let caller = Caller::of_reader(reader);
        let open_to =
            |c: &&Arc<Connector>| AppAccess::of(c).is_ok_and(|access| access.lets_in(&caller));
        let mut lines: Vec<AppLine> = in_force
            .connectors
            .iter()
            .filter(open_to)
            .map(|connector| {
                let health = health
                    .get(&connector.id)
                    .filter(|_| !connector.sources.is_empty());
                AppLine {
                    id: connector.id.clone(),
                    title: connector.title.clone(),
                    owner: connector
                        .owner
                        .as_ref()
                        .and_then(|code| names.get(code.as_str()))
                        .map(str::to_owned),
                    about: connector.capability.clone(),
                    open: self.opens(connector),
                    health: health.map(|h| h.state),
                    last_ok: health.and_then(|h| h.last_ok),
                }
            })
            .collect();
        lines.sort_by_key(|line| line.title.to_lowercase());
        Ok(lines)
    }

    fn title(&self, app: &AppId) -> Option<String> {
        self.find(app).map(|connector| connector.title.clone())
    }

    fn open(&self, app: &AppId, web: &str) -> Option<String> {
        let connector = self.find(app)?;
        if connector.app.upstreams.is_empty() {
            return None;
        }
        let path = own_path(&connector, web)?;
        Some(format!("{}{path}", self.address.app_origin(&connector)))
    }
}

impl Launcher {
    fn find(&self, app: &AppId) -> Option<Arc<Connector>> {
        self.definitions
            .in_force()
            .connectors
            .iter()
            .find(|c| c.id == *app)
            .cloned()
    }

    fn opens(&self, connector: &Connector) -> Option<String> {
        let connected = !connector.app.upstreams.is_empty();
        connected.then(|| {
            format!(
                "{}{}",
                self.address.app_origin(connector),
                connector.app.open
            )
        })
    }
}

/// Returns the path, query and fragment of an item's link, where the link is the app's own.
fn own_path(connector: &Connector, web: &str) -> Option<String> {
    if web.starts_with('/') && !web.starts_with("//") && !web.contains('\\') {
        return Some(web.to_owned());
    }
    let url = Url::parse(web).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    if !matches!(url.scheme(), "http" | "https") || !connector.own_hosts().contains(&host) {
        return None;
    }
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    if let Some(fragment) = url.fragment() {
        path.push('#');
        path.push_str(fragment);
    }
    Some(path)
}
