//! Nobody learns from an answer whether a child is known before they signalled it themselves.

use std::collections::BTreeSet;

use futures::StreamExt as _;
use futures::future::join_all;
use protocol::signal::EndReason;
use serde_json::Value;
use tests::{Answer, Child, Http, Method, Region, Sector, child, children};

fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        // A time is written as short as it can be: its length says how many zeros it ends in.
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => "time".into(),
        Value::String(text) => text.len().into(),
        other => other.clone(),
    }
}

fn length_but_for_the_time(answer: &Answer) -> usize {
    answer.body.len() - answer.json()["submittedAt"].as_str().unwrap().len()
}

fn header_names(answer: &Answer) -> BTreeSet<String> {
    answer.headers.keys().map(ToString::to_string).collect()
}

// rule: E4, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_signal_is_the_same_for_known_and_unknown_children() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    region.at("2027-03-10T10:01:00+01:00").await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let known_to = [
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
        region
            .professional("Kinderopvang De Vlinder", Sector::Childcare)
            .await,
    ];
    // Children 0 to 9 are known to one, of those 0 to 4 to two organisations; 10 to 19 to nobody.
    for place in 0..10 {
        known_to[0].signals(&child(place)).await;
        if place < 5 {
            known_to[1].signals(&child(place)).await;
        }
    }
    region.quiet().await;
    let bearer = school.bearer().await;
    let mut answers = Vec::new();
    for place in [0, 10, 5, 11, 1, 12, 6, 13, 2, 14, 7, 15] {
        let key = format!("key-of-child-{place:02}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", &key),
        ];
        let body = school.signal_body(&child(place));
        answers.push(
            http.send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
                .await,
        );
    }
    let first = &answers[0];
    for answer in &answers {
        assert_eq!(answer.status, 201);
        assert_eq!(header_names(answer), header_names(first));
        assert_eq!(shape(&answer.json()), shape(&first.json()), "ids and times aside");
        assert_eq!(length_but_for_the_time(answer), length_but_for_the_time(first));
        assert_eq!(
            answer.header("location").unwrap().len(),
            first.header("location").unwrap().len()
        );
    }
    region.quiet().await;
    // Nor does anything else the organisation can ask tell them apart before the quarter.
    assert!(school.inbox().await.is_empty() && school.matches().await.is_empty());
    for answer in &answers {
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let read = http
            .get(&format!("/v1/signals/{id}"), &[("authorization", &bearer)])
            .await;
        // Beside it, how the organisation's own telling of the family stands.
        let mut seen = read.json();
        seen.as_object_mut().unwrap().remove("disclosure");
        assert_eq!(seen, answer.json());
    }
}

// rule: E4, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_leaves_the_same_traces_for_known_and_unknown_children() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for place in 0..5 {
        help.signals(&child(place)).await;
    }
    region.quiet().await;
    let traces = async || {
        let events = tests::events(&region).await;
        let kept = region.count("SELECT count(*) FROM idempotency").await;
        (events["signal.submitted"], kept)
    };
    for place in [0, 100, 1, 101] {
        let before = traces().await;
        school.signals_untold(&child(place), "2027-09-01").await;
        let after = traces().await;
        assert_eq!(
            (after.0 - before.0, after.1 - before.1),
            (1, 1),
            "one leaf, one kept answer"
        );
    }
}

/// What the transaction that stored a signal wrote: rows of tags, tasks and kept answers. The keys are held, the tags of a
/// known child are written like those of an unknown one, and nothing is written for one of them alone but its number.
const WRITTEN: &str = "
    SELECT (SELECT count(*) FROM subject_tag t WHERE t.xmin = g.xmin) || ' tags ' ||
           (SELECT count(*) FROM match_task k WHERE k.xmin = g.xmin) || ' tasks ' ||
           (SELECT count(*) FROM idempotency i WHERE i.xmin = g.xmin) || ' answers ' ||
           (SELECT count(*) FROM audit.pending p WHERE p.xmin = g.xmin) || ' leaves'
      FROM signal g ORDER BY g.id DESC LIMIT 1";

