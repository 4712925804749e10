//! The closed catalogue of events: everything that can stand in the audit log, and with which facts.
//!
//! A store method that changes state takes the event it records, so an act that forgets to leave its trace does not
//! compile. A record holds random tags and instants only; what says something about a person (a reference, a capacity,
//! an age band) goes into the *opening*, which can be erased later while the log stays whole (right to erasure, GDPR
//! article 17; accountability, GDPR article 5(2)). Nothing here may let a reader derive a child's birthday.

mod key_epochs;
mod record;
mod scope;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::actor::Role;
use crate::batch::{BatchState, Tally};
use crate::client::DisabledBy;
use crate::consent::{Assurance, ConsentState, How, Signatory};
use crate::disclosure::{Channel, DisclosureState, Reason, SpokenLanguage};
use crate::family_match::FamilyMatchState;
use crate::follow_up::Mark;
use crate::match_case::{MatchState, Outcome};
use crate::objection::{self, Advice, ObjectionState};
use crate::rights_request::{RefusalReason, Right, RightsState};
use crate::signal::{DestroyReason, EndedBecause, LeftBecause, SignalState};
use crate::soft_match::SoftMatchState;
use crate::statistics::Quarter;
use crate::webhook::DisabledBecause;
use record::{Line, client_and_signatory, signatory_value};

pub use key_epochs::KeyEpochsOfTags;
pub use record::{Decision, FetchedBy, LogTag, OrganisationTag, Record, RecordedBy, TagKind, UnusableTag};
pub use scope::OpeningScope;

/// Everything that can happen, with the facts of each. In each variant the tags are the random numbers of the records.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "the fields are named after the record whose tag, state or instant they hold"
)]
pub enum Event {
    /// A covenant was given settings; `settings` is the TOML text from then on.
    CovenantChanged { covenant: u128, settings: String },
    /// An organisation became party to a covenant.
    OrganisationRegistered {
        tag: u128,
        organisation: OrganisationTag,
        covenant: u128,
        name: String,
        kind: &'static str,
        sector: Option<&'static str>,
    },
    /// An organisation may give signals for another (`to` delegated), or no longer may (`from` delegated).
    OrganisationDelegated {
        organisation: OrganisationTag,
        delegate: OrganisationTag,
        may: bool,
    },
    /// An organisation gave more signals in an hour of the clock than its covenant allows; said once an hour. `until` is
    /// the end of that hour.
    GuardrailExceeded {
        organisation: OrganisationTag,
        limit: u32,
        until: Timestamp,
    },
    /// A client called what is for another role than any of its own, and was refused; said once an hour of the clock for
    /// a client and a role. `until` is the end of that hour.
    AccessDenied {
        organisation: OrganisationTag,
        client: String,
        role: Role,
        until: Timestamp,
    },
    /// A client sent a batch of signals, and all of it arrived.
    BatchReceived {
        batch: u128,
        organisation: OrganisationTag,
        client: String,
        lines: u32,
    },
    /// What of it is over the number of signals an hour is held until a supervisor decides, at most until `until`.
    BatchHeld {
        batch: u128,
        organisation: OrganisationTag,
        lines: u32,
        until: Timestamp,
    },
    /// A supervisor released it: it is worked off, whatever the hour. `organisation` is the supervisor.
    BatchReleased {
        batch: u128,
        organisation: OrganisationTag,
        client: String,
        lines: u32,
    },
    /// A supervisor refused it: nothing of it is left. `organisation` is the supervisor.
    BatchRefused {
        batch: u128,
        organisation: OrganisationTag,
        client: String,
        lines: u32,
    },
    /// Nothing more comes of a batch: so many lines are new signals, signals that were there, refused, taken back, and too old.
    BatchEnded {
        batch: u128,
        organisation: OrganisationTag,
        from: BatchState,
        tally: Tally,
    },
    /// A program got access, for people of an organisation in these roles; `kid` names its first key.
    ClientRegistered {
        tag: u128,
        organisation: OrganisationTag,
        client: String,
        roles: Vec<&'static str>,
        kid: String,
    },
    /// A program lost access, by a coordinator of its organisation or by the operator.
    ClientDisabled {
        tag: u128,
        organisation: OrganisationTag,
        client: String,
        by: DisabledBy,
    },
    /// It has access again.
    ClientEnabled {
        tag: u128,
        organisation: OrganisationTag,
        client: String,
        by: DisabledBy,
    },
    /// A program got a further key to prove itself with; `kid` is its name.
    ClientKeyAdded {
        tag: u128,
        organisation: OrganisationTag,
        client: String,
        kid: String,
    },
    /// A key of a program no longer counts.
    ClientKeyRetired {
        tag: u128,
        organisation: OrganisationTag,
        client: String,
        kid: String,
    },
    /// An organisation may do nothing any more, through none of its programs.
    OrganisationDisabled { organisation: OrganisationTag },
    /// It may again.
    OrganisationEnabled { organisation: OrganisationTag },
    /// An organisation got a further key that others seal to.
    SealingKeyAdded {
        organisation: OrganisationTag,
        key: String,
    },
    /// A sealing key no longer counts.
    SealingKeyRetired {
        organisation: OrganisationTag,
        key: String,
    },

    /// An organisation gave an address to which it is told what waits for it.
    WebhookEndpointAdded {
        endpoint: u128,
        organisation: OrganisationTag,
        client: String,
    },
    /// What is sent there is signed with a new secret; until then with the one before too.
    WebhookSecretRotated {
        endpoint: u128,
        organisation: OrganisationTag,
        client: String,
        until: Timestamp,
    },
    /// Nothing is sent there from here on. No `client` when the service gave it up.
    WebhookEndpointDisabled {
        endpoint: u128,
        organisation: OrganisationTag,
        client: Option<String>,
        because: DisabledBecause,
    },
    /// It is sent there again.
    WebhookEndpointEnabled {
        endpoint: u128,
        organisation: OrganisationTag,
        client: String,
    },
    /// The organisation took the address away.
    WebhookEndpointRemoved {
        endpoint: u128,
        organisation: OrganisationTag,
        client: String,
    },

    /// An organisation said where to mail its coordinator that something waits, or that it is not to be mailed.
    MailAddressSet {
        organisation: OrganisationTag,
        client: String,
        present: bool,
    },

    /// A signal was given, `to` active or sleeping. `expires_at` is the instant from which it no longer counts,
    /// `tell_before` that before which the family is to be told. `delegate` is who gave it on behalf of the organisation.
    SignalSubmitted {
        signal: u128,
        organisation: OrganisationTag,
        to: SignalState,
        delegate: Option<OrganisationTag>,
        expires_at: Timestamp,
        tell_before: Option<Timestamp>,
        client: String,
        professional_reference: String,
    },
    /// The family agreed to it: from here on it counts.
    SignalWoken {
        signal: u128,
        organisation: OrganisationTag,
    },
    /// It ended before its planned end: its organisation ended it, or has another about the same child.
    SignalEnded {
        signal: u128,
        organisation: OrganisationTag,
        from: SignalState,
        because: EndedBecause,
    },
    /// Its planned end came.
    SignalExpired {
        signal: u128,
        organisation: OrganisationTag,
        from: SignalState,
    },
    /// A day after its end: it is kept to tell one later new party.
    SignalArchived {
        signal: u128,
        organisation: OrganisationTag,
        from: SignalState,
    },
    /// Nothing of it is left.
    SignalDestroyed {
        signal: u128,
        organisation: OrganisationTag,
        from: SignalState,
        reason: DestroyReason,
    },
    /// Its organisation put another professional in the place of one who left.
    SignalReassigned {
        signal: u128,
        organisation: OrganisationTag,
        client: String,
        from_reference: String,
        to_reference: String,
    },
    /// A new party will be told, once, that there was this signal; nothing of it is left from `destroyed_at` on.
    ArchiveNoticed {
        signal: u128,
        notice: u128,
        to: OrganisationTag,
        destroyed_at: Timestamp,
    },
    /// That party asked which organisation it was, and from when to when.
    ArchiveOpened {
        signal: u128,
        notice: u128,
        organisation: OrganisationTag,
        client: String,
        reason: &'static str,
    },
    /// The organisation read its own signal.
    SignalViewed {
        signal: u128,
        organisation: OrganisationTag,
    },

