//! Edges: two organisations become one, nights in which the clock changes, keys that are rotated while people write to
//! each other.

use std::sync::atomic::{AtomicU32, Ordering};

use casework::{CeremonySettings, Change, Step};
use jiff::{SignedDuration, Timestamp};
use protocol::consent::{AgeBand, ConsentState};
use protocol::match_case::{ClosedBecause, MatchState};
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::{EndReason, SignalState};
use tests::{Guardian, Professional, Region, Sector, Settings, assert_sound, child, events, others, refusal};

use crate::Met;

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// The minute of an instant: acts of people take a second or two.
fn minute(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second() - time.as_second().rem_euclid(60)).unwrap()
}

async fn state(who: &Professional, signal: protocol::Id) -> Option<SignalState> {
    match who.partner.signal(signal).await {
        Ok(signal) => Some(signal.state),
        Err(error) if error.problem_type() == Some(ProblemType::NotFound) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// What docs/OPERATIONS.md says about it, step by step.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_organisations_become_one_and_nobody_loses_whom_they_call() {
    let region = Region::with_covenant("notice_interval_minutes = 0\ndelegation = true").await;
    let supervisor = region.supervisor().await;
    let anker = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let baken = region.professional("Jeugdhulp Baken", Sector::YouthHelp).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    region.at("2027-05-03T10:00:00+02:00").await;
    anker.signals(&child(1)).await;
    school.signals(&child(1)).await;
    let alone = anker.signals(&child(2)).await.id;
    let of_anker = anker.signals(&child(3)).await.id;
    baken.signals(&child(3)).await;
    region.quiet().await;
    let with_school = school.is_told_of_a_match().await;
    let with_each_other = baken.is_told_of_a_match().await;
    anker.clears_the_inbox().await;
    for party in [&anker, &school] {
        party.confirms_contact(with_school).await;
    }
    let request = school.asks_consent(with_school, AgeBand::Under12, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;
    let unread = school.writes(with_school, &anker, "Voor de fusie.").await;

    // Until the day itself one may give signals for the other.
    let may = async |may| {
        let delegated = region
            .casework
            .delegate(anker.organisation, baken.organisation, may);
        assert!(delegated.await.unwrap());
    };
    may(true).await;
    let mut for_anker = baken.new_signal(&child(4), "2027-09-01");
    for_anker.on_behalf_of = Some(anker.organisation);
    let given = baken.partner.submit_signal(&for_anker, None).await.unwrap();
    assert_eq!(given.signal().given_by, Some(baken.organisation));

    // On the day: the old one's signals stay its own, with a client at the new one's system and its professionals.
    region.at("2027-06-01T09:00:00+02:00").await;
    may(false).await;
    let taken_over = anker.taken_over_by(&region, &baken).await;
    region
        .casework
        .disable_client(anker.client_id.clone())
        .await
        .unwrap();
    let reassigned = taken_over
        .reassigns(&anker.reference, &baken.reference, &baken.email)
        .await;
    assert_eq!(reassigned.signals, 3, "the fourth has its professional already");
    let late = baken.partner.submit_signal(&for_anker, None).await;
    assert_eq!(refusal(late), ProblemType::InvalidRequest);

    // Who was in a match with it calls the new people, in the same match and under the same consent.
    let seen = school.sees(with_school).await;
    let other = others(&seen).next().unwrap();
    assert_eq!(other.organisation.as_ref().unwrap().name, "Jeugdhulp Anker");
    assert_eq!(
        other.contact.as_ref().unwrap().email.as_ref().unwrap().as_str(),
        baken.email
    );
    assert!(seen.exchange.open);
    assert_eq!(taken_over.reads(with_school, unread).await, "Voor de fusie.");
    let answer = taken_over.writes(with_school, &school, "Na de fusie.").await;
    assert_eq!(school.reads(with_school, answer).await, "Na de fusie.");
    // The new one itself is party to nothing of it.
    let not_its = baken.partner.match_case(with_school).await;
    assert_eq!(refusal(not_its), ProblemType::NotFound);

    // Where both had a signal, one is enough.
    taken_over.ends(of_anker, EndReason::Resolved).await;
    region.quiet().await;
    assert_eq!(baken.sees(with_each_other).await.state, MatchState::Closed);
    assert_eq!(baken.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    // A signal under the new name is a new weighing; the archive tells it once of what there was.
    taken_over.ends(alone, EndReason::Resolved).await;
    region.at("2027-06-02T09:00:00+02:00").await;
    baken.signals(&child(2)).await;
    region.quiet().await;
    let told = baken.is_told(1).await;
    assert_eq!(told[0].kind, NoticeKind::ArchivedSignal);
    let archived = baken.opens(told[0].id).await.unwrap();
    assert_eq!(archived.organisation.as_deref(), Some("Jeugdhulp Anker"));

    let export = supervisor.verifies().await;
    let counts = export.counts();
    for (event, times) in [
        ("organisation.delegated", 2),
        ("client.disabled", 1),
        ("signal.reassigned", 3),
    ] {
        assert_eq!(counts.get(event), Some(&times), "{event}");
    }
    assert_sound(&region).await;
}

/// Given at the first instant, paused at the second when nobody told the family: fourteen whole days of the calendar,
/// of which the last is or is not one of 23 or 25 hours.
const TOLD_TOO_LATE: [(&str, &str); 4] = [
    ("2027-03-13T10:00:00+01:00", "2027-03-28T00:00:00+01:00"),
    ("2027-03-14T10:00:00+01:00", "2027-03-29T00:00:00+02:00"),
    ("2027-10-16T10:00:00+02:00", "2027-10-31T00:00:00+02:00"),
    ("2027-10-17T10:00:00+02:00", "2027-11-01T00:00:00+01:00"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_of_23_and_25_hours_are_days_for_deadlines_disclosure_and_expiry() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let ten_seconds = SignedDuration::from_secs(10);
    let before = async |time: Timestamp| region.at(&(time - ten_seconds).to_string()).await;

    for (number, (given, paused)) in (1..).zip(TOLD_TOO_LATE) {
        region.at(given).await;
        let signal = school.signals_untold(&child(number), "2027-12-01").await.id;
        let seen = school.partner.signal(signal).await.unwrap();
        assert_eq!(seen.disclosure.unwrap().until, Some(at(paused)), "{given}");
        before(at(paused)).await;
        assert_eq!(
            state(&school, signal).await,
            Some(SignalState::Active),
            "{paused}"
        );
        region.at(paused).await;
        assert_eq!(
            state(&school, signal).await,
            Some(SignalState::Paused),
            "{paused}"
        );
    }

    // A signal ends as its day begins, and is in the archive as the next begins.
    for (number, begins, end, next) in [
        (
            11,
            "2027-03-01",
            "2027-03-28T00:00:00+01:00",
            "2027-03-29T00:00:00+02:00",
        ),
        (
            12,
            "2027-03-01",
            "2027-03-29T00:00:00+02:00",
            "2027-03-30T00:00:00+02:00",
        ),
        (
            13,
            "2027-10-01",
            "2027-10-31T00:00:00+02:00",
            "2027-11-01T00:00:00+01:00",
        ),
        (
            14,
            "2027-10-01",
            "2027-11-01T00:00:00+01:00",
            "2027-11-02T00:00:00+01:00",
        ),
    ] {
        region.at(&format!("{begins}T08:00:00Z")).await;
        let signal = school.signals_until(&child(number), &end[..10]).await.id;
        let turns = async |time: &str, from, to| {
            before(at(time)).await;
            assert_eq!(state(&school, signal).await, Some(from), "before {time}");
            region.at(time).await;
            assert_eq!(state(&school, signal).await, Some(to), "{time}");
        };
        turns(end, SignalState::Active, SignalState::Expired).await;
        turns(next, SignalState::Expired, SignalState::Archived).await;
        assert_eq!(
            school.partner.signal(signal).await.unwrap().ended_at,
            Some(at(end))
        );
    }

    // Monday 22 March: 23, 24, 25; Good Friday and Easter Monday are none; 30, 31. Wednesday 27 October: 28, 29, 1, 2, 3.
    for (number, given, reminded, over) in [
        (
            21,
            "2027-03-22T10:00:00+01:00",
            "2027-03-31T09:00:00+02:00",
            "2027-04-01T00:00:00+02:00",
        ),
        (
            22,
            "2027-10-27T10:00:00+02:00",
            "2027-11-03T09:00:00+01:00",
            "2027-11-04T00:00:00+01:00",
        ),
    ] {
        for party in [&school, &help] {
            party.clears_the_inbox().await;
        }
        region.at(given).await;
        for party in [&school, &help] {
            party.signals_until(&child(number), "2027-12-01").await;
        }
        region.quiet().await;
        let match_id = help.is_told_of_a_match().await;
        assert_eq!(help.sees(match_id).await.contact_deadline, Some(at(over)));
        before(at(reminded)).await;
        while region.casework.follow_up_once().await.unwrap() > 0 {}
        assert!(help.inbox().await.is_empty(), "before {reminded}");
        region.at(reminded).await;
        while region.casework.follow_up_once().await.unwrap() > 0 {}
        let told = help.is_told(1).await;
        assert_eq!(told[0].kind, NoticeKind::ContactReminder);
        before(at(over)).await;
        assert!(region.municipality().tasks().await.is_empty(), "before {over}");
        region.at(over).await;
        assert_eq!(region.municipality().task().await.since, at(over));
        for party in [&school, &help] {
            party.confirms_contact(match_id).await;
        }
    }
    assert_sound(&region).await;
}

/// The quarter after each of these: the hour from two to three is skipped in March and comes twice in October.
const QUARTERS: [(&str, &str); 5] = [
    ("2027-03-28T01:50:00+01:00", "2027-03-28T03:00:00+02:00"),
    ("2027-10-31T02:05:00+02:00", "2027-10-31T02:15:00+02:00"),
    ("2027-10-31T02:50:00+02:00", "2027-10-31T02:00:00+01:00"),
    ("2027-10-31T02:05:00+01:00", "2027-10-31T02:15:00+01:00"),
    ("2027-10-31T02:50:00+01:00", "2027-10-31T03:00:00+01:00"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quarters_and_hours_pass_in_the_nights_in_which_the_clock_changes() {
    let region = Region::with_covenant("notice_interval_minutes = 15\nsignals_per_hour = 2").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for (number, (given, shown)) in (1..).zip(QUARTERS) {
        region.at(given).await;
        for party in [&school, &help] {
            party.signals_until(&child(number), "2027-12-01").await;
        }
        region.quiet().await;
        region
            .at(&(at(shown) - SignedDuration::from_secs(10)).to_string())
            .await;
        assert!(help.inbox().await.is_empty(), "before {shown}");
        region.at(shown).await;
        assert_eq!(help.is_told(1).await[0].created_at, at(shown));
        for party in [&school, &help] {
            party.clears_the_inbox().await;
        }
    }
    // Each hour that comes has its own room, the second from two to three too: two were given in it above.
    let more = school.new_signal(&child(20), "2027-12-01");
    region.at("2027-10-31T02:55:00+01:00").await;
    let refused = school.partner.submit_signal(&more, None).await;
    assert_eq!(refusal(refused), ProblemType::SignalsPerHour);
    region.at("2027-10-31T03:00:00+01:00").await;
    assert!(school.partner.submit_signal(&more, None).await.is_ok());
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_past_two_that_is_skipped_or_comes_twice_ends_consent_and_sleep_once() {
    let region = Region::with(Settings {
        covenant: "notice_interval_minutes = 0\nconsent_days = 30".to_owned(),
        beginning: at("2027-02-20T10:00:00+01:00"),
        ..Settings::default()
    })
    .await;
    region
        .apply_covenant("Convenant Vooraf", "legal_mode = \"consent_first\"")
        .await;
    let asks_first = region
        .professional_under("Convenant Vooraf", "JGZ Overdam", Sector::YouthHealthCare)
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for party in [&school, &help] {
        party.signals_until(&child(1), "2027-12-01").await;
    }
    let match_id = school.is_told_of_a_match().await;
    for party in [&school, &help] {
        party.confirms_contact(match_id).await;
    }
    let open = async |time: &str| {
        region.at(time).await;
        school.sees(match_id).await.exchange.open
    };

    // Thirty days after the first and twenty-eight after the second it is half past two again, or would be.
    for (number, agreed, given, ends) in [
        (
            2,
            "2027-02-26T02:30:00+01:00",
            "2027-02-28T02:30:00+01:00",
            "2027-03-28T03:30:00+02:00",
        ),
        (
            3,
            "2027-10-01T02:30:00+02:00",
            "2027-10-03T02:30:00+02:00",
            "2027-10-31T02:30:00+02:00",
        ),
    ] {
        region.at(agreed).await;
        let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
        Guardian::of(&region, &request)[0].agrees().await;
        let seen = school.sees_request(match_id, request.id).await;
        assert_eq!(seen.valid_until.map(minute), Some(at(ends)));
        region.at(given).await;
        let asleep = asks_first.signals_until(&child(number), "2027-12-01").await.id;

        let around = |seconds| (at(ends) + SignedDuration::from_secs(seconds)).to_string();
        assert!(open(&around(-10)).await, "{ends}");
        assert_eq!(
            state(&asks_first, asleep).await,
            Some(SignalState::Sleeping),
            "{ends}"
        );
        // Within a minute, which is how long the acts above may take.
        assert!(!open(&around(60)).await, "{ends}");
        assert_eq!(state(&asks_first, asleep).await, None, "{ends}");
        // An hour later it is over still.
        assert!(!open(&around(3590)).await, "{ends}");
        assert_eq!(state(&asks_first, asleep).await, None, "{ends}");
        let seen = school.sees_request(match_id, request.id).await;
        assert_eq!(seen.state, ConsentState::Expired);
    }
    let seen = school.sees(match_id).await;
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentExpired));
    while region.casework.retire_once().await.unwrap() > 0 {}
    assert_sound(&region).await;
}

const TAG: Change = Change {
    tag: true,
    keyholder: false,
    to_suite_2: false,
};

/// The matcher's key changes under a match in which people write: in each step of the ceremony a message goes each way,
/// and when it is over everything that was agreed and sent is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exchange_goes_on_while_the_tag_key_is_rotated_and_nothing_is_lost() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let (request, mut guardian) = met.open().await;
    let (one, other, match_id) = (&met.childcare, &met.health, met.match_id);
    let sent_before = one.writes(match_id, other, "Van voor de wisseling.").await;
    let seen_before = other.sees(match_id).await;

    let settings = CeremonySettings {
        keyholder: None,
        workers: 2,
        grace: Some(SignedDuration::ZERO),
    };
    let ceremony = met
        .region
        .casework
        .ceremony(met.region.custodians(), settings)
        .unwrap();
    let runtime = tokio::runtime::Handle::current();
    let steps = AtomicU32::new(0);
    let rotated = ceremony
        .run(TAG, &|_: Step| {
            steps.fetch_add(1, Ordering::SeqCst);
            let both = async {
                for (from, to) in [(one, other), (other, one)] {
                    let message = from.writes(match_id, to, "Tussendoor.").await;
                    assert_eq!(to.reads(match_id, message).await, "Tussendoor.");
                }
            };
            tokio::task::block_in_place(|| runtime.block_on(both));
        })
        .await
        .unwrap();
    assert_eq!((rotated.from.tag_epoch, rotated.to.tag_epoch), (1, 2));
    let steps = steps.load(Ordering::SeqCst);
    assert!(steps >= 5, "{steps}");
    let tags = "SELECT string_agg(tag_epoch::text, ',') FROM subject_tag";
    assert_eq!(met.region.texts(tags).await, ["2"]);

    assert_eq!(
        other.sees(match_id).await,
        seen_before,
        "nothing changed for them"
    );
    assert_eq!(other.reads(match_id, sent_before).await, "Van voor de wisseling.");
    let state = one.sees_request(match_id, request.id).await.state;
    assert_eq!(state, ConsentState::Given);
    // The same child is found under the new key: who comes joins, and who was there has a signal.
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    assert_eq!(school.is_told_of_a_match().await, match_id);
    let again = one.new_signal(&met.child, "2027-09-01");
    let again = one.partner.submit_signal(&again, None).await;
    assert!(matches!(again, Ok(client::Submitted::Known(_))));

    // What was agreed under the old key is withdrawn under the new.
    one.writes(match_id, other, "Nooit gelezen.").await;
    guardian.withdraws().await;
    let seen = other.sees(match_id).await;
    assert_eq!(
        seen.exchange.closed_because,
        Some(ClosedBecause::ConsentWithdrawn)
    );
    let said = events(&met.region).await;
    let sent = i64::from(steps) * 2 + 2;
    for (event, times) in [
        ("content.sent", sent),
        ("content.read", sent - 1),
        ("content.destroyed", sent),
    ] {
        assert_eq!(said.get(event), Some(&times), "{event}");
    }
    assert_sound(&met.region).await;
    supervisor.verifies().await;
}
