//! A party leaves a match that goes on, and comes back: a new party, whom nothing covers that was agreed before.

use protocol::consent::AgeBand;
use protocol::match_case::{ClosedBecause, MatchState};
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::EndReason;
use tests::{Guardian, Sector, refusal};

use crate::Met;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_and_came_back_is_not_covered_by_what_was_agreed_before_and_is_not_lead() {
    let met = Met::start().await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&met.child).await;
    school.is_told_of_a_match().await;
    school.confirms_contact(met.match_id).await;
    school.leads(met.match_id, &met.childcare).await;
    met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &school, "Voor de school.")
        .await;
    assert_eq!(school.reads(met.match_id, message).await, "Voor de school.");
    let unread = met.childcare.writes(met.match_id, &school, "Nog een.").await;

    school.ends(signal.id, EndReason::Resolved).await;
    met.region.quiet().await;
    let gone = school.partner.match_case(met.match_id).await;
    assert_eq!(refusal(gone), ProblemType::NotFound);
    assert_eq!(met.childcare.sees(met.match_id).await.parties.len(), 2);
    assert_eq!(met.childcare.sees_lead(met.match_id).await, None);
    assert!(
        met.childcare.sees(met.match_id).await.exchange.open,
        "the others go on"
    );

    for party in [&met.childcare, &met.health, &school] {
        party.clears_the_inbox().await;
    }
    school.signals(&met.child).await;
    met.region.quiet().await;
    assert_eq!(school.clears_the_inbox().await, [NoticeKind::MatchOpened]);
    assert_eq!(met.childcare.clears_the_inbox().await, [NoticeKind::MatchJoined]);
    let seen = school.sees(met.match_id).await;
    assert_eq!((seen.state, seen.parties.len()), (MatchState::Open, 3));
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentMissing));
    assert_eq!(school.sees_lead(met.match_id).await, None);
    for message in [message, unread] {
        let read = school.fetches(met.match_id, message).await.map(drop);
        assert_eq!(refusal(read), ProblemType::ConsentMissing);
    }
    let to_school = met
        .childcare
        .partner
        .send(met.match_id, school.organisation, b"x")
        .await;
    assert_eq!(refusal(to_school), ProblemType::ConsentMissing);
    assert!(met.childcare.sees(met.match_id).await.exchange.open);

    // Asked again, the family may agree again.
    school.confirms_contact(met.match_id).await;
    let request = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    Guardian::of(&met.region, &request)[0].agrees().await;
    let message = met.childcare.writes(met.match_id, &school, "Weer.").await;
    assert_eq!(school.reads(met.match_id, message).await, "Weer.");
}

// rule: E8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_shows_at_the_quarter_and_who_comes_back_before_it_comes_in_after_it() {
    let met = Met::start().await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&met.child).await;
    school.is_told_of_a_match().await;
    met.region
        .apply_covenant("Convenant Testland", "notice_interval_minutes = 15")
        .await;
    met.region.at("2027-03-03T10:03:00+01:00").await;
    let before = met.childcare.sees(met.match_id).await;
    assert_eq!((before.state, before.parties.len()), (MatchState::Open, 3));
    school.ends(signal.id, EndReason::Resolved).await;
    school.signals(&met.child).await;
    met.region.quiet().await;
    assert_eq!(
        met.childcare.sees(met.match_id).await,
        before,
        "nothing shows before the quarter"
    );
    // What it is shown says nothing of who else is on the way; it can do nothing any more.
    assert_eq!(school.sees(met.match_id).await.parties.len(), 3);
    let late = school.partner.confirm_contact(met.match_id, None).await;
    assert_eq!(refusal(late), ProblemType::MatchClosed);

    met.region.at("2027-03-03T10:15:00+01:00").await;
    let seen = met.childcare.sees(met.match_id).await;
    assert_eq!(
        (seen.state, seen.parties.len()),
        (MatchState::ContactConfirmed, 2)
    );
    // Its task waited for this moment.
    tests::eventually("the matcher let it in", async || {
        (met.region.count("SELECT count(*) FROM match_task").await == 0).then_some(())
    })
    .await;
    assert_eq!(met.childcare.sees(met.match_id).await.parties.len(), 2);
    met.region.at("2027-03-03T10:30:00+01:00").await;
    assert_eq!(met.childcare.sees(met.match_id).await.parties.len(), 3);
    assert_eq!(school.sees(met.match_id).await.state, MatchState::Open);
}

// rule: E8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_match_that_was_detected_is_shown_to_all_also_when_a_signal_was_ended_before_the_quarter() {
    let met = Met::start().await;
    met.region
        .apply_covenant("Convenant Testland", "notice_interval_minutes = 15")
        .await;
    let fisher = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    met.region.at("2027-03-03T10:03:00+01:00").await;
    let before = met.childcare.sees(met.match_id).await;
    let signal = fisher.signals(&met.child).await;
    met.region.quiet().await;
    fisher.ends(signal.id, EndReason::Unjustified).await;
    met.region.quiet().await;
    assert_eq!(met.childcare.sees(met.match_id).await, before);
    assert!(fisher.inbox().await.is_empty() && met.childcare.inbox().await.is_empty());

    met.region.at("2027-03-03T10:15:00+01:00").await;
    // Everyone is told, with the correction; who fished sees that there was a match, and nobody in it.
    assert_eq!(fisher.clears_the_inbox().await, [NoticeKind::MatchOpened]);
    for party in [&met.childcare, &met.health] {
        assert_eq!(
            party.clears_the_inbox().await,
            [NoticeKind::MatchJoined, NoticeKind::MatchCorrected]
        );
    }
    let seen = fisher.sees(met.match_id).await;
    assert_eq!((seen.state, seen.parties.len()), (MatchState::Closed, 1));
    assert_eq!(
        met.childcare.sees(met.match_id).await.state,
        MatchState::ContactConfirmed
    );
}
