//! Statistics: counts per covenant and quarter. Small counts are withheld.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::{FieldError, FieldErrorCode, Refused};
use crate::problem::ProblemType;
use crate::text::{Invalid, text_value};

/// The statistics of one quarter. They are counted once, after it, and never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// Which quarter.
    pub quarter: Quarter,
    /// When it was counted.
    pub counted_at: Timestamp,
    /// The covenants the reader answers for, by name; for a supervisor all.
    pub covenants: Vec<CovenantStatistics>,
    /// The network as a whole; null for a municipality.
    pub network: Option<Counts>,
}

/// Those of one covenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CovenantStatistics {
    /// Its name.
    #[schema(example = "Convenant Voorbeeldstad")]
    pub covenant: String,
    /// What was counted in it.
    pub counts: Counts,
}

/// How often something happened in a quarter. Null is withheld: less than ten, or a total that would give away a number
/// that is less than ten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Signals that were given.
    pub signals: Option<u64>,
    /// Matches that opened.
    pub matches: Option<u64>,
    /// Matches in which contact was confirmed before the deadline.
    pub contact_in_time: Option<u64>,
    /// Matches that went to a follow-up officer because the deadline passed.
    pub contact_overdue: Option<u64>,
    /// Consents that were asked.
    pub consents_asked: Option<u64>,
    /// Consents that were given.
    pub consents_given: Option<u64>,
    /// Consents that were refused.
    pub consents_refused: Option<u64>,
    /// Requests that nobody answered in time.
    pub consents_unanswered: Option<u64>,
    /// Consents that were withdrawn.
    pub consents_withdrawn: Option<u64>,
}

/// A quarter of a calendar year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarter(String);

impl Quarter {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Quarter {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let good = text.len() == 7
            && text.bytes().take(4).all(|byte| byte.is_ascii_digit())
            && matches!(text.get(4..), Some("-Q1" | "-Q2" | "-Q3" | "-Q4"));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid { what: "quarter" })
        }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    Quarter,
    name: "Quarter",
    description: "A quarter of a calendar year",
    example: "2027-Q1",
    pattern: "^[0-9]{4}-Q[1-4]$"
);

/// The parameter as it stands in the address. Read it with [`StatisticsParameters::parse`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatisticsParameters {
    /// Which quarter. It must be over and counted, which happens an hour after its end. When left out, the last one.
    #[param(value_type = Option<Quarter>)]
    pub quarter: Option<String>,
}

impl StatisticsParameters {
    /// Reads it.
    ///
    /// # Errors
    /// [`Refused`] with `invalid-request`.
    pub fn parse(&self) -> Result<Option<Quarter>, Refused> {
        let quarter = self.quarter.as_deref().map(str::parse).transpose();
        quarter.map_err(|_| Refused {
            problem: ProblemType::InvalidRequest,
            errors: vec![FieldError::new("query:quarter", FieldErrorCode::InvalidFormat)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarter_is_read_strictly() {
        let asked = |quarter: Option<&str>| {
            StatisticsParameters {
                quarter: quarter.map(str::to_owned),
            }
            .parse()
        };
        assert_eq!(asked(Some("2027-Q1")).unwrap().unwrap().as_str(), "2027-Q1");
        assert_eq!(asked(None), Ok(None));
        for wrong in [
            Some(""),
            Some("2027-Q5"),
            Some("2027"),
            Some("2027-q1"),
            Some("２027Q1"),
        ] {
            let refused = asked(wrong).unwrap_err();
            assert_eq!(refused.errors[0].pointer, "query:quarter", "{wrong:?}");
        }
    }
}
