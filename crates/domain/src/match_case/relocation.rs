//! The municipality that answers for a match: where its follow-up tasks lie and where the family turns to. The child
//! moved, so it hands the match over; no address is asked, and none is kept.

use jiff::Timestamp;

use super::MatchState;
use crate::key::OrganisationKey;

/// What a municipality's act needs to know of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Responsibility {
    /// The municipality that answers for it.
    pub municipality: OrganisationKey,
    /// Where the match stands.
    pub state: MatchState,
    /// From when the match is shown to anyone.
    pub visible_at: Timestamp,
}

/// Why a match cannot be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRelocate {
    /// The match does not exist for this municipality: another answers for it, it is not shown yet, or there is none.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over: nothing is left to be followed up.
    #[error("the match is closed")]
    Closed,
    /// To itself.
    #[error("this municipality answers for it already")]
    Itself,
    /// No municipality of this network.
    #[error("not a municipality of this network")]
    NotAMunicipality,
}

impl Responsibility {
    /// The municipality that answers for a match hands it over to another of the network, `to`; none when the one that was
    /// named is no municipality. Nobody else can, and nobody takes one.
    ///
    /// # Errors
    /// See [`CannotRelocate`].
    pub fn relocate(
        self,
        by: OrganisationKey,
        to: Option<OrganisationKey>,
        now: Timestamp,
    ) -> Result<Self, CannotRelocate> {
        if self.municipality != by || now < self.visible_at {
            return Err(CannotRelocate::NoSuchMatch);
        }
        if self.state == MatchState::Closed {
            return Err(CannotRelocate::Closed);
        }
        match to {
            None => Err(CannotRelocate::NotAMunicipality),
            Some(to) if to == by => Err(CannotRelocate::Itself),
            Some(municipality) => Ok(Self { municipality, ..self }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const M1: OrganisationKey = OrganisationKey(11);
    const M2: OrganisationKey = OrganisationKey(12);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn of_m1() -> Responsibility {
        Responsibility {
            municipality: M1,
            state: MatchState::Open,
            visible_at: at("2027-03-10T14:15:00Z"),
        }
    }

    #[test]
    fn the_municipality_that_answers_for_a_match_hands_it_over_and_has_it_no_longer() {
        let now = at("2027-03-11T09:00:00Z");
        let moved = of_m1().relocate(M1, Some(M2), now).unwrap();
        assert_eq!(moved.municipality, M2);
        assert_eq!(
            moved.relocate(M1, Some(M2), now),
            Err(CannotRelocate::NoSuchMatch)
        );
        assert_eq!(moved.relocate(M2, Some(M1), now).unwrap().municipality, M1);
    }

    #[test]
    fn nobody_takes_a_match_and_nobody_gives_it_to_whoever_is_no_municipality() {
        let now = at("2027-03-11T09:00:00Z");
        assert_eq!(
            of_m1().relocate(M2, Some(M2), now),
            Err(CannotRelocate::NoSuchMatch)
        );
        assert_eq!(of_m1().relocate(M1, Some(M1), now), Err(CannotRelocate::Itself));
        assert_eq!(
            of_m1().relocate(M1, None, now),
            Err(CannotRelocate::NotAMunicipality)
        );
        let over = Responsibility {
            state: MatchState::Closed,
            ..of_m1()
        };
        assert_eq!(over.relocate(M1, Some(M2), now), Err(CannotRelocate::Closed));
    }

    #[test]
    fn before_it_is_shown_there_is_no_match_for_a_municipality_either() {
        let early = at("2027-03-10T14:14:59Z");
        assert_eq!(
            of_m1().relocate(M1, Some(M2), early),
            Err(CannotRelocate::NoSuchMatch)
        );
    }
}
