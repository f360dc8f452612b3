//! Which machines the program speaks to at somebody's wish: those that webhooks and revocation lists name. A name says nothing of that, for whoever holds it says where it leads: the addresses that it has led to are looked at, and
//! only those are spoken to. And which addresses are this very machine's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere in the world.
    Public,
    /// This machine, or the network that it stands in: only where the operator says so.
    Private,
    /// Nowhere that anybody may have events sent to: what hands out a machine's own credentials (link-local), many at once, or nobody.
    Nowhere,
}

impl Reach {
    /// Whether what leads there may be spoken to.
    pub const fn is_admitted(self, allow_private: bool) -> bool {
        match self {
            Self::Public => true,
            Self::Private => allow_private,
            Self::Nowhere => false,
        }
    }
}

/// Where an address leads. What is not known to be public is not.
pub fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

/// Whether an address may be spoken to.
pub fn admits(ip: IpAddr, allow_private: bool) -> bool {
    reach(ip).is_admitted(allow_private)
}

/// Where an address of the web says by itself that it leads: in figures, or under the name that every machine has for itself. None where that is only known
/// once its name was looked up.
pub fn said_reach(url: &Url) -> Option<Reach> {
    match url.host()? {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            (name == "localhost" || name.ends_with(".localhost")).then_some(Reach::Private)
        }
        Host::Ipv4(ip) => Some(reach(ip.into())),
        Host::Ipv6(ip) => Some(reach(ip.into())),
    }
}

/// Whether an address is this very machine's, however it is written.
pub fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Whether an address of the web names this very machine. A name that leads here without saying so, as a stranger's page may have one, does not.
pub fn names_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => is_loopback(ip.into()),
        Some(Host::Ipv6(ip)) => is_loopback(ip.into()),
        None => false,
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    match ip.octets() {
        // A network of one's own, a provider's own (CGNAT), and this machine.
        [10 | 127, ..] | [100, 64..=127, ..] | [172, 16..=31, ..] | [192, 168, ..] => Reach::Private,
        // This network, link-local, protocols' own, documentation, the relays of 6to4, benchmarks; many at once, and what is not given out.
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::Nowhere,
        _ => Reach::Public,
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return reach_v4(ip);
    }
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] | [0xfc00..=0xfdff, ..] => Reach::Private,
        // The world of IPv4 behind a translator.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            reach_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2000..=0x3fff, ..] if !is_special(ip) => Reach::Public,
        _ => Reach::Nowhere,
    }
}

/// Whether an address lies in what is given out, and leads to nobody there: protocols' own and tunnels (Teredo, 6to4), whose ends could be anywhere, and
/// documentation.
const fn is_special(ip: Ipv6Addr) -> bool {
    matches!(ip.segments(), [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_leads_somewhere_public_or_is_refused() {
        use Reach::{Nowhere, Private, Public};
        for (address, expected) in [
            ("1.1.1.1", Public),
            ("8.8.8.8", Public),
            ("100.63.255.255", Public),
            ("100.128.0.0", Public),
            ("172.15.255.255", Public),
            ("172.32.0.0", Public),
            ("192.0.1.1", Public),
            ("192.169.0.0", Public),
            ("198.17.255.255", Public),
            ("198.20.0.0", Public),
            ("223.255.255.255", Public),
            ("10.0.0.1", Private),
            ("100.64.0.0", Private),
            ("100.127.255.255", Private),
            ("127.0.0.1", Private),
            ("127.255.255.254", Private),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("192.168.0.1", Private),
            ("0.0.0.0", Nowhere),
            ("0.1.2.3", Nowhere),
            ("169.254.169.254", Nowhere),
            ("192.0.0.8", Nowhere),
            ("192.0.2.7", Nowhere),
            ("192.88.99.1", Nowhere),
            ("198.18.0.1", Nowhere),
            ("198.19.255.255", Nowhere),
            ("198.51.100.7", Nowhere),
            ("203.0.113.7", Nowhere),
            ("224.0.0.1", Nowhere),
            ("239.255.255.250", Nowhere),
            ("240.0.0.1", Nowhere),
            ("255.255.255.255", Nowhere),
            ("2606:4700:4700::1111", Public),
            ("2a00:1450:4001::1", Public),
            ("2001:4860:4860::8888", Public),
            ("2001:200::1", Public),
            ("::1", Private),
            ("fc00::1", Private),
            ("fd12:3456:789a::1", Private),
            ("::", Nowhere),
            ("::2", Nowhere),
            ("::7f00:1", Nowhere),
            ("fe80::1", Nowhere),
            ("febf::1", Nowhere),
            ("fec0::1", Nowhere),
            ("ff02::1", Nowhere),
            ("100::1", Nowhere),
            ("2001::1", Nowhere),
            ("2001:1ff::1", Nowhere),
            ("2001:db8::7", Nowhere),
            ("2002:7f00:1::1", Nowhere),
            ("3fff::1", Nowhere),
            ("4000::1", Nowhere),
            ("5f00::1", Nowhere),
            ("64:ff9b:1::1", Nowhere),
            ("::ffff:8.8.8.8", Public),
            ("::ffff:127.0.0.1", Private),
            ("::ffff:10.0.0.1", Private),
            ("::ffff:169.254.169.254", Nowhere),
            ("64:ff9b::8.8.8.8", Public),
            ("64:ff9b::127.0.0.1", Private),
            ("64:ff9b::169.254.169.254", Nowhere),
        ] {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn only_the_machine_itself_is_this_machine() {
        let is_here = |url: &str| names_this_machine(&url.parse().unwrap());
        for here in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:80",
            "https://127.8.8.8",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in [
            "https://beats.example",
            "http://0.0.0.0:8080",
            "http://10.0.0.1",
            "http://localhost.example",
            "http://beats.localhost",
            "http://[::]",
            "file:///here",
        ] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn an_address_in_figures_or_of_this_machine_says_where_it_leads() {
        use Reach::{Nowhere, Private, Public};
        for (url, expected) in [
            ("https://hooks.example.com/in", None),
            ("https://localhost.example.com/in", None),
            ("https://10.example.com/in", None),
            ("https://localhost/in", Some(Private)),
            ("https://LocalHost.:8443/in", Some(Private)),
            ("https://hooks.localhost/in", Some(Private)),
            ("https://127.0.0.1/in", Some(Private)),
            ("https://2130706433/in", Some(Private)),
            ("https://0x7f.1/in", Some(Private)),
            ("https://192.168.1.7/in", Some(Private)),
            ("https://[::1]/in", Some(Private)),
            ("https://[::ffff:10.0.0.1]/in", Some(Private)),
            ("https://[fd00::1]/in", Some(Private)),
            ("https://169.254.169.254/latest", Some(Nowhere)),
            ("https://[fe80::1]/in", Some(Nowhere)),
            ("https://0.0.0.0/in", Some(Nowhere)),
            ("https://1.1.1.1/in", Some(Public)),
            ("https://[2606:4700:4700::1111]/in", Some(Public)),
        ] {
            assert_eq!(said_reach(&url.parse().unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn an_operator_lets_in_the_own_network_and_never_more() {
        let admitted = |address: &str, allow| admits(address.parse().unwrap(), allow);
        assert!(admitted("8.8.8.8", false) && admitted("8.8.8.8", true));
        assert!(!admitted("127.0.0.1", false) && admitted("127.0.0.1", true));
        assert!(!admitted("169.254.169.254", false) && !admitted("169.254.169.254", true));
    }
}
