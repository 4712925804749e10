//! Who sends its whole list of clients is stopped, and the supervisor learns of it (the eighth scenario, scaled).

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use protocol::alert::AlertKind;
use protocol::match_case::MatchState;
use protocol::notice::NoticeKind;
use protocol::page::PageQuery;
use protocol::rights_request::{Right, RightsAnswer};
use protocol::signal::EndReason;
use serde_json::Value;
use tests::{Answer, Http, Method, Professional, Region, Sector, Settings, child};

const ALL: PageQuery = PageQuery {
    limit: 100,
    cursor: None,
};

const LIMIT: usize = 20;

/// A region in which nobody may give more than 20 signals in an hour, on the first of December.
async fn region() -> Region {
    Region::with(Settings {
        covenant: format!("signals_per_hour = {LIMIT}\nnotice_interval_minutes = 0"),
        beginning: "2027-12-01T10:17:30+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await
}

/// Gives a signal about the child of this number as a program would that knows no mercy: once, under a key of its own.
async fn posts(http: &Http, who: &Professional, bearer: &str, number: u32) -> Answer {
    let body = who
        .signal_body(&child(number))
        .replace("2027-09-01", "2028-03-01");
    let key = format!("client-list-{number:06}");
    let headers = [
        ("authorization", bearer),
        ("content-type", "application/json"),
        ("idempotency-key", &key),
    ];
    loop {
        let answer = http
            .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await;
        // A busy machine may say "try again" before it did anything; the key makes that safe.
        if answer.status != 503 {
            return answer;
        }
    }
}

async fn posts_all(
    http: &Http,
    who: &Professional,
    numbers: std::ops::Range<u32>,
) -> BTreeMap<u16, Vec<Answer>> {
    let bearer = who.bearer().await;
    let calls = numbers.map(|number| posts(http, who, &bearer, number));
    let mut by_status: BTreeMap<u16, Vec<Answer>> = BTreeMap::new();
    let mut answers = futures::stream::iter(calls).buffer_unordered(8);
    while let Some(answer) = answers.next().await {
        by_status.entry(answer.status).or_default().push(answer);
    }
    by_status
}

fn counts(answers: &BTreeMap<u16, Vec<Answer>>) -> Vec<(u16, usize)> {
    answers
        .iter()
        .map(|(status, list)| (*status, list.len()))
        .collect()
}

// rule: C4, E8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_list_of_clients_stops_at_the_guardrail_and_the_supervisor_is_alerted_once() {
    let region = region().await;
    let supervisor = region.supervisor().await;
    let addiction_care = region
        .professional("Verslavingszorg Kade", Sector::HealthCare)
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    // Half of the list are children that somebody else signalled: it makes no difference below.
    for number in (1..=40).step_by(4).chain([2, 6, 10, 14, 18]) {
        school.signals_until(&child(number), "2028-03-01").await;
    }
    let http = Http::new(&region.url);

    let answers = posts_all(&http, &addiction_care, 1..61).await;
    assert_eq!(counts(&answers), [(201, LIMIT), (429, 40)]);
    for refused in &answers[&429] {
        assert_eq!(refused.slug(), "signals-per-hour");
        let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        // From 10:17:30, or a little after, to 11:00.
        assert!((2400..=2550).contains(&wait), "{wait}");
    }
    let problem = |answer: &Answer| {
        let mut body: Value = answer.json();
        body.as_object_mut().unwrap().remove("instance");
        body
    };
    let first = problem(&answers[&429][0]);
    assert!(answers[&429].iter().all(|answer| problem(answer) == first));

    // None of what was over is active, or there at all.
    region.quiet().await;
    let signals = addiction_care.partner.signals(&ALL).await.unwrap().items;
    assert_eq!(signals.len(), LIMIT);

    // A second attempt in the same hour is stopped as well and raises no second alarm.
    let answers = posts_all(&http, &addiction_care, 100..130).await;
    assert_eq!(counts(&answers), [(429, 30)]);
    let alerts = supervisor.client.alerts(&ALL).await.unwrap().items;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].kind, AlertKind::SignalsPerHour);
    assert_eq!(alerts[0].organisation, addiction_care.organisation);
    assert_eq!(alerts[0].organisation_name, "Verslavingszorg Kade");
    assert_eq!(alerts[0].hour, "2027-12-01T09:00:00Z".parse().unwrap());
    // The school gave 15 and goes on.
    school.signals_until(&child(90), "2028-03-01").await;

    // The supervisor finds it in the log it takes home: once, with the hour's end.
    let export = supervisor.verifies().await;
    let leaves: Vec<&Value> = export.of("guardrail.exceeded").collect();
    assert_eq!(leaves.len(), 1);
    assert_eq!(leaves[0]["until"], "2027-12-01T10:00:00Z");
    assert_eq!(export.counts()["signal.submitted"], LIMIT + 16);

    // In the next hour there is room again: the same requests under the same keys are done now.
    region.at("2027-12-01T11:00:00+01:00").await;
    let answers = posts_all(&http, &addiction_care, 100..120).await;
    assert_eq!(counts(&answers), [(201, LIMIT)]);
    assert_eq!(posts_all(&http, &addiction_care, 120..121).await[&429].len(), 1);
    assert_eq!(supervisor.client.alerts(&ALL).await.unwrap().items.len(), 2);
}