    /// The family was not told in time: the signal is paused.
    SignalPaused {
        signal: u128,
        organisation: OrganisationTag,
    },
    /// The family was told after all, or telling it was postponed: the signal counts again.
    SignalResumed {
        signal: u128,
        organisation: OrganisationTag,
    },

    /// It was recorded that the family was told of a signal.
    DisclosureRecorded {
        signal: u128,
        organisation: OrganisationTag,
        from: DisclosureState,
        on: Date,
        channel: Channel,
        language: SpokenLanguage,
        client: String,
        by: String,
    },
    /// It was proposed to tell the family later. From here on the signal is hidden from it, at most until `until`.
    DisclosurePostponementProposed {
        signal: u128,
        organisation: OrganisationTag,
        from: DisclosureState,
        until: Timestamp,
        reason: Reason,
        review_on: Date,
        client: String,
        by: String,
    },
    /// A second person approved that: telling the family is postponed, and the signal hidden, until `until`.
    DisclosurePostponed {
        signal: u128,
        organisation: OrganisationTag,
        from: DisclosureState,
        until: Timestamp,
        client: String,
        by: String,
    },
    /// A second person did not approve it.
    DisclosurePostponementRejected {
        signal: u128,
        organisation: OrganisationTag,
        from: DisclosureState,
        to: DisclosureState,
        client: String,
        by: String,
    },
    /// The organisation was reminded that the family is to be told before `due`.
    DisclosureReminded {
        signal: u128,
        organisation: OrganisationTag,
        due: Timestamp,
    },

    /// Active signals of different organisations turned out to be about one child.
    MatchOpened {
        match_case: u128,
        signals: Vec<u128>,
        contact_deadline: Timestamp,
    },
    /// A further organisation came in; everyone must confirm contact with it, so the match is open (again).
    MatchJoined {
        match_case: u128,
        signal: u128,
        organisation: OrganisationTag,
        from: MatchState,
        contact_deadline: Timestamp,
    },
    /// A party's signal counts no longer, and with it the party.
    MatchLeft {
        match_case: u128,
        organisation: OrganisationTag,
        because: LeftBecause,
    },
    /// Its lead closed it, or, with no organisation, fewer than two signals remained. Who approved a handing over to
    /// safeguarding is a person.
    MatchClosed {
        match_case: u128,
        organisation: Option<OrganisationTag>,
        from: MatchState,
        outcome: Outcome,
        approved_by: Option<String>,
    },
    /// A party was asked by another to coordinate.
    MatchLeadProposed {
        match_case: u128,
        organisation: OrganisationTag,
        proposed: OrganisationTag,
    },
    /// It coordinates from here on.
    MatchLeadAccepted {
        match_case: u128,
        organisation: OrganisationTag,
    },
    /// It does not.
    MatchLeadDeclined {
        match_case: u128,
        organisation: OrganisationTag,
    },
    /// The municipality that answers for the match handed it over to another.
    MatchRelocated {
        match_case: u128,
        organisation: OrganisationTag,
        municipality: OrganisationTag,
    },
    /// A party read the match.
    MatchViewed {
        match_case: u128,
        organisation: OrganisationTag,
    },
    /// A party said that it made contact. `to` says whether it was the last that had to.
    MatchContactConfirmed {
        match_case: u128,
        organisation: OrganisationTag,
        from: MatchState,
        to: MatchState,
    },

    /// Two children that came with one service key may be one: their organisations are asked. Also when a further one is.
    SoftMatchFound { soft_match: u128, signals: Vec<u128> },
    /// An organisation said that it is the same child.
    SoftMatchConfirmed {
        soft_match: u128,
        organisation: OrganisationTag,
    },
    /// An organisation said that it is not, or has come to know both as two.
    SoftMatchDenied {
        soft_match: u128,
        organisation: OrganisationTag,
    },
    /// An organisation looked at what it is asked.
    SoftMatchViewed {
        soft_match: u128,
        organisation: OrganisationTag,
    },
    /// Signals about different children came with the pseudonym of one guardian; `from` when these joined others.
    FamilyMatchFound {
        family_match: u128,
        signals: Vec<u128>,
        from: Option<FamilyMatchState>,
    },
    /// Fewer than two children, or two organisations, are left in it.
    FamilyMatchEnded { family_match: u128 },
    /// An organisation looked at it.
    FamilyMatchViewed {
        family_match: u128,
        organisation: OrganisationTag,
    },

    /// A notice was laid in an organisation's inbox, about a match or about its own signal.
    NoticeDelivered {
        notice: u128,
        organisation: OrganisationTag,
        about: LogTag,
    },
    /// The organisation said that it saw the notice; `unread` when its coordinator had it by then.
    NoticeAcknowledged {
        notice: u128,
        organisation: OrganisationTag,
        about: LogTag,
        unread: bool,
    },
    /// Nobody acknowledged the notice within two working days; from here on the organisation's coordinator has it.
    NoticeUnread {
        notice: u128,
        organisation: OrganisationTag,
        about: LogTag,
    },

    /// The last day for contact had come and the parties were reminded.
    FollowUpReminded { match_case: u128 },
    /// The deadline had passed without contact; from here on the follow-up officer has a task. None while the covenant's
    /// is not registered.
    FollowUpEscalated {
        match_case: u128,
        officer: Option<OrganisationTag>,
    },
    /// The officer noted what was done about it.
    FollowUpMarked {
        match_case: u128,
        organisation: OrganisationTag,
        mark: Mark,
    },
    /// The officer looked at the task.
    FollowUpViewed {
        match_case: u128,
        organisation: OrganisationTag,
    },
    /// A municipality or a supervisor read the statistics of a quarter.
    StatisticsViewed {
        organisation: OrganisationTag,
        client: String,
        quarter: Quarter,
    },

