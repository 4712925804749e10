//! What is remembered of those who came of late: a bounded number of them, the latest.
//!
//! There are two generations. When the present one is full it becomes the one before, and what was before is forgotten: so
//! whoever comes is remembered for at least as many others as a generation holds, and nobody has to be looked for to go.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Values by key, of the latest keys.
#[derive(Debug)]
pub struct Recent<K, V> {
    most: usize,
    present: BTreeMap<K, V>,
    before: BTreeMap<K, V>,
}

impl<K: Ord, V: Copy> Recent<K, V> {
    /// Nothing is remembered yet; a generation will hold `most` keys.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            present: BTreeMap::new(),
            before: BTreeMap::new(),
        }
    }

    /// What is remembered of a key.
    pub fn get(&self, key: &K) -> Option<V> {
        self.present.get(key).or_else(|| self.before.get(key)).copied()
    }

    /// Remembers this of a key, instead of what was.
    pub fn put(&mut self, key: K, value: V) {
        if self.present.len() >= self.most && !self.present.contains_key(&key) {
            self.before = std::mem::take(&mut self.present);
        }
        self.present.insert(key, value);
    }

    /// How many keys each generation holds.
    pub fn lens(&self) -> [usize; 2] {
        [self.present.len(), self.before.len()]
    }
}

/// One network as it pays for a household: an IPv4 address, or the 64 bits of IPv6 that one line is given (RFC 6177).
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            octets[8..].fill(0);
            octets.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered_and_no_more_than_two_generations() {
        let mut recent = Recent::new(3);
        for key in 0..100 {
            recent.put(key, key + 1000);
            assert!(recent.lens().iter().all(|len| *len <= 3));
            for known in (0..=key).rev().take(3) {
                assert_eq!(recent.get(&known), Some(known + 1000));
            }
        }
        assert_eq!(recent.get(&0), None);
    }

    #[test]
    fn who_is_known_already_makes_nobody_forgotten() {
        let mut recent = Recent::new(2);
        recent.put("one", 1);
        recent.put("two", 2);
        for value in 0..10 {
            recent.put("two", value);
        }
        assert_eq!((recent.get(&"one"), recent.get(&"two")), (Some(1), Some(9)));
        assert_eq!(recent.lens(), [2, 0]);
    }

    #[test]
    fn an_ipv6_line_is_one_household_and_a_mapped_ipv4_address_is_ipv4() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
