//! Many signals in one request: what came of each line is what comes of it on its own, what is over the hour is held, and
//! what breaks off goes on.

use std::collections::BTreeMap;

use keyholder::Quota;
use protocol::alert::{Alert, AlertKind};
use protocol::batch::{BatchLine, BatchLineState, BatchState, HeldDecision};
use protocol::page::PageQuery;
use serde_json::Value;
use tests::{
    Http, Method, Professional, Region, Sector, Settings, Supervisor, assert_sound, batch_text, child,
    eventually,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const ALL: PageQuery = PageQuery {
    limit: 100,
    cursor: None,
};

fn lines(who: &Professional, numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers
        .into_iter()
        .map(|number| who.signal_line(&child(number), None))
        .collect()
}

/// A line, as short as a test tells it.
fn told(line: &BatchLine) -> (u32, BatchLineState, Option<u16>, Option<String>) {
    let problem = line.problem.as_ref();
    let slug = problem.map(|problem| problem.problem_type().unwrap().slug().to_owned());
    (line.line, line.state, line.status, slug)
}

/// How often each outcome is there.
fn counts(lines: &[BatchLine]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in lines {
        let key = match line.status {
            Some(status) => status.to_string(),
            None => format!("{:?}", line.state).to_lowercase(),
        };
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn is(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected
        .iter()
        .map(|(key, count)| ((*key).to_owned(), *count))
        .collect()
}

async fn school(region: &Region) -> Professional {
    region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await
}

// rule: F1, B1, B3, C1, C2, C3, D1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_line_has_its_own_outcome_and_one_at_fault_stops_no_other() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, help) = (
        school(&region).await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    );
    help.signals(&child(2)).await;
    let http = Http::new(&region.url);
    let good = |number| school.signal_line(&child(number), None);
    let bent = |from: &str, to: &str| {
        let line = good(9);
        assert!(line.contains(from));
        line.replace(from, to)
    };
    let sent = [
        good(1),
        "{".to_owned(),
        good(2),
        bent("\"ground\"", "\"remark\":\"x\",\"ground\""),
        bent(&school.reference, "999990019"),
        bent("\"netEpoch\":1", "\"netEpoch\":7"),
        bent("development-at-risk", "curiosity"),
        bent("2027-09-01", "2026-09-01"),
        good(1),
        String::new(),
        format!("{}{}", good(3), " ".repeat(16 * 1024)),
        good(4),
    ];
    let batch = school.gives_batch(&http, "batch-of-a-morning", &sent).await;
    assert_eq!((batch.state, batch.lines), (BatchState::Queued, 12));

    let ended = school.waits_for_batch(&http, batch.id, BatchState::Ended).await;
    assert_eq!((ended.processed, ended.held_lines), (12, 0));
    let outcomes = ended.outcomes;
    assert_eq!((outcomes.created, outcomes.known, outcomes.refused), (3, 1, 8));
    let seen = school.sees_lines(&http, batch.id).await;
    let expected = [
        (201, None),
        (400, Some("malformed-json")),
        (201, None),
        (400, Some("invalid-request")),
        (400, Some("raw-identifier-forbidden")),
        (400, Some("unknown-key-epoch")),
        (400, Some("invalid-request")),
        (400, Some("invalid-request")),
        (200, None),
        (400, Some("malformed-json")),
        (413, Some("payload-too-large")),
        (201, None),
    ];
    for ((place, line), (status, problem)) in (1..).zip(&seen).zip(expected) {
        let expected = (
            place,
            BatchLineState::Done,
            Some(status),
            problem.map(str::to_owned),
        );
        assert_eq!(told(line), expected);
        assert_eq!(line.signal.is_some(), status < 300);
        assert_eq!(line.receipt.is_some(), status == 201);
    }
    assert_eq!(seen[0].signal, seen[8].signal, "the second line found the first");
    assert_eq!(seen[6].problem.as_ref().unwrap().errors[0].pointer, "/ground");
    assert_eq!(seen[7].problem.as_ref().unwrap().errors[0].pointer, "/plannedEnd");

    // They are signals like any other: they match, and are the organisation's.
    let signal = school.partner.signal(seen[0].signal.unwrap()).await.unwrap();
    assert_eq!(signal.id, seen[0].signal.unwrap());
    school.is_told_of_a_match().await;
    help.is_told_of_a_match().await;

    // Nobody else sees anything of it, and nothing of a child lies in its rows any more.
    for more in ["", "/lines"] {
        let answer = help.asks_about_batch(&http, batch.id, more).await;
        assert_eq!((answer.status, answer.slug().as_str()), (404, "not-found"));
    }
    let answer = help.withdraws_batch(&http, batch.id).await;
    assert_eq!((answer.status, answer.slug().as_str()), (404, "not-found"));
    assert_eq!(
        region
            .count("SELECT count(*) FROM batch_line WHERE sealed IS NOT NULL")
            .await,
        0
    );

    // The log tells that it came and what came of it, and the receipts are kept.
    let export = supervisor.verifies().await;
    assert_eq!(export.of("batch.received").count(), 1);
    assert_eq!(export.of("batch.ended").count(), 1);
    assert_eq!(export.counts()["signal.submitted"], 4);
    assert_sound(&region).await;
}

/// Two organisations have the same clients: one sends them in a batch, the other one by one. What is on record afterwards,
/// and what they were told, is the same.
// rule: F1, F5, C4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_gives_exactly_what_its_lines_give_one_by_one() {
    let region = Region::with(Settings {
        covenant: "signals_per_hour = 40\nnotice_interval_minutes = 0".to_owned(),
        beginning: "2027-12-01T10:01:00+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let (at_once, singly) = (
        school(&region).await,
        region
            .professional("Basisschool De Springplank", Sector::Education)
            .await,
    );
    let http = Http::new(&region.url);
    let all = |who: &Professional| -> Vec<String> {
        let mut state = 7_u32;
        let mut draw = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        (0..300)
            .map(|_| {
                let line = who
                    .signal_line(&child(1 + draw(60)), None)
                    .replace("2027-09-01", ["2028-03-01", "2028-06-01"][draw(2) as usize]);
                match draw(12) {
                    0 => line.replace("development-at-risk", "curiosity"),
                    1 => line.replace("2043-05", "2020-05"),
                    2 => line[1..].to_owned(),
                    _ => line,
                }
            })
            .collect()
    };
    let batch = at_once.gives_batch(&http, "one-in-a-batch", &all(&at_once)).await;
    let held = at_once.waits_for_batch(&http, batch.id, BatchState::Held).await;
    let lines = at_once.sees_lines(&http, batch.id).await;
    let outcomes = held.outcomes;
    assert!(
        held.held_lines > 20 && outcomes.known > 10 && outcomes.refused > 20,
        "{held:?}"
    );
    assert_eq!(held.outcomes.created, 40);

    let bearer = singly.bearer().await;
    for (number, (body, line)) in all(&singly).iter().zip(&lines).enumerate() {
        let key = format!("one-by-one-{number}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", &key),
        ];
        let answer = http
            .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await;
        match line.state {
            BatchLineState::Held => {
                assert_eq!((answer.status, answer.slug().as_str()), (429, "signals-per-hour"))
            }
            _ => assert_eq!(Some(answer.status), line.status, "line {}", line.line),
        }
        if let Some(problem) = &line.problem {
            let on_its_own: Value = answer.json();
            assert_eq!(problem.problem_type().unwrap().slug(), answer.slug());
            assert_eq!(problem.title, on_its_own["title"]);
            let faults = serde_json::to_value(&problem.errors).unwrap();
            assert_eq!(
                faults,
                on_its_own.get("errors").cloned().unwrap_or(Value::Array(vec![]))
            );
        }
    }
    region.quiet().await;
    // The same rows for both, by child: of the signals, their tasks done, and what the log tells.
    let rows = async |of: &Professional| {
        region
            .texts(&format!(
                "SELECT (row(g.subject_id, g.state, g.basis, g.planned_end, g.expires_at, g.destroy_by, g.destroy_at,
                             g.sleeps_until, g.archive_until - g.expires_at, g.paused_from IS NULL, g.suite,
                             g.blinded_by_client, g.delegate_id))::text
                   FROM signal g JOIN organisation o ON o.id = g.organisation_id
                  WHERE o.name = '{}' ORDER BY 1",
                of.name
            ))
            .await
    };
    assert_eq!(rows(&at_once).await, rows(&singly).await);
    assert_eq!(rows(&at_once).await.len(), 40);
    assert_eq!(at_once.matches().await.len(), 40);
    assert_eq!(singly.matches().await.len(), 40);
    assert_sound(&region).await;
}

