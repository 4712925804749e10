//! Quotas: exact at the edge, also for two at once; charged before, all or nothing; a new day begins at midnight UTC.

use keyholder::{ClientRole, Defaults, Quota};
use protocol::OrganisationId;
use protocol::text::Base64Url;

use crate::wire::Answer;
use crate::world::{Caller, World, body, elements, request};

const ORGANISATION: &str = "SELECT coalesce(sum(elements), 0) FROM keyholder.organisation_day";
const PROFESSIONAL: &str = "SELECT coalesce(sum(elements), 0) FROM keyholder.professional_day";

struct Asker<'w> {
    world: &'w World,
    token: String,
    on_behalf_of: Option<OrganisationId>,
}

impl<'w> Asker<'w> {
    async fn of(world: &'w World, caller: &Caller) -> Self {
        Self {
            world,
            token: world.token(caller).await,
            on_behalf_of: None,
        }
    }

    async fn ask(&self, professional: u8, count: usize) -> Answer {
        let mut asked = request(1, &elements(count));
        asked.professional = Base64Url([professional; 16]);
        asked.on_behalf_of = self.on_behalf_of;
        self.world
            .post("/v1/evaluations", &self.token, &body(&asked))
            .await
    }
}

fn organisation(caller: &Caller) -> OrganisationId {
    match caller.role {
        ClientRole::Partner(organisation) => organisation,
        ClientRole::Gateway => panic!("a gateway has no organisation"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_and_a_professional_have_so_much_a_day_and_no_more() {
    let world = World::new().await;
    let partner = world.partner().await;
    let quota = Quota {
        organisation_daily: 10,
        professional_daily: 6,
    };
    world
        .operator
        .set_quota(organisation(&partner), Some(quota))
        .await
        .unwrap();
    // Three hours before midnight, UTC.
    let second = world.clock.now().as_second().rem_euclid(86_400);
    world.advance(21 * 3600 - second).await;
    let asker = Asker::of(&world, &partner).await;

    assert_eq!(asker.ask(1, 6).await.status, 200, "up to the edge");
    let refused = asker.ask(1, 1).await;
    assert_eq!(refused.slug(), "quota-exhausted");
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((2 * 3600..=3 * 3600).contains(&wait), "{wait}");
    assert_eq!(
        asker.ask(2, 5).await.slug(),
        "quota-exhausted",
        "the organisation has 4 left"
    );
    assert_eq!(
        asker.ask(2, 7).await.slug(),
        "quota-exhausted",
        "more than a professional ever has"
    );
    assert_eq!(
        (world.number(ORGANISATION).await, world.number(PROFESSIONAL).await),
        (6, 6),
        "a refusal charges no counter"
    );
    assert_eq!(
        asker.ask(2, 4).await.status,
        200,
        "all or nothing, and this is all that is left"
    );
    assert_eq!(asker.ask(3, 1).await.slug(), "quota-exhausted");
    assert_eq!(world.number(ORGANISATION).await, 10);
    // Each quota's first refusal of the day is an event, insisting is not: professional 1, the organisation,
    // and professional 2, who asked for more than one may.
    assert_eq!(world.events("evaluation.quota_exhausted").await, 3);
    asker.ask(3, 1).await;
    assert_eq!(world.events("evaluation.quota_exhausted").await, 3);

    world.advance(wait).await;
    let asker = Asker::of(&world, &partner).await;
    assert_eq!(asker.ask(1, 6).await.status, 200, "a new day");
    let used = world.operator.quotas().await.unwrap();
    assert_eq!(used.used.len(), 1);
    assert_eq!((used.used[0].elements, used.used[0].exhausted), (6, false));
    assert_eq!(used.organisations, [(organisation(&partner), quota)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_cannot_both_have_the_last() {
    let world = World::new().await;
    let partner = world.partner().await;
    let quota = |organisation_daily, professional_daily| {
        Some(Quota {
            organisation_daily,
            professional_daily,
        })
    };
    let id = organisation(&partner);
    let asker = Asker::of(&world, &partner).await;
    let mut charged = 0;
    for round in 0..8_u8 {
        // Room for one more of three, in the organisation's quota (even) or in the professional's (odd).
        let room = charged + 5;
        let quotas = if round % 2 == 0 {
            quota(room, 1000)
        } else {
            quota(100_000, 5)
        };
        world.operator.set_quota(id, quotas).await.unwrap();
        let both = futures::future::join(asker.ask(round, 3), asker.ask(round, 3)).await;
        let mut slugs = [both.0.slug(), both.1.slug()];
        slugs.sort();
        assert_eq!(slugs, ["200", "quota-exhausted"], "round {round}");
        charged += 3;
        assert_eq!(world.number(ORGANISATION).await, i64::from(charged));
        assert_eq!(world.number(PROFESSIONAL).await, i64::from(charged));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_has_a_cap_of_its_own_beside_each_organisations_quota() {
    let world = World::new().await;
    let defaults = Defaults {
        quota: Quota {
            organisation_daily: 5,
            professional_daily: 5,
        },
        gateway_daily: 8,
    };
    world.operator.set_default_quotas(defaults).await.unwrap();
    let gateway = world.gateway().await;
    let mut asker = Asker::of(&world, &gateway).await;
    asker.on_behalf_of = Some(OrganisationId([1; 16]));
    assert_eq!(asker.ask(1, 5).await.status, 200);
    assert_eq!(
        asker.ask(2, 1).await.slug(),
        "quota-exhausted",
        "that organisation's"
    );
    asker.on_behalf_of = Some(OrganisationId([2; 16]));
    assert_eq!(
        asker.ask(1, 4).await.slug(),
        "quota-exhausted",
        "the gateway's cap"
    );
    assert_eq!(
        world.number(ORGANISATION).await,
        5,
        "and nothing was charged elsewhere"
    );
    assert_eq!(asker.ask(1, 3).await.status, 200);
    assert_eq!(
        world
            .number("SELECT sum(elements) FROM keyholder.gateway_day")
            .await,
        8
    );
    // A partner of its own is not held by the gateway's cap.
    let partner = Asker::of(&world, &world.partner().await).await;
    assert_eq!(partner.ask(1, 5).await.status, 200);
    // Quotas taken back to the defaults, and a quota beyond what a counter holds.
    let id = OrganisationId([2; 16]);
    world.operator.set_quota(id, None).await.unwrap();
    let huge = Quota {
        organisation_daily: u32::MAX,
        professional_daily: 1,
    };
    assert!(world.operator.set_quota(id, Some(huge)).await.is_err());
    assert_eq!(world.events("quota.changed").await, 2);
}

/// Whoever hangs up while it is computed is charged: the charge is committed before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_hangs_up_is_charged_or_not_but_never_half() {
    use tokio::io::AsyncWriteExt as _;
    let world = World::new().await;
    let partner = world.partner().await;
    let quota = Quota {
        organisation_daily: 2000,
        professional_daily: 2000,
    };
    world
        .operator
        .set_quota(organisation(&partner), Some(quota))
        .await
        .unwrap();
    let token = world.token(&partner).await;
    let asked = serde_json::to_vec(&body(&request(1, &elements(100)))).unwrap();
    let authority = world.keyholder.as_ref().unwrap().address().to_string();
    for _ in 0..8 {
        let mut stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
        let head = format!(
            "POST /v1/evaluations HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            asked.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&asked).await.unwrap();
        drop(stream);
    }
    // A request after them is answered when they are done or gone.
    let answer = world
        .post("/v1/evaluations", &token, &body(&request(1, &elements(1))))
        .await;
    assert_eq!(answer.status, 200);
    let mut world = world;
    world.stop().await;
    let organisation = world.number(ORGANISATION).await;
    assert_eq!(organisation % 100, 1, "whole batches");
    assert_eq!(world.number(PROFESSIONAL).await, organisation);
    let batches = world.events("evaluation.answered").await;
    assert_eq!((batches - 1) * 100 + 1, organisation, "each charge is in the log");
}
