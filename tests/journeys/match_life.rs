//! A match from its first day to its last: who leads it, how it is closed, who answers for it.

use protocol::consent::AgeBand;
use protocol::match_case::{ClosedBecause, LeadAnswer, MatchState, Outcome};
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use tests::{MUNICIPALITY, Sector, child, others, refusal};

use crate::Met;

fn at(time: &str) -> jiff::Timestamp {
    time.parse().unwrap()
}

/// Scenario 1 from the first contact on, under a covenant that shows things at the quarter.
async fn youth_health_care_leads() -> Met {
    let met = Met::in_region(tests::Region::start().await).await;
    met.region
        .apply_covenant("Convenant Testland", "notice_interval_minutes = 15")
        .await;
    met.region.at("2027-03-12T11:00:30+01:00").await;
    let proposed = met
        .childcare
        .proposes(met.match_id, met.health.organisation)
        .await
        .unwrap();
    assert_eq!(proposed.organisation, met.health.organisation);
    assert!(met.health.inbox().await.is_empty(), "told at the quarter");
    met.region.at("2027-03-12T11:15:00+01:00").await;
    assert_eq!(met.health.clears_the_inbox().await, [NoticeKind::LeadProposed]);
    let seen = met.health.sees(met.match_id).await;
    let you = seen.parties.iter().find(|party| party.you).unwrap();
    assert!(you.lead_proposed && !you.lead);
    met.health
        .answers(met.match_id, LeadAnswer::Accepted)
        .await
        .unwrap();
    for party in [&met.childcare, &met.health] {
        assert_eq!(party.sees_lead(met.match_id).await, Some(met.health.organisation));
    }
    met.region.at("2027-03-12T11:30:00+01:00").await;
    assert_eq!(met.childcare.clears_the_inbox().await, [NoticeKind::LeadAccepted]);
    met
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lead_closes_a_match_that_is_tuned_in() {
    let met = youth_health_care_leads().await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    met.open().await;
    let unread = met
        .childcare
        .writes(met.match_id, &met.health, "Tot september.")
        .await;
    met.region.at("2027-08-30T10:00:30+02:00").await;
    // Only the lead closes.
    let refused = met.childcare.closes(met.match_id, Outcome::TunedIn, None).await;
    assert_eq!(refusal(refused), ProblemType::NotTheLead);
    let closing = met
        .health
        .closes(met.match_id, Outcome::TunedIn, None)
        .await
        .unwrap();
    assert_eq!(closing.outcome, Some(Outcome::TunedIn));
    for party in [&met.childcare, &met.health] {
        let seen = party.sees(met.match_id).await;
        assert_eq!((seen.state, seen.contact_deadline), (MatchState::Closed, None));
        assert_eq!(seen.closing, Some(closing));
        assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::MatchClosed));
    }
    // Consent stands, and nothing passes any more; what nobody fetched is gone.
    let sent = met
        .childcare
        .partner
        .send(met.match_id, met.health.organisation, b"x")
        .await;
    assert_eq!(refusal(sent), ProblemType::MatchClosed);
    let read = met.health.fetches(met.match_id, unread).await.map(drop);
    assert_eq!(refusal(read), ProblemType::ConsentMissing);
    met.region.quiet().await;
    let kept = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
    assert_eq!(met.region.count(kept).await, 0);
    // It is told at the quarter, once, to those who did not do it.
    assert!(met.childcare.inbox().await.is_empty());
    met.region.at("2027-08-30T10:15:00+02:00").await;
    assert_eq!(met.childcare.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    assert!(met.health.clears_the_inbox().await.is_empty());
    let again = met.health.closes(met.match_id, Outcome::NoContact, None).await;
    assert_eq!(refusal(again), ProblemType::MatchClosed);
    for refused in [
        met.childcare
            .proposes(met.match_id, met.health.organisation)
            .await
            .map(drop),
        met.childcare
            .answers(met.match_id, LeadAnswer::Accepted)
            .await
            .map(drop),
    ] {
        assert_eq!(refusal(refused), ProblemType::MatchClosed);
    }
    // Both signals go on, and nothing opens between them again; a third party makes a new match for all three.
    let count = "SELECT count(*) FROM match_case";
    met.region
        .database
        .superuser()
        .await
        .batch_execute("INSERT INTO match_task (subject_id) SELECT id FROM subject")
        .await
        .unwrap();
    met.region.quiet().await;
    assert_eq!(met.region.count(count).await, 1);
    met.region.at("2027-08-31T10:00:30+02:00").await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals_until(&met.child, "2028-03-01").await;
    met.region.quiet().await;
    met.region.at("2027-08-31T10:15:00+02:00").await;
    let new = school.is_told_of_a_match().await;
    assert_ne!(new, met.match_id);
    let seen = met.childcare.sees(new).await;
    assert_eq!((seen.state, seen.parties.len()), (MatchState::Open, 3));
    assert_eq!(school.sees_lead(new).await, None);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn else_it_closes_by_itself_and_everyone_is_told() {
    let met = youth_health_care_leads().await;
    met.region.at("2027-08-31T23:59:00+02:00").await;
    assert_eq!(
        met.health.sees(met.match_id).await.state,
        MatchState::ContactConfirmed
    );
    met.region.at("2027-09-01T00:00:00+02:00").await;
    let seen = met.health.sees(met.match_id).await;
    assert_eq!(seen.state, MatchState::Closed);
    let closing = seen.closing.unwrap();
    assert_eq!(closing.closed_at, at("2027-09-01T00:00:00+02:00"));
    assert_eq!(closing.outcome, Some(Outcome::SignalsEnded));
    met.region.casework.retire_once().await.unwrap();
    for party in [&met.childcare, &met.health] {
        assert_eq!(party.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    }
    met.region.casework.retire_once().await.unwrap();
    assert!(met.health.inbox().await.is_empty(), "told once");
    // Only a new signal makes a new match.
    assert_eq!(met.region.count("SELECT count(*) FROM match_case").await, 1);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_makes_itself_lead_and_only_the_lead_passes_it_on() {
    let met = Met::start().await;
    let (care, health) = (&met.childcare, &met.health);
    let stranger = met.region.professional("Sportclub", Sector::Education).await;
    // Itself, a stranger, and nobody at all are one refusal.
    for nobody in [care.organisation, stranger.organisation] {
        let refused = care.proposes(met.match_id, nobody).await;
        assert_eq!(refusal(refused), ProblemType::InvalidRequest);
    }
    assert_eq!(
        refusal(stranger.proposes(met.match_id, care.organisation).await),
        ProblemType::NotFound
    );
    assert_eq!(
        refusal(health.answers(met.match_id, LeadAnswer::Accepted).await),
        ProblemType::LeadNotProposed
    );
    assert_eq!(
        refusal(health.closes(met.match_id, Outcome::TunedIn, None).await),
        ProblemType::NotTheLead
    );

    // Declined: told to the one who asked.
    let first = care.proposes(met.match_id, health.organisation).await.unwrap();
    let again = care.proposes(met.match_id, health.organisation).await.unwrap();
    assert_eq!(first, again, "the same proposal waits");
    assert_eq!(
        refusal(care.answers(met.match_id, LeadAnswer::Accepted).await),
        ProblemType::LeadNotProposed
    );
    health.answers(met.match_id, LeadAnswer::Declined).await.unwrap();
    assert_eq!(health.clears_the_inbox().await, [NoticeKind::LeadProposed]);
    assert_eq!(care.clears_the_inbox().await, [NoticeKind::LeadDeclined]);
    assert_eq!(
        refusal(health.answers(met.match_id, LeadAnswer::Accepted).await),
        ProblemType::LeadNotProposed
    );
    assert_eq!(care.sees_lead(met.match_id).await, None);

    // Accepted, and passed on: the first stays lead until the other accepts.
    health.leads(met.match_id, care).await;
    assert_eq!(
        refusal(care.proposes(met.match_id, health.organisation).await),
        ProblemType::NotTheLead
    );
    health.proposes(met.match_id, care.organisation).await.unwrap();
    assert_eq!(care.sees_lead(met.match_id).await, Some(health.organisation));
    care.answers(met.match_id, LeadAnswer::Accepted).await.unwrap();
    assert_eq!(health.sees_lead(met.match_id).await, Some(care.organisation));
    assert_eq!(
        refusal(health.closes(met.match_id, Outcome::TunedIn, None).await),
        ProblemType::NotTheLead
    );
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sector_that_may_not_lead_is_not_proposed() {
    let lines = "notice_interval_minutes = 0\nmay_lead = [\"youth-health-care\"]";
    let met = Met::in_region(tests::Region::with_covenant(lines).await).await;
    let refused = met
        .health
        .proposes(met.match_id, met.childcare.organisation)
        .await;
    assert_eq!(refusal(refused), ProblemType::InvalidRequest);
    met.health.leads(met.match_id, &met.childcare).await;
    assert_eq!(
        met.childcare.sees_lead(met.match_id).await,
        Some(met.health.organisation)
    );
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handing_over_to_safeguarding_is_approved_by_a_second_person_who_stands_in_the_opening_alone() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.health.leads(met.match_id, &met.childcare).await;
    let safeguarding = Outcome::HandedToSafeguarding;
    for (outcome, approved_by) in [
        (safeguarding, None),
        (safeguarding, Some(met.health.reference.as_str())),
        (Outcome::TunedIn, Some("p-2")),
        (Outcome::SignalsEnded, None),
    ] {
        let refused = met.health.closes(met.match_id, outcome, approved_by).await;
        assert_eq!(refusal(refused), ProblemType::InvalidRequest, "{outcome:?}");
    }
    met.health
        .closes(met.match_id, safeguarding, Some("p-2"))
        .await
        .unwrap();
    let seen = met.childcare.sees(met.match_id).await;
    assert_eq!(seen.closing.unwrap().outcome, Some(safeguarding));
    let export = supervisor.verifies().await;
    let closed: Vec<_> = export.of("match.closed").collect();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0]["to"], "closed(handed_to_safeguarding)");
    let leaf = closed[0].to_string();
    assert!(!leaf.contains("p-2"), "{leaf}");
    let columns = met.region.texts("SELECT match_case::text FROM match_case").await;
    assert!(columns.iter().all(|row| !row.contains("p-2")), "{columns:?}");
    for (event, times) in [
        ("match.lead_proposed", 1),
        ("match.lead_accepted", 1),
        ("match.left", 0),
    ] {
        assert_eq!(
            export.counts().get(event).copied().unwrap_or_default(),
            times,
            "{event}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_match_moves_to_another_municipality_with_its_tasks() {
    let region = tests::Region::start().await;
    region
        .apply_covenant("Convenant Overdam", "municipality = \"gemeente Overdam\"")
        .await;
    let first = region.municipality();
    let second = region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    // Nobody calls: the first municipality's officer has a task.
    region.at("2027-03-10T10:00:00+01:00").await;
    while region.casework.follow_up_once().await.unwrap() > 0 {}
    assert_eq!(
        (first.name.as_str(), first.tasks().await.len()),
        (MUNICIPALITY, 1)
    );
    assert!(second.tasks().await.is_empty());

    // Nobody takes a match, and nobody hands over what is not theirs.
    assert_eq!(
        refusal(second.relocates(match_id, &second).await),
        ProblemType::NotFound
    );
    assert_eq!(
        refusal(first.relocates(match_id, &first).await),
        ProblemType::InvalidRequest
    );
    let moved = first.relocates(match_id, &second).await.unwrap();
    assert_eq!(
        (moved.municipality, moved.name.as_str()),
        (second.organisation, "gemeente Overdam")
    );
    assert!(first.tasks().await.is_empty());
    assert_eq!(second.tasks().await.len(), 1);
    assert_eq!(
        refusal(first.relocates(match_id, &second).await),
        ProblemType::NotFound
    );
    second.relocates(match_id, &first).await.unwrap();
    assert_eq!(first.tasks().await.len(), 1);

    help.leads(match_id, &school).await;
    help.closes(match_id, Outcome::NoContact, None).await.unwrap();
    assert_eq!(
        refusal(first.relocates(match_id, &second).await),
        ProblemType::MatchClosed
    );
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_family_can_be_asked_after_a_lead_changed_and_the_lead_is_no_more_than_a_party() {
    let met = Met::start().await;
    met.health.leads(met.match_id, &met.childcare).await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    assert_eq!(request.parties.len(), 2);
    letters[0].agrees().await;
    let seen = met.health.sees(met.match_id).await;
    assert!(seen.exchange.open && others(&seen).all(|party| party.exchange_open && !party.lead));
    met.region.log_holds().await;
}