// rule: C4, F2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_record_already_does_not_count_and_a_replay_is_a_replay() {
    let region = region().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let http = Http::new(&region.url);
    assert_eq!(counts(&posts_all(&http, &school, 1..20).await), [(201, 19)]);
    // A system that sends its signals again under other keys gives nothing new.
    for number in 1..20 {
        let again = school
            .partner
            .submit_signal(&school.new_signal(&child(number), "2028-03-01"), None)
            .await;
        assert!(matches!(again.unwrap(), client::Submitted::Known(_)));
    }
    // So there is room for one more, and for no second.
    assert_eq!(counts(&posts_all(&http, &school, 20..21).await), [(201, 1)]);
    assert_eq!(counts(&posts_all(&http, &school, 21..22).await), [(429, 1)]);
    // What was answered before is answered the same, whether or not the hour is full.
    let bearer = school.bearer().await;
    let replay = posts(&http, &school, &bearer, 5).await;
    assert_eq!(replay.status, 201);
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    assert_eq!(
        region.count("SELECT given::bigint FROM signals_in_hour").await,
        20,
        "the count is what is on record"
    );
}

// rule: C4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_share_one_count() {
    let region = region().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let second = region.second_instance();
    let (here, there) = (Http::new(&region.url), Http::new(&second.url));
    let (here, there) = tokio::join!(
        posts_all(&here, &school, 1..31),
        posts_all(&there, &school, 31..61)
    );
    let taken = |answers: &BTreeMap<u16, Vec<Answer>>| answers.get(&201).map_or(0, Vec::len);
    assert_eq!(taken(&here) + taken(&there), LIMIT);
    let signals = region.count("SELECT count(*) FROM signal").await;
    assert_eq!(signals, i64::try_from(LIMIT).unwrap());
    assert_eq!(region.count("SELECT count(*) FROM alert").await, 1);
}

// rule: E10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_but_a_supervisor_sees_alerts() {
    let region = region().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let http = Http::new(&region.url);
    posts_all(&http, &school, 1..31).await;
    for bearer in [school.bearer().await, region.municipality().bearer().await] {
        let answer = http.get("/v1/alerts", &[("authorization", &bearer)]).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (403, "insufficient-scope")
        );
    }
    // Nor does the database show a party's transaction any.
    let client = region.database.superuser().await;
    for (name, seen) in [(school.name.as_str(), 0), ("Toezichthouder", 1)] {
        if seen == 1 {
            region.supervisor().await;
        }
        let enter = format!(
            "BEGIN; SELECT set_config('app.organisation', (SELECT id::text FROM organisation WHERE name = '{name}'), true);
             SET LOCAL ROLE tp_party"
        );
        client.batch_execute(&enter).await.unwrap();
        let count: i64 = client
            .query_one("SELECT count(*) FROM alert", &[])
            .await
            .unwrap()
            .get(0);
        client.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(count, seen, "{name}");
    }
}