/// A connection on which a batch is sent whose end does not come.
async fn begins_to_send(
    region: &Region,
    who: &Professional,
    key: &str,
    text: &str,
    bytes: usize,
) -> TcpStream {
    let host = region.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /v1/signals/batches HTTP/1.1\r\nHost: {host}\r\nAuthorization: {}\r\nContent-Type: application/x-ndjson\r\n\
         Idempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n",
        who.bearer().await,
        text.len(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&text.as_bytes()[..bytes]).await.unwrap();
    stream.flush().await.unwrap();
    stream
}

// rule: F2, F3, F4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_breaks_off_goes_on_and_another_under_its_key_does_not() {
    let region = Region::with_covenant("signals_per_hour = 10000\nnotice_interval_minutes = 15").await;
    let (school, help) = (
        school(&region).await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    );
    let http = Http::new(&region.url);
    // The first thousand lines are laid down; the connection breaks in the midst of a later one.
    let all = lines(&school, 1..1301);
    let text = batch_text(&all);
    let some = batch_text(&all[..1150]).len() + 17;
    let stream = begins_to_send(&region, &school, "breaks-off", &text, some).await;
    let laid_down = "SELECT coalesce(sum(lines), 0)::bigint FROM batch WHERE state = 'receiving'";
    eventually("lines are laid down", async || {
        (region.count(laid_down).await == 1000).then_some(())
    })
    .await;
    // While it is read, nobody else goes on with it; the key of another organisation is another key.
    let twin = school.sends_batch_text(&http, "breaks-off", &text).await;
    assert_eq!(
        (twin.status, twin.slug().as_str()),
        (409, "idempotency-in-progress")
    );
    assert!(twin.header("retry-after").is_some());
    let theirs = help.gives_batch(&http, "breaks-off", &lines(&help, [2000])).await;
    help.waits_for_batch(&http, theirs.id, BatchState::Ended).await;
    drop(stream);
    eventually("the batch is let go of", async || {
        let leased = "SELECT count(*) FROM batch WHERE lease_until IS NOT NULL";
        (region.count(leased).await == 0).then_some(())
    })
    .await;
    assert_eq!(
        region.count("SELECT count(*) FROM signal").await,
        1,
        "nothing half"
    );

    // Under its key: another length, and other lines in what was laid down.
    let longer = format!("{text} ");
    let other = text.replacen("2027-09-01", "2027-09-02", 1);
    for other in [longer, other] {
        let answer = school.sends_batch_text(&http, "breaks-off", &other).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (422, "idempotency-key-reused")
        );
    }
    // The same again goes on.
    let answer = school.sends_batch_text(&http, "breaks-off", &text).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let ended = school.waits_for_batch(&http, id, BatchState::Ended).await;
    assert_eq!((ended.lines, ended.outcomes.created), (1300, 1300));
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 1301);
    let seen = school.sees_lines(&http, id).await;
    assert_eq!(
        seen.iter().map(|line| line.line).collect::<Vec<_>>(),
        (1..=1300).collect::<Vec<_>>()
    );

    // Sent once more it is answered with the same bytes, and has no other effect.
    let replay = school.sends_batch_text(&http, "breaks-off", &text).await;
    assert_eq!((replay.status, &replay.body), (202, &answer.body));
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    assert_eq!(replay.header("location"), answer.header("location"));
    assert_eq!(
        replay.header("trefpunt-receipt"),
        answer.header("trefpunt-receipt")
    );
    let other = school.sends_batch(&http, "breaks-off", &all[1..]).await;
    assert_eq!(other.slug(), "idempotency-key-reused");
    // Nor is the key free for another act.
    let bearer = school.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "breaks-off"),
    ];
    let single = school.signal_body(&child(5000));
    let single = http
        .send(Method::POST, "/v1/signals", &headers, Some(single.as_bytes()))
        .await;
    assert_eq!(single.slug(), "idempotency-key-reused");
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 1301);
}

