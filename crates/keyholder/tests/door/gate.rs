//! The gate: a party of a consent that stands gets the share, and nobody else, whatever they send.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use keyholder::{ConsentKeyError, Keyholder, KeyholderError, StartError};
use protocol::Id;
use protocol::consent::About;
use protocol::gate::{ConsentStatus, GateRefusal, GateShare, GateShareRequest, Standing, derive_share};
use protocol::text::{Base64Url, Confidential};
use serde_json::{Value, json};

use crate::exchange::{Exchange, NETWORK, SHARES, TOMBSTONES, in_database, portal};
use crate::wire::{Answer, Wire};
use crate::world::{GATE_KEY, World, random};

fn share(answer: &Answer) -> [u8; 32] {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer: GateShare = serde_json::from_value(answer.json()).unwrap();
    *answer.share.expose()
}

/// A refusal of the gate, in its one form.
fn closed(answer: &Answer) -> (String, String) {
    assert_eq!(
        (answer.status, answer.slug().as_str()),
        (403, "gate-closed"),
        "{}",
        answer.text()
    );
    let [fault] = answer.faults().try_into().unwrap();
    fault
}

fn fault(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_parties_get_the_same_share_and_the_log_has_it() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let request = exchange.request(&world).await;
    let answer = world.share(&exchange.of_school, &request).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let hash = exchange.record.hash;
    let key = Confidential::new(GATE_KEY);
    let expected = derive_share(&key, &hash, exchange.match_id, exchange.message);
    assert_eq!(share(&answer), *expected.expose());
    assert_eq!(
        share(&world.share(&exchange.of_care, &request).await),
        *expected.expose()
    );
    let other = GateShareRequest {
        message_id: Id(random()),
        ..request
    };
    assert_ne!(
        share(&world.share(&exchange.of_care, &other).await),
        *expected.expose()
    );

    // A line for each, before it left; which match and consent stands in what is sealed.
    assert_eq!(world.events("gate.share_released").await, 3);
    let leaves = "SELECT count(*) FROM (SELECT leaf FROM keyholder.log_pending UNION ALL SELECT leaf FROM keyholder.log_leaf) AS l
                   WHERE convert_from(leaf, 'UTF8') LIKE";
    for organisation in exchange.parties() {
        let leaves = format!("{leaves} '%gate.share_released%{organisation}%'");
        assert!(world.number(&leaves).await > 0);
    }
    for hidden in [exchange.match_id.to_string(), hash.to_string()] {
        assert_eq!(world.number(&format!("{leaves} '%{hidden}%'")).await, 0);
    }
    let export = world.operator.export_log(Cursor::new(Vec::new())).await.unwrap();
    let export = String::from_utf8(export.into_inner()).unwrap();
    for told in [
        exchange.match_id.to_string(),
        exchange.message.to_string(),
        hash.to_string(),
    ] {
        assert!(export.contains(&told), "{told}");
    }
}

