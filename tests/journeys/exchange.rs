//! Messages and documents, sealed and opened behind the keyholder's gate and in a network that has none.

use std::io::Cursor;

use client::{Error, Peer};
use protocol::exchange::{Attachment, MessageState};
use protocol::match_case::Match;
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use protocol::sealed_message::{AttachmentHeader, Gate, OpenError, Route, open};
use protocol::text::Confidential;
use protocol::{Base64Url, Id};
use tests::{Http, Method, Professional, Region, Settings, eventually, refusal};

use crate::Met;

const ALL: PageQuery = PageQuery {
    limit: PageQuery::MAX_LIMIT,
    cursor: None,
};

/// Three parts and something.
fn document() -> Vec<u8> {
    (0..3_100_000_u32).map(|at| (at % 253) as u8).collect()
}

async fn with_keyholder() -> Met {
    Met::in_region(Region::with_keyholder().await).await
}

/// As a network should be: the portal is a process of its own, and there is a keyholder.
async fn apart() -> Met {
    let settings = Settings {
        keyholder: true,
        portal_apart: true,
        ..Settings::default()
    };
    Met::in_region(Region::with(settings).await).await
}

impl Met {
    /// The route of a message from childcare to health, under this consent.
    fn route(&self, message_id: Id, consent_hash: Base64Url<32>) -> Route {
        Route {
            match_id: self.match_id,
            message_id,
            sender: self.childcare.organisation,
            recipient: self.health.organisation,
            consent_hash,
        }
    }
}