// rule: B1, B6, B7, F1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_is_none_is_refused_whole_and_leaves_nothing() {
    let region = Region::start().await;
    let school = school(&region).await;
    let http = Http::new(&region.url);
    let bearer = school.bearer().await;
    let before = region.rows().await;
    let good = batch_text(&lines(&school, [1]));
    let right = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-ndjson"),
        ("idempotency-key", "never-taken"),
    ];
    let with = |name: &str, value: &'static str| -> Vec<(&str, &str)> {
        let mut headers = right.to_vec();
        headers.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            headers.push((
                if name == "idempotency-key" {
                    "idempotency-key"
                } else {
                    "content-type"
                },
                value,
            ));
        }
        headers
    };
    let post = async |headers: &[(&str, &str)], text: &str| {
        let answer = http
            .send(
                Method::POST,
                "/v1/signals/batches",
                headers,
                Some(text.as_bytes()),
            )
            .await;
        (answer.status, answer.slug())
    };
    let refused = |status: u16, slug: &str| (status, slug.to_owned());
    let empty: Vec<(&str, &str)> = right.into_iter().chain([("content-length", "0")]).collect();
    assert_eq!(post(&empty, "").await, refused(400, "malformed-json"));
    assert_eq!(post(&right, "").await, refused(411, "length-required"));
    assert_eq!(
        post(&with("content-type", "application/json"), &good).await,
        refused(415, "unsupported-media-type")
    );
    assert_eq!(
        post(&with("content-type", ""), &good).await,
        refused(415, "unsupported-media-type")
    );
    assert_eq!(
        post(&with("idempotency-key", ""), &good).await,
        refused(400, "idempotency-key-missing")
    );
    let gzipped: Vec<(&str, &str)> = right.into_iter().chain([("content-encoding", "gzip")]).collect();
    assert_eq!(
        post(&gzipped, &good).await,
        refused(415, "unsupported-media-type")
    );
    assert_eq!(post(&right[1..], &good).await, refused(401, "unauthorized"));
    // More lines than a batch may have, most of them laid down already.
    let too_many = "\n".repeat(100_001);
    assert_eq!(post(&right, &too_many).await, refused(413, "payload-too-large"));
    assert_eq!(region.rows().await, before);

    // Declared to be too large: refused before a byte is read.
    let host = region.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /v1/signals/batches HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bearer}\r\nContent-Type: application/x-ndjson\r\n\
         Idempotency-Key: far-too-large\r\nContent-Length: 10737418240\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer)
        .await
        .unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(region.rows().await, before);
}

