//! Telling the family: in time, too late, and not yet because a child is not safe.

use protocol::consent::AgeBand;
use protocol::disclosure::{DisclosureState, PostponementDecision, PostponementState};
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::SignalState;
use tests::{
    Child, Export, Guardian, Professional, Region, Sector, Settings, assert_sound, child, events, eventually,
    refusal,
};

use crate::Met;

async fn region(beginning: &str) -> Region {
    Region::with(Settings {
        beginning: beginning.parse().unwrap(),
        ..Settings::default()
    })
    .await
}

async fn state(who: &Professional, signal: protocol::Id) -> SignalState {
    who.partner.signal(signal).await.unwrap().state
}

async fn duty(who: &Professional, signal: protocol::Id) -> DisclosureState {
    let signal = who.partner.signal(signal).await.unwrap();
    signal.disclosure.unwrap().state
}

/// How often the log tells of an event, once it does so this often.
async fn logged(region: &Region, event: &str, times: i64) {
    eventually(event, async || {
        (events(region).await.get(event).copied().unwrap_or(0) >= times).then_some(())
    })
    .await;
    assert_eq!(
        events(region).await.get(event).copied().unwrap_or(0),
        times,
        "{event}"
    );
}

/// What the supervisor's export says about telling families.
fn report(export: &Export) -> Vec<String> {
    let csv = export.file("reports.csv");
    let rows = csv
        .lines()
        .filter(|row| row.starts_with("signals-without-disclosure,"));
    rows.map(str::to_owned).collect()
}