/// Spoils a right request in one way; gives who asks then, and what it is told.
async fn spoiled(
    world: &World,
    exchange: &Exchange,
    reason: GateRefusal,
) -> (GateShareRequest, Option<String>, (String, String)) {
    let mut request = exchange.request(world).await;
    let now = world.now().await;
    let after = |seconds: i64| now + SignedDuration::from_secs(seconds);
    let status = |change: &dyn Fn(&mut ConsentStatus)| {
        let mut status = exchange.status(now);
        change(&mut status);
        status.sign(&exchange.portal).unwrap()
    };
    let mut caller = None;
    match reason {
        GateRefusal::RecordHash => request.record.hash = Base64Url(random()),
        // A portal that nobody believes signed what would be right.
        GateRefusal::RecordUntrusted => {
            let stranger = portal();
            let record = protocol::consent::Record::parse(&exchange.record.document).unwrap();
            request.record = stranger.sign(&record);
            request.status = exchange.status(now).sign(&stranger).unwrap();
        }
        GateRefusal::RecordNetwork => {
            let other = |terms: &mut protocol::consent::Terms| terms.network = "elsewhere".parse().unwrap();
            request = exchange.request_under(world, other).await;
        }
        GateRefusal::RecordPurpose => {
            request = exchange
                .request_under(world, |terms| {
                    terms.about = About::Signal(exchange.match_id);
                    terms.parties = [terms.issuer].into();
                })
                .await;
        }
        GateRefusal::RecordMatch => request.match_id = Id(random()),
        GateRefusal::RecordParty => caller = Some(world.token(&world.partner().await).await),
        GateRefusal::RecordNotYetGiven => {
            let given = after(300);
            request = exchange
                .request_under(world, |terms| terms.given_at = given)
                .await;
        }
        GateRefusal::RecordExpired => {
            request = exchange
                .request_under(world, |terms| terms.valid_until = now)
                .await;
        }
        GateRefusal::Tombstoned => {
            // Another consent of the same match, so that this one stays as it is.
            let earlier = after(-60 * 60 * 24);
            request = exchange
                .request_under(world, |terms| terms.given_at = earlier)
                .await;
            let mut tombstone = exchange.tombstone(now);
            tombstone.hash = request.record.hash;
            let gateway = world.token(&world.gateway().await).await;
            assert_eq!(world.bury(&gateway, vec![tombstone]).await.status, 204);
        }
        GateRefusal::StatusUntrusted => request.status = exchange.status(now).sign(&portal()).unwrap(),
        GateRefusal::StatusNetwork => {
            request.status = status(&|status| status.network = "elsewhere".parse().unwrap());
        }
        GateRefusal::StatusConsent => request.status = status(&|status| status.consent = Base64Url([6; 32])),
        GateRefusal::StatusOld => request.status = status(&|status| status.as_of = after(-61)),
        GateRefusal::StatusFuture => request.status = status(&|status| status.as_of = after(300)),
        GateRefusal::Ended => request.status = status(&|status| status.state = Standing::Ended),
    }
    let told = match reason {
        GateRefusal::RecordMatch => fault("/match", "not-allowed"),
        GateRefusal::RecordNotYetGiven | GateRefusal::RecordExpired => fault("/record", "out-of-range"),
        GateRefusal::StatusOld | GateRefusal::StatusFuture => fault("/status", "out-of-range"),
        GateRefusal::StatusUntrusted
        | GateRefusal::StatusNetwork
        | GateRefusal::StatusConsent
        | GateRefusal::Ended => fault("/status", "not-allowed"),
        _ => fault("/record", "not-allowed"),
    };
    (request, caller, told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reason_keeps_the_gate_closed_and_is_told_once_a_day() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    for (told_before, reason) in GateRefusal::ALL.into_iter().enumerate() {
        let (request, caller, told) = spoiled(&world, &exchange, reason).await;
        let caller = caller.as_ref().unwrap_or(&exchange.of_school);
        for _ in 0..2 {
            let answer = world.share(caller, &request).await;
            assert_eq!(closed(&answer), told, "{reason:?}");
            // Which reason it is of those of a member, nobody is told.
            assert!(!answer.text().contains(reason.as_str()), "{}", answer.text());
        }
        let events = i64::try_from(told_before).unwrap() + 1;
        assert_eq!(world.events("gate.share_refused").await, events, "{reason:?}");
    }
    assert_eq!(world.events("gate.share_released").await, 0);
    // What was wrong did no harm to what is right; a status need not be of this very moment.
    let before = world.now().await - SignedDuration::from_secs(20);
    share(
        &world
            .share(&exchange.of_school, &exchange.request_at(before))
            .await,
    );

    // Another client is another line, and another day too; in the numbers each counts, and none has a name.
    let (request, _, told) = spoiled(&world, &exchange, GateRefusal::Ended).await;
    assert_eq!(closed(&world.share(&exchange.of_care, &request).await), told);
    assert_eq!(world.events("gate.share_refused").await, 16);
    let metrics = Wire::new(
        world
            .keyholder
            .as_ref()
            .unwrap()
            .metrics_address()
            .unwrap()
            .to_string(),
    );
    let text = metrics.send("GET", "/metrics", &[], None).await.text();
    for line in [
        "keyholder_gate_shares_total 1",
        r#"keyholder_gate_refusals_total{reason="ended"} 3"#,
        r#"keyholder_gate_refusals_total{reason="status-old"} 2"#,
        r#"keyholder_refusals_total{problem="gate-closed"} 31"#,
        "keyholder_gate_tombstones_received_total 1",
        "keyholder_gate_tombstones 1",
        "keyholder_gate_consent_keys 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    assert!(!text.contains(&exchange.match_id.to_string()));
    world.advance(24 * 60 * 60).await;
    let school = world.token(&exchange.school).await;
    let (request, _, told) = spoiled(&world, &exchange, GateRefusal::Ended).await;
    assert_eq!(closed(&world.share(&school, &request).await), told);
    assert_eq!(world.events("gate.share_refused").await, 17);
}

/// What one signature is for, serves for nothing else, and one changed byte spoils it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_or_status_that_was_changed_opens_nothing() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let right = exchange.request(&world).await;
    let hash = |document: &str| {
        let bytes: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(document.as_bytes()).into();
        Base64Url(bytes)
    };
    let mut longer = right.clone();
    longer.record.document = longer.record.document.replace("\"nl\"", "\"en\"");
    longer.record.hash = hash(&longer.record.document);
    assert_eq!(
        closed(&world.share(&exchange.of_school, &longer).await).0,
        "/record"
    );
    let mut stands = right.clone();
    let mut ended = exchange.status(world.now().await);
    ended.state = Standing::Ended;
    stands.status = ended.sign(&exchange.portal).unwrap();
    stands.status.document = stands.status.document.replace("ended", "stands");
    assert_eq!(
        closed(&world.share(&exchange.of_school, &stands).await).0,
        "/status"
    );
    let mut swapped = right.clone();
    swapped.record.document = right.status.document.clone();
    swapped.record.signature = right.status.signature;
    swapped.record.hash = hash(&swapped.record.document);
    assert_eq!(
        closed(&world.share(&exchange.of_school, &swapped).await).0,
        "/record"
    );
    share(&world.share(&exchange.of_school, &right).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_goes_from_one_key_to_the_next_and_an_ended_one_never_comes_back() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let network = || NETWORK.parse().unwrap();
    let (old, next) = (exchange.portal.key().public_key, portal());
    let new = next.key().public_key;
    world.operator.add_consent_key(network(), new).await.unwrap();
    // Record under the one, status under the other: both are believed.
    let mut request = exchange.request(&world).await;
    request.status = exchange.status(world.now().await).sign(&next).unwrap();
    share(&world.share(&exchange.of_school, &request).await);
    // A key is believed for its own network alone.
    let elsewhere = exchange
        .request_under(&world, |terms| terms.network = "elsewhere".parse().unwrap())
        .await;
    assert_eq!(
        closed(&world.share(&exchange.of_school, &elsewhere).await).0,
        "/record"
    );

    world.operator.end_consent_key(network(), old).await.unwrap();
    request.status = exchange.status(world.now().await).sign(&next).unwrap();
    assert_eq!(
        closed(&world.share(&exchange.of_school, &request).await),
        fault("/record", "not-allowed")
    );
    assert_eq!(world.events("gate.consent_key_added").await, 2);
    assert_eq!(world.events("gate.consent_key_ended").await, 1);

    let taken = world.operator.add_consent_key(network(), old).await;
    assert!(matches!(taken, Err(ConsentKeyError::Taken)));
    let again = world.operator.end_consent_key(network(), old).await;
    assert!(matches!(again, Err(ConsentKeyError::Unknown)));
    for no_key in [[0; 32], [2; 32]] {
        let refused = world.operator.add_consent_key(network(), Base64Url(no_key)).await;
        assert!(matches!(refused, Err(ConsentKeyError::Key)), "{no_key:?}");
    }
    let keys = world.operator.consent_keys().await.unwrap();
    let ended: Vec<_> = keys
        .iter()
        .map(|key| (key.key.public_key, key.ended_at.is_some()))
        .collect();
    assert!(ended.contains(&(old, true)) && ended.contains(&(new, false)) && ended.len() == 2);
    assert_eq!(keys[0].network, network());
    assert_eq!(
        world.events("gate.consent_key_added").await,
        2,
        "what is refused is no event"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_to_have_ended_stays_ended() {
    let mut world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let gateway = world.gateway().await;
    let of_gateway = world.token(&gateway).await;
    share(
        &world
            .share(&exchange.of_school, &exchange.request(&world).await)
            .await,
    );
    let now = world.now().await;
    let tombstone = exchange.tombstone(now);
    // Twice in one request, beside another one, and told again: it is known once.
    let mut unknown = tombstone;
    unknown.hash = Base64Url(random());
    for _ in 0..3 {
        let told = world.bury(&of_gateway, vec![tombstone, unknown, tombstone]).await;
        assert_eq!((told.status, told.body.len()), (204, 0));
    }
    let ended = fault("/record", "not-allowed");
    let refused = world
        .share(&exchange.of_school, &exchange.request(&world).await)
        .await;
    assert_eq!(closed(&refused), ended);
    assert_eq!(world.events("gate.tombstones_received").await, 1);
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.gate_tombstone")
            .await,
        2
    );

    // Nothing shortens it: not a later end, not an earlier keeping. What says more, is taken.
    let hour = SignedDuration::from_hours(1);
    let mut less = tombstone;
    (less.ended_at, less.until) = (now + hour, now - hour);
    let mut more = tombstone;
    (more.ended_at, more.until) = (now - hour, exchange.until + hour);
    let mut kept = (tombstone.ended_at, tombstone.until);
    for told in [less, more] {
        assert_eq!(world.bury(&of_gateway, vec![told]).await.status, 204);
        kept = (kept.0.min(told.ended_at), kept.1.max(told.until));
        let (consent, _) = in_database(&exchange.record.hash);
        let sql = "SELECT ended_at, until FROM keyholder.gate_tombstone WHERE consent = $1";
        let row = world
            .superuser()
            .await
            .query_one(sql, &[&consent.as_slice()])
            .await
            .unwrap();
        let second = |at: jiff::Timestamp| at.as_second();
        let found: (jiff::Timestamp, jiff::Timestamp) = (row.get(0), row.get(1));
        assert_eq!(
            (second(found.0), second(found.1)),
            (second(kept.0), second(kept.1))
        );
    }
    assert_eq!(
        world.events("gate.tombstones_received").await,
        1,
        "nothing new ended"
    );

    // Not a restart either, nor another process on the same database.
    let base = world.base().to_owned();
    world.stop().await;
    world.start_at(&base).await;
    let refused = world
        .share(&exchange.of_school, &exchange.request(&world).await)
        .await;
    assert_eq!(closed(&refused), ended);
    let second = second_process(&world, &base).await;
    let refused = second
        .wire
        .share(&exchange.of_care, &exchange.request(&world).await)
        .await;
    assert_eq!(closed(&refused), ended);
    second.keyholder.stop().await;
    // Another consent of the same match is another one.
    let another = exchange
        .request_under(&world, |terms| terms.language = "en".parse().unwrap())
        .await;
    share(&world.share(&exchange.of_school, &another).await);
}

/// A time of no calendar that PostgreSQL knows is taken as long ago.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tombstone_of_any_time_is_taken() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let of_gateway = world.token(&world.gateway().await).await;
    let mut tombstone = exchange.tombstone(jiff::Timestamp::MIN);
    tombstone.until = jiff::Timestamp::MAX;
    assert_eq!(world.bury(&of_gateway, vec![tombstone]).await.status, 204);
    tombstone.until = jiff::Timestamp::MIN;
    assert_eq!(world.bury(&of_gateway, vec![tombstone]).await.status, 204);
    let refused = world
        .share(&exchange.of_school, &exchange.request(&world).await)
        .await;
    assert_eq!(closed(&refused), fault("/record", "not-allowed"));
    let many = (0..100).map(|_| {
        let mut tombstone = exchange.tombstone(jiff::Timestamp::MAX);
        tombstone.hash = Base64Url(random());
        tombstone
    });
    assert_eq!(world.bury(&of_gateway, many.collect()).await.status, 204);
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.gate_tombstone")
            .await,
        101
    );
}

/// Another process of the same keyholder: its own address, and the name and keys it has.
struct Second {
    keyholder: Keyholder,
    wire: SecondWire,
}

#[derive(Clone)]
struct SecondWire(Wire);

impl SecondWire {
    async fn share(&self, token: &str, request: &GateShareRequest) -> Answer {
        let body = serde_json::to_vec(request).unwrap();
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        loop {
            let answer = self.0.send("POST", SHARES, &headers, Some(&body)).await;
            if answer.slug() != "try-again" {
                return answer;
            }
        }
    }
}

async fn second_process(world: &World, base: &str) -> Second {
    let mut settings = world.settings();
    settings.base = Some(base.to_owned());
    let keyholder = Keyholder::start(settings).await.unwrap();
    let host = base.strip_prefix("http://").unwrap().to_owned();
    let wire = SecondWire(Wire::at(keyholder.address().to_string(), host));
    Second { keyholder, wire }
}

/// Who waits for a lock of the gate.
async fn waiting(world: &World) -> i64 {
    let sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = x'6b657967'::int::oid AND NOT granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    world.number(sql).await
}

async fn until_somebody_waits(world: &World) {
    while waiting(world).await == 0 {
        tokio::task::yield_now().await;
    }
}

/// A share that is asked for while its consent is being ended waits, and is refused; an end that is told while a share is
/// being released waits until that is in the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_and_a_tombstone_of_one_consent_wait_for_each_other() {
    let world = Arc::new(World::new().await);
    let exchange = Arc::new(Exchange::new(&world).await);
    let of_gateway = world.token(&world.gateway().await).await;
    let (consent, lock) = in_database(&exchange.record.hash);
    let class = 0x6b65_7967_i32;

    // Another process is releasing.
    let mut other = world.superuser().await;
    let releasing = other.transaction().await.unwrap();
    let shared = "SELECT pg_advisory_xact_lock_shared($1, $2) IS NULL";
    releasing.query(shared, &[&class, &lock]).await.unwrap();
    share(
        &world
            .share(&exchange.of_care, &exchange.request(&world).await)
            .await,
    );
    let ended_at = world.now().await;
    let mut another = exchange.tombstone(ended_at);
    another.hash = Base64Url(random());
    assert_eq!(
        world.bury(&of_gateway, vec![another]).await.status,
        204,
        "of another consent"
    );
    let telling = {
        let (world, exchange, of_gateway) = (Arc::clone(&world), Arc::clone(&exchange), of_gateway.clone());
        tokio::spawn(async move { world.bury(&of_gateway, vec![exchange.tombstone(ended_at)]).await })
    };
    until_somebody_waits(&world).await;
    assert!(!telling.is_finished());
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.gate_tombstone")
            .await,
        1
    );
    releasing.commit().await.unwrap();
    assert_eq!(telling.await.unwrap().status, 204);

    // Another process is ending another consent of the match.
    let request = exchange
        .request_under(&world, |terms| terms.language = "en".parse().unwrap())
        .await;
    let (other_consent, lock) = in_database(&request.record.hash);
    assert_ne!(consent, other_consent);
    let ending = other.transaction().await.unwrap();
    let alone = "SELECT pg_advisory_xact_lock($1, $2) IS NULL";
    ending.query(alone, &[&class, &lock]).await.unwrap();
    let asking = {
        let (world, exchange, request) = (Arc::clone(&world), Arc::clone(&exchange), request.clone());
        tokio::spawn(async move { world.share(&exchange.of_school, &request).await })
    };
    until_somebody_waits(&world).await;
    assert!(!asking.is_finished());
    let bury = "INSERT INTO keyholder.gate_tombstone VALUES ($1, now(), now() + interval '1 year', now())";
    ending.execute(bury, &[&other_consent.as_slice()]).await.unwrap();
    ending.commit().await.unwrap();
    assert_eq!(closed(&asking.await.unwrap()), fault("/record", "not-allowed"));
    assert_eq!(world.events("gate.share_released").await, 1);
}

