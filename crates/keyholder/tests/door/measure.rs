//! How much a keyholder answers, over HTTP, with its database and its log, on the machine in front of you. Asserts no
//! time: `cargo test --release -p keyholder --test door measure -- --ignored --nocapture` prints.

use std::time::{Duration, Instant};

use keyholder::{Defaults, Quota};

use crate::world::{World, body, elements, request};

/// Callers at the same time.
const CALLERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
#[allow(clippy::disallowed_methods, reason = "measures")]
async fn evaluations_over_http() {
    let world = World::new().await;
    let much = i32::MAX.unsigned_abs();
    let quota = Quota {
        organisation_daily: much,
        professional_daily: much,
    };
    let defaults = Defaults {
        quota,
        gateway_daily: much,
    };
    world.operator.set_default_quotas(defaults).await.unwrap();
    for (who, own_organisation) in [
        ("8 organisations", true),
        ("one gateway, one organisation", false),
    ] {
        let mut tokens = Vec::new();
        let gateway = world.gateway().await;
        for _ in 0..CALLERS {
            let token = match own_organisation {
                true => world.token(&world.partner().await).await,
                false => world.token(&gateway).await,
            };
            tokens.push(token);
        }
        for size in [1, 100] {
            let mut asked = request(1, &elements(size));
            if !own_organisation {
                asked.on_behalf_of = Some(protocol::OrganisationId([1; 16]));
            }
            let asked = &body(&asked);
            let (began, end) = (Instant::now(), Duration::from_secs(4));
            let callers = tokens.iter().map(async |token| {
                let mut took = Vec::new();
                while began.elapsed() < end {
                    let one = Instant::now();
                    let answer = world.post("/v1/evaluations", token, asked).await;
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    took.push(one.elapsed());
                }
                took
            });
            let mut took: Vec<Duration> = futures::future::join_all(callers).await.concat();
            took.sort();
            let seconds = began.elapsed().as_secs_f64();
            let batches = u32::try_from(took.len()).unwrap();
            println!(
                "{who}, batches of {size}: {:.0} batches/s, {:.0} elements/s, p50 {:?}, p99 {:?}",
                f64::from(batches) / seconds,
                f64::from(batches) * size as f64 / seconds,
                took[took.len() / 2],
                took[took.len() * 99 / 100],
            );
        }
    }
}
