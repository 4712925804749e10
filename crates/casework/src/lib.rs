//! What the service does: one file is one act, with its input, its rules called, what it writes, its leaf in the audit
//! log and how it can be refused.
//!
//! What this crate does *not* do: know HTTP or HTML (`web`), write SQL (`store`), or hold a rule (`domain`). It reads no
//! clock: time is the transaction's. It draws no entropy: chance is given by the program.

// An act that makes an event and does not hand it over must not compile.
#![deny(unused_variables, unused_must_use)]

mod accept_key_epochs;
mod acknowledge_content;
mod acknowledge_notice;
mod act;
mod alerts;
pub mod anchor;
mod announce_attachment;
mod answer_lead;
mod answer_soft_match;
mod apply_covenant;
mod archive_notice;
mod attachment_view;
mod attest_consent;
mod batches;
mod begin_oblivious;
mod caller;
mod circles;
mod clients;
mod close_match;
mod confirm_contact;
mod consent_case;
mod consent_facts;
mod consent_status;
mod consent_words;
mod content;
pub mod cosign_log;
mod covenants;
mod decide_consent;
mod deliver_webhooks;
mod denial;
mod disclosure;
mod disclosures_due;
mod drivers;
mod end_signal;
mod erase_destroyed;
mod erase_openings;
mod export_audit_log;
mod family;
mod family_match;
mod follow_up;
mod give_consent;
mod guardrail;
mod issue_letter;
mod key_epochs;
mod keyholder;
mod keys;
mod lapse_attachments;
mod letter_desk;
mod letter_document;
mod lift;
mod list;
mod log_keeping;
pub mod mail;
mod match_signals;
mod match_view;
mod merge_subjects;
mod network_epochs;
mod notices;
mod objection;
pub mod oidc;
mod open_archive;
mod operate_clients;
mod operate_log;
mod operate_sealing_keys;
mod outgoing;
mod portal_keys;
mod postpone;
mod processing_log;
mod professional;
mod propose_lead;
mod read_attachment;
mod read_consent;
mod read_covenant;
mod read_family_matches;
mod read_match;
mod read_messages;
mod read_notices;
mod read_signals;
mod read_soft_matches;
mod reassign;
mod receipt;
mod receive_batch;
mod receive_part;
mod record_disclosure;
mod register;
mod relocate_match;
mod replay_erasures;
mod request_consent;
mod resubmit_tags;
mod retire;
mod rights_request;
mod rotate_keys;
mod sandbox;
mod scrub_log;
mod sealing_keys;
mod send_message;
mod sequence_log;
mod signal_life;
mod soft_match;
mod statistics;
mod submit_signal;
mod supersede;
mod tags;
mod tell_keyholder;
mod together;
mod unread;
mod wait;
mod watch_log;
mod webhook_endpoints;
mod work_batch;

use std::sync::Arc;

use protocol::key_epochs::KeyholderKey;
use store::Store;
pub use store::{ProcessingLog, StoreError, Trace, traced};

pub use accept_key_epochs::AcceptKeyEpochsError;
pub use acknowledge_content::AcknowledgeContentRefusal;
pub use act::{Answer, Failure, NotFound, Once, Refusable};
pub use answer_lead::AnswerLeadRefusal;
pub use answer_soft_match::AnswerSoftMatchRefusal;
pub use attest_consent::AttestConsentRefusal;
pub use batches::{BatchLinesRefusal, DecideBatchRefusal};
pub use caller::{Caller, ClientAccess};
pub use clients::{ClientActRefusal, OfferedKey};
pub use close_match::CloseMatchRefusal;
pub use confirm_contact::ConfirmContactRefusal;
pub use content::SendRefusal;
pub use deliver_webhooks::WebhookSettings;
pub use disclosure::DisclosureRefusal;
pub use drivers::Drivers;
pub use end_signal::EndSignalRefusal;
pub use erase_openings::{EraseError, Erased, ErasureOf, RecordName};
pub use export_audit_log::{BundleFailure, RequestExportRefusal, ScopeError};
pub use family::{
    ChildFile, Choice, ConsentPage, Decided, FamilyFailure, FamilyKey, FamilyObjection, FamilyRequest,
    FamilyRights, Fetched, LoginAnswer, LoginBegun, LoginFailure, LoginTicket, Looked, ObjectionableSignal,
    OwnWord, PageState, PartyName, PortalSecret, ReceiptFacts, ReceiptWords, RecordedFor, SessionAssurance,
    Stage, Visit, VisitAbout, text_version,
};
pub use issue_letter::IssueLetterRefusal;
pub use key_epochs::RefreshKeyEpochsError;
pub use keyholder::{Keyholder, KeyholderFailure, KeyholderFuture};
pub use keys::ServiceKeys;
pub use letter_desk::DeskRefusal;
pub use letter_document::{LetterAbout, LetterDocumentRefusal, LetterFacts};
pub use lift::{LiftKey, LiftSecret, UnusableLiftKey};
pub use list::ListRefusal;
pub use log_keeping::{CannotSign, LogKeeping, LogState, policy_text};
pub use network_epochs::NetworkEpochError;
pub use objection::{AdviseObjectionRefusal, DecideObjectionRefusal, MakeObjectionRefusal};
pub use operate_log::OperateLogError;
pub use outgoing::{DEADLINE, Lookup, LookupAnswer, Outgoing, OutgoingError, machine_lookup};
pub use portal_keys::{PortalKey, PortalKeyError, PortalKeyRefusal};
pub use processing_log::{ProcessingFile, ProcessingLogError};
pub use propose_lead::ProposeLeadRefusal;
pub use read_messages::ReadMessagesRefusal;
pub use receive_batch::{ReceiveBatchRefusal, Upload};
pub use receive_part::ReceivePartRefusal;
pub use register::{NewParty, RegisterError, Registered, RegisteredClient};
pub use relocate_match::RelocateMatchRefusal;
pub use replay_erasures::EndedAgain;
pub use request_consent::{AskedAbout, RequestConsentRefusal};
pub use rights_request::{CodeOpensNothing, DecideRightsRequestRefusal, ReadFileRefusal};
pub use rotate_keys::{
    Answering, Ceremony, CeremonyKeyholder, CeremonySettings, Change, GRACE, KeyholderFault, PinnedKeyholder,
    RotateKeysError, Rotated, RotationStanding, Standing, Step,
};
pub use sandbox::{AdvanceClockRefusal, DecideAsFamilyRefusal};
pub use scrub_log::Scrubbed;
pub use sealing_keys::SealingKeyRefusal;
pub use sequence_log::{PROMISED_WITHIN, PublishedHead};
pub use submit_signal::SubmitSignalRefusal;
pub use tell_keyholder::TombstonesWaiting;
pub use wait::{Arrived, AtInbox, Came, FOLLOWING, Manner, WAITING, WAITING_PER_ORGANISATION, WaitRefusal};
pub use webhook_endpoints::{AddEndpointRefusal, ListAttemptsRefusal, QueueRefusal};

