//! Who must sign: derived from the age band and the number of guardians, without a birth date.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{AgeBand, Signatory, SignatoryRole};
use crate::covenant::Terms;
use crate::invitation;

/// Dutch law knows at most two holders of authority over one child; four leaves room for the law of other countries.
const MOST_GUARDIANS: u8 = 4;

/// What a professional states about the child when asking. Kept only as long as the request lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    age_band: AgeBand,
    guardians: u8,
    boundary_on: Option<Date>,
}

/// Why a question is not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuestionRefusal {
    /// Under 16 somebody with authority must sign, and a young person of 16 decides alone.
    #[error("must be from 1 to 4 when the child is under 16, and 0 from 16")]
    Guardians,
    /// The birthday is today or has been: another age band holds.
    #[error("must be a day after today: on the birthday itself the next age band holds")]
    BoundaryNotInFuture,
    /// A child in this band has its next boundary earlier.
    #[error("must be within the years of the age band")]
    BoundaryTooFar,
    /// From 16 no boundary follows.
    #[error("must be null from 16: no boundary follows")]
    BoundaryAfterLast,
}

impl QuestionRefusal {
    /// The field it is about, as a JSON pointer into the request.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Guardians => "/guardians",
            Self::BoundaryNotInFuture | Self::BoundaryTooFar | Self::BoundaryAfterLast => "/nextBoundaryOn",
        }
    }

    /// A stable word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Guardians => "guardians-do-not-fit-age-band",
            Self::BoundaryNotInFuture => "boundary-not-in-future",
            Self::BoundaryTooFar => "boundary-too-far",
            Self::BoundaryAfterLast => "boundary-after-last",
        }
    }
}

impl Question {
    /// Weighs what was stated. `next_boundary_on` is the 12th or 16th birthday; when it falls after everything that
    /// could come of the request has ended, it is forgotten at once (data minimisation, GDPR article 5(1)(c)).
    ///
    /// # Errors
    /// All reasons at once why it is not right.
    pub fn weigh(
        age_band: AgeBand,
        guardians: u8,
        next_boundary_on: Option<Date>,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Result<Self, Vec<QuestionRefusal>> {
        let mut refusals = Vec::new();
        let (fewest, most, years) = match age_band {
            AgeBand::Under12 => (1, MOST_GUARDIANS, 12),
            AgeBand::From12To15 => (1, MOST_GUARDIANS, 4),
            AgeBand::From16 => (0, 0, 0),
        };
        if !(fewest..=most).contains(&guardians) {
            refusals.push(QuestionRefusal::Guardians);
        }
        if let Some(boundary) = next_boundary_on {
            let today = terms.local_date(now);
            if age_band == AgeBand::From16 {
                refusals.push(QuestionRefusal::BoundaryAfterLast);
            } else if boundary <= today {
                refusals.push(QuestionRefusal::BoundaryNotInFuture);
            } else if boundary.year() - today.year() > years {
                refusals.push(QuestionRefusal::BoundaryTooFar);
            }
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let longest = terms.consent_days().saturating_add(invitation::VALID_DAYS);
        let latest_end = terms.add_days(now, longest);
        let boundary_on = next_boundary_on.filter(|day| terms.start_of_day(*day) < latest_end);
        Ok(Self {
            age_band,
            guardians,
            boundary_on,
        })
    }

    /// Everyone who must sign: under 12 all guardians; from 12 to 15 all guardians and the young person; from 16 the
    /// young person alone.
    pub fn signatories(&self) -> Vec<Signatory> {
        let guardian = |number| Signatory {
            role: SignatoryRole::Guardian,
            number,
        };
        let young_person = Signatory {
            role: SignatoryRole::YoungPerson,
            number: 1,
        };
        let guardians = (1..=self.guardians).map(guardian);
        match self.age_band {
            AgeBand::Under12 => guardians.collect(),
            AgeBand::From12To15 => guardians.chain([young_person]).collect(),
            AgeBand::From16 => vec![young_person],
        }
    }

    /// The age band that was stated.
    pub fn age_band(&self) -> AgeBand {
        self.age_band
    }

    /// How many guardians must sign.
    pub fn guardians(&self) -> u8 {
        self.guardians
    }

    /// The next age boundary, if it falls within the life of what may come of the request.
    pub fn boundary_on(&self) -> Option<Date> {
        self.boundary_on
    }
}
