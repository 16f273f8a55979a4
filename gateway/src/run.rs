//! A running hub: listeners, signals, upkeep, and an orderly end.
//!
//! Owns the order of start and stop. Start: lock the data directory, read the definitions, wire, listen,
//! ready. Stop: not ready, drain, stop the feed, write what is held, close.

use crate::admin::{serve_socket, serve_tcp};
use crate::assemble::{AssembleError, Hub, World, assemble};
use crate::cli::SOCKET;
use crate::config::{HubFile, HubSecrets, Overrides};
use crate::definitions::Definitions;
use crate::edge::Listener;
use crate::reload::{FileWatch, Reloader, Settings, SettingsSource, watch};
use crate::routes::PublicAddress;
use crate::telemetry::{LogSettings, OtlpSettings, Telemetry, TelemetryError};
use crate::tls::{self, Authority, AuthorityError, CertificateFiles, LoadError, ServerCerts};
use crate::usage::Usage;
use divos_adapters::AddressPolicy;
use divos_manifest::{LoadOptions, Severity};
use divos_model::{Clock, SystemClock};
use divos_store::StoreError;
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Why the hub cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store cannot be opened.
    #[error("the data directory {dir} cannot be used")]
    Store {
        /// The data directory.
        dir: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The hub cannot be wired.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// Telemetry cannot be started.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A secret of the settings leads nowhere.
    #[error(transparent)]
    Secret(#[from] crate::config::SecretFault),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no certificate, and none may be made.
    #[error("no certificate: name one under tls.certificates, or set tls.self_made: true")]
    NoCertificate,
    /// The hub's own authority cannot be had.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A certificate cannot be used.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Certificates(Vec<LoadError>),
    /// `SSL_CERT_FILE` names a file that is not there; without this the edge could not start.
    #[error("SSL_CERT_FILE names {path}, which cannot be read; correct or unset it")]
    Trust {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The machine does not give what a running hub needs.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// What a start may bring besides the settings.
#[derive(Default)]
pub struct Extras {
    /// The file that the settings came from.
    pub file: Option<PathBuf>,
    /// What the environment and flags said.
    pub overrides: Overrides,
    /// The settings as they were merged, for telling later what changed.
    pub merged: serde_json::Value,
    /// Secrets that were made here, by path; the demo's.
    pub secrets: Vec<(String, SecretString)>,
    /// Whether connectors may call loopback and private addresses: the demo.
    pub allow_private: bool,
    /// Passwords that nobody may have.
    pub refused_passwords: Vec<SecretString>,
}

/// A hub that listens.
pub struct Running {
    /// Its parts.
    pub hub: Hub,
    /// Its memory.
    pub store: divos_store::Store,
    /// How browsers reach it.
    pub address: PublicAddress,
    /// Where administration listens.
    pub admin: SocketAddr,
    /// The certificate of its own authority, where it made one.
    pub authority: Option<PathBuf>,
    serving: tokio::task::JoinHandle<()>,
    stop: CancellationToken,
    telemetry: Arc<Telemetry>,
    _watch: Option<FileWatch>,
}

impl Running {
    /// Waits until the hub was told to stop and every request ended or was cut, then closes everything.
    pub async fn finish(self) {
        let _ = self.serving.await;
        self.hub.feed.stop().await;
        if let Err(error) = self.hub.sso.upkeep().await {
            tracing::error!(%error, "what sessions were used last could not be written");
        }
        if let Err(error) = self.hub.usage.save().await {
            tracing::error!(%error, "the last minute of usage could not be written");
        }
        drop(self.hub);
        if let Err(error) = self.store.upkeep.close().await {
            tracing::error!(%error, "the store could not be closed in order");
        }
        tracing::info!("stopped");
        let telemetry = self.telemetry;
        let _ = tokio::task::spawn_blocking(move || telemetry.stop()).await;
    }

    /// Tells the hub to stop.
    #[must_use]
    pub fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }
}

/// Starts telemetry by the settings.
///
/// # Errors
/// Where a setting cannot be used.
pub fn telemetry(settings: &HubFile) -> Result<Arc<Telemetry>, RunError> {
    let logs = LogSettings {
        format: settings.log.format,
        filter: settings.log.filter.clone(),
    };
    let otlp = match &settings.otlp.endpoint {
        None => None,
        Some(endpoint) => {
            let headers = HubSecrets::new(&settings.otlp.headers, "otlp.headers").reveal_all()?;
            let headers = headers
                .into_iter()
                .map(|(name, value)| (name, value.expose_secret().to_owned()));
            Some(OtlpSettings {
                endpoint: endpoint.clone(),
                headers: headers.collect(),
                sample: settings.otlp.sample,
                every: settings.otlp.every.0,
            })
        }
    };
    Ok(Arc::new(Telemetry::start(&logs, otlp.as_ref())?))
}

/// Starts a hub; returns once it is ready.
///
/// # Errors
/// Why it cannot run; nothing is left listening.
pub async fn start(
    settings: &HubFile,
    extras: Extras,
    telemetry: Arc<Telemetry>,
) -> Result<Running, RunError> {
    trust_store()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let failed = |source| RunError::Store {
        dir: settings.data.clone(),
        source,
    };
    let store = divos_store::open(divos_store::Options::at(&settings.data)).map_err(failed)?;
    let (files, authority) = certificate_files(settings, &*clock)?;
    let certs = ServerCerts::new(tls::load(&files).map_err(RunError::Certificates)?);
    let (listeners, port) = listen(settings, &certs).await?;
    let admin = bind(settings.listen.admin.0).await?;
    let address = PublicAddress {
        domain: settings.hub.domain.clone(),
        port,
    };
    let mut secrets = HubSecrets::new(&settings.connectors.secrets, "connectors.secrets");
    for (path, secret) in extras.secrets {
        secrets.insert(&path, secret);
    }
    let connectors = &settings.connectors;
    let secrets = Arc::new(secrets);
    let options = LoadOptions {
        secrets: Some(Arc::clone(&secrets) as _),
    };
    let definitions = Definitions::open(&connectors.dir, connectors.overlay.as_deref(), options);
    let in_force = definitions.in_force();
    let (errors, warnings): (Vec<_>, Vec<_>) = in_force
        .faults
        .iter()
        .partition(|fault| fault.severity() == Severity::Error);
    if !errors.is_empty() {
        tracing::warn!(
            faults = errors.len(),
            "some connectors are faulty; `divos check` says where"
        );
    }
    if !warnings.is_empty() {
        tracing::info!(
            warnings = warnings.len(),
            "some connectors wait for an address or a secret; `divos check` says which"
        );
    }
    let addresses = if extras.allow_private {
        AddressPolicy::with_private()
    } else {
        AddressPolicy::public_only()
    };
    let source = SettingsSource {
        file: extras.file,
        overrides: extras.overrides,
        secrets,
        certs,
        files,
    };
    let world = World {
        clock,
        store: store.clone(),
        settings: Arc::new(Settings::new(source, extras.merged)),
        definitions: Arc::new(definitions),
        telemetry: Arc::clone(&telemetry),
        addresses,
        address: address.clone(),
        refused_passwords: extras.refused_passwords,
    };
    let hub = assemble(world, settings).await?;

    let stop = CancellationToken::new();
    let admin_at = admin.local_addr()?;
    tokio::spawn(serve_tcp(admin, hub.admin.clone(), stop.clone()));
    let socket = settings.data.join(SOCKET);
    let (router, stopping) = (hub.admin.clone(), stop.clone());
    tokio::spawn(async move {
        if let Err(error) = serve_socket(&socket, router, stopping).await {
            tracing::error!(%error, "the admin socket cannot be served");
        }
    });
    let serving = serve(&hub, listeners, stop.clone());
    tokio::spawn(upkeep(
        Arc::clone(&hub.sso),
        Arc::clone(&hub.usage),
        stop.clone(),
    ));
    let watching = watching(settings, &hub.reloader, &stop);
    hub.ready.set_ready();
    tracing::info!(origin = address.origin(), admin = %admin_at, "ready");
    Ok(Running {
        hub,
        store,
        address,
        admin: admin_at,
        authority,
        serving,
        stop,
        telemetry,
        _watch: watching,
    })
}

/// The edge trusts the system's authorities; a variable that points nowhere would end it with a panic.
fn trust_store() -> Result<(), RunError> {
    let Some(path) = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from) else {
        return Ok(());
    };
    std::fs::File::open(&path)
        .map(drop)
        .map_err(|source| RunError::Trust { path, source })
}

fn serve(
    hub: &Hub,
    listeners: Vec<Listener>,
    stop: CancellationToken,
) -> tokio::task::JoinHandle<()> {
    let (edge, ready) = (Arc::clone(&hub.edge), hub.ready.clone());
    tokio::spawn(async move {
        let stopping = stop.clone();
        let not_ready = tokio::spawn(async move {
            stopping.cancelled().await;
            ready.set_stopping();
        });
        let drained = edge.serve(listeners, stop).await;
        let _ = not_ready.await;
        tracing::info!(cut = drained.cut, "drained");
    })
}

/// Writes down every half minute which sessions and which apps were used, and forgets what ended.
async fn upkeep(sso: Arc<divos_sso::Sso>, usage: Arc<Usage>, stop: CancellationToken) {
    let mut every = tokio::time::interval(Duration::from_secs(30));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        if let Err(error) = sso.upkeep().await {
            tracing::warn!(%error, "sessions could not be looked after; it is tried again");
        }
        if let Err(error) = usage.save().await {
            tracing::warn!(%error, "usage could not be written; it is tried again");
        }
    }
}

