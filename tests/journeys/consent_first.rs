//! A covenant that asks first: a signal sleeps until the family agrees to it, and nobody can tell from anything that it is
//! there.

use protocol::consent::{AgeBand, ConsentPurpose, ConsentState, Signatory};
use protocol::problem::ProblemType;
use protocol::signal::SignalState;
use tests::{Child, Guardian, Professional, Region, Sector, Settings, assert_sound, child, refusal, stated};

const COVENANT: &str = "notice_interval_minutes = 0\nlegal_mode = \"consent_first\"";

/// A region that asks first, a school and youth help.
async fn asking_first(beginning: &str) -> (Region, Professional, Professional) {
    let region = Region::with(Settings {
        covenant: COVENANT.to_owned(),
        beginning: beginning.parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    (region, school, help)
}

/// The state a signal is in, as its organisation sees it; none when there is no such signal.
async fn state(party: &Professional, signal: protocol::Id) -> Option<SignalState> {
    match party.partner.signal(signal).await {
        Ok(signal) => Some(signal.state),
        Err(error) if error.problem_type() == Some(ProblemType::NotFound) => None,
        Err(error) => panic!("{error:?}"),
    }
}

async fn signals(party: &Professional, child: &Child) -> protocol::Id {
    party.signals_until(child, "2028-05-01").await.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_meet_when_the_families_have_agreed_to_both_and_not_before() {
    let (region, school, help) = asking_first("2027-11-02T10:00:00+01:00").await;
    let supervisor = region.supervisor().await;
    let of_school = signals(&school, &child(1)).await;
    assert_eq!(state(&school, of_school).await, Some(SignalState::Sleeping));
    region.at("2027-11-03T10:00:00+01:00").await;
    let of_help = signals(&help, &child(1)).await;
    region.quiet().await;
    // No match, no notice, and nothing to ask the other about.
    for party in [&school, &help] {
        assert!(party.matches().await.is_empty() && party.inbox().await.is_empty());
    }
    let about_anothers = help
        .tries_to_ask_about_signal(of_school, &stated(AgeBand::Under12, 1))
        .await;
    assert_eq!(refusal(about_anothers), ProblemType::NotFound);

    // Both guardians agree to the school's on the 5th.
    let request = school.asks_about_signal(of_school, 2).await;
    assert_eq!(request.purpose, ConsentPurpose::Signal);
    assert_eq!(request.parties, [school.organisation]);
    // The letters are good as long as the signal sleeps.
    let until = request.invitations[0].valid_until.to_string();
    assert!(until.starts_with("2027-11-30T09:00"), "{until}");
    let twice = school
        .tries_to_ask_about_signal(of_school, &stated(AgeBand::Under12, 2))
        .await;
    assert_eq!(refusal(twice), ProblemType::ConsentRequestPending);
    region.at("2027-11-05T10:00:00+01:00").await;
    let mut letters = Guardian::of(&region, &request);
    let page = letters[0].enters().await;
    assert!(page.says("Mag Basisschool Zonnewijzer laten weten dat zij betrokken is bij uw kind?"));
    assert!(
        !page.says("Jeugdhulp Anker"),
        "the page names the signal's organisation alone"
    );
    let page = letters[0].presses(&page, "Ja, ik geef toestemming").await;
    assert!(page.says("Het signaal telt nu nog niet mee."), "{}", page.html);
    assert_eq!(state(&school, of_school).await, Some(SignalState::Sleeping));
    letters[1].agrees().await;
    assert_eq!(state(&school, of_school).await, Some(SignalState::Active));
    region.quiet().await;
    assert!(school.matches().await.is_empty(), "the other's sleeps");
    let given = school
        .partner
        .signal_consent_request(of_school, request.id)
        .await
        .unwrap();
    assert_eq!(given.state, ConsentState::Given);
    let late = school
        .tries_to_ask_about_signal(of_school, &stated(AgeBand::Under12, 2))
        .await;
    assert_eq!(refusal(late), ProblemType::SignalNotAsleep);

    // And to the other's on the 20th: the match is of that day.
    region.at("2027-11-20T10:00:00+01:00").await;
    let request = help.asks_about_signal(of_help, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;
    let match_id = school.is_told_of_a_match().await;
    assert_eq!(help.is_told_of_a_match().await, match_id);
    let opened = school.sees(match_id).await.opened_at;
    assert_eq!(opened.to_string()[..10], *"2027-11-20");
    // Agreeing to signals is no agreement to exchange.
    assert!(!school.sees(match_id).await.exchange.open);

    let export = supervisor.verifies().await;
    let counts = export.counts();
    for (event, times) in [("signal.woken", 2), ("consent.given", 2), ("match.opened", 1)] {
        assert_eq!(counts.get(event).copied().unwrap_or_default(), times, "{event}");
    }
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_destroys_the_signal_and_everything_that_was_asked_about_it() {
    let (region, school, _) = asking_first("2027-11-02T10:00:00+01:00").await;
    let supervisor = region.supervisor().await;
    let signal = signals(&school, &child(1)).await;
    let request = school.asks_about_signal(signal, 2).await;
    let mut letters = Guardian::of(&region, &request);
    letters[0].agrees().await;
    let page = letters[1].refuses().await;
    assert_eq!(page.path, "/portal/signaal-weg");
    assert!(page.says("Het signaal is weg"), "{}", page.html);
    assert_eq!(letters[1].cookie(), None);
    // The other guardian finds a key that opens nothing: not what the first said, nor that it was asked.
    let page = letters[0].visits("/portal/verzoek").await;
    assert!(page.html.contains("name=\"code\""), "{}", page.html);
    assert!(
        letters[0]
            .enters()
            .await
            .says("Deze sleutel en pincode werken niet")
    );

    assert_eq!(state(&school, signal).await, None);
    let gone = school.partner.signal_consent_request(signal, request.id).await;
    assert_eq!(refusal(gone), ProblemType::NotFound);
    // Nothing of the child is left.
    for table in [
        "subject",
        "subject_tag",
        "signal",
        "consent",
        "consent_party",
        "signatory",
        "portal_session",
    ] {
        assert_eq!(
            region.count(&format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    let export = supervisor.verifies().await;
    let destroyed: Vec<_> = export.of("signal.destroyed").collect();
    assert_eq!(destroyed.len(), 1);
    assert_eq!(destroyed[0]["to"], "destroyed(refused)");
    assert_eq!(export.counts().get("consent.refused").copied(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_answers_and_after_28_days_nothing_is_left() {
    let (mut region, school, _) = asking_first("2027-11-02T10:00:00+01:00").await;
    let signal = signals(&school, &child(1)).await;
    region.at("2027-11-20T10:00:00+01:00").await;
    let request = school.asks_about_signal(signal, 1).await;
    let mut letter = Guardian::of(&region, &request).remove(0);
    let page = letter.enters().await;
    // Asked late, answered until the end of the sleep and not for 28 days.
    assert!(page.says("tot 30 november 2027"), "{}", page.html);
    region.at("2027-11-30T10:00:05+01:00").await;
    assert_eq!(
        state(&school, signal).await,
        None,
        "also before anything was tidied up"
    );
    let page = letter.presses(&page, "Ja, ik geef toestemming").await;
    assert!(!page.says("Het signaal telt"), "{}", page.html);
    region.stop_drivers().await;
    region.casework.retire_once().await.unwrap();
    for table in ["subject", "signal", "consent", "signatory"] {
        assert_eq!(
            region.count(&format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    region.start_drivers();
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_back_the_yes_ends_the_signal_and_its_part_in_the_match() {
    let (region, school, help) = asking_first("2027-11-02T10:00:00+01:00").await;
    let mut letters = Vec::new();
    for party in [&school, &help] {
        let signal = signals(party, &child(1)).await;
        let request = party.asks_about_signal(signal, 1).await;
        let mut letter = Guardian::of(&region, &request).remove(0);
        letter.agrees().await;
        letters.push((signal, letter));
    }
    let match_id = school.is_told_of_a_match().await;
    help.is_told_of_a_match().await;
    let (signal, letter) = &mut letters[0];
    let page = letter.withdraws().await;
    assert_eq!(page.path, "/portal/signaal-weg");
    assert_eq!(state(&school, *signal).await, None);
    let closed = help.sees(match_id).await;
    assert_eq!(closed.state, protocol::match_case::MatchState::Closed);
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_with_the_consent_on_which_it_rests() {
    let (region, school, _) = asking_first("2027-11-02T10:00:00+01:00").await;
    let signal = signals(&school, &child(1)).await;
    let question = protocol::consent::ConsentRequestSubmission {
        next_boundary_on: Some(protocol::text::date("2028-02-29").unwrap()),
        ..stated(AgeBand::Under12, 1)
    };
    let request = school.tries_to_ask_about_signal(signal, &question).await.unwrap();
    Guardian::of(&region, &request)[0].agrees().await;
    let woken = school.partner.signal(signal).await.unwrap();
    assert_eq!(woken.planned_end, protocol::text::date("2028-02-29").unwrap());
    region.at("2028-02-28T23:59:30+01:00").await;
    assert_eq!(state(&school, signal).await, Some(SignalState::Active));
    region.at("2028-02-29T00:00:00+01:00").await;
    assert_eq!(state(&school, signal).await, Some(SignalState::Expired));
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twelfth_birthday_comes_while_a_signal_sleeps() {
    let (region, school, _) = asking_first("2027-11-02T10:00:00+01:00").await;
    let signal = signals(&school, &child(1)).await;
    let question = protocol::consent::ConsentRequestSubmission {
        next_boundary_on: Some(protocol::text::date("2027-11-10").unwrap()),
        ..stated(AgeBand::Under12, 1)
    };
    let request = school.tries_to_ask_about_signal(signal, &question).await.unwrap();
    let who: Vec<Signatory> = request
        .invitations
        .iter()
        .map(|letter| letter.signatory)
        .collect();
    assert_eq!(who, [Signatory::Guardian, Signatory::YoungPerson]);
    let mut letters = Guardian::of(&region, &request);
    region.at("2027-11-10T00:00:00+01:00").await;
    let page = letters[1].enters().await;
    assert!(page.says("betrokken is bij jou"), "{}", page.html);
    letters[1].presses(&page, "Ja, ik geef toestemming").await;
    assert_eq!(state(&school, signal).await, Some(SignalState::Sleeping));
    letters[0].agrees().await;
    assert_eq!(state(&school, signal).await, Some(SignalState::Active));
    let listed = school
        .partner
        .signal_consent_requests(
            signal,
            &protocol::page::PageQuery {
                limit: 10,
                cursor: None,
            },
        )
        .await
        .unwrap()
        .items;
    let states: Vec<ConsentState> = listed.iter().map(|request| request.state).collect();
    assert_eq!(states, [ConsentState::Given, ConsentState::SupersededByAge]);
    assert_eq!(listed[1].superseded_by, Some(listed[0].id));
    region.log_holds().await;
}

/// Before its own signal, and while that sleeps, no party can tell whether a child is known: every answer about a child of
/// whom others have signals is that about a child of whom nobody has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_tells_whether_a_child_is_known() {
    let (region, school, help) = asking_first("2027-11-02T10:00:00+01:00").await;
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let (known, unknown) = (child(1), child(2));
    // Two others know the first child: one signal sleeps, one is awake, and what was asked about one waits.
    let request = school.asks_about_signal(signals(&school, &known).await, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;
    help.asks_about_signal(signals(&help, &known).await, 1).await;
    region.quiet().await;

    let mut seen = Vec::new();
    for child in [&known, &unknown] {
        let signal = signals(&care, child).await;
        let mut answers = vec![format!("{:?}", state(&care, signal).await)];
        let asked = care.asks_about_signal(signal, 2).await;
        answers.push(format!(
            "{:?} {} {:?}",
            asked.state,
            asked.invitations.len(),
            asked.parties.len()
        ));
        let again = care
            .tries_to_ask_about_signal(signal, &stated(AgeBand::Under12, 2))
            .await;
        answers.push(format!("{:?}", refusal(again)));
        let page = Guardian::of(&region, &asked)[0].enters().await;
        answers.push(page.words());
        region.quiet().await;
        answers.push(format!(
            "{} {}",
            care.matches().await.len(),
            care.inbox().await.len()
        ));
        // Ended asleep, nothing of it is left, and the next is a new one.
        care.partner
            .end_signal(signal, protocol::signal::EndReason::Resolved, None)
            .await
            .unwrap();
        answers.push(format!("{:?}", state(&care, signal).await));
        region.quiet().await;
        answers.push(format!(
            "{} {}",
            care.matches().await.len(),
            care.inbox().await.len()
        ));
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    for other in [&school, &help] {
        assert!(other.inbox().await.is_empty() && other.matches().await.is_empty());
    }
    region.log_holds().await;
}
