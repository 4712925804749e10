//! The pace at which codes may be tried, per address or municipality's desk, and together.
//!
//! A code has 75 random bits: no pace that people notice makes guessing one likely. What is held back here is the load.
//! Nothing is remembered about a code or a request, so nobody can lock a family out by trying theirs; and the first
//! tries from an address are never refused for what others do.

use std::net::IpAddr;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;
use service_http::door::Clock;
use service_http::limits::Pace;
use service_http::recent::{Recent, household};

/// From one address: 20 at once, then one in 6 seconds. A school or a mobile network has one address for many people.
const OWN: Pace = Pace::one_in(Duration::from_secs(6), NonZero::new(20).unwrap());

/// From everybody together: 300 at once, then ten a second.
const COMMON: Pace = Pace::one_in(Duration::from_millis(100), NonZero::new(300).unwrap());

/// Tries of an address to which the common pace does not apply.
const FREE_TRIES: u32 = 3;

/// Addresses remembered in each of two generations.
const MAX_CLIENTS: usize = 20_000;

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Client {
    /// A household's line.
    Household(IpAddr),
    /// The desk of a municipality, where codes are typed for whoever brought them.
    Desk(i32),
    Unknown,
}

/// Keeps the pace.
pub(crate) struct Guesses {
    clock: Clock,
    tries: Mutex<Tries>,
}

/// The moments at which the common bucket and that of each address are full again.
struct Tries {
    common: Duration,
    own: Recent<Client, Duration>,
}

impl Guesses {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            tries: Mutex::new(Tries::new()),
        }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// After how many seconds the next is possible. A refused try counts for nothing.
    pub(crate) fn try_one(&self, client: Client) -> Result<(), u64> {
        let now = (self.clock)();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.try_one(client, now).map_err(|wait| wait.as_secs() + 1)
    }

    /// A try that was right is given back: many people behind one address may each enter their code.
    pub(crate) fn was_right(&self, client: Client) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.was_right(client);
    }
}

impl Tries {
    const fn new() -> Self {
        Self {
            common: Duration::ZERO,
            own: Recent::new(MAX_CLIENTS),
        }
    }

    fn try_one(&mut self, client: Client, now: Duration) -> Result<(), Duration> {
        let own = self.own.get(&client).unwrap_or_default();
        let own_after = OWN.take(own, now)?;
        if OWN.taken(own, now) >= FREE_TRIES {
            self.common = COMMON.take(self.common, now)?;
        }
        self.own.put(client, own_after);
        Ok(())
    }

    fn was_right(&mut self, client: Client) {
        if let Some(full_at) = self.own.get(&client) {
            self.own.put(client, OWN.give_back(full_at));
        }
    }
}

impl Client {
    /// Who sends a request: the peer, or what a trusted proxy says. Of a list of addresses the last that is not itself
    /// a trusted proxy counts, since everything before it can be made up.
    pub(crate) fn of(request: &HttpRequest, trusted: &[IpAddr]) -> Self {
        let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else {
            return Self::Unknown;
        };
        if !trusted.contains(&peer) {
            return Self::from(peer);
        }
        let fields = request.headers().get_all("x-forwarded-for");
        let told: Vec<&str> = fields.filter_map(|field| field.to_str().ok()).collect();
        told.iter()
            .flat_map(|field| field.split(','))
            .rev()
            .map(|address| address.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()))
            .take_while(Result::is_ok)
            .flatten()
            .find(|address| !trusted.contains(address))
            .map_or(Self::from(peer), Self::from)
    }
}

impl From<IpAddr> for Client {
    fn from(address: IpAddr) -> Self {
        Self::Household(household(address))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use actix_web::test::TestRequest;

    use super::*;

    const PARENT: Client = v4([192, 0, 2, 1]);

    const fn v4([a, b, c, d]: [u8; 4]) -> Client {
        Client::Household(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn an_address_has_twenty_tries_and_then_one_in_six_seconds() {
        let mut tries = Tries::new();
        for _ in 0..20 {
            assert!(tries.try_one(PARENT, seconds(1)).is_ok());
        }
        assert_eq!(tries.try_one(PARENT, seconds(1)), Err(seconds(6)));
        assert_eq!(tries.try_one(PARENT, seconds(6)), Err(seconds(1)));
        assert!(tries.try_one(PARENT, seconds(7)).is_ok());
        assert!(tries.try_one(PARENT, seconds(7)).is_err());
        assert!(tries.try_one(v4([192, 0, 2, 2]), seconds(7)).is_ok());
    }

    #[test]
    fn a_right_code_costs_nothing() {
        let mut tries = Tries::new();
        for _ in 0..1000 {
            assert!(tries.try_one(PARENT, seconds(1)).is_ok());
            tries.was_right(PARENT);
        }
    }

    #[test]
    fn many_addresses_together_are_slowed_and_a_newcomer_is_not() {
        let mut tries = Tries::new();
        let mut admitted = 0;
        for address in 0..200_u8 {
            for _ in 0..20 {
                admitted += u32::from(tries.try_one(v4([198, 51, 100, address]), seconds(1)).is_ok());
            }
        }
        assert_eq!(admitted, 200 * FREE_TRIES + COMMON.burst());
        for _ in 0..FREE_TRIES {
            assert!(tries.try_one(PARENT, seconds(1)).is_ok());
        }
        assert!(tries.try_one(PARENT, seconds(1)).is_err());
    }

    #[test]
    fn memory_is_bounded_and_recent_addresses_stay_known() {
        let line = |number: u64| Client::from(IpAddr::V6(Ipv6Addr::from_bits(u128::from(number) << 64)));
        let mut tries = Tries::new();
        for _ in 0..20 {
            assert!(tries.try_one(PARENT, seconds(1)).is_ok());
        }
        for number in 0..3 * MAX_CLIENTS as u64 {
            assert!(tries.try_one(line(number), seconds(1)).is_ok());
            if number == 10 {
                assert!(tries.try_one(PARENT, seconds(1)).is_err());
            }
            assert!(tries.own.lens().iter().all(|len| *len <= MAX_CLIENTS));
        }
    }

    #[test]
    fn an_ipv6_line_is_one_client_and_a_mapped_ipv4_address_is_ipv4() {
        let client = |text: &str| Client::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.1"), PARENT);
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_who_sends() {
        let proxy: IpAddr = "203.0.113.5".parse().unwrap();
        let sent = |peer: &str, told: &str, trusted: &[IpAddr]| {
            let request = TestRequest::default()
                .peer_addr(peer.parse().unwrap())
                .insert_header(("x-forwarded-for", told))
                .to_http_request();
            Client::of(&request, trusted)
        };
        let made_up = "10.9.9.9, 192.0.2.1";
        assert_eq!(sent("192.0.2.1:80", "10.9.9.9", &[proxy]), PARENT);
        assert_eq!(sent("203.0.113.5:80", made_up, &[proxy]), PARENT);
        assert_eq!(
            sent("203.0.113.5:80", "10.9.9.9, 192.0.2.1, 203.0.113.5", &[proxy]),
            PARENT
        );
        for useless in ["", "unknown", "192.0.2.1, nonsense"] {
            assert_eq!(
                sent("203.0.113.5:80", useless, &[proxy]),
                Client::from(proxy),
                "{useless}"
            );
        }
    }
}
