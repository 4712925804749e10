//! More requests than the service works on at a time: each is answered, or told at once to try again, and nobody waits in
//! a queue without end.

use std::num::NonZero;

use futures::future::join_all;
use protocol::problem::ProblemType;
use tests::{
    Answer, Http, Professional, Region, Sector, Settings, ask_token, assert_sound, child, eventually,
};
use tokio::task::JoinHandle;
use web::LimitSettings;

/// Requests that the doors of these tests work on at a time.
const PLACES: usize = 4;

/// So many times that many are sent at once.
const LOAD: usize = 5;

/// Requests that stand still in the database.
const STUCK: &str = "SELECT count(*) FROM pg_stat_activity
                      WHERE wait_event_type = 'Lock' AND usename = 'tp_party' AND datname = current_database()";

fn limits() -> LimitSettings {
    LimitSettings {
        requests_in_flight: PLACES,
        requests_per_minute: NonZero::<u32>::MAX,
        burst: NonZero::<u32>::MAX,
        ..LimitSettings::default()
    }
}

/// Where the table of clients is locked, drivers stand still: they would be held up, too.
async fn region(limits: LimitSettings, drivers: bool) -> (Region, Professional) {
    let region = Region::with(Settings {
        limits,
        drivers,
        ..Settings::default()
    })
    .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    (region, school)
}

/// An answer that sheds load: 503 `try-again` with the time to wait.
fn is_shed(answer: &Answer) -> bool {
    answer.status == 503
        && answer.slug() == "try-again"
        && answer.header("retry-after") == Some("1")
        && answer.header("content-type") == Some("application/problem+json")
}

/// Asks for the inbox, as something that needs the database.
async fn ask(url: String, bearer: String) -> Answer {
    Http::new(&url)
        .get("/v1/notices", &[("authorization", &bearer)])
        .await
}

/// Asks far more often than there are places; gives those requests that have one and stand still, at most so many. All
/// others are shed.
async fn stand_still(region: &Region, bearer: &str, most: usize) -> Vec<JoinHandle<Answer>> {
    let asked: Vec<_> = (0..PLACES * LOAD)
        .map(|_| tokio::spawn(ask(region.url.clone(), bearer.to_owned())))
        .collect();
    eventually("all the others are told to try again", async || {
        let waiting = asked.iter().filter(|asked| !asked.is_finished()).count();
        (waiting <= most).then_some(())
    })
    .await;
    let (told, still): (Vec<_>, Vec<_>) = asked.into_iter().partition(JoinHandle::is_finished);
    for answer in join_all(told).await {
        let answer = answer.unwrap();
        assert!(is_shed(&answer), "{answer:?}");
    }
    still
}

// rule: O1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_no_place_is_told_at_once_and_health_is_answered() {
    let (region, school) = region(limits(), false).await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (bearer, helps) = (school.bearer().await, help.bearer().await);
    // Nobody gets past this until it is let go: requests stand still in the database.
    let holder = region.database.superuser().await;
    holder
        .batch_execute("BEGIN; LOCK TABLE client IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let mut stuck = stand_still(&region, &bearer, PLACES / 2).await;
    // One client has what it may have, and another one still finds a place.
    let others = stand_still(&region, &helps, PLACES / 2 - 1).await;
    assert!(!others.is_empty(), "nobody takes all the places");
    stuck.extend(others);
    assert!(
        region.count(STUCK).await <= PLACES as i64,
        "nobody else got to the database"
    );
    let health = Http::new(&region.url).get("/v1/health", &[]).await;
    assert_eq!(health.status, 200, "an overloaded service is alive");

    holder.batch_execute("ROLLBACK").await.unwrap();
    for answer in join_all(stuck).await {
        // On a busy machine the database itself may have given up on the lock before it was let go.
        let answer = answer.unwrap();
        assert!(answer.status == 200 || is_shed(&answer), "{answer:?}");
    }
    assert_eq!(ask(region.url.clone(), bearer).await.status, 200);
}

