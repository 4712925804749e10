//! Many submissions at once are what they are one by one, and who sends most of them takes nothing from the others.

use std::collections::{BTreeMap, HashMap};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use casework::{Answer, Caller, Failure, Once, SubmitSignalRefusal};
use futures::future::join_all;
use protocol::body::Body as _;
use protocol::signal::SignalSubmission;
use serde_json::Value;
use tests::{Professional, Region, Sector, Settings, assert_sound, child, eventually};

type Outcome = Result<Answer, Failure<SubmitSignalRefusal>>;
type Submitting = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A region in which submissions wait until the test has them taken.
async fn region(covenant: &str) -> Region {
    let region = Region::with(Settings {
        covenant: covenant.to_owned(),
        drivers: false,
        ..Settings::default()
    })
    .await;
    region.casework.sequence_once().await.unwrap();
    region
}

async fn caller(region: &Region, who: &Professional) -> Caller {
    region.casework.client(&who.client_id).await.unwrap().unwrap()
}

fn submit(region: &Region, caller: &Caller, key: &str, body: &str) -> Submitting {
    let (casework, caller) = (region.casework.clone(), caller.clone());
    let once = Once {
        key: key.parse().unwrap(),
        fingerprint: mixed(body),
    };
    let body = SignalSubmission::parse(body.as_bytes()).unwrap();
    Box::pin(async move { casework.submit_signal(&caller, once, body).await })
}

/// Something that tells bodies apart.
fn mixed(body: &str) -> [u8; 32] {
    let mut mixed = [0_u8; 32];
    for (place, byte) in body.bytes().enumerate() {
        let at = &mut mixed[place % 32];
        *at = at.rotate_left(3) ^ byte;
    }
    mixed
}

