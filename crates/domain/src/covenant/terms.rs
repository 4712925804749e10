//! What holds between several covenants: each question is answered by the stricter.

use std::iter;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Covenant, LegalMode, OnAgeBoundary, Reveal};
use crate::actor::Sector;
use crate::calendar;

/// What holds in a match: the settings of the covenants of its parties, each question answered by the stricter.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    first: &'a Covenant,
    others: Vec<&'a Covenant>,
}

impl<'a> Terms<'a> {
    /// The terms of a match within one covenant.
    pub fn of(covenant: &'a Covenant) -> Self {
        Self {
            first: covenant,
            others: Vec::new(),
        }
    }

    /// The terms when a party of this covenant is in the match as well.
    #[must_use]
    pub fn and(mut self, covenant: &'a Covenant) -> Self {
        self.others.push(covenant);
        self
    }

    /// `consent_first` if any covenant says so. A signal itself follows its own covenant alone: whether it sleeps is
    /// decided when it is given, by who gives it.
    pub fn legal_mode(&self) -> LegalMode {
        self.most(Covenant::legal_mode)
    }

    /// `on_consent` if any covenant says so.
    pub fn reveal(&self) -> Reveal {
        self.most(Covenant::reveal)
    }

    /// Sensitive if any covenant says so.
    pub fn is_sensitive(&self, sector: Sector) -> bool {
        self.all().any(|covenant| covenant.is_sensitive(sector))
    }

    /// Whether an organisation of this sector may be lead: only if every covenant allows it.
    pub fn may_lead(&self, sector: Sector) -> bool {
        self.all().all(|covenant| covenant.may_lead(sector))
    }

    /// The fewest years of the covenants.
    pub fn archive_years(&self) -> u8 {
        self.least(Covenant::archive_years)
    }

    /// The fewest days of the covenants.
    pub fn disclosure_deadline_days(&self) -> u8 {
        self.least(Covenant::disclosure_deadline_days)
    }

    /// How many days a consent asked now will stand at most; the fewest of the covenants.
    pub fn consent_days(&self) -> u16 {
        self.least(Covenant::consent_days)
    }

    /// `ask_again` if any covenant says so.
    pub fn on_age_boundary(&self) -> OnAgeBoundary {
        self.most(Covenant::on_age_boundary)
    }

    /// Only if every covenant allows it.
    pub fn one_guardian_may_declare(&self) -> bool {
        self.least(Covenant::one_guardian_may_declare)
    }

    /// Only if every covenant allows it.
    pub fn attested_consent(&self) -> bool {
        self.least(Covenant::attested_consent)
    }

    /// Only if every covenant allows it.
    pub fn family_match(&self) -> bool {
        self.least(Covenant::family_match)
    }

    /// The instant at which a match detected now becomes visible: the next full interval of the local hour, the latest
    /// of the covenants.
    pub fn visible_at(&self, detected_at: Timestamp) -> Timestamp {
        self.most(|covenant| {
            next_interval(
                detected_at,
                covenant.notice_interval_minutes(),
                covenant.time_zone(),
            )
        })
    }

    /// The last day on which contact is in time, for parties to whom the match became visible at this instant; the
    /// earliest of the covenants.
    pub fn contact_deadline(&self, visible_at: Timestamp) -> ContactDeadline {
        self.least(|covenant| {
            let seen_on = covenant.local_date(visible_at);
            let last_day = covenant.add_working_days(seen_on, covenant.contact_deadline_working_days());
            ContactDeadline {
                ends_at: covenant.end_of_day(last_day),
                last_day,
            }
        })
    }

    /// The instant at which this day has begun for the first of the covenants for which it begins.
    pub fn start_of_day(&self, day: Date) -> Timestamp {
        self.least(|covenant| covenant.start_of_day(day))
    }

    /// The instant at which this day is over for the first of the covenants.
    pub fn end_of_day(&self, day: Date) -> Timestamp {
        self.least(|covenant| covenant.end_of_day(day))
    }

    /// The first of the instants at which the clocks of the covenants show this full hour of this day.
    pub fn full_hour(&self, day: Date, hour: u8) -> Timestamp {
        self.least(|covenant| calendar::full_hour(day, hour, covenant.time_zone()))
    }

