//! The transport that reaches the network, on reqwest with rustls.
//!
//! Owns its clients: one per set of permitted addresses, connect timeout and client certificate, shared by the
//! apps that have the same. It must never follow, retry, or use a proxy from the environment.

use super::address::AddressPolicy;
use super::certificate::ClientCertificate;
use super::reach::Reach;
use super::resolve::{GuardedResolver, NoAddress, Refused};
use crate::body::Spool;
use crate::{Call, Reply, Transport, Trouble};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use std::collections::BTreeMap;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;
use url::{Host, Url};

const USER_AGENT: &str = concat!("divos/", env!("CARGO_PKG_VERSION"));
/// What is set aside before the first byte, however large the answer says it is.
const FIRST_ROOM: usize = 64 * 1024;

/// How many clients are kept; beyond that all are made anew, because certificates that were replaced stay behind.
const CLIENTS: usize = 512;

/// What a client is made for: addresses, connect timeout, and the fingerprint of a client certificate.
type Key = (AddressPolicy, Duration, Option<[u8; 32]>);

/// Sends calls to the network.
#[derive(Debug)]
pub struct LiveTransport {
    base: AddressPolicy,
    clients: Mutex<BTreeMap<Key, reqwest::Client>>,
}

impl LiveTransport {
    /// Permits `base` for every app; each app's own networks come on top.
    #[must_use]
    pub fn new(base: AddressPolicy) -> Self {
        Self {
            base,
            clients: Mutex::default(),
        }
    }

    fn client(&self, policy: AddressPolicy, reach: &Reach) -> Result<reqwest::Client, Trouble> {
        let certificate = reach.certificate.as_ref();
        let key = (
            policy,
            reach.connect,
            certificate.map(ClientCertificate::fingerprint),
        );
        let mut clients = self.clients.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let identity = certificate.map(ClientCertificate::identity).transpose()?;
        let client = build(&key.0, reach.connect, identity)?;
        if clients.len() >= CLIENTS {
            clients.clear();
        }
        clients.insert(key, client.clone());
        Ok(client)
    }
}

fn build(
    policy: &AddressPolicy,
    connect: Duration,
    identity: Option<reqwest::Identity>,
) -> Result<reqwest::Client, Trouble> {
    let settings = || {
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(connect)
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(30))
            .dns_resolver(GuardedResolver(policy.clone()));
        match &identity {
            Some(identity) => builder.identity(identity.clone()),
            None => builder,
        }
    };
    // A machine without any CA certificate can still read plain HTTP; every HTTPS request fails there.
    let trusting_nobody = || settings().tls_certs_only([]).build();
    let built = settings().build().or_else(|_| trusting_nobody());
    built.map_err(|error| Trouble::Tls {
        why: innermost(&error),
    })
}

#[async_trait::async_trait]
impl Transport for LiveTransport {
    fn base_policy(&self) -> AddressPolicy {
        self.base.clone()
    }

    async fn send(&self, call: &Call) -> Result<Reply, Trouble> {
        let policy = self.base.and(&call.reach.policy);
        check_literal(&call.url, &policy)?;
        let client = self.client(policy, &call.reach)?;
        let mut request = client
            .request(call.method.clone(), call.url.clone())
            .headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|e| diagnose(&e, call))?;
        read(response, call).await
    }
}

/// Reads the body, at most the limit of it after decompression.
async fn read(mut response: reqwest::Response, call: &Call) -> Result<Reply, Trouble> {
    let limit = call.body_limit;
    if response
        .content_length()
        .is_some_and(|length| length > limit)
    {
        return Err(Trouble::TooLarge { limit });
    }
    let close_delimited = is_close_delimited(&response);
    let room = response
        .content_length()
        .map_or(0, |length| (length as usize).min(FIRST_ROOM));
    let mut body = Spool::new(room, call.to_disk);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|e| diagnose_body(&e, call))?
    {
        if body.len() + chunk.len() as u64 > limit {
            return Err(Trouble::TooLarge { limit });
        }
        body.push(&chunk).await?;
    }
    Ok(Reply {
        status: response.status(),
        headers: response.headers().clone(),
        body: body.finish().await?,
        url: call.url.clone(),
        close_delimited,
    })
}

/// Tells whether only the end of the connection ends the body. The client takes the length of a compressed one away:
/// that one counts too, although its decoder would see a cut.
fn is_close_delimited(response: &reqwest::Response) -> bool {
    let headers = response.headers();
    let is_old = response.version() <= reqwest::Version::HTTP_11;
    let said = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    is_old && !said
}

/// The HTTP client never asks the resolver about literal addresses, so they are checked here.
fn check_literal(url: &Url, policy: &AddressPolicy) -> Result<(), Trouble> {
    let address: IpAddr = match url.host() {
        Some(Host::Ipv4(v4)) => v4.into(),
        Some(Host::Ipv6(v6)) => v6.into(),
        _ => return Ok(()),
    };
    if policy.permits(address) {
        return Ok(());
    }
    Err(Trouble::AddressRefused {
        address: address.to_string(),
    })
}

/// Gives a failed request its name, from the chain of its causes.
fn diagnose(error: &reqwest::Error, call: &Call) -> Trouble {
    if let Some(Refused(address)) = cause::<Refused>(error) {
        return Trouble::AddressRefused {
            address: address.clone(),
        };
    }
    if cause::<NoAddress>(error).is_some() {
        return Trouble::Dns;
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return Trouble::Tls {
            why: tls.to_string().chars().take(160).collect(),
        };
    }
    if error.is_timeout() {
        return Trouble::TimedOut {
            after: call.reach.connect,
        };
    }
    if error.is_builder() {
        return Trouble::BadRequest {
            why: innermost(error),
        };
    }
    let says = innermost(error);
    if says.contains("invalid HTTP")
        || says.contains("invalid header")
        || says.contains("HTTP version")
    {
        return Trouble::BadHttp;
    }
    Trouble::Refused
}

fn diagnose_body(error: &reqwest::Error, call: &Call) -> Trouble {
    if error.is_timeout() {
        return diagnose(error, call);
    }
    Trouble::Truncated
}

/// Finds a cause of one type in an error's chain. An `io::Error` hides the error that it wraps from
/// its own chain, so that one is looked into.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    if let Some(found) = error.downcast_ref::<T>() {
        return Some(found);
    }
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(|io| io.get_ref())
        .and_then(|inner| cause::<T>(inner));
    wrapped.or_else(|| error.source().and_then(cause::<T>))
}

/// Returns the words of the innermost cause: they hold no address.
fn innermost(error: &dyn Error) -> String {
    let mut last: &dyn Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string().chars().take(160).collect()
}
