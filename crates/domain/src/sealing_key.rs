//! The sealing keys of an organisation: to which others seal, and with which it shows that it sealed.
//!
//! Several count at the same time, so that one takes over from another while messages still wait; senders use the newest.

use jiff::Timestamp;

/// Sealing keys of one organisation that count at the same time. Two let one take over from the other; the third lets that
/// be corrected.
pub const MAX_LIVE_SEALING_KEYS: usize = 3;

/// A sealing key as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealingKey {
    /// Which one of its organisation: rises by one.
    pub number: i32,
    /// The X25519 public key.
    pub key: [u8; 32],
    /// Since when it no longer counts.
    pub retired_at: Option<Timestamp>,
}

/// The sealing keys of one organisation, retired ones too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealingKeys(pub Vec<SealingKey>);

/// Why a sealing key is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAddSealingKey {
    /// The organisation has or had it. A key that was retired does not come back: it was retired for a reason.
    #[error("the organisation has or had this sealing key")]
    Known,
    /// It has enough.
    #[error("the organisation has as many sealing keys as it can")]
    TooMany,
}

/// Why a sealing key is not retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRetireSealingKey {
    /// The organisation has no such key.
    #[error("the organisation has no such sealing key")]
    NoSuchKey,
    /// Content waits that only its secret opens, and who asks did not say that they know.
    #[error("{0} messages or attachments wait that are sealed to it")]
    Awaited(i64),
}

impl SealingKeys {
    /// The number of a further key, if it may be added.
    ///
    /// # Errors
    /// [`CannotAddSealingKey`].
    pub fn may_add(&self, key: &[u8; 32]) -> Result<i32, CannotAddSealingKey> {
        if self.0.iter().any(|own| own.key == *key) {
            return Err(CannotAddSealingKey::Known);
        }
        if self.live().count() >= MAX_LIVE_SEALING_KEYS {
            return Err(CannotAddSealingKey::TooMany);
        }
        Ok(self.0.iter().map(|own| own.number).max().unwrap_or(0) + 1)
    }

    /// Whether retiring this key changes anything. `waiting` says how much content waits that is sealed to it, and
    /// `despite` that who asks knows. The last key may go too: after a leak nothing more is sealed to it from then on, and
    /// nobody can send to the organisation until it has another.
    ///
    /// # Errors
    /// [`CannotRetireSealingKey`].
    pub fn retiring_changes(
        &self,
        key: &[u8; 32],
        waiting: i64,
        despite: bool,
    ) -> Result<bool, CannotRetireSealingKey> {
        let own = self.0.iter().find(|own| own.key == *key);
        match own.ok_or(CannotRetireSealingKey::NoSuchKey)?.retired_at {
            Some(_) => Ok(false),
            None if waiting > 0 && !despite => Err(CannotRetireSealingKey::Awaited(waiting)),
            None => Ok(true),
        }
    }

    /// The key that others seal to.
    pub fn newest(&self) -> Option<&SealingKey> {
        self.live().max_by_key(|own| own.number)
    }

    fn live(&self) -> impl Iterator<Item = &SealingKey> {
        self.0.iter().filter(|own| own.retired_at.is_none())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: Timestamp = Timestamp::constant(1_803_891_600, 0);

    fn key(number: i32, byte: u8, retired: bool) -> SealingKey {
        SealingKey {
            number,
            key: [byte; 32],
            retired_at: retired.then_some(AT),
        }
    }

    #[test]
    fn a_key_is_added_once_and_never_comes_back() {
        let keys = SealingKeys(vec![key(1, 1, true), key(2, 2, false)]);
        assert_eq!(keys.may_add(&[1; 32]), Err(CannotAddSealingKey::Known));
        assert_eq!(keys.may_add(&[2; 32]), Err(CannotAddSealingKey::Known));
        assert_eq!(keys.may_add(&[3; 32]), Ok(3));
        assert_eq!(SealingKeys::default().may_add(&[3; 32]), Ok(1));
        let full = SealingKeys((1..=3).map(|number| key(number, number as u8, false)).collect());
        assert_eq!(full.may_add(&[9; 32]), Err(CannotAddSealingKey::TooMany));
    }

    #[test]
    fn who_retires_a_key_that_messages_wait_for_says_that_they_know() {
        let keys = SealingKeys(vec![key(1, 1, false), key(2, 2, true)]);
        let retiring = |byte, waiting, despite| keys.retiring_changes(&[byte; 32], waiting, despite);
        assert_eq!(retiring(1, 2, false), Err(CannotRetireSealingKey::Awaited(2)));
        assert_eq!(retiring(1, 2, true), Ok(true));
        assert_eq!(retiring(1, 0, false), Ok(true));
        // What is done stays done, whatever waits.
        assert_eq!(retiring(2, 2, false), Ok(false));
        assert_eq!(retiring(3, 0, true), Err(CannotRetireSealingKey::NoSuchKey));
    }

    #[test]
    fn others_seal_to_the_newest_that_counts() {
        let keys = SealingKeys(vec![key(1, 1, false), key(3, 3, true), key(2, 2, false)]);
        assert_eq!(keys.newest().map(|own| own.number), Some(2));
        assert_eq!(SealingKeys(vec![key(1, 1, true)]).newest(), None);
    }

    proptest! {
        /// Whatever an organisation does: numbers rise, no key stands twice, the newest is the last that was added of those
        /// that count, and never more count than may.
        #[test]
        fn the_newest_is_the_last_added_that_counts(acts in prop::collection::vec((any::<bool>(), 0_u8..8), 0..40)) {
            let mut keys = SealingKeys::default();
            let mut added: Vec<[u8; 32]> = Vec::new();
            for (add, byte) in acts {
                let bytes = [byte; 32];
                if add && let Ok(number) = keys.may_add(&bytes) {
                    prop_assert!(keys.0.iter().all(|own| own.number < number));
                    keys.0.push(key(number, byte, false));
                    added.push(bytes);
                }
                if !add && keys.retiring_changes(&bytes, 0, false) == Ok(true) {
                    let own = keys.0.iter_mut().find(|own| own.key == bytes);
                    own.unwrap().retired_at = Some(AT);
                    added.retain(|other| *other != bytes);
                }
                prop_assert!(keys.live().count() <= MAX_LIVE_SEALING_KEYS);
                prop_assert_eq!(keys.newest().map(|own| own.key), added.last().copied());
            }
        }
    }
}
