//! The parties of a match do not call each other, and the municipality's follow-up officer does.

use protocol::consent::AgeBand;
use protocol::follow_up::Mark;
use protocol::notice::{Notice, NoticeKind};
use protocol::problem::ProblemType;
use tests::{Http, Professional, Region, Sector, assert_sound, child, events, refusal};

use protocol::Id;

/// A school and youth help that met on Good Friday and did not speak.
struct Silent {
    region: Region,
    school: Professional,
    help: Professional,
    match_id: Id,
}

impl Silent {
    async fn start(covenant: &str) -> Self {
        Self::of(covenant, Sector::YouthHelp).await
    }

    async fn of(covenant: &str, other: Sector) -> Self {
        let region = Region::with_covenant(&format!("notice_interval_minutes = 0\n{covenant}")).await;
        let school = region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await;
        let help = region.professional("Jeugdhulp Anker", other).await;
        region.at("2027-03-25T10:00:00+01:00").await;
        school.signals(&child(1)).await;
        region.at("2027-03-26T10:00:00+01:00").await;
        help.signals(&child(1)).await;
        let match_id = school.is_told_of_a_match().await;
        assert_eq!(help.is_told_of_a_match().await, match_id);
        Self {
            region,
            school,
            help,
            match_id,
        }
    }

    async fn steps(&self) {
        while self.region.casework.follow_up_once().await.unwrap() > 0 {}
        self.region.quiet().await;
    }

    /// The reminders in a party's inbox.
    async fn reminders(&self, party: &Professional) -> Vec<Notice> {
        let mut inbox = party.inbox().await;
        inbox.retain(|notice| notice.kind == NoticeKind::ContactReminder);
        inbox
    }

    async fn count(&self, event: &str) -> i64 {
        self.region.quiet().await;
        events(&self.region).await.get(event).copied().unwrap_or(0)
    }
}

