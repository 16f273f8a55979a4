//! Where a request really came from: `Forwarded` (RFC 7239) and `X-Forwarded-*`.
//!
//! Owns the list of trusted peers and both directions: what is believed, and what the app is told. The list is
//! empty by default, and then nothing anybody claims is believed.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName, HeaderValue};

use super::headers::{Headers, list_tokens};
use super::request::Scheme;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// Networks whose word on addresses, request ids and traces is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedPeers(Vec<(IpAddr, u8)>);

impl TrustedPeers {
    /// Nobody.
    pub fn none() -> Self {
        Self::default()
    }

    /// Addresses and networks such as `10.0.0.5` or `10.0.0.0/8`.
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        texts
            .into_iter()
            .map(|text| network(text).ok_or_else(|| text.to_owned()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether this address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0
            .iter()
            .any(|(base, bits)| within(address, *base, *bits))
    }
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text
        .split_once('/')
        .map_or((text, None), |(a, b)| (a, Some(b)));
    let address: IpAddr = address.trim().parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(width), |bits| bits.trim().parse().ok())?;
    (bits <= width).then_some((address, bits))
}

fn within(address: IpAddr, base: IpAddr, bits: u8) -> bool {
    match (address, base) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            a.to_bits() & mask == b.to_bits() & mask
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            a.to_bits() & mask == b.to_bits() & mask
        }
        _ => false,
    }
}

/// Where a request came from, as far as it can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The visitor.
    pub client: IpAddr,
    /// How the visitor reached the outermost trusted proxy.
    pub scheme: Scheme,
    /// The host the visitor asked for, when a trusted proxy says so.
    pub host: Option<String>,
    /// The addresses from the visitor to the last proxy, outermost first; at least the socket's own peer.
    pub chain: Vec<IpAddr>,
    /// Whether the socket's own peer is trusted.
    pub trusted: bool,
}

impl Origin {
    /// Believes what may be believed. `peer` is the socket's own, `scheme` what this listener speaks.
    pub fn of(headers: &HeaderMap, peer: SocketAddr, scheme: Scheme, peers: &TrustedPeers) -> Self {
        let direct = peer.ip().to_canonical();
        if !peers.contains(direct) {
            return Self {
                client: direct,
                scheme,
                host: None,
                chain: vec![direct],
                trusted: false,
            };
        }
        let told = if headers.contains_key(FORWARDED) {
            told_by_forwarded(headers)
        } else {
            told_by_x(headers)
        };
        let mut chain = vec![direct];
        for address in told.addresses.into_iter().rev() {
            let Some(address) = address else { break };
            chain.insert(0, address);
            if !peers.contains(address) {
                break;
            }
        }
        Self {
            client: chain[0],
            scheme: told.scheme.unwrap_or(scheme),
            host: told.host,
            chain,
            trusted: true,
        }
    }

    /// Tells the app: replaces whatever there was by what is believed. `authority` is the public one.
    pub fn write(&self, headers: &mut impl Headers, authority: &str) {
        let mut set = |name: HeaderName, text: String| {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.set(name, value);
            }
        };
        let chain: Vec<String> = self.chain.iter().map(ToString::to_string).collect();
        let port = authority_port(authority, self.scheme);
        set(X_FORWARDED_FOR, chain.join(", "));
        set(X_FORWARDED_PROTO, self.scheme.as_str().to_owned());
        set(X_FORWARDED_HOST, authority.to_owned());
        set(X_FORWARDED_PORT, port.to_string());
        set(FORWARDED, self.forwarded(authority));
    }

    fn forwarded(&self, authority: &str) -> String {
        let hop = |address: &IpAddr| match address {
            IpAddr::V4(address) => format!("for={address}"),
            IpAddr::V6(address) => format!("for=\"[{address}]\""),
        };
        let mut hops: Vec<String> = self.chain.iter().map(hop).collect();
        if let Some(first) = hops.first_mut() {
            first.push_str(&format!(
                ";host=\"{authority}\";proto={}",
                self.scheme.as_str()
            ));
        }
        hops.join(", ")
    }
}

fn authority_port(authority: &str, scheme: Scheme) -> u16 {
    let given = super::route::split_authority(authority).and_then(|(_, port)| port);
    given.unwrap_or(match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    })
}

