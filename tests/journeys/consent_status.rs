//! The portal's word about a consent: whether it stands at this moment, and what a keyholder is told when it ends.

use protocol::consent::record::Record;
use protocol::consent::{AgeBand, ConsentState};
use protocol::gate::{ConsentStatus, Standing};
use protocol::match_case::Outcome;
use protocol::page::PageQuery;
use protocol::signal::EndReason;
use tests::{Guardian, Http, Method, Region, Sector, Settings, assert_sound, eventually, said_yes};

use crate::Met;

const ALL: PageQuery = PageQuery {
    limit: PageQuery::MAX_LIMIT,
    cursor: None,
};

const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Under a covenant without masking, with the portal as a process of its own.
async fn apart(covenant: &str) -> Region {
    Region::with(Settings {
        covenant: format!("notice_interval_minutes = 0\n{covenant}"),
        portal_apart: true,
        ..Settings::default()
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_portal_says_changes_with_the_withdrawal_and_not_back() {
    let met = Met::start().await;
    let (request, mut guardian) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    let keys = met.region.consent_keys().await;
    assert_eq!(
        keys.status_url,
        Some(format!("{}/v1/consent-status", met.region.portal_url))
    );
    assert!(keys.keys.iter().any(|key| key.key_id == record.key_id));
    assert_eq!(met.region.standing(&record).await, Standing::Stands);
    assert!(!met.region.is_buried(&record).await);

    guardian.withdraws().await;
    assert_eq!(met.region.standing(&record).await, Standing::Ended);
    assert!(met.region.is_buried(&record).await);
    // Another yes is another consent.
    let (again, _) = met.open().await;
    let newer = met.health.has_record(met.match_id, again.id).await;
    assert_eq!(met.region.standing(&newer).await, Standing::Stands);
    assert_eq!(met.region.standing(&record).await, Standing::Ended);
    assert!(!met.region.is_buried(&newer).await);

    let answer = met.region.asks_status(UNKNOWN).await;
    assert_eq!((answer.status, answer.slug()), (404, "not-found".to_owned()));
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_its_own_time_a_consent_ends_without_a_word_to_the_keyholder() {
    let met = Met::start().await;
    let (request, _) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    let until = Record::parse(&record.document).unwrap().terms().valid_until;
    met.region.at(&until.to_string()).await;
    assert_eq!(met.region.standing(&record).await, Standing::Ended);
    met.region.casework.retire_once().await.unwrap();
    assert!(!met.region.is_buried(&record).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_that_was_replaced_stands_as_long_as_the_one_in_its_place() {
    let met = Met::start().await;
    let (first, _) = met.open().await;
    let first = met.health.has_record(met.match_id, first.id).await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    school.is_told_of_a_match().await;
    for party in [&met.childcare, &met.health, &school] {
        party.confirms_contact(met.match_id).await;
    }
    // Asked and not given: nothing changes.
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    assert_eq!(met.region.standing(&first).await, Standing::Stands);
    let [mut guardian]: [Guardian; 1] = Guardian::of(&met.region, &larger).try_into().ok().unwrap();
    guardian.agrees().await;
    let second = school.has_record(met.match_id, larger.id).await;
    for record in [&first, &second] {
        assert_eq!(met.region.standing(record).await, Standing::Stands);
        assert!(!met.region.is_buried(record).await);
    }
    // Two of the three are still covered when the third goes.
    let signals = school.partner.signals(&ALL).await.unwrap();
    school.ends(signals.items[0].id, EndReason::Resolved).await;
    for record in [&first, &second] {
        assert_eq!(met.region.standing(record).await, Standing::Stands);
    }
    guardian.withdraws().await;
    for record in [&first, &second] {
        assert_eq!(met.region.standing(record).await, Standing::Ended);
        assert!(met.region.is_buried(record).await);
    }
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_one_of_two_leaves_or_the_match_is_closed_the_keyholder_is_told() {
    let met = Met::start().await;
    let (request, _) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    let signals = met.childcare.partner.signals(&ALL).await.unwrap();
    met.childcare.ends(signals.items[0].id, EndReason::Resolved).await;
    assert_eq!(met.region.standing(&record).await, Standing::Ended);
    assert!(met.region.is_buried(&record).await);

    let closed = Met::start().await;
    let (request, _) = closed.open().await;
    let record = closed.health.has_record(closed.match_id, request.id).await;
    closed.health.leads(closed.match_id, &closed.childcare).await;
    closed
        .health
        .closes(closed.match_id, Outcome::TunedIn, None)
        .await
        .unwrap();
    assert_eq!(closed.region.standing(&record).await, Standing::Ended);
    assert!(closed.region.is_buried(&record).await);
    closed.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_apart_gives_what_a_family_decides_and_what_was_recorded_elsewhere() {
    let met = Met::in_region(apart("attested_consent = true").await).await;
    assert_ne!(met.region.url, met.region.portal_url);
    let supervisor = met.region.supervisor().await;
    let (request, mut guardian) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    assert_eq!(met.region.standing(&record).await, Standing::Stands);
    let message = met.childcare.writes(met.match_id, &met.health, "Ja.").await;
    assert_eq!(met.health.reads(met.match_id, message).await, "Ja.");
    // Seen at once in both.
    guardian.withdraws().await;
    assert!(!met.childcare.sees(met.match_id).await.exchange.open);
    assert_eq!(met.region.standing(&record).await, Standing::Ended);

    // The process that takes down what was said cannot sign; the portal does.
    let (request, _) = met.ask(AgeBand::Under12, 1).await;
    met.childcare
        .attests(met.match_id, request.id, &said_yes("2027-03-01"))
        .await
        .unwrap();
    let record = eventually("the portal signs what was recorded", async || {
        let seen = met.health.sees_request(met.match_id, request.id).await;
        assert!(matches!(
            seen.state,
            ConsentState::Requested | ConsentState::Given
        ));
        seen.record
    })
    .await;
    let terms = Record::parse(&record.document).unwrap().terms().clone();
    assert_eq!(terms.assurance, protocol::consent::record::Assurance::Attested);
    assert_eq!(met.region.standing(&record).await, Standing::Stands);
    met.region.quiet().await;
    let export = supervisor.verifies().await;
    let counts = export.counts();
    assert_eq!((counts["consent.signed"], counts["consent.given"]), (1, 2));
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_is_not_given_before_it_is_signed_and_can_be_taken_back_until_then() {
    let mut region = apart("attested_consent = true").await;
    // The portal is down: its pages too.
    region.portal_goes_down().await;
    let met = Met::in_region(region).await;
    let request = met
        .childcare
        .asks_consent(met.match_id, AgeBand::Under12, 1)
        .await;
    let said = said_yes("2027-03-01");
    met.childcare
        .attests(met.match_id, request.id, &said)
        .await
        .unwrap();
    let seen = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!((seen.state, seen.record), (ConsentState::Requested, None));
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    // The same again changes nothing, and a no before the signature is a no.
    met.childcare
        .attests(met.match_id, request.id, &said)
        .await
        .unwrap();
    let no = protocol::consent::AttestationSubmission {
        decision: protocol::consent::AttestedDecision::Refused,
        ..said
    };
    met.health.attests(met.match_id, request.id, &no).await.unwrap();
    assert_eq!(
        met.health.sees_request(met.match_id, request.id).await.state,
        ConsentState::Refused
    );
    met.region.log_holds().await;
}

/// What families decide is decided in the portal's own pages and signed there and then. What waits for its signature was recorded
/// by a professional, and no process that writes into the database can have the record say otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_portal_signs_as_decided_in_it_nothing_that_it_did_not_see() {
    let mut region = apart("attested_consent = true").await;
    region.portal_goes_down().await;
    let mut met = Met::in_region(region).await;
    let (request, _) = met.ask(AgeBand::Under12, 1).await;
    met.childcare
        .attests(met.match_id, request.id, &said_yes("2027-03-01"))
        .await
        .unwrap();
    let forged =
        "UPDATE signatory SET assurance = 'oidc', method = 'portal', recorded_by = NULL, recorded_on = NULL";
    met.region
        .database
        .superuser()
        .await
        .batch_execute(forged)
        .await
        .unwrap();
    met.region.portal_comes_up().await;
    let portal = met.region.portal.as_ref().unwrap();
    assert_eq!(portal.casework.sign_consents_once().await.unwrap(), 0);
    let seen = met.childcare.sees_request(met.match_id, request.id).await;
    assert_eq!((seen.state, seen.record), (ConsentState::Requested, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_process_has_its_own_doors_and_no_other() {
    let region = apart("").await;
    let (api, portal) = (Http::new(&region.url), Http::new(&region.portal_url));
    let json = [("content-type", "application/json")];
    let body = format!(r#"{{"consentHash":"{UNKNOWN}"}}"#);
    // Whoever has the partners' door alone gets no word about any consent.
    let forged = api
        .send(Method::POST, "/v1/consent-status", &json, Some(body.as_bytes()))
        .await;
    assert_eq!(forged.status, 404);
    assert_eq!(api.get("/portal", &[]).await.status, 404);
    for path in [
        "/v1/signals",
        "/v1/consent-keys",
        "/oauth/token",
        "/openapi.json",
        "/docs",
    ] {
        assert_eq!(portal.get(path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(portal.get("/portal", &[]).await.status, 200);
    for door in [&api, &portal] {
        assert_eq!(door.get("/v1/health", &[]).await.status, 200);
        assert_eq!(door.get("/problems/not-found", &[]).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyholder_that_is_down_learns_later_what_ended() {
    let mut met = Met::in_region(Region::with_keyholder().await).await;
    let (request, mut guardian) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    met.region.keyholder().goes_down().await;
    guardian.withdraws().await;
    assert_eq!(met.region.standing(&record).await, Standing::Ended);
    eventually("it was tried in vain", async || {
        let tried = "SELECT count(*) FROM tombstone WHERE attempts > 0 AND pushed_at IS NULL";
        (met.region.count(tried).await == 1).then_some(())
    })
    .await;
    assert_eq!(met.region.casework.tombstones_waiting().await.unwrap().count, 1);
    met.region.keyholder().comes_up().await;
    let pushed = "SELECT count(*) FROM tombstone WHERE pushed_at IS NOT NULL";
    eventually("the keyholder took it", async || {
        (met.region.count(pushed).await == 1).then_some(())
    })
    .await;
    assert_eq!(met.region.casework.tombstones_waiting().await.unwrap().count, 0);
    // Told again, as after the keyholder was put back from a backup, it takes it again.
    assert_eq!(met.region.casework.tell_keyholder_again().await.unwrap(), 1);
    eventually("the keyholder took it again", async || {
        (met.region.count(pushed).await == 1).then_some(())
    })
    .await;
    // When the record's own time has come, nobody needs to be told any more.
    let until = Record::parse(&record.document).unwrap().terms().valid_until;
    met.region.at(&until.to_string()).await;
    met.region.casework.retire_once().await.unwrap();
    assert!(!met.region.is_buried(&record).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_portals_key_changes_and_what_the_old_one_signed_is_still_checked() {
    use casework::{PortalKeyError, PortalKeyRefusal as No};
    use protocol::consent::{ConsentSigner, ConsentVerifier};

    let met = Met::start().await;
    let (request, _) = met.open().await;
    let old = met.health.has_record(met.match_id, request.id).await;
    let casework = &met.region.casework;
    let refusal = |error: PortalKeyError| match error {
        PortalKeyError::Refused(refusal) => refusal,
        PortalKeyError::Store(error) => panic!("{error}"),
    };
    let next = ConsentSigner::from_seed(&[77; 32]);
    // A portal with a key that nobody was told of does not begin.
    let other = met.region.portal_with(&[77; 32]);
    assert_eq!(
        refusal(other.hold_portal_key().await.unwrap_err()),
        No::NotPublished
    );
    casework.add_portal_key(next.key()).await.unwrap();
    let again = casework.add_portal_key(next.key()).await.unwrap_err();
    assert_eq!(refusal(again), No::Known);
    other.hold_portal_key().await.unwrap();
    // The one that signs here cannot be retired here; where the next one signs it can, once.
    let own = casework.retire_portal_key(old.key_id).await.unwrap_err();
    assert_eq!(refusal(own), No::InUse);
    other.retire_portal_key(old.key_id).await.unwrap();
    let twice = other.retire_portal_key(old.key_id).await.unwrap_err();
    assert_eq!(refusal(twice), No::NoSuchKey);
    assert_eq!(
        refusal(casework.hold_portal_key().await.unwrap_err()),
        No::Retired
    );
    // The process that still holds it says nothing any more; the other does, about the old record too.
    assert_eq!(met.region.asks_status(&old.hash.to_string()).await.status, 503);
    let asked = protocol::gate::ConsentStatusRequest {
        consent_hash: old.hash,
    };
    let status = other.consent_status(asked).await.unwrap();
    assert_eq!(status.key_id, next.key().key_id);
    let keys = met.region.consent_keys().await;
    assert_eq!(keys.keys.len(), 2);
    let verifier = ConsentVerifier::new(&keys).unwrap();
    verifier.verify(&old).unwrap();
    ConsentStatus::verify(&status, &verifier).unwrap();
    let seen = met.health.has_record(met.match_id, request.id).await;
    assert_eq!(seen, old, "the record goes on naming the key that signed it");
    met.region.log_holds().await;
}

/// The portal that goes on with a key which was retired gives no consent that nobody would believe.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_was_retired_signs_no_consent() {
    let met = Met::in_region(apart("attested_consent = true").await).await;
    let old = met.region.consent_keys().await.keys[0].key_id;
    let next = protocol::consent::ConsentSigner::from_seed(&[77; 32]);
    met.region.casework.add_portal_key(next.key()).await.unwrap();
    let other = met.region.portal_with(&[77; 32]);
    other.retire_portal_key(old).await.unwrap();
    let (request, _) = met.ask(AgeBand::Under12, 1).await;
    met.childcare
        .attests(met.match_id, request.id, &said_yes("2027-03-01"))
        .await
        .unwrap();
    let portal = met.region.portal.as_ref().unwrap();
    portal.casework.sign_consents_once().await.unwrap_err();
    let seen = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!((seen.state, seen.record), (ConsentState::Requested, None));
    // Started again with the key that took its place, it gives what waited.
    assert_eq!(other.sign_consents_once().await.unwrap(), 1);
    let record = met.health.has_record(met.match_id, request.id).await;
    assert_eq!(record.key_id, next.key().key_id);
}
