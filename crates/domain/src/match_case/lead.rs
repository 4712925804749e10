//! The lead: the party that coordinates a match. Nobody makes itself lead: another party proposes it and it accepts.
//! While there is a lead, only the lead passes this on; it stays lead until the other accepted.

use jiff::Timestamp;

use super::{Case, MatchState, NotActing, Party, Who};
use crate::key::OrganisationKey;
use crate::words::words;

words! {
    /// What a party says that was proposed as lead.
    LeadAnswer, "answers to being proposed as lead" {
        /// It coordinates from now on.
        Accepted = "accepted",
        /// It does not. Whoever was lead stays so.
        Declined = "declined",
    }
}

/// Who coordinates, by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    /// Which party.
    pub organisation: OrganisationKey,
    /// When it accepted.
    pub since: Timestamp,
}

/// Who was asked to coordinate and has not answered, by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Which party.
    pub organisation: OrganisationKey,
    /// Which party proposed it.
    pub by: OrganisationKey,
    /// When.
    pub at: Timestamp,
}

/// What comes of proposing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// It waits for an answer from now on; what waited before does so no longer.
    New(Proposal),
    /// The same waits already.
    Before(Proposal),
}

/// Why nobody can be proposed as lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotPropose {
    /// The match does not exist for this organisation.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over.
    #[error("the match is closed")]
    Closed,
    /// There is a lead, and it is not the one who proposes.
    #[error("only the lead passes the lead on")]
    NotTheLead,
    /// Nobody makes itself lead.
    #[error("a party does not propose itself")]
    Itself,
    /// It is no party whose name the one who proposes may know. A masked party and a stranger are one answer.
    #[error("not a party that is shown")]
    NotShown,
    /// A covenant of the parties does not let this sector coordinate.
    #[error("this sector may not coordinate")]
    SectorMayNot,
}

/// Why a proposal cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAnswer {
    /// The match does not exist for this organisation.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over.
    #[error("the match is closed")]
    Closed,
    /// Nobody asks this party.
    #[error("not proposed as lead")]
    NotProposed,
    /// A covenant of the parties does not let this sector coordinate (any more: who joined may be bound by a stricter one).
    #[error("this sector may not coordinate")]
    SectorMayNot,
}

impl From<NotActing> for CannotPropose {
    fn from(not_acting: NotActing) -> Self {
        match not_acting {
            NotActing::NoSuchMatch => Self::NoSuchMatch,
            NotActing::Closed => Self::Closed,
        }
    }
}

impl From<NotActing> for CannotAnswer {
    fn from(not_acting: NotActing) -> Self {
        match not_acting {
            NotActing::NoSuchMatch => Self::NoSuchMatch,
            NotActing::Closed => Self::Closed,
        }
    }
}

impl Case<'_> {
    /// The lead at this moment; none when it left. Who came back is a new party, and not lead.
    pub fn lead(&self, now: Timestamp) -> Option<OrganisationKey> {
        let lead = self.lead?;
        let match_case = self.now(now);
        self.party(lead.organisation)
            .filter(|party| party.member_since <= lead.since && party.took_part(match_case, now))
            .map(|party| party.organisation)
    }

    /// The proposal that waits for an answer at this moment.
    pub fn proposal(&self, now: Timestamp) -> Option<Proposal> {
        let proposal = self.proposal?;
        let open = self.now(now).state() != MatchState::Closed;
        let proposed = self.party(proposal.organisation)?;
        (open && proposed.counts(now) && proposed.member_since <= proposal.at).then_some(proposal)
    }

    /// Proposes a party as lead; `to` is none when whoever was named is nobody this match knows.
    ///
    /// # Errors
    /// See [`CannotPropose`].
    pub fn propose_lead(
        &self,
        by: OrganisationKey,
        to: Option<OrganisationKey>,
        now: Timestamp,
    ) -> Result<Proposed, CannotPropose> {
        self.as_known(now, |case| {
            case.acting(by, now)?;
            if case.lead(now).is_some_and(|lead| lead != by) {
                return Err(CannotPropose::NotTheLead);
            }
            let to = to.ok_or(CannotPropose::NotShown)?;
            if by == to {
                return Err(CannotPropose::Itself);
            }
            let proposed = case
                .named_to(by, to, now)
                .filter(|party| party.counts(now))
                .ok_or(CannotPropose::NotShown)?;
            if !case.terms.may_lead(proposed.sector) {
                return Err(CannotPropose::SectorMayNot);
            }
            match case.proposal(now) {
                Some(waiting) if waiting.organisation == to && waiting.by == by => {
                    Ok(Proposed::Before(waiting))
                }
                _ => Ok(Proposed::New(Proposal {
                    organisation: to,
                    by,
                    at: now,
                })),
            }
        })
    }

    /// A party answers the proposal that is made to it: gives the proposal, and the lead that stands afterwards.
    ///
    /// # Errors
    /// See [`CannotAnswer`].
    pub fn answer_lead(
        &self,
        by: OrganisationKey,
        answer: LeadAnswer,
        now: Timestamp,
    ) -> Result<(Proposal, Option<Lead>), CannotAnswer> {
        self.as_known(now, |case| {
            let party = case.acting(by, now)?;
            let proposal = case
                .proposal(now)
                .filter(|proposal| proposal.organisation == by)
                .ok_or(CannotAnswer::NotProposed)?;
            match answer {
                LeadAnswer::Declined => Ok((proposal, case.lead)),
                LeadAnswer::Accepted if !case.terms.may_lead(party.sector) => Err(CannotAnswer::SectorMayNot),
                LeadAnswer::Accepted => {
                    let lead = Lead {
                        organisation: by,
                        since: now,
                    };
                    Ok((proposal, Some(lead)))
                }
            }
        })
    }

    /// A party by what another may know: none when it is masked, or no party at all.
    fn named_to(&self, viewer: OrganisationKey, other: OrganisationKey, now: Timestamp) -> Option<&Party> {
        let (viewer, other) = (self.party(viewer)?, self.party(other)?);
        (self.who(viewer, other, now) != Who::Masked).then_some(other)
    }
}
