//! Wires the hub, once. A part can reach only what it is handed here; read it top to bottom.

mod settings;

use crate::admin;
use crate::admin::AdminParts;
use crate::api::{self, ApiParts};
use crate::config::HubFile;
use crate::credentials::Credentials;
use crate::definitions::Definitions;
use crate::definitions::editing::{Editing, EditingParts};
use crate::edge::{Edge, EdgeParts, hub_service};
use crate::own_data::OwnData;
use crate::phases::TrustedPeers;
use crate::ready::Readiness;
use crate::registration::Registrations;
use crate::reload::{ReloadParts, Reloader, Report, Settings};
use crate::routes::{PublicAddress, TableError, table};
use crate::telemetry::Telemetry;
use crate::usage::Usage;
use crate::wiring::{
    Accounting, AppDesk, Assertions, Desk, DoorParts, Launcher, OwnDataDesk, PortalPages,
    Recognition, RegistrationDesk, RegistryInForce, Rights, RunWitness, StoredGrants, door_router,
    introduce, measure_sources,
};
use arc_swap::ArcSwap;
use axum::Router;
use divos_adapters::{AddressPolicy, NetworkFault, Outbound, Pseudonym};
use divos_feed::{CursorKey, Feed, FeedWorld, Outside};
use divos_model::Clock;
use divos_portal::{FeedOperating, FeedReading, HostsNow, PortalParts, PublicFace, SsoDoor};
use divos_sso::{Sso, SsoError, SsoStores};
use divos_store::{MetaStore, Store, StoreError};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretSlice};
use settings::{edge_limits, schedule_limits, spared, sso_settings};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// The outside world, as far as the hub may see it.
pub struct World {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The hub's memory.
    pub store: Store,
    /// The settings, for reading them again.
    pub settings: Arc<Settings>,
    /// The connectors.
    pub definitions: Arc<Definitions>,
    /// What the hub tells about itself.
    pub telemetry: Arc<Telemetry>,
    /// Which addresses may be called besides public ones.
    pub addresses: AddressPolicy,
    /// How browsers reach the hub and its apps.
    pub address: PublicAddress,
    /// Passwords that nobody may have: the demo's, outside of the demo.
    pub refused_passwords: Vec<secrecy::SecretString>,
}

/// The hub, wired and not yet listening.
pub struct Hub {
    /// The edge.
    pub edge: Arc<Edge>,
    /// Administration.
    pub admin: Router,
    /// The feed, which is running.
    pub feed: Feed,
    /// Sign-in.
    pub sso: Arc<Sso>,
    /// How much the apps are used.
    pub usage: Arc<Usage>,
    /// Reloads.
    pub reloader: Arc<Reloader>,
    /// Whether people can be served.
    pub ready: Readiness,
}

