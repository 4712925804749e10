//! Scenario 1: a child under 12, two organisations, two guardians.

use protocol::consent::{AgeBand, ConsentState};
use protocol::exchange::{ContentClosedBecause, MessageState};
use protocol::match_case::{ClosedBecause, MatchState};
use protocol::notice::NoticeKind;
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use tests::{Guardian, Region, Sector, child, refusal};

const ALL: PageQuery = PageQuery {
    limit: PageQuery::MAX_LIMIT,
    cursor: None,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_professionals_find_each_other_two_guardians_agree_and_one_withdraws() {
    let region = Region::with_covenant("").await;
    let supervisor = region.supervisor().await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let health = region
        .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
        .await;
    let child = child(1);

    region.at("2027-03-01T10:00:00+01:00").await;
    childcare.signals(&child).await;
    region.quiet().await;
    assert!(childcare.inbox().await.is_empty() && childcare.matches().await.is_empty());

    region.at("2027-03-10T10:00:30+01:00").await;
    health.signals(&child).await;
    region.quiet().await;
    region.at("2027-03-10T10:15:00+01:00").await;

    // One match, a notice each, and the notice says nothing of the other.
    let [notice] = childcare.is_told(1).await.try_into().unwrap();
    assert_eq!(notice.kind, NoticeKind::MatchOpened);
    assert_eq!(notice.created_at, "2027-03-10T10:15:00+01:00".parse().unwrap());
    let match_id = notice.match_id.unwrap();
    childcare
        .partner
        .acknowledge_notice(notice.id, None)
        .await
        .unwrap();
    assert_eq!(health.is_told_of_a_match().await, match_id);
    assert!(childcare.inbox().await.is_empty() && health.inbox().await.is_empty());
    let again = childcare
        .partner
        .acknowledge_notice(notice.id, None)
        .await
        .unwrap();
    assert_eq!(again.notice, notice.id);
    assert!(childcare.inbox().await.is_empty());

    // Five working days, counted from the day of the match: until the end of Wednesday 17 March.
    let seen = childcare.sees(match_id).await;
    assert_eq!(seen.state, MatchState::Open);
    assert_eq!(
        seen.contact_deadline,
        Some("2027-03-18T00:00:00+01:00".parse().unwrap())
    );
    assert_eq!(seen.parties.len(), 2);
    let other = seen.parties.iter().find(|party| !party.you).unwrap();
    assert_eq!(other.organisation.as_ref().unwrap().name, "JGZ Waterland-Noord");
    assert_eq!(
        other.contact.as_ref().unwrap().email.as_ref().unwrap().as_str(),
        health.email
    );
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentMissing));
    assert_eq!(seen.safeguarding.name, "Veilig Thuis");

    // Asking the family comes after talking to each other.
    region.at("2027-03-12T10:00:00+01:00").await;
    let too_early = childcare
        .tries_to_ask_consent(match_id, AgeBand::Under12, 2, None)
        .await;
    assert_eq!(refusal(too_early), ProblemType::ContactNotConfirmed);
    childcare.confirms_contact(match_id).await;
    assert_eq!(health.sees(match_id).await.state, MatchState::Open);
    health.confirms_contact(match_id).await;
    let seen = health.sees(match_id).await;
    assert_eq!(seen.state, MatchState::ContactConfirmed);
    assert_eq!(seen.contact_deadline, None);

    // Nothing can be sent yet.
    let closed = health.partner.messages(match_id, &ALL).await.map(drop);
    assert_eq!(refusal(closed), ProblemType::ConsentMissing);

    region.at("2027-03-15T10:00:00+01:00").await;
    let request = childcare.asks_consent(match_id, AgeBand::Under12, 2).await;
    let [mut first, mut second]: [Guardian; 2] = Guardian::of(&region, &request).try_into().ok().unwrap();
    let page = first.enters().await;
    assert_eq!(page.heading(), "Mogen deze instanties overleggen over uw kind?");
    assert!(page.says("Kinderopvang De Vlinder") && page.says("JGZ Waterland-Noord"));
    let page = first.presses(&page, "Ja, ik geef toestemming").await;
    assert!(page.says("Nog niet iedereen heeft gekozen"), "{}", page.html);
    assert!(!health.sees(match_id).await.exchange.open);
    assert_eq!(
        health.sees_request(match_id, request.id).await.state,
        ConsentState::Requested
    );

    let page = second.agrees().await;
    assert!(
        page.says("De toestemming is gegeven op 15 maart 2027"),
        "{}",
        page.html
    );
    let seen = health.sees(match_id).await;
    assert!(seen.exchange.open);
    assert!(seen.parties.iter().all(|party| party.you || party.exchange_open));
    let given = health.sees_request(match_id, request.id).await;
    assert_eq!(given.state, ConsentState::Given);
    assert_eq!(
        given.valid_until.map(|until| until > given.given_at.unwrap()),
        Some(true)
    );
    assert!(given.invitations.is_empty());

    // A sealed message each way, and one that nobody fetches.
    let to_health = childcare
        .writes(match_id, &health, "Wij zien Sam op maandag en dinsdag.")
        .await;
    assert_eq!(
        health.reads(match_id, to_health).await,
        "Wij zien Sam op maandag en dinsdag."
    );
    let to_childcare = health
        .writes(match_id, &childcare, "Dan bellen wij woensdag.")
        .await;
    assert_eq!(
        childcare.reads(match_id, to_childcare).await,
        "Dan bellen wij woensdag."
    );
    let unread = childcare.writes(match_id, &health, "Nog een bericht.").await;
    let listed = health.partner.messages(match_id, &ALL).await.unwrap().items;
    let state_of = |id| {
        listed
            .iter()
            .find(|message| message.message_id == id)
            .unwrap()
            .state
    };
    assert_eq!(
        [state_of(to_health), state_of(to_childcare), state_of(unread)],
        [
            MessageState::Fetched,
            MessageState::Fetched,
            MessageState::Waiting
        ]
    );

    // The first guardian alone takes it back: two clicks, for everybody, at once.
    let page = first.withdraws().await;
    assert!(page.says("De toestemming is ingetrokken"), "{}", page.html);
    let missing = ProblemType::ConsentMissing;
    let sealed = childcare
        .partner
        .seal_message(match_id, health.organisation, b"x")
        .await;
    assert!(matches!(sealed, Err(client::Error::NoConsent(_))));
    // What there was stays listed, marked with what closed it.
    let listed = health.partner.messages(match_id, &ALL).await.unwrap().items;
    let withdrawn = ContentClosedBecause::ConsentWithdrawn;
    assert!(
        listed
            .iter()
            .all(|item| item.closed.is_some_and(|closed| closed.because == withdrawn))
    );
    for message in [unread, to_health] {
        assert_eq!(
            refusal(health.fetches(match_id, message).await.map(drop)),
            missing
        );
    }
    let seen = health.sees(match_id).await;
    assert_eq!(
        seen.exchange.closed_because,
        Some(ClosedBecause::ConsentWithdrawn)
    );
    assert!(seen.exchange.withdrawn_at.is_some());
    assert_eq!(
        childcare.sees_request(match_id, request.id).await.state,
        ConsentState::Withdrawn
    );
    // All of it is gone, fetched or not: nobody may read it any more.
    let content = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
    assert_eq!(region.count(content).await, 0);

    let export = supervisor.verifies().await;
    let counts = export.counts();
    for (event, times) in [
        ("signal.submitted", 2),
        ("match.opened", 1),
        ("match.joined", 0),
        ("match.contact_confirmed", 2),
        ("notice.delivered", 5),
        ("notice.acknowledged", 2),
        ("consent.requested", 1),
        ("consent.opened", 2),
        ("consent.signed", 1),
        ("consent.given", 1),
        ("consent.withdrawn", 1),
        ("content.sent", 3),
        ("content.read", 2),
        ("content.destroyed", 3),
        ("audit.exported", 1),
    ] {
        assert_eq!(counts.get(event).copied().unwrap_or_default(), times, "{event}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_match_closes_by_itself_when_a_signal_reaches_its_end() {
    let met = crate::Met::start().await;
    met.open().await;
    met.region.at("2027-08-31T23:59:00+02:00").await;
    assert_eq!(
        met.childcare.sees(met.match_id).await.state,
        MatchState::ContactConfirmed
    );
    met.region.at("2027-09-01T00:00:00+02:00").await;
    let seen = met.childcare.sees(met.match_id).await;
    assert_eq!(seen.state, MatchState::Closed);
    assert!(!seen.exchange.open);
    met.region.log_holds().await;
}