/// Two processes, four who ask without end, and one word in the midst of it: no release stands behind the end in the log, and
/// whoever asks after the acknowledgement is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_share_is_released_after_the_end_was_acknowledged() {
    let world = Arc::new(World::new().await);
    let exchange = Arc::new(Exchange::new(&world).await);
    let of_gateway = world.token(&world.gateway().await).await;
    let base = world.base().to_owned();
    let second = second_process(&world, &base).await;
    let acknowledged = Arc::new(AtomicBool::new(false));
    let first = SecondWire(world.wire.clone());
    let request = exchange.request(&world).await;
    let askers: Vec<_> = [&first, &second.wire, &first, &second.wire]
        .into_iter()
        .enumerate()
        .map(|(number, wire)| {
            let (wire, exchange, acknowledged) =
                (wire.clone(), Arc::clone(&exchange), Arc::clone(&acknowledged));
            let request = request.clone();
            tokio::spawn(async move {
                let token = if number < 2 {
                    &exchange.of_school
                } else {
                    &exchange.of_care
                };
                let mut shares = 0;
                loop {
                    let after = acknowledged.load(Ordering::SeqCst);
                    let answer = wire.share(token, &request).await;
                    if answer.status != 200 {
                        assert_eq!(closed(&answer), fault("/record", "not-allowed"));
                        return shares;
                    }
                    assert!(!after, "released after the end was acknowledged");
                    shares += 1;
                }
            })
        })
        .collect();
    while world.events("gate.share_released").await < 8 {
        tokio::task::yield_now().await;
    }
    let told = world
        .bury(&of_gateway, vec![exchange.tombstone(world.now().await)])
        .await;
    assert_eq!(told.status, 204);
    acknowledged.store(true, Ordering::SeqCst);
    let mut shares = 0;
    for asker in askers {
        shares += asker.await.unwrap();
    }
    assert_eq!(world.events("gate.share_released").await, shares);
    second.keyholder.stop().await;
    world.operator.export_log(Cursor::new(Vec::new())).await.unwrap();
    let behind = r#"SELECT count(*) FROM keyholder.log_leaf released, keyholder.log_leaf told
                     WHERE convert_from(released.leaf, 'UTF8') LIKE '%"e":"gate.share_released"%'
                       AND convert_from(told.leaf, 'UTF8') LIKE '%"e":"gate.tombstones_received"%'
                       AND released.index > told.index"#;
    assert_eq!(world.number(behind).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_does_its_own() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let of_gateway = world.token(&world.gateway().await).await;
    let request = exchange.request(&world).await;
    let tombstone = exchange.tombstone(world.now().await);
    assert_eq!(
        world.share(&of_gateway, &request).await.slug(),
        "insufficient-scope"
    );
    assert_eq!(
        world.bury(&exchange.of_school, vec![tombstone]).await.slug(),
        "insufficient-scope"
    );
    // A token that was asked for evaluations alone opens no gate.
    let assertion = world.assertion(&exchange.school).sign();
    let narrow = world.ask_token(&assertion, &[("scope", "evaluate")]).await;
    let narrow = narrow.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(world.share(&narrow, &request).await.slug(), "insufficient-scope");
    for (caller, scope) in [(&exchange.school, "tombstone"), (&world.gateway().await, "share")] {
        let refused = world
            .ask_token(&world.assertion(caller).sign(), &[("scope", scope)])
            .await;
        assert_eq!(refused.json()["error"], "invalid_scope", "{scope}");
    }
    world.operator.disable_client(&exchange.school.id).await.unwrap();
    assert_eq!(
        world.share(&exchange.of_school, &request).await.slug(),
        "invalid-token"
    );
    share(&world.share(&exchange.of_care, &request).await);
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.gate_tombstone")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_read_strictly_and_told_of_by_member() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let of_gateway = world.token(&world.gateway().await).await;
    let good = serde_json::to_value(exchange.request(&world).await).unwrap();
    let told = json!({"consents": [exchange.tombstone(world.now().await)]});
    let with = |good: &Value, pointer: &str, value: Value| {
        let mut body = good.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        match value {
            Value::Null => drop(parent.as_object_mut().unwrap().remove(member)),
            value => parent[member] = value,
        }
        body
    };
    for (member, value, at, code) in [
        ("/match", Value::Null, "/match", "required"),
        ("/match", json!(7), "/match", "wrong-type"),
        ("/message", json!("AAAA"), "/message", "invalid-format"),
        ("/bsn", json!("123456782"), "", "unknown-member"),
        ("/record", json!("x"), "/record", "wrong-type"),
        ("/record/note", json!(1), "/record", "unknown-member"),
        ("/record/document", json!(""), "/record/document", "out-of-range"),
        (
            "/record/document",
            json!("x".repeat(8193)),
            "/record/document",
            "out-of-range",
        ),
        (
            "/record/hash",
            json!(protocol::text::encode([1; 31])),
            "/record/hash",
            "invalid-format",
        ),
        ("/status", Value::Null, "/status", "required"),
        (
            "/status/signature",
            json!("!"),
            "/status/signature",
            "invalid-format",
        ),
        ("/status/hash", json!("x"), "/status", "unknown-member"),
    ] {
        let answer = world
            .post(SHARES, &exchange.of_school, &with(&good, member, value))
            .await;
        assert_eq!(answer.slug(), "invalid-request", "{member}");
        assert_eq!(answer.faults(), [fault(at, code)], "{member}");
        assert!(!answer.text().contains("123456782"));
    }
    for (member, value, at, code) in [
        ("/consents", json!([]), "/consents", "out-of-range"),
        (
            "/consents",
            json!(vec![told["consents"][0].clone(); 101]),
            "",
            "payload",
        ),
        ("/consents", json!({}), "/consents", "wrong-type"),
        ("/more", json!(1), "", "unknown-member"),
        ("/consents/0", json!("x"), "/consents/0", "wrong-type"),
    ] {
        let answer = world
            .post(TOMBSTONES, &of_gateway, &with_any(&told, member, value))
            .await;
        if code == "payload" {
            // A hundred and one that are short enough to be read.
            assert!(["invalid-request", "payload-too-large"].contains(&answer.slug().as_str()));
            continue;
        }
        assert_eq!(answer.slug(), "invalid-request", "{member}");
        assert_eq!(answer.faults(), [fault(at, code)], "{member}");
    }
    for bend in [
        ("hash", json!("AA")),
        ("endedAt", json!("yesterday")),
        ("until", Value::Null),
        ("reason", json!("x")),
    ] {
        let mut body = told.clone();
        body["consents"][0][bend.0] = bend.1;
        let answer = world.post(TOMBSTONES, &of_gateway, &body).await;
        assert_eq!(answer.slug(), "invalid-request", "{}", bend.0);
    }
    // The same member twice, of which another reader could take the other.
    for (path, token, body, member) in [
        (SHARES, &exchange.of_school, &good, "match"),
        (SHARES, &exchange.of_school, &good, "document"),
        (TOMBSTONES, &of_gateway, &told, "hash"),
    ] {
        let text = body.to_string();
        let twice = text.replacen(
            &format!("\"{member}\":"),
            &format!("\"{member}\":\"x\",\"{member}\":"),
            1,
        );
        assert_ne!(text, twice);
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = world
            .wire
            .send("POST", path, &headers, Some(twice.as_bytes()))
            .await;
        assert_eq!(answer.slug(), "malformed-json", "{path} {member}");
    }
    for table in ["gate_tombstone", "gate_refusal_day"] {
        assert_eq!(
            world
                .number(&format!("SELECT count(*) FROM keyholder.{table}"))
                .await,
            0
        );
    }
    assert_eq!(world.events("gate.share_released").await, 0);
}

