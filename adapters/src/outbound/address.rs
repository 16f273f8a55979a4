//! Which IP addresses the hub may call. Everything that is not public is refused unless permitted.
//!
//! Owns the table of special ranges (IANA registries, RFC 6890). It must never resolve a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Which addresses may be called besides public ones. The default: none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct AddressPolicy {
    private: bool,
    networks: Vec<Network>,
}

/// What is written as a network is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a network such as 10.20.0.0/16")]
pub struct NetworkFault(pub String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Network {
    base: IpAddr,
    bits: u8,
}

impl AddressPolicy {
    /// Permits public addresses only.
    #[must_use]
    pub fn public_only() -> Self {
        Self::default()
    }

    /// Permits loopback and private ranges too: the demo, and `--allow-private`. Link-local (with the
    /// metadata services of clouds), multicast and reserved ranges stay refused.
    #[must_use]
    pub fn with_private() -> Self {
        Self {
            private: true,
            networks: Vec::new(),
        }
    }

    /// Permits these CIDR ranges too, whatever they are; a single address is a range of one.
    ///
    /// # Errors
    /// The first range that is not one.
    pub fn with_networks(mut self, networks: &[String]) -> Result<Self, NetworkFault> {
        for text in networks {
            self.networks.push(text.parse()?);
        }
        self.networks.sort();
        self.networks.dedup();
        Ok(self)
    }

    /// Permits what either permits.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut networks = [self.networks.clone(), other.networks.clone()].concat();
        networks.sort();
        networks.dedup();
        Self {
            private: self.private || other.private,
            networks,
        }
    }

    /// Tells whether an address may be called. An IPv6 address that carries an IPv4 address counts as
    /// the latter.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = plain(address);
        if self.networks.iter().any(|network| network.holds(address)) {
            return true;
        }
        match address {
            IpAddr::V4(v4) if private_v4(v4) => self.private,
            IpAddr::V6(v6) if private_v6(v6) => self.private,
            IpAddr::V4(v4) => public_v4(v4),
            IpAddr::V6(v6) => public_v6(v6),
        }
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let share = |a: u128, b: u128, width: u32| {
            let keep = u32::from(self.bits);
            keep == 0 || (a ^ b) >> (width - keep) == 0
        };
        match (self.base, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                share(u128::from(a.to_bits()), u128::from(b.to_bits()), 32)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => share(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkFault;

    fn from_str(text: &str) -> Result<Self, NetworkFault> {
        let fault = || NetworkFault(text.chars().take(80).collect());
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u8>().map_err(|_| fault())?)),
            None => (text, None),
        };
        let base: IpAddr = base.trim().parse().map_err(|_| fault())?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(fault());
        }
        Ok(Self { base, bits })
    }
}

/// Takes the IPv4 address out of an IPv6 one that carries it: mapped, compatible, NAT64 (RFC 6052),
/// 6to4 (RFC 3056).
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let s = v6.segments();
    let joined = |high: u16, low: u16| {
        IpAddr::V4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
    };
    match s {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => joined(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => joined(high, low),
        [0x2002, high, low, ..] => joined(high, low),
        _ => address,
    }
}

fn private_v4(v4: Ipv4Addr) -> bool {
    v4.is_loopback() || v4.is_private()
}

fn private_v6(v6: Ipv6Addr) -> bool {
    let metadata = v6 == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    v6.is_loopback() || (v6.segments()[0] & 0xfe00 == 0xfc00 && !metadata)
}

fn public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = a == 0
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation()
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT, RFC 6598
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (18..20).contains(&b)) // benchmarking
        || a >= 240;
    !special
}

fn public_v6(v6: Ipv6Addr) -> bool {
    // Only 2000::/3 is given out as global unicast.
    let [first, second, ..] = v6.segments();
    let special = first & 0xe000 != 0x2000
        || (first == 0x2001 && second < 0x200) // protocol assignments, Teredo, ORCHID
        || (first == 0x2001 && second == 0xdb8) // documentation
        || (first == 0x3fff && second < 0x1000); // documentation, RFC 9637
    !special
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &[&str] = &[
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::7f00:1",
    ];
    const NEVER: &[&str] = &[
        "169.254.169.254",
        "169.254.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "100::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fd00:ec2::254",
        "fec0::1",
    ];
    const PUBLIC: &[&str] = &[
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "172.15.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "2606:4700::1111",
        "2404:6800::1",
        "::ffff:8.8.8.8",
    ];

    fn ip(text: &str) -> IpAddr {
        text.parse().expect(text)
    }

    #[test]
    fn only_public_addresses_unless_permitted() {
        let strict = AddressPolicy::public_only();
        let demo = AddressPolicy::with_private();
        for text in PUBLIC {
            assert!(strict.permits(ip(text)) && demo.permits(ip(text)), "{text}");
        }
        for text in PRIVATE {
            assert!(!strict.permits(ip(text)), "{text}");
            assert!(demo.permits(ip(text)), "{text}");
        }
        for text in NEVER {
            assert!(
                !strict.permits(ip(text)) && !demo.permits(ip(text)),
                "{text}"
            );
        }
    }

    #[test]
    fn an_operator_permits_networks() {
        let networks = [
            "10.20.0.0/16".to_owned(),
            "fd00::/8".to_owned(),
            "169.254.9.9".to_owned(),
        ];
        let policy = AddressPolicy::default()
            .with_networks(&networks)
            .expect("networks");
        for (text, permitted) in [
            ("10.20.255.1", true),
            ("10.21.0.1", false),
            ("::ffff:10.20.0.1", true),
            ("fd12::1", true),
            ("fc00::1", false),
            ("169.254.9.9", true),
            ("169.254.9.8", false),
        ] {
            assert_eq!(policy.permits(ip(text)), permitted, "{text}");
        }
        for bad in ["10.0.0.0/33", "10.0.0", "x/8", "::/129", ""] {
            assert!(
                AddressPolicy::default()
                    .with_networks(&[bad.to_owned()])
                    .is_err(),
                "{bad}"
            );
        }
    }
}