/// Has these submissions wait, one behind the other; gives those that do, or what they were told instead.
async fn queue(
    region: &Region,
    submissions: Vec<Submitting>,
) -> (Vec<(usize, Submitting)>, Vec<(usize, Outcome)>) {
    let (mut waiting, mut told) = (Vec::new(), Vec::new());
    let already = region.casework.submissions_waiting();
    for (place, mut submitting) in submissions.into_iter().enumerate() {
        loop {
            let polled = poll_fn(|context| Poll::Ready(submitting.as_mut().poll(context))).await;
            if let Poll::Ready(outcome) = polled {
                told.push((place, outcome));
                break;
            }
            if region.casework.submissions_waiting() == already + waiting.len() + 1 {
                waiting.push((place, submitting));
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    (waiting, told)
}

/// Lets what waits be taken, until all of it is answered.
async fn take(region: &Region, waiting: Vec<(usize, Submitting)>) -> Vec<(usize, Outcome)> {
    let casework = region.casework.clone();
    let taker = tokio::spawn(async move { casework.take_submissions_only().await });
    let answered = join_all(
        waiting
            .into_iter()
            .map(async |(place, submitting)| (place, submitting.await)),
    )
    .await;
    taker.abort();
    // Who is stopped lets go of the queue; the next one can take it.
    taker.await.unwrap_err();
    answered
}

async fn schools(region: &Region, count: usize) -> Vec<(Professional, Caller)> {
    let mut all = Vec::new();
    for number in 0..count {
        let school = region
            .professional(&format!("School {number}"), Sector::Education)
            .await;
        let caller = caller(region, &school).await;
        all.push((school, caller));
    }
    all
}

fn status(outcome: &Outcome) -> String {
    match outcome {
        Ok(answer) => format!("{}{}", answer.status, if answer.replayed { " again" } else { "" }),
        // How long the hour lasts is the clock's.
        Err(Failure::HourFull { .. }) => "hour full".to_owned(),
        Err(failure) => format!("{failure:?}"),
    }
}

/// Nobody takes what waits: one organisation with more than anybody else is told to try again, the others are not.
// rule: O1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_organisation_fills_its_share_of_the_queue_and_the_others_are_taken() {
    let region = region("signals_per_hour = 100000").await;
    let all = schools(&region, 3).await;
    let load = |place: usize, count: u32| -> Vec<Submitting> {
        let (school, caller) = &all[place];
        let from = u32::try_from(place).unwrap() * 1000;
        (from..from + count)
            .map(|number| {
                submit(
                    &region,
                    caller,
                    &format!("signal-{number}"),
                    &school.signal_body(&child(number)),
                )
            })
            .collect()
    };
    let (mut waiting, told) = queue(&region, load(0, 600)).await;
    assert_eq!((waiting.len(), told.len()), (512, 88));
    assert!(
        told.iter()
            .all(|(_, outcome)| matches!(outcome, Err(Failure::QueueFull)))
    );
    for place in [1, 2] {
        let (others, told) = queue(&region, load(place, 20)).await;
        assert_eq!((others.len(), told.len()), (20, 0), "others still find places");
        waiting.extend(others);
    }
    let answered = take(&region, waiting).await;
    assert!(answered.iter().all(|(_, outcome)| status(outcome) == "201"));
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 552);
    assert_eq!(region.casework.submissions_waiting(), 0);
    // The places are free again.
    let (again, told) = queue(&region, load(0, 600)).await;
    assert_eq!((again.len(), told.len()), (512, 88));
    drop(again);
}

/// What the organisations of the differential test send: the first stays within no hour, the others meet over the same
/// children, again and again.
fn load(all: &[(Professional, Caller)]) -> Vec<(usize, String, String)> {
    let mut state = 11_u32;
    let mut draw = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut on_record = 500..510;
    let mut sent: Vec<(usize, String, String)> = Vec::new();
    for number in 0..200_u32 {
        let who = if draw(5) < 2 { 0 } else { 1 + draw(3) as usize };
        let about = match who {
            // Some of those it has on record already, each once more; else new ones.
            0 if draw(3) == 0 && !on_record.is_empty() => child(on_record.next().unwrap_or_default()),
            0 => child(1000 + number),
            _ => child(draw(14)),
        };
        let body = all[who].0.signal_body(&about);
        let body = body.replace("2027-09-01", ["2027-08-01", "2027-10-01"][draw(2) as usize]);
        let body = match draw(10) {
            0 => body.replace("development-at-risk", "curiosity"),
            1 => body.replace("2043-05", "2020-05"),
            _ => body,
        };
        let earlier = sent.iter().rev().find(|(by, ..)| *by == who).cloned();
        sent.push(match (draw(9), earlier) {
            // Sent twice, or another request under the same key.
            (0, Some(earlier)) => earlier,
            (1, Some((_, key, _))) if who > 0 => (who, key, body),
            _ => (who, format!("signal-{who}-{number}"), body),
        });
    }
    sent
}

/// What each submission was told, and what is on record afterwards.
async fn play(at_once: bool) -> (Vec<String>, Vec<String>) {
    let region = region("signals_per_hour = 40\nnotice_interval_minutes = 0").await;
    let all = schools(&region, 4).await;
    let (first, caller) = &all[0];
    for number in 0..10_u32 {
        let earlier = submit(
            &region,
            caller,
            &format!("earlier-{number}"),
            &first.signal_body(&child(500 + number)),
        );
        let (waiting, _) = queue(&region, vec![earlier]).await;
        assert_eq!(status(&take(&region, waiting).await[0].1), "201");
    }
    let mut told: BTreeMap<usize, Outcome> = BTreeMap::new();
    let sent = load(&all);
    let submissions = sent
        .iter()
        .map(|(who, key, body)| submit(&region, &all[*who].1, key, body));
    if at_once {
        let (waiting, at_the_door) = queue(&region, submissions.collect()).await;
        assert!(at_the_door.is_empty() && waiting.len() == sent.len());
        told.extend(take(&region, waiting).await);
    } else {
        for (place, submission) in submissions.enumerate() {
            let (waiting, _) = queue(&region, vec![submission]).await;
            let answered = take(&region, waiting).await;
            told.extend(answered.into_iter().map(|(_, outcome)| (place, outcome)));
        }
    }
    while region.casework.match_once().await.unwrap() > 0 {}

    // Signals by the first submission that was answered with them: their names are drawn.
    let mut firsts: HashMap<String, usize> = HashMap::new();
    let told = told
        .iter()
        .map(|(place, outcome)| {
            let Ok(answer) = outcome else {
                return status(outcome);
            };
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
            let fields = body.as_object_mut().unwrap();
            let id = fields.remove("id").unwrap().to_string();
            fields.remove("submittedAt").unwrap();
            let signal = *firsts.entry(id).or_insert(*place);
            format!("{} {signal} {} {body}", status(outcome), answer.receipts.len())
        })
        .collect();
    let looks = [
        "SELECT o.name || ' ' || g.state || ' ' || g.planned_end || ' ' || g.destroy_by || ' ' || g.suite || ' x' || count(*)
           FROM signal g JOIN organisation o ON o.id = g.organisation_id
          GROUP BY o.name, g.state, g.planned_end, g.destroy_by, g.suite ORDER BY 1",
        "SELECT who || ' x' || count(*)
           FROM (SELECT string_agg(o.name, ', ' ORDER BY o.name) AS who
                   FROM match_party p JOIN organisation o ON o.id = p.organisation_id
                  GROUP BY p.subject_id, p.match_id) AS m GROUP BY who ORDER BY 1",
        "SELECT o.name || ' ' || n.kind || ' x' || count(*)
           FROM notice n JOIN organisation o ON o.id = n.organisation_id GROUP BY o.name, n.kind ORDER BY 1",
        "SELECT convert_from(p.leaf, 'UTF8')::json ->> 'e' || ' x' || count(*) FROM audit.pending p
          WHERE convert_from(p.leaf, 'UTF8')::json ->> 'e' ~ '^(signal|guardrail|match)' GROUP BY convert_from(p.leaf, 'UTF8')::json ->> 'e' ORDER BY 1",
        "SELECT 'answers x' || count(*) FROM idempotency",
        "SELECT 'children x' || count(*) FROM subject",
    ];
    let mut kept = Vec::new();
    for look in looks {
        kept.extend(region.texts(look).await);
    }
    while region.casework.sequence_once().await.unwrap().is_some() {}
    assert_sound(&region).await;
    (told, kept)
}

/// Two hundred submissions of four organisations, with twins, repetitions, keys used twice, refusals and a full hour: as
/// many as fit in one transaction, and one by one.
// rule: S2, S3, S4, C4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn submissions_together_give_exactly_what_they_give_one_by_one() {
    let (told_at_once, kept_at_once) = play(true).await;
    let (told, kept) = play(false).await;
    for (place, (together, alone)) in told_at_once.iter().zip(&told).enumerate() {
        assert_eq!(together, alone, "submission {place}");
    }
    assert_eq!(kept_at_once, kept);
    for kind in ["201 ", "200 ", "201 again", "hour full", "KeyReused", "Refused"] {
        assert!(told.iter().any(|told| told.starts_with(kind)), "no {kind}");
    }
}