/// What a trusted peer says; an address it cannot name is `None` and ends the chain.
#[derive(Default)]
struct Told {
    addresses: Vec<Option<IpAddr>>,
    scheme: Option<Scheme>,
    host: Option<String>,
}

fn told_by_x(headers: &HeaderMap) -> Told {
    Told {
        addresses: list_tokens(headers, X_FORWARDED_FOR)
            .map(|text| address(&text))
            .collect(),
        scheme: list_tokens(headers, X_FORWARDED_PROTO)
            .next()
            .and_then(|text| scheme(&text)),
        host: list_tokens(headers, X_FORWARDED_HOST).next(),
    }
}

fn told_by_forwarded(headers: &HeaderMap) -> Told {
    let mut told = Told::default();
    for element in list_tokens(headers, FORWARDED) {
        let mut hop = None;
        for pair in element.split(';') {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches('"');
            match name.trim() {
                "for" => hop = address(value),
                "proto" if told.scheme.is_none() => told.scheme = scheme(value),
                "host" if told.host.is_none() => told.host = Some(value.to_owned()),
                _ => {}
            }
        }
        told.addresses.push(hop);
    }
    told
}

fn scheme(text: &str) -> Option<Scheme> {
    match text {
        "http" => Some(Scheme::Http),
        "https" => Some(Scheme::Https),
        _ => None,
    }
}

/// `1.2.3.4`, `1.2.3.4:5`, `[::1]`, `[::1]:5` or `::1`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let parsed = text
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    const PEER: &str = "10.0.0.9:1";

    fn origin(pairs: &[(&'static str, &'static str)], trusted: &[&str]) -> Origin {
        let peers = TrustedPeers::parse(trusted.iter().copied()).unwrap();
        Origin::of(&headers(pairs), PEER.parse().unwrap(), Scheme::Http, &peers)
    }

    const SPOOF: &[(&str, &str)] = &[
        ("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.test"),
    ];

    #[test]
    fn a_stranger_is_not_believed() {
        let origin = origin(SPOOF, &[]);
        assert_eq!(origin.client.to_string(), "10.0.0.9");
        assert_eq!((origin.scheme, origin.host.clone()), (Scheme::Http, None));
        let mut sent = headers(SPOOF);
        origin.write(&mut sent, "hub.test");
        assert_eq!(sent["x-forwarded-for"], "10.0.0.9");
        assert_eq!(sent["x-forwarded-proto"], "http");
        assert_eq!(sent["x-forwarded-host"], "hub.test");
        assert_eq!(
            sent["forwarded"],
            "for=10.0.0.9;host=\"hub.test\";proto=http"
        );
    }

    #[test]
    fn the_first_untrusted_hop_is_the_visitor() {
        let origin = origin(SPOOF, &["10.0.0.0/8"]);
        assert_eq!(
            origin.client.to_string(),
            "1.2.3.4",
            "not the spoofed 6.6.6.6"
        );
        assert_eq!(origin.scheme, Scheme::Https);
        assert_eq!(origin.chain.len(), 3);
    }

    #[test]
    fn rfc_7239_is_understood() {
        let pairs = [(
            "forwarded",
            "for=\"[2001:db8::1]:99\";proto=https;host=a.test, for=10.0.0.7",
        )];
        let origin = origin(&pairs, &["10.0.0.0/8"]);
        assert_eq!(origin.client.to_string(), "2001:db8::1");
        assert_eq!(origin.host.as_deref(), Some("a.test"));
        assert_eq!(origin.scheme, Scheme::Https);
    }

    #[test]
    fn an_unknown_hop_ends_the_chain() {
        let origin = origin(
            &[("x-forwarded-for", "1.1.1.1, unknown, 10.0.0.7")],
            &["10.0.0.0/8"],
        );
        assert_eq!(origin.client.to_string(), "10.0.0.7");
    }

    #[test]
    fn networks_are_parsed_and_matched() {
        let peers = TrustedPeers::parse(["192.168.0.0/16", "::1", "0.0.0.0/0"]).unwrap();
        assert!(peers.contains("::ffff:8.8.8.8".parse().unwrap()));
        assert!(
            !TrustedPeers::parse(["::/0"])
                .unwrap()
                .contains("1.1.1.1".parse().unwrap())
        );
        assert_eq!(
            TrustedPeers::parse(["10.0.0.0/33"]),
            Err("10.0.0.0/33".to_owned())
        );
    }
}