    /// A party asked the family for consent, about a match or a signal. What it stated about the child to decide who must
    /// sign is not recorded: it is wiped with the request. `to` is `partially_given` when signatures came along from a
    /// request that an age boundary ended.
    ConsentRequested {
        consent: u128,
        organisation: OrganisationTag,
        about: LogTag,
        to: ConsentState,
        one_guardian_declares: bool,
    },
    /// A signatory used the invitation and read what is asked.
    ConsentOpened {
        consent: u128,
        about: LogTag,
        signatory: Signatory,
    },
    /// A signatory signed and others still must.
    ConsentSigned {
        consent: u128,
        about: LogTag,
        from: ConsentState,
        decision: Decision,
    },
    /// The last required signatory signed: consent stands until `valid_until`. `how` is that of the whole consent, which
    /// is as sure as the least sure signature. Without a decision: the last one was told before, as `consent.signed`, where
    /// the portal's key is not, and the portal signed the record of it now.
    ConsentGiven {
        consent: u128,
        about: LogTag,
        from: ConsentState,
        valid_until: Timestamp,
        decision: Option<Decision>,
        how: How,
    },
    /// A signatory said no.
    ConsentRefused {
        consent: u128,
        about: LogTag,
        from: ConsentState,
        decision: Decision,
    },
    /// A signatory took consent back.
    ConsentWithdrawn {
        consent: u128,
        about: LogTag,
        from: ConsentState,
        decision: Decision,
    },
    /// A consent that names more parties (`successor`) took the place of this one.
    ConsentReplaced {
        consent: u128,
        match_case: u128,
        successor: u128,
    },
    /// Its time was over.
    ConsentExpired {
        consent: u128,
        about: LogTag,
        from: ConsentState,
    },
    /// The child became 12 or 16 before everyone had decided; `successor` asks by the rule of that age.
    ConsentSupersededByAge {
        consent: u128,
        about: LogTag,
        from: ConsentState,
        successor: u128,
    },

    /// A party announced an attachment for another under this consent; its parts are to come.
    ContentBegun {
        message: u128,
        organisation: OrganisationTag,
        match_case: u128,
        consent: u128,
    },
    /// A sealed message was left for another party under this consent, or all of an attachment that was announced had come.
    ContentSent {
        message: u128,
        organisation: OrganisationTag,
        match_case: u128,
        consent: u128,
        announced: bool,
    },
    /// The receiving organisation fetched a message, or a part of an attachment.
    ContentRead {
        message: u128,
        organisation: OrganisationTag,
        match_case: u128,
        consent: u128,
    },
    /// The receiving organisation has it in its own file; here its ciphertext was destroyed.
    ContentAcknowledged {
        message: u128,
        organisation: OrganisationTag,
        match_case: u128,
        consent: u128,
    },
    /// Ciphertext was destroyed because the exchange was closed for good, or because not all of an attachment came.
    ContentDestroyed {
        message: u128,
        match_case: u128,
        consent: u128,
        arriving: bool,
    },

    /// An organisation made a letter that opens its signal to one person of the family.
    LetterIssued {
        signal: u128,
        organisation: OrganisationTag,
        client: String,
        signatory: Signatory,
    },
    /// A person of the family read what their letter opens; `organisation` is the municipality whose desk they sat at.
    LetterRead {
        about: LogTag,
        organisation: Option<OrganisationTag>,
        signatory: Signatory,
    },
    /// A person of the family, of whom another service confirmed in this session who they are, read everything that is kept
    /// about the child; `about` is what their letter opens.
    FileRead { about: LogTag, signatory: Signatory },
    /// A person of the family exchanged the code of their letter for a return key.
    FamilyAccessMade { about: LogTag, signatory: Signatory },
    /// A person of the family logged in at a broker, beside what the letter opened for them.
    FamilyAccessStrengthened { about: LogTag, signatory: Signatory },
    /// A municipality took away what a person of the family could do with their letter: code, return key and sessions.
    FamilyAccessRevoked {
        about: LogTag,
        organisation: OrganisationTag,
        client: String,
        signatory: Signatory,
    },
    /// A municipality took it away and gave the same person a new code.
    LetterReplaced {
        about: LogTag,
        organisation: OrganisationTag,
        client: String,
        signatory: Signatory,
    },
    /// The family objected to a signal, `due` the decision; `organisation` as above.
    ObjectionMade {
        objection: u128,
        signal: u128,
        organisation: Option<OrganisationTag>,
        due: Timestamp,
        signatory: Signatory,
    },
    /// The organisation that gave the signal advised.
    ObjectionAdvised {
        objection: u128,
        organisation: OrganisationTag,
        advice: Advice,
    },
    /// The municipality decided.
    ObjectionDecided {
        objection: u128,
        organisation: OrganisationTag,
        outcome: objection::Outcome,
        reasons: Vec<objection::Reason>,
    },
    /// Whoever made it took it back.
    ObjectionWithdrawn { objection: u128 },
    /// The family asked for access, or for erasure, `due` the answer; `organisation` as above.
    RightsRequested {
        request: u128,
        right: Right,
        organisation: Option<OrganisationTag>,
        due: Timestamp,
        signatory: Signatory,
    },
    /// The municipality takes longer, until `due`.
    RightsRequestExtended {
        request: u128,
        organisation: OrganisationTag,
        due: Timestamp,
    },
    /// Whoever made it took it back.
    RightsRequestWithdrawn { request: u128 },
    /// The file about the child can be fetched.
    AccessGiven {
        request: u128,
        organisation: OrganisationTag,
        until: Timestamp,
    },
    /// It cannot.
    AccessRefused {
        request: u128,
        organisation: OrganisationTag,
        reason: RefusalReason,
    },
    /// The file was fetched.
    AccessViewed { request: u128, by: FetchedBy },
    /// The municipality decided about erasure.
    ErasureDecided {
        request: u128,
        organisation: OrganisationTag,
        to: RightsState,
        reason: Option<RefusalReason>,
    },

    /// The supervisor took an export of the log, with the openings of this scope.
    AuditExported {
        export: u128,
        organisation: OrganisationTag,
        client: String,
        scope: OpeningScope,
    },
    /// It was decided which openings a supervisor may have.
    AuditScopeChanged {
        tag: u128,
        organisation: OrganisationTag,
        scope: OpeningScope,
    },
    /// In a sandbox: its clock was moved to `to`.
    SandboxClockAdvanced {
        network: u128,
        organisation: OrganisationTag,
        to: Timestamp,
    },
    /// A key with which the portal signs consent records was published, in unpadded base64url.
    PortalKeyAdded { network: u128, key: String },
    /// The portal signs no more with this key; what it signed is still checked with it.
    PortalKeyRetired { network: u128, key: String },
    /// Partners got a further key of the network: from now on every signal carries a token made with it too.
    NetworkEpochAdded { network: u128, net_epoch: u16 },
    /// An epoch of the partners' key ends: its tokens are accepted until `until`.
    NetworkEpochEnded {
        network: u128,
        net_epoch: u16,
        compromised: bool,
        until: Timestamp,
    },
    /// Nothing is left that was made with the partners' key of an epoch.
    NetworkEpochDestroyed {
        network: u128,
        net_epoch: u16,
        compromised: bool,
        tags: u64,
    },
    /// A list of the keyholder's epochs was accepted; it begins with the one before. The hashes are SHA-256 of the lists
    /// in unpadded base64url.
    KeyholderListAccepted {
        network: u128,
        from: Option<String>,
        to: String,
        entries: u64,
    },
    /// An answer of the keyholder did not hold: it was made with another key, or changed on its way.
    KeyholderProofFailed { network: u128, oprf_epoch: u16 },
    /// Two children turned out to be one, because two organisations independently sent tokens that say so. These signals
    /// (of more than 40 the first) moved.
    SubjectMerged {
        network: u128,
        signals: Vec<u128>,
        moved: u64,
    },
    /// An organisation sent tokens of another epoch for its signal.
    SignalResubmitted {
        signal: u128,
        organisation: OrganisationTag,
    },
    /// It was decided which suite is the lowest that is taken from an organisation.
    OrganisationMinSuiteSet {
        organisation: OrganisationTag,
        min_suite: u8,
    },
    /// The opening of an earlier event was erased. `event` is that event's id, `about` the record it was about.
    OpeningErased { event: u128, about: LogTag },
    /// The professional's reference and contact were erased from a signal that had ended, and from its matches.
    ContactErased {
        signal: u128,
        organisation: OrganisationTag,
    },