/// Who gives a signal, ends it and gives it again to see whether a match came sees none before the quarter, is stopped by
/// its own history, and is seen: by the other party, the supervisor and the family.
// rule: C4, E8, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signals_and_ends_over_and_over_learns_nothing_and_is_seen() {
    let region = Region::with(Settings {
        covenant: "signals_per_hour = 8\nnotice_interval_minutes = 15".to_owned(),
        beginning: "2027-12-01T10:01:00+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let supervisor = region.supervisor().await;
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let poller = region
        .professional("Verslavingszorg Kade", Sector::HealthCare)
        .await;
    // Of the first child there is a signal, of the second none.
    let known = care.signals_until(&child(1), "2028-03-01").await;
    let (http, bearer) = (Http::new(&region.url), poller.bearer().await);
    let mut round = 0;
    let mut polls = async |number: u32| {
        round += 1;
        let body = poller
            .signal_body(&child(number))
            .replace("2027-09-01", "2028-03-01");
        let key = format!("over-and-over-{round:03}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", &key),
        ];
        let answer = http
            .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await;
        region.quiet().await;
        answer
    };
    let looks = |answer: &Answer| {
        let mut body = answer.json();
        for of_its_own in ["id", "submittedAt", "instance"] {
            body.as_object_mut().unwrap().remove(of_its_own);
        }
        (answer.status, body.to_string())
    };

    let mut seen = BTreeSet::new();
    for reason in [
        EndReason::Unjustified,
        EndReason::Resolved,
        EndReason::Unjustified,
        EndReason::Resolved,
    ] {
        for number in [1, 2] {
            let answer = polls(number).await;
            seen.insert(looks(&answer));
            let id = answer.json()["id"].as_str().unwrap().parse().unwrap();
            poller.ends(id, reason).await;
            region.quiet().await;
            assert!(poller.inbox().await.is_empty() && poller.matches().await.is_empty());
        }
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen.first().unwrap().0, 201);
    // Stopped, alike for both, and the number is the poller's own: the other goes on.
    let stopped: Vec<Answer> = [polls(1).await, polls(2).await].into();
    assert!(
        stopped
            .iter()
            .all(|answer| answer.header("retry-after").is_some())
    );
    let stopped: BTreeSet<_> = stopped.iter().map(looks).collect();
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert_eq!(stopped.first().unwrap().0, 429);
    care.signals_until(&child(3), "2028-03-01").await;
    assert!(care.inbox().await.is_empty() && care.matches().await.is_empty());

    // The supervisor is alerted at once.
    let alerts = supervisor.client.alerts(&ALL).await.unwrap().items;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].organisation, poller.organisation);

    // At the quarter all are told, the one who polled of what is over.
    region.at("2027-12-01T10:15:00+01:00").await;
    let told = care.clears_the_inbox().await;
    assert!(
        told.contains(&NoticeKind::MatchOpened) && told.contains(&NoticeKind::MatchCorrected),
        "{told:?}"
    );
    assert!(
        poller
            .matches()
            .await
            .iter()
            .all(|one| one.state == MatchState::Closed)
    );
    // And the family, which asks what there is.
    let letter = care.makes_letter(known.id).await;
    let municipality = region.municipality();
    let code = letter.code.expose();
    let asked = municipality.asks_for(code, Right::Access).await.unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    let file = municipality.fetches_file(asked.id).await.unwrap();
    let of_poller = file
        .signals
        .iter()
        .filter(|signal| signal.organisation.name == poller.name);
    assert!(of_poller.filter(|signal| signal.ended_at.is_some()).count() > 0);
    assert!(!file.matches.is_empty());
    let export = supervisor.verifies().await;
    assert_eq!(export.counts()["signal.submitted"], 2 + 8);
    assert_eq!(export.counts()["guardrail.exceeded"], 1);
}
