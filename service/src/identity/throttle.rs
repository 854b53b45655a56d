//! Throttling of log-in, registration, links and codes, per account and per address (ID-9). Buckets of
//! this process: a cluster allows as many tries as it has nodes, which is still few.

use crate::{Actor, Result};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

/// Buckets beyond which finished ones are swept out.
const MANY: usize = 10_000;

pub struct Limits {
    is_enabled: bool,
    /// By account and address: who guesses from elsewhere does not lock the owner out.
    account: DefaultKeyedRateLimiter<String>,
    /// By account, from wherever: what many addresses may guess together.
    everywhere: DefaultKeyedRateLimiter<String>,
    guess: DefaultKeyedRateLimiter<String>,
    address: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    /// Ten tries per account and address, then one every six seconds; a hundred per account from all addresses
    /// together, then one every six seconds; five codes or mails, then one a minute; sixty tries per address,
    /// then one a second.
    pub fn new(is_enabled: bool) -> Self {
        let quota = |burst: u32, every: Duration| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            Quota::with_period(every).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
        };
        Self {
            is_enabled,
            account: RateLimiter::keyed(quota(10, Duration::from_secs(6))),
            everywhere: RateLimiter::keyed(quota(100, Duration::from_secs(6))),
            guess: RateLimiter::keyed(quota(5, Duration::from_secs(60))),
            address: RateLimiter::keyed(quota(60, Duration::from_secs(1))),
        }
    }

    /// Counts a try; an exhausted bucket answers 429 with the seconds to wait.
    pub(super) fn take(&self, actor: &Actor, account: Option<&str>) -> Result<()> {
        if !self.is_enabled {
            return Ok(());
        }
        let address = actor.address.as_deref().map(network);
        if let Some(address) = &address {
            check(&self.address, address)?;
        }
        if let Some(account) = account {
            check(&self.account, &format!("{account} {}", address.unwrap_or_default()))?;
            check(&self.everywhere, account)?;
        }
        Ok(())
    }

    /// As [`Self::take`], for what few tries must suffice for: six digits can be guessed, and a mailbox
    /// flooded. `key` names the purpose and whom it concerns.
    pub(super) fn take_few(&self, actor: &Actor, key: &str) -> Result<()> {
        self.take(actor, None)?;
        if self.is_enabled { check(&self.guess, key) } else { Ok(()) }
    }

    /// Counts a webhook that nobody signed: each is a row to keep.
    pub(crate) fn take_forged(&self, address: Option<&str>) -> Result<()> {
        match address.filter(|_| self.is_enabled) {
            Some(address) => check(&self.guess, &format!("forged:{}", network(address))),
            None => Ok(()),
        }
    }
}

/// What one customer of a provider has: an address, and of IPv6 a whole /64 to choose from.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string(),
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<()> {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).map_err(|denied| {
        let wait = denied.wait_time_from(DefaultClock::default().now());
        domain::Error::RateLimited { retry_after: wait.as_secs() + 1 }.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changes_the_address_within_an_own_network_is_counted_on() {
        for (address, counted) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:aaaa:bbbb:cccc:1", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("unknown", "unknown"),
        ] {
            assert_eq!(network(address), counted);
        }
        let limits = Limits::new(true);
        let from = |n: u32| Actor { address: Some(format!("2001:db8:1:2::{n:x}")), ..Actor::default() };
        let tries = (0..70).map(|n| limits.take(&from(n), None)).filter(Result::is_ok).count();
        assert!((60..65).contains(&tries), "{tries}");
    }
}
