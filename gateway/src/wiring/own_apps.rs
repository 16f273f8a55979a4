//! An app's own page: who may see it, and what is put together for it.
//!
//! Owns those rights. Whoever holds a post in the owner's unit or below sees the page; credentials are given by who
//! registered the app, by the heads of that unit, and by operators.

use super::visitor::{reader_of, unavailable, unit_names};
use crate::credentials::{Credentials, Sort};
use crate::definitions::Definitions;
use crate::personal::blotted;
use crate::registration::Registrations;
use crate::routes::PublicAddress;
use crate::usage::Usage;
use async_trait::async_trait;
use divos_feed::Operations;
use divos_manifest::{Connector, Fetch, Proof};
use divos_model::{AppId, Kind, PersonId};
use divos_portal::ports::{
    CredentialLine, CredentialMade, OwnAppSheet, OwnApps, PortError, UsageLine, Visitor,
};
use divos_sso::{Reader, Sso};
use divos_store::{PeopleStore, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many days of use are shown.
const DAYS: u32 = 30;
/// The type of post that heads a unit.
const HEAD: &str = "struktural";

/// The apps as the people who look after them see them.
pub struct AppDesk {
    /// The connectors.
    pub definitions: Arc<Definitions>,
    /// Who registered what.
    pub registrations: Arc<Registrations>,
    /// How the apps are.
    pub operations: Operations,
    /// How much they are used.
    pub usage: Arc<Usage>,
    /// What they prove their pushes with.
    pub credentials: Credentials,
    /// Who somebody is.
    pub sso: Arc<Sso>,
    /// The names of units.
    pub people: Arc<dyn PeopleStore>,
    /// How the hub is reached.
    pub address: PublicAddress,
}

/// What somebody may do with an app's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rights {
    sees: bool,
    manages: bool,
}

/// Judges what a reader may do with an app; `registered` says whether they registered it.
fn rights(connector: &Connector, reader: &Reader, registered: bool) -> Rights {
    let operator = reader.has_role("operator");
    let owner = connector.owner.as_ref();
    let of_unit = owner.is_some_and(|owner| reader.under.contains(owner));
    let heads = reader.posts.iter().any(|held| {
        held.post.kind == HEAD && owner.is_some_and(|owner| held.lineage.contains(owner))
    });
    Rights {
        sees: operator || registered || of_unit,
        manages: operator || registered || heads,
    }
}

impl AppDesk {
    /// Lists the apps that somebody registered and that came into force.
    async fn registered(&self, person: PersonId) -> Result<Vec<AppId>, PortError> {
        let apps = self.registrations.apps_of(person).await;
        apps.map_err(|error| unavailable(&error))
    }

    /// Returns an app with what the visitor may do; one that they may not see is as good as none.
    async fn seen(
        &self,
        visitor: &Visitor,
        app: &AppId,
    ) -> Result<(Arc<Connector>, Rights), PortError> {
        let in_force = self.definitions.in_force();
        let found = in_force.connectors.iter().find(|one| one.id == *app);
        let connector = found.cloned().ok_or(PortError::Missing)?;
        let reader = reader_of(&self.sso, visitor).await?;
        let registered = self.registered(visitor.person).await?.contains(app);
        let rights = rights(&connector, &reader, registered);
        match rights.sees {
            true => Ok((connector, rights)),
            false => Err(PortError::Missing),
        }
    }

    async fn managed(&self, visitor: &Visitor, app: &AppId) -> Result<Arc<Connector>, PortError> {
        let (connector, rights) = self.seen(visitor, app).await?;
        match rights.manages && takes_credentials(&connector) {
            true => Ok(connector),
            false => Err(PortError::Refused),
        }
    }

    async fn owner(&self, connector: &Connector) -> Result<Option<String>, PortError> {
        let units = unit_names(&*self.people).await?;
        let owner = connector.owner.as_ref();
        let name = owner.and_then(|code| units.get(code.as_str()));
        Ok(name.map(str::to_owned))
    }