async fn held_region() -> (Region, Supervisor, Professional, Http) {
    let region = Region::with(Settings {
        covenant: "signals_per_hour = 20\nnotice_interval_minutes = 0".to_owned(),
        beginning: "2027-03-01T10:17:30+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let supervisor = region.supervisor().await;
    let school = school(&region).await;
    let http = Http::new(&region.url);
    (region, supervisor, school, http)
}

async fn alert_of(supervisor: &Supervisor) -> Alert {
    let alerts = supervisor.client.alerts(&ALL).await.unwrap().items;
    let mut held = alerts
        .into_iter()
        .filter(|alert| alert.kind == AlertKind::BatchHeld);
    held.next().unwrap()
}

// rule: C4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_over_the_hour_is_held_until_a_supervisor_releases_it() {
    let (region, supervisor, school, http) = held_region().await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    help.signals_until(&child(60), "2027-09-01").await;
    let batch = school
        .gives_batch(&http, "whole-list-of-clients", &lines(&school, 1..81))
        .await;
    let held = school.waits_for_batch(&http, batch.id, BatchState::Held).await;
    assert_eq!(
        (held.outcomes.created, held.processed, held.held_lines),
        (20, 20, 60)
    );
    let seen = school.sees_lines(&http, batch.id).await;
    assert_eq!(counts(&seen), is(&[("201", 20), ("held", 60)]));

    // No effect: no signal, no match, nothing the other party could see.
    region.quiet().await;
    assert_eq!(school.partner.signals(&ALL).await.unwrap().items.len(), 20);
    assert_eq!((school.matches().await.len(), help.matches().await.len()), (0, 0));

    // The supervisor is alerted, sees how much, and nothing of it.
    let alert = alert_of(&supervisor).await;
    assert_eq!(
        (alert.organisation, alert.hour),
        (school.organisation, "2027-03-01T09:00:00Z".parse().unwrap())
    );
    let waits = alert.held.unwrap();
    assert_eq!((waits.lines, waits.until), (60, held.until));
    // Nobody else decides; what is no alert about a batch is none.
    let bearer = school.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "not-a-supervisor"),
    ];
    let path = format!("/v1/alerts/{}/decisions", alert.id);
    let answer = http
        .send(Method::POST, &path, &headers, Some(br#"{"decision":"released"}"#))
        .await;
    assert_eq!(
        (answer.status, answer.slug().as_str()),
        (403, "insufficient-scope")
    );
    let unknown = supervisor
        .decides_held(&http, batch.id, HeldDecision::Released, "decides-nothing")
        .await;
    assert_eq!(unknown.status, 404);

    let decided = supervisor
        .decides_held(&http, alert.id, HeldDecision::Released, "decides-once")
        .await;
    assert_eq!(decided.status, 201, "{}", decided.text());
    assert_eq!(decided.json()["lines"], 60);
    let again = supervisor
        .decides_held(&http, alert.id, HeldDecision::Refused, "decides-twice")
        .await;
    assert_eq!((again.status, again.slug().as_str()), (409, "nothing-held"));
    assert_eq!(alert_of(&supervisor).await.held, None);
    let ended = school.waits_for_batch(&http, batch.id, BatchState::Ended).await;
    assert_eq!((ended.outcomes.created, ended.held_lines), (80, 0));
    // They are signals now, and match; the hour's number was not used for them.
    help.is_told_of_a_match().await;
    assert_eq!(
        region
            .count("SELECT given::bigint FROM signals_in_hour ORDER BY 1 DESC LIMIT 1")
            .await,
        20
    );

    let export = supervisor.verifies().await;
    let events = ["batch.received", "batch.held", "batch.released", "batch.ended"];
    assert_eq!(events.map(|event| export.of(event).count()), [1; 4]);
    assert_eq!(export.of("guardrail.exceeded").count(), 0);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_is_destroyed_when_it_is_refused_taken_back_or_nobody_decides() {
    let (region, supervisor, school, http) = held_region().await;
    // Refused: as signals over the number an hour are.
    let refused = school
        .gives_batch(&http, "to-be-refused", &lines(&school, 1..31))
        .await;
    school.waits_for_batch(&http, refused.id, BatchState::Held).await;
    let alert = alert_of(&supervisor).await;
    let answer = supervisor
        .decides_held(&http, alert.id, HeldDecision::Refused, "refuses-them")
        .await;
    assert_eq!(answer.status, 201);
    let ended = school.sees_batch(&http, refused.id).await;
    assert_eq!(
        (ended.state, ended.outcomes.refused, ended.held_lines),
        (BatchState::Ended, 10, 0)
    );
    let seen = school.sees_lines(&http, refused.id).await;
    assert_eq!(counts(&seen), is(&[("201", 20), ("429", 10)]));
    let problem = seen[29].problem.as_ref().unwrap();
    assert_eq!(problem.problem_type().unwrap().slug(), "signals-per-hour");

    // Taken back by a coordinator.
    let taken_back = school
        .gives_batch(&http, "to-be-taken-back", &lines(&school, 31..41))
        .await;
    school
        .waits_for_batch(&http, taken_back.id, BatchState::Held)
        .await;
    let answer = school.withdraws_batch(&http, taken_back.id).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["outcomes"]["withdrawn"], 10);
    let seen = school.sees_lines(&http, taken_back.id).await;
    assert_eq!(counts(&seen), is(&[("withdrawn", 10)]));
    let bearer = school.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "withdraws-again"),
    ];
    let path = format!("/v1/signals/batches/{}/withdrawals", taken_back.id);
    let again = http.send(Method::POST, &path, &headers, Some(b"{}")).await;
    assert_eq!((again.status, again.slug().as_str()), (409, "batch-over"));

    // Nobody decides: after seven days it counts for nothing, whether or not a driver has run.
    let lapses = school
        .gives_batch(&http, "nobody-decides", &lines(&school, 41..51))
        .await;
    school.waits_for_batch(&http, lapses.id, BatchState::Held).await;
    let alert = alert_of(&supervisor).await;
    let mut region = region;
    region.stop_drivers().await;
    region.at("2027-03-08T10:30:00+01:00").await;
    let over = school.sees_batch(&http, lapses.id).await;
    assert_eq!(
        (over.state, over.outcomes.lapsed, over.held_lines),
        (BatchState::Ended, 10, 0)
    );
    let seen = school.sees_lines(&http, lapses.id).await;
    assert_eq!(counts(&seen), is(&[("lapsed", 10)]));
    let late = supervisor
        .decides_held(&http, alert.id, HeldDecision::Released, "decides-too-late")
        .await;
    assert_eq!(late.slug(), "nothing-held");
    assert!(!region.casework.work_batch_once().await.unwrap());
    region.casework.retire_once().await.unwrap();
    let waiting = "SELECT count(*) FROM batch_line WHERE sealed IS NOT NULL";
    assert_eq!(region.count(waiting).await, 0);
    let written = school.sees_batch(&http, lapses.id).await;
    assert_eq!((written.until, written.outcomes), (over.until, over.outcomes));

    // What came of it can be read for seven days more; then nothing is left.
    region.at("2027-03-15T10:10:00+01:00").await;
    assert_eq!(
        school.asks_about_batch(&http, refused.id, "/lines").await.status,
        404
    );
    assert_eq!(school.sees_batch(&http, lapses.id).await.outcomes.lapsed, 10);
    region.at("2027-03-15T10:40:00+01:00").await;
    assert_eq!(school.asks_about_batch(&http, lapses.id, "").await.status, 404);
    region.casework.retire_once().await.unwrap();
    assert_eq!(region.count("SELECT count(*) FROM batch_line").await, 0);
    assert_eq!(region.count("SELECT count(*) FROM batch").await, 0);
    region.start_drivers();
    region.quiet().await;
    let export = supervisor.verifies().await;
    let events = ["batch.received", "batch.held", "batch.refused", "batch.ended"];
    assert_eq!(events.map(|event| export.of(event).count()), [3, 3, 1, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organisations_take_turns_and_what_a_disabled_client_sent_rests() {
    let region = Region::with(Settings {
        covenant: "signals_per_hour = 10000\nnotice_interval_minutes = 15".to_owned(),
        drivers: false,
        ..Settings::default()
    })
    .await;
    let (school, help) = (
        school(&region).await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    );
    let http = Http::new(&region.url);
    let long = school
        .gives_batch(&http, "a-long-batch", &lines(&school, 1..601))
        .await;
    let short = help
        .gives_batch(&http, "a-short-batch", &lines(&help, 1..4))
        .await;
    region.casework.work_batch_once().await.unwrap();
    region.casework.work_batch_once().await.unwrap();
    assert_eq!(help.sees_batch(&http, short.id).await.state, BatchState::Ended);
    let working = school.sees_batch(&http, long.id).await;
    assert_eq!((working.state, working.processed), (BatchState::Working, 256));

    region
        .casework
        .disable_client(school.client_id.clone())
        .await
        .unwrap();
    assert!(!region.casework.work_batch_once().await.unwrap());
    assert_eq!(
        region
            .count("SELECT created::bigint FROM batch WHERE lines = 600")
            .await,
        256
    );
}

/// A line that waits is weighed again when its turn comes: what one organisation gives on behalf of another that was disabled
/// meanwhile, or that ended the delegation, is not taken.
// rule: D11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_on_behalf_of_an_organisation_that_was_disabled_is_refused() {
    let region = Region::with(Settings {
        covenant: "delegation = true\nnotice_interval_minutes = 15".to_owned(),
        drivers: false,
        ..Settings::default()
    })
    .await;
    let office = school(&region).await;
    let practice = region
        .professional("Huisartsenpraktijk Zuid", Sector::HealthCare)
        .await;
    let clinic = region.professional("Polikliniek Noord", Sector::HealthCare).await;
    for principal in [&practice, &clinic] {
        region
            .casework
            .delegate(principal.organisation, office.organisation, true)
            .await
            .unwrap();
    }
    let http = Http::new(&region.url);
    let given = [
        office.signal_line(&child(1), Some(practice.organisation)),
        office.signal_line(&child(2), Some(clinic.organisation)),
        office.signal_line(&child(3), None),
    ];
    let batch = office.gives_batch(&http, "for-two-others", &given).await;
    region
        .casework
        .disable_organisation(practice.organisation)
        .await
        .unwrap();
    region
        .casework
        .delegate(clinic.organisation, office.organisation, false)
        .await
        .unwrap();
    while region.casework.work_batch_once().await.unwrap() {}
    let seen = office.sees_lines(&http, batch.id).await;
    assert_eq!(counts(&seen), is(&[("201", 1), ("400", 2)]));
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 1);
}