/// Fifty organisations know one child: one match, and everybody is told once, however many come together; who comes
/// later is told to each once.
// rule: N1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_organisations_on_one_child_are_told_once_each() {
    let region = region("signals_per_hour = 100000\nnotice_interval_minutes = 0").await;
    let all = schools(&region, 50).await;
    let give = async |from: usize, to: usize| {
        let submissions = all[from..to].iter().map(|(school, caller)| {
            submit(
                &region,
                caller,
                &format!("hot-{}", school.name.replace(' ', "-")),
                &school.signal_body(&child(1)),
            )
        });
        let (waiting, _) = queue(&region, submissions.collect()).await;
        assert_eq!(waiting.len(), to - from);
        let answered = take(&region, waiting).await;
        assert!(answered.iter().all(|(_, outcome)| status(outcome) == "201"));
        while region.casework.match_once().await.unwrap() > 0 {}
    };
    let notices = async || {
        region
            .texts("SELECT kind || ' x' || count(*) FROM notice GROUP BY kind ORDER BY 1")
            .await
    };
    give(0, 45).await;
    assert_eq!(notices().await, ["match-opened x45"]);
    // Five at once: each of those who were there is told once of all five.
    give(45, 50).await;
    assert_eq!(notices().await, ["match-joined x45", "match-opened x50"]);
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 1);
    assert_eq!(region.count("SELECT count(*) FROM match_party").await, 50);
    while region.casework.sequence_once().await.unwrap().is_some() {}
    assert_sound(&region).await;
}

/// Eight organisations and fifty children, all four hundred in the queue at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_children_of_eight_organisations_at_one_moment_are_fifty_matches() {
    let mut region = region("signals_per_hour = 100000\nnotice_interval_minutes = 0").await;
    let all = schools(&region, 8).await;
    let submissions = (0..400_u32).map(|number| {
        let (school, caller) = &all[number as usize % 8];
        submit(
            &region,
            caller,
            &format!("signal-{number}"),
            &school.signal_body(&child(number / 8)),
        )
    });
    let (waiting, told) = queue(&region, submissions.collect()).await;
    assert_eq!((waiting.len(), told.len()), (400, 0));
    let answered = take(&region, waiting).await;
    assert!(answered.iter().all(|(_, outcome)| status(outcome) == "201"));
    region.start_drivers();
    region.quiet().await;
    eventually("every match has all eight", async || {
        let whole = "SELECT count(*) FROM (SELECT FROM match_party GROUP BY subject_id, match_id HAVING count(*) = 8) AS m";
        (region.count(whole).await == 50).then_some(())
    })
    .await;
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 50);
    let told = "SELECT count(*) FROM notice WHERE kind = 'match-opened'";
    assert_eq!(region.count(told).await, 400, "everybody of everything, once");
    assert_sound(&region).await;
}
