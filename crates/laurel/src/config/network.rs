//! Networks as people write them: `198.51.100.0/24`, `2001:db8::/32`, or a single address.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network, or an address that stands for itself alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        let network: IpNet = text.parse().or_else(|_| address()).map_err(
            |_| "not an address or network; write 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32",
        )?;
        if network.trunc() == network {
            Ok(Self(network))
        } else {
            Err("the address goes on after the network's prefix; make the rest of it zero")
        }
    }
}

impl From<Network> for String {
    fn from(Network(network): Network) -> Self {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_is_a_network_of_one() {
        let read = |text: &str| Network::try_from(text.to_owned()).map(String::from);
        assert_eq!(read("198.51.100.7").as_deref(), Ok("198.51.100.7/32"));
        assert_eq!(read("198.51.100.0/24").as_deref(), Ok("198.51.100.0/24"));
        assert_eq!(read("2001:db8::").as_deref(), Ok("2001:db8::/128"));
        for wrong in [
            "",
            "198.51.100.7/24",
            "198.51.100.0/33",
            "198.51.100",
            "masivo.ai",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
