//! The family's door. The code of a letter opens one request or one signal, to one person; at its first use it is exchanged for
//! a return key with a PIN of the reader's choosing. What they decide acts at once.
//!
//! Whoever knocks with something that does not open gets one and the same answer, whether it was mistyped, has run out, was
//! used by somebody, or never existed. No signatory learns who else must decide, or what they did.

mod age;
mod child;
mod decide;
mod door;
mod enter;
mod fetch_file;
mod file;
mod login;
mod object;
mod page;
mod privacy;
mod reach;
mod receipt;
mod request_rights;
mod rights;
mod visit;
mod words;

pub use child::ChildFile;
pub use fetch_file::Fetched;
pub use login::{LoginAnswer, LoginBegun, LoginFailure, LoginTicket};
pub use reach::FamilyKey;
pub use receipt::{OwnWord, ReceiptFacts, ReceiptWords};
pub use rights::{FamilyObjection, FamilyRequest, FamilyRights, ObjectionableSignal};

pub(crate) use age::Age;
pub use visit::{SessionAssurance, Stage, Visit, VisitAbout};

pub(crate) use file::{Reader, assemble, read_by_letter};
pub(crate) use reach::Reach;

use domain::actor::Sector;
use domain::consent::Purpose;
use domain::invitation::InvitationCode;
use jiff::Timestamp;
use jiff::civil::Date;
use protocol::id::Id;
use store::StoreError;
use zeroize::Zeroizing;

/// Version of the text that the portal shows about a request of this purpose, in which one guardian declares for the others
/// or each signs; it is stored with each request and signed into the consent record. Changes whenever that text changes,
/// which a test of the portal holds.
pub const fn text_version(purpose: Purpose, one_guardian_declares: bool) -> &'static str {
    match (purpose, one_guardian_declares) {
        (Purpose::Exchange, false) => "2026-11-23",
        (Purpose::Exchange, true) => "2026-11-23-voor-beiden",
        (Purpose::Signal, false) => "2026-11-23-signaal",
        (Purpose::Signal, true) => "2026-11-23-signaal-voor-beiden",
    }
}

/// What a family's browser holds from the code or the return key on: 32 random bytes, of which the service keeps a hash.
pub struct PortalSecret(Zeroizing<[u8; 32]>);

impl PortalSecret {
    /// From the cookie's bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// For the cookie and for the form token that is derived from it.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        blake3::derive_key("trefpunt 2026 portal session hash v1", self.0.as_slice())
    }

    /// The return key of the access that this session makes. Since it follows from the secret, it can be shown again when the
    /// answer that had it was lost, and lies nowhere.
    fn return_key(&self) -> InvitationCode {
        let derived = Zeroizing::new(blake3::derive_key(
            "trefpunt 2026 return key v1",
            self.0.as_slice(),
        ));
        let mut random = Zeroizing::new([0; 10]);
        random.copy_from_slice(&derived[..10]);
        InvitationCode::from_random(&random)
    }
}

impl std::fmt::Debug for PortalSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PortalSecret(..)")
    }
}

/// How the family's door can stay shut.
#[derive(Debug, thiserror::Error)]
pub enum FamilyFailure {
    /// The code or session opens nothing (any more). Why, nobody is told.
    #[error("the code or session opens nothing")]
    Closed,
    /// The session is not so far yet.
    #[error("the session is not in")]
    NotIn(Stage),
    /// The session's reader may see and do nothing any more, though they could before.
    #[error("not entitled any more")]
    NotEntitled,
    /// The decision is not possible now: the time to answer is over, or it was decided otherwise. The page shows the state.
    #[error("this can no longer be decided")]
    TooLate,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a signatory chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Yes.
    Give,
    /// No; also a yes taken back before the others decided.
    Refuse,
}

/// What came of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It stands; the page shows it.
    Stands,
    /// Nothing is left of the signal it was about, and so there is no page any more.
    SignalGone,
}

/// What a professional recorded that this signatory said or wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFor {
    /// The organisation.
    pub by: PartyName,
    /// The day on which it was said or written.
    pub on: Date,
    /// Whether it was written; else it was said.
    pub written: bool,
}

/// An organisation as this signatory may see it: its name and sector, or none for "another organisation".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyName {
    /// Name; none when it is not shown.
    pub name: Option<String>,
    /// Its field; none when the organisation is not shown.
    pub sector: Option<Sector>,
}

impl PartyName {
    /// "Another organisation".
    pub const MASKED: Self = Self {
        name: None,
        sector: None,
    };
}

/// An organisation looked, on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Who.
    pub who: PartyName,
    /// The day, in the covenant's time zone.
    pub day: Date,
    /// Whether it read a message; else it looked at the match.
    pub message: bool,
    /// How often on that day.
    pub times: u32,
}

/// Everything the portal's page about one request may show this signatory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentPage {
    /// Which question this is: whoever answers says which one they read, since at a birthday another takes its place.
    pub question: Id,
    /// What is asked.
    pub purpose: Purpose,
    /// Whether the reader, a guardian, declares that the other guardians agree.
    pub declares_for_others: bool,
    /// What a professional recorded of the reader's decision, when the reader did not decide here.
    pub recorded: Option<RecordedFor>,
    /// The organisation that asks and sent the letter.
    ///
    /// None while the family is not to be told of it.
    pub asked_by: Option<String>,
    /// The municipality that is responsible for the family's rights.
    pub municipality: String,
    /// Between whom information would be exchanged, in the order of their names; or whose signal it is.
    pub parties: Vec<PartyName>,
    /// Whether the reader is the young person; else a guardian.
    pub is_young_person: bool,
    /// When it was asked, and in which time zone days are meant.
    pub requested_at: Timestamp,
    /// Until when an answer counts.
    pub answer_by: Timestamp,
    /// How many days consent lasts.
    pub consent_days: u16,
    /// IANA name of the covenant's time zone.
    pub time_zone: String,
    /// Version of the text: kept with the consent.
    pub text_version: String,
    /// What has become of it, as far as this signatory may know.
    pub state: PageState,
    /// Who of the parties looked at the match or read a message, newest day first.
    pub looked: Vec<Looked>,
}

/// What has become of a request, seen by one signatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageState {
    /// This signatory has not decided.
    Open,
    /// This signatory agreed; not everyone has decided.
    Agreed {
        /// When this signatory agreed.
        at: Timestamp,
    },
    /// All agreed: consent stands.
    Given {
        /// Since when.
        at: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// Consent was not given. By whom not, is not told, except to the one who refused.
    NotGiven {
        /// Whether this signatory refused.
        by_you: bool,
    },
    /// Consent was withdrawn.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// The time to answer, or the consent, is over; or a consent for more parties took its place.
    Over,
}
