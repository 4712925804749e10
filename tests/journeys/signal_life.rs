//! The life of a signal to the day: it ends, lies in the archive, is told of once, and goes; and what goes with it.

use protocol::match_case::MatchState;
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::{EndReason, SignalState};
use tests::{Child, Professional, Region, Sector, assert_sound, child, events, refusal};

/// How many rows every table that hangs on a child has, and the children themselves.
async fn of_children(region: &Region) -> i64 {
    let tables = region
        .texts(
            "SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'subject_id'",
        )
        .await;
    let mut rows = region.count("SELECT count(*) FROM subject").await;
    for table in tables {
        rows += region.count(&format!("SELECT count(*) FROM {table}")).await;
    }
    rows
}

async fn retires(region: &Region) {
    while region.casework.retire_once().await.unwrap() > 0 {}
    region.quiet().await;
}

async fn is_gone(professional: &Professional, signal: protocol::Id) {
    assert_eq!(
        refusal(professional.partner.signal(signal).await),
        ProblemType::NotFound
    );
}

async fn kinds(professional: &Professional) -> Vec<NoticeKind> {
    let inbox = professional.inbox().await;
    inbox.iter().map(|notice| notice.kind).collect()
}

/// Whom a region has.
struct People {
    region: Region,
    help: Professional,
    school: Professional,
    childcare: Professional,
    child: Child,
}