// rule: P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_two_epochs_and_a_rotation_write_the_same_for_known_and_unknown_children() {
    let mut region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let http = Http::new(&region.url);
    let (ours, theirs) = (school.bearer().await, help.bearer().await);
    let submit = async |who: &tests::Professional, bearer: &str, place: u32, epochs: &[u16]| {
        let key = format!("{}-child-{place}", who.reference);
        let headers = [
            ("authorization", bearer),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        let body = who.signal_body_under(&child(place), epochs);
        let answer = http
            .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer
    };
    // Children 0 to 2 are known by the old epoch alone, 3 to 5 by both, later ones not at all.
    for place in 0..3 {
        submit(&help, &theirs, place, &[1]).await;
    }
    let casework = region.casework.clone();
    casework
        .add_network_epoch(2, tests::net_key_check(2))
        .await
        .unwrap();
    for place in 3..6 {
        submit(&help, &theirs, place, &[1, 2]).await;
    }
    region.quiet().await;
    // From here on nothing is taken away again before it is counted, but submissions are taken.
    region.stop_drivers().await;
    let submissions = {
        let casework = casework.clone();
        tokio::spawn(async move { casework.take_submissions_only().await })
    };
    let mut written = BTreeSet::new();
    let mut shapes = BTreeSet::new();
    for place in [0, 10, 3, 11] {
        let answer = submit(&school, &ours, place, &[1, 2]).await;
        shapes.insert(shape(&answer.json()).to_string());
        written.extend(region.texts(WRITTEN).await);
    }
    assert_eq!(
        written,
        BTreeSet::from(["2 tags 1 tasks 1 answers 1 leaves".to_owned()])
    );

    // A rotation that fills: the next tags too.
    let fill = "INSERT INTO rotation (network_id, phase, from_suite, to_suite, from_tag, to_tag, started_at,
                    subjects_before, log_tag)
                VALUES (1, 'fill', 1, 1, 1, 2, clock_timestamp(), 0, gen_random_uuid());
                UPDATE network SET keys_version = keys_version + 1";
    region
        .database
        .superuser()
        .await
        .batch_execute(fill)
        .await
        .unwrap();
    let mut written = BTreeSet::new();
    for place in [1, 12, 4, 13] {
        let answer = submit(&school, &ours, place, &[1, 2]).await;
        shapes.insert(shape(&answer.json()).to_string());
        written.extend(region.texts(WRITTEN).await);
    }
    assert_eq!(
        written,
        BTreeSet::from(["4 tags 1 tasks 1 answers 1 leaves".to_owned()])
    );
    assert_eq!(shapes.len(), 1, "{shapes:?}");
    submissions.abort();
}

// rule: R7, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_signals_about_one_child_share_nothing() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let ours = school.signals(&child(1)).await.id;
    let theirs = help.signals(&child(1)).await.id;
    let others = school.signals(&child(2)).await.id;
    let common = |one: &protocol::Id, other: &protocol::Id| {
        one.0
            .iter()
            .zip(other.0)
            .filter(|(one, other)| **one == *other)
            .count()
    };
    // 16 random bytes agree in one place out of 256; four would be a pattern.
    assert!(common(&ours, &theirs) < 4 && common(&ours, &others) < 4 && common(&theirs, &others) < 4);
    let tags = region
        .texts(
            "SELECT DISTINCT convert_from(leaf, 'UTF8')::json ->> 'sub' FROM audit.leaf UNION
                SELECT convert_from(leaf, 'UTF8')::json ->> 'sub' FROM audit.pending",
        )
        .await;
    for id in [ours, theirs, others] {
        let hex: String = id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            tags.iter().all(|tag| !tag.contains(&hex)),
            "no public id in the log"
        );
    }
}

