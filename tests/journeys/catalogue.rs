//! The catalogue of events: the same at who writes the log and who verifies it, and each act leaves exactly one leaf.

use std::collections::{BTreeMap, BTreeSet};

use casework::{ErasureOf, FamilyKey};
use domain::event::{Event, OpeningScope};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use protocol::consent::{AgeBand, ConsentRequestSubmission};
use protocol::follow_up::Mark;
use protocol::objection::{Advice, ObjectionOutcome, ObjectionReason};
use protocol::page::PageQuery;
use protocol::rights_request::{RefusalReason, Right, RightsAnswer};
use protocol::signal::EndReason;
use tests::{
    Broker, Client, Guardian, Http, Method, Parcel, Professional, Region, Sector, Settings, assert_sound,
    child, events, eventually, letter_with, log_signer,
};

#[test]
fn what_is_written_and_what_is_verified_are_one_catalogue() {
    let written: BTreeSet<&str> = Event::NAMES.iter().copied().chain(keyholder::EVENTS).collect();
    let verified: BTreeSet<&str> = audit_log::verify::KNOWN_EVENTS.iter().copied().collect();
    assert_eq!(written, verified);
}

/// Sees which leaves came since it looked last.
struct Watch<'r> {
    region: &'r Region,
    seen: BTreeMap<String, i64>,
    ever: BTreeSet<String>,
}

impl Watch<'_> {
    async fn expects(&mut self, act: &str, expected: &[(&str, i64)]) {
        let now = events(self.region).await;
        let new: BTreeMap<&str, i64> = now
            .iter()
            .map(|(name, count)| (name.as_str(), count - self.seen.get(name).unwrap_or(&0)))
            .filter(|(_, count)| *count != 0)
            .collect();
        assert_eq!(new, expected.iter().copied().collect(), "{act}");
        self.ever.extend(now.keys().cloned());
        self.seen = now;
    }

    /// Does not care for what came since it looked last.
    async fn looks_away(&mut self) {
        self.seen = events(self.region).await;
        self.ever.extend(self.seen.keys().cloned());
    }
}