/// The network's keys change while lines wait: nobody here can make their tags anew.
// rule: C2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_wait_while_keys_change_are_to_be_sent_again() {
    let mut region = Region::with(Settings {
        drivers: false,
        ..Settings::default()
    })
    .await;
    let school = school(&region).await;
    let http = Http::new(&region.url);
    let waits = school
        .gives_batch(&http, "before-the-change", &lines(&school, 1..4))
        .await;
    region.use_tag_epoch(2).await;
    assert!(region.casework.work_batch_once().await.unwrap());
    let seen = school.sees_lines(&http, waits.id).await;
    assert_eq!(counts(&seen), is(&[("503", 3)]));
    assert_eq!(
        seen[0].problem.as_ref().unwrap().problem_type().unwrap().slug(),
        "try-again"
    );
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 0);
    // A signal on its own is made again from its token, and so the program learns of the keys.
    region.start_drivers();
    school.signals(&child(9)).await;
    let again = school
        .gives_batch(&http, "after-the-change", &lines(&school, 1..4))
        .await;
    school.waits_for_batch(&http, again.id, BatchState::Ended).await;
    let seen = school.sees_lines(&http, again.id).await;
    assert_eq!(counts(&seen), is(&[("201", 3)]));
}

// rule: F7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_that_work_on_one_batch_double_nothing() {
    let region = Region::with_covenant("signals_per_hour = 10000\nnotice_interval_minutes = 15").await;
    let school = school(&region).await;
    let http = Http::new(&region.url);
    let second = region.second_instance();
    let batch = school
        .gives_batch(&http, "by-two-programs", &lines(&school, 1..701))
        .await;
    let ended = school.waits_for_batch(&http, batch.id, BatchState::Ended).await;
    assert_eq!(ended.outcomes.created, 700);
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 700);
    drop(second);
    region.log_holds().await;
}

