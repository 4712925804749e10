//! One test per event: the whole record, spelled out.

use jiff::Timestamp;

use super::*;
use crate::consent::{Form, SignatoryRole};

const ORG: OrganisationTag = [7; 16];
const AT: Timestamp = Timestamp::constant(1_803_891_600, 0);
const GUARDIAN_2: Signatory = Signatory {
    role: SignatoryRole::Guardian,
    number: 2,
};

const MATCH_2: LogTag = LogTag::new(TagKind::Match, 2);

fn in_the_portal() -> Decision {
    Decision {
        signatory: GUARDIAN_2,
        how: How::LETTER,
        recorded_by: None,
    }
}

fn recorded() -> Decision {
    Decision {
        signatory: GUARDIAN_2,
        how: Form::Written.how(),
        recorded_by: Some(RecordedBy {
            organisation: ORG,
            professional_reference: "p-9".to_owned(),
            on: jiff::civil::date(2027, 3, 1),
        }),
    }
}

#[test]
fn that_one_guardian_declares_for_both_is_on_record() {
    let asked = Event::ConsentRequested {
        consent: 1,
        organisation: ORG,
        about: MATCH_2,
        to: ConsentState::Requested,
        one_guardian_declares: true,
    };
    let line = r#"consent.requested org c_1 [m_2] ->requested  {"basis":"one_guardian_declares"}"#;
    assert_eq!(shown(&asked), line);
}

#[test]
fn who_fetched_their_own_file_is_on_record_by_their_capacity() {
    let fetched = Event::AccessViewed {
        request: 1,
        by: FetchedBy::Family(GUARDIAN_2),
    };
    let line = r#"access.viewed - q_1 [] ->-  {"number":2,"signatory":"guardian"}"#;
    assert_eq!(shown(&fetched), line);
}

#[test]
fn an_attachment_was_announced_before_it_is_sent_or_destroyed() {
    let (message, match_case, consent) = (1, 2, 3);
    let sent = Event::ContentSent {
        message,
        organisation: ORG,
        match_case,
        consent,
        announced: true,
    };
    assert_eq!(shown(&sent), "content.sent org d_1 [m_2 c_3] begun>sent  none");
    let destroyed = Event::ContentDestroyed {
        message,
        match_case,
        consent,
        arriving: true,
    };
    assert_eq!(
        shown(&destroyed),
        "content.destroyed - d_1 [m_2 c_3] begun>destroyed  none"
    );
}

/// Who agreed last was told before, where the key of the portal is not.
#[test]
fn a_consent_that_is_signed_later_names_no_signatory_again() {
    let given = Event::ConsentGiven {
        consent: 1,
        about: MATCH_2,
        from: ConsentState::PartiallyGiven,
        valid_until: AT,
        decision: None,
        how: Form::Oral.how(),
    };
    let line = r#"consent.given - c_1 [m_2] partially_given>given(attested) until {"consent":{"assurance":"attested","method":"oral"}}"#;
    assert_eq!(shown(&given), line);
}

/// Written as the log shows it: organisation yes or no, tags, states, instants, opening.
fn shown(event: &Event) -> String {
    let record = event.record();
    assert!(Event::NAMES.contains(&record.name));
    let short = |tag: &LogTag| {
        let long = tag.to_string();
        assert_eq!(long.len(), 34);
        format!("{}{}", &long[..2], long[2..].trim_start_matches('0'))
    };
    format!(
        "{} {} {} [{}] {}>{} {}{} {}",
        record.name,
        if record.organisation == Some(ORG) {
            "org"
        } else {
            "-"
        },
        short(&record.subject),
        record.related.iter().map(short).collect::<Vec<_>>().join(" "),
        record.from.unwrap_or("-"),
        record.to.unwrap_or("-"),
        if record.due == Some(AT) { "due" } else { "" },
        if record.until == Some(AT) { "until" } else { "" },
        record
            .opening
            .map_or_else(|| "none".to_owned(), |opening| opening.to_string()),
    )
}

macro_rules! records {
    ($($test:ident: $event:expr => $line:literal;)+) => {
        $(#[test] fn $test() { assert_eq!(shown(&$event), $line); })+

        #[test]
        fn each_name_of_the_catalogue_belongs_to_one_event() {
            let mut names = vec![$($event.record().name),+];
            assert_eq!(names, Event::NAMES);
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), Event::NAMES.len());
        }
    };
}