/// The service's acts on one network. Cheap to clone.
#[derive(Clone)]
pub struct Casework {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    keys: ServiceKeys,
    gateway: Option<keyholder::Gateway>,
    known_keys: key_epochs::KeysInMemory,
    ended_epochs: network_epochs::Progress,
    submissions: submit_signal::Queue,
    batch_sets: work_batch::SetSize,
    wake: drivers::Wake,
    waiting: wait::Waiting,
    post_office: std::sync::OnceLock<Arc<dyn mail::PostOffice>>,
    processing_file: std::sync::OnceLock<ProcessingFile>,
    webhooks: std::sync::OnceLock<deliver_webhooks::Webhooks>,
    broker: std::sync::OnceLock<oidc::Broker>,
    log: log_keeping::Kept,
    sealer: lift::CurrentSealer,
    set_aside: retire::SetAside,
    disclosures_aside: retire::SetAside,
    unsigned_aside: retire::SetAside,
    pairs_aside: retire::SetAside,
    sandbox_clock: sandbox::MovingClock,
    denials: denial::Denials,
    clients_asked: together::Together<protocol::ClientId, (), Option<Caller>>,
    inboxes_asked: read_notices::InboxesAsked,
    matches_asked: read_match::MatchesAsked,
}

impl Casework {
    /// The acts on a store with these keys. Nothing runs until [`Casework::start`].
    pub fn new(store: Store, keys: ServiceKeys) -> Self {
        Self::of(store, keys, None)
    }

    /// The same with a keyholder, whose lists are signed with this key.
    pub fn with_keyholder(
        store: Store,
        keys: ServiceKeys,
        keyholder: Arc<dyn Keyholder>,
        key: KeyholderKey,
    ) -> Self {
        Self::of(store, keys, Some(keyholder::Gateway::new(keyholder, key)))
    }

    fn of(store: Store, keys: ServiceKeys, gateway: Option<keyholder::Gateway>) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                keys,
                gateway,
                known_keys: key_epochs::KeysInMemory::default(),
                ended_epochs: network_epochs::Progress::default(),
                submissions: submit_signal::Queue::new(),
                batch_sets: work_batch::SetSize::default(),
                wake: drivers::Wake::default(),
                waiting: wait::Waiting::default(),
                post_office: std::sync::OnceLock::new(),
                processing_file: std::sync::OnceLock::new(),
                webhooks: std::sync::OnceLock::new(),
                broker: std::sync::OnceLock::new(),
                log: log_keeping::Kept::new(),
                sealer: lift::CurrentSealer::default(),
                set_aside: retire::SetAside::default(),
                disclosures_aside: retire::SetAside::default(),
                unsigned_aside: retire::SetAside::default(),
                pairs_aside: retire::SetAside::default(),
                sandbox_clock: sandbox::MovingClock::default(),
                denials: denial::Denials::default(),
                clients_asked: together::Together::default(),
                inboxes_asked: read_notices::InboxesAsked::default(),
                matches_asked: read_match::MatchesAsked::default(),
            }),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn keys(&self) -> &ServiceKeys {
        &self.inner.keys
    }
}