impl People {
    async fn under(covenant: &str, beginning: &str) -> Self {
        let region = Region::with_covenant(covenant).await;
        region.at(beginning).await;
        Self {
            help: region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
            school: region
                .professional("Basisschool Zonnewijzer", Sector::Education)
                .await,
            childcare: region
                .professional("Kinderopvang De Vlinder", Sector::Childcare)
                .await,
            child: child(1),
            region,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_expires_to_the_day_is_archived_told_of_once_and_gone_thirty_days_later() {
    let People {
        region,
        help,
        school,
        childcare,
        child,
    } = People::under("notice_interval_minutes = 15", "2027-08-30T12:00:00+02:00").await;
    let supervisor = region.supervisor().await;
    let two_years = help
        .partner
        .submit_signal(&help.new_signal(&child, "2029-08-30"), None)
        .await;
    assert_eq!(refusal(two_years), ProblemType::InvalidRequest);
    let signal = help.signals_until(&child, "2029-08-29").await.id;
    let state = async || help.partner.signal(signal).await.unwrap().state;

    // To the day, also when no driver has run; and drivers that run change nothing of it.
    for (now, expected) in [
        ("2029-08-28T23:59:50+02:00", SignalState::Active),
        ("2029-08-29T00:00:00+02:00", SignalState::Expired),
        ("2029-08-29T23:59:50+02:00", SignalState::Expired),
        ("2029-08-30T00:00:00+02:00", SignalState::Archived),
    ] {
        region.at(now).await;
        assert_eq!(state().await, expected, "{now}");
        retires(&region).await;
        assert_eq!(state().await, expected, "{now}, written down");
    }
    let seen = help.partner.signal(signal).await.unwrap();
    assert_eq!(seen.ended_at, Some("2029-08-29T00:00:00+02:00".parse().unwrap()));

    // The first new party is told at the quarter; nobody else is.
    region.at("2031-01-15T10:05:00+01:00").await;
    school.signals_until(&child, "2031-12-01").await;
    region.quiet().await;
    assert!(school.inbox().await.is_empty(), "not before the quarter");
    region.at("2031-01-15T10:15:00+01:00").await;
    let notice = school.is_told(1).await.remove(0);
    assert_eq!((notice.kind, notice.match_id), (NoticeKind::ArchivedSignal, None));
    assert!(help.inbox().await.is_empty());

    // What it is about is told who asks, with a reason in the log.
    let opened = school.opens(notice.id).await.unwrap();
    assert_eq!(opened.organisation.as_deref(), Some("Jeugdhulp Anker"));
    assert_eq!(opened.from, protocol::text::date("2027-08-30").unwrap());
    assert_eq!(opened.to, protocol::text::date("2029-08-29").unwrap());
    assert_eq!(refusal(childcare.opens(notice.id).await), ProblemType::NotFound);

    // Who comes later meets the school, and hears nothing of the archive.
    region.at("2031-01-20T10:00:00+01:00").await;
    childcare.signals_until(&child, "2031-12-01").await;
    region.quiet().await;
    region.at("2031-01-20T10:15:00+01:00").await;
    assert_eq!(kinds(&childcare).await, [NoticeKind::MatchOpened]);
    assert_eq!(
        kinds(&school).await,
        [NoticeKind::ArchivedSignal, NoticeKind::MatchOpened]
    );

    // Thirty days after the notice nothing of it is left, whether or not a driver has run.
    region.at("2031-02-14T10:14:50+01:00").await;
    assert_eq!(state().await, SignalState::Archived);
    region.at("2031-02-14T10:15:00+01:00").await;
    is_gone(&help, signal).await;
    assert_eq!(refusal(school.opens(notice.id).await), ProblemType::NotFound);
    retires(&region).await;
    is_gone(&help, signal).await;
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 2);
    let export = supervisor.verifies().await;
    assert_eq!(export.of("archive.noticed").count(), 1);
    assert_eq!(export.of("archive.opened").count(), 1);
    let gone: Vec<_> = export
        .of("signal.destroyed")
        .map(|leaf| leaf["to"].clone())
        .collect();
    assert_eq!(gone, ["destroyed(archive_noticed)"]);

    // And a later signal of another organisation gives none.
    region.at("2031-03-01T10:00:00+01:00").await;
    let health = region
        .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
        .await;
    health.signals_until(&child, "2031-12-01").await;
    region.quiet().await;
    region.at("2031-03-01T10:15:00+01:00").await;
    assert_eq!(kinds(&health).await, [NoticeKind::MatchOpened]);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_hears_nothing_of_its_own_archive_and_a_sensitive_one_is_not_named() {
    let People {
        region,
        help,
        school,
        child,
        ..
    } = People::under(
        "notice_interval_minutes = 0\nsensitive_sectors = [\"youth-help\"]",
        "2027-03-01T10:00:00+01:00",
    )
    .await;
    let first = help.signals(&child).await.id;
    help.ends(first, EndReason::Resolved).await;
    region.at("2027-03-02T10:00:00+01:00").await;
    retires(&region).await;
    let second = help.signals(&child).await.id;
    region.quiet().await;
    assert!(help.inbox().await.is_empty(), "it knows its own");
    help.ends(second, EndReason::Resolved).await;
    region.at("2027-03-03T10:00:00+01:00").await;
    retires(&region).await;

    // Both are told of, each once.
    school.signals(&child).await;
    let notices = school.is_told(2).await;
    for notice in notices {
        assert_eq!(notice.kind, NoticeKind::ArchivedSignal);
        let opened = school.opens(notice.id).await.unwrap();
        assert_eq!(opened.organisation, None, "youth help is sensitive here");
    }
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unjustified_signal_goes_at_once_and_the_match_is_shown_to_all_with_the_correction() {
    let People {
        region,
        help,
        school,
        child,
        ..
    } = People::under("notice_interval_minutes = 15", "2027-03-10T10:01:00+01:00").await;
    let supervisor = region.supervisor().await;
    school.signals(&child).await;
    let wrong = help.signals(&child).await.id;
    // Before the matcher comes: whatever it had to find is found first.
    let ending = help.ends(wrong, EndReason::Unjustified).await;
    assert!(ending.destroyed);
    is_gone(&help, wrong).await;
    assert_eq!(
        refusal(help.tries_to_end(wrong, EndReason::Deceased).await),
        ProblemType::NotFound
    );
    region.quiet().await;
    for party in [&school, &help] {
        assert!(party.inbox().await.is_empty() && party.matches().await.is_empty());
    }

    region.at("2027-03-10T10:15:00+01:00").await;
    let told = kinds(&school).await;
    assert!(told.contains(&NoticeKind::MatchOpened) && told.contains(&NoticeKind::MatchCorrected));
    let match_id = school.matches().await.remove(0).id;
    assert_eq!(school.sees(match_id).await.state, MatchState::Closed);
    assert_eq!(help.sees(match_id).await.state, MatchState::Closed);
    assert_eq!(
        region
            .count("SELECT count(*) FROM match_party WHERE signal_id IS NULL AND professional = ''")
            .await,
        1
    );

    // The same child is new to whoever comes: nothing of what was wrong lies in the archive.
    region.at("2027-03-12T10:00:00+01:00").await;
    retires(&region).await;
    let third = region
        .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
        .await;
    third.signals(&child).await;
    region.quiet().await;
    region.at("2027-03-12T10:15:00+01:00").await;
    assert_eq!(kinds(&third).await, [NoticeKind::MatchOpened]);
    supervisor.verifies().await;
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_ended_cannot_be_ended_again_but_can_be_destroyed() {
    let People {
        region,
        help,
        school,
        child,
        ..
    } = People::under("notice_interval_minutes = 0", "2027-03-10T10:00:00+01:00").await;
    let signal = help.signals(&child).await.id;
    assert_eq!(
        refusal(school.tries_to_end(signal, EndReason::Resolved).await),
        ProblemType::NotFound
    );
    let ending = help.ends(signal, EndReason::Resolved).await;
    assert!(!ending.destroyed);
    assert_eq!(events(&region).await["signal.ended"], 1);
    let seen = help.partner.signal(signal).await.unwrap();
    assert_eq!(
        (seen.state, seen.ended_at),
        (SignalState::Ended, Some(ending.ended_at))
    );
    assert_eq!(
        refusal(help.tries_to_end(signal, EndReason::Resolved).await),
        ProblemType::SignalOver
    );
    region.at("2027-03-11T00:00:00+01:00").await;
    assert_eq!(
        help.partner.signal(signal).await.unwrap().state,
        SignalState::Archived
    );
    retires(&region).await;

    // The organisation may signal anew, and that is a new one.
    let anew = help.signals(&child).await.id;
    assert_ne!(anew, signal);
    help.ends(signal, EndReason::Deceased).await;
    is_gone(&help, signal).await;
    help.ends(anew, EndReason::Deceased).await;
    retires(&region).await;
    assert_eq!(of_children(&region).await, 0, "the child with its tags");
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_last_signal_everything_about_a_child_goes_and_the_log_can_say_no_more() {
    let People {
        region,
        help,
        school,
        child,
        ..
    } = People::under("notice_interval_minutes = 0", "2027-03-10T10:00:00+01:00").await;
    let supervisor = region.supervisor().await;
    let of_help = help.signals(&child).await.id;
    let of_school = school.signals(&child).await.id;
    let match_id = help.is_told_of_a_match().await;
    for party in [&help, &school] {
        party.confirms_contact(match_id).await;
    }
    let request = help
        .asks_consent(match_id, protocol::consent::AgeBand::Under12, 1)
        .await;
    let mut letters = tests::Guardian::of(&region, &request);
    letters[0].agrees().await;
    help.writes(match_id, &school, "Nooit gelezen.").await;
    let read = help.writes(match_id, &school, "Gelezen.").await;
    school.reads(match_id, read).await;

    // One goes: what was not fetched goes with it, the match stays as long as the other's signal does.
    help.ends(of_help, EndReason::Deceased).await;
    assert_eq!(
        region
            .count("SELECT count(*) FROM message WHERE ciphertext IS NOT NULL AND fetched_at IS NULL")
            .await,
        0
    );
    assert_eq!(school.sees(match_id).await.state, MatchState::Closed);
    assert_sound(&region).await;
    school.ends(of_school, EndReason::Deceased).await;
    retires(&region).await;
    assert_eq!(of_children(&region).await, 0);
    assert_eq!(
        refusal(school.partner.match_case(match_id).await),
        ProblemType::NotFound
    );
    assert_eq!(region.count("SELECT count(*) FROM erasure_task").await, 0);
    let said = "SELECT count(*) FROM audit.opening o JOIN audit.leaf l USING (event_id)
                 WHERE convert_from(l.leaf, 'UTF8')::json ->> 'e' ~ '^(signal|match|consent|content)'";
    assert_eq!(region.count(said).await, 0);
    let export = supervisor.verifies().await;
    assert!(export.of("opening.erased").count() >= 2);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_age_limit_everything_goes_the_archive_too() {
    let People {
        region,
        help,
        school,
        childcare,
        child,
    } = People::under("notice_interval_minutes = 0", "2027-03-10T10:00:00+01:00").await;
    let supervisor = region.supervisor().await;
    let mut signals = Vec::new();
    for party in [&help, &school, &childcare] {
        let mut new = party.new_signal(&child, "2027-06-01");
        new.destroy_by = "2027-06".parse().unwrap();
        let signal = party.partner.submit_signal(&new, None).await.unwrap();
        signals.push(signal.signal().id);
    }
    help.ends(signals[0], EndReason::Resolved).await;
    region.at("2027-05-31T23:59:50+02:00").await;
    retires(&region).await;
    assert_eq!(
        help.partner.signal(signals[0]).await.unwrap().state,
        SignalState::Archived
    );
    region.at("2027-06-01T00:00:00+02:00").await;
    for (party, signal) in [&help, &school, &childcare].into_iter().zip(&signals) {
        is_gone(party, *signal).await;
    }
    retires(&region).await;
    assert_eq!(of_children(&region).await, 0);
    let export = supervisor.verifies().await;
    let gone: Vec<_> = export
        .of("signal.destroyed")
        .map(|leaf| leaf["to"].clone())
        .collect();
    assert_eq!(gone, ["destroyed(age_limit)"; 3]);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sleeps_is_never_archived_nor_told_of_whatever_ends_it() {
    let People {
        region,
        help,
        school,
        childcare,
        child,
    } = People::under(
        "legal_mode = \"consent_first\"\nnotice_interval_minutes = 0",
        "2027-11-02T10:00:00+01:00",
    )
    .await;
    region
        .apply_covenant("Convenant Buurgemeente", "notice_interval_minutes = 0")
        .await;
    let neighbour = region
        .professional_under("Convenant Buurgemeente", "JGZ Overdam", Sector::YouthHealthCare)
        .await;
    let ended = help.signals_until(&child, "2028-01-01").await;
    assert_eq!(ended.state, SignalState::Sleeping);
    assert!(help.ends(ended.id, EndReason::Resolved).await.destroyed);
    is_gone(&help, ended.id).await;
    region.quiet().await;
    assert_eq!(of_children(&region).await, 0, "nothing is left of it at once");

    let unanswered = school.signals_until(&child, "2028-01-01").await.id;
    childcare.signals_until(&child, "2028-01-01").await;
    region.quiet().await;
    for party in [&school, &childcare] {
        assert!(party.inbox().await.is_empty() && party.matches().await.is_empty());
    }
    region.at("2027-11-30T09:59:50+01:00").await;
    retires(&region).await;
    assert_eq!(
        school.partner.signal(unanswered).await.unwrap().state,
        SignalState::Sleeping
    );
    region.at("2027-11-30T10:00:10+01:00").await;
    is_gone(&school, unanswered).await;
    retires(&region).await;
    region.at("2027-12-02T10:00:00+01:00").await;
    retires(&region).await;
    assert_eq!(of_children(&region).await, 0);
    neighbour.signals_until(&child, "2028-01-01").await;
    region.quiet().await;
    assert!(
        neighbour.inbox().await.is_empty(),
        "nothing of it was kept to be told"
    );
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_cannot_be_settled_keeps_no_other_from_it() {
    let People {
        region,
        help,
        school,
        childcare,
        ..
    } = People::under("notice_interval_minutes = 0", "2027-03-10T10:00:00+01:00").await;
    let mut region = region;
    let mut signals = Vec::new();
    for (number, party) in (1..).zip([&help, &school, &childcare]) {
        signals.push(party.signals_until(&child(number), "2027-04-01").await.id);
    }
    region.quiet().await;
    region.stop_drivers().await;
    // An instant that no program can read.
    region
        .database
        .superuser()
        .await
        .batch_execute("UPDATE signal SET archive_until = 'infinity' WHERE id = (SELECT min(id) FROM signal)")
        .await
        .unwrap();
    region.at("2027-04-01T00:00:00+02:00").await;
    region.casework.retire_once().await.unwrap();
    region.casework.retire_once().await.unwrap();
    let written = "SELECT count(*) FROM signal WHERE state = 'expired'";
    assert_eq!(region.count(written).await, 2);
    region.start_drivers();
    region.log_holds().await;
}
