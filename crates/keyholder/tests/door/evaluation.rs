//! Evaluating: what comes back is right and proven, and what is asked wrongly is told where.

use keyholder::Capacity;
use protocol::text::encode;
use serde_json::json;

use crate::world::{CHILDREN, World, blind, body, elements, finish, request, t};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_partners_get_the_same_token_for_one_child_and_each_can_prove_it() {
    let world = World::new().await;
    let list = world.list().await;
    let (epoch, key) = list.live();
    let mut tokens = Vec::new();
    for partner in [world.partner().await, world.partner().await] {
        let access = world.token(&partner).await;
        let batch = blind(&CHILDREN.map(t));
        let answer = world
            .post("/v1/evaluations", &access, &body(&request(epoch, &batch)))
            .await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        tokens.push(finish(batch, key, &answer));
    }
    let bytes = |at: usize, child: usize| *tokens[at][child].as_bytes();
    assert_eq!(bytes(0, 0), bytes(1, 0));
    assert_eq!(bytes(0, 1), bytes(1, 1));
    assert_ne!(bytes(0, 0), bytes(0, 1));
    assert_eq!(world.events("evaluation.answered").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_has_one_to_a_hundred_elements_and_each_is_decoded_strictly() {
    let world = World::new().await;
    let partner = world.token(&world.partner().await).await;
    let ask = async |body| world.post("/v1/evaluations", &partner, &body).await;
    let good = body(&request(1, &elements(100)));
    assert_eq!(ask(good.clone()).await.status, 200);
    let charged = "SELECT sum(elements) FROM keyholder.organisation_day";
    assert_eq!(world.number(charged).await, 100);

    let with = |elements: serde_json::Value| {
        let mut body = good.clone();
        body["elements"] = elements;
        body
    };
    let one = good["elements"][0].clone();
    let fault = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    for (elements, faults) in [
        (json!(vec![one.clone(); 101]), fault("/elements", "out-of-range")),
        (json!([]), fault("/elements", "out-of-range")),
        (json!(one), fault("/elements", "wrong-type")),
        (json!([one, 7]), fault("/elements/1", "wrong-type")),
        (json!([one, "AAAA"]), fault("/elements/1", "invalid-format")),
        // The identity, and bytes that are no element: above the field's prime, and negative (RFC 9496 section A.2).
        (json!([one, encode([0; 32])]), fault("/elements/1", "not-allowed")),
        (
            json!([one, one, encode([0xff; 32])]),
            fault("/elements/2", "invalid-format"),
        ),
        (
            json!([encode({
                let mut one = [0; 32];
                one[0] = 1;
                one
            })]),
            fault("/elements/0", "invalid-format"),
        ),
    ] {
        let answer = ask(with(elements)).await;
        assert_eq!(answer.slug(), "invalid-request");
        assert_eq!(answer.faults(), faults);
    }
    let both = ask(with(json!([encode([0; 32]), one, encode([0xff; 32])]))).await;
    assert_eq!(both.faults().len(), 2, "every fault is told");
    for (member, value) in [
        ("oprfEpoch", json!(0)),
        ("oprfEpoch", json!("1")),
        ("professional", json!("m.jansen")),
        ("professional", json!(null)),
        ("onBehalfOf", json!("org_AAAAAAAAAAAAAAAAAAAAAA")),
        ("bsn", json!("123456782")),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let answer = ask(body).await;
        assert_eq!(answer.slug(), "invalid-request", "{member}");
        assert!(!answer.text().contains("123456782") && !answer.text().contains("jansen"));
    }
    let mut other = good.clone();
    other["oprfEpoch"] = json!(2);
    assert_eq!(ask(other).await.slug(), "unknown-key-epoch");
    assert_eq!(world.number(charged).await, 100, "what is refused costs nothing");
    assert_eq!(world.events("evaluation.answered").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_asks_for_itself_and_a_gateway_for_others() {
    let world = World::new().await;
    let (partner, gateway) = (world.partner().await, world.gateway().await);
    let keyholder::ClientRole::Partner(organisation) = partner.role else {
        panic!("a partner has an organisation");
    };
    let (of_partner, of_gateway) = (world.token(&partner).await, world.token(&gateway).await);
    let mut asked = request(1, &elements(3));
    let refused = world.post("/v1/evaluations", &of_gateway, &body(&asked)).await;
    assert_eq!(
        refused.faults(),
        [("/onBehalfOf".to_owned(), "required".to_owned())]
    );
    assert_eq!(
        world
            .post("/v1/evaluations", &of_partner, &body(&asked))
            .await
            .status,
        200
    );
    asked.on_behalf_of = Some(organisation);
    let refused = world.post("/v1/evaluations", &of_partner, &body(&asked)).await;
    assert_eq!(
        refused.faults(),
        [("/onBehalfOf".to_owned(), "not-allowed".to_owned())]
    );
    assert_eq!(
        world
            .post("/v1/evaluations", &of_gateway, &body(&asked))
            .await
            .status,
        200
    );
    // One organisation, one quota, whoever asks for it.
    let charged = world
        .number("SELECT sum(elements) FROM keyholder.organisation_day")
        .await;
    assert_eq!(charged, 6);
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.organisation_day")
            .await,
        1
    );
    assert_eq!(
        world
            .number("SELECT sum(elements) FROM keyholder.gateway_day")
            .await,
        3
    );
}

/// With one place, and whoever has it held up in the database, others are told to come back and are charged nothing; the
/// doors go on answering, and whoever had the place gets its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_it_is_full_it_says_so_and_charges_nothing() {
    let world = World::with(Capacity {
        at_once: 1,
        waiting: 0,
    })
    .await;
    let partner = world.token(&world.partner().await).await;
    let asked = body(&request(1, &elements(50)));
    let holder = world.superuser().await;
    let hold = "BEGIN; LOCK TABLE keyholder.organisation_day IN ACCESS EXCLUSIVE MODE";
    holder.batch_execute(hold).await.unwrap();
    let (world, partner, asked) = (&world, &partner, &asked);
    let first = world.post("/v1/evaluations", partner, asked);
    let others = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%CHARGE%'";
        while world.number(waiting).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        for _ in 0..3 {
            let refused = world.post("/v1/evaluations", partner, asked).await;
            assert_eq!(refused.slug(), "try-again");
            assert_eq!(refused.header("retry-after"), Some("1"));
        }
        assert_eq!(world.get("/v1/health").await.status, 200);
        holder.batch_execute("COMMIT").await.unwrap();
    };
    let (first, ()) = futures::future::join(first, others).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let charged = "SELECT sum(elements) FROM keyholder.organisation_day";
    assert_eq!(world.number(charged).await, 50);
    assert_eq!(
        world.post("/v1/evaluations", partner, asked).await.status,
        200,
        "the place is free again"
    );
}
