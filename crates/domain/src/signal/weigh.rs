//! Whether a signal may be put on record: the rules of the covenant of the organisation that gives it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Archive, Life, SLEEP_DAYS};
use crate::actor::Sector;
use crate::calendar::{self, Month};
use crate::covenant::{Covenant, LegalMode};
use crate::disclosure;

/// What a professional asks to put on record, with the tick for the ground.
#[derive(Debug, Clone, Copy)]
pub struct NewSignal<'a> {
    /// The day on which the signal is to end: from 00:00 local of that day it no longer counts.
    pub planned_end: Date,
    /// The month of the birthday at which everything about the child goes.
    pub destroy_by: Month,
    /// The slug of the ground that was ticked; none when it was found on the list before, since it is not kept.
    pub ground: Option<&'a str>,
    /// Whether another organisation gives it on behalf of the one whose signal it is.
    pub delegated: bool,
    /// Whether it came with pseudonyms of guardians.
    pub guardians: bool,
}

/// Why a signal is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The covenant does not let this sector signal.
    #[error("the covenant does not let organisations of this sector give signals")]
    SectorMayNotSignal,
    /// The planned end is today or earlier.
    #[error("must be a day after today")]
    PlannedEndNotInFuture,
    /// The planned end lies too many days ahead.
    #[error("must be at most {max_days} days from today")]
    PlannedEndTooFar {
        /// The most the covenant allows.
        max_days: u16,
    },
    /// The planned end lies after the month in which everything about the child goes. Such a signal is refused rather
    /// than shortened, so that its end does not give away the child's birth month.
    #[error("must not be after the first day of the destroy-by month")]
    PlannedEndAfterDestroyBy,
    /// The child has already reached the age limit.
    #[error("must be a month that has not begun: the service is for persons under {age_limit}")]
    DestroyByBegun {
        /// The covenant's age limit, in years.
        age_limit: u8,
    },
    /// Nobody alive reaches the age limit that late.
    #[error("must be at most {age_limit} years from this month")]
    DestroyByTooFar {
        /// The covenant's age limit, in years.
        age_limit: u8,
    },
    /// The covenant does not let organisations give signals on behalf of others, or this one was not asked to.
    #[error(
        "must be an organisation that lets yours give signals on its behalf, under a covenant that allows it"
    )]
    NotDelegated,
    /// The covenant has no family matches, so nobody's pseudonym but the child's is taken.
    #[error("must be left out: the covenant has no family matches")]
    NoFamilyMatch,
    /// The ground is not on the covenant's list.
    #[error("must be a ground of the covenant's list")]
    GroundNotListed,
}

impl Refusal {
    /// The field it is about, as a JSON pointer into the request; empty when it is about the request as a whole.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::SectorMayNotSignal => "",
            Self::PlannedEndNotInFuture | Self::PlannedEndTooFar { .. } | Self::PlannedEndAfterDestroyBy => {
                "/plannedEnd"
            }
            Self::DestroyByBegun { .. } | Self::DestroyByTooFar { .. } => "/destroyBy",
            Self::GroundNotListed => "/ground",
            Self::NotDelegated => "/onBehalfOf",
            Self::NoFamilyMatch => "/guardians",
        }
    }

    /// A stable word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SectorMayNotSignal => "sector-may-not-signal",
            Self::PlannedEndNotInFuture => "planned-end-not-in-future",
            Self::PlannedEndTooFar { .. } => "planned-end-too-far",
            Self::PlannedEndAfterDestroyBy => "planned-end-after-destroy-by",
            Self::DestroyByBegun { .. } => "destroy-by-begun",
            Self::DestroyByTooFar { .. } => "destroy-by-too-far",
            Self::GroundNotListed => "ground-not-listed",
            Self::NotDelegated => "not-delegated",
            Self::NoFamilyMatch => "no-family-match",
        }
    }
}

