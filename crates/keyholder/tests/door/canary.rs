//! The keyholder cannot learn who a child is: everything it receives, everything in its database and everything it logs
//! is looked through for identifiers, tokens and keys that it must not have, in every spelling. A finder that finds
//! nothing proves nothing, so it is shown to find each of them when it is planted.

use std::io::{self, Cursor};
use std::sync::{Mutex, Once};

use identifiers::{Bsn, Identifier, Kind, MasterKey, Suite, TagKey, tag, token};
use protocol::OrganisationId;
use protocol::gate::{GateShare, derive_share};
use protocol::rotation::{CeremonySecret, RotationAnswer};
use protocol::text::Confidential;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::exchange::Exchange;
use crate::world::{
    CHILDREN, GATE_KEY, Machine, STORAGE_KEY, World, blind, body, finish, keys, network_secret, request, t,
};

/// Everything that was logged in this process.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        *self
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let builder = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
        builder.with_writer(Log).init();
    });
}

/// A name, and the bytes that must not be found.
struct Canary(String, Vec<u8>);

/// The forms in which bytes could stand somewhere.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{secret:?}").trim_matches(['[', ']']).to_owned();
    // A secret inside a longer base64 text stands at one of three phases; the inner characters of each are its own.
    let phase = |skip: usize| {
        let mut padded = vec![0; skip];
        padded.extend_from_slice(secret);
        let text = URL_SAFE_NO_PAD.encode(padded);
        text[(8 * skip).div_ceil(6)..text.len() - 1].to_owned()
    };
    let texts = [
        hex.to_uppercase(),
        hex,
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        list,
        phase(1),
        phase(2),
    ];
    let mut spellings: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    spellings.push(secret.to_vec());
    spellings
}

/// The canaries that stand in a place.
fn found<'c>(canaries: &'c [Canary], place: &[u8]) -> Vec<&'c str> {
    // One character for each byte: the standard library searches texts quickly, also in a debug build.
    let text = |bytes: &[u8]| -> String { bytes.iter().map(|byte| char::from(*byte)).collect() };
    let place = text(place);
    let stands = |spelling: &Vec<u8>| place.contains(&text(spelling));
    let here = canaries
        .iter()
        .filter(|Canary(_, secret)| spellings(secret).iter().any(stands));
    here.map(|Canary(name, _)| name.as_str()).collect()
}

/// Every column of every row of every table, as text.
async fn dump(world: &World) -> Vec<u8> {
    let superuser = world.superuser().await;
    let tables = "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
                   WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'";
    let mut dump = Vec::new();
    for table in superuser.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        let rows = superuser
            .query(
                &format!("SELECT t::text, to_json(t)::text FROM {table} AS t"),
                &[],
            )
            .await
            .unwrap();
        dump.extend_from_slice(table.as_bytes());
        for row in rows {
            for column in 0..2 {
                dump.push(b'\n');
                dump.extend_from_slice(row.get::<_, String>(column).as_bytes());
            }
        }
    }
    dump
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_child_reaches_the_keyholder() {
    listen();
    let world = World::new().await;
    let (partner, gateway) = (world.partner().await, world.gateway().await);
    let (of_partner, of_gateway) = (world.token(&partner).await, world.token(&gateway).await);
    let list = world.list().await;

    // A partner has two children's tokens evaluated, the gateway one on behalf of an organisation.
    let batch = blind(&CHILDREN.map(t));
    let asked = body(&request(1, &batch));
    let answer = world.post("/v1/evaluations", &of_partner, &asked).await;
    let lifted = finish(batch, list.live().1, &answer);
    let batch = blind(&[t(CHILDREN[0])]);
    let mut asked = request(1, &batch);
    asked.on_behalf_of = Some(OrganisationId([4; 16]));
    let answer = world.post("/v1/evaluations", &of_gateway, &body(&asked)).await;
    finish(batch, list.live().1, &answer);
    // A rotation begins, and requests go wrong.
    world.operator.prepare_rotation().await.unwrap();
    let ceremony = CeremonySecret::generate(&mut Machine);
    let start = json!({"toEpoch": 2, "ceremonyKey": ceremony.public().unwrap()});
    let rotation = world.post("/v1/rotations", &of_gateway, &start).await;
    let rotation: RotationAnswer = serde_json::from_value(rotation.json()).unwrap();
    let delta = ceremony.open(&rotation).unwrap();
    world
        .post("/v1/evaluations", &of_partner, &json!({"elements": "x"}))
        .await;
    world.get("/v1/nowhere").await;

    let master = MasterKey::from_bytes([0x66; 32]);
    let tag_key = TagKey::derive(&master, 1);
    let mut canaries = vec![
        Canary("network key".to_owned(), network_secret().as_bytes().to_vec()),
        Canary("master key".to_owned(), master.as_bytes().to_vec()),
    ];
    for (bsn, lifted) in CHILDREN.iter().zip(&lifted) {
        let identifier = Identifier::Bsn(Bsn::parse(bsn).unwrap());
        let mut canary = |name: &str, secret: &[u8]| {
            canaries.push(Canary(format!("{name} of {bsn}"), secret.to_vec()));
        };
        canary("BSN", bsn.as_bytes());
        canary("ident", &token::ident(1, &identifier));
        canary("t", t(bsn).as_bytes());
        canary("N", lifted.as_bytes());
        canary(
            "tag",
            tag::tag(&tag_key, Suite::Oblivious, Kind::Bsn, lifted).as_bytes(),
        );
        canary(
            "tag of t",
            tag::tag(&tag_key, Suite::KeyedHash, Kind::Bsn, &t(bsn)).as_bytes(),
        );
    }
    // Its own secrets it has, in memory; not in the clear in its database or log, and nobody sends them.
    let own = [
        Canary("storage key".to_owned(), STORAGE_KEY.to_vec()),
        Canary("list seed".to_owned(), keys().list_seed.to_vec()),
        Canary("delta".to_owned(), delta.to_vec()),
    ];
    canaries.extend(own);

    let exported = world
        .operator
        .export_log(Cursor::new(Vec::new()))
        .await
        .unwrap()
        .into_inner();
    let nothing: [&str; 0] = [];
    let places = [
        ("what it received", world.wire.sent.bytes()),
        ("its database", dump(&world).await),
        ("its log output", LOGGED.lock().unwrap().clone()),
        ("its audit log with every opening", exported),
    ];
    for (place, contents) in &places {
        assert!(contents.len() > 1000, "{place} was not collected");
        assert_eq!(found(&canaries, contents), nothing, "{place}");
    }
    // What it does receive is there to be found: the same look finds the blinded elements.
    let blinded = Canary("blinded element".to_owned(), asked.elements[0].0.to_vec());
    assert_eq!(found(&[blinded], &places[0].1), ["blinded element"]);

    // Planted, each is found in each place and spelling.
    for canary in &canaries {
        for spelling in spellings(&canary.1) {
            let mut planted = places[0].1[..500].to_vec();
            planted.extend_from_slice(&spelling);
            planted.extend_from_slice(b"\" end");
            assert!(
                found(&canaries, &planted).contains(&canary.0.as_str()),
                "{}",
                canary.0
            );
        }
    }
    let Canary(name, secret) = &canaries[4];
    let superuser = world.superuser().await;
    let plant = "UPDATE keyholder.key_epoch SET sealed_key = sealed_key || $1::bytea";
    superuser.execute(plant, &[secret]).await.unwrap();
    assert_eq!(found(&canaries, &dump(&world).await), [name.as_str()]);
    tracing::info!(planted = ?secret, "a careless line");
    assert_eq!(found(&canaries, &LOGGED.lock().unwrap()), [name.as_str()]);
    let planted = json!({"elements": [protocol::text::encode(secret)]});
    world.post("/v1/evaluations", &of_partner, &planted).await;
    assert_eq!(found(&canaries, &world.wire.sent.bytes()), [name.as_str()]);
}