/// A token is nowhere in the clear while its line waits, nor is who gave it.
// rule: E4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_waits_shows_nothing_and_its_outcome_not_whether_a_child_is_known() {
    let region = Region::with(Settings {
        drivers: false,
        covenant: "notice_interval_minutes = 15".to_owned(),
        ..Settings::default()
    })
    .await;
    let (school, help) = (
        school(&region).await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    );
    let http = Http::new(&region.url);
    let known = help
        .gives_batch(&http, "they-know-these", &lines(&help, 1..6))
        .await;
    region.casework.work_batch_once().await.unwrap();
    assert_eq!(help.sees_batch(&http, known.id).await.outcomes.created, 5);
    let batch = school
        .gives_batch(&http, "half-are-known", &lines(&school, 1..11))
        .await;
    let rows = region
        .texts("SELECT row(l.*)::text || encode(sealed, 'escape') FROM batch_line l WHERE sealed IS NOT NULL")
        .await;
    assert_eq!(rows.len(), 10);
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    for row in rows {
        for secret in [&school.reference, &school.email, "development-at-risk"] {
            assert!(!row.contains(secret), "{secret}");
            assert!(!row.contains(&hex(secret.as_bytes())));
        }
        for number in 1..11 {
            assert!(!row.contains(&hex(&child(number).token())));
        }
    }
    region.casework.work_batch_once().await.unwrap();
    let seen = school.sees_lines(&http, batch.id).await;
    // Byte for byte the same but for what names it.
    let shape = |line: &BatchLine| {
        let mut line = serde_json::to_value(line).unwrap();
        let receipt = line["receipt"].as_str().unwrap().len();
        let members = line.as_object_mut().unwrap();
        members.insert("receipt".to_owned(), receipt.into());
        members.insert("signal".to_owned(), "an id".into());
        members.remove("line");
        line.to_string()
    };
    assert!(seen.iter().all(|line| shape(line) == shape(&seen[0])));
}