    /// A ceremony began to rotate keys of the service: from here on signals are stored under both.
    KeysRotationStarted {
        rotation: u128,
        from: KeyEpochsOfTags,
        to: KeyEpochsOfTags,
        children: u64,
        tags: u64,
    },
    /// Every child had its tag under the next keys, and they became the live ones. `until`: tokens of the old ones.
    KeysRotationFlipped {
        rotation: u128,
        until: Timestamp,
        children: u64,
        tags: u64,
    },
    /// Nothing is left under the old keys.
    KeysRotationFinished {
        rotation: u128,
        children: u64,
        tags: u64,
    },

    /// This log goes on from another: `origin` is its name from here on, `previous` the last checkpoint of the other.
    LogOpened {
        log: u128,
        origin: String,
        previous: String,
    },
    /// The last leaf of a log that goes on under another name.
    LogClosed { log: u128, successor: String },
    /// Checkpoints are signed with a further key from here on.
    LogKeyAdded { log: u128, key: String },
    /// The scrubber found that what is stored is not what was signed, from the leaf at `from_leaf` on.
    LogFaultFound {
        log: u128,
        fault: String,
        from_leaf: u64,
    },
}

impl Event {
    /// What the log says about this event.
    pub fn record(&self) -> Record {
        use Event as E;
        use TagKind as T;
        match self {
            E::CovenantChanged { covenant, settings } => {
                Line::new("covenant.changed", T::Covenant, *covenant).opening(json!({ "settings": settings }))
            }
            E::OrganisationRegistered {
                tag,
                organisation,
                covenant,
                name,
                kind,
                sector,
            } => Line::new("organisation.registered", T::Organisation, *tag)
                .by(organisation)
                .with(T::Covenant, *covenant)
                .opening(json!({ "name": name, "kind": kind, "sector": sector })),
            E::OrganisationDelegated {
                organisation,
                delegate,
                may,
            } => {
                const STATE: &str = "delegated";
                let tag = u128::from_be_bytes(*organisation);
                let line = Line::new("organisation.delegated", T::Organisation, tag)
                    .by(organisation)
                    .with(T::Organisation, u128::from_be_bytes(*delegate));
                if *may { line.to(STATE) } else { line.from(STATE) }
            }
            E::GuardrailExceeded {
                organisation,
                limit,
                until,
            } => {
                let tag = u128::from_be_bytes(*organisation);
                Line::new("guardrail.exceeded", T::Organisation, tag)
                    .by(organisation)
                    .until(*until)
                    .opening(json!({ "limit": limit }))
            }
            E::AccessDenied {
                organisation,
                client,
                role,
                until,
            } => {
                let tag = u128::from_be_bytes(*organisation);
                Line::new("access.denied", T::Organisation, tag)
                    .by(organisation)
                    .until(*until)
                    .opening(json!({ "client": client, "role": role.slug() }))
            }
            E::BatchReceived {
                batch,
                organisation,
                client,
                lines,
            } => Line::new("batch.received", T::Batch, *batch)
                .by(organisation)
                .to(BatchState::Queued.slug())
                .opening(json!({ "client": client, "lines": lines })),
            E::BatchHeld {
                batch,
                organisation,
                lines,
                until,
            } => Line::new("batch.held", T::Batch, *batch)
                .by(organisation)
                .from(BatchState::Working.slug())
                .to(BatchState::Held.slug())
                .until(*until)
                .opening(json!({ "lines": lines })),
            E::BatchReleased {
                batch,
                organisation,
                client,
                lines,
            } => Line::new("batch.released", T::Batch, *batch)
                .by(organisation)
                .from(BatchState::Held.slug())
                .to(BatchState::Queued.slug())
                .opening(json!({ "client": client, "lines": lines })),
            E::BatchRefused {
                batch,
                organisation,
                client,
                lines,
            } => Line::new("batch.refused", T::Batch, *batch)
                .by(organisation)
                .opening(json!({ "client": client, "lines": lines })),
            E::BatchEnded {
                batch,
                organisation,
                from,
                tally,
            } => Line::new("batch.ended", T::Batch, *batch)
                .by(organisation)
                .from(from.slug())
                .to(BatchState::Ended.slug())
                .opening(json!({
                    "created": tally.created,
                    "known": tally.known,
                    "refused": tally.refused,
                    "withdrawn": tally.withdrawn,
                    "lapsed": tally.lapsed,
                })),
            E::ClientRegistered {
                tag,
                organisation,
                client,
                roles,
                kid,
            } => Line::new("client.registered", T::Client, *tag)
                .by(organisation)
                .opening(json!({ "client": client, "roles": roles, "kid": kid })),
            E::ClientDisabled {
                tag,
                organisation,
                client,
                by,
            } => Line::new("client.disabled", T::Client, *tag)
                .by(organisation)
                .opening(json!({ "client": client, "by": by.slug() })),
            E::ClientEnabled {
                tag,
                organisation,
                client,
                by,
            } => Line::new("client.enabled", T::Client, *tag)
                .by(organisation)
                .opening(json!({ "client": client, "by": by.slug() })),
            E::ClientKeyAdded {
                tag,
                organisation,
                client,
                kid,
            } => Line::new("client.key_added", T::Client, *tag)
                .by(organisation)
                .opening(json!({ "client": client, "kid": kid })),
            E::ClientKeyRetired {
                tag,
                organisation,
                client,
                kid,
            } => Line::new("client.key_retired", T::Client, *tag)
                .by(organisation)
                .opening(json!({ "client": client, "kid": kid })),
            E::OrganisationDisabled { organisation } => Line::new(
                "organisation.disabled",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation),
            E::OrganisationEnabled { organisation } => Line::new(
                "organisation.enabled",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation),
            E::SealingKeyAdded { organisation, key } => Line::new(
                "organisation.sealing_key_added",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation)
            .opening(json!({ "key": key })),
            E::SealingKeyRetired { organisation, key } => Line::new(
                "organisation.sealing_key_retired",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation)
            .opening(json!({ "key": key })),
            E::WebhookEndpointAdded {
                endpoint,
                organisation,
                client,
            } => Line::new("webhook.endpoint_added", T::WebhookEndpoint, *endpoint)
                .by(organisation)
                .to(ENABLED)
                .opening(json!({ "client": client })),
            E::WebhookSecretRotated {
                endpoint,
                organisation,
                client,
                until,
            } => Line::new("webhook.secret_rotated", T::WebhookEndpoint, *endpoint)
                .by(organisation)
                .until(*until)
                .opening(json!({ "client": client })),
            E::WebhookEndpointDisabled {
                endpoint,
                organisation,
                client,
                because,
            } => {
                let line = Line::new("webhook.endpoint_disabled", T::WebhookEndpoint, *endpoint)
                    .by(organisation)
                    .from(ENABLED)
                    .to(disabled(*because));
                match client {
                    Some(client) => line.opening(json!({ "client": client })),
                    None => line,
                }
            }
            E::WebhookEndpointEnabled {
                endpoint,
                organisation,
                client,
            } => Line::new("webhook.endpoint_enabled", T::WebhookEndpoint, *endpoint)
                .by(organisation)
                .to(ENABLED)
                .opening(json!({ "client": client })),
            E::WebhookEndpointRemoved {
                endpoint,
                organisation,
                client,
            } => Line::new("webhook.endpoint_removed", T::WebhookEndpoint, *endpoint)
                .by(organisation)
                .opening(json!({ "client": client })),
            E::MailAddressSet {
                organisation,
                client,
                present,
            } => Line::new(
                "mail.address_set",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation)
            .opening(json!({ "client": client, "present": present })),
            E::SignalSubmitted {
                signal,
                organisation,
                to,
                delegate,
                expires_at,
                tell_before,
                client,
                professional_reference,
            } => {
                let mut line = Line::new("signal.submitted", T::Signal, *signal)
                    .by(organisation)
                    .to(to.slug())
                    .until(*expires_at);
                let delegate = delegate.map(|id| LogTag::new(T::Organisation, u128::from_be_bytes(id)));
                line.0.related.extend(delegate);
                line.0.due = *tell_before;
                line.opening(json!({ "client": client, "professionalReference": professional_reference }))
            }
            E::SignalWoken { signal, organisation } => Line::new("signal.woken", T::Signal, *signal)
                .by(organisation)
                .from(SignalState::Sleeping.slug())
                .to(SignalState::Active.slug()),
            E::SignalEnded {
                signal,
                organisation,
                from,
                because,
            } => Line::new("signal.ended", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(ended(*because)),
            E::SignalExpired {
                signal,
                organisation,
                from,
            } => Line::new("signal.expired", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(SignalState::Expired.slug()),
            E::SignalArchived {
                signal,
                organisation,
                from,
            } => Line::new("signal.archived", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(SignalState::Archived.slug()),
            E::SignalDestroyed {
                signal,
                organisation,
                from,
                reason,
            } => Line::new("signal.destroyed", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(destroyed(*reason)),
            E::SignalReassigned {
                signal,
                organisation,
                client,
                from_reference,
                to_reference,
            } => Line::new("signal.reassigned", T::Signal, *signal)
                .by(organisation)
                .opening(json!({
                    "client": client, "professionalReference": to_reference, "previousReference": from_reference,
                })),
            E::ArchiveNoticed {
                signal,
                notice,
                to,
                destroyed_at,
            } => Line::new("archive.noticed", T::Signal, *signal)
                .by(to)
                .with(T::Notice, *notice)
                .until(*destroyed_at),
            E::ArchiveOpened {
                signal,
                notice,
                organisation,
                client,
                reason,
            } => Line::new("archive.opened", T::Signal, *signal)
                .by(organisation)
                .with(T::Notice, *notice)
                .opening(json!({ "client": client, "reason": reason })),
            E::SignalViewed { signal, organisation } => {
                Line::new("signal.viewed", T::Signal, *signal).by(organisation)
            }
            E::SignalPaused { signal, organisation } => Line::new("signal.paused", T::Signal, *signal)
                .by(organisation)
                .from(SignalState::Active.slug())
                .to(PAUSED),
            E::SignalResumed { signal, organisation } => Line::new("signal.resumed", T::Signal, *signal)
                .by(organisation)
                .from(PAUSED)
                .to(SignalState::Active.slug()),
            E::DisclosureRecorded {
                signal,
                organisation,
                from,
                on,
                channel,
                language,
                client,
                by,
            } => Line::new("disclosure.recorded", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(DisclosureState::Recorded.slug())
                .opening(json!({
                    "client": client, "on": on.to_string(), "channel": channel.slug(),
                    "language": language.slug(), "professionalReference": by,
                })),
            E::DisclosurePostponementProposed {
                signal,
                organisation,
                from,
                until,
                reason,
                review_on,
                client,
                by,
            } => Line::new("disclosure.postponement_proposed", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(DisclosureState::Proposed.slug())
                .until(*until)
                .opening(json!({
                    "client": client, "reason": reason.slug(), "reviewOn": review_on.to_string(), "professionalReference": by,
                })),
            E::DisclosurePostponed {
                signal,
                organisation,
                from,
                until,
                client,
                by,
            } => Line::new("disclosure.postponed", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(DisclosureState::Postponed.slug())
                .until(*until)
                .opening(json!({ "client": client, "professionalReference": by })),
            E::DisclosurePostponementRejected {
                signal,
                organisation,
                from,
                to,
                client,
                by,
            } => Line::new("disclosure.postponement_rejected", T::Signal, *signal)
                .by(organisation)
                .from(from.slug())
                .to(to.slug())
                .opening(json!({ "client": client, "professionalReference": by })),
            E::DisclosureReminded {
                signal,
                organisation,
                due,
            } => Line::new("disclosure.reminded", T::Signal, *signal)
                .by(organisation)
                .due(*due),
            E::MatchOpened {
                match_case,
                signals,
                contact_deadline,
            } => {
                let mut line = Line::new("match.opened", T::Match, *match_case)
                    .to(MatchState::Open.slug())
                    .due(*contact_deadline);
                line.0
                    .related
                    .extend(signals.iter().map(|signal| LogTag::new(T::Signal, *signal)));
                line
            }
            E::MatchJoined {
                match_case,
                signal,
                organisation,
                from,
                contact_deadline,
            } => Line::new("match.joined", T::Match, *match_case)
                .by(organisation)
                .with(T::Signal, *signal)
                .from(from.slug())
                .to(MatchState::Open.slug())
                .due(*contact_deadline),
            E::MatchLeft {
                match_case,
                organisation,
                because,
            } => Line::new("match.left", T::Match, *match_case)
                .by(organisation)
                .to(left(*because)),
            E::MatchClosed {
                match_case,
                organisation,
                from,
                outcome,
                approved_by,
            } => {
                let line = Line::new("match.closed", T::Match, *match_case)
                    .by(organisation)
                    .from(from.slug())
                    .to(closed(*outcome));
                match approved_by {
                    Some(approved_by) => line.opening(json!({ "approvedBy": approved_by })),
                    None => line,
                }
            }
            E::MatchLeadProposed {
                match_case,
                organisation,
                proposed,
            } => Line::new("match.lead_proposed", T::Match, *match_case)
                .by(organisation)
                .with(T::Organisation, u128::from_be_bytes(*proposed)),
            E::MatchLeadAccepted {
                match_case,
                organisation,
            } => Line::new("match.lead_accepted", T::Match, *match_case).by(organisation),
            E::MatchLeadDeclined {
                match_case,
                organisation,
            } => Line::new("match.lead_declined", T::Match, *match_case).by(organisation),
            E::MatchRelocated {
                match_case,
                organisation,
                municipality,
            } => Line::new("match.relocated", T::Match, *match_case)
                .by(organisation)
                .with(T::Organisation, u128::from_be_bytes(*municipality)),
            E::MatchViewed {
                match_case,
                organisation,
            } => Line::new("match.viewed", T::Match, *match_case).by(organisation),
            E::MatchContactConfirmed {
                match_case,
                organisation,
                from,
                to,
            } => Line::new("match.contact_confirmed", T::Match, *match_case)
                .by(organisation)
                .from(from.slug())
                .to(to.slug()),
            E::SoftMatchFound { soft_match, signals } => {
                Line::new("soft_match.found", T::SoftMatch, *soft_match)
                    .signals(signals)
                    .to(SoftMatchState::Asked.slug())
            }
            E::SoftMatchConfirmed {
                soft_match,
                organisation,
            } => Line::new("soft_match.confirmed", T::SoftMatch, *soft_match).by(organisation),
            E::SoftMatchDenied {
                soft_match,
                organisation,
            } => Line::new("soft_match.denied", T::SoftMatch, *soft_match)
                .by(organisation)
                .to(SoftMatchState::Denied.slug()),
            E::SoftMatchViewed {
                soft_match,
                organisation,
            } => Line::new("soft_match.viewed", T::SoftMatch, *soft_match).by(organisation),
            E::FamilyMatchFound {
                family_match,
                signals,
                from,
            } => {
                let mut line = Line::new("family_match.found", T::FamilyMatch, *family_match)
                    .signals(signals)
                    .to(FamilyMatchState::Open.slug());
                line.0.from = from.map(FamilyMatchState::slug);
                line
            }
            E::FamilyMatchEnded { family_match } => {
                Line::new("family_match.ended", T::FamilyMatch, *family_match)
                    .from(FamilyMatchState::Open.slug())
                    .to(FamilyMatchState::Ended.slug())
            }
            E::FamilyMatchViewed {
                family_match,
                organisation,
            } => Line::new("family_match.viewed", T::FamilyMatch, *family_match).by(organisation),
            E::NoticeDelivered {
                notice,
                organisation,
                about,
            } => Line::new("notice.delivered", T::Notice, *notice)
                .by(organisation)
                .about(*about)
                .to("delivered"),
            E::NoticeAcknowledged {
                notice,
                organisation,
                about,
                unread,
            } => Line::new("notice.acknowledged", T::Notice, *notice)
                .by(organisation)
                .about(*about)
                .from(if *unread { "unread" } else { "delivered" })
                .to("acknowledged"),
            E::NoticeUnread {
                notice,
                organisation,
                about,
            } => Line::new("notice.unread", T::Notice, *notice)
                .by(organisation)
                .about(*about)
                .from("delivered")
                .to("unread"),
            E::FollowUpReminded { match_case } => Line::new("follow_up.reminded", T::Match, *match_case),
            E::FollowUpEscalated { match_case, officer } => {
                Line::new("follow_up.escalated", T::Match, *match_case)
                    .by(officer.as_ref())
                    .from("overdue")
                    .to("escalated")
            }
            E::FollowUpMarked {
                match_case,
                organisation,
                mark,
            } => Line::new("follow_up.marked", T::Match, *match_case)
                .by(organisation)
                .to(mark.slug()),
            E::FollowUpViewed {
                match_case,
                organisation,
            } => Line::new("follow_up.viewed", T::Match, *match_case).by(organisation),
            E::StatisticsViewed {
                organisation,
                client,
                quarter,
            } => Line::new(
                "statistics.viewed",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation)
            .opening(json!({ "client": client, "quarter": quarter.to_string() })),
            E::ConsentRequested {
                consent,
                organisation,
                about,
                to,
                one_guardian_declares,
            } => {
                let line = Line::consent("consent.requested", *consent, *about)
                    .by(organisation)
                    .to(to.slug());
                match one_guardian_declares {
                    true => line.opening(json!({ "basis": "one_guardian_declares" })),
                    false => line,
                }
            }
            E::ConsentOpened {
                consent,
                about,
                signatory,
            } => Line::consent("consent.opened", *consent, *about).opening(signatory_value(*signatory)),
            E::ConsentSigned {
                consent,
                about,
                from,
                decision,
            } => Line::consent("consent.signed", *consent, *about)
                .from(from.slug())
                .to(ConsentState::PartiallyGiven.slug())
                .decision(decision),
            E::ConsentGiven {
                consent,
                about,
                from,
                valid_until,
                decision,
                how,
            } => {
                let line = Line::consent("consent.given", *consent, *about)
                    .from(from.slug())
                    .to(given(how.assurance))
                    .until(*valid_until);
                let mut line = match decision {
                    Some(decision) => line.decision(decision),
                    None => line.opening(json!({})),
                };
                if let Some(opening) = line.0.opening.as_mut() {
                    opening["consent"] =
                        json!({ "assurance": how.assurance.slug(), "method": how.method.slug() });
                }
                line
            }
            E::ConsentRefused {
                consent,
                about,
                from,
                decision,
            } => Line::consent("consent.refused", *consent, *about)
                .from(from.slug())
                .to(ConsentState::Refused.slug())
                .decision(decision),
            E::ConsentWithdrawn {
                consent,
                about,
                from,
                decision,
            } => Line::consent("consent.withdrawn", *consent, *about)
                .from(from.slug())
                .to(ConsentState::Withdrawn.slug())
                .decision(decision),
            E::ConsentReplaced {
                consent,
                match_case,
                successor,
            } => Line::consent("consent.replaced", *consent, LogTag::new(T::Match, *match_case))
                .with(T::Consent, *successor)
                .from(ConsentState::Given.slug())
                .to(ConsentState::Replaced.slug()),
            E::ConsentExpired { consent, about, from } => {
                Line::consent("consent.expired", *consent, *about)
                    .from(from.slug())
                    .to(ConsentState::Expired.slug())
            }
            E::ConsentSupersededByAge {
                consent,
                about,
                from,
                successor,
            } => Line::consent("consent.superseded_by_age", *consent, *about)
                .with(T::Consent, *successor)
                .from(from.slug())
                .to(ConsentState::SupersededByAge.slug()),
            E::ContentBegun {
                message,
                organisation,
                match_case,
                consent,
            } => Line::content("content.begun", *message, *match_case, *consent)
                .by(organisation)
                .to("begun"),
            E::ContentSent {
                message,
                organisation,
                match_case,
                consent,
                announced,
            } => {
                let line = Line::content("content.sent", *message, *match_case, *consent)
                    .by(organisation)
                    .to("sent");
                match announced {
                    true => line.from("begun"),
                    false => line,
                }
            }
            E::ContentRead {
                message,
                organisation,
                match_case,
                consent,
            } => Line::content("content.read", *message, *match_case, *consent).by(organisation),
            E::ContentAcknowledged {
                message,
                organisation,
                match_case,
                consent,
            } => Line::content("content.acknowledged", *message, *match_case, *consent)
                .by(organisation)
                .from("sent")
                .to("acknowledged"),
            E::ContentDestroyed {
                message,
                match_case,
                consent,
                arriving,
            } => Line::content("content.destroyed", *message, *match_case, *consent)
                .from(if *arriving { "begun" } else { "sent" })
                .to("destroyed"),
            E::LetterIssued {
                signal,
                organisation,
                client,
                signatory,
            } => Line::new("letter.issued", T::Signal, *signal)
                .by(organisation)
                .opening(client_and_signatory(client, *signatory)),
            E::LetterRead {
                about,
                organisation,
                signatory,
            } => Line::new("letter.read", about.kind, about.value)
                .by(organisation)
                .opening(signatory_value(*signatory)),
            E::FileRead { about, signatory } => {
                Line::new("file.read", about.kind, about.value).opening(signatory_value(*signatory))
            }
            E::FamilyAccessMade { about, signatory } => {
                Line::new("family_access.made", about.kind, about.value).opening(signatory_value(*signatory))
            }
            E::FamilyAccessStrengthened { about, signatory } => {
                Line::new("family_access.strengthened", about.kind, about.value)
                    .opening(signatory_value(*signatory))
            }
            E::FamilyAccessRevoked {
                about,
                organisation,
                client,
                signatory,
            } => Line::new("family_access.revoked", about.kind, about.value)
                .by(organisation)
                .opening(client_and_signatory(client, *signatory)),
            E::LetterReplaced {
                about,
                organisation,
                client,
                signatory,
            } => Line::new("letter.replaced", about.kind, about.value)
                .by(organisation)
                .opening(client_and_signatory(client, *signatory)),
            E::ObjectionMade {
                objection,
                signal,
                organisation,
                due,
                signatory,
            } => Line::new("objection.made", T::Objection, *objection)
                .by(organisation)
                .with(T::Signal, *signal)
                .to(ObjectionState::Open.slug())
                .due(*due)
                .opening(signatory_value(*signatory)),
            E::ObjectionAdvised {
                objection,
                organisation,
                advice,
            } => Line::new("objection.advised", T::Objection, *objection)
                .by(organisation)
                .opening(json!({ "advice": advice.slug() })),
            E::ObjectionDecided {
                objection,
                organisation,
                outcome,
                reasons,
            } => {
                let reasons: Vec<&str> = reasons.iter().map(|reason| reason.slug()).collect();
                Line::new("objection.decided", T::Objection, *objection)
                    .by(organisation)
                    .from(ObjectionState::Open.slug())
                    .to(outcome.state().slug())
                    .opening(json!({ "reasons": reasons }))
            }
            E::ObjectionWithdrawn { objection } => {
                Line::new("objection.withdrawn", T::Objection, *objection)
                    .from(ObjectionState::Open.slug())
                    .to(ObjectionState::Withdrawn.slug())
            }
            E::RightsRequested {
                request,
                right,
                organisation,
                due,
                signatory,
            } => {
                let name = match right {
                    Right::Access => "access.requested",
                    Right::Erasure => "erasure.requested",
                };
                Line::new(name, T::RightsRequest, *request)
                    .by(organisation)
                    .to(RightsState::Requested.slug())
                    .due(*due)
                    .opening(signatory_value(*signatory))
            }
            E::RightsRequestExtended {
                request,
                organisation,
                due,
            } => Line::new("rights_request.extended", T::RightsRequest, *request)
                .by(organisation)
                .due(*due),
            E::RightsRequestWithdrawn { request } => {
                Line::new("rights_request.withdrawn", T::RightsRequest, *request)
                    .from(RightsState::Requested.slug())
                    .to(RightsState::Withdrawn.slug())
            }
            E::AccessGiven {
                request,
                organisation,
                until,
            } => Line::new("access.given", T::RightsRequest, *request)
                .by(organisation)
                .from(RightsState::Requested.slug())
                .to(RightsState::Given.slug())
                .until(*until),
            E::AccessRefused {
                request,
                organisation,
                reason,
            } => Line::new("access.refused", T::RightsRequest, *request)
                .by(organisation)
                .from(RightsState::Requested.slug())
                .to(RightsState::Refused.slug())
                .opening(json!({ "reason": reason.slug() })),
            E::AccessViewed { request, by } => match by {
                FetchedBy::Municipality {
                    organisation,
                    client,
                } => Line::new("access.viewed", T::RightsRequest, *request)
                    .by(organisation)
                    .opening(json!({ "client": client })),
                FetchedBy::Family(signatory) => Line::new("access.viewed", T::RightsRequest, *request)
                    .opening(signatory_value(*signatory)),
            },
            E::ErasureDecided {
                request,
                organisation,
                to,
                reason,
            } => Line::new("erasure.decided", T::RightsRequest, *request)
                .by(organisation)
                .from(RightsState::Requested.slug())
                .to(to.slug())
                .opening(json!({ "reason": reason.map(RefusalReason::slug) })),
            E::AuditExported {
                export,
                organisation,
                client,
                scope,
            } => Line::new("audit.exported", T::Export, *export)
                .by(organisation)
                .opening(json!({
                    "client": client,
                    "events": scope.events_value(),
                    "organisations": scope.organisations_value(),
                })),
            E::AuditScopeChanged {
                tag,
                organisation,
                scope,
            } => Line::new("audit.scope_changed", T::Organisation, *tag)
                .by(organisation)
                .opening(json!({
                    "events": scope.events_value(),
                    "organisations": scope.organisations_value(),
                })),
            E::SandboxClockAdvanced {
                network,
                organisation,
                to,
            } => Line::new("sandbox.clock_advanced", T::Network, *network)
                .by(organisation)
                .until(*to),
            E::PortalKeyAdded { network, key } => {
                Line::new("portal.key_added", T::Network, *network).opening(json!({ "key": key }))
            }
            E::PortalKeyRetired { network, key } => {
                Line::new("portal.key_retired", T::Network, *network).opening(json!({ "key": key }))
            }
            E::NetworkEpochAdded { network, net_epoch } => {
                Line::new("network.epoch_added", T::Network, *network)
                    .opening(json!({ "netEpoch": net_epoch }))
            }
            E::NetworkEpochEnded {
                network,
                net_epoch,
                compromised,
                until,
            } => Line::new("network.epoch_ended", T::Network, *network)
                .until(*until)
                .opening(json!({ "netEpoch": net_epoch, "compromised": compromised })),
            E::NetworkEpochDestroyed {
                network,
                net_epoch,
                compromised,
                tags,
            } => Line::new("network.epoch_destroyed", T::Network, *network)
                .opening(json!({ "netEpoch": net_epoch, "compromised": compromised, "tags": tags })),
            E::KeyholderListAccepted {
                network,
                from,
                to,
                entries,
            } => Line::new("keyholder.list_accepted", T::Network, *network)
                .opening(json!({ "from": from, "to": to, "entries": entries })),
            E::KeyholderProofFailed { network, oprf_epoch } => {
                Line::new("keyholder.proof_failed", T::Network, *network)
                    .opening(json!({ "oprfEpoch": oprf_epoch }))
            }
            E::SubjectMerged {
                network,
                signals,
                moved,
            } => {
                let mut line = Line::new("subject.merged", T::Network, *network);
                line.0
                    .related
                    .extend(signals.iter().map(|signal| LogTag::new(T::Signal, *signal)));
                line.opening(json!({ "moved": moved }))
            }
            E::SignalResubmitted { signal, organisation } => {
                Line::new("signal.resubmitted", T::Signal, *signal).by(organisation)
            }
            E::OrganisationMinSuiteSet {
                organisation,
                min_suite,
            } => Line::new(
                "organisation.min_suite_set",
                T::Organisation,
                u128::from_be_bytes(*organisation),
            )
            .by(organisation)
            .opening(json!({ "minSuite": min_suite })),
            E::OpeningErased { event, about } => {
                let mut line = Line::new("opening.erased", T::Event, *event);
                line.0.related.push(*about);
                line
            }
            E::ContactErased { signal, organisation } => {
                Line::new("contact.erased", T::Signal, *signal).by(organisation)
            }
            E::KeysRotationStarted {
                rotation,
                from,
                to,
                children,
                tags,
            } => Line::new("keys.rotation_started", T::Rotation, *rotation)
                .to("filling")
                .opening(json!({
                    "from": from.value(), "to": to.value(), "children": children, "tags": tags,
                })),
            E::KeysRotationFlipped {
                rotation,
                until,
                children,
                tags,
            } => Line::new("keys.rotation_flipped", T::Rotation, *rotation)
                .from("filling")
                .to("flipped")
                .until(*until)
                .opening(json!({ "children": children, "tags": tags })),
            E::KeysRotationFinished {
                rotation,
                children,
                tags,
            } => Line::new("keys.rotation_finished", T::Rotation, *rotation)
                .from("flipped")
                .to("finished")
                .opening(json!({ "children": children, "tags": tags })),
            E::LogOpened {
                log,
                origin,
                previous,
            } => Line::new("log.opened", T::Log, *log)
                .opening(json!({ "origin": origin, "previous": previous })),
            E::LogClosed { log, successor } => {
                Line::new("log.closed", T::Log, *log).opening(json!({ "successor": successor }))
            }
            E::LogKeyAdded { log, key } => {
                Line::new("log.key_added", T::Log, *log).opening(json!({ "key": key }))
            }
            E::LogFaultFound {
                log,
                fault,
                from_leaf,
            } => Line::new("log.fault_found", T::Log, *log)
                .opening(json!({ "fault": fault, "fromLeaf": from_leaf })),
        }
        .0
    }

    /// Every name of the catalogue, in the order of the enum.
    pub const NAMES: &'static [&'static str] = &[
        "covenant.changed",
        "organisation.registered",
        "organisation.delegated",
        "guardrail.exceeded",
        "access.denied",
        "batch.received",
        "batch.held",
        "batch.released",
        "batch.refused",
        "batch.ended",
        "client.registered",
        "client.disabled",
        "client.enabled",
        "client.key_added",
        "client.key_retired",
        "organisation.disabled",
        "organisation.enabled",
        "organisation.sealing_key_added",
        "organisation.sealing_key_retired",
        "webhook.endpoint_added",
        "webhook.secret_rotated",
        "webhook.endpoint_disabled",
        "webhook.endpoint_enabled",
        "webhook.endpoint_removed",
        "mail.address_set",
        "signal.submitted",
        "signal.woken",
        "signal.ended",
        "signal.expired",
        "signal.archived",
        "signal.destroyed",
        "signal.reassigned",
        "archive.noticed",
        "archive.opened",
        "signal.viewed",
        "signal.paused",
        "signal.resumed",
        "disclosure.recorded",
        "disclosure.postponement_proposed",
        "disclosure.postponed",
        "disclosure.postponement_rejected",
        "disclosure.reminded",
        "match.opened",
        "match.joined",
        "match.left",
        "match.closed",
        "match.lead_proposed",
        "match.lead_accepted",
        "match.lead_declined",
        "match.relocated",
        "match.viewed",
        "match.contact_confirmed",
        "soft_match.found",
        "soft_match.confirmed",
        "soft_match.denied",
        "soft_match.viewed",
        "family_match.found",
        "family_match.ended",
        "family_match.viewed",
        "notice.delivered",
        "notice.acknowledged",
        "notice.unread",
        "follow_up.reminded",
        "follow_up.escalated",
        "follow_up.marked",
        "follow_up.viewed",
        "statistics.viewed",
        "consent.requested",
        "consent.opened",
        "consent.signed",
        "consent.given",
        "consent.refused",
        "consent.withdrawn",
        "consent.replaced",
        "consent.expired",
        "consent.superseded_by_age",
        "content.begun",
        "content.sent",
        "content.read",
        "content.acknowledged",
        "content.destroyed",
        "letter.issued",
        "letter.read",
        "letter.replaced",
        "family_access.made",
        "family_access.revoked",
        "family_access.strengthened",
        "file.read",
        "objection.made",
        "objection.advised",
        "objection.decided",
        "objection.withdrawn",
        "access.requested",
        "erasure.requested",
        "rights_request.extended",
        "rights_request.withdrawn",
        "access.given",
        "access.refused",
        "access.viewed",
        "erasure.decided",
        "audit.exported",
        "audit.scope_changed",
        "sandbox.clock_advanced",
        "portal.key_added",
        "portal.key_retired",
        "network.epoch_added",
        "network.epoch_ended",
        "network.epoch_destroyed",
        "keyholder.list_accepted",
        "keyholder.proof_failed",
        "subject.merged",
        "signal.resubmitted",
        "organisation.min_suite_set",
        "opening.erased",
        "contact.erased",
        "keys.rotation_started",
        "keys.rotation_flipped",
        "keys.rotation_finished",
        "log.opened",
        "log.closed",
        "log.key_added",
        "log.fault_found",
    ];
}

/// How an endpoint to which deliveries are made stands in the log.
const ENABLED: &str = "enabled";

/// How one to which none are made does.
const fn disabled(because: DisabledBecause) -> &'static str {
    match because {
        DisabledBecause::Requested => "disabled(requested)",
        DisabledBecause::Gone => "disabled(gone)",
        DisabledBecause::Failing => "disabled(failing)",
    }
}

/// How a signal that ended early stands in the log.
const fn ended(because: EndedBecause) -> &'static str {
    match because {
        EndedBecause::Resolved => "ended(resolved)",
        EndedBecause::Joined => "ended(joined)",
    }
}

/// How a party that left stands in the log.
const fn left(because: LeftBecause) -> &'static str {
    match because {
        LeftBecause::Expired => "left(expired)",
        LeftBecause::Resolved => "left(resolved)",
        LeftBecause::Unjustified => "left(unjustified)",
        LeftBecause::Objection => "left(objection)",
        LeftBecause::AgeLimit => "left(age_limit)",
        LeftBecause::Deceased => "left(deceased)",
        LeftBecause::Joined => "left(joined)",
    }
}

/// How a match that is over stands in the log.
const fn closed(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::TunedIn => "closed(tuned_in)",
        Outcome::AlreadyKnown => "closed(already_known)",
        Outcome::NoContact => "closed(no_contact)",
        Outcome::ConsentRefused => "closed(consent_refused)",
        Outcome::HandedToSafeguarding => "closed(handed_to_safeguarding)",
        Outcome::SignalsEnded => "closed(signals_ended)",
    }
}

/// How a signal stands in the log of which the family was not told in time.
const PAUSED: &str = "paused(no_disclosure)";

/// How a destroyed signal stands in the log: with why, so that a supervisor can count.
/// How sure a consent is stands in the leaf: a supervisor asks after those of letters, also when openings are gone.
const fn given(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Attested => "given(attested)",
        Assurance::Letter => "given(letter)",
        Assurance::Assisted => "given(assisted)",
        Assurance::Oidc => "given(oidc)",
    }
}

const fn destroyed(reason: DestroyReason) -> &'static str {
    match reason {
        DestroyReason::Unjustified => "destroyed(unjustified)",
        DestroyReason::Objection => "destroyed(objection)",
        DestroyReason::AgeLimit => "destroyed(age_limit)",
        DestroyReason::Deceased => "destroyed(deceased)",
        DestroyReason::Refused => "destroyed(refused)",
        DestroyReason::Unanswered => "destroyed(unanswered)",
        DestroyReason::EndedAsleep => "destroyed(ended_asleep)",
        DestroyReason::ArchiveOver => "destroyed(archive_over)",
        DestroyReason::ArchiveNoticed => "destroyed(archive_noticed)",
    }
}

#[cfg(test)]
mod tests;
