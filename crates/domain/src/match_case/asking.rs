//! When the family may be asked, and about whom.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Case, NotActing, Party};
use crate::consent::{self, MayNotAsk};
use crate::key::OrganisationKey;

/// Why consent cannot be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRequestConsent {
    /// The match does not exist for this organisation.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over.
    #[error("the match is closed")]
    Closed,
    /// The family does not know of the signal of the one who asks: it was not told in time, or telling it is postponed.
    #[error("the family is to be told first")]
    OwnDisclosure,
    /// Something that is not for the one who asks to know: that another party's signal is paused, or telling the family of
    /// it is postponed.
    #[error("not possible yet")]
    NotYet,
    /// The parties know each other and have not all confirmed contact: first talk, then ask the family.
    #[error("not every party has confirmed contact")]
    ContactNotConfirmed,
    /// A request waits, or the family said no.
    #[error(transparent)]
    NotNow(#[from] MayNotAsk),
}

impl From<NotActing> for CannotRequestConsent {
    fn from(not_acting: NotActing) -> Self {
        match not_acting {
            NotActing::NoSuchMatch => Self::NoSuchMatch,
            NotActing::Closed => Self::Closed,
        }
    }
}

impl Case<'_> {
    /// The parties a request for consent made now must name: everyone whose signal is active and who is visible.
    ///
    /// Contact comes first, because the family is asked about people who talked to each other. Where a party is masked
    /// the others cannot call it, so then consent may be asked without contact. While telling the family of a party's
    /// signal is postponed nobody asks: the request would tell.
    ///
    /// # Errors
    /// See [`CannotRequestConsent`].
    pub fn request_consent(
        &self,
        by: OrganisationKey,
        now: Timestamp,
    ) -> Result<BTreeSet<OrganisationKey>, CannotRequestConsent> {
        self.as_known(now, |case| {
            let by = case.acting(by, now)?;
            if by.is_paused(now) || by.is_hidden(now) {
                return Err(CannotRequestConsent::OwnDisclosure);
            }
            let active: Vec<&Party> = case.parties.iter().filter(|party| party.is_active(now)).collect();
            if active.len() < 2 || active.iter().any(|party| party.is_hidden(now)) {
                return Err(CannotRequestConsent::NotYet);
            }
            let counting: Vec<&Party> = case.parties.iter().filter(|party| party.counts(now)).collect();
            let someone_is_masked = active
                .iter()
                .any(|party| !case.is_revealed(party, &counting, now));
            if !someone_is_masked && !case.everyone_confirmed(now, |party| party.counts(now)) {
                return Err(CannotRequestConsent::ContactNotConfirmed);
            }
            consent::may_ask(
                case.consents.iter().map(|coverage| coverage.standing),
                case.terms,
                now,
            )?;
            Ok(active.into_iter().map(|party| party.organisation).collect())
        })
    }
}
