//! What can go wrong, by what a program can do about it.

use identifiers::voprf::VoprfError;
use protocol::access::OAuthErrorCode;
use protocol::consent::{NotCovered, RecordError};
use protocol::exchange::MessageSubmission;
use protocol::gate::{NotStanding, StatusError};
use protocol::key_epochs::KeyEpochsError;
use protocol::problem::{Problem, ProblemType};
use protocol::sealed_message::{KeyFingerprint, OpenError, OpeningError, SealError, Unusable};
use protocol::{Id, IdempotencyKey, OrganisationId};

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
    /// The keyholder did not evaluate, or gave no share. Nothing was sent to the service.
    #[error("the keyholder did not do what was asked: {0}")]
    Keyholder(#[source] Box<Error>),
    /// The portal did not say whether the consent stands. Nothing was sent to the service.
    #[error("the portal did not say whether the consent stands: {0}")]
    Portal(#[source] Box<Error>),
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
    /// The other organisation's key is not the one that this side knows. Nothing was sealed to it or opened from it.
    #[error("the sealing key {fingerprint} is not one that is known of {organisation}")]
    StrangeKey {
        /// Whose key it is said to be.
        organisation: OrganisationId,
        /// What that organisation would read out, if it were its key.
        fingerprint: KeyFingerprint,
    },
    /// The keys that this side knows could not be read or written.
    #[error("the known keys cannot be used")]
    KnownKeys(#[source] std::io::Error),
    /// No consent covers this match and both organisations, as far as this side can check.
    #[error(transparent)]
    NoConsent(#[from] NoConsent),
    /// It is more than a message, an attachment or a batch may be. Nothing was sent.
    #[error("it is larger than it may be")]
    TooLarge,
    /// What was to be sealed could not be read, or has another length than was said.
    #[error("the content cannot be read")]
    Read(#[source] std::io::Error),
    /// A message was sealed and sent, and no answer came: whether the service has it is unknown. Send this very one again
    /// with [`Partner::settle`](crate::Partner::settle), as often as need be; sealed anew it would be another message.
    #[error("whether the message was taken is unknown: {}", .0.because)]
    Unsettled(Box<Unsettled>),
    /// An attachment did not arrive whole. Its recipient sees nothing of it, and what arrived goes after a day.
    #[error("attachment {message_id} did not arrive whole: {because}")]
    NotWhole {
        /// Its id.
        message_id: Id,
        /// What went wrong.
        #[source]
        because: Box<Error>,
    },
    /// The attachment was destroyed because a day had passed before all of it had arrived: seal it again.
    #[error("a day passed before all of the attachment had arrived")]
    Lapsed,
    /// The message could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The message does not open: see the reason.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was fetched could not be written.
    #[error("the download could not be written")]
    Write(#[source] std::io::Error),
}

/// A message that the service has, or has not: to be sent again, or kept until it can be. It holds nothing that is secret.
#[derive(Debug)]
pub struct Unsettled {
    /// In which match.
    pub match_id: Id,
    /// The message as it was sealed.
    pub sealed: MessageSubmission,
    /// The key under which it takes hold once.
    pub key: IdempotencyKey,
    /// Why nothing is known.
    pub because: Error,
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
    /// The portal's word about it is not the portal's.
    #[error("the consent status does not hold: {0}")]
    Status(#[from] StatusError),
    /// The portal says that it ended; or the clocks here and there are far apart.
    #[error("{0}")]
    NotStanding(#[from] NotStanding),
}

impl Error {
    /// The problem document, when the service, the portal or the keyholder refused.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Keyholder(error) | Self::Portal(error) | Self::NotWhole { because: error, .. } => {
                error.problem()
            }
            Self::Unsettled(unsettled) => unsettled.because.problem(),
            _ => None,
        }
    }

    /// Which problem of the table, when one of them refused with one.
    pub fn problem_type(&self) -> Option<ProblemType> {
        self.problem()?.problem_type()
    }

    /// Whether a changing call may have taken hold all the same.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Refused(problem) => problem.status >= 500,
            Self::Unreachable(_) | Self::Answer { .. } | Self::Deadline | Self::Unsettled(_) => true,
            Self::NotWhole { because, .. } => because.is_unknown(),
            _ => false,
        }
    }

    /// Who did not answer, or not now. The same call may succeed later, and is safe to repeat: only a message of which it is
    /// unknown whether the service has it ([`Error::Unsettled`]) is sent again otherwise, so that it does not arrive twice.
    pub fn peer_down(&self) -> Option<Peer> {
        match self {
            Self::Keyholder(error) => error.peer_down().map(|_| Peer::Keyholder),
            Self::Portal(error) => error.peer_down().map(|_| Peer::Portal),
            Self::NotWhole { because, .. } => because.peer_down(),
            Self::Unsettled(unsettled) => unsettled.because.peer_down(),
            Self::Refused(problem) => (problem.status >= 500).then_some(Peer::Service),
            Self::NoToken { status, .. } | Self::Answer { status } => {
                (*status >= 500).then_some(Peer::Service)
            }
            Self::Unreachable(_) | Self::Deadline => Some(Peer::Service),
            _ => None,
        }
    }
}

/// With whom a call has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The service.
    Service,
    /// The portal, where it runs by itself.
    Portal,
    /// The keyholder.
    Keyholder,
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Service => "the service",
            Self::Portal => "the portal",
            Self::Keyholder => "the keyholder",
        })
    }
}

impl From<Unusable> for Error {
    fn from(_: Unusable) -> Self {
        Self::Seal(SealError::Key)
    }
}

impl From<OpeningError> for Error {
    fn from(error: OpeningError) -> Self {
        match error {
            OpeningError::Open(error) => Self::Open(error),
            OpeningError::Sink(error) => Self::Write(error),
        }
    }
}
