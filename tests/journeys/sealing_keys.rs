//! An organisation goes over to another sealing key while messages wait, and nothing is sealed to one that was retired.

use std::collections::BTreeSet;

use casework::{NewParty, RegisterError};
use client::Error;
use domain::actor::{OrganisationKind, Role, Sector};
use ed25519_dalek::SigningKey;
use protocol::match_case::Party;
use protocol::problem::ProblemType;
use protocol::sealed_message::{KeyFingerprint, SealingKey, SealingSecret};
use serde_json::json;
use tests::{
    Answer, Http, Method, Professional, Program, Region, refusal, sealing_key_submission, sealing_secret,
};

use crate::Met;

/// The party that is not this one, as it is shown.
async fn other(seen_by: &Professional, met: &Met) -> Party {
    let parties = seen_by.sees(met.match_id).await.parties;
    parties.into_iter().find(|party| !party.you).unwrap()
}

async fn posts(region: &Region, bearer: &str, path: &str, once: &str, body: &str) -> Answer {
    let headers = [
        ("authorization", bearer),
        ("content-type", "application/json"),
        ("idempotency-key", once),
    ];
    Http::new(&region.url)
        .send(Method::POST, path, &headers, Some(body.as_bytes()))
        .await
}

/// What it would send to register the key of this secret for an organisation.
async fn submission(of: &Professional, secret: &SealingSecret) -> String {
    let verifier = of.partner.sealing_keys().await.unwrap().proof_key.into();
    serde_json::to_string(&sealing_key_submission(of.organisation, secret, &verifier)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_goes_over_to_a_new_sealing_key_while_messages_wait() {
    let mut met = Met::start().await;
    met.open().await;
    let old = met.health.first_sealing_key();
    let first = met
        .childcare
        .writes(met.match_id, &met.health, "Aan de oude sleutel.")
        .await;
    let [begun_before, begun_too] = [b"Begonnen ervoor.".as_slice(), b"Te laat.".as_slice()].map(|text| {
        met.childcare
            .partner
            .seal_message(met.match_id, met.health.organisation, text)
    });
    let (begun_before, begun_too) = (begun_before.await.unwrap(), begun_too.await.unwrap());

    // From the answer on others see the new key, and either side computes the same fingerprint.
    let secret = met.health.registers_sealing_key().await;
    let new = secret.public().unwrap();
    let shown = other(&met.childcare, &met).await;
    assert_eq!(shown.sealing_key.map(SealingKey::from), Some(new));
    let fingerprint = KeyFingerprint::of(met.health.organisation, &new);
    assert_eq!(shown.sealing_key_fingerprint, Some(fingerprint));
    let keys = met.health.partner.sealing_keys().await.unwrap().items;
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0].fingerprint, fingerprint);
    let second = met
        .childcare
        .writes(met.match_id, &met.health, "Aan de nieuwe sleutel.")
        .await;
    // What was sealed to the old key before is taken beside it.
    let third = met
        .childcare
        .partner
        .send_sealed(met.match_id, &begun_before, None)
        .await
        .unwrap()
        .message_id;
    assert_eq!(met.health.waiting_by_sealing_key().await, [(new, 1), (old, 2)]);

    // A program without the new secret says so, and loses nothing; with it, it opens what was sealed to either.
    let unopened = met.health.fetches(met.match_id, second).await.unwrap_err();
    assert!(matches!(unopened, Error::NoSecret), "{unopened:?}");
    met.health.goes_over_to(&secret);
    assert_eq!(
        met.health.reads(met.match_id, second).await,
        "Aan de nieuwe sleutel."
    );
    assert_eq!(
        met.health.reads(met.match_id, first).await,
        "Aan de oude sleutel."
    );
    let answered = met
        .health
        .writes(met.match_id, &met.childcare, "Met de nieuwe sleutel.")
        .await;
    assert_eq!(
        met.childcare.reads(met.match_id, answered).await,
        "Met de nieuwe sleutel."
    );

    // One message waits for the old key: who retires it says that they know, and nothing is lost by it.
    let health = &met.health;
    assert_eq!(health.waiting_by_sealing_key().await, [(new, 0), (old, 1)]);
    let awaited = health.partner.retire_sealing_key(&old, false, None).await;
    assert_eq!(refusal(awaited), ProblemType::SealingKeyAwaited);
    let retired = health.partner.retire_sealing_key(&old, true, None).await.unwrap();
    assert!(retired.retired_at.is_some());
    assert_eq!(retired.waiting, 1);
    assert_eq!(health.waiting_by_sealing_key().await, [(new, 0)]);
    assert_eq!(health.reads(met.match_id, third).await, "Begonnen ervoor.");
    let again = health
        .partner
        .retire_sealing_key(&old, false, None)
        .await
        .unwrap();
    assert_eq!(again.retired_at, retired.retired_at);

    // Nothing new is sealed to it, and it never comes back.
    let before = met.region.count("SELECT count(*) FROM message").await;
    let late = met
        .childcare
        .partner
        .send_sealed(met.match_id, &begun_too, None)
        .await;
    assert_eq!(refusal(late), ProblemType::SealingKeyRetired);
    assert_eq!(met.region.count("SELECT count(*) FROM message").await, before);
    let back = met
        .region
        .casework
        .operate_add_sealing_key(met.health.organisation, old)
        .await;
    assert!(matches!(back, Err(RegisterError::SealingKey(_))), "{back:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_each_key_that_was_added_and_retired() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let new = met.health.registers_sealing_key().await.public().unwrap();
    let old = met.health.first_sealing_key();
    met.health
        .partner
        .retire_sealing_key(&old, false, None)
        .await
        .unwrap();
    met.region
        .casework
        .operate_retire_sealing_key(met.health.organisation, new)
        .await
        .unwrap();
    let export = supervisor.verifies().await;
    // Both partners were registered with one.
    assert_eq!(export.of("organisation.sealing_key_added").count(), 3);
    assert_eq!(export.of("organisation.sealing_key_retired").count(), 2);
}

// rule: F2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_counts_when_its_secret_is_proven_and_a_repeated_request_has_its_first_answer() {
    let met = Met::start().await;
    let (region, health) = (&met.region, &met.health);
    let bearer = health.bearer().await;
    let offers = async |once: &str, body: &str| posts(region, &bearer, "/v1/sealing-keys", once, body).await;
    let secret = sealing_secret();
    let right = submission(health, &secret).await;
    let verifier = health.partner.sealing_keys().await.unwrap().proof_key.into();
    let of_other = sealing_key_submission(met.childcare.organisation, &secret, &verifier);
    let towards_other =
        sealing_key_submission(health.organisation, &secret, &sealing_secret().public().unwrap());
    let mut with_other_key = sealing_key_submission(health.organisation, &secret, &verifier);
    with_other_key.key = sealing_secret().public().unwrap().into();
    // The key of everybody: a point of small order.
    let mut nobodys = sealing_key_submission(health.organisation, &secret, &verifier);
    nobodys.key = SealingKey::from_bytes([0; 32]).into();
    for (at, wrong) in [of_other, towards_other, with_other_key, nobodys]
        .iter()
        .enumerate()
    {
        let answer = offers(
            &format!("wrong-proof-{at}"),
            &serde_json::to_string(wrong).unwrap(),
        )
        .await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.slug(), "sealing-key-not-proven");
    }
    assert_eq!(health.waiting_by_sealing_key().await.len(), 1);

    let first = offers("a-new-sealing-key", &right).await;
    assert_eq!(first.status, 201);
    let again = offers("a-new-sealing-key", &right).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let other_request = offers("a-new-sealing-key", &submission(health, &secret).await).await;
    assert_eq!(other_request.slug(), "idempotency-key-reused");
    let known = offers("the-same-sealing-key", &right).await;
    assert_eq!(known.slug(), "sealing-key-known");
    health.registers_sealing_key().await;
    let fourth = offers(
        "a-fourth-sealing-key",
        &submission(health, &sealing_secret()).await,
    )
    .await;
    assert_eq!(fourth.slug(), "too-many-sealing-keys");
    assert_eq!(health.waiting_by_sealing_key().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_taken_that_is_sealed_with_or_to_a_key_of_somebody_else() {
    let met = Met::start().await;
    met.open().await;
    let outsider = met
        .region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    let sealed = met
        .childcare
        .partner
        .seal_message(met.match_id, met.health.organisation, b"Van de opvang.")
        .await
        .unwrap();
    let quiet = met.region.rows().await;
    let foreign = outsider.first_sealing_key();
    for key in [
        foreign,
        met.childcare.first_sealing_key(),
        sealing_secret().public().unwrap(),
    ] {
        let mut wrong = sealed.clone();
        wrong.recipient_key = key.into();
        let answer = met
            .childcare
            .partner
            .send_sealed(met.match_id, &wrong, None)
            .await;
        assert_eq!(refusal(answer), ProblemType::SealingKeyRetired);
    }
    for key in [
        foreign,
        met.health.first_sealing_key(),
        sealing_secret().public().unwrap(),
    ] {
        let mut wrong = sealed.clone();
        wrong.sender_key = key.into();
        let answer = met
            .childcare
            .partner
            .send_sealed(met.match_id, &wrong, None)
            .await;
        assert_eq!(refusal(answer), ProblemType::SealingKeyRetired);
    }
    assert_eq!(met.region.rows().await, quiet);
    let taken = met
        .childcare
        .partner
        .send_sealed(met.match_id, &sealed, None)
        .await
        .unwrap();
    assert_eq!(
        met.health.reads(met.match_id, taken.message_id).await,
        "Van de opvang."
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_that_counts_nobody_seals_until_there_is_another() {
    let mut met = Met::start().await;
    met.open().await;
    let old = met.health.first_sealing_key();
    met.health
        .partner
        .retire_sealing_key(&old, false, None)
        .await
        .unwrap();
    let shown = other(&met.childcare, &met).await;
    assert_eq!((shown.sealing_key, shown.sealing_key_fingerprint), (None, None));
    let (to, from) = (met.health.organisation, met.childcare.organisation);
    let nobody = met.childcare.partner.seal_message(met.match_id, to, b"-").await;
    assert!(matches!(nobody, Err(Error::NoRecipient)));
    let own = met
        .health
        .partner
        .seal_message(met.match_id, from, b"-")
        .await
        .unwrap();
    let own = met.health.partner.send_sealed(met.match_id, &own, None).await;
    assert_eq!(refusal(own), ProblemType::SealingKeyRetired);
    let secret = met.health.registers_sealing_key().await;
    met.health.goes_over_to(&secret);
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Weer open.")
        .await;
    assert_eq!(met.health.reads(met.match_id, message).await, "Weer open.");
}

// rule: D11, E1, E2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_changes_its_own_keys_and_sees_no_others() {
    let met = Met::start().await;
    let (region, health, childcare) = (&met.region, &met.health, &met.childcare);
    let old = health.first_sealing_key();
    // Another organisation's coordinator finds no such key, whether it is one or not.
    for key in [old, sealing_secret().public().unwrap()] {
        let foreign = childcare.partner.retire_sealing_key(&key, true, None).await;
        assert_eq!(refusal(foreign), ProblemType::NotFound);
    }
    let bearer = childcare.bearer().await;
    let unknown = posts(
        region,
        &bearer,
        "/v1/sealing-keys/no-key/retirements",
        "no-key-at-all",
        "{}",
    )
    .await;
    assert_eq!(unknown.slug(), "not-found");
    let own = childcare.partner.sealing_keys().await.unwrap().items;
    assert_eq!(own.len(), 1);
    assert_eq!(SealingKey::from(own[0].key), childcare.first_sealing_key());

    // Who only works there reads, and who only coordinates changes.
    let of_role = async |role| {
        let program = Program::register(region, health.organisation, &[role]).await;
        program.unwrap().bearer(None).await.unwrap()
    };
    let (works, coordinates) = (
        of_role(Role::Professional).await,
        of_role(Role::Coordinator).await,
    );
    let http = Http::new(&region.url);
    let reads = async |bearer: &str| http.get("/v1/sealing-keys", &[("authorization", bearer)]).await;
    assert_eq!(reads(&works).await.status, 200);
    assert_eq!(reads(&coordinates).await.slug(), "insufficient-scope");
    let new = submission(health, &sealing_secret()).await;
    let refused = posts(region, &works, "/v1/sealing-keys", "who-works-there", &new).await;
    assert_eq!(refused.slug(), "insufficient-scope");
    let added = posts(region, &coordinates, "/v1/sealing-keys", "who-coordinates", &new).await;
    assert_eq!(added.status, 201);

    // A program that was disabled does nothing more, with no token.
    let disabled = health.bearer().await;
    region
        .casework
        .disable_client(health.client_id.clone())
        .await
        .unwrap();
    let path = format!("/v1/sealing-keys/{old}/retirements");
    let body = json!({"despiteWaiting": true}).to_string();
    let refused = posts(region, &disabled, &path, "a-disabled-program", &body).await;
    assert_eq!((refused.status, refused.slug().as_str()), (401, "invalid-token"));
    let retired = posts(region, &coordinates, &path, "another-program", &body).await;
    assert_eq!(retired.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_gives_sealing_keys_to_partners_alone() {
    let region = Region::start().await;
    let key = || sealing_secret().public().unwrap();
    let municipality = region.municipality().organisation;
    let refused = region.casework.operate_add_sealing_key(municipality, key()).await;
    assert!(matches!(refused, Err(RegisterError::NoSealingKeys)));
    let party = NewParty {
        covenant: tests::COVENANT.to_owned(),
        name: "Wijkteam Noord".to_owned(),
        kind: OrganisationKind::Partner,
        sector: Some(Sector::SocialSupport),
        roles: BTreeSet::new(),
        sealing_key: None,
        client_key: SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes().into(),
    };
    let organisation = region.casework.register(party).await.unwrap().organisation;
    assert!(
        region
            .casework
            .sealing_keys_of(organisation)
            .await
            .unwrap()
            .is_empty()
    );
    let (first, second) = (key(), key());
    for added in [first, second] {
        region
            .casework
            .operate_add_sealing_key(organisation, added)
            .await
            .unwrap();
    }
    for expected in [true, false] {
        let changed = region
            .casework
            .operate_retire_sealing_key(organisation, first)
            .await;
        assert_eq!(changed.unwrap(), expected);
    }
    let unknown = region
        .casework
        .operate_retire_sealing_key(organisation, key())
        .await;
    assert!(matches!(unknown, Err(RegisterError::NoSuchSealingKey)));
    let keys = region.casework.sealing_keys_of(organisation).await.unwrap();
    let keys: Vec<_> = keys
        .iter()
        .map(|row| (row.key, row.retired_at.is_some()))
        .collect();
    assert_eq!(keys, [(*second.as_bytes(), false), (*first.as_bytes(), true)]);
}
