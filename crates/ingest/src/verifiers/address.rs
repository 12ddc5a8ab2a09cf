//! Where a request comes from, and where it may come from.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::{Proof, Refusal, Unverified, Verdict, Verifier};

/// Networks from which webhooks are taken.
///
/// As a [`Verifier`] the address alone is the credential; as `SourceSettings::allow` it is asked for beside one.
///
/// ```
/// use laurel_ingest::AllowList;
///
/// let office = AllowList::new(vec!["203.0.113.0/24".parse()?, "2001:db8::17/128".parse()?]);
/// assert!(office.admits(Some("203.0.113.9".parse()?)));
/// assert!(!office.admits(Some("198.51.100.1".parse()?)));
/// assert!(!office.admits(None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AllowList {
    networks: Vec<IpNet>,
}

impl AllowList {
    /// These networks; a single address is one of /32 (IPv4) or /128 (IPv6).
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self { networks }
    }

    /// Whether an address is in one of the networks. One that is not known is in none.
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        address.is_some_and(|address| holds(&self.networks, address))
    }
}

impl Verifier for AllowList {
    fn kind(&self) -> &'static str {
        "ip"
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        if self.admits(request.address) {
            Ok(Proof::by(0).into())
        } else {
            Err(Refusal::Address)
        }
    }
}

fn holds(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// Where a request comes from: the peer, or, where that is a proxy of ours, whom it names in `X-Forwarded-For`.
///
/// Each proxy appends its peer, so the list is read from its end, up to the first that is not ours: what stands before
/// it may be made up. None where a proxy of ours names what is no address.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let mut client = peer.to_canonical();
    let lists = headers.get_all("x-forwarded-for").iter().rev();
    let mut hops = lists.flat_map(|list| list.as_bytes().rsplit(|byte| *byte == b','));
    while holds(proxies, client) {
        let Some(hop) = hops.next() else {
            break;
        };
        client = address(hop)?;
    }
    Some(client)
}

/// An address, with a port or without.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let with_port = || hop.parse().ok().map(|socket: SocketAddr| socket.ip());
    let address: IpAddr = hop.parse().ok().or_else(with_port)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn networks(list: &[&str]) -> Vec<IpNet> {
        list.iter()
            .map(|network| network.parse().expect("a network"))
            .collect()
    }

    fn seen(peer: &str, forwarded: &[&str]) -> Option<String> {
        let mut map = HeaderMap::new();
        for list in forwarded {
            map.append("x-forwarded-for", list.parse().expect("a value"));
        }
        let proxies = networks(&["10.0.0.0/8", "fd00::/8"]);
        client(peer.parse().expect("an address"), &map, &proxies).map(|client| client.to_string())
    }

    #[test]
    fn a35_whoever_is_no_proxy_of_ours_is_themselves_whatever_they_say() {
        assert_eq!(
            seen("203.0.113.9", &["198.51.100.1"]).as_deref(),
            Some("203.0.113.9")
        );
        assert_eq!(
            seen("::ffff:203.0.113.9", &[]).as_deref(),
            Some("203.0.113.9")
        );
    }

    #[test]
    fn a35_behind_our_proxies_the_last_that_is_not_ours_counts() {
        for (forwarded, expected) in [
            (&["198.51.100.1"][..], Some("198.51.100.1")),
            (&["192.0.2.66, 198.51.100.1"], Some("198.51.100.1")),
            (
                &["192.0.2.66, 198.51.100.1, 10.1.1.1"],
                Some("198.51.100.1"),
            ),
            (
                &["192.0.2.66", "198.51.100.1", "10.1.1.1"],
                Some("198.51.100.1"),
            ),
            (&["198.51.100.1:4711"], Some("198.51.100.1")),
            (&["[2001:db8::1]:4711"], Some("2001:db8::1")),
            (&["2001:db8::1"], Some("2001:db8::1")),
            (&["10.2.2.2"], Some("10.2.2.2")),
            (&[], Some("10.0.0.1")),
            (&["198.51.100.1, unknown"], None),
            (&["198.51.100.1,"], None),
        ] {
            assert_eq!(
                seen("10.0.0.1", forwarded).as_deref(),
                expected,
                "{forwarded:?}"
            );
        }
    }

    #[test]
    fn an_allow_list_holds_networks_of_both_families() {
        let list = AllowList::new(networks(&["198.51.100.0/24", "2001:db8::/32"]));
        let admits = |address: &str| list.admits(address.parse().ok());
        assert!(admits("198.51.100.255") && admits("2001:db8:1::"));
        assert!(!admits("198.51.101.0") && !admits("2001:db9::") && !list.admits(None));
    }

    /// What a stranger may have written into the header, as far as HTTP lets it through.
    fn made_up() -> impl Strategy<Value = HeaderValue> {
        let text = prop_oneof![
            "([0-9a-f:.\\[\\], ]|10\\.1\\.1\\.1|::1|unknown){0,20}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..60),
        ];
        text.prop_filter_map("no header", |text| HeaderValue::from_bytes(&text).ok())
    }

    proptest! {
        #[test]
        fn a35_nothing_that_is_made_up_stands_for_an_address(
            lists in prop::collection::vec(made_up(), 0..4), peer in any::<IpAddr>(),
        ) {
            let proxies = networks(&["10.0.0.0/8"]);
            let mut map = HeaderMap::new();
            for list in lists {
                map.append("x-forwarded-for", list);
            }
            let peer = peer.to_canonical();
            if !holds(&proxies, peer) {
                prop_assert_eq!(client(peer, &map, &proxies), Some(peer));
            }
            // What our own proxy appends comes last.
            map.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
            let ours = IpAddr::from([10, 0, 0, 1]);
            prop_assert_eq!(client(ours, &map, &proxies), Some(IpAddr::from([198, 51, 100, 1])));
        }
    }
}
