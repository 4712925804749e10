//! The covenant: what a region agreed, as settings.
//!
//! Only settings whose effect the service really has are accepted; every other key is refused, so that nobody relies on
//! a promise in a file that nothing keeps. Each setting below says which of two values is the stricter, because a match
//! between organisations of two covenants follows the stricter of both (`Terms`).

mod read;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::actor::Sector;
use crate::calendar;
use crate::words::words;

pub use read::SettingError;

words! {
    /// When a party sees which organisation the other party is.
    Reveal, "reveal policies" {
        /// As soon as the match is visible.
        OnMatch = "on_match",
        /// Only while consent covers both. The stricter.
        OnConsent = "on_consent",
    }
}

/// The settings of one covenant. Made only by [`Covenant::parse`], so whoever holds one holds settings that are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Covenant {
    name: String,
    municipality: String,
    time_zone: TimeZone,
    reveal: Reveal,
    sensitive_sectors: BTreeSet<Sector>,
    may_signal: BTreeSet<Sector>,
    grounds: BTreeMap<String, String>,
    signal_max_days: u16,
    age_limit: u8,
    contact_deadline_working_days: u8,
    consent_days: u16,
    notice_interval_minutes: u8,
}

impl Covenant {
    /// Reads settings in TOML. Left out means the default; `name`, `municipality` and `grounds` have none.
    ///
    /// # Errors
    /// Every error there is, each with the path of its setting, so that a file is corrected in one go.
    pub fn parse(toml: &str) -> Result<Self, Vec<SettingError>> {
        read::covenant(toml)
    }

    /// All settings in TOML, defaults spelled out. Reading it gives the same covenant.
    pub fn to_toml(&self) -> String {
        read::write(self)
    }

    /// What the covenant is called, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The municipality that answers for the family's rights (GDPR article 4(7), the controller).
    pub fn municipality(&self) -> &str {
        &self.municipality
    }

    /// Where the days of this covenant begin and end.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// When a party sees which organisation the other party is. Stricter: `on_consent`.
    pub fn reveal(&self) -> Reveal {
        self.reveal
    }

    /// Sectors whose mere name says something about a child's health or about crime (GDPR articles 9 and 10). Shown as
    /// "another organisation" until consent. Stricter: sensitive.
    pub fn is_sensitive(&self, sector: Sector) -> bool {
        self.sensitive_sectors.contains(&sector)
    }

    /// Which sectors may give a signal. Of the organisation's own covenant.
    pub fn may_signal(&self, sector: Sector) -> bool {
        self.may_signal.contains(&sector)
    }

    /// The grounds for a signal: slug and the Dutch text a professional ticks. A ground is checked and not stored.
    pub fn grounds(&self) -> &BTreeMap<String, String> {
        &self.grounds
    }

    /// How many days after it was given a signal may last at most. Of the organisation's own covenant.
    pub fn signal_max_days(&self) -> u16 {
        self.signal_max_days
    }

    /// The birthday, in years, at which everything about a child goes. Of the organisation's own covenant.
    pub fn age_limit(&self) -> u8 {
        self.age_limit
    }

    /// Working days in which parties make contact. Stricter: fewer.
    pub fn contact_deadline_working_days(&self) -> u8 {
        self.contact_deadline_working_days
    }

    /// Days a consent stands at most. Stricter: fewer.
    pub fn consent_days(&self) -> u16 {
        self.consent_days
    }

    /// Matches become visible only at multiples of this many minutes of the local hour, so that the moment says nothing
    /// about who signalled when; 0 means at once. Stricter: longer.
    pub fn notice_interval_minutes(&self) -> u8 {
        self.notice_interval_minutes
    }
}

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

    fn all(&self) -> impl Iterator<Item = &'a Covenant> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// `on_consent` if any covenant says so.
    pub fn reveal(&self) -> Reveal {
        self.all()
            .map(Covenant::reveal)
            .max()
            .unwrap_or(Reveal::OnConsent)
    }

    /// Sensitive if any covenant says so.
    pub fn is_sensitive(&self, sector: Sector) -> bool {
        self.all().any(|covenant| covenant.is_sensitive(sector))
    }

    /// The instant at which a match detected now becomes visible: the next full interval of the local hour, the latest
    /// of the covenants.
    pub fn visible_at(&self, detected_at: Timestamp) -> Timestamp {
        self.all()
            .map(|covenant| next_interval(detected_at, covenant.notice_interval_minutes, &covenant.time_zone))
            .max()
            .unwrap_or(detected_at)
    }

    /// The last day on which contact is in time, for parties to whom the match became visible at this instant; the
    /// earliest of the covenants.
    pub fn contact_deadline(&self, visible_at: Timestamp) -> ContactDeadline {
        let of = |covenant: &Covenant| {
            let seen_on = calendar::local_date(visible_at, &covenant.time_zone);
            let last_day = calendar::add_working_days(seen_on, covenant.contact_deadline_working_days);
            let ends_at = calendar::start_of_day(calendar::next_day(last_day), &covenant.time_zone);
            ContactDeadline { ends_at, last_day }
        };
        self.others
            .iter()
            .map(|covenant| of(covenant))
            .fold(of(self.first), Ord::min)
    }

    /// The instant at which this day has begun for the first of the covenants for which it begins.
    pub fn start_of_day(&self, day: Date) -> Timestamp {
        self.others
            .iter()
            .map(|covenant| calendar::start_of_day(day, &covenant.time_zone))
            .fold(calendar::start_of_day(day, &self.first.time_zone), Ord::min)
    }

    /// The instant at which this day is over for the first of the covenants.
    pub fn end_of_day(&self, day: Date) -> Timestamp {
        self.start_of_day(calendar::next_day(day))
    }

    /// This many local days later; the earliest of the covenants.
    pub fn add_days(&self, at: Timestamp, days: u16) -> Timestamp {
        self.others
            .iter()
            .map(|covenant| calendar::add_days(at, days, &covenant.time_zone))
            .fold(calendar::add_days(at, days, &self.first.time_zone), Ord::min)
    }

    /// The local date for the covenant where it is latest.
    pub fn local_date(&self, at: Timestamp) -> Date {
        self.others
            .iter()
            .map(|covenant| calendar::local_date(at, &covenant.time_zone))
            .fold(calendar::local_date(at, &self.first.time_zone), Ord::max)
    }

    /// How many days a consent asked now will stand at most; the fewest of the covenants.
    pub fn consent_days(&self) -> u16 {
        self.all().map(Covenant::consent_days).min().unwrap_or_default()
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

#[cfg(test)]
pub(crate) mod tests;