records! {
    covenant_changed: Event::CovenantChanged { covenant: 1, settings: "name = 1".to_owned() }
        => r#"covenant.changed - v_1 [] ->-  {"settings":"name = 1"}"#;
    organisation_registered: Event::OrganisationRegistered { tag: 1, organisation: ORG, covenant: 2, name: "S".to_owned(), kind: "partner", sector: Some("education") }
        => r#"organisation.registered org o_1 [v_2] ->-  {"kind":"partner","name":"S","sector":"education"}"#;
    organisation_delegated: Event::OrganisationDelegated { organisation: ORG, delegate: [1; 16], may: true }
        => "organisation.delegated org o_7070707070707070707070707070707 [o_1010101010101010101010101010101] ->delegated  none";
    guardrail_exceeded: Event::GuardrailExceeded { organisation: ORG, limit: 100, until: AT }
        => r#"guardrail.exceeded org o_7070707070707070707070707070707 [] ->- until {"limit":100}"#;
    access_denied: Event::AccessDenied { organisation: ORG, client: "cl_a".to_owned(), role: Role::Supervisor, until: AT }
        => r#"access.denied org o_7070707070707070707070707070707 [] ->- until {"client":"cl_a","role":"supervisor"}"#;
    batch_received: Event::BatchReceived { batch: 1, organisation: ORG, client: "cl_a".to_owned(), lines: 3 }
        => r#"batch.received org a_1 [] ->queued  {"client":"cl_a","lines":3}"#;
    batch_held: Event::BatchHeld { batch: 1, organisation: ORG, lines: 2, until: AT }
        => r#"batch.held org a_1 [] working>held until {"lines":2}"#;
    batch_released: Event::BatchReleased { batch: 1, organisation: ORG, client: "cl_t".to_owned(), lines: 2 }
        => r#"batch.released org a_1 [] held>queued  {"client":"cl_t","lines":2}"#;
    batch_refused: Event::BatchRefused { batch: 1, organisation: ORG, client: "cl_t".to_owned(), lines: 2 }
        => r#"batch.refused org a_1 [] ->-  {"client":"cl_t","lines":2}"#;
    batch_ended: Event::BatchEnded { batch: 1, organisation: ORG, from: BatchState::Working, tally: crate::batch::Tally { created: 1, known: 2, refused: 3, withdrawn: 4, lapsed: 5 } }
        => r#"batch.ended org a_1 [] working>ended  {"created":1,"known":2,"lapsed":5,"refused":3,"withdrawn":4}"#;
    client_registered: Event::ClientRegistered { tag: 1, organisation: ORG, client: "cl_a".to_owned(), roles: vec!["professional", "lead"], kid: "k9".to_owned() }
        => r#"client.registered org k_1 [] ->-  {"client":"cl_a","kid":"k9","roles":["professional","lead"]}"#;
    client_disabled: Event::ClientDisabled { tag: 1, organisation: ORG, client: "cl_a".to_owned(), by: DisabledBy::Operator }
        => r#"client.disabled org k_1 [] ->-  {"by":"operator","client":"cl_a"}"#;
    client_enabled: Event::ClientEnabled { tag: 1, organisation: ORG, client: "cl_a".to_owned(), by: DisabledBy::Organisation }
        => r#"client.enabled org k_1 [] ->-  {"by":"organisation","client":"cl_a"}"#;
    client_key_added: Event::ClientKeyAdded { tag: 1, organisation: ORG, client: "cl_a".to_owned(), kid: "k9".to_owned() }
        => r#"client.key_added org k_1 [] ->-  {"client":"cl_a","kid":"k9"}"#;
    client_key_retired: Event::ClientKeyRetired { tag: 1, organisation: ORG, client: "cl_a".to_owned(), kid: "k9".to_owned() }
        => r#"client.key_retired org k_1 [] ->-  {"client":"cl_a","kid":"k9"}"#;
    organisation_disabled: Event::OrganisationDisabled { organisation: ORG }
        => "organisation.disabled org o_7070707070707070707070707070707 [] ->-  none";
    organisation_enabled: Event::OrganisationEnabled { organisation: ORG }
        => "organisation.enabled org o_7070707070707070707070707070707 [] ->-  none";
    sealing_key_added: Event::SealingKeyAdded { organisation: ORG, key: "k9".to_owned() }
        => r#"organisation.sealing_key_added org o_7070707070707070707070707070707 [] ->-  {"key":"k9"}"#;
    sealing_key_retired: Event::SealingKeyRetired { organisation: ORG, key: "k9".to_owned() }
        => r#"organisation.sealing_key_retired org o_7070707070707070707070707070707 [] ->-  {"key":"k9"}"#;
    webhook_endpoint_added: Event::WebhookEndpointAdded { endpoint: 1, organisation: ORG, client: "cl_a".to_owned() }
        => r#"webhook.endpoint_added org h_1 [] ->enabled  {"client":"cl_a"}"#;
    webhook_secret_rotated: Event::WebhookSecretRotated { endpoint: 1, organisation: ORG, client: "cl_a".to_owned(), until: AT }
        => r#"webhook.secret_rotated org h_1 [] ->- until {"client":"cl_a"}"#;
    webhook_endpoint_disabled: Event::WebhookEndpointDisabled { endpoint: 1, organisation: ORG, client: None, because: DisabledBecause::Gone }
        => "webhook.endpoint_disabled org h_1 [] enabled>disabled(gone)  none";
    webhook_endpoint_enabled: Event::WebhookEndpointEnabled { endpoint: 1, organisation: ORG, client: "cl_a".to_owned() }
        => r#"webhook.endpoint_enabled org h_1 [] ->enabled  {"client":"cl_a"}"#;
    webhook_endpoint_removed: Event::WebhookEndpointRemoved { endpoint: 1, organisation: ORG, client: "cl_a".to_owned() }
        => r#"webhook.endpoint_removed org h_1 [] ->-  {"client":"cl_a"}"#;
    mail_address_set: Event::MailAddressSet { organisation: ORG, client: "cl_a".to_owned(), present: true }
        => r#"mail.address_set org o_7070707070707070707070707070707 [] ->-  {"client":"cl_a","present":true}"#;
    signal_submitted: Event::SignalSubmitted { signal: 1, organisation: ORG, to: SignalState::Sleeping, delegate: Some([1; 16]), expires_at: AT, tell_before: Some(AT), client: "cl_a".to_owned(), professional_reference: "p-9".to_owned() }
        => r#"signal.submitted org s_1 [o_1010101010101010101010101010101] ->sleeping dueuntil {"client":"cl_a","professionalReference":"p-9"}"#;
    signal_woken: Event::SignalWoken { signal: 1, organisation: ORG }
        => "signal.woken org s_1 [] sleeping>active  none";
    signal_ended: Event::SignalEnded { signal: 1, organisation: ORG, from: SignalState::Paused, because: EndedBecause::Resolved }
        => "signal.ended org s_1 [] paused>ended(resolved)  none";
    signal_expired: Event::SignalExpired { signal: 1, organisation: ORG, from: SignalState::Active }
        => "signal.expired org s_1 [] active>expired  none";
    signal_archived: Event::SignalArchived { signal: 1, organisation: ORG, from: SignalState::Ended }
        => "signal.archived org s_1 [] ended>archived  none";
    signal_destroyed: Event::SignalDestroyed { signal: 1, organisation: ORG, from: SignalState::Active, reason: DestroyReason::Unjustified }
        => "signal.destroyed org s_1 [] active>destroyed(unjustified)  none";
    signal_reassigned: Event::SignalReassigned { signal: 1, organisation: ORG, client: "cl_a".to_owned(), from_reference: "p-9".to_owned(), to_reference: "p-10".to_owned() }
        => r#"signal.reassigned org s_1 [] ->-  {"client":"cl_a","previousReference":"p-9","professionalReference":"p-10"}"#;
    archive_noticed: Event::ArchiveNoticed { signal: 1, notice: 2, to: ORG, destroyed_at: AT }
        => "archive.noticed org s_1 [n_2] ->- until none";
    archive_opened: Event::ArchiveOpened { signal: 1, notice: 2, organisation: ORG, client: "cl_a".to_owned(), reason: "new_plan" }
        => r#"archive.opened org s_1 [n_2] ->-  {"client":"cl_a","reason":"new_plan"}"#;
    signal_viewed: Event::SignalViewed { signal: 1, organisation: ORG }
        => "signal.viewed org s_1 [] ->-  none";
    signal_paused: Event::SignalPaused { signal: 1, organisation: ORG }
        => "signal.paused org s_1 [] active>paused(no_disclosure)  none";
    signal_resumed: Event::SignalResumed { signal: 1, organisation: ORG }
        => "signal.resumed org s_1 [] paused(no_disclosure)>active  none";
    disclosure_recorded: Event::DisclosureRecorded { signal: 1, organisation: ORG, from: DisclosureState::Overdue, on: jiff::civil::date(2027, 3, 1), channel: Channel::Telephone, language: SpokenLanguage::Tigrinya, client: "cl_a".to_owned(), by: "p-1".to_owned() }
        => r#"disclosure.recorded org s_1 [] overdue>recorded  {"channel":"telephone","client":"cl_a","language":"ti","on":"2027-03-01","professionalReference":"p-1"}"#;
    disclosure_postponement_proposed: Event::DisclosurePostponementProposed { signal: 1, organisation: ORG, from: DisclosureState::Due, until: AT, reason: Reason::ChildUnsafe, review_on: jiff::civil::date(2027, 6, 10), client: "cl_a".to_owned(), by: "p-1".to_owned() }
        => r#"disclosure.postponement_proposed org s_1 [] due>proposed until {"client":"cl_a","professionalReference":"p-1","reason":"child_unsafe","reviewOn":"2027-06-10"}"#;
    disclosure_postponed: Event::DisclosurePostponed { signal: 1, organisation: ORG, from: DisclosureState::Proposed, until: AT, client: "cl_a".to_owned(), by: "p-2".to_owned() }
        => r#"disclosure.postponed org s_1 [] proposed>postponed until {"client":"cl_a","professionalReference":"p-2"}"#;
    disclosure_postponement_rejected: Event::DisclosurePostponementRejected { signal: 1, organisation: ORG, from: DisclosureState::Proposed, to: DisclosureState::Due, client: "cl_a".to_owned(), by: "p-2".to_owned() }
        => r#"disclosure.postponement_rejected org s_1 [] proposed>due  {"client":"cl_a","professionalReference":"p-2"}"#;
    disclosure_reminded: Event::DisclosureReminded { signal: 1, organisation: ORG, due: AT }
        => "disclosure.reminded org s_1 [] ->- due none";
    match_opened: Event::MatchOpened { match_case: 1, signals: vec![2, 3], contact_deadline: AT }
        => "match.opened - m_1 [s_2 s_3] ->open due none";
    match_joined: Event::MatchJoined { match_case: 1, signal: 2, organisation: ORG, from: MatchState::ContactConfirmed, contact_deadline: AT }
        => "match.joined org m_1 [s_2] contact_confirmed>open due none";
    match_left: Event::MatchLeft { match_case: 1, organisation: ORG, because: LeftBecause::Resolved }
        => "match.left org m_1 [] ->left(resolved)  none";
    match_closed: Event::MatchClosed { match_case: 1, organisation: Some(ORG), from: MatchState::Open, outcome: Outcome::HandedToSafeguarding, approved_by: Some("p-2".to_owned()) }
        => r#"match.closed org m_1 [] open>closed(handed_to_safeguarding)  {"approvedBy":"p-2"}"#;
    match_lead_proposed: Event::MatchLeadProposed { match_case: 1, organisation: ORG, proposed: [1; 16] }
        => "match.lead_proposed org m_1 [o_1010101010101010101010101010101] ->-  none";
    match_lead_accepted: Event::MatchLeadAccepted { match_case: 1, organisation: ORG }
        => "match.lead_accepted org m_1 [] ->-  none";
    match_lead_declined: Event::MatchLeadDeclined { match_case: 1, organisation: ORG }
        => "match.lead_declined org m_1 [] ->-  none";
    match_relocated: Event::MatchRelocated { match_case: 1, organisation: ORG, municipality: [1; 16] }
        => "match.relocated org m_1 [o_1010101010101010101010101010101] ->-  none";
    match_viewed: Event::MatchViewed { match_case: 1, organisation: ORG }
        => "match.viewed org m_1 [] ->-  none";
    match_contact_confirmed: Event::MatchContactConfirmed { match_case: 1, organisation: ORG, from: MatchState::Open, to: MatchState::ContactConfirmed }
        => "match.contact_confirmed org m_1 [] open>contact_confirmed  none";
    soft_match_found: Event::SoftMatchFound { soft_match: 1, signals: vec![2, 3] }
        => "soft_match.found - p_1 [s_2 s_3] ->asked  none";
    soft_match_confirmed: Event::SoftMatchConfirmed { soft_match: 1, organisation: ORG }
        => "soft_match.confirmed org p_1 [] ->-  none";
    soft_match_denied: Event::SoftMatchDenied { soft_match: 1, organisation: ORG }
        => "soft_match.denied org p_1 [] ->denied  none";
    soft_match_viewed: Event::SoftMatchViewed { soft_match: 1, organisation: ORG }
        => "soft_match.viewed org p_1 [] ->-  none";
    family_match_found: Event::FamilyMatchFound { family_match: 1, signals: vec![2, 3], from: Some(FamilyMatchState::Open) }
        => "family_match.found - f_1 [s_2 s_3] open>open  none";
    family_match_ended: Event::FamilyMatchEnded { family_match: 1 }
        => "family_match.ended - f_1 [] open>ended  none";
    family_match_viewed: Event::FamilyMatchViewed { family_match: 1, organisation: ORG }
        => "family_match.viewed org f_1 [] ->-  none";
    notice_delivered: Event::NoticeDelivered { notice: 1, organisation: ORG, about: LogTag::new(TagKind::Match, 2) }
        => "notice.delivered org n_1 [m_2] ->delivered  none";
    notice_acknowledged: Event::NoticeAcknowledged { notice: 1, organisation: ORG, about: LogTag::new(TagKind::Match, 2), unread: true }
        => "notice.acknowledged org n_1 [m_2] unread>acknowledged  none";
    notice_unread: Event::NoticeUnread { notice: 1, organisation: ORG, about: LogTag::new(TagKind::Signal, 2) }
        => "notice.unread org n_1 [s_2] delivered>unread  none";
    follow_up_reminded: Event::FollowUpReminded { match_case: 1 }
        => "follow_up.reminded - m_1 [] ->-  none";
    follow_up_escalated: Event::FollowUpEscalated { match_case: 1, officer: Some(ORG) }
        => "follow_up.escalated org m_1 [] overdue>escalated  none";
    follow_up_marked: Event::FollowUpMarked { match_case: 1, organisation: ORG, mark: Mark::CalledBoth }
        => "follow_up.marked org m_1 [] ->called_both  none";
    follow_up_viewed: Event::FollowUpViewed { match_case: 1, organisation: ORG }
        => "follow_up.viewed org m_1 [] ->-  none";
    statistics_viewed: Event::StatisticsViewed { organisation: ORG, client: "cl_a".to_owned(), quarter: Quarter::parse("2027-Q1").unwrap() }
        => r#"statistics.viewed org o_7070707070707070707070707070707 [] ->-  {"client":"cl_a","quarter":"2027-Q1"}"#;
    consent_requested: Event::ConsentRequested { consent: 1, organisation: ORG, about: MATCH_2, to: ConsentState::Requested, one_guardian_declares: false }
        => "consent.requested org c_1 [m_2] ->requested  none";
    consent_opened: Event::ConsentOpened { consent: 1, about: MATCH_2, signatory: GUARDIAN_2 }
        => r#"consent.opened - c_1 [m_2] ->-  {"number":2,"signatory":"guardian"}"#;
    consent_signed: Event::ConsentSigned { consent: 1, about: MATCH_2, from: ConsentState::Requested, decision: in_the_portal() }
        => r#"consent.signed - c_1 [m_2] requested>partially_given  {"assurance":"letter","method":"portal","number":2,"signatory":"guardian"}"#;
    consent_given: Event::ConsentGiven { consent: 1, about: MATCH_2, from: ConsentState::PartiallyGiven, valid_until: AT, decision: Some(in_the_portal()), how: Form::Oral.how() }
        => r#"consent.given - c_1 [m_2] partially_given>given(attested) until {"assurance":"letter","consent":{"assurance":"attested","method":"oral"},"method":"portal","number":2,"signatory":"guardian"}"#;
    consent_refused: Event::ConsentRefused { consent: 1, about: MATCH_2, from: ConsentState::Requested, decision: in_the_portal() }
        => r#"consent.refused - c_1 [m_2] requested>refused  {"assurance":"letter","method":"portal","number":2,"signatory":"guardian"}"#;
    consent_withdrawn: Event::ConsentWithdrawn { consent: 1, about: MATCH_2, from: ConsentState::Given, decision: recorded() }
        => r#"consent.withdrawn org c_1 [m_2] given>withdrawn  {"assurance":"attested","method":"written","number":2,"on":"2027-03-01","professionalReference":"p-9","signatory":"guardian"}"#;
    consent_replaced: Event::ConsentReplaced { consent: 1, match_case: 2, successor: 3 }
        => "consent.replaced - c_1 [m_2 c_3] given>replaced  none";
    consent_expired: Event::ConsentExpired { consent: 1, about: LogTag::new(TagKind::Signal, 2), from: ConsentState::Given }
        => "consent.expired - c_1 [s_2] given>expired  none";
    consent_superseded_by_age: Event::ConsentSupersededByAge { consent: 1, about: MATCH_2, from: ConsentState::PartiallyGiven, successor: 3 }
        => "consent.superseded_by_age - c_1 [m_2 c_3] partially_given>superseded_by_age  none";
    content_begun: Event::ContentBegun { message: 1, organisation: ORG, match_case: 2, consent: 3 }
        => "content.begun org d_1 [m_2 c_3] ->begun  none";
    content_sent: Event::ContentSent { message: 1, organisation: ORG, match_case: 2, consent: 3, announced: false }
        => "content.sent org d_1 [m_2 c_3] ->sent  none";
    content_read: Event::ContentRead { message: 1, organisation: ORG, match_case: 2, consent: 3 }
        => "content.read org d_1 [m_2 c_3] ->-  none";
    content_acknowledged: Event::ContentAcknowledged { message: 1, organisation: ORG, match_case: 2, consent: 3 }
        => "content.acknowledged org d_1 [m_2 c_3] sent>acknowledged  none";
    content_destroyed: Event::ContentDestroyed { message: 1, match_case: 2, consent: 3, arriving: false }
        => "content.destroyed - d_1 [m_2 c_3] sent>destroyed  none";
    letter_issued: Event::LetterIssued { signal: 1, organisation: ORG, client: "cl_a".to_owned(), signatory: GUARDIAN_2 }
        => r#"letter.issued org s_1 [] ->-  {"client":"cl_a","number":2,"signatory":"guardian"}"#;
    letter_read: Event::LetterRead { about: LogTag::new(TagKind::Consent, 1), organisation: Some(ORG), signatory: GUARDIAN_2 }
        => r#"letter.read org c_1 [] ->-  {"number":2,"signatory":"guardian"}"#;
    letter_replaced: Event::LetterReplaced { about: LogTag::new(TagKind::Signal, 1), organisation: ORG, client: "cl_a".to_owned(), signatory: GUARDIAN_2 }
        => r#"letter.replaced org s_1 [] ->-  {"client":"cl_a","number":2,"signatory":"guardian"}"#;
    family_access_made: Event::FamilyAccessMade { about: LogTag::new(TagKind::Signal, 1), signatory: GUARDIAN_2 }
        => r#"family_access.made - s_1 [] ->-  {"number":2,"signatory":"guardian"}"#;
    family_access_revoked: Event::FamilyAccessRevoked { about: LogTag::new(TagKind::Consent, 1), organisation: ORG, client: "cl_a".to_owned(), signatory: GUARDIAN_2 }
        => r#"family_access.revoked org c_1 [] ->-  {"client":"cl_a","number":2,"signatory":"guardian"}"#;
    family_access_strengthened: Event::FamilyAccessStrengthened { about: LogTag::new(TagKind::Signal, 1), signatory: GUARDIAN_2 }
        => r#"family_access.strengthened - s_1 [] ->-  {"number":2,"signatory":"guardian"}"#;
    file_read: Event::FileRead { about: LogTag::new(TagKind::Signal, 1), signatory: GUARDIAN_2 }
        => r#"file.read - s_1 [] ->-  {"number":2,"signatory":"guardian"}"#;
    objection_made: Event::ObjectionMade { objection: 1, signal: 2, organisation: None, due: AT, signatory: GUARDIAN_2 }
        => r#"objection.made - b_1 [s_2] ->open due {"number":2,"signatory":"guardian"}"#;
    objection_advised: Event::ObjectionAdvised { objection: 1, organisation: ORG, advice: Advice::KeepSignal }
        => r#"objection.advised org b_1 [] ->-  {"advice":"keep_signal"}"#;
    objection_decided: Event::ObjectionDecided { objection: 1, organisation: ORG, outcome: objection::Outcome::Upheld, reasons: vec![objection::Reason::NoGround] }
        => r#"objection.decided org b_1 [] open>upheld  {"reasons":["no_ground"]}"#;
    objection_withdrawn: Event::ObjectionWithdrawn { objection: 1 }
        => "objection.withdrawn - b_1 [] open>withdrawn  none";
    access_requested: Event::RightsRequested { request: 1, right: Right::Access, organisation: Some(ORG), due: AT, signatory: GUARDIAN_2 }
        => r#"access.requested org q_1 [] ->requested due {"number":2,"signatory":"guardian"}"#;
    erasure_requested: Event::RightsRequested { request: 1, right: Right::Erasure, organisation: None, due: AT, signatory: GUARDIAN_2 }
        => r#"erasure.requested - q_1 [] ->requested due {"number":2,"signatory":"guardian"}"#;
    rights_request_extended: Event::RightsRequestExtended { request: 1, organisation: ORG, due: AT }
        => "rights_request.extended org q_1 [] ->- due none";
    rights_request_withdrawn: Event::RightsRequestWithdrawn { request: 1 }
        => "rights_request.withdrawn - q_1 [] requested>withdrawn  none";
    access_given: Event::AccessGiven { request: 1, organisation: ORG, until: AT }
        => "access.given org q_1 [] requested>given until none";
    access_refused: Event::AccessRefused { request: 1, organisation: ORG, reason: RefusalReason::NotEntitled }
        => r#"access.refused org q_1 [] requested>refused  {"reason":"not_entitled"}"#;
    access_viewed: Event::AccessViewed { request: 1, by: FetchedBy::Municipality { organisation: ORG, client: "cl_a".to_owned() } }
        => r#"access.viewed org q_1 [] ->-  {"client":"cl_a"}"#;
    erasure_decided: Event::ErasureDecided { request: 1, organisation: ORG, to: RightsState::Partly, reason: None }
        => r#"erasure.decided org q_1 [] requested>partly  {"reason":null}"#;
    audit_exported: Event::AuditExported { export: 1, organisation: ORG, client: "cl_s".to_owned(), scope: OpeningScope::ALL }
        => r#"audit.exported org x_1 [] ->-  {"client":"cl_s","events":"all","organisations":"all"}"#;
    audit_scope_changed: Event::AuditScopeChanged { tag: 1, organisation: ORG, scope: OpeningScope::ALL }
        => r#"audit.scope_changed org o_1 [] ->-  {"events":"all","organisations":"all"}"#;
    sandbox_clock_advanced: Event::SandboxClockAdvanced { network: 1, organisation: ORG, to: AT }
        => "sandbox.clock_advanced org w_1 [] ->- until none";
    portal_key_added: Event::PortalKeyAdded { network: 1, key: "key".to_owned() }
        => r#"portal.key_added - w_1 [] ->-  {"key":"key"}"#;
    portal_key_retired: Event::PortalKeyRetired { network: 1, key: "key".to_owned() }
        => r#"portal.key_retired - w_1 [] ->-  {"key":"key"}"#;
    network_epoch_added: Event::NetworkEpochAdded { network: 1, net_epoch: 2 }
        => r#"network.epoch_added - w_1 [] ->-  {"netEpoch":2}"#;
    network_epoch_ended: Event::NetworkEpochEnded { network: 1, net_epoch: 2, compromised: true, until: AT }
        => r#"network.epoch_ended - w_1 [] ->- until {"compromised":true,"netEpoch":2}"#;
    network_epoch_destroyed: Event::NetworkEpochDestroyed { network: 1, net_epoch: 2, compromised: false, tags: 7 }
        => r#"network.epoch_destroyed - w_1 [] ->-  {"compromised":false,"netEpoch":2,"tags":7}"#;
    keyholder_list_accepted: Event::KeyholderListAccepted { network: 1, from: None, to: "hash".to_owned(), entries: 2 }
        => r#"keyholder.list_accepted - w_1 [] ->-  {"entries":2,"from":null,"to":"hash"}"#;
    keyholder_proof_failed: Event::KeyholderProofFailed { network: 1, oprf_epoch: 2 }
        => r#"keyholder.proof_failed - w_1 [] ->-  {"oprfEpoch":2}"#;
    subject_merged: Event::SubjectMerged { network: 1, signals: vec![2, 3], moved: 2 }
        => r#"subject.merged - w_1 [s_2 s_3] ->-  {"moved":2}"#;
    signal_resubmitted: Event::SignalResubmitted { signal: 1, organisation: ORG }
        => "signal.resubmitted org s_1 [] ->-  none";
    organisation_min_suite_set: Event::OrganisationMinSuiteSet { organisation: ORG, min_suite: 2 }
        => r#"organisation.min_suite_set org o_7070707070707070707070707070707 [] ->-  {"minSuite":2}"#;
    opening_erased: Event::OpeningErased { event: 1, about: LogTag::new(TagKind::Signal, 2) }
        => "opening.erased - e_1 [s_2] ->-  none";
    contact_erased: Event::ContactErased { signal: 1, organisation: ORG }
        => "contact.erased org s_1 [] ->-  none";
    keys_rotation_started: Event::KeysRotationStarted {
        rotation: 1,
        from: KeyEpochsOfTags { suite: 1, oprf_epoch: None, tag_epoch: 1 },
        to: KeyEpochsOfTags { suite: 2, oprf_epoch: Some(4), tag_epoch: 2 },
        children: 3,
        tags: 5,
    }
        => r#"keys.rotation_started - r_1 [] ->filling  {"children":3,"from":{"suite":1,"tagEpoch":1},"tags":5,"to":{"oprfEpoch":4,"suite":2,"tagEpoch":2}}"#;
    keys_rotation_flipped: Event::KeysRotationFlipped { rotation: 1, until: AT, children: 3, tags: 5 }
        => r#"keys.rotation_flipped - r_1 [] filling>flipped until {"children":3,"tags":5}"#;
    keys_rotation_finished: Event::KeysRotationFinished { rotation: 1, children: 3, tags: 5 }
        => r#"keys.rotation_finished - r_1 [] flipped>finished  {"children":3,"tags":5}"#;
    log_opened: Event::LogOpened { log: 1, origin: "l/2".to_owned(), previous: "l/1 8".to_owned() }
        => r#"log.opened - l_1 [] ->-  {"origin":"l/2","previous":"l/1 8"}"#;
    log_closed: Event::LogClosed { log: 1, successor: "l/2".to_owned() }
        => r#"log.closed - l_1 [] ->-  {"successor":"l/2"}"#;
    log_key_added: Event::LogKeyAdded { log: 1, key: "l+1+2".to_owned() }
        => r#"log.key_added - l_1 [] ->-  {"key":"l+1+2"}"#;
    log_fault_found: Event::LogFaultFound { log: 1, fault: "a leaf differs".to_owned(), from_leaf: 7 }
        => r#"log.fault_found - l_1 [] ->-  {"fault":"a leaf differs","fromLeaf":7}"#;
}

#[test]
fn an_end_is_named_with_its_reason() {
    for reason in DestroyReason::ALL {
        assert_eq!(destroyed(reason), format!("destroyed({})", reason.slug()));
    }
    for assurance in Assurance::ALL {
        assert_eq!(given(assurance), format!("given({assurance})"));
    }
    for because in EndedBecause::ALL {
        assert_eq!(ended(because), format!("{}({because})", SignalState::Ended));
    }
    for because in LeftBecause::ALL {
        assert_eq!(left(because), format!("left({because})"));
    }
    for outcome in Outcome::ALL {
        assert_eq!(closed(outcome), format!("{}({outcome})", MatchState::Closed));
    }
}
