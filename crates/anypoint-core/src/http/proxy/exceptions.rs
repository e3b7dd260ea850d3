//! Hosts that are reached without the proxy: `NO_PROXY` in every form that other programs accept.

use std::net::IpAddr;

use url::{Host, Url};

/// The entries of a list; one in an unknown form matches nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceptions(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    hosts: Hosts,
    /// The port; `None` for any.
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Hosts {
    /// A name and its subdomains, in lower case and without dots at its ends.
    Name(String),
    /// Parts of a name or an address, with any text between them.
    Pattern(Vec<String>),
    /// The addresses with the first bits of this one; the number of bits.
    Network(IpAddr, u8),
}

impl Exceptions {
    /// Adds a list of entries that are separated by commas or spaces.
    pub(super) fn add(&mut self, list: &str) {
        let entries = list.split(|letter: char| letter == ',' || letter.is_whitespace());
        self.0.extend(entries.filter_map(Entry::parse));
    }

    /// Whether a URL is reached directly.
    pub(super) fn has(&self, url: &Url) -> bool {
        let Some(host) = url.host() else {
            return false;
        };
        let port = url.port_or_known_default();
        self.0.iter().any(|entry| {
            let same_port = entry.port.is_none() || entry.port == port;
            same_port && entry.hosts.have(&host)
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        // Some lists have URLs.
        let text = match text.split_once("://") {
            Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
            None => text,
        };
        if let Some(hosts) = network(text) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let hosts = network(host).or_else(|| name(host))?;
        Some(Self { hosts, port })
    }
}

/// An address, with or without brackets, or a network such as `10.0.0.0/8`.
fn network(text: &str) -> Option<Hosts> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let bare = address
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'));
    let address: IpAddr = bare.unwrap_or(address).parse().ok()?;
    let most = width(address);
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Hosts::Network(address, bits))
}

fn name(text: &str) -> Option<Hosts> {
    let name = text.to_ascii_lowercase();
    // `*.example.com` is a common form of `.example.com`.
    let bare = name.strip_prefix("*.").unwrap_or(&name);
    let bare = bare.trim_matches('.');
    if bare.is_empty() || bare.contains('/') {
        return None;
    }
    Some(match bare.contains('*') {
        true => Hosts::Pattern(bare.split('*').map(str::to_owned).collect()),
        false => Hosts::Name(bare.to_owned()),
    })
}

impl Hosts {
    fn have(&self, host: &Host<&str>) -> bool {
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::from(*address)),
            Host::Ipv6(address) => Some(address.to_canonical()),
            Host::Domain(_) => None,
        };
        match (self, host) {
            (Self::Network(network, bits), _) => {
                address.is_some_and(|address| begins_like(address, *network, *bits))
            }
            (Self::Pattern(parts), _) => fits(parts, &host.to_string().to_ascii_lowercase()),
            (Self::Name(name), Host::Domain(domain)) => {
                let domain = domain.trim_end_matches('.').to_ascii_lowercase();
                let above = domain.strip_suffix(name.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            (Self::Name(_), _) => false,
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn begins_like(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let value = |address| match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    let rest = u32::from(width(network) - bits);
    let start = |address| value(address).checked_shr(rest).unwrap_or_default();
    address.is_ipv4() == network.is_ipv4() && start(address) == start(network)
}

/// Whether a text consists of these parts with any text between them.
fn fits(parts: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.split_once(part.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_an_entry_holds_for_what_it_says() {
        for (list, direct, proxied) in [
            (
                "example.com",
                "http://example.com http://a.example.com:81",
                "http://notexample.com http://example.com.org",
            ),
            (
                ".example.com",
                "http://example.com http://a.example.com",
                "http://notexample.com",
            ),
            (
                "*.example.com",
                "http://example.com http://a.b.example.com",
                "http://notexample.com",
            ),
            (
                "EXAMPLE.com.",
                "http://Example.COM http://example.com./",
                "http://example.org",
            ),
            (
                "host:8585",
                "http://host:8585 https://a.host:8585",
                "http://host https://host:8586",
            ),
            ("host:443", "https://host", "http://host"),
            ("a b", "http://a http://b", "http://c"),
            (" a ,\tb ,, c\n", "http://a http://b http://c", "http://d"),
            (
                "http://a:8080/path, https://b",
                "http://a:8080 http://b:1",
                "http://a",
            ),
            ("*", "http://a http://10.0.0.1 http://[::2]:9", ""),
            ("*:81", "http://a:81 http://[::2]:81", "http://a"),
            (
                "10.0.0.0/8",
                "http://10.1.2.3:9",
                "http://11.1.2.3 http://10.example.com",
            ),
            (
                "10.1.2.3:81, 10.1.2.4",
                "http://10.1.2.3:81 http://10.1.2.4:9",
                "http://10.1.2.3",
            ),
            (
                "10.*, 192.168.*.7",
                "http://10.1.2.3 http://192.168.3.7",
                "http://192.168.3.8 http://110.1.2.3",
            ),
            (
                "::2, [fd00::1]:81, fd01::/16, [fe80::]/10",
                "http://[::2]:9 http://[fd00::1]:81 http://[fd01:2::3] http://[fe80::9]",
                "http://[fd00::1] http://[::3] http://[fec0::1]",
            ),
            ("0.0.0.0/0, ::/0", "http://1.2.3.4 http://[::2]", "http://a"),
            (
                "10.0.0.0/33, a:b, :81, /, .",
                "",
                "http://10.0.0.1 http://a http://b:81",
            ),
            (
                "127.0.0.0/8",
                "http://127.1 http://[::ffff:127.0.0.1]",
                "http://128.0.0.1",
            ),
        ] {
            let mut exceptions = Exceptions::default();
            exceptions.add(list);
            for (urls, expected) in [(direct, true), (proxied, false)] {
                for url in urls.split_whitespace() {
                    let url = Url::parse(url).unwrap();
                    assert_eq!(exceptions.has(&url), expected, "{list}: {url}");
                }
            }
        }
    }
}
