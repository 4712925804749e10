use proptest::prelude::*;

use super::*;
use crate::calendar::time_zone;
use crate::signal::Ending;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn amsterdam() -> TimeZone {
    time_zone("Europe/Amsterdam").unwrap()
}

/// Given on 30 August 2027 for two years, about a child whose 23rd birthday is in May 2043.
fn life() -> Life {
    let expires_at = at("2029-08-29T00:00:00+02:00");
    Life {
        submitted_at: at("2027-08-30T12:00:00+02:00"),
        expires_at,
        destroy_at: at("2043-05-01T00:00:00+02:00"),
        sleeps_until: None,
        woken_at: None,
        ended_at: None,
        paused_from: None,
        archive: Archive::after(expires_at, 5, &amsterdam()),
    }
}

fn state(life: &Life, instant: &str) -> Option<SignalState> {
    life.at(at(instant)).map(Signal::state)
}

#[test]
fn it_expires_to_the_day_is_archived_the_next_and_gone_after_five_years() {
    let life = life();
    assert_eq!(
        state(&life, "2029-08-28T23:59:59+02:00"),
        Some(SignalState::Active)
    );
    assert_eq!(
        state(&life, "2029-08-29T00:00:00+02:00"),
        Some(SignalState::Expired)
    );
    assert_eq!(
        state(&life, "2029-08-29T23:59:59+02:00"),
        Some(SignalState::Expired)
    );
    assert_eq!(
        state(&life, "2029-08-30T00:00:00+02:00"),
        Some(SignalState::Archived)
    );
    assert_eq!(
        state(&life, "2034-08-28T23:59:59+02:00"),
        Some(SignalState::Archived)
    );
    assert_eq!(state(&life, "2034-08-29T00:00:00+02:00"), None);
    assert_eq!(
        life.destroy_due(at("2034-08-29T00:00:00+02:00")),
        Some(DestroyReason::ArchiveOver)
    );
}

#[test]
fn resolved_ends_it_at_once_and_the_archive_counts_from_that_day() {
    let resolved = life().ended(at("2028-02-29T15:00:00+01:00"), 5, &amsterdam());
    assert_eq!(
        state(&resolved, "2028-02-29T15:00:00+01:00"),
        Some(SignalState::Ended)
    );
    assert_eq!(
        state(&resolved, "2028-03-01T00:00:00+01:00"),
        Some(SignalState::Archived)
    );
    // There is no 29 February 2033.
    assert_eq!(
        state(&resolved, "2033-02-27T23:59:59+01:00"),
        Some(SignalState::Archived)
    );
    assert_eq!(state(&resolved, "2033-02-28T00:00:00+01:00"), None);
    assert_eq!(resolved.left_because(), LeftBecause::Resolved);
    let late = life().ended(at("2029-08-29T00:00:00+02:00"), 5, &amsterdam());
    assert_eq!(late, life(), "what expired cannot be ended");
}

#[test]
fn thirty_days_after_its_one_notice_nothing_is_left() {
    let mut life = life();
    life.archive = life
        .archive
        .noticed(at("2031-01-15T10:15:00+01:00"), &amsterdam());
    assert_eq!(
        state(&life, "2031-02-14T10:14:59+01:00"),
        Some(SignalState::Archived)
    );
    assert_eq!(
        life.destroy_due(at("2031-02-14T10:15:00+01:00")),
        Some(DestroyReason::ArchiveNoticed)
    );
    // A notice in the last month of the archive does not lengthen it.
    let until = life.archive.until;
    assert_eq!(
        life.archive
            .noticed(at("2031-02-10T00:00:00Z"), &amsterdam())
            .until,
        until
    );
}

#[test]
fn the_destroy_by_month_goes_before_everything() {
    let mut life = life();
    life.destroy_at = at("2028-01-01T00:00:00+01:00");
    assert_eq!(
        state(&life, "2027-12-31T23:59:59+01:00"),
        Some(SignalState::Active)
    );
    assert_eq!(
        life.destroy_due(at("2028-01-01T00:00:00+01:00")),
        Some(DestroyReason::AgeLimit)
    );
    assert_eq!(life.left_because(), LeftBecause::AgeLimit);
}