const ALL: PageQuery = PageQuery {
    limit: 100,
    cursor: None,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_act_leaves_its_leaf_and_no_other() {
    let region = Region::with(Settings::default()).await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    let registered = [("organisation.registered", 1), ("client.registered", 1)];
    let begins = [
        ("portal.key_added", 1),
        ("covenant.changed", 1),
        registered[0],
        registered[1],
    ];
    watch
        .expects("the portal, a covenant and its municipality", &begins)
        .await;
    let supervisor = region.supervisor().await;
    watch.expects("a supervisor", &registered).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    // A partner is registered with the key to which others seal.
    let sealing_key = ("organisation.sealing_key_added", 1);
    let partner = [registered[0], registered[1], sealing_key];
    watch.expects("an organisation", &partner).await;
    let partner = &school.partner;
    let endpoint = partner
        .add_webhook_endpoint("https://hooks.school.example/trefpunt", None)
        .await
        .unwrap()
        .endpoint
        .id;
    watch
        .expects("where to tell it", &[("webhook.endpoint_added", 1)])
        .await;
    partner.rotate_webhook_secret(endpoint, None).await.unwrap();
    watch
        .expects("a new secret", &[("webhook.secret_rotated", 1)])
        .await;
    partner.test_webhook_endpoint(endpoint, None).await.unwrap();
    watch.expects("a test", &[]).await;
    for expected in [1, 0] {
        partner.disable_webhook_endpoint(endpoint, None).await.unwrap();
        let leaves: &[(&str, i64)] = &[("webhook.endpoint_disabled", expected)];
        watch
            .expects(
                "nothing sent there",
                &leaves[..usize::try_from(expected).unwrap()],
            )
            .await;
    }
    for expected in [1, 0] {
        partner.enable_webhook_endpoint(endpoint, None).await.unwrap();
        let leaves: &[(&str, i64)] = &[("webhook.endpoint_enabled", expected)];
        watch
            .expects("sent there again", &leaves[..usize::try_from(expected).unwrap()])
            .await;
    }
    partner.remove_webhook_endpoint(endpoint, None).await.unwrap();
    watch
        .expects("an address taken away", &[("webhook.endpoint_removed", 1)])
        .await;
    school
        .mails_coordinator_at(Some("coordinator@zonnewijzer.example"))
        .await;
    watch
        .expects("where to mail its coordinator", &[("mail.address_set", 1)])
        .await;
    school
        .mails_coordinator_at(Some("coordinator@zonnewijzer.example"))
        .await;
    watch.expects("the same again", &[]).await;
    for leaves in [&[("access.denied", 1)][..], &[]] {
        let answer = Http::new(&region.url)
            .get("/v1/alerts", &[("authorization", &school.bearer().await)])
            .await;
        assert_eq!(answer.status, 403);
        watch.expects("a supervisor's door", leaves).await;
    }
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    watch
        .expects(
            "two more",
            &[
                ("organisation.registered", 2),
                ("client.registered", 2),
                ("organisation.sealing_key_added", 2),
            ],
        )
        .await;

    let signal = school.signals_until(&child(1), "2027-08-01").await;
    watch
        .expects(
            "a signal, of which the family is told",
            &[("signal.submitted", 1), ("disclosure.recorded", 1)],
        )
        .await;
    school
        .partner
        .submit_signal(&school.new_signal(&child(1), "2027-09-01"), None)
        .await
        .unwrap();
    watch.expects("the same signal", &[]).await;
    school.partner.signal(signal.id).await.unwrap();
    watch.expects("reading it", &[("signal.viewed", 1)]).await;
    let again = school.new_signal(&child(1), "2027-09-01");
    school
        .partner
        .resubmit_signals(&again.professional.reference, &[(signal.id, child(1).bsn())])
        .await
        .unwrap();
    watch
        .expects("sending its tokens again", &[("signal.resubmitted", 1)])
        .await;
    help.signals(&child(1)).await;
    region.quiet().await;
    watch
        .expects(
            "the second",
            &[
                ("signal.submitted", 1),
                ("disclosure.recorded", 1),
                ("match.opened", 1),
                ("notice.delivered", 2),
            ],
        )
        .await;
    let notice = school.is_told(1).await.remove(0);
    watch.expects("looking into the inbox", &[]).await;
    school.partner.acknowledge_notice(notice.id, None).await.unwrap();
    watch
        .expects("acknowledging", &[("notice.acknowledged", 1)])
        .await;
    school.partner.acknowledge_notice(notice.id, None).await.unwrap();
    watch.expects("acknowledging again", &[]).await;
    let match_id = notice.match_id.unwrap();
    school.sees(match_id).await;
    watch.expects("reading a match", &[("match.viewed", 1)]).await;
    help.matches().await;
    watch.expects("listing matches", &[("match.viewed", 1)]).await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    watch.expects("contact", &[("match.contact_confirmed", 2)]).await;
    school.confirms_contact(match_id).await;
    watch.expects("contact again", &[]).await;

    let request = school.asks_consent(match_id, AgeBand::Under12, 2).await;
    watch.expects("asking", &[("consent.requested", 1)]).await;
    let mut letters = Guardian::of(&region, &request);
    letters[0].enters().await;
    watch
        .expects(
            "the first letter",
            &[("consent.opened", 1), ("family_access.made", 1)],
        )
        .await;
    letters[0].agrees().await;
    watch.expects("the first yes", &[("consent.signed", 1)]).await;
    letters[1].agrees().await;
    watch
        .expects(
            "the second",
            &[
                ("consent.opened", 1),
                ("family_access.made", 1),
                ("consent.given", 1),
            ],
        )
        .await;
    let sealed = school
        .partner
        .seal_message(match_id, help.organisation, b"x")
        .await
        .unwrap();
    watch.expects("sealing", &[("match.viewed", 1)]).await;
    let message = school
        .partner
        .send_sealed(match_id, &sealed, None)
        .await
        .unwrap()
        .message_id;
    watch
        .expects("sending", &[("content.sent", 1), ("notice.delivered", 1)])
        .await;
    help.partner.messages(match_id, &ALL).await.unwrap();
    watch.expects("listing messages", &[("match.viewed", 1)]).await;
    help.reads(match_id, message).await;
    watch
        .expects("reading", &[("match.viewed", 1), ("content.read", 1)])
        .await;
    help.partner.acknowledge(match_id, message, None).await.unwrap();
    watch
        .expects("acknowledging", &[("content.acknowledged", 1)])
        .await;
    let record = school.has_record(match_id, request.id).await.hash;
    let parcel = Parcel::of(&region, (&school, &help), match_id, record, (1, 100)).await;
    watch.expects("looking up the record", &[]).await;
    parcel.announced("catalogue-1").await;
    watch
        .expects("announcing an attachment", &[("content.begun", 1)])
        .await;
    parcel.sent(0).await;
    watch
        .expects("all of it", &[("content.sent", 1), ("notice.delivered", 1)])
        .await;

    care.signals(&child(1)).await;
    region.quiet().await;
    watch
        .expects(
            "a third",
            &[
                ("signal.submitted", 1),
                ("disclosure.recorded", 1),
                ("match.joined", 1),
                ("notice.delivered", 3),
            ],
        )
        .await;
    care.confirms_contact(match_id).await;
    watch
        .expects("its contact", &[("match.contact_confirmed", 1)])
        .await;
    let larger = care.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut guardian = Guardian::of(&region, &larger).remove(0);
    guardian.agrees().await;
    watch
        .expects(
            "a larger consent",
            &[
                ("consent.requested", 1),
                ("consent.opened", 1),
                ("family_access.made", 1),
                ("consent.given", 1),
                ("consent.replaced", 1),
            ],
        )
        .await;
    school.writes(match_id, &help, "y").await;
    watch
        .expects(
            "another message",
            &[("match.viewed", 1), ("content.sent", 1), ("notice.delivered", 1)],
        )
        .await;
    guardian.withdraws().await;
    watch
        .expects(
            "withdrawing",
            &[("consent.withdrawn", 1), ("content.destroyed", 2)],
        )
        .await;

    let again = help.asks_consent(match_id, AgeBand::Under12, 1).await;
    region.at("2027-05-31T10:00:00+02:00").await;
    while region.casework.note_unread_once().await.unwrap() > 0 {}
    watch
        .expects(
            "asking again, and seven notices that nobody read",
            &[("consent.requested", 1), ("notice.unread", 7)],
        )
        .await;
    let once_more = help.asks_consent(match_id, AgeBand::Under12, 1).await;
    watch
        .expects(
            "asking once more after no answer",
            &[("consent.requested", 1), ("consent.expired", 1)],
        )
        .await;
    assert_ne!(again.id, once_more.id);
    Guardian::of(&region, &once_more)[0].refuses().await;
    watch
        .expects(
            "a no",
            &[
                ("consent.opened", 1),
                ("family_access.made", 1),
                ("consent.refused", 1),
            ],
        )
        .await;
    region.at("2027-08-01T00:00:00+02:00").await;
    region.casework.retire_once().await.unwrap();
    watch
        .expects("the end of a signal", &[("signal.expired", 1), ("match.left", 1)])
        .await;
    region.at("2027-09-01T00:00:00+02:00").await;
    region.casework.retire_once().await.unwrap();
    watch
        .expects(
            "the end of the others",
            &[
                ("signal.expired", 2),
                ("signal.archived", 1),
                ("match.left", 2),
                ("match.closed", 1),
                ("notice.delivered", 2),
            ],
        )
        .await;
    region
        .casework
        .disable_client(care.client_id.clone())
        .await
        .unwrap();
    watch
        .expects("a client disabled", &[("client.disabled", 1)])
        .await;
    region
        .casework
        .enable_client(care.client_id.clone())
        .await
        .unwrap();
    watch.expects("a client enabled", &[("client.enabled", 1)]).await;
    let further = SigningKey::from_bytes(&[9; 32]);
    let pem = further.to_pkcs8_pem(LineEnding::LF).unwrap();
    let added = care
        .partner
        .add_client_key(&care.client_id, &pem, None)
        .await
        .unwrap();
    watch.expects("a key", &[("client.key_added", 1)]).await;
    for expected in [1, 0] {
        care.partner
            .retire_client_key(&care.client_id, added.kid, None)
            .await
            .unwrap();
        let leaves: &[(&str, i64)] = &[("client.key_retired", expected)];
        watch
            .expects("a key retired", &leaves[..usize::try_from(expected).unwrap()])
            .await;
    }
    let organisation = care.organisation;
    let new = care.registers_sealing_key().await.public().unwrap();
    watch.expects("a sealing key", &[sealing_key]).await;
    for expected in [1, 0] {
        let retired = care.partner.retire_sealing_key(&new, false, None).await;
        retired.unwrap();
        let leaves: &[(&str, i64)] = &[("organisation.sealing_key_retired", expected)];
        watch
            .expects(
                "a sealing key retired",
                &leaves[..usize::try_from(expected).unwrap()],
            )
            .await;
    }
    region.casework.disable_organisation(organisation).await.unwrap();
    watch
        .expects("an organisation disabled", &[("organisation.disabled", 1)])
        .await;
    region.casework.enable_organisation(organisation).await.unwrap();
    watch
        .expects("an organisation enabled", &[("organisation.enabled", 1)])
        .await;
    supervisor.verifies().await;
    watch.expects("an export", &[("audit.exported", 1)]).await;
    let casework = &region.casework;
    casework
        .set_audit_scope(supervisor.organisation, OpeningScope::ALL)
        .await
        .unwrap();
    watch.expects("a scope", &[("audit.scope_changed", 1)]).await;
    let what = ErasureOf::Professional {
        organisation: school.organisation,
        reference: school.reference.parse().unwrap(),
    };
    casework.erase(&what).await.unwrap();
    watch
        .expects("erasing", &[("opening.erased", 2), ("contact.erased", 1)])
        .await;
    casework.erase(&what).await.unwrap();
    watch.expects("erasing again", &[]).await;
    casework
        .note_log_key(&log_signer("trefpunt.example/test"))
        .await
        .unwrap();
    watch.expects("another key", &[("log.key_added", 1)]).await;
    casework.set_min_suite(help.organisation, 2).await.unwrap();
    watch
        .expects("a suite", &[("organisation.min_suite_set", 1)])
        .await;
    for expected in [1, 0] {
        let delegated = casework
            .delegate(school.organisation, help.organisation, true)
            .await;
        assert_eq!(delegated.unwrap(), expected == 1);
        let leaves: &[(&str, i64)] = &[("organisation.delegated", expected)];
        watch
            .expects("a delegation", &leaves[..usize::from(expected == 1)])
            .await;
    }
    region
        .apply_covenant(
            "Convenant Overdam",
            "signals_per_hour = 1\nnotice_interval_minutes = 0",
        )
        .await;
    let police = region
        .professional_under(
            "Convenant Overdam",
            "Politie eenheid Testland",
            Sector::PoliceAndJustice,
        )
        .await;
    police.signals_until(&child(8), "2027-12-01").await;
    watch
        .expects(
            "a covenant more",
            &[
                ("covenant.changed", 1),
                registered[0],
                registered[1],
                sealing_key,
                ("signal.submitted", 1),
                ("disclosure.recorded", 1),
            ],
        )
        .await;
    let bearer = police.bearer().await;
    for (key, leaves) in [
        ("too-many-1", [("guardrail.exceeded", 1)].as_slice()),
        ("too-many-2", &[]),
    ] {
        let body = police.signal_body(&child(9)).replace("2027-09-01", "2027-12-01");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let answer = Http::new(&region.url)
            .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await;
        assert_eq!(answer.status, 429);
        watch.expects("too many signals in an hour", leaves).await;
    }
    the_familys_rights(&region, &mut watch, &school).await;
    // Last: from here on a signal carries a token of each epoch.
    let next = region.portal_with(&[77; 32]);
    casework.add_portal_key(next_portal_key()).await.unwrap();
    next.hold_portal_key().await.unwrap();
    watch
        .expects("a portal's key more", &[("portal.key_added", 1)])
        .await;
    casework
        .retire_portal_key(next_portal_key().key_id)
        .await
        .unwrap();
    watch
        .expects("a portal's key less", &[("portal.key_retired", 1)])
        .await;
    casework.add_network_epoch(2, [7; 16]).await.unwrap();
    watch
        .expects("an epoch more", &[("network.epoch_added", 1)])
        .await;
    let until = "2027-09-02T00:00:00+02:00".parse().unwrap();
    casework.end_network_epoch(2, false, Some(until)).await.unwrap();
    watch
        .expects("an epoch less", &[("network.epoch_ended", 1)])
        .await;
    tests::assert_sound(&region).await;

    let never: BTreeSet<&str> = Event::NAMES
        .iter()
        .copied()
        .filter(|name| !watch.ever.contains(*name))
        .collect();
    assert_eq!(never, ELSEWHERE.iter().copied().collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_of_telling_a_family_leaves_its_leaf_and_no_other() {
    use protocol::disclosure::PostponementDecision as Decision;
    let region = Region::start().await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals_untold(&child(1), "2027-09-01").await.id;
    watch.looks_away().await;
    let steps = async || while region.casework.step_disclosures_once().await.unwrap() > 0 {};
    school.proposes_to_postpone(signal, "2027-03-20").await.unwrap();
    watch
        .expects("a proposal", &[("disclosure.postponement_proposed", 1)])
        .await;
    school
        .decides_to_postpone(signal, Decision::Rejected, "x-1")
        .await
        .unwrap();
    watch
        .expects("a no", &[("disclosure.postponement_rejected", 1)])
        .await;
    // Fourteen days: the 15th, a Monday; three working days ahead is the 10th.
    region.at("2027-03-10T09:00:00+01:00").await;
    steps().await;
    watch
        .expects(
            "three working days ahead",
            &[("disclosure.reminded", 1), ("notice.delivered", 1)],
        )
        .await;
    region.at("2027-03-16T00:00:00+01:00").await;
    steps().await;
    watch.expects("time is over", &[("signal.paused", 1)]).await;
    school.proposes_to_postpone(signal, "2027-03-30").await.unwrap();
    watch
        .expects("a late proposal", &[("disclosure.postponement_proposed", 1)])
        .await;
    school
        .decides_to_postpone(signal, Decision::Approved, "x-1")
        .await
        .unwrap();
    watch
        .expects("a yes", &[("disclosure.postponed", 1), ("signal.resumed", 1)])
        .await;
    school.tells_the_family(signal).await;
    watch.expects("telling", &[("disclosure.recorded", 1)]).await;
    school.has_yet_to_tell().await;
    watch.expects("looking at the list", &[]).await;
    region.supervisor().await.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_of_a_follow_up_leaves_its_leaf_and_no_other() {
    let region = Region::start().await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    let (supervisor, officer) = (region.supervisor().await, region.municipality());
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    help.is_told_of_a_match().await;
    watch.seen = events(&region).await;
    let steps = async || {
        while region.casework.follow_up_once().await.unwrap() > 0 {}
        while region.casework.note_unread_once().await.unwrap() > 0 {}
        region.quiet().await;
    };
    // 1 March 2027 is a Monday; five working days later is the 8th.
    region.at("2027-03-08T09:00:00+01:00").await;
    steps().await;
    watch
        .expects(
            "the last day",
            &[("follow_up.reminded", 1), ("notice.delivered", 2)],
        )
        .await;
    region.at("2027-03-09T00:00:00+01:00").await;
    steps().await;
    watch
        .expects("the day after", &[("follow_up.escalated", 1)])
        .await;
    let task = officer.task().await;
    watch
        .expects("the officer looks", &[("follow_up.viewed", 1)])
        .await;
    officer.marks(&task, Mark::CalledBoth).await;
    watch.expects("and calls", &[("follow_up.marked", 1)]).await;
    for party in [&school, &help] {
        party.confirms_contact(match_id).await;
    }
    watch
        .expects("they speak", &[("match.contact_confirmed", 2)])
        .await;
    assert!(officer.tasks().await.is_empty());
    watch.expects("an empty list", &[]).await;
    region.at("2027-03-11T00:00:00+01:00").await;
    steps().await;
    watch
        .expects("two reminders that nobody read", &[("notice.unread", 2)])
        .await;
    assert_eq!(school.unread().await.len(), 1);
    watch.expects("the coordinator looks", &[]).await;
    region.at("2027-04-01T01:00:00+02:00").await;
    while region.casework.count_once().await.unwrap() > 0 {}
    while region.casework.publish_once().await.unwrap() {}
    officer.statistics("2027-Q1").await.unwrap();
    supervisor.statistics("2027-Q1").await.unwrap();
    let viewed = events(&region).await["statistics.viewed"];
    assert_eq!(viewed, 2);
}

fn next_portal_key() -> protocol::consent::ConsentKey {
    protocol::consent::ConsentSigner::from_seed(&[77; 32]).key()
}

/// What the first story does not come by; the other stories here, and the tests of keys and of the log make it happen.
const ELSEWHERE: &[&str] = &[
    "batch.received",
    "batch.held",
    "batch.released",
    "batch.refused",
    "batch.ended",
    "sandbox.clock_advanced",
    "signal.woken",
    "consent.superseded_by_age",
    "signal.ended",
    "signal.destroyed",
    "signal.reassigned",
    "archive.noticed",
    "archive.opened",
    "match.lead_proposed",
    "match.lead_accepted",
    "match.lead_declined",
    "match.relocated",
    "signal.paused",
    "signal.resumed",
    "disclosure.postponement_proposed",
    "disclosure.postponed",
    "disclosure.postponement_rejected",
    "disclosure.reminded",
    "follow_up.reminded",
    "follow_up.escalated",
    "follow_up.marked",
    "follow_up.viewed",
    "statistics.viewed",
    "soft_match.found",
    "soft_match.confirmed",
    "soft_match.denied",
    "soft_match.viewed",
    "family_match.found",
    "family_match.ended",
    "family_match.viewed",
    "network.epoch_destroyed",
    "keyholder.list_accepted",
    "keyholder.proof_failed",
    "subject.merged",
    "keys.rotation_started",
    "keys.rotation_flipped",
    "keys.rotation_finished",
    "log.opened",
    "log.closed",
    "log.fault_found",
    "family_access.strengthened",
    "file.read",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logging_in_leaves_its_leaf_and_no_other() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nlegal_mode = \"consent_first\"").await;
    let broker = Broker::of(&region).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&child(1)).await.id;
    let asked = school.asks_about_signal(signal, 1).await;
    let mut guardian = Guardian::of(&region, &asked).remove(0);
    guardian.enters().await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    watch.looks_away().await;
    let way_there = guardian.goes_to_log_in().await;
    watch.expects("going there", &[]).await;
    guardian.is_led_back(&broker.lets_in(&way_there, "els")).await;
    watch
        .expects("coming back", &[("family_access.strengthened", 1)])
        .await;
    for (page, leaves) in [
        ("/portal/alles", &[("file.read", 1)][..]),
        ("/portal/gegevens.json", &[]),
        ("/portal/kind", &[("letter.read", 1)]),
        ("/portal/geschiedenis", &[]),
    ] {
        assert_eq!(guardian.visits(page).await.status, 200);
        watch.expects(page, leaves).await;
    }
    guardian.enters().await;
    watch.looks_away().await;
    guardian.logs_in(&broker, "bram").await;
    watch.expects("somebody else", &[]).await;
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_to_a_signal_that_sleeps_leaves_its_leaf_and_no_other() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nlegal_mode = \"consent_first\"").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    watch.looks_away().await;
    let signal = school.signals(&child(1)).await.id;
    watch
        .expects("a signal that sleeps", &[("signal.submitted", 1)])
        .await;
    let stated = ConsentRequestSubmission {
        next_boundary_on: protocol::text::date("2027-03-10").ok(),
        ..tests::stated(AgeBand::Under12, 1)
    };
    let first = school.tries_to_ask_about_signal(signal, &stated).await.unwrap();
    watch.expects("asking", &[("consent.requested", 1)]).await;
    region.at("2027-03-10T00:00:00+01:00").await;
    let superseded = [("consent.superseded_by_age", 1), ("consent.requested", 1)];
    region.casework.retire_once().await.unwrap();
    watch.expects("a birthday", &superseded).await;
    region.casework.retire_once().await.unwrap();
    watch.expects("the same day", &[]).await;
    // The guardian's letter, and the one that was meant for the day when the child is twelve.
    let mut letters = Guardian::of(&region, &first);
    letters[0].agrees().await;
    let half = [
        ("consent.opened", 1),
        ("family_access.made", 1),
        ("consent.signed", 1),
    ];
    watch.expects("the guardian", &half).await;
    letters[1].agrees().await;
    let whole = [
        ("consent.opened", 1),
        ("family_access.made", 1),
        ("consent.given", 1),
        ("signal.woken", 1),
    ];
    watch.expects("the young person", &whole).await;
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_end_of_a_signal_leaves_its_leaf_and_no_other() {
    let region = Region::start().await;
    region.at("2027-03-10T10:00:00+01:00").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let signal = help.signals(&child(1)).await.id;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    watch.looks_away().await;
    help.reassigns(&help.reference, "opvolger", "opvolger@anker.example")
        .await;
    watch
        .expects("another professional", &[("signal.reassigned", 1)])
        .await;
    help.ends(signal, EndReason::Resolved).await;
    watch.expects("an end", &[("signal.ended", 1)]).await;
    region.at("2027-03-11T00:00:00+01:00").await;
    region.casework.retire_once().await.unwrap();
    watch.expects("the next day", &[("signal.archived", 1)]).await;
    let newcomer = school.signals(&child(1)).await.id;
    region.quiet().await;
    let told = [
        ("signal.submitted", 1),
        ("disclosure.recorded", 1),
        ("archive.noticed", 1),
        ("notice.delivered", 1),
    ];
    watch.expects("a newcomer", &told).await;
    let notice = school.is_told(1).await[0].id;
    school.opens(notice).await.unwrap();
    watch.expects("asking about it", &[("archive.opened", 1)]).await;
    school.ends(newcomer, EndReason::Unjustified).await;
    region.casework.retire_once().await.unwrap();
    // What the log's opening said of it is erased after it.
    let gone = [("signal.destroyed", 1), ("opening.erased", 2)];
    watch.expects("a mistake", &gone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn soft_matches_and_family_matches_leave_their_leaves() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nfamily_match = true").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    watch.looks_away().await;
    let given = [("signal.submitted", 2), ("disclosure.recorded", 2)];
    for (who, reference) in [(&school, "dossier-1"), (&help, "klant-77")] {
        let client = Client {
            surname: "Bakker",
            born: "2019-03-08",
            sex: "v",
            reference,
        };
        who.signals_about(&client).await;
    }
    region.quiet().await;
    let found = [
        given[0],
        given[1],
        ("soft_match.found", 1),
        ("notice.delivered", 2),
    ];
    watch.expects("two of one service key", &found).await;
    let asked = school.is_asked(1).await.remove(0).id;
    watch.expects("listing", &[("soft_match.viewed", 1)]).await;
    school.partner.soft_match(asked).await.unwrap();
    watch.expects("reading", &[("soft_match.viewed", 1)]).await;
    school.says_same_child(asked, true).await;
    watch.expects("a yes", &[("soft_match.confirmed", 1)]).await;
    school.says_same_child(asked, true).await;
    watch.expects("a yes again", &[]).await;
    school.says_same_child(asked, false).await;
    watch.expects("a no", &[("soft_match.denied", 1)]).await;

    let first = school.signals_with_guardians(&child(1), &[child(901)]).await;
    help.signals_with_guardians(&child(2), &[child(901)]).await;
    region.quiet().await;
    let found = [
        given[0],
        given[1],
        ("family_match.found", 1),
        ("notice.delivered", 2),
    ];
    watch.expects("two children of one guardian", &found).await;
    help.family_matches().await;
    watch.expects("listing", &[("family_match.viewed", 1)]).await;
    school.ends(first.id, EndReason::Resolved).await;
    region.quiet().await;
    watch
        .expects("an end", &[("signal.ended", 1), ("family_match.ended", 1)])
        .await;
    assert_sound(&region).await;
}

/// Letters, objections, access and erasure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leads_a_match_and_how_it_ends_leaves_its_leaves() {
    use protocol::match_case::{LeadAnswer, Outcome};
    let region = Region::start().await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    region
        .apply_covenant("Convenant Overdam", "municipality = \"gemeente Overdam\"")
        .await;
    let other = region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    watch.looks_away().await;
    let proposed = [("match.lead_proposed", 1), ("notice.delivered", 1)];
    school.proposes(match_id, help.organisation).await.unwrap();
    watch.expects("a proposal", &proposed).await;
    school.proposes(match_id, help.organisation).await.unwrap();
    watch.expects("the same again", &[]).await;
    help.answers(match_id, LeadAnswer::Declined).await.unwrap();
    watch
        .expects("a no", &[("match.lead_declined", 1), ("notice.delivered", 1)])
        .await;
    school.proposes(match_id, help.organisation).await.unwrap();
    watch.expects("another proposal", &proposed).await;
    help.answers(match_id, LeadAnswer::Accepted).await.unwrap();
    watch
        .expects("a yes", &[("match.lead_accepted", 1), ("notice.delivered", 1)])
        .await;
    region.municipality().relocates(match_id, &other).await.unwrap();
    watch.expects("a move", &[("match.relocated", 1)]).await;
    assert!(school.closes(match_id, Outcome::TunedIn, None).await.is_err());
    watch.expects("a closing by who does not lead", &[]).await;
    help.closes(match_id, Outcome::TunedIn, None).await.unwrap();
    region.quiet().await;
    watch
        .expects("the end", &[("match.closed", 1), ("notice.delivered", 1)])
        .await;
    tests::assert_sound(&region).await;
}

async fn the_familys_rights(region: &Region, watch: &mut Watch<'_>, school: &Professional) {
    let signal = school.signals_until(&child(20), "2027-12-01").await.id;
    region.quiet().await;
    watch.looks_away().await;
    let letter = school.makes_letter(signal).await;
    watch.expects("a letter", &[("letter.issued", 1)]).await;
    let (code, desk, casework) = (letter.code.expose(), region.municipality(), &region.casework);
    desk.reads_letter(code).await.unwrap();
    watch.expects("reading it", &[("letter.read", 1)]).await;

    let secret = region.goes_in(code).await;
    watch.expects("going in", &[("family_access.made", 1)]).await;
    let key = FamilyKey::Session(&secret);
    let asked = async || {
        eventually("advice is asked", async || {
            let waiting = "SELECT count(*) FROM objection_advice WHERE noticed_at IS NULL";
            (region.count(waiting).await == 0).then_some(())
        })
        .await;
    };
    let made = [("objection.made", 1), ("notice.delivered", 1)];
    let objection = casework.object_to_signal(&key, None).await.unwrap();
    asked().await;
    watch.expects("an objection", &made).await;
    casework.object_to_signal(&key, None).await.unwrap();
    watch.expects("the same again", &[]).await;
    casework.withdraw_objection(&key, objection).await.unwrap();
    watch
        .expects("taking it back", &[("objection.withdrawn", 1)])
        .await;
    let objection = desk.objects_for(code, None).await.unwrap().id;
    asked().await;
    watch.expects("another", &made).await;
    school.advises(objection, Advice::KeepSignal).await.unwrap();
    watch.expects("advice", &[("objection.advised", 1)]).await;
    let reasons = [ObjectionReason::GroundStands];
    desk.decides_objection(objection, ObjectionOutcome::Rejected, &reasons)
        .await
        .unwrap();
    watch
        .expects("a decision", &[("objection.decided", 1), ("notice.delivered", 1)])
        .await;

    let access = desk.asks_for(code, Right::Access).await.unwrap().id;
    watch.expects("access", &[("access.requested", 1)]).await;
    desk.answers(access, RightsAnswer::Extended, None).await.unwrap();
    watch
        .expects("taking longer", &[("rights_request.extended", 1)])
        .await;
    desk.answers(access, RightsAnswer::Given, None).await.unwrap();
    watch.expects("giving it", &[("access.given", 1)]).await;
    desk.fetches_file(access).await.unwrap();
    watch.expects("the file", &[("access.viewed", 1)]).await;
    let access = desk.asks_for(code, Right::Access).await.unwrap().id;
    let reason = Some(RefusalReason::Unfounded);
    desk.answers(access, RightsAnswer::Refused, reason).await.unwrap();
    watch
        .expects("refusing it", &[("access.requested", 1), ("access.refused", 1)])
        .await;
    let right = domain::rights_request::Right::Erasure;
    let erasure = casework.request_right(&key, right).await.unwrap();
    watch.expects("erasure", &[("erasure.requested", 1)]).await;
    casework.withdraw_rights_request(&key, erasure).await.unwrap();
    watch
        .expects("taking it back", &[("rights_request.withdrawn", 1)])
        .await;
    let erasure = desk.asks_for(code, Right::Erasure).await.unwrap().id;
    desk.answers(erasure, RightsAnswer::Given, None).await.unwrap();
    watch
        .expects("giving it", &[("erasure.requested", 1), ("erasure.decided", 1)])
        .await;

    let other = desk.replaces(&letter_with(code)).await.unwrap();
    watch.expects("another code", &[("letter.replaced", 1)]).await;
    assert!(desk.replaces(&letter_with(code)).await.is_err());
    watch.expects("the old one", &[]).await;
    desk.revokes(&letter_with(other.code.expose())).await.unwrap();
    watch
        .expects("taking it away", &[("family_access.revoked", 1)])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_of_a_batch_leaves_its_leaf_and_no_other() {
    use protocol::batch::HeldDecision;
    let region = Region::with(Settings {
        covenant: "signals_per_hour = 2\nnotice_interval_minutes = 0".to_owned(),
        drivers: false,
        ..Settings::default()
    })
    .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let supervisor = region.supervisor().await;
    let http = Http::new(&region.url);
    let casework = &region.casework;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    watch.looks_away().await;
    let lines: Vec<String> = (1..5)
        .map(|number| school.signal_line(&child(number), None))
        .collect();
    let of_alert = async || supervisor.client.alerts(&ALL).await.unwrap().items[0].id;

    let batch = school.gives_batch(&http, "a-batch-of-four", &lines).await;
    watch.expects("it arrives", &[("batch.received", 1)]).await;
    school.gives_batch(&http, "a-batch-of-four", &lines).await;
    watch.expects("it arrives again", &[]).await;
    casework.work_batch_once().await.unwrap();
    watch
        .expects("what there is room for", &[("signal.submitted", 2)])
        .await;
    casework.work_batch_once().await.unwrap();
    watch.expects("what is over", &[("batch.held", 1)]).await;
    school.sees_lines(&http, batch.id).await;
    let alert = of_alert().await;
    watch.expects("looking at it", &[]).await;
    supervisor
        .decides_held(&http, alert, HeldDecision::Released, "releases-it")
        .await;
    watch.expects("a yes", &[("batch.released", 1)]).await;
    casework.work_batch_once().await.unwrap();
    watch
        .expects("what was held", &[("signal.submitted", 2), ("batch.ended", 1)])
        .await;

    for (key, no) in [("refused-batch", true), ("withdrawn-batch", false)] {
        let lines: Vec<String> = (5..8)
            .map(|number| school.signal_line(&child(number), None))
            .collect();
        let batch = school.gives_batch(&http, key, &lines).await;
        casework.work_batch_once().await.unwrap();
        watch
            .expects("all is over", &[("batch.received", 1), ("batch.held", 1)])
            .await;
        if no {
            let alert = of_alert().await;
            let answer = supervisor
                .decides_held(&http, alert, HeldDecision::Refused, "refuses-it")
                .await;
            assert!(answer.header("trefpunt-receipt").is_some());
            watch
                .expects("a no", &[("batch.refused", 1), ("batch.ended", 1)])
                .await;
        } else {
            school.withdraws_batch(&http, batch.id).await;
            watch.expects("taken back", &[("batch.ended", 1)]).await;
        }
    }
    school.gives_batch(&http, "nobody-decides", &lines[..1]).await;
    watch.expects("it arrives", &[("batch.received", 1)]).await;
    region.at("2027-03-08T10:00:00+01:00").await;
    casework.retire_once().await.unwrap();
    watch.expects("it waited too long", &[("batch.ended", 1)]).await;
    region.at("2027-03-25T10:00:00+01:00").await;
    let batches = async || region.count("SELECT count(*) FROM batch").await;
    assert_eq!(batches().await, 1, "the others ended a week ago");
    casework.retire_once().await.unwrap();
    assert_eq!(batches().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_stop_of_a_sandboxs_clock_leaves_its_leaf_and_no_other() {
    let region = Region::sandbox("").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let vendor = tests::Vendor::of(&region, &school, &child(1)).await;
    let mut watch = Watch {
        region: &region,
        seen: BTreeMap::new(),
        ever: BTreeSet::new(),
    };
    watch.looks_away().await;
    vendor.advances("PT1H").await;
    watch.expects("an hour", &[("sandbox.clock_advanced", 1)]).await;
    vendor.advances("P3D").await;
    watch
        .expects("three days", &[("sandbox.clock_advanced", 3)])
        .await;
    let answer = vendor.reads("/v1/sandbox/clock").await;
    assert_eq!(answer.status, 200);
    watch.expects("reading it", &[]).await;
}