/// Of an exchange the keyholder keeps that a consent ended, in a form that leads nowhere, and what its sealed log says.
/// The share and the key it is made of are nowhere at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_exchange_it_keeps_only_what_the_log_must_say() {
    listen();
    let world = World::new().await;
    let exchange = Exchange::new(&world).await;
    let of_gateway = world.token(&world.gateway().await).await;
    let request = exchange.request(&world).await;
    let answer = world.share(&exchange.of_school, &request).await;
    let answer: GateShare = serde_json::from_value(answer.json()).unwrap();
    // Refused in every part, and told to have ended.
    let stranger = world.token(&world.partner().await).await;
    assert_eq!(world.share(&stranger, &request).await.slug(), "gate-closed");
    let mut forged = request.clone();
    forged.status.signature.0[0] ^= 1;
    assert_eq!(
        world.share(&exchange.of_care, &forged).await.slug(),
        "gate-closed"
    );
    let tombstone = exchange.tombstone(world.now().await);
    assert_eq!(world.bury(&of_gateway, vec![tombstone]).await.status, 204);
    assert_eq!(
        world.share(&exchange.of_care, &request).await.slug(),
        "gate-closed"
    );

    let canary = |name: &str, secret: &[u8]| Canary(name.to_owned(), secret.to_vec());
    let share = answer.share.expose();
    let hash = exchange.record.hash;
    let other = derive_share(
        &Confidential::new(GATE_KEY),
        &hash,
        exchange.match_id,
        exchange.match_id,
    );
    let never = [
        canary("K_gate", &GATE_KEY),
        canary("share", share),
        canary("share that nobody asked", other.expose()),
    ];
    let sealed = [
        canary("hash of the record", &hash.0),
        canary("record", exchange.record.document.as_bytes()),
        canary("signature of the record", &exchange.record.signature.0),
        canary("status", request.status.document.as_bytes()),
        canary("match", &exchange.match_id.0),
        canary("message", &exchange.message.0),
    ];
    let export = world.operator.export_log(Cursor::new(Vec::new())).await.unwrap();
    let metrics = world.keyholder.as_ref().unwrap().metrics_address().unwrap();
    let metrics = crate::wire::Wire::new(metrics.to_string());
    let metrics = metrics.send("GET", "/metrics", &[], None).await;
    let nothing: [&str; 0] = [];
    let places = [
        ("its database", dump(&world).await),
        ("its log output", LOGGED.lock().unwrap().clone()),
        ("its metrics", metrics.body),
    ];
    for (place, contents) in &places {
        assert!(contents.len() > 1000, "{place} was not collected");
        assert_eq!(found(&never, contents), nothing, "{place}");
        assert_eq!(found(&sealed, contents), nothing, "{place}");
    }
    // What whoever opens the log is told, and what comes in, is known: the same look finds it there.
    let opened = export.into_inner();
    assert_eq!(found(&never, &opened), nothing);
    assert_eq!(
        found(&sealed, &opened),
        ["hash of the record", "match", "message"]
    );
    assert_eq!(found(&never, &world.wire.sent.bytes()), nothing);
    for one in [
        "hash of the record",
        "signature of the record",
        "match",
        "message",
    ] {
        assert!(found(&sealed, &world.wire.sent.bytes()).contains(&one), "{one}");
    }
    // Planted, each is found.
    for canary in never.iter().chain(&sealed) {
        let mut planted = places[0].1[..500].to_vec();
        planted.extend_from_slice(&canary.1);
        assert_eq!(found(std::slice::from_ref(canary), &planted), [canary.0.as_str()]);
    }
}