    async fn usage(&self, app: &AppId) -> Result<Vec<UsageLine>, PortError> {
        let days = self
            .usage
            .last_days(app, DAYS)
            .await
            .map_err(|e| unavailable(&e))?;
        let line = |day: crate::usage::Told| UsageLine {
            day: day.day,
            opened: day.opened,
            pushed: day.pushed,
            refused: day.refused,
        };
        Ok(days.into_iter().map(line).collect())
    }

    async fn lines(&self, app: &AppId) -> Result<Vec<CredentialLine>, PortError> {
        let list = self
            .credentials
            .list(app)
            .await
            .map_err(|e| unavailable(&e))?;
        let line = |one: divos_store::PushCredential| CredentialLine {
            id: one.id.to_string(),
            signs: Sort::of(&one) == Sort::Hmac,
            label: one.label,
            since: one.created_at,
            last_used: one.used_at,
        };
        Ok(list.into_iter().map(line).collect())
    }
}

/// Tells whether a source of the connector is proved by what the hub gives.
pub(crate) fn takes_credentials(connector: &Connector) -> bool {
    connector.sources.iter().any(
        |source| matches!(&source.fetch, Fetch::Webhook(hook) if matches!(hook.proof, Proof::Issued)),
    )
}

#[async_trait]
impl OwnApps for AppDesk {
    async fn sheet(&self, visitor: &Visitor, app: &AppId) -> Result<OwnAppSheet, PortError> {
        let (connector, rights) = self.seen(visitor, app).await?;
        let mut sources = self.operations.sources();
        sources.retain(|source| source.app == *app);
        for fault in sources.iter_mut().flat_map(|source| &mut source.faults) {
            fault.native_id = None;
            fault.message = blotted(&fault.message);
        }
        let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
        for source in &connector.sources {
            let status = sources.iter().find(|status| status.source == source.name);
            *kinds.entry(source.to).or_default() += status.map_or(0, |status| status.items);
        }
        let credentials = match rights.manages && takes_credentials(&connector) {
            true => Some(self.lines(app).await?),
            false => None,
        };
        Ok(OwnAppSheet {
            app: app.clone(),
            title: connector.title.clone(),
            owner: self.owner(&connector).await?,
            connected: !connector.app.upstreams.is_empty(),
            health: self.operations.app(app),
            sources,
            kinds: kinds.into_iter().collect(),
            usage: self.usage(app).await?,
            credentials,
            ingest: format!("{}/api/v1/ingest/{app}", self.address.origin()),
        })
    }

    async fn mine(&self, visitor: &Visitor) -> Result<Vec<(AppId, String)>, PortError> {
        let reader = reader_of(&self.sso, visitor).await?;
        let registered = self.registered(visitor.person).await?;
        let in_force = self.definitions.in_force();
        let own = in_force.connectors.iter().filter(|connector| {
            let registered = registered.contains(&connector.id);
            let of_unit = connector
                .owner
                .as_ref()
                .is_some_and(|o| reader.under.contains(o));
            registered || of_unit
        });
        let mut own: Vec<_> = own.map(|one| (one.id.clone(), one.title.clone())).collect();
        own.sort_by_key(|(_, title)| title.to_lowercase());
        Ok(own)
    }

    async fn make_credential(
        &self,
        visitor: &Visitor,
        app: &AppId,
        signs: bool,
        label: &str,
    ) -> Result<CredentialMade, PortError> {
        self.managed(visitor, app).await?;
        let sort = if signs { Sort::Hmac } else { Sort::Token };
        match self
            .credentials
            .make(app, sort, label, Some(visitor.person))
            .await
        {
            Ok(made) => {
                use secrecy::ExposeSecret;
                Ok(CredentialMade::Secret(
                    made.secret.expose_secret().to_owned(),
                ))
            }
            Err(StoreError::Conflict { .. }) => Ok(CredentialMade::TooMany),
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn revoke_credential(
        &self,
        visitor: &Visitor,
        app: &AppId,
        id: &str,
    ) -> Result<(), PortError> {
        self.managed(visitor, app).await?;
        let id = id.parse().map_err(|_| PortError::Missing)?;
        match self.credentials.revoke(app, id, Some(visitor.person)).await {
            Ok(()) => Ok(()),
            Err(StoreError::NotFound { .. }) => Err(PortError::Missing),
            Err(error) => Err(unavailable(&error)),
        }
    }
}
