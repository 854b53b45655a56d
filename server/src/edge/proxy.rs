//! Who asks, when proxies stand between: the throttle and the list of sessions want the client's
//! address, not the proxy's.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

const FORWARDED: &str = "x-forwarded-for";

/// Proxies that are believed when they name the client.
#[derive(Clone, Debug)]
pub struct Proxies(Arc<[IpNet]>);

impl Default for Proxies {
    /// Those on the same machine.
    fn default() -> Self {
        let loopback = [IpNet::from(IpAddr::V4(Ipv4Addr::LOCALHOST)), IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST))];
        Self(loopback.into())
    }
}

impl std::str::FromStr for Proxies {
    type Err = ();

    /// Addresses and networks separated by commas; `none` for a shop that faces its clients.
    fn from_str(text: &str) -> Result<Self, ()> {
        if text.trim() == "none" {
            return Ok(Self(Arc::new([])));
        }
        let network = |part: &str| part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).map_err(|_| ());
        text.split(',').map(str::trim).map(network).collect::<Result<_, ()>>().map(Self)
    }
}

impl Proxies {
    fn believes(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Every proxy adds at the end of `X-Forwarded-For` whom it was asked by: the last one that is no
    /// proxy of ours is the client. What stands before it, the client wrote.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines: Vec<&str> = headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok()).collect();
        let mut client = peer.to_canonical();
        for named in lines.iter().flat_map(|line| line.split(',')).rev() {
            let Ok(named) = named.trim().parse::<IpAddr>() else { break };
            if !self.believes(client) {
                break;
            }
            client = named.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        proxies.parse::<Proxies>().unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        let ours = "10.0.0.0/8, 192.0.2.7";
        assert_eq!(client(ours, "203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "no proxy: it may say what it likes");
        assert_eq!(client(ours, "192.0.2.7", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(ours, "::ffff:192.0.2.7", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client(ours, "10.1.2.3", &["1.2.3.4, 198.51.100.1", "192.0.2.7"]),
            "198.51.100.1",
            "1.2.3.4 is the client's word"
        );
        assert_eq!(client(ours, "10.1.2.3", &["198.51.100.1, bogus"]), "10.1.2.3");
        assert_eq!(client(ours, "10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client("none", "127.0.0.1", &["198.51.100.1"]), "127.0.0.1");
        assert!("10.0.0.0/33".parse::<Proxies>().is_err() && "".parse::<Proxies>().is_err());
        let same_machine = Proxies::default().client(
            "127.0.0.1".parse().unwrap(),
            &HeaderMap::from_iter([(axum::http::HeaderName::from_static(FORWARDED), "198.51.100.1".parse().unwrap())]),
        );
        assert_eq!(same_machine.to_string(), "198.51.100.1");
    }
}
