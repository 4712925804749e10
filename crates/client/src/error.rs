//! What can go wrong, by what a program can do about it.

use identifiers::voprf::VoprfError;
use protocol::access::OAuthErrorCode;
use protocol::consent::{NotCovered, RecordError};
use protocol::key_epochs::KeyEpochsError;
use protocol::problem::{Problem, ProblemType};
use protocol::sealed_message::{OpenError, SealError, Unusable};

/// A call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The service refused, and says why. Nothing happened, except after `try-again`, where it is unknown.
    #[error("refused: {} ({})", .0.title, .0.status)]
    Refused(Box<Problem>),
    /// No access token was given.
    #[error("no access token: the token endpoint answered {status}")]
    NoToken {
        /// HTTP status of the token endpoint.
        status: u16,
        /// Code of RFC 6749 section 5.2, if it sent one.
        code: Option<OAuthErrorCode>,
    },
    /// No answer came, in any attempt. Whether a changing call took hold is unknown: call again with the
    /// same Idempotency-Key.
    #[error("the service cannot be reached, or its answer was lost")]
    Unreachable(#[source] reqwest::Error),
    /// An answer came that is not one of this API. Unknown as well whether a changing call took hold.
    #[error("the answer is not one of this API ({status})")]
    Answer {
        /// HTTP status of the answer.
        status: u16,
    },
    /// No answer came within the deadline.
    #[error("no answer within the deadline")]
    Deadline,
    /// The keyholder did not evaluate. Nothing was sent to the service.
    #[error("the keyholder did not evaluate: {0}")]
    Keyholder(#[source] Box<Error>),
    /// The keyholder answered what cannot be right: somebody should be told. Nothing was sent to the service.
    #[error("the keyholder's answer does not hold: {0}")]
    KeyholderLied(#[from] Lie),
    /// The settings cannot be used.
    #[error("settings: {0}")]
    Settings(&'static str),
    /// A value does not follow its grammar.
    #[error(transparent)]
    Invalid(#[from] protocol::Invalid),
    /// An identifier is not valid; it is not repeated.
    #[error("the identifier is not valid")]
    Identifier(#[from] identifiers::InvalidIdentifier),
    /// The other organisation is not (or not visibly) a party to the match, or has no sealing key.
    #[error("no message can be sealed to this organisation in this match")]
    NoRecipient,
    /// The message is sealed to a key whose secret this program does not have.
    #[error("the message is sealed to a key whose secret is not here")]
    NoSecret,
    /// No consent covers this match and both organisations, as far as this side can check.
    #[error(transparent)]
    NoConsent(#[from] NoConsent),
    /// The content is larger than a message holds.
    #[error("the content is larger than {} bytes", protocol::exchange::MAX_CONTENT_BYTES)]
    TooLarge,
    /// The message could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The message does not open: see the reason.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The bundle could not be written.
    #[error("the download could not be written")]
    Write(#[source] std::io::Error),
}

/// How a keyholder's answer is not what the pinned key vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// Its epoch list breaks its rules or is not signed with the pinned key; or another key was pinned by mistake.
    #[error(transparent)]
    List(#[from] KeyEpochsError),
    /// Its epoch list does not begin with the one that was known: entries were taken back or changed.
    #[error("the key epoch list does not extend the one that was known")]
    NotExtended,
    /// It evaluated in another epoch than it was asked for.
    #[error("evaluated in another epoch than was asked")]
    OtherEpoch,
    /// The elements are none, too few or too many, or the proof does not hold.
    #[error(transparent)]
    Evaluation(#[from] VoprfError),
}

/// Why this side does not rely on a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoConsent {
    /// No request was given.
    #[error("no consent was given for this match and both organisations")]
    Missing,
    /// The record is not what it says it is.
    #[error("the consent record does not hold: {0}")]
    Record(#[from] RecordError),
    /// The record is for something else.
    #[error("{0}")]
    NotCovered(#[from] NotCovered),
}

impl Error {
    /// The problem document, when the service or the keyholder refused.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Keyholder(error) => error.problem(),
            _ => None,
        }
    }

    /// Which problem of the table, when the service or the keyholder refused with one of them.
    pub fn problem_type(&self) -> Option<ProblemType> {
        self.problem()?.problem_type()
    }

    /// Whether a changing call may have taken hold all the same.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Refused(problem) => problem.status >= 500,
            Self::Unreachable(_) | Self::Answer { .. } | Self::Deadline => true,
            _ => false,
        }
    }
}

impl From<Unusable> for Error {
    fn from(_: Unusable) -> Self {
        Self::Seal(SealError::Key)
    }
}
