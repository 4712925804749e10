//! Notices: "there is a match", to an organisation's inbox. No identity, no content.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::{Body, FieldError, FieldErrorCode, Object, Refused, deserialize_as_body};
use crate::id::Id;
use crate::page::{Cursor, PageParameters, PageQuery, whole};
use crate::problem::ProblemType;
use crate::signal::Contact;

/// A notice in the inbox. It stays there until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Its id.
    pub id: Id,
    /// What it tells.
    pub kind: NoticeKind,
    /// The match it is about; null when it is about a signal or a webhook endpoint of your own.
    #[serde(rename = "match")]
    pub match_id: Option<Id>,
    /// The signal of your own that it is about; null when it is not about one.
    #[serde(rename = "signal")]
    pub signal_id: Option<Id>,
    /// The webhook endpoint of your own that it is about; null when it is not about one.
    pub webhook_endpoint: Option<Id>,
    /// When it was put into the inbox.
    pub created_at: Timestamp,
    /// When your organisation acknowledged it; null while it lies in the inbox.
    pub acknowledged_at: Option<Timestamp>,
}

/// The parameters of the inbox as they stand in the address. Read them with [`NoticeQuery::parse`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeParameters {
    /// How many notices at most, 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100, default = 50, value_type = Option<u16>)]
    pub limit: Option<String>,
    /// Where to go on: `next` of the answer before. What was given with `wait` goes on with `wait`, and only there.
    #[param(value_type = Option<Cursor>)]
    pub cursor: Option<String>,
    /// How many seconds to wait for a notice, 0 to 25. Then the answer holds what came behind the cursor, at once when
    /// something did, and `next` is never null.
    #[param(minimum = 0, maximum = 25, value_type = Option<u16>)]
    pub wait: Option<String>,
}

/// What is asked of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeQuery {
    /// Which page.
    pub page: PageQuery,
    /// How many seconds to wait for it; none when only what lies there is asked.
    pub wait: Option<u16>,
}

impl NoticeQuery {
    /// The longest wait, in seconds.
    pub const MAX_WAIT: u16 = 25;

    /// Reads the parameters of the address.
    ///
    /// # Errors
    /// [`Refused`] with `invalid-request` and every fault.
    pub fn parse(parameters: NoticeParameters) -> Result<Self, Refused> {
        let page = PageQuery::parse(&PageParameters {
            limit: parameters.limit,
            cursor: parameters.cursor,
        });
        let wait = parameters.wait.as_deref().map(|text| {
            let seconds = whole(text).ok_or(FieldErrorCode::InvalidFormat)?;
            let in_range = (0..=Self::MAX_WAIT).contains(&seconds);
            in_range.then_some(seconds).ok_or(FieldErrorCode::OutOfRange)
        });
        match (page, wait.transpose()) {
            (Ok(page), Ok(wait)) => Ok(Self { page, wait }),
            (Err(refused), Ok(_)) => Err(refused),
            (page, Err(code)) => {
                let mut errors = page.err().map_or_else(Vec::new, |refused| refused.errors);
                errors.push(FieldError::new("query:wait", code));
                Err(Refused {
                    problem: ProblemType::InvalidRequest,
                    errors,
                })
            }
        }
    }
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A match opened that you are party to.
    MatchOpened,
    /// A party joined a match that you are party to, or you joined it.
    MatchJoined,
    /// A match that you were party to is over.
    MatchClosed,
    /// A signal of a match that you are or were party to should not have been given, and was destroyed.
    MatchCorrected,
    /// A party was proposed as lead.
    LeadProposed,
    /// The proposed party is lead from now on.
    LeadAccepted,
    /// The proposed party declined.
    LeadDeclined,
    /// Another party left a message or an attachment for you in the match.
    MessageWaiting,
    /// Today is the last day on which contact is in time.
    ContactReminder,
    /// Another organisation had a signal about the child of your signal before. You are told once.
    ArchivedSignal,
    /// A signal was destroyed after an objection.
    SignalDestroyed,
    /// The family has yet to be told of your signal.
    DisclosureReminder,
    /// Look again whether the family can be told of your signal.
    PostponementReview,
    /// Your signal may be about the same child as another organisation's: say whether it is.
    SoftMatch,
    /// Your signal is about a child of a family in which another organisation is involved with another child.
    FamilyMatch,
    /// Your advice on an objection is asked.
    ObjectionAdvice,
    /// An objection was decided.
    ObjectionDecided,
    /// Nothing is delivered to your webhook endpoint any more: the receiver said that it is gone, or nothing arrived for
    /// five days.
    WebhookDisabled,
}

/// A notice that nobody in your organisation acknowledged within two working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnreadNotice {
    /// The notice.
    #[serde(flatten)]
    pub notice: Notice,
    /// Since when it stands in this list.
    pub unread_since: Timestamp,
    /// The professional whom it waits for; null when that was erased.
    pub professional: Option<Contact>,
}

/// Body of `POST /v1/notices/{id}/acknowledgements`: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgementSubmission {}

deserialize_as_body!(AcknowledgementSubmission);

impl Body for AcknowledgementSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// The answer to an acknowledgement; the same however often it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    /// The notice.
    pub notice: Id,
    /// When it was first acknowledged.
    pub acknowledged_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: &str, wait: &str) -> Result<NoticeQuery, Vec<String>> {
        let parameters = NoticeParameters {
            limit: Some(limit.to_owned()),
            cursor: None,
            wait: Some(wait.to_owned()),
        };
        let pointers = |refused: Refused| refused.errors.into_iter().map(|error| error.pointer).collect();
        NoticeQuery::parse(parameters).map_err(pointers)
    }

    #[test]
    fn a_wait_is_a_whole_number_of_seconds_up_to_25() {
        for (text, seconds) in [("0", 0), ("1", 1), ("25", 25)] {
            assert_eq!(query("10", text).unwrap().wait, Some(seconds));
        }
        for bad in ["", "-1", "26", "007", "1.5", "1e1", "65536", "9999999999", "x"] {
            assert_eq!(query("10", bad), Err(vec!["query:wait".to_owned()]), "{bad:?}");
        }
        assert_eq!(query("0", "26").unwrap_err().len(), 2, "both are told");
    }
}
