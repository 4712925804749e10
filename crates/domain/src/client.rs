//! The programs of an organisation: which keys they prove themselves with, and whether they may do anything.
//!
//! A coordinator administers them. Two mistakes are made impossible: to retire the key with which one works, and to undo
//! what the operator decided for the whole network.

use jiff::Timestamp;

use crate::words::words;

/// Keys of one client that count at the same time. Two are enough to let one take over from the other.
pub const MAX_LIVE_KEYS: usize = 5;

words! {
    /// Who disabled a client.
    DisabledBy, "who disables" {
        /// A coordinator of its organisation.
        Organisation = "organisation",
        /// Who runs the service.
        Operator = "operator",
    }
}

/// Whether a client may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientState {
    /// It may.
    Enabled,
    /// It may do nothing since this moment.
    Disabled {
        /// Since when.
        at: Timestamp,
        /// Who decided that.
        by: DisabledBy,
    },
}

/// A client cannot be enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operator disabled it, and only the operator enables it")]
pub struct DisabledByOperator;

impl ClientState {
    /// Whether disabling changes anything. An operator's word goes over an organisation's.
    pub const fn disabling_changes(self, by: DisabledBy) -> bool {
        match self {
            Self::Enabled => true,
            Self::Disabled { by: before, .. } => {
                matches!((before, by), (DisabledBy::Organisation, DisabledBy::Operator))
            }
        }
    }

    /// Whether enabling changes anything.
    ///
    /// # Errors
    /// [`DisabledByOperator`] when an organisation enables what the operator disabled.
    pub const fn enabling_changes(self, by: DisabledBy) -> Result<bool, DisabledByOperator> {
        match (self, by) {
            (Self::Enabled, _) => Ok(false),
            (
                Self::Disabled {
                    by: DisabledBy::Operator,
                    ..
                },
                DisabledBy::Organisation,
            ) => Err(DisabledByOperator),
            (Self::Disabled { .. }, _) => Ok(true),
        }
    }
}

/// A key as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name: a hash of the key.
    pub thumbprint: [u8; 32],
    /// Since when it no longer counts.
    pub retired_at: Option<Timestamp>,
}

/// The keys of one client, retired ones too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(pub Vec<Key>);

/// Why a key is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAddKey {
    /// The client has or had it. A key that was retired does not come back: it was retired for a reason.
    #[error("the client has or had this key")]
    Known,
    /// It has enough.
    #[error("the client has as many keys as it can")]
    TooMany,
}

/// Why a key is not retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRetireKey {
    /// The client has no such key.
    #[error("the client has no such key")]
    NoSuchKey,
    /// It is the last of the client that asks: it could not come back to correct that.
    #[error("it is the last key of the client that asks")]
    LastOfCaller,
}

impl Keys {
    /// Whether a further key may be added.
    ///
    /// # Errors
    /// [`CannotAddKey`].
    pub fn may_add(&self, thumbprint: &[u8; 32]) -> Result<(), CannotAddKey> {
        if self.0.iter().any(|key| key.thumbprint == *thumbprint) {
            return Err(CannotAddKey::Known);
        }
        match self.live() < MAX_LIVE_KEYS {
            true => Ok(()),
            false => Err(CannotAddKey::TooMany),
        }
    }

    /// Whether retiring this key changes anything; `own` when the client that asks is the one whose key it is.
    ///
    /// # Errors
    /// [`CannotRetireKey`].
    pub fn retiring_changes(&self, thumbprint: &[u8; 32], own: bool) -> Result<bool, CannotRetireKey> {
        let key = self.0.iter().find(|key| key.thumbprint == *thumbprint);
        match key {
            None => Err(CannotRetireKey::NoSuchKey),
            Some(key) if key.retired_at.is_some() => Ok(false),
            Some(_) if own && self.live() == 1 => Err(CannotRetireKey::LastOfCaller),
            Some(_) => Ok(true),
        }
    }

    fn live(&self) -> usize {
        self.0.iter().filter(|key| key.retired_at.is_none()).count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: Timestamp = Timestamp::constant(1_803_891_600, 0);

    fn key(number: u8, retired: bool) -> Key {
        Key {
            thumbprint: [number; 32],
            retired_at: retired.then_some(AT),
        }
    }

    #[test]
    fn a_key_is_added_once_and_never_comes_back() {
        let keys = Keys(vec![key(1, false), key(2, true)]);
        assert_eq!(keys.may_add(&[1; 32]), Err(CannotAddKey::Known));
        assert_eq!(keys.may_add(&[2; 32]), Err(CannotAddKey::Known));
        assert_eq!(keys.may_add(&[3; 32]), Ok(()));
        let full = Keys((0..5).map(|number| key(number, false)).collect());
        assert_eq!(full.may_add(&[9; 32]), Err(CannotAddKey::TooMany));
    }

    #[test]
    fn retiring_a_key_twice_changes_nothing() {
        let keys = Keys(vec![key(1, false), key(2, true)]);
        assert_eq!(keys.retiring_changes(&[2; 32], true), Ok(false));
        assert_eq!(
            keys.retiring_changes(&[3; 32], false),
            Err(CannotRetireKey::NoSuchKey)
        );
        assert_eq!(
            keys.retiring_changes(&[1; 32], true),
            Err(CannotRetireKey::LastOfCaller)
        );
        assert_eq!(keys.retiring_changes(&[1; 32], false), Ok(true));
    }

    #[test]
    fn the_operators_word_goes_over_the_organisations() {
        use DisabledBy::{Operator, Organisation};
        let disabled = |by| ClientState::Disabled { at: AT, by };
        assert!(ClientState::Enabled.disabling_changes(Organisation));
        assert!(disabled(Organisation).disabling_changes(Operator));
        assert!(!disabled(Organisation).disabling_changes(Organisation));
        assert!(!disabled(Operator).disabling_changes(Organisation));
        assert!(!disabled(Operator).disabling_changes(Operator));
        assert_eq!(ClientState::Enabled.enabling_changes(Organisation), Ok(false));
        assert_eq!(disabled(Organisation).enabling_changes(Organisation), Ok(true));
        assert_eq!(
            disabled(Operator).enabling_changes(Organisation),
            Err(DisabledByOperator)
        );
        assert_eq!(disabled(Operator).enabling_changes(Operator), Ok(true));
        assert_eq!(disabled(Organisation).enabling_changes(Operator), Ok(true));
    }

    proptest! {
        /// Whatever a client does with its own keys, it keeps one, and never more than there may be.
        #[test]
        fn who_works_with_a_key_keeps_one(acts in prop::collection::vec((any::<bool>(), 0_u8..8), 0..40)) {
            let mut keys = Keys(vec![key(0, false)]);
            for (add, number) in acts {
                let thumbprint = [number; 32];
                if add && keys.may_add(&thumbprint).is_ok() {
                    keys.0.push(key(number, false));
                }
                if !add && keys.retiring_changes(&thumbprint, true) == Ok(true) {
                    let found = keys.0.iter_mut().find(|key| key.thumbprint == thumbprint);
                    found.unwrap().retired_at = Some(AT);
                }
                prop_assert!((1..=MAX_LIVE_KEYS).contains(&keys.live()));
                let mut names: Vec<_> = keys.0.iter().map(|key| key.thumbprint).collect();
                names.sort_unstable();
                names.dedup();
                prop_assert_eq!(names.len(), keys.0.len());
            }
        }
    }
}