// rule: O1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_no_connection_is_told_to_try_again() {
    let (region, school) = region(
        LimitSettings {
            requests_in_flight: 512,
            ..limits()
        },
        false,
    )
    .await;
    let bearer = school.bearer().await;
    let holder = region.database.superuser().await;
    holder
        .batch_execute("BEGIN; LOCK TABLE client IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    // More than there are connections for requests: some stand still, the others wait for a quarter of a second.
    let asked: Vec<_> = (0..60)
        .map(|_| tokio::spawn(ask(region.url.clone(), bearer.clone())))
        .collect();
    eventually("some are told to try again while others stand still", || {
        let told = asked.iter().any(JoinHandle::is_finished);
        async move { told.then_some(()) }
    })
    .await;
    holder.batch_execute("ROLLBACK").await.unwrap();
    let answers: Vec<Answer> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 || is_shed(answer)),
        "{answers:?}"
    );
    assert!(answers.iter().any(is_shed));
    assert_eq!(ask(region.url.clone(), bearer).await.status, 200);
}

/// Five times what there is room for, again and again: what was acknowledged is there, what was not had no effect.
// rule: O1, S1, S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_times_the_load_is_shed_and_nothing_else_happens() {
    let (region, school) = region(limits(), true).await;
    let mut given = 0;
    for round in 0..4_u32 {
        let signals = (0..PLACES * LOAD).map(|place| {
            let number = round * 100 + u32::try_from(place).unwrap();
            let signal = school.new_signal(&child(number), "2027-09-01");
            let partner = &school.partner;
            async move { partner.submit_signal(&signal, None).await }
        });
        for outcome in join_all(signals).await {
            match outcome {
                Ok(_) => given += 1,
                Err(error) => assert!(
                    error.problem_type().is_some_and(|problem| [
                        ProblemType::TryAgain,
                        ProblemType::RateLimited
                    ]
                    .contains(&problem)),
                    "{error:?}"
                ),
            }
        }
    }
    let kept = region.count("SELECT count(*) FROM signal").await;
    assert_eq!(kept, given);
    region.quiet().await;
    assert_sound(&region).await;
}

// rule: C4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_over_its_pace_is_told_so_and_others_are_answered() {
    let (region, school) = region(
        LimitSettings {
            requests_per_minute: NonZero::<u32>::MIN,
            burst: NonZero::new(3).unwrap(),
            ..LimitSettings::default()
        },
        true,
    )
    .await;
    let other = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (bearer, others) = (school.bearer().await, other.bearer().await);
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(ask(region.url.clone(), bearer.clone()).await);
    }
    let statuses: Vec<u16> = told.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(told[3].slug(), "rate-limited");
    let wait: u32 = told[3].header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Another token of the same client is the same client; nothing else is counted against anybody.
    let again = school.bearer().await;
    assert_eq!(ask(region.url.clone(), again).await.status, 429);
    assert_eq!(ask(region.url.clone(), others).await.status, 200);
    assert_eq!(Http::new(&region.url).get("/v1/health", &[]).await.status, 200);
}

// rule: C4, D13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_asks_for_tokens_without_end_is_told_so_and_others_are_answered() {
    let (region, school) = region(
        LimitSettings {
            requests_per_minute: NonZero::<u32>::MIN,
            burst: NonZero::new(3).unwrap(),
            ..LimitSettings::default()
        },
        true,
    )
    .await;
    let other = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let http = Http::new(&region.url);
    let mut given = 0;
    let told = loop {
        let answer = ask_token(&http, &school.assertion().sign(), &[]).await;
        if answer.status != 200 {
            break answer;
        }
        given += 1;
        assert!(given <= 3, "more than the burst");
    };
    assert_eq!((told.status, told.slug().as_str()), (429, "rate-limited"));
    let wait: u32 = told.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let spent = "SELECT count(*) FROM spent_assertion";
    let before = region.count(spent).await;
    ask_token(&http, &school.assertion().sign(), &[]).await;
    assert_eq!(region.count(spent).await, before, "what is refused is not spent");
    let others = ask_token(&http, &other.assertion().sign(), &[]).await;
    assert_eq!(others.status, 200);
}