impl NewSignal<'_> {
    /// Weighs a signal by the covenant of the organisation that gives it. Whether the child is known plays no part: the
    /// same request has the same answer for every child. The ground is not in what is put on record: it was checked and is
    /// not kept (data minimisation, GDPR article 5(1)(c)).
    ///
    /// # Errors
    /// All reasons at once why it is not taken.
    pub fn weigh(&self, covenant: &Covenant, sector: Sector, now: Timestamp) -> Result<Life, Vec<Refusal>> {
        let zone = covenant.time_zone();
        let today = calendar::local_date(now, zone);
        let destroy_on = self.destroy_by.first_day();
        let (max_days, age_limit) = (covenant.signal_max_days(), covenant.age_limit());

        let refusals: Vec<Refusal> = [
            (!covenant.may_signal(sector), Refusal::SectorMayNotSignal),
            (self.planned_end <= today, Refusal::PlannedEndNotInFuture),
            (
                days_between(today, self.planned_end) > i32::from(max_days),
                Refusal::PlannedEndTooFar { max_days },
            ),
            (
                destroy_on > today && self.planned_end > destroy_on,
                Refusal::PlannedEndAfterDestroyBy,
            ),
            (destroy_on <= today, Refusal::DestroyByBegun { age_limit }),
            (
                self.destroy_by > Month::of(today).years_later(age_limit),
                Refusal::DestroyByTooFar { age_limit },
            ),
            (
                self.ground
                    .is_some_and(|ground| !covenant.grounds().contains_key(ground)),
                Refusal::GroundNotListed,
            ),
            (self.guardians && !covenant.family_match(), Refusal::NoFamilyMatch),
            (self.delegated && !covenant.delegation(), Refusal::NotDelegated),
        ]
        .into_iter()
        .filter_map(|(applies, refusal)| applies.then_some(refusal))
        .collect();

        if refusals.is_empty() {
            let expires_at = calendar::start_of_day(self.planned_end, zone);
            let sleeps = covenant.legal_mode() == LegalMode::ConsentFirst;
            let deadline = disclosure::deadline(now, covenant.disclosure_deadline_days().into(), zone);
            Ok(Life {
                submitted_at: now,
                expires_at,
                destroy_at: calendar::start_of_day(destroy_on, zone),
                sleeps_until: sleeps.then(|| calendar::add_days(now, SLEEP_DAYS, zone)),
                woken_at: None,
                ended_at: None,
                // Of a signal that sleeps the family is asked, not told.
                paused_from: (!sleeps).then_some(deadline),
                archive: Archive::after(expires_at, covenant.archive_years(), zone),
            })
        } else {
            Err(refusals)
        }
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::covenant::tests::covenant;
    use crate::signal::{Signal, SignalState};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn signal(planned_end: Date) -> NewSignal<'static> {
        NewSignal {
            planned_end,
            destroy_by: Month::parse("2043-05").unwrap(),
            ground: Some("school-absence"),
            delegated: false,
            guardians: false,
        }
    }

    /// 30 August 2027, 12:00 in Amsterdam.
    const NOON: &str = "2027-08-30T10:00:00Z";

    fn weigh(signal: NewSignal<'_>) -> Result<Life, Vec<Refusal>> {
        signal.weigh(&covenant(""), Sector::YouthHelp, at(NOON))
    }

    #[test]
    fn two_years_is_731_days_and_refused() {
        assert_eq!(
            weigh(signal(date(2029, 8, 30))),
            Err(vec![Refusal::PlannedEndTooFar { max_days: 730 }])
        );
    }

    #[test]
    fn with_730_days_it_expires_on_29_august_2029() {
        let accepted = weigh(signal(date(2029, 8, 29))).unwrap();
        assert_eq!(accepted.expires_at, at("2029-08-28T22:00:00Z"));
        assert_eq!(accepted.submitted_at, at(NOON));
        assert_eq!(accepted.destroy_at, at("2043-04-30T22:00:00Z"));
    }

    #[test]
    fn six_months_from_1_march_expire_on_1_september() {
        let accepted = signal(date(2027, 9, 1))
            .weigh(&covenant(""), Sector::Childcare, at("2027-03-01T09:00:00Z"))
            .unwrap();
        let told = Life {
            paused_from: None,
            ..accepted
        };
        let state = |instant| told.at(at(instant)).map(Signal::state);
        assert_eq!(state("2027-08-31T21:59:59Z"), Some(SignalState::Active));
        assert_eq!(state("2027-08-31T22:00:00Z"), Some(SignalState::Expired));
    }

    #[test]
    fn a_planned_end_is_tomorrow_at_the_earliest_in_local_days() {
        assert_eq!(
            weigh(signal(date(2027, 8, 30))),
            Err(vec![Refusal::PlannedEndNotInFuture])
        );
        assert!(weigh(signal(date(2027, 8, 31))).is_ok());
        // 23:30 UTC on the 30th is the 31st in Amsterdam.
        let late = at("2027-08-30T23:30:00Z");
        assert_eq!(
            signal(date(2027, 8, 31)).weigh(&covenant(""), Sector::YouthHelp, late),
            Err(vec![Refusal::PlannedEndNotInFuture])
        );
    }

    #[test]
    fn the_destroy_by_month_is_that_of_somebody_under_the_age_limit() {
        let with = |month: &str| {
            weigh(NewSignal {
                destroy_by: Month::parse(month).unwrap(),
                ..signal(date(2027, 9, 1))
            })
        };
        assert!(with("2027-09").is_ok());
        assert_eq!(
            with("2027-08"),
            Err(vec![Refusal::DestroyByBegun { age_limit: 23 }])
        );
        assert!(with("2050-08").is_ok());
        assert_eq!(
            with("2050-09"),
            Err(vec![Refusal::DestroyByTooFar { age_limit: 23 }])
        );
    }

    #[test]
    fn a_signal_does_not_outlive_the_destroy_by_month() {
        let with = |end| {
            weigh(NewSignal {
                destroy_by: Month::parse("2027-10").unwrap(),
                ..signal(end)
            })
        };
        assert!(with(date(2027, 10, 1)).is_ok());
        assert_eq!(
            with(date(2027, 10, 2)),
            Err(vec![Refusal::PlannedEndAfterDestroyBy])
        );
    }

    #[test]
    fn all_refusals_come_at_once_each_with_its_field() {
        let covenant = covenant("may_signal = [\"education\"]\nsignal_max_days = 10\nage_limit = 18\n");
        let wrong = NewSignal {
            planned_end: date(2127, 1, 1),
            destroy_by: Month::parse("2046-01").unwrap(),
            ground: Some("curiosity"),
            delegated: true,
            guardians: true,
        };
        let refusals = wrong
            .weigh(&covenant, Sector::PoliceAndJustice, at(NOON))
            .unwrap_err();
        let told: Vec<_> = refusals
            .iter()
            .map(|refusal| (refusal.pointer(), refusal.code()))
            .collect();
        assert_eq!(
            told,
            [
                ("", "sector-may-not-signal"),
                ("/plannedEnd", "planned-end-too-far"),
                ("/plannedEnd", "planned-end-after-destroy-by"),
                ("/destroyBy", "destroy-by-too-far"),
                ("/ground", "ground-not-listed"),
                ("/guardians", "no-family-match"),
                ("/onBehalfOf", "not-delegated"),
            ]
        );
    }

    #[test]
    fn where_the_family_is_asked_first_a_signal_sleeps_for_28_days() {
        let asked_first = covenant("legal_mode = \"consent_first\"\n");
        let asleep = signal(date(2028, 3, 1))
            .weigh(&asked_first, Sector::YouthHelp, at(NOON))
            .unwrap();
        assert_eq!(asleep.sleeps_until, Some(at("2027-09-27T10:00:00Z")));
        assert_eq!(asleep.paused_from, None, "agreeing is being told");
        assert_eq!(weigh(signal(date(2028, 3, 1))).unwrap().sleeps_until, None);
    }
}
