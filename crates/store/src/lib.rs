//! PostgreSQL: the schema, the transactions, and every SQL statement of the service.
//!
//! One file per table family, one named statement per method, rows counted. A statement belongs to a database role
//! and a transaction has one, so an act on behalf of an organisation cannot even name a statement that reads tags.
//!
//! What this crate does *not* do: decide. Rules stand in `domain`, acts in `casework`; nothing here knows HTTP, draws
//! entropy of its own or asks the program's clock. Time is the database's, read once per transaction.

// A method that takes an event and records it no longer must not compile.
#![deny(unused_variables, unused_must_use)]

mod access;
mod alert;
mod archive;
mod audit;
mod batch;
pub mod bench;
mod client;
mod consent;
mod covenant;
mod crypter;
mod desk;
mod destroying;
mod disclosure;
mod erasure;
mod error;
mod exchange;
mod family;
mod family_file;
mod family_match;
mod follow_up;
mod guardrail;
mod hanging;
mod idempotency;
mod inbox;
mod key_epochs;
mod letter;
mod login;
mod mail;
mod match_case;
mod matching;
mod merging;
mod migrate;
mod notice;
mod objection;
mod oblivious;
mod organisation;
mod place;
#[cfg(test)]
mod plans;
mod pool;
mod portal_key;
pub mod private_postgres;
mod processing_log;
mod public_id;
mod reassigning;
mod retention;
mod rights_request;
mod room;
mod rotation;
mod sandbox;
mod sealing_key;
mod shared_tags;
mod signal;
mod signal_life;
mod soft_match;
mod statement;
mod statistics;
mod submission;
#[cfg(any(test, feature = "test-util"))]
pub mod test_util;
#[cfg(test)]
mod tests;
mod tombstone;
mod trace;
mod viewing;
mod webhook;
#[cfg(feature = "bench-without-audit")]
pub mod without_audit;
mod work;

pub use access::ClientRow;
pub use alert::AlertRow;
pub use archive::ArchivedBehind;
pub use audit::export::ErasedWithin;
pub use audit::scrub::ScrubState;
pub use audit::{ExportRow, LeafRow, Ordered, Recorded, StoredCheckpoint};
pub use batch::arriving::{ArrivedLine, ArrivedUpTo, ArrivingBatch, LineContent, NewBatch};
pub use batch::deciding::TakenBatch;
pub use batch::working::{LineOutcome, NextBatch, WaitingLine};
pub use batch::{BatchLineRow, BatchRow};
pub use client::{AdministersClients, ClientKeyRow, NewClientKey, RegisteredClientRow};
pub use consent::decision::{AboutRow, Decided, NamedRow, StandingRow, Successor};
pub use consent::{
    AskedRow, AskedSignalRow, ConsentAbout, ConsentPartyRow, ConsentRow, NewConsent, NewSignatory,
    SignatoryRow, SignedRecord,
};
pub use covenant::{
    AgreedCovenant, CovenantRow, CovenantVersionRow, NetworkRow, NewNetwork, Offices, ReadsCovenants,
};
pub use crypter::{Crypter, Purpose, Sealed};
pub use desk::{IssuedAbout, IssuedTo};
pub use disclosure::{
    DisclosureStepped, DisclosureTimes, DutyRow, NewDisclosure, NewPostponement, OwnDutyRow, PostponementRow,
    SignalDuty, WaitingRow,
};
pub use erasure::{Erasable, HeldContact};
pub use error::StoreError;
pub use exchange::{
    AttachmentsKept, ContentPart, GoneContent, MessageKind, MessageRow, NewAttachment, NewMessage,
};
pub use family::{Hidden, Invited, NewAccess, NewSession, Person, SessionRow, SessionStage};
pub use family_file::{
    FileDisclosureRow, FileMatchRow, FileMessageRow, FilePartyRow, FileViewingRow, OwnAnswerRow,
    OwnDecisionRow,
};
pub use family_match::{FamilyMatchRow, FamilyPartyRow, NewFamilyParty, StandingFamily, StandingFamilyParty};
pub use follow_up::{FollowUpStepped, FollowUpTaskRow, FollowUpToLookAt, MarkRow, NewFollowUp};
pub use idempotency::{AnswersIdempotently, Claimed, IdempotencyClaim, StoredAnswer};
pub use inbox::{Hearing, Looked};
pub use key_epochs::{AcceptedList, EndedEpoch, KeyState, NetEpoch, RotationPhase, RotationState, TagKeys};
pub use letter::{FamilySignalRow, LetterRow, NewLetter, PrintedLetterRow};
pub use mail::{DueMail, MailAddressRow, NewMail, NoticeToMail, RefusedMailRow};
pub use match_case::{MatchPartyRow, MatchRow, MunicipalityRow, ReadsMatches, ResponsibilityRow};
pub use matching::{JoinedMatch, MatchTask, MatchedParty, NewMatch, NewMatchParty, OpenMatch, WaitingChild};
pub use merging::SubjectPair;
pub use migrate::{migrate, schema_is_current};
pub use notice::{GoneUnread, LaysNotices, NewNotice, NoticeAbout, NoticeRow, Receiver, UnreadNoticeRow};
pub use objection::{AdviceRow, AdviceToNotice, NewObjection, ObjectionRow};
pub use organisation::{Delegation, NewClient, NewOrganisation, OrganisationRow, PrincipalRow};
pub use place::Places;
pub use pool::{ConnectionSettings, PROGRAM, Store};
pub use portal_key::PortalKeyRow;
pub use processing_log::{ProcessingLog, ProcessingRow};
pub use public_id::{PublicIds, RecordKind};
pub use retention::LonelyMatch;
pub use rights_request::{NewRightsRequest, RightsRequestRow};
pub use room::Room;
pub use rotation::tags::{FilledTag, TAGS_AT_ONCE, TagCount, TagToFill};
pub use rotation::{Cursor, LiveKeys, NewRotation, Rotation, WritesLiftContexts};
pub use sandbox::HeldClock;
pub use sealing_key::{NamedSealingKey, SealingKeyRow};
pub use shared_tags::{SharedTags, shared_tags};
pub use signal::{SignalLife, SignalRow};
pub use signal_life::{LeavingSignal, LeftMatch, PartyToTell, StoredSignal, WrittenLife};
pub use soft_match::{AskedParty, NewSoftMatch, NewSoftParty, SoftMatchRow, SoftMatchSide};
pub use statistics::{Followed, LeafToCount, PublishedCount, PublishedQuarter};
pub use submission::{NewSignal, NewTag, SubmittedSignal, Whose};
pub use tombstone::{EndsConsents, TombstoneRow};
pub use trace::{Trace, UnusableTrace, traced};
pub use viewing::{Seen, SeenMatch, ViewingRow};
pub use webhook::{
    AttemptRecord, AttemptRow, BatchToDispatch, ClaimedDelivery, EndpointRow, EndpointToSettle, NewDelivery,
    NoticeToDispatch, OwnNotice,
};
pub use work::{Chance, Context, Erase, Log, Matcher, Owner, Party, Role, Submit, Tx, Work, WrittenLeaf};
