//! What a signatory said or wrote to a professional, who records it: only where the covenants allow it, marked as such
//! for ever, shown to the family, and taken back by them like what they decided themselves.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Assurance, Given, How, Method};
use crate::covenant::Terms;
use crate::words::words;

words! {
    /// In which form a professional was told.
    Form, "forms of an attested decision" {
        /// By word of mouth.
        Oral = "oral",
        /// On paper, which the organisation keeps.
        Written = "written",
    }
}

words! {
    /// What was decided.
    AttestedDecision, "attested decisions" {
        /// Yes.
        Agreed = "agreed",
        /// No.
        Refused = "refused",
        /// What was given is taken back.
        Withdrawn = "withdrawn",
    }
}

impl Form {
    /// A decision in this form, recorded by a professional.
    pub const fn how(self) -> How {
        How {
            assurance: Assurance::Attested,
            method: match self {
                Self::Oral => Method::Oral,
                Self::Written => Method::Written,
            },
        }
    }
}

/// A decision as a professional records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attestation {
    /// In which form.
    pub form: Form,
    /// On which day.
    pub on: Date,
}

impl Given {
    /// Whether it is one that professionals recorded, as the covenants allow. Nothing else may wait for the portal's signature:
    /// what a signatory decides in the portal is signed there and then, so whatever else waits was not decided there.
    pub fn is_recorded(&self, terms: &Terms<'_>) -> bool {
        self.how.assurance == Assurance::Attested && terms.attested_consent()
    }
}

/// Why it cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationRefusal {
    /// A covenant of one of the parties does not allow it.
    #[error("a covenant does not allow attested consent")]
    NotAllowed,
    /// That day is yet to come.
    #[error("must not be after today")]
    InFuture,
    /// Nobody can have answered a question before it was asked.
    #[error("must not be before the day of the request")]
    BeforeRequest,
}

impl Attestation {
    /// Weighs it against the request made at `requested_at`.
    ///
    /// # Errors
    /// [`AttestationRefusal`].
    pub fn weigh(
        form: Form,
        on: Date,
        requested_at: Timestamp,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Result<Self, AttestationRefusal> {
        if !terms.attested_consent() {
            return Err(AttestationRefusal::NotAllowed);
        }
        if on > terms.local_date(now) {
            return Err(AttestationRefusal::InFuture);
        }
        if on < terms.local_date(requested_at) {
            return Err(AttestationRefusal::BeforeRequest);
        }
        Ok(Self { form, on })
    }
}