/// An organisation that cannot blind sends keyed hashes in bulk: the service has them evaluated on its behalf, a hundred at a
/// time, and each is charged once, also when the quota ends in the midst of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keyed_hashes_are_lifted_a_hundred_at_a_time_and_charged_once() {
    let region = Region::with(Settings {
        keyholder: true,
        covenant: "signals_per_hour = 10000\nnotice_interval_minutes = 0".to_owned(),
        ..Settings::default()
    })
    .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let school = region
        .professional_of_level_a("Basisschool Zonnewijzer", Sector::Education)
        .await;
    help.signals(&child(230)).await;
    let http = Http::new(&region.url);
    let all = lines(&school, 1..251);
    let keyholder = region.keyholder.as_ref().unwrap();
    // 200 a day for each professional.
    let stopped = school.sends_batch(&http, "more-than-a-day", &all).await;
    assert_eq!(
        (stopped.status, stopped.slug().as_str()),
        (429, "quota-exhausted")
    );
    assert!(stopped.header("retry-after").is_some());
    assert_eq!(keyholder.used_by(school.organisation).await, 200);
    assert_eq!(region.count("SELECT lines::bigint FROM batch").await, 200);
    let more = Quota {
        organisation_daily: 10_000,
        professional_daily: 1_000,
    };
    keyholder
        .operator
        .set_quota(school.organisation, Some(more))
        .await
        .unwrap();
    let batch = school.gives_batch(&http, "more-than-a-day", &all).await;
    let ended = school.waits_for_batch(&http, batch.id, BatchState::Ended).await;
    assert_eq!((ended.lines, ended.outcomes.created), (250, 250));
    assert_eq!(
        keyholder.used_by(school.organisation).await,
        250,
        "charged once each"
    );
    // It is the same child, however the token came to be.
    assert_eq!(help.is_told_of_a_match().await, school.is_told_of_a_match().await);
}

/// What a partner's program calls: one call for the batch, and what came of it page by page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_program_gives_a_batch_in_one_call() {
    let region = Region::with_keyholder().await;
    let school = school(&region).await;
    let signals: Vec<client::NewSignal> = (1..31)
        .map(|number| school.new_signal(&child(number), "2027-09-01"))
        .collect();
    let batch = school.partner.submit_batch(&signals, None).await.unwrap();
    let ended = eventually("the batch is over", async || {
        let batch = school.partner.batch(batch.id).await.unwrap();
        (batch.state == BatchState::Ended).then_some(batch)
    })
    .await;
    assert_eq!(ended.outcomes.created, 30);
    let lines = school.partner.batch_lines(batch.id, &ALL).await.unwrap().items;
    assert!(
        lines
            .iter()
            .all(|line| line.status == Some(201) && line.receipt.is_some())
    );
    assert_eq!(school.partner.batches(&ALL).await.unwrap().items, [ended]);
    let again = school.partner.submit_batch(&signals, None).await.unwrap();
    assert_ne!(again.id, batch.id);
    region.log_holds().await;
}