fn count(notices: &[protocol::notice::Notice], kind: NoticeKind) -> usize {
    notices.iter().filter(|notice| notice.kind == kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_is_not_safe_so_telling_the_family_waits_for_a_second_person_and_a_day() {
    let region = region("2027-05-11T21:40:00+02:00").await;
    let police = region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let child = child(1);
    let of_police = police.signals_untold(&child, "2027-11-01").await;
    let of_school = school.signals_untold(&child, "2027-11-01").await;
    let match_id = school.is_told_of_a_match().await;
    police.is_told_of_a_match().await;
    assert_eq!(duty(&school, of_school.id).await, DisclosureState::Due);

    // Proposed in the evening; whoever proposed it cannot approve it, a colleague does next morning.
    let proposed = school
        .proposes_to_postpone(of_school.id, "2027-06-10")
        .await
        .unwrap();
    assert_eq!(proposed.state, PostponementState::Proposed);
    assert_eq!(duty(&school, of_school.id).await, DisclosureState::Proposed);
    let again = school.proposes_to_postpone(of_school.id, "2027-06-10").await;
    assert_eq!(refusal(again), ProblemType::PostponementUndecided);
    for by in [school.reference.clone(), school.reference.to_uppercase()] {
        let own = school
            .decides_to_postpone(of_school.id, PostponementDecision::Approved, &by)
            .await;
        assert_eq!(refusal(own), ProblemType::SecondPersonNeeded);
    }
    region.at("2027-05-12T09:00:00+02:00").await;
    let decided = school
        .decides_to_postpone(of_school.id, PostponementDecision::Approved, "team-leader")
        .await
        .unwrap();
    assert_eq!(decided.state, PostponementState::Approved);
    assert_eq!(decided.decided_by.unwrap().as_str(), "team-leader");
    let listed = school.has_yet_to_tell().await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].signal, of_school.id);
    assert_eq!(listed[0].disclosure.state, DisclosureState::Postponed);

    // Meanwhile nobody asks the family anything: the school is told why, the police are not.
    police.tells_the_family(of_police.id).await;
    school.confirms_contact(match_id).await;
    police.confirms_contact(match_id).await;
    let by_school = school
        .tries_to_ask_consent(match_id, AgeBand::Under12, 1, None)
        .await;
    assert_eq!(refusal(by_school), ProblemType::DisclosurePostponed);
    let by_police = police
        .tries_to_ask_consent(match_id, AgeBand::Under12, 1, None)
        .await;
    assert_eq!(refusal(by_police), ProblemType::ConsentNotYet);

    // Past the fourteen days it counts, as long as the postponement holds. On the third working day before its review and
    // on the day itself the school is reminded.
    region.at("2027-06-07T08:59:00+02:00").await;
    assert_eq!(state(&school, of_school.id).await, SignalState::Active);
    assert_eq!(count(&school.inbox().await, NoticeKind::PostponementReview), 0);
    region.at("2027-06-07T09:00:00+02:00").await;
    region.casework.step_disclosures_once().await.unwrap();
    assert_eq!(count(&school.inbox().await, NoticeKind::PostponementReview), 1);
    region.at("2027-06-10T09:00:00+02:00").await;
    region.casework.step_disclosures_once().await.unwrap();
    assert_eq!(count(&school.inbox().await, NoticeKind::PostponementReview), 2);
    assert_eq!(count(&police.inbox().await, NoticeKind::PostponementReview), 0);

    // On that day the guardians are informed, and can be asked.
    school.tells_the_family(of_school.id).await;
    assert_eq!(duty(&school, of_school.id).await, DisclosureState::Recorded);
    assert!(school.has_yet_to_tell().await.is_empty());
    school.asks_consent(match_id, AgeBand::Under12, 1).await;
    region.at("2027-06-12T09:00:00+02:00").await;
    assert_eq!(state(&school, of_school.id).await, SignalState::Active);

    // The supervisor's export lists it.
    let supervisor = region.supervisor().await;
    let rows = report(&supervisor.exports().await);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].ends_with(",until 2027-06-10T22:00:00Z"), "{rows:?}");
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_of_which_nobody_told_the_family_is_paused_and_counts_again_once_it_was() {
    let region = region("2027-03-01T10:00:00+01:00").await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let health = region
        .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (met, alone) = (child(1), child(2));
    let untold = childcare.signals_untold(&met, "2027-09-01").await;
    let untold_alone = childcare.signals_untold(&alone, "2027-09-01").await;
    health.signals(&met).await;
    let match_id = childcare.is_told_of_a_match().await;
    health.is_told_of_a_match().await;
    childcare.confirms_contact(match_id).await;
    health.confirms_contact(match_id).await;
    let request = childcare.asks_consent(match_id, AgeBand::Under12, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;
    let before = childcare.writes(match_id, &health, "still open").await;
    health.reads(match_id, before).await;

    // Fourteen whole days: up to and including 15 March.
    region.at("2027-03-15T23:59:00+01:00").await;
    assert_eq!(state(&childcare, untold.id).await, SignalState::Active);
    assert!(health.sees(match_id).await.exchange.open);
    region.at("2027-03-16T00:00:00+01:00").await;
    assert_eq!(state(&childcare, untold.id).await, SignalState::Paused);
    assert_eq!(duty(&childcare, untold.id).await, DisclosureState::Overdue);
    assert!(!health.sees(match_id).await.exchange.open);
    assert!(!childcare.sees(match_id).await.exchange.open);
    let tried = health
        .partner
        .send(match_id, childcare.organisation, b"too late")
        .await;
    assert_eq!(refusal(tried), ProblemType::ConsentMissing);
    assert_eq!(childcare.has_yet_to_tell().await.len(), 2);
    // It stays party, and the match stays open.
    assert_eq!(health.sees(match_id).await.parties.len(), 2);
    region.casework.step_disclosures_once().await.unwrap();
    logged(&region, "signal.paused", 2).await;

    // A paused signal opens nothing.
    youth_help.signals(&alone).await;
    region.casework.match_once().await.unwrap();
    assert!(youth_help.matches().await.is_empty());

    // Too early, too late, and told after all: from then on everything is as before.
    let tries = async |day| {
        let on = protocol::text::date(day).unwrap();
        childcare.tries_to_record(untold_alone.id, on).await
    };
    assert_eq!(refusal(tries("2027-02-28").await), ProblemType::InvalidRequest);
    assert_eq!(refusal(tries("2027-03-17").await), ProblemType::InvalidRequest);
    tries("2027-03-15").await.unwrap();
    assert_eq!(
        refusal(tries("2027-03-15").await),
        ProblemType::DisclosureRecorded
    );
    assert_eq!(state(&childcare, untold_alone.id).await, SignalState::Active);
    youth_help.is_told_of_a_match().await;
    childcare.tells_the_family(untold.id).await;
    assert!(health.sees(match_id).await.exchange.open);
    let after = health.writes(match_id, &childcare, "open again").await;
    childcare.reads(match_id, after).await;
    logged(&region, "signal.resumed", 2).await;

    // Of another's signal nothing can be recorded, proposed or decided.
    let foreign = health.tries_to_record(untold.id, health.today()).await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    let foreign = health.proposes_to_postpone(untold.id, "2027-03-20").await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    let foreign = health
        .decides_to_postpone(untold.id, PostponementDecision::Approved, "x-1")
        .await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    let supervisor = region.supervisor().await;
    let rows = report(&supervisor.exports().await);
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows.iter().all(|row| row.contains(",recorded 2027-03-1")),
        "{rows:?}"
    );
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_proposal_hides_nothing_and_a_pause_ends_with_an_approved_one() {
    let region = region("2027-03-01T10:00:00+01:00").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals_untold(&child(1), "2027-09-01").await;
    school
        .proposes_to_postpone(signal.id, "2027-03-20")
        .await
        .unwrap();
    let rejected = school
        .decides_to_postpone(signal.id, PostponementDecision::Rejected, "team-leader")
        .await
        .unwrap();
    assert_eq!(rejected.state, PostponementState::Rejected);
    assert_eq!(duty(&school, signal.id).await, DisclosureState::Due);
    let nothing = school
        .decides_to_postpone(signal.id, PostponementDecision::Approved, "team-leader")
        .await;
    assert_eq!(refusal(nothing), ProblemType::NothingProposed);
    // A reminder three working days ahead of Monday the 15th, and on the day.
    region.at("2027-03-15T09:00:00+01:00").await;
    region.casework.step_disclosures_once().await.unwrap();
    assert_eq!(count(&school.inbox().await, NoticeKind::DisclosureReminder), 1);
    region.at("2027-03-16T10:00:00+01:00").await;
    assert_eq!(state(&school, signal.id).await, SignalState::Paused);
    let too_far = school.proposes_to_postpone(signal.id, "2027-04-16").await;
    assert_eq!(refusal(too_far), ProblemType::InvalidRequest);
    school
        .proposes_to_postpone(signal.id, "2027-04-15")
        .await
        .unwrap();
    assert_eq!(state(&school, signal.id).await, SignalState::Paused);
    school
        .decides_to_postpone(signal.id, PostponementDecision::Approved, "team-leader")
        .await
        .unwrap();
    assert_eq!(state(&school, signal.id).await, SignalState::Active);
    logged(&region, "signal.paused", 1).await;
    logged(&region, "signal.resumed", 1).await;
    // With nothing done on its day it is paused again.
    region.at("2027-04-16T00:00:00+02:00").await;
    assert_eq!(state(&school, signal.id).await, SignalState::Paused);
    region.casework.step_disclosures_once().await.unwrap();
    logged(&region, "signal.paused", 2).await;
    assert_sound(&region).await;
    region.log_holds().await;
}

/// Two organisations and a family that was asked; the second has not told it of its signal.
async fn asked() -> (
    Region,
    Professional,
    Professional,
    protocol::Id,
    protocol::Id,
    Child,
) {
    let region = region("2027-03-01T10:00:00+01:00").await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let health = region
        .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
        .await;
    let child = child(1);
    childcare.signals(&child).await;
    let untold = health.signals_untold(&child, "2027-09-01").await;
    let match_id = childcare.is_told_of_a_match().await;
    health.is_told_of_a_match().await;
    childcare.confirms_contact(match_id).await;
    health.confirms_contact(match_id).await;
    (region, childcare, health, untold.id, match_id, child)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_that_stands_can_be_read_and_taken_back_without_naming_the_hidden_one() {
    let (region, childcare, health, untold, match_id, _) = asked().await;
    let request = childcare.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut guardian = Guardian::of(&region, &request).remove(0);
    guardian.agrees().await;
    health.sees(match_id).await;
    let words = guardian.visits("/portal/verzoek").await.words();
    assert!(words.contains("JGZ Waterland-Noord"), "{words}");

    health.proposes_to_postpone(untold, "2027-03-20").await.unwrap();
    let words = guardian.visits("/portal/verzoek").await.words();
    assert!(!words.contains("JGZ Waterland-Noord"), "{words}");
    assert!(!words.contains("keek"), "{words}");
    assert!(words.contains("Kinderopvang De Vlinder"), "{words}");
    guardian.withdraws().await;
    assert!(!childcare.sees(match_id).await.exchange.open);

    // Once the family was told, everything is there again.
    health.tells_the_family(untold).await;
    let words = guardian.visits("/portal/verzoek").await.words();
    assert!(words.contains("JGZ Waterland-Noord"), "{words}");
    assert!(words.contains("keek"), "{words}");
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_names_the_hidden_one_waits_and_its_own_letter_opens_nothing() {
    let (region, childcare, health, untold, match_id, _) = asked().await;
    let request = childcare.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut guardian = Guardian::of(&region, &request).remove(0);
    let before = guardian.enters().await;
    health.postpones(untold, "2027-03-20").await;
    // The page that was open before cannot be used to agree.
    let after = guardian.presses(&before, "Ja, ik geef toestemming").await;
    assert!(
        !after.words().contains("JGZ Waterland-Noord"),
        "{}",
        after.words()
    );
    let page = guardian.visits("/portal/verzoek").await;
    assert!(!page.words().contains("JGZ Waterland-Noord"), "{}", page.words());
    assert!(!page.offers("Ja, ik geef toestemming"));
    assert_eq!(events(&region).await.get("consent.given"), None);
    health.tells_the_family(untold).await;
    guardian.agrees().await;
    assert!(childcare.sees(match_id).await.exchange.open);

    // Its own letter.
    let (region, _, health, untold, match_id, _) = asked().await;
    let request = health.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut guardian = Guardian::of(&region, &request).remove(0);
    health.proposes_to_postpone(untold, "2027-03-20").await.unwrap();
    let nothing = guardian.enters().await;
    let mut stranger = Guardian::with_code(&region, "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    assert_eq!(nothing.words(), stranger.enters().await.words());
    health.tells_the_family(untold).await;
    guardian.agrees().await;
    assert_sound(&region).await;
    region.log_holds().await;
}

/// What another must not know: nothing of a postponement shows in what parties see.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_parties_see_nothing_of_a_postponement() {
    let (_region, childcare, health, untold, match_id, _) = asked().await;
    let before = childcare.sees(match_id).await;
    health.postpones(untold, "2027-03-20").await;
    assert_eq!(childcare.sees(match_id).await, before);
    assert_eq!(childcare.inbox().await.len(), 0);
}

/// Who is met is told of at once in the other journeys; the act itself answers the same when it is repeated.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recording_under_the_same_key_is_done_once() {
    let met = Met::start().await;
    let signal = met.childcare.signals_untold(&child(2), "2027-09-01").await;
    let disclosure = protocol::disclosure::DisclosureSubmission {
        on: met.childcare.today(),
        channel: protocol::disclosure::Channel::Letter,
        language: protocol::disclosure::SpokenLanguage::Tigrinya,
        by: met.childcare.reference.parse().unwrap(),
    };
    let key = "disclosure-1".parse().unwrap();
    let partner = &met.childcare.partner;
    let first = partner
        .record_disclosure(signal.id, &disclosure, Some(&key))
        .await
        .unwrap();
    let second = partner
        .record_disclosure(signal.id, &disclosure, Some(&key))
        .await
        .unwrap();
    assert_eq!(first, second);
    logged(&met.region, "disclosure.recorded", 3).await;
    met.region.log_holds().await;
}
