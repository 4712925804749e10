//! Who must sign: derived from the age band and the number of guardians, without a birth date.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{AgeBand, Signatory, SignatoryRole, longest_end};
use crate::covenant::Terms;

/// Dutch law knows at most two holders of authority over one child; four leaves room for the law of other countries.
const MOST_GUARDIANS: u8 = 4;

/// What a professional states about the child when asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// How old the child is today.
    pub age_band: AgeBand,
    /// How many guardians it has.
    pub guardians: u8,
    /// Its 12th or 16th birthday.
    pub next_boundary_on: Option<Date>,
    /// Whether one guardian signs and declares that the other agrees.
    pub one_guardian_declares: bool,
}

/// What was stated, weighed. Kept only as long as the request lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    stated: Stated,
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
    /// One guardian cannot declare for both here.
    #[error("must be false: the covenant does not let one guardian declare for both, or there are no two")]
    OneGuardian,
}

impl QuestionRefusal {
    /// The field it is about, as a JSON pointer into the request.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Guardians => "/guardians",
            Self::BoundaryNotInFuture | Self::BoundaryTooFar | Self::BoundaryAfterLast => "/nextBoundaryOn",
            Self::OneGuardian => "/oneGuardianDeclares",
        }
    }

    /// A stable word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Guardians => "guardians-do-not-fit-age-band",
            Self::BoundaryNotInFuture => "boundary-not-in-future",
            Self::BoundaryTooFar => "boundary-too-far",
            Self::BoundaryAfterLast => "boundary-after-last",
            Self::OneGuardian => "one-guardian-may-not-declare",
        }
    }
}

impl Question {
    /// Weighs what was stated. The birthday is forgotten at once when it falls after everything that could come of the
    /// request has ended (data minimisation, GDPR article 5(1)(c)).
    ///
    /// # Errors
    /// All reasons at once why it is not right.
    pub fn weigh(stated: Stated, terms: &Terms<'_>, now: Timestamp) -> Result<Self, Vec<QuestionRefusal>> {
        let mut refusals = Vec::new();
        let (fewest, most, years) = match stated.age_band {
            AgeBand::Under12 => (1, MOST_GUARDIANS, 12),
            AgeBand::From12To15 => (1, MOST_GUARDIANS, 4),
            AgeBand::From16 => (0, 0, 0),
        };
        if !(fewest..=most).contains(&stated.guardians) {
            refusals.push(QuestionRefusal::Guardians);
        }
        if let Some(boundary) = stated.next_boundary_on {
            let today = terms.local_date(now);
            if stated.age_band == AgeBand::From16 {
                refusals.push(QuestionRefusal::BoundaryAfterLast);
            } else if boundary <= today {
                refusals.push(QuestionRefusal::BoundaryNotInFuture);
            } else if boundary.year() - today.year() > years {
                refusals.push(QuestionRefusal::BoundaryTooFar);
            }
        }
        let may_declare = || terms.one_guardian_may_declare() && stated.guardians > 1;
        if stated.one_guardian_declares && !may_declare() {
            refusals.push(QuestionRefusal::OneGuardian);
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let latest_end = longest_end(now, terms.consent_days(), terms);
        let boundary_on = stated
            .next_boundary_on
            .filter(|day| terms.start_of_day(*day) < latest_end);
        Ok(Self { stated, boundary_on })
    }

    /// Everyone who must sign: under 12 all guardians; from 12 to 15 all guardians and the young person; from 16 the
    /// young person alone. Where one guardian declares for the others, that one stands for them.
    pub fn signatories(&self) -> Vec<Signatory> {
        let guardian = |number| Signatory {
            role: SignatoryRole::Guardian,
            number,
        };
        let sign = match self.stated.one_guardian_declares {
            true => 1,
            false => self.stated.guardians,
        };
        let guardians = (1..=sign).map(guardian);
        match self.stated.age_band {
            AgeBand::Under12 => guardians.collect(),
            AgeBand::From12To15 => guardians.chain([Signatory::YOUNG_PERSON]).collect(),
            AgeBand::From16 => vec![Signatory::YOUNG_PERSON],
        }
    }

    /// Whether one guardian declares for the others.
    pub fn one_guardian_declares(&self) -> bool {
        self.stated.one_guardian_declares
    }

    /// The next age boundary, if it falls within the life of what may come of the request.
    pub fn boundary_on(&self) -> Option<Date> {
        self.boundary_on
    }
}