/// What others know of a child in ways that do not show: a signal that sleeps, one in the archive, one that was destroyed.
// rule: E4, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_known_asleep_archived_or_destroyed_are_like_unknown_ones_through_giving_ending_and_giving_again()
 {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    region.at("2027-03-10T10:01:00+01:00").await;
    region
        .apply_covenant("Convenant Buurgemeente", "legal_mode = \"consent_first\"")
        .await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let sleeper = region
        .professional_under("Convenant Buurgemeente", "JGZ Overdam", Sector::YouthHealthCare)
        .await;
    // Children 0 to 3 sleep, 4 to 7 lie in the archive, 8 to 11 were destroyed; nobody knows 12 to 15.
    for number in 0..4 {
        sleeper.signals(&child(number)).await;
    }
    for number in 4..12 {
        let signal = help.signals(&child(number)).await.id;
        let reason = if number < 8 {
            EndReason::Resolved
        } else {
            EndReason::Unjustified
        };
        help.ends(signal, reason).await;
    }
    region.at("2027-03-11T10:01:00+01:00").await;
    while region.casework.retire_once().await.unwrap() > 0 {}
    region.quiet().await;

    let bearer = school.bearer().await;
    let send = async |path: &str, key: &str, body: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        http.send(Method::POST, path, &headers, Some(body.as_bytes()))
            .await
    };
    let order = [0, 12, 4, 13, 8, 14, 1, 15, 5, 9, 2, 6, 10, 3, 7, 11];
    let mut stories = Vec::new();
    for place in order {
        let body = school.signal_body(&child(place));
        let given = send("/v1/signals", &format!("given-{place:03}"), &body).await;
        let id = given.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/signals/{id}/endings");
        let ended = send(&path, &format!("ended-{place:03}"), r#"{"reason":"unjustified"}"#).await;
        let gone = http
            .get(&format!("/v1/signals/{id}"), &[("authorization", &bearer)])
            .await;
        let again = send("/v1/signals", &format!("again-{place:03}"), &body).await;
        stories.push([given, ended, gone, again]);
    }
    for story in &stories {
        assert_eq!(story.each_ref().map(|answer| answer.status), [201, 201, 404, 201]);
        for (answer, first) in story.iter().zip(&stories[0]) {
            assert_eq!(header_names(answer), header_names(first));
            assert_eq!(shape(&answer.json()), shape(&first.json()), "ids and times aside");
        }
    }
    region.quiet().await;
    assert!(school.matches().await.is_empty() && school.inbox().await.is_empty());
}

/// How many submissions of one kind are sent at the same moment. They share transactions as it happens, and a round takes a
/// quarter of the time that each on its own would.
const ROUND: usize = 8;

/// What the submissions of one round do that their giver or anybody beside the database could notice: the statements they
/// run, their answers' status, header names and size.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Noticed {
    /// Of each transaction that stores signals, in order. How many of a round shared one is left out.
    storing: BTreeSet<Vec<String>>,
    /// Of all else. Who asks waits with the others of its round: how many share a look-up is as it happens, too.
    asking: BTreeSet<String>,
    answers: BTreeSet<(u16, BTreeSet<String>, usize)>,
}

impl Noticed {
    fn of(statements: Vec<String>, answers: &[Answer]) -> Self {
        let (storing, others): (Vec<String>, Vec<String>) = statements
            .into_iter()
            .partition(|statement| statement.starts_with("tp_submit "));
        // One transaction of them runs at a time, and each begins alike.
        let transactions = storing.chunk_by(|_, next| *next != storing[0]);
        Self {
            storing: transactions.map(<[String]>::to_vec).collect(),
            asking: others.into_iter().collect(),
            answers: answers
                .iter()
                .map(|answer| {
                    (
                        answer.status,
                        header_names(answer),
                        length_but_for_the_time(answer),
                    )
                })
                .collect(),
        }
    }
}