const REMINDER: &str = "2027-04-05T09:00:00+02:00";
const ESCALATION: &str = "2027-04-06T00:00:00+02:00";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_calls_and_the_officer_calls_both() {
    let silent = Silent::start("").await;
    let (region, officer) = (&silent.region, silent.region.municipality());
    let supervisor = region.supervisor().await;
    let due = silent.school.sees(silent.match_id).await.contact_deadline;
    assert_eq!(due, Some(ESCALATION.parse().unwrap()));

    region.at("2027-04-05T08:59:50+02:00").await;
    silent.steps().await;
    assert!(
        silent.reminders(&silent.school).await.is_empty(),
        "not before nine"
    );
    region.at(REMINDER).await;
    silent.steps().await;
    silent.steps().await;
    for party in [&silent.school, &silent.help] {
        let reminders = silent.reminders(party).await;
        assert_eq!(reminders.len(), 1, "{}", party.name);
        assert_eq!(reminders[0].match_id, Some(silent.match_id));
        assert_eq!(reminders[0].signal_id, None);
    }
    region.at("2027-04-05T23:59:50+02:00").await;
    assert!(officer.tasks().await.is_empty(), "not before the day is over");

    // No driver has looked: the list itself compares with the time.
    region.at(ESCALATION).await;
    let task = officer.task().await;
    assert_eq!(task.case_reference, silent.match_id);
    assert_eq!(task.since, ESCALATION.parse().unwrap());
    assert_eq!(task.match_age_days, 11);
    let mut names: Vec<_> = task
        .parties
        .iter()
        .map(|party| party.organisation.as_ref().unwrap().name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Basisschool Zonnewijzer", "Jeugdhulp Anker"]);
    assert!(
        task.parties
            .iter()
            .all(|party| party.contact_confirmed == Some(false))
    );
    assert!(task.marks.is_empty());
    silent.steps().await;
    assert_eq!(
        silent.count("follow_up.escalated").await,
        1,
        "told once, to whom looked first"
    );

    let marked = officer.marks(&task, Mark::CalledBoth).await;
    assert_eq!(marked.mark, Mark::CalledBoth);
    let again = officer.program().follow_up_task(task.id).await.unwrap();
    assert_eq!(again.marks, [marked]);

    silent.school.confirms_contact(silent.match_id).await;
    let half = officer.task().await;
    let confirmed: Vec<_> = half
        .parties
        .iter()
        .filter(|party| party.contact_confirmed == Some(true))
        .collect();
    assert_eq!(
        confirmed[0].organisation.as_ref().unwrap().name,
        "Basisschool Zonnewijzer"
    );
    silent.help.confirms_contact(silent.match_id).await;
    assert!(officer.tasks().await.is_empty(), "contact was made");
    let viewed = silent.count("follow_up.viewed").await;
    let gone = officer.program().follow_up_task(task.id).await;
    assert_eq!(refusal(gone), ProblemType::NotFound);
    let late = officer
        .program()
        .mark_follow_up_task(task.id, Mark::NoAnswer, None)
        .await;
    assert_eq!(refusal(late), ProblemType::NotFound);

    let counts = ["reminded", "escalated", "marked", "viewed"];
    let mut told = Vec::new();
    for name in counts {
        told.push(silent.count(&format!("follow_up.{name}")).await);
    }
    assert_eq!(told, [1, 1, 1, viewed], "a task that is none leaves no trace");
    assert_eq!(viewed, 3);
    assert_sound(region).await;
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_says_nothing_about_the_child_or_the_professionals() {
    let silent = Silent::start("").await;
    silent.region.at(ESCALATION).await;
    let officer = silent.region.municipality();
    let http = Http::new(&silent.region.url);
    let answer = http
        .get(
            "/v1/follow-up-tasks",
            &[("authorization", &officer.bearer().await)],
        )
        .await;
    let list = answer.json();
    let task = list["items"][0].as_object().unwrap();
    let members: Vec<&str> = task.keys().map(String::as_str).collect();
    assert_eq!(
        members,
        ["caseReference", "id", "marks", "matchAgeDays", "parties", "since"]
    );
    for party in task["parties"].as_array().unwrap() {
        let members: Vec<&str> = party.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["contactConfirmed", "organisation"]);
        let organisation = party["organisation"].as_object().unwrap();
        let members: Vec<&str> = organisation.keys().map(String::as_str).collect();
        assert_eq!(members, ["id", "name", "sector"]);
    }
    let text = list.to_string();
    for secret in [
        &silent.school.reference,
        &silent.school.email,
        &silent.help.reference,
    ] {
        assert!(!text.contains(secret.as_str()), "{secret}");
    }
}

/// What row-level security shows an organisation of these tables at the region's time: rows by table.
async fn rows_seen(region: &Region, organisation: &str) -> Vec<(&'static str, i64)> {
    let mut client = region.database.superuser().await;
    let tx = client.transaction().await.unwrap();
    let enter = format!(
        "SET LOCAL ROLE tp_party;
         SELECT set_config('app.organisation', '{organisation}', true),
                set_config('app.now', app_now(1::smallint)::text, true)"
    );
    tx.batch_execute(&enter).await.unwrap();
    let mut rows = Vec::new();
    for table in [
        "follow_up",
        "match_case",
        "match_party",
        "consent",
        "consent_party",
        "signal",
        "notice",
        "message",
        "signatory",
    ] {
        let row = tx
            .query_one(&format!("SELECT count(*) FROM {table}"), &[])
            .await
            .unwrap();
        rows.push((table, row.get(0)));
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_level_security_shows_officers_only_what_was_escalated_to_them() {
    let silent = Silent::start("").await;
    let region = &silent.region;
    region
        .apply_covenant("Convenant Overdam", "municipality = \"gemeente Overdam\"")
        .await;
    region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    let ids = region
        .texts("SELECT id::text FROM organisation WHERE role = 'municipality' ORDER BY name")
        .await;
    let [overdam, voorbeeldstad] = &ids[..] else {
        panic!("{ids:?}")
    };
    // Another match, in which contact was made in time.
    let (second, first) = (child(2), &silent);
    first.school.signals(&second).await;
    first.help.signals(&second).await;
    let spoken = first.school.is_told_of_a_match().await;
    first.help.is_told_of_a_match().await;
    first.school.confirms_contact(spoken).await;
    first.help.confirms_contact(spoken).await;

    region.at("2027-04-05T23:59:50+02:00").await;
    let nothing: Vec<(&str, i64)> = rows_seen(region, voorbeeldstad)
        .await
        .into_iter()
        .filter(|(_, rows)| *rows > 0)
        .collect();
    assert_eq!(nothing, [], "before the deadline has passed");
    region.at(ESCALATION).await;
    silent.steps().await;
    let seen: Vec<(&str, i64)> = rows_seen(region, voorbeeldstad)
        .await
        .into_iter()
        .filter(|(_, rows)| *rows > 0)
        .collect();
    assert_eq!(seen, [("follow_up", 1), ("match_case", 1), ("match_party", 2)]);
    let others: i64 = rows_seen(region, overdam)
        .await
        .iter()
        .map(|(_, rows)| rows)
        .sum();
    assert_eq!(others, 0, "another municipality");
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_municipality_and_an_early_look_find_nothing() {
    let silent = Silent::start("").await;
    let region = &silent.region;
    region
        .apply_covenant("Convenant Overdam", "municipality = \"gemeente Overdam\"")
        .await;
    let overdam = region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    region.at(ESCALATION).await;
    let task = region.municipality().task().await;
    let before = events(region).await;
    let foreign = overdam.program().follow_up_task(task.id).await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    let foreign = overdam
        .program()
        .mark_follow_up_task(task.id, Mark::CalledOne, None)
        .await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    assert!(overdam.tasks().await.is_empty());
    // The id of the match is not that of the task.
    let other_id = region
        .municipality()
        .program()
        .follow_up_task(task.case_reference)
        .await;
    assert_eq!(refusal(other_id), ProblemType::NotFound);
    region.at("2027-04-05T23:00:00+02:00").await;
    let early = region.municipality().program().follow_up_task(task.id).await;
    assert_eq!(refusal(early), ProblemType::NotFound);
    region.quiet().await;
    assert_eq!(events(region).await, before);
    // Who verifies the whole log would find here that time ran back.
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_confirms_in_time_is_neither_reminded_nor_followed_up() {
    let silent = Silent::start("").await;
    silent.school.confirms_contact(silent.match_id).await;
    silent.help.confirms_contact(silent.match_id).await;
    silent.region.at(REMINDER).await;
    silent.steps().await;
    for party in [&silent.school, &silent.help] {
        assert!(silent.reminders(party).await.is_empty());
    }
    silent.region.at("2027-04-06T09:00:00+02:00").await;
    silent.steps().await;
    assert!(silent.region.municipality().tasks().await.is_empty());
    assert_eq!(silent.count("follow_up.escalated").await, 0);
    let waiting = "SELECT count(*) FROM follow_up WHERE look_at IS NOT NULL";
    assert_eq!(
        silent.region.count(waiting).await,
        0,
        "nothing is looked at for ever"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_an_overdue_match_takes_it_from_nobodys_list() {
    let silent = Silent::start("").await;
    let care = silent
        .region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    silent.region.at("2027-04-06T09:00:00+02:00").await;
    silent.steps().await;
    care.signals(&child(1)).await;
    care.is_told(1).await;
    silent.steps().await;
    let task = silent.region.municipality().task().await;
    assert_eq!(task.parties.len(), 3);
    assert_eq!(task.since, ESCALATION.parse().unwrap());
    assert_eq!(silent.count("follow_up.escalated").await, 1);
    for party in [&silent.school, &silent.help, &care] {
        party.confirms_contact(silent.match_id).await;
    }
    assert!(silent.region.municipality().tasks().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_a_match_with_contact_begins_a_deadline_of_its_own() {
    let silent = Silent::start("").await;
    silent.school.confirms_contact(silent.match_id).await;
    silent.help.confirms_contact(silent.match_id).await;
    let care = silent
        .region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    silent.region.at("2027-04-06T10:00:00+02:00").await;
    silent.steps().await;
    care.signals(&child(1)).await;
    assert_eq!(care.is_told_of_a_match().await, silent.match_id);
    assert!(silent.region.municipality().tasks().await.is_empty());
    // Five working days: the 7th, 8th, 9th, 12th and 13th.
    silent.region.at("2027-04-13T09:00:00+02:00").await;
    silent.steps().await;
    assert_eq!(silent.reminders(&care).await.len(), 1);
    silent.region.at("2027-04-14T00:00:00+02:00").await;
    let task = silent.region.municipality().task().await;
    let unconfirmed: Vec<_> = task
        .parties
        .iter()
        .filter(|party| party.contact_confirmed == Some(false))
        .collect();
    assert_eq!(unconfirmed.len(), 1);
    assert_eq!(
        unconfirmed[0].organisation.as_ref().unwrap().name,
        "Kinderopvang De Vlinder"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_that_another_may_not_see_has_no_name_for_the_officer() {
    let silent = Silent::of(
        "sensitive_sectors = [\"police-and-justice\"]",
        Sector::PoliceAndJustice,
    )
    .await;
    silent.region.at(ESCALATION).await;
    let task = silent.region.municipality().task().await;
    let names: Vec<_> = task
        .parties
        .iter()
        .map(|party| {
            party
                .organisation
                .as_ref()
                .map(|organisation| organisation.name.as_str())
        })
        .collect();
    assert_eq!(names, [Some("Basisschool Zonnewijzer"), None]);
    assert_eq!(task.parties[1].contact_confirmed, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_is_named_the_deadline_measures_the_request() {
    let silent = Silent::start("reveal = \"on_consent\"").await;
    silent.region.at(ESCALATION).await;
    let officer = silent.region.municipality();
    let task = officer.task().await;
    assert_eq!(task.parties.len(), 2);
    assert!(task.parties.iter().all(|party| party.organisation.is_none()));
    silent
        .help
        .asks_consent(silent.match_id, AgeBand::Under12, 2)
        .await;
    assert!(officer.tasks().await.is_empty(), "the family was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_match_that_is_relocated_takes_its_task_along() {
    let silent = Silent::start("").await;
    let region = &silent.region;
    region
        .apply_covenant("Convenant Overdam", "municipality = \"gemeente Overdam\"")
        .await;
    let overdam = region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    region.at(ESCALATION).await;
    let before = region.municipality();
    let task = before.task().await;
    let marked = before.marks(&task, Mark::NoAnswer).await;
    before.relocates(silent.match_id, &overdam).await.unwrap();
    assert!(before.tasks().await.is_empty());
    let moved = overdam.task().await;
    assert_eq!((moved.id, moved.marks), (task.id, vec![marked]));
    let gone = before.program().follow_up_task(task.id).await;
    assert_eq!(refusal(gone), ProblemType::NotFound);
    region.log_holds().await;
}
