//! The signals of every load: which number is about which child, and the request that gives it.
//!
//! One signal in five is about a child that another partner signalled 499 signals before, so that it makes a match; all
//! others are about children that nobody knows. The floor numbers its rows in the same way (`store::bench::floor`).

use std::collections::VecDeque;
use std::io::Write as _;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::{RistrettoPoint, Scalar};
use jiff::{SignedDuration, ToSpan as _, tz::TimeZone};

use super::site::{GROUND, Site, SitePartner};
use crate::data_directory::FIRST_EPOCH;
use crate::environment;

/// One in so many signals is about a known child.
pub(super) const KNOWN_EACH: u64 = store::bench::floor::KNOWN_EACH;
/// So many signals lie between the first about that child and its second.
pub(super) const BEFORE: u64 = store::bench::floor::BEFORE;

/// Tokens are made so many at a time, which costs less than a microsecond and a half for each.
const AT_ONCE: usize = 512;

/// How a token was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Ready elements of suite 2, as a partner has them after it asked the keyholder itself.
    Ready,
    /// Keyed hashes of suite 1, which the service has lifted by the keyholder.
    Lifted,
}

/// Signals one after another, by all partners in turn.
pub struct Signals {
    /// Which is next.
    number: u64,
    children: Children,
    /// One piece of head with the access token for each partner.
    heads: Vec<String>,
    host: String,
    body: [String; 2],
    /// The first half of the idempotency keys, drawn once.
    run: String,
}

impl Signals {
    /// Signals of this suite to a site by these partners.
    #[must_use]
    pub fn of(site: &Site, partners: &[SitePartner], suite: Suite) -> Self {
        let day = |days: i64| {
            let then = environment::now() + SignedDuration::from_hours(days * 24);
            then.strftime("%Y-%m-%d").to_string()
        };
        let born = environment::now().to_zoned(TimeZone::UTC).date();
        let destroy_by = born.saturating_add(15.years()).strftime("%Y-%m").to_string();
        let made = match suite {
            Suite::Ready => "\"suite\":2,\"oprfEpoch\":1",
            Suite::Lifted => "\"suite\":1",
        };
        let mut signals = Self {
            number: 0,
            children: Children::new(suite),
            heads: Vec::new(),
            host: site.address().to_string(),
            body: [
                format!(
                    "{{\"tokens\":[{{{made},\"netEpoch\":{FIRST_EPOCH},\"kind\":\"bsn\",\"keyCheck\":\"{}\",\"token\":\"",
                    site.key_check()
                ),
                format!(
                    "\"}}],\"professional\":{{\"reference\":\"ref-1\",\"email\":\"ib@wilg.example\"}},\"plannedEnd\":\"{}\",\
                     \"destroyBy\":\"{destroy_by}\",\"ground\":\"{GROUND}\"}}",
                    day(180)
                ),
            ],
            run: protocol::text::encode(environment::random::<12>()),
        };
        signals.let_in(partners);
        signals
    }

    /// Goes on with the newer access tokens of the same partners.
    pub fn let_in(&mut self, partners: &[SitePartner]) {
        self.heads = partners
            .iter()
            .map(|partner| format!("Authorization: Bearer {}\r\n", partner.access_token.as_str()))
            .collect();
    }

    /// The body of the next signal alone, as a line of a batch has it, and whose it is (its place among the partners).
    pub fn next_body(&mut self, bytes: &mut Vec<u8>) -> usize {
        let place = (self.number % self.heads.len().max(1) as u64) as usize;
        let token = protocol::text::encode(self.children.token(self.number));
        self.number += 1;
        bytes.extend_from_slice(self.body[0].as_bytes());
        bytes.extend_from_slice(token.as_bytes());
        bytes.extend_from_slice(self.body[1].as_bytes());
        place
    }
}

impl super::http_load::Requests for Signals {
    fn next(&mut self, bytes: &mut Vec<u8>) {
        let number = self.number;
        let mut body = Vec::with_capacity(512);
        let place = self.next_body(&mut body);
        // Writing into memory does not fail.
        let _ = write!(
            bytes,
            "POST /v1/signals HTTP/1.1\r\nHost: {}\r\n{}Idempotency-Key: {}{number:012}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.host,
            self.heads.get(place).map_or("", String::as_str),
            self.run,
            body.len()
        );
        bytes.extend_from_slice(&body);
    }
}

/// The tokens of children by the number of their signal.
struct Children {
    suite: Suite,
    /// Elements one step apart: quick to make, and as good as any others.
    point: RistrettoPoint,
    /// Tokens of the numbers from `first` on.
    tokens: VecDeque<[u8; 32]>,
    first: u64,
}

impl Children {
    fn new(suite: Suite) -> Self {
        Self {
            suite,
            point: RistrettoPoint::mul_base(&Scalar::from_bytes_mod_order_wide(&environment::random())),
            tokens: VecDeque::new(),
            first: 0,
        }
    }

    /// Numbers must not go back.
    fn token(&mut self, number: u64) -> [u8; 32] {
        while self.first + (self.tokens.len() as u64) <= number {
            self.make_more();
        }
        while self.first + BEFORE < number {
            self.tokens.pop_front();
            self.first += 1;
        }
        let child = child_of(number);
        let place = child.saturating_sub(self.first) as usize;
        self.tokens.get(place).copied().unwrap_or_default()
    }

    fn make_more(&mut self) {
        match self.suite {
            Suite::Ready => {
                let points: Vec<RistrettoPoint> = (0..AT_ONCE)
                    .map(|_| {
                        self.point += RISTRETTO_BASEPOINT_POINT;
                        self.point
                    })
                    .collect();
                let made = RistrettoPoint::double_and_compress_batch(&points);
                self.tokens.extend(made.iter().map(|element| element.to_bytes()));
            }
            Suite::Lifted => {
                self.tokens
                    .extend((0..AT_ONCE).map(|_| environment::random::<32>()));
            }
        }
    }
}

/// About which child a signal is: its own number's, or for one in five that of an earlier number.
pub(super) fn child_of(number: u64) -> u64 {
    match number >= BEFORE && number.is_multiple_of(KNOWN_EACH) {
        true => number - BEFORE,
        false => number,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn one_in_five_is_about_a_child_of_another_partner_and_none_about_a_third_time() {
        let mut times: HashMap<u64, Vec<u64>> = HashMap::new();
        for number in 0..10_000 {
            times.entry(child_of(number)).or_default().push(number);
        }
        let twice = times.values().filter(|numbers| numbers.len() == 2).count();
        let known = (BEFORE..10_000).filter(|number| number.is_multiple_of(KNOWN_EACH));
        assert_eq!(twice, known.count());
        for partners in [2, 4, 8] {
            assert!(times.values().all(|numbers| {
                let mut by: Vec<u64> = numbers.iter().map(|number| number % partners).collect();
                by.dedup();
                numbers.len() <= 2 && by.len() == numbers.len()
            }));
        }
    }

    #[test]
    fn a_known_child_has_the_token_it_had_before() {
        for suite in [Suite::Ready, Suite::Lifted] {
            let mut children = Children::new(suite);
            let tokens: Vec<[u8; 32]> = (0..2_000).map(|number| children.token(number)).collect();
            for number in 0..2_000_u64 {
                assert_eq!(tokens[number as usize], tokens[child_of(number) as usize]);
            }
            let mut distinct = tokens.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let known = (0..2_000_u64)
                .filter(|number| child_of(*number) != *number)
                .count();
            assert_eq!(distinct.len(), 2_000 - known);
        }
    }
}