fn with_any(good: &Value, pointer: &str, value: Value) -> Value {
    let mut body = good.clone();
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => body[pointer.trim_start_matches('/')] = value,
    }
    body
}

/// Shares of another key would open nothing: with it a keyholder does not start, and one that runs gives none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_gate_key_is_taken_only_when_the_operator_says_so() {
    let mut world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let before = share(
        &world
            .share(&exchange.of_school, &exchange.request(&world).await)
            .await,
    );
    assert!(!world.operator.accept_gate_key().await.unwrap(), "it is that key");
    let mut settings = world.settings();
    settings.keys.gate_key = Confidential::new([0x58; 32]);
    let refused = Keyholder::start(settings.clone()).await.err().unwrap();
    assert!(matches!(
        refused,
        StartError::Keyholder(KeyholderError::OtherGateKey)
    ));

    let operator = keyholder::Operator::open(
        settings.database.clone(),
        &settings.keys,
        settings.environment.clone(),
    )
    .unwrap();
    // Making what is missing takes no other key by the way.
    operator.initialise().await.unwrap();
    assert!(Keyholder::start(settings.clone()).await.is_err());
    assert!(operator.accept_gate_key().await.unwrap());
    assert_eq!(world.events("gate.key_replaced").await, 1);
    let answer = world
        .share(&exchange.of_school, &exchange.request(&world).await)
        .await;
    assert_eq!(answer.slug(), "internal-error", "it runs with the key before");
    let base = world.base().to_owned();
    world.stop().await;
    settings.base = Some(base.clone());
    let keyholder = Keyholder::start(settings).await.unwrap();
    let host = base.strip_prefix("http://").unwrap().to_owned();
    world.wire = Wire::at(keyholder.address().to_string(), host);
    world.keyholder = Some(keyholder);
    let after = share(
        &world
            .share(&exchange.of_school, &exchange.request(&world).await)
            .await,
    );
    assert_ne!(before, after);
}