    /// This many local days later; the earliest of the covenants.
    pub fn add_days(&self, at: Timestamp, days: u16) -> Timestamp {
        self.least(|covenant| covenant.add_days(at, days))
    }

    /// The local date for the covenant where it is latest.
    pub fn local_date(&self, at: Timestamp) -> Date {
        self.most(|covenant| covenant.local_date(at))
    }

    /// The last of so many working days after this day; the earliest of the covenants.
    pub fn add_working_days(&self, day: Date, days: u8) -> Date {
        self.least(|covenant| covenant.add_working_days(day, days))
    }

    /// The first of so many working days before this day; the earliest of the covenants.
    pub fn subtract_working_days(&self, day: Date, days: u8) -> Date {
        self.least(|covenant| covenant.subtract_working_days(day, days))
    }

    /// The first working day after this day; the earliest of the covenants.
    pub fn next_working_day(&self, day: Date) -> Date {
        self.add_working_days(day, 1)
    }

    fn all(&self) -> impl Iterator<Item = &'a Covenant> {
        iter::once(self.first).chain(self.others.iter().copied())
    }

    fn least<T: Ord>(&self, of: impl Fn(&Covenant) -> T) -> T {
        self.others
            .iter()
            .map(|covenant| of(covenant))
            .fold(of(self.first), Ord::min)
    }

    fn most<T: Ord>(&self, of: impl Fn(&Covenant) -> T) -> T {
        self.others
            .iter()
            .map(|covenant| of(covenant))
            .fold(of(self.first), Ord::max)
    }
}

/// Until when contact is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactDeadline {
    /// The end of the last day: from this instant it is too late.
    pub ends_at: Timestamp,
    /// The last day on which it is in time, as people name a deadline.
    pub last_day: Date,
}

impl Covenant {
    /// The local date at this instant.
    pub fn local_date(&self, at: Timestamp) -> Date {
        calendar::local_date(at, self.time_zone())
    }

    /// The instant at which this local day begins.
    pub fn start_of_day(&self, day: Date) -> Timestamp {
        calendar::start_of_day(day, self.time_zone())
    }

    /// The instant at which this local day is over.
    pub fn end_of_day(&self, day: Date) -> Timestamp {
        calendar::end_of_day(day, self.time_zone())
    }

    /// This many local days later, at the same time on the clock on the wall.
    pub fn add_days(&self, at: Timestamp, days: u16) -> Timestamp {
        calendar::add_days(at, days, self.time_zone())
    }

    /// The last of so many working days after this day.
    pub fn add_working_days(&self, day: Date, days: u8) -> Date {
        calendar::add_working_days(day, days, self.liberation_day())
    }

    /// The first of so many working days before this day.
    pub fn subtract_working_days(&self, day: Date, days: u8) -> Date {
        calendar::subtract_working_days(day, days, self.liberation_day())
    }

    /// The first working day after this day.
    pub fn next_working_day(&self, day: Date) -> Date {
        calendar::next_working_day(day, self.liberation_day())
    }

    /// Neither weekend nor holiday.
    pub fn is_working_day(&self, day: Date) -> bool {
        calendar::is_working_day(day, self.liberation_day())
    }
}

/// The first instant, not before this one, at which the local clock shows a multiple of so many minutes. Clock changes
/// happen on full hours (in no zone off a quarter), so the step never lands beyond one off its mark.
fn next_interval(at: Timestamp, minutes: u8, zone: &TimeZone) -> Timestamp {
    const NANOSECONDS_PER_MINUTE: i128 = 60_000_000_000;
    if minutes == 0 {
        return at;
    }
    let offset = i128::from(zone.to_offset(at).seconds()) * 1_000_000_000;
    let interval = i128::from(minutes) * NANOSECONDS_PER_MINUTE;
    let past_the_mark = (at.as_nanosecond() + offset).rem_euclid(interval);
    let wait = if past_the_mark == 0 {
        0
    } else {
        interval - past_the_mark
    };
    Timestamp::from_nanosecond(at.as_nanosecond() + wait).unwrap_or(Timestamp::MAX)
}