fn watching(
    settings: &HubFile,
    reloader: &Arc<Reloader>,
    stop: &CancellationToken,
) -> Option<FileWatch> {
    let connectors = &settings.connectors;
    if !connectors.watch {
        return None;
    }
    let folders: Vec<PathBuf> = std::iter::once(connectors.dir.clone())
        .chain(connectors.overlay.clone())
        .collect();
    let file = reloader.settings().file().cloned();
    match watch(&folders, file, Arc::clone(reloader), stop.clone()) {
        Ok(watching) => Some(watching),
        Err(error) => {
            tracing::warn!(%error, "files cannot be watched; SIGHUP and `divos reload` still work");
            None
        }
    }
}

/// Returns the certificate files, and the certificate of the hub's own authority where it made them.
fn certificate_files(
    settings: &HubFile,
    clock: &dyn Clock,
) -> Result<(Vec<CertificateFiles>, Option<PathBuf>), RunError> {
    let named = &settings.tls.certificates;
    if !named.is_empty() {
        let files = named.iter().map(|pair| CertificateFiles {
            cert: pair.cert.clone(),
            key: pair.key.clone(),
        });
        return Ok((files.collect(), None));
    }
    if !settings.tls.self_made {
        return Err(RunError::NoCertificate);
    }
    let domain = &settings.hub.domain;
    let names = [domain.clone(), format!("*.{domain}")];
    let authority = Authority::open(&settings.data.join("tls"), &names, clock.now())?;
    Ok((vec![authority.leaf()], Some(authority.certificate())))
}

/// Binds every listener; returns them with the port that browsers use.
async fn listen(
    settings: &HubFile,
    certs: &Arc<ServerCerts>,
) -> Result<(Vec<Listener>, u16), RunError> {
    let mut listeners = Vec::new();
    let mut port = None;
    for address in &settings.listen.https {
        let listener = bind(address.0).await?;
        port = port.or(listener.local_addr().ok().map(|at| at.port()));
        listeners.push(Listener::Tls {
            listener,
            certs: Arc::clone(certs),
        });
    }
    let port = settings.listen.public_port.or(port).unwrap_or(443);
    for address in &settings.listen.http {
        let listener = bind(address.0).await?;
        listeners.push(Listener::Redirect {
            listener,
            https_port: port,
        });
    }
    Ok((listeners, port))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| RunError::Listen { address, source })
}
