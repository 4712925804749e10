//! The covenant: what a region agreed, as settings.
//!
//! Only settings whose effect the service really has are accepted; every other key is refused, so that nobody relies on
//! a promise in a file that nothing keeps. Each setting below says which of two values is the stricter, because a match
//! between organisations of two covenants follows the stricter of both ([`Terms`]). The list of them with what each does
//! ([`SETTINGS`]) is also the document for regions, docs/COVENANT.md.

mod ages;
mod change;
mod read;
mod setting;
mod terms;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::actor::Sector;
use crate::calendar::LiberationDay;

pub use change::{Change, Direction, changes};
pub use read::SettingError;
pub use setting::{Between, SETTINGS, Setting, markdown};
pub use terms::{ContactDeadline, Terms};
pub use words::{LegalMode, OnAgeBoundary, PseudonymScheme, Reveal};

/// The settings of one covenant. Made only by [`Covenant::parse`], so whoever holds one holds settings that are right.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a permission that a region gives or not, named as in its file"
)]
pub struct Covenant {
    name: String,
    municipality: String,
    follow_up_officer: String,
    time_zone: TimeZone,
    legal_mode: LegalMode,
    reveal: Reveal,
    sensitive_sectors: BTreeSet<Sector>,
    may_signal: BTreeSet<Sector>,
    may_lead: BTreeSet<Sector>,
    delegation: bool,
    signal_max_days: u16,
    archive_years: u8,
    age_limit: u8,
    contact_deadline_working_days: u8,
    disclosure_deadline_days: u8,
    consent_days: u16,
    on_age_boundary: OnAgeBoundary,
    one_guardian_may_declare: bool,
    attested_consent: bool,
    family_match: bool,
    notice_interval_minutes: u8,
    signals_per_hour: u32,
    pseudonym_scheme: PseudonymScheme,
    liberation_day: LiberationDay,
    grounds: BTreeMap<String, String>,
}

impl Covenant {
    /// Reads settings in TOML. Left out means the default; `name`, `municipality` and `grounds` have none, and the
    /// follow-up officer is the municipality's unless another is named.
    ///
    /// # Errors
    /// Every error there is, each with the path of its setting, so that a file is corrected in one go.
    pub fn parse(toml: &str) -> Result<Self, Vec<SettingError>> {
        read::covenant(toml)
    }

    /// All settings in TOML, defaults spelled out. Reading it gives the same covenant.
    pub fn to_toml(&self) -> String {
        read::table(self).to_string()
    }

    /// What the covenant is called, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The municipality that answers for the family's rights (GDPR article 4(7), the controller): the name of an
    /// organisation that is registered as municipality in the network.
    pub fn municipality(&self) -> &str {
        &self.municipality
    }

    /// The municipality whose follow-up officer sees that parties made contact, by name as above.
    pub fn follow_up_officer(&self) -> &str {
        &self.follow_up_officer
    }

    /// Where the days of this covenant begin and end.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// Whether a signal counts at once or sleeps until the family agreed. Stricter: `consent_first`. A signal follows
    /// the covenant of the organisation it is given for, whatever others agreed.
    pub fn legal_mode(&self) -> LegalMode {
        self.legal_mode
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

    /// Which sectors may be lead of a match. Stricter: may not.
    pub fn may_lead(&self, sector: Sector) -> bool {
        self.may_lead.contains(&sector)
    }

    /// Whether an organisation may give signals for another that charged it with that. Of both their covenants.
    /// Stricter: false.
    pub fn delegation(&self) -> bool {
        self.delegation
    }

    /// How many days after it was given a signal may last at most. Of the organisation's own covenant.
    pub fn signal_max_days(&self) -> u16 {
        self.signal_max_days
    }

    /// How many years an ended signal is kept for one notice to a later party. Of the organisation's own covenant.
    /// Stricter: fewer.
    pub fn archive_years(&self) -> u8 {
        self.archive_years
    }

    /// The birthday, in years, at which everything about a child goes. Of the organisation's own covenant.
    pub fn age_limit(&self) -> u8 {
        self.age_limit
    }

    /// Working days in which parties make contact. Stricter: fewer.
    pub fn contact_deadline_working_days(&self) -> u8 {
        self.contact_deadline_working_days
    }

    /// Days in which the family is told of a signal, or telling it is postponed. Of the organisation's own covenant.
    /// Stricter: fewer.
    pub fn disclosure_deadline_days(&self) -> u8 {
        self.disclosure_deadline_days
    }

    /// Days a consent stands at most. Stricter: fewer.
    pub fn consent_days(&self) -> u16 {
        self.consent_days
    }

    /// What becomes of signatures at a birthday that changes who must sign. Stricter: `ask_again`.
    pub fn on_age_boundary(&self) -> OnAgeBoundary {
        self.on_age_boundary
    }

    /// Whether one guardian may declare for both. Stricter: false.
    pub fn one_guardian_may_declare(&self) -> bool {
        self.one_guardian_may_declare
    }

    /// Whether a professional may record a signature that was given orally or on paper. Stricter: false.
    pub fn attested_consent(&self) -> bool {
        self.attested_consent
    }

    /// Whether children of one guardian are matched, as "not the same child". Stricter: false.
    pub fn family_match(&self) -> bool {
        self.family_match
    }

    /// Matches become visible only at multiples of this many minutes of the local hour, so that the moment says nothing
    /// about who signalled when; 0 means at once. Stricter: longer.
    pub fn notice_interval_minutes(&self) -> u8 {
        self.notice_interval_minutes
    }

    /// How many signals an organisation may give in one hour of the clock. Of the organisation's own covenant.
    /// Stricter: fewer.
    pub fn signals_per_hour(&self) -> u32 {
        self.signals_per_hour
    }

    /// Which tokens are taken; where more was asked of an organisation by itself, that holds. Of the organisation's own
    /// covenant. Stricter: `oblivious`.
    pub fn pseudonym_scheme(&self) -> PseudonymScheme {
        self.pseudonym_scheme
    }

    /// In which years 5 May is no working day. Stricter: `lustrum`, with which deadlines are shorter.
    pub fn liberation_day(&self) -> LiberationDay {
        self.liberation_day
    }

    /// The grounds for a signal: slug and the Dutch text a professional ticks. A ground is checked and not stored. Of
    /// the organisation's own covenant.
    pub fn grounds(&self) -> &BTreeMap<String, String> {
        &self.grounds
    }
}

#[cfg(test)]
pub(crate) mod tests;
