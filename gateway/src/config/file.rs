//! `hub.yaml`, typed. The comments of `config/hub.yaml` are the manual; the field comments here are
//! what an editor shows.

use super::words::{Duration, Listen, Size};
use crate::telemetry::LogFormat;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The hub's settings, complete: every layer has been laid over the defaults.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubFile {
    /// What the hub is called and where it is.
    pub hub: Hub,
    /// The data directory; everything that the hub writes lies under it.
    pub data: PathBuf,
    /// Where the hub listens.
    pub listen: ListenOn,
    /// Certificates.
    pub tls: Tls,
    /// Connector definitions.
    pub connectors: Connectors,
    /// Sessions.
    pub sessions: Sessions,
    /// Sign-in.
    pub sign_in: SignIn,
    /// Reading the apps.
    pub feed: Feed,
    /// Limits of the edge.
    pub limits: EdgeLimits,
    /// Addresses (CIDR) whose `X-Forwarded-*`, `Forwarded` and `traceparent` are believed.
    pub trusted_proxies: Vec<String>,
    /// The log.
    pub log: Log,
    /// Export to an OpenTelemetry collector.
    pub otlp: Otlp,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            #[schemars(extend("required" = []))]
            pub struct $name { $($(#[$field_doc])* pub $field: $ty,)* }
        )*
    };
}

sections! {
    /// What the hub is called and where it is.
    Hub {
        /// The hub's own host; each app is at `<app>.<domain>`.
        #[schemars(extend("format" = "hostname"))]
        domain: String,
        /// What people read in the title of every page.
        name: String,
        /// One line on the help page: whom to ask.
        operator_help: String,
    }
    /// Where the hub listens.
    ListenOn {
        /// HTTPS.
        https: Vec<Listen>,
        /// Plain HTTP: answers with a redirect to HTTPS.
        http: Vec<Listen>,
        /// Metrics and administration; loopback.
        admin: Listen,
        /// The port that people see, where it is not the port of `https`.
        public_port: Option<u16>,
    }
    /// Certificates.
    Tls {
        /// Certificate and key files, chosen by SNI.
        certificates: Vec<CertificateFiles>,
        /// Without a certificate: make an own CA and certificate.
        self_made: bool,
    }
    /// Connector definitions.
    Connectors {
        /// One YAML per app; templates in `templates/`.
        dir: PathBuf,
        /// The operator's overlays.
        overlay: Option<PathBuf>,
        /// Reload when a file changes.
        watch: bool,
        /// Whoever proposes a change in the portal does not approve it.
        two_persons: bool,
        /// Private ranges (CIDR) that all connectors may call.
        allow_networks: Vec<String>,
        /// Secret path to reference: `${env:NAME}` or `${file:/path}`.
        secrets: BTreeMap<String, String>,
    }
    /// Sessions.
    Sessions {
        /// Signed out after this long without a request.
        idle: Duration,
        /// Signed out after this long in any case.
        absolute: Duration,
    }
    /// Sign-in.
    SignIn {
        /// Password checks at a time.
        #[schemars(range(min = 1, max = 64))]
        parallel: usize,
    }
    /// Reading the apps.
    Feed {
        /// Runs at a time, over all apps; at most three quarters of them, rounded up, ask one server.
        #[schemars(range(min = 1, max = 1024))]
        workers: usize,
        /// Runs at a time for one app.
        #[schemars(range(min = 1, max = 64))]
        per_app: usize,
        /// What servers are spared, over all the apps on each: a host, or `host:port`.
        hosts: BTreeMap<String, HostBudget>,
        /// No feed for people whose directory data is older; `0s` = never.
        directory_stale: Duration,
    }
    /// Limits of the edge.
    EdgeLimits {
        /// Open client connections.
        #[schemars(range(min = 1, max = 1_000_000))]
        connections: usize,
        /// A request's headers must be complete after this.
        header_time: Duration,
        /// An idle connection is closed after this.
        keep_alive: Duration,
        /// Request line and headers together.
        header_bytes: Size,
        /// How long a stopping hub waits for running requests.
        drain: Duration,
    }
    /// The log.
    Log {
        /// `auto`, `json` or `human`.
        format: LogFormat,
        /// A level, or a filter such as `info,divos_feed=debug`.
        filter: String,
        /// One line for each request.
        access: bool,
    }
    /// Export to an OpenTelemetry collector.
    Otlp {
        /// The collector's base address.
        #[schemars(extend("format" = "uri"))]
        endpoint: Option<String>,
        /// Request headers; values may be references.
        headers: BTreeMap<String, String>,
        /// The share of requests that is traced.
        #[schemars(range(min = 0, max = 1))]
        sample: f64,
        /// How often metrics are sent.
        every: Duration,
    }
}

/// What a server is spared, over all the apps on it. A read is a data request, or a page of a database or of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostBudget {
    /// Reads in a minute.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub per_minute: Option<u32>,
    /// Reads at a time.
    #[schemars(range(min = 1, max = 1000))]
    pub in_flight: Option<usize>,
}

/// A certificate chain and its key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateFiles {
    /// The chain, leaf first.
    pub cert: PathBuf,
    /// The key.
    pub key: PathBuf,
}