#[test]
fn what_sleeps_is_never_archived_whatever_ends_it() {
    let asleep = Life {
        sleeps_until: Some(at("2027-09-27T12:00:00+02:00")),
        ..life()
    };
    assert_eq!(
        state(&asleep, "2027-09-27T11:59:59+02:00"),
        Some(SignalState::Sleeping)
    );
    assert_eq!(
        asleep.destroy_due(at("2027-09-27T12:00:00+02:00")),
        Some(DestroyReason::Unanswered)
    );
    let resolved = asleep.ended(at("2027-09-10T12:00:00+02:00"), 5, &amsterdam());
    assert_eq!(
        resolved.destroy_due(at("2027-09-10T12:00:00+02:00")),
        Some(DestroyReason::EndedAsleep)
    );
    let short = Life {
        expires_at: at("2027-09-01T00:00:00+02:00"),
        ..asleep
    };
    assert_eq!(
        short.destroy_due(at("2027-09-01T00:00:00+02:00")),
        Some(DestroyReason::Unanswered)
    );
    let woken = Life {
        paused_from: Some(at("2027-09-14T00:00:00+02:00")),
        ..asleep
    }
    .woken(at("2027-09-10T12:00:00+02:00"));
    assert_eq!(
        state(&woken, "2027-09-27T12:00:00+02:00"),
        Some(SignalState::Active),
        "agreeing is being told"
    );
    assert_eq!(woken.counts_since(), at("2027-09-10T12:00:00+02:00"));
}

#[test]
fn it_is_paused_from_the_instant_on_record_until_it_ends() {
    let paused = Life {
        paused_from: Some(at("2027-09-14T00:00:00+02:00")),
        ..life()
    };
    assert_eq!(
        state(&paused, "2027-09-13T23:59:59+02:00"),
        Some(SignalState::Active)
    );
    assert_eq!(
        state(&paused, "2027-09-14T00:00:00+02:00"),
        Some(SignalState::Paused)
    );
    assert_eq!(
        state(&paused, "2029-08-29T00:00:00+02:00"),
        Some(SignalState::Expired)
    );
}

#[test]
fn a_correction_is_told_as_what_it_is_and_nothing_else_is() {
    for reason in DestroyReason::ALL {
        let because = LeftBecause::from(Ending::Destroyed(reason));
        assert_eq!(because.is_correction(), reason.is_correction(), "{reason}");
    }
    assert_eq!(LeftBecause::from(Ending::Resolved), LeftBecause::Resolved);
}

proptest! {
    /// States come in one order, and what is gone stays gone.
    #[test]
    fn a_life_runs_one_way(
        ended in proptest::option::of(0..4000_i64),
        paused in proptest::option::of(0..4000_i64),
        asleep in proptest::option::of(0..4000_i64),
        noticed in proptest::option::of(0..4000_i64),
        expires in 1..731_i64,
        destroy in 1..4000_i64,
    ) {
        let day = |days: i64| at("2027-03-01T00:00:00Z") + jiff::SignedDuration::from_hours(24 * days);
        let expires_at = day(expires);
        let mut life = Life {
            submitted_at: day(0),
            expires_at,
            destroy_at: day(destroy),
            sleeps_until: asleep.map(day),
            woken_at: None,
            ended_at: None,
            paused_from: paused.map(day),
            archive: Archive::after(expires_at, 5, &TimeZone::UTC),
        };
        if let Some(ended) = ended {
            life = life.ended(day(ended), 5, &TimeZone::UTC);
        }
        if let Some(noticed) = noticed {
            life.archive = life.archive.noticed(day(noticed), &TimeZone::UTC);
        }
        let mut last = 0;
        for days in 0..4100 {
            let now = day(days);
            let place = match life.at(now) {
                Some(Signal::Sleeping { .. } | Signal::Active { .. }) => 0,
                Some(Signal::Paused { .. }) => 1,
                Some(Signal::Ended { .. } | Signal::Expired { .. }) => 2,
                Some(Signal::Archived { .. }) => 3,
                None => 4,
            };
            prop_assert!(place >= last, "{life:?} {now}");
            prop_assert_eq!(life.at(now).is_none(), life.destroy_due(now).is_some());
            prop_assert_eq!(place >= 2 && life.at(now).is_some(), life.at(now).is_some() && life.is_over(now));
            if asleep.is_some() {
                prop_assert!(place == 0 || place == 4, "what slept is never archived");
            }
            last = place;
        }
        prop_assert_eq!(last, 4, "nothing is kept for ever");
    }
}