async fn passes_both_ways(met: &Met) {
    met.open().await;
    let (childcare, health) = (&met.childcare, &met.health);
    for (from, to) in [(childcare, health), (health, childcare)] {
        let message = from.writes(met.match_id, to, "Zullen we bellen?").await;
        assert_eq!(to.reads(met.match_id, message).await, "Zullen we bellen?");
        let handed = from
            .hands_over(met.match_id, to, "verslag.pdf", &document())
            .await;
        let handed = handed.unwrap();
        let (name, received) = to.receives(met.match_id, handed).await;
        assert_eq!(name, "verslag.pdf");
        assert!(received == document());
        for id in [message, handed] {
            to.partner.acknowledge(met.match_id, id, None).await.unwrap();
            let listed = from.partner.messages(met.match_id, &ALL).await.unwrap();
            let found = listed.items.iter().find(|item| item.message_id == id).unwrap();
            assert_eq!(found.state, MessageState::Acknowledged);
        }
    }
    // Nobody has anything any more but who fetched it.
    assert_eq!(
        met.region
            .count("SELECT count(*) FROM message WHERE ciphertext IS NOT NULL")
            .await,
        0
    );
    assert_eq!(met.region.count("SELECT count(*) FROM message_part").await, 0);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_and_documents_pass_both_ways_without_a_keyholder() {
    passes_both_ways(&Met::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_and_documents_pass_both_ways_through_the_gate() {
    passes_both_ways(&with_keyholder().await).await;
}

/// The promise: whoever runs the service and whoever receives, together and with all that they have, open nothing without a
/// consent that stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_hands_out_the_ciphertext_gives_the_recipient_nothing() {
    let met = apart().await;
    let (request, mut guardian) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    let first = met.childcare.writes(met.match_id, &met.health, "eerste").await;
    let copied_first = met.region.stored_message().await;
    let word = met.region.portals_word(&record).await;
    let share = async |message, word| {
        let asked = met
            .health
            .asks_share(&met.region, met.match_id, message, &record, word);
        asked.await.map(|share| share.share)
    };
    let (sender, secret) = (
        met.childcare.first_sealing_key(),
        met.health.first_sealing_secret(),
    );
    let opened = |message, share: &Confidential<32>, sealed| {
        let route = met.route(message, record.hash);
        open(&route, Gate::Share(share), &sender, &secret, sealed).map(|content| content.to_vec())
    };

    // While consent stands this very way opens it: the copy is right, and so is the hand that opens.
    let first_share = share(first, &word).await.unwrap();
    assert_eq!(opened(first, &first_share, &copied_first).unwrap(), b"eerste");
    met.health.reads(met.match_id, first).await;
    met.health
        .partner
        .acknowledge(met.match_id, first, None)
        .await
        .unwrap();
    let second = met.childcare.writes(met.match_id, &met.health, "tweede").await;
    let copied = met.region.stored_message().await;
    let before = met.region.portals_word(&record).await;

    guardian.withdraws().await;
    assert_eq!(
        refusal(met.health.fetches(met.match_id, second).await),
        ProblemType::ConsentMissing
    );
    let after = met.region.portals_word(&record).await;
    assert_eq!(refusal(share(second, &after).await), ProblemType::GateClosed);
    // A word from before the withdrawal would be 60 seconds good for somebody quick: the keyholder is told as well.
    let told = async || {
        let waiting = met.region.casework.tombstones_waiting().await.unwrap();
        (waiting.count == 0).then_some(())
    };
    eventually("the keyholder is told of the withdrawal", told).await;
    assert_eq!(refusal(share(second, &before).await), ProblemType::GateClosed);

    // Another message's share, none, and one that is made up: the operator has no better ones.
    for wrong in [
        &first_share,
        &Confidential::new([0; 32]),
        &Confidential::new(record.hash.0),
    ] {
        assert_eq!(opened(second, wrong, &copied), Err(OpenError::Broken));
    }
    let route = met.route(second, record.hash);
    let without = open(&route, Gate::NoKeyholder, &sender, &secret, &copied).map(drop);
    assert_eq!(without, Err(OpenError::ShareMissing));
    let mut relabelled = copied.clone();
    relabelled.envelope = copied.envelope.replace("\"keyholder\"", "\"none\"");
    let without = open(&route, Gate::NoKeyholder, &sender, &secret, &relabelled).map(drop);
    assert_eq!(without, Err(OpenError::Broken));
}

/// With a forged record, which the operator could write: the portal's key it has not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_the_portal_did_not_sign_opens_nothing() {
    let met = apart().await;
    let (request, mut guardian) = met.open().await;
    let record = met.health.has_record(met.match_id, request.id).await;
    let message = met.childcare.writes(met.match_id, &met.health, "geheim").await;
    guardian.withdraws().await;

    let forger = protocol::consent::ConsentSigner::from_seed(&[66; 32]);
    let mut terms = protocol::consent::Record::parse(&record.document)
        .unwrap()
        .terms()
        .clone();
    terms.given_at = met.region.clock.now();
    let forged = forger.sign(&protocol::consent::Record::new(terms).unwrap());
    let mut lengthened = record.clone();
    lengthened.document = lengthened
        .document
        .replace("\"validUntil\":\"2", "\"validUntil\":\"3");
    let status = protocol::gate::ConsentStatus {
        as_of: met.region.clock.now(),
        consent: forged.hash,
        network: "testland".parse().unwrap(),
        state: protocol::gate::Standing::Stands,
    };
    let said = status.sign(&forger).unwrap();
    let word = met.region.portals_word(&record).await;
    for (record, status) in [
        (&forged, &said),
        (&forged, &word),
        (&lengthened, &word),
        (&record, &said),
    ] {
        let asked = met
            .health
            .asks_share(&met.region, met.match_id, message, record, status);
        assert_eq!(refusal(asked.await), ProblemType::GateClosed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_keyholder_is_down_nothing_is_sent_and_nothing_is_lost() {
    let mut met = with_keyholder().await;
    met.open().await;
    let waiting = met.childcare.writes(met.match_id, &met.health, "gisteren").await;
    met.region.keyholder().goes_down().await;
    let sent = met
        .childcare
        .partner
        .send(met.match_id, met.health.organisation, b"vandaag")
        .await;
    let error = sent.unwrap_err();
    assert_eq!(
        (error.peer_down(), error.is_unknown()),
        (Some(Peer::Keyholder), false),
        "{error:?}"
    );
    let handed = met
        .childcare
        .hands_over(met.match_id, &met.health, "a", b"a")
        .await;
    assert_eq!(handed.unwrap_err().peer_down(), Some(Peer::Keyholder));
    let fetched = met.health.fetches(met.match_id, waiting).await;
    assert_eq!(fetched.unwrap_err().peer_down(), Some(Peer::Keyholder));
    assert_eq!(met.region.count("SELECT count(*) FROM message").await, 1);

    met.region.keyholder().comes_up().await;
    assert_eq!(met.health.reads(met.match_id, waiting).await, "gisteren");
    let again = met.childcare.writes(met.match_id, &met.health, "vandaag").await;
    assert_eq!(met.health.reads(met.match_id, again).await, "vandaag");
    assert_eq!(met.region.count("SELECT count(*) FROM message").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_portal_is_down_nothing_is_sealed_and_the_rest_goes_on() {
    let mut met = apart().await;
    met.open().await;
    drop(met.region.portal.take());
    let sent = met
        .childcare
        .partner
        .send(met.match_id, met.health.organisation, b"vandaag")
        .await;
    let error = sent.unwrap_err();
    assert_eq!(
        (error.peer_down(), error.is_unknown()),
        (Some(Peer::Portal), false),
        "{error:?}"
    );
    assert_eq!(met.region.count("SELECT count(*) FROM message").await, 0);
    assert!(met.childcare.sees(met.match_id).await.exchange.open);
}

async fn the_other_gate_is_refused(met: &Met, own: &str, other: &str) {
    met.open().await;
    let (partner, to) = (&met.childcare.partner, met.health.organisation);
    let mut sealed = partner.seal_message(met.match_id, to, b"x").await.unwrap();
    assert!(sealed.envelope.contains(own));
    sealed.envelope = sealed.envelope.replace(own, other);
    let error = partner
        .send_sealed(met.match_id, &sealed, None)
        .await
        .unwrap_err();
    let problem = error.problem().unwrap();
    assert_eq!((problem.status, &*problem.errors[0].pointer), (400, "/envelope"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_no_keyholder_nothing_is_sealed_for_one() {
    the_other_gate_is_refused(&Met::start().await, "\"none\"", "\"keyholder\"").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_a_keyholder_an_empty_share_is_not_taken() {
    the_other_gate_is_refused(&with_keyholder().await, "\"keyholder\"", "\"none\"").await;
}

/// Who knows no keyholder where there is one seals what nobody takes, and opens nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_knows_no_keyholder_exchanges_nothing_where_there_is_one() {
    let region = Region::with_keyholder().await;
    let school = region
        .professional_of_level_a("Basisschool Zonnewijzer", tests::Sector::Education)
        .await;
    let met = Met::in_region(region).await;
    school.signals(&met.child).await;
    let match_id = school.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    let request = school
        .asks_consent(match_id, protocol::consent::AgeBand::Under12, 1)
        .await;
    tests::Guardian::of(&met.region, &request)[0].agrees().await;
    let sent = school.partner.send(match_id, met.health.organisation, b"x").await;
    assert_eq!(refusal(sent), ProblemType::InvalidRequest);
    let message = met.health.writes(match_id, &school, "Dag.").await;
    let error = school.fetches(match_id, message).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::ShareMissing)), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_is_used_once_and_a_hash_is_that_of_the_consent_that_stands() {
    let met = Met::start().await;
    met.open().await;
    let (partner, to) = (&met.childcare.partner, met.health.organisation);
    let sealed = partner.seal_message(met.match_id, to, b"x").await.unwrap();
    let key = "exchange-message-1".parse().unwrap();
    let first = partner
        .send_sealed(met.match_id, &sealed, Some(&key))
        .await
        .unwrap();
    assert_eq!(
        partner
            .send_sealed(met.match_id, &sealed, Some(&key))
            .await
            .unwrap(),
        first
    );
    let replayed = partner.send_sealed(met.match_id, &sealed, None).await;
    assert_eq!(refusal(replayed), ProblemType::MessageExists);

    let mut other = partner.seal_message(met.match_id, to, b"x").await.unwrap();
    let hash = Base64Url([7; 32]);
    other.envelope = other
        .envelope
        .replace(&other.consent_hash.to_string(), &hash.to_string());
    other.consent_hash = hash;
    let sent = partner.send_sealed(met.match_id, &other, None).await;
    assert_eq!(refusal(sent), ProblemType::ConsentMissing);
    assert_eq!(met.region.count("SELECT count(*) FROM message").await, 1);
}

/// Reads a document's place with the sender's own token.
async fn attachment(who: &Professional, match_id: Id, id: Id) -> Attachment {
    who.partner.attachment(match_id, id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_goes_on_where_it_broke_off_and_is_seen_when_it_is_whole() {
    let met = with_keyholder().await;
    met.open().await;
    let (document, mut kept) = (document(), Vec::new());
    let header = AttachmentHeader::new("verslag.pdf", "application/pdf").unwrap();
    let (partner, to) = (&met.childcare.partner, met.health.organisation);
    let sealed = partner
        .seal_attachment(
            met.match_id,
            to,
            &header,
            document.len() as u64,
            &mut document.as_slice(),
            &mut kept,
        )
        .await
        .unwrap();
    let id = sealed.submission.message_id;
    // It breaks off: the file holds two parts only.
    let mut half = Cursor::new(&kept[..2_000_000]);
    let broken = partner.send_sealed_attachment(&sealed, &mut half).await;
    assert!(matches!(broken, Err(Error::Read(_))), "{broken:?}");
    let found = attachment(&met.childcare, met.match_id, id).await;
    assert_eq!(
        (found.state, found.received),
        (MessageState::Arriving, Some(vec![0, 1]))
    );
    assert_eq!(
        refusal(met.health.fetches(met.match_id, id).await),
        ProblemType::NotFound
    );
    let listed = met.health.partner.messages(met.match_id, &ALL).await.unwrap();
    assert!(listed.items.is_empty(), "{listed:?}");

    let sent = partner
        .send_sealed_attachment(&sealed, &mut Cursor::new(&kept))
        .await
        .unwrap();
    assert_eq!((sent.state, sent.parts), (MessageState::Waiting, 4));
    partner
        .send_sealed_attachment(&sealed, &mut Cursor::new(&kept))
        .await
        .unwrap();
    let (name, received) = met.health.receives(met.match_id, id).await;
    assert_eq!(name, "verslag.pdf");
    assert!(received == document);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_was_laid_down_is_not_changed_and_nobody_else_lays_one() {
    let met = Met::start().await;
    met.open().await;
    let (document, mut kept) = (document(), Vec::new());
    let header = AttachmentHeader::new("verslag.pdf", "application/pdf").unwrap();
    let (partner, to) = (&met.childcare.partner, met.health.organisation);
    let sealed = partner
        .seal_attachment(
            met.match_id,
            to,
            &header,
            document.len() as u64,
            &mut document.as_slice(),
            &mut kept,
        )
        .await
        .unwrap();
    let mut half = Cursor::new(&kept[..1_000_000]);
    assert!(partner.send_sealed_attachment(&sealed, &mut half).await.is_err());
    kept[5] ^= 1;
    let path = format!(
        "/v1/matches/{}/attachments/{}/parts/0",
        met.match_id, sealed.submission.message_id
    );
    for (who, status) in [(&met.childcare, 409), (&met.health, 404)] {
        let bearer = who.bearer().await;
        let headers = [
            ("authorization", &*bearer),
            ("content-type", "application/octet-stream"),
        ];
        let part = Some(&kept[..983_280]);
        let answer = Http::new(&met.region.url)
            .send(Method::PUT, &path, &headers, part)
            .await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

/// Veilig Thuis stands in every match, whether anything may pass or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_veilig_thuis_is_shown_whatever_is_closed() {
    let met = Met::start().await;
    let shown = |seen: &Match| seen.safeguarding.phone == "0800-2000";
    assert!(shown(&met.childcare.sees(met.match_id).await));
    let (_, mut guardian) = met.open().await;
    assert!(shown(&met.childcare.sees(met.match_id).await));
    guardian.withdraws().await;
    assert!(shown(&met.health.sees(met.match_id).await));
}

/// The service hands documents over; it is nobody's archive, and no partner can fill its disk.
#[tokio::test]
async fn twenty_documents_are_kept_and_one_more_when_one_is_acknowledged() {
    let met = Met::start().await;
    met.open().await;
    let (childcare, health) = (&met.childcare, &met.health);
    let hand_over = async || {
        childcare
            .hands_over(met.match_id, health, "verslag.txt", b"kort")
            .await
    };
    let first = hand_over().await.unwrap();
    for _ in 1..20 {
        hand_over().await.unwrap();
    }
    assert_eq!(refusal(hand_over().await), ProblemType::TooManyAttachments);

    // Reading alone keeps it; having it in its own file does not.
    health.receives(met.match_id, first).await;
    assert_eq!(refusal(hand_over().await), ProblemType::TooManyAttachments);
    health
        .partner
        .acknowledge(met.match_id, first, None)
        .await
        .unwrap();
    hand_over().await.unwrap();
    assert_eq!(refusal(hand_over().await), ProblemType::TooManyAttachments);
}