/// Submits about these children, each second of them known to another organisation, in rounds of the known and of the unknown
/// in an order that the seed draws, and gives what was noticed of each kind.
async fn notice_submissions(children: &[Child], seed: u64) -> (BTreeSet<Noticed>, BTreeSet<Noticed>) {
    let mut region = Region::with_covenant("notice_interval_minutes = 0\nsignals_per_hour = 1000000").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (ours, theirs) = (school.bearer().await, help.bearer().await);
    let http = Http::new(&region.url);
    // Nothing but submissions runs from here on: what is noticed is theirs.
    region.stop_drivers().await;
    let submissions = {
        let casework = region.casework.clone();
        tokio::spawn(async move { casework.take_submissions_only().await })
    };
    let submit = async |who: &tests::Professional, bearer: &str, place: usize| {
        let key = format!("{}-{place:08}", &who.reference[..8]);
        let headers = [
            ("authorization", bearer),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        let body = who.signal_body(&children[place]);
        http.send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await
    };
    // Even places are known. Nothing is noticed yet, and who finds the service busy comes back.
    let knowing = (0..children.len()).step_by(2).map(async |place| {
        loop {
            match submit(&help, &theirs, place).await.status {
                503 => tokio::task::yield_now().await,
                status => break assert_eq!(status, 201),
            }
        }
    });
    futures::stream::iter(knowing)
        .buffer_unordered(ROUND)
        .for_each(async |()| ())
        .await;
    let of_kind = |first| (first..children.len()).step_by(2).collect::<Vec<usize>>();
    let mut order: Vec<Vec<usize>> = [of_kind(0), of_kind(1)]
        .iter()
        .flat_map(|places| places.chunks_exact(ROUND).map(<[usize]>::to_vec))
        .collect();
    // Fisher and Yates, with a generator of Knuth's: the same order in each run.
    let mut state = seed;
    for at in (1..order.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, (state >> 33) as usize % (at + 1));
    }
    let trace = region.database.store.statement_trace();
    trace.begin();
    let (mut known, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for round in order {
        let answers = join_all(round.iter().map(|place| submit(&school, &ours, *place))).await;
        let noticed = Noticed::of(trace.take(), &answers);
        if round[0] % 2 == 0 {
            known.insert(noticed);
        } else {
            unknown.insert(noticed);
        }
    }
    submissions.abort();
    (known, unknown)
}

fn assert_alike((known, unknown): (BTreeSet<Noticed>, BTreeSet<Noticed>)) {
    // The region's clock stands in none of it, so there is one way for all.
    assert_eq!(known, unknown);
    assert_eq!(known.len(), 1, "{known:#?}");
    let noticed = known.first().unwrap();
    assert_eq!(noticed.answers.len(), 1);
    assert!(noticed.answers.iter().all(|(status, ..)| *status == 201));
    assert!(noticed.storing.len() == 1 && noticed.storing.iter().all(|one| one.len() > 5));
}

// rule: E4, E7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_runs_the_same_statements_for_known_and_unknown_children() {
    let children: Vec<Child> = children().take(320).collect();
    assert_alike(notice_submissions(&children, 20_261_122).await);
}

// rule: E7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes over a minute: tests/oracle/run runs it"]
async fn twenty_thousand_submissions_run_the_same_statements_for_known_and_unknown_children() {
    // One round after the other in each of two regions beside each other, for what a store ran belongs to one round.
    let children: Vec<Child> = children().take(20_000).collect();
    let (first, second) = children.split_at(10_000);
    let ((mut known, mut unknown), (more_known, more_unknown)) = futures::future::join(
        notice_submissions(first, 20_261_122),
        notice_submissions(second, 20_261_123),
    )
    .await;
    known.extend(more_known);
    unknown.extend(more_unknown);
    assert_alike((known, unknown));
}