/// Why the hub cannot be wired.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// The store does not answer.
    #[error("the store does not answer")]
    Store(#[from] StoreError),
    /// Sign-in cannot be opened.
    #[error("sign-in cannot be opened")]
    Sso(#[from] SsoError),
    /// The connectors clash.
    #[error("the connectors cannot be routed together")]
    Table(#[from] TableError),
    /// An address range of the settings is none.
    #[error("connectors.allow_networks")]
    Network(#[from] NetworkFault),
    /// A trusted proxy of the settings is no address.
    #[error("trusted_proxies: `{0}` is not an address or a range such as 10.0.0.0/8")]
    TrustedProxy(String),
}

/// Wires the hub.
///
/// # Errors
/// Where a part cannot be had; nothing listens then.
pub async fn assemble(world: World, settings: &HubFile) -> Result<Hub, AssembleError> {
    let World {
        clock,
        store,
        settings: source,
        definitions,
        telemetry,
        addresses,
        address,
        refused_passwords,
    } = world;
    let in_force = definitions.in_force();
    let instruments = telemetry.instruments.clone();

    // Who somebody is.
    let sso_settings = sso_settings(settings, &address, refused_passwords);
    let sso = Sso::open(sso_settings, SsoStores::from(&store), Arc::clone(&clock)).await?;

    // What the apps say.
    let addresses = addresses.with_networks(&settings.connectors.allow_networks)?;
    let pseudonym = key(&*store.meta, "feed.pseudonym").await?;
    let way_out = || divos_adapters::World {
        http: Arc::new(
            Outbound::live(addresses.clone(), Arc::clone(&clock))
                .sparing(spared(settings))
                .keeping(Arc::new(StoredGrants(Arc::clone(&store.meta)))),
        ),
        clock: Arc::clone(&clock),
        pseudonym: Arc::new(Pseudonym::new(pseudonym.expose_secret().to_vec())),
    };
    let outside = Outside::new(way_out());
    let feed = Feed::start(
        FeedWorld {
            store: store.clone(),
            clock: Arc::clone(&clock),
            outside: Arc::new(outside),
            witness: Arc::new(RunWitness {
                instruments: instruments.clone(),
            }),
            cursor_key: CursorKey::new(key(&*store.meta, "feed.cursors").await?.expose_secret()),
            limits: schedule_limits(settings),
            seed: None,
        },
        in_force.connectors.clone(),
    )
    .await?;

    // Which host is which app.
    let routes = Arc::new(ArcSwap::from_pointee(table(
        &address,
        &in_force.connectors,
        None,
    )?));
    let hosts = Arc::new(ArcSwap::from_pointee(
        address.host_set(&in_force.connectors),
    ));
    let reloader = Arc::new(Reloader::new(ReloadParts {
        settings: source,
        definitions: Arc::clone(&definitions),
        routes: Arc::clone(&routes),
        hosts: Arc::clone(&hosts),
        address: address.clone(),
        feed: feed.clone(),
        clock: Arc::clone(&clock),
        instruments: instruments.clone(),
    }));

    // How definitions change.
    let editing = Editing::new(
        &settings.connectors.dir,
        EditingParts {
            store: Arc::clone(&store.definitions),
            audit: Arc::clone(&store.audit),
            definitions: Arc::clone(&definitions),
            reload: Arc::clone(&reloader) as _,
            // Trials keep their own breakers and sessions.
            world: way_out(),
            clock: Arc::clone(&clock),
            two_persons: settings.connectors.two_persons,
        },
    );
    settle(&editing).await;
    tokio::spawn(follow(Arc::clone(&editing), reloader.reports()));

    // What departments register, and how their apps are used.
    let usage = Arc::new(Usage::open(&store, Arc::clone(&clock)).await?);
    let credentials = Credentials::open(&store, Arc::clone(&clock)).await?;
    let registrations = Arc::new(Registrations {
        kept: Arc::clone(&store.registrations),
        editing: Arc::clone(&editing),
        definitions: Arc::clone(&definitions),
        overlay: settings.connectors.overlay.clone(),
        clock: Arc::clone(&clock),
    });

    // What is held about somebody, for them.
    let own_data = Arc::new(OwnData::new(
        &store,
        feed.timeline().clone(),
        Arc::clone(&clock),
        Pseudonym::new(pseudonym.expose_secret().to_vec()),
    ));

    // What people and programs see.
    let ready = Readiness::starting();
    let current_hosts: HostsNow = Arc::new(move || hosts.load_full());
    let refused = {
        let reloader = Arc::clone(&reloader);
        Arc::new(move || reloader.refused())
    };
    let launcher = Arc::new(Launcher {
        definitions: Arc::clone(&definitions),
        address: address.clone(),
        operations: feed.operations().clone(),
        sso: Arc::clone(&sso),
        people: Arc::clone(&store.people),
    });
    let tally = {
        let instruments = instruments.clone();
        Arc::new(move |outcome| instruments.sign_in(outcome))
    };
    let portal = divos_portal::router(PortalParts {
        door: Arc::new(SsoDoor::new(
            Arc::clone(&sso),
            Arc::clone(&current_hosts),
            tally,
        )),
        reading: Arc::new(FeedReading::new(feed.timeline().clone())),
        apps: Arc::clone(&launcher) as _,
        operating: Arc::new(FeedOperating::new(feed.operations().clone(), refused)),
        editing: Arc::new(Desk {
            editing: Arc::clone(&editing),
            people: Arc::clone(&store.people),
        }),
        registry: Arc::new(RegistryInForce {
            definitions: Arc::clone(&definitions),
            items: Arc::clone(&store.items),
            people: Arc::clone(&store.people),
        }),
        registering: Arc::new(RegistrationDesk {
            registrations: Arc::clone(&registrations),
            sso: Arc::clone(&sso),
            people: Arc::clone(&store.people),
        }),
        own_apps: Arc::new(AppDesk {
            definitions: Arc::clone(&definitions),
            registrations: Arc::clone(&registrations),
            operations: feed.operations().clone(),
            usage: Arc::clone(&usage),
            credentials: credentials.clone(),
            sso: Arc::clone(&sso),
            people: Arc::clone(&store.people),
            address: address.clone(),
        }),
        own_data: Arc::new(OwnDataDesk {
            own_data: Arc::clone(&own_data),
            definitions: Arc::clone(&definitions),
            people: Arc::clone(&store.people),
            lives: sso.settings().absolute,
        }),
        clock: Arc::clone(&clock),
        face: PublicFace {
            origin: address.origin(),
            app_sources: vec![format!("https://*.{}", address.authority(&address.domain))],
            contact: settings.hub.operator_help.clone(),
        },
    });
    let connectors = {
        let definitions = Arc::clone(&definitions);
        move || definitions.in_force().connectors.clone()
    };
    let api = api::router(ApiParts {
        timeline: feed.timeline().clone(),
        live: feed.live().clone(),
        operations: feed.operations().clone(),
        inbox: feed.inbox().clone(),
        credentials,
        usage: Arc::clone(&usage),
        registrations,
        own_data,
        turns: api::Turns::default(),
        people: Arc::clone(&store.people),
        sso: Arc::clone(&sso),
        clock: Arc::clone(&clock),
        address: address.clone(),
        name: settings.hub.name.clone(),
        connectors: Arc::new(connectors),
        launcher,
        ready: ready.clone(),
    });
    let door = door_router(DoorParts {
        sso: Arc::clone(&sso),
        hosts: current_hosts,
    });
    let pages = portal
        .merge(api)
        .merge(door)
        .layer(axum::middleware::from_fn(introduce));

    // The door itself.
    let trusted = settings.trusted_proxies.iter().map(String::as_str);
    let edge = Edge::new(EdgeParts {
        identify: Arc::new(Recognition(Arc::clone(&sso))),
        guard: Arc::new(Rights(Arc::clone(&sso))),
        assert: Arc::new(Assertions(Arc::clone(&sso))),
        account: Arc::new(Accounting {
            instruments,
            access_log: settings.log.access,
            usage: Arc::clone(&usage),
        }),
        pages: Arc::new(PortalPages {
            origin: address.origin(),
        }),
        hub: hub_service(pages),
        routes,
        limits: edge_limits(settings),
        trusted: TrustedPeers::parse(trusted).map_err(AssembleError::TrustedProxy)?,
        hsts: Some(HeaderValue::from_static("max-age=31536000")),
    });

    measure_sources(&telemetry.meter(), feed.operations(), Arc::clone(&clock));
    let admin = admin::router(AdminParts {
        telemetry,
        operations: feed.operations().clone(),
        items: Arc::clone(&store.items),
        editing,
        reloader: Arc::clone(&reloader),
        ready: ready.clone(),
        clock,
        origin: address.origin(),
        started: Instant::now(),
    });
    Ok(Hub {
        edge,
        admin,
        feed,
        sso,
        usage,
        reloader,
        ready,
    })
}

/// Writes down after each reload what was changed by hand.
async fn follow(editing: Arc<Editing>, mut reports: watch::Receiver<Option<Report>>) {
    while reports.changed().await.is_ok() {
        settle(&editing).await;
    }
}

/// A store that takes no writes keeps nobody from reading.
async fn settle(editing: &Editing) {
    if let Err(error) = editing.settle().await {
        tracing::warn!(%error, "the history of definitions could not be kept; the next reload tries again");
    }
}

/// Returns one of the hub's own keys, made the first time: 32 random bytes.
async fn key(meta: &dyn MetaStore, name: &str) -> Result<SecretSlice<u8>, StoreError> {
    let fresh: [u8; 32] = rand::random();
    meta.value_or(name, SecretSlice::from(fresh.to_vec())).await
}