/// Without its database nothing is released, and nothing is half done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_the_gate_stays_closed() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let of_gateway = world.token(&world.gateway().await).await;
    let request = exchange.request(&world).await;
    let told = json!({"consents": [exchange.tombstone(world.now().await)]});
    let name = world.database.get_dbname().unwrap();
    world
        .sql(&format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"))
        .await;
    world
        .sql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND usename = 'kh_service'"
        ))
        .await;
    let asked = serde_json::to_value(&request).unwrap();
    for (path, token, body) in [
        (SHARES, &exchange.of_school, &asked),
        (TOMBSTONES, &of_gateway, &told),
    ] {
        let answer = world.post(path, token, body).await;
        assert_eq!(answer.slug(), "try-again", "{path}: {}", answer.text());
        assert!(answer.header("retry-after").is_some());
    }
    world
        .sql(&format!("GRANT CONNECT ON DATABASE {name} TO PUBLIC"))
        .await;
    share(
        &world
            .share(&exchange.of_school, &exchange.request(&world).await)
            .await,
    );
    assert_eq!(world.post(TOMBSTONES, &of_gateway, &told).await.status, 204);
}

/// Nobody has a share before a portal is believed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_portals_key_no_share_is_released() {
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let key = exchange.portal.key().public_key;
    world
        .operator
        .end_consent_key(NETWORK.parse().unwrap(), key)
        .await
        .unwrap();
    let refused = world
        .share(&exchange.of_school, &exchange.request(&world).await)
        .await;
    assert_eq!(closed(&refused), fault("/record", "not-allowed"));
}
