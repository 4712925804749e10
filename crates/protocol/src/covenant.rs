//! What a partner's system has to know of what the region agreed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::match_case::Sector;

/// The settings of the caller's own covenant, as far as they bear on what its system offers. In a match with
/// organisations of another covenant the stricter of both holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Covenant {
    /// What it is called.
    #[schema(example = "Convenant Voorbeeldstad")]
    pub name: String,
    /// Rises by one with each change.
    pub version: u32,
    /// Since when it stands so.
    pub applied_at: Timestamp,
    /// The municipality that answers for the family's rights.
    #[schema(example = "gemeente Voorbeeldstad")]
    pub municipality: String,
    /// Where its days begin and end: an IANA name.
    #[schema(example = "Europe/Amsterdam")]
    pub time_zone: String,
    /// Whether a signal counts at once, or sleeps until the family agreed.
    pub legal_mode: LegalMode,
    /// What a professional ticks; one of these goes with each signal, and is not stored.
    pub grounds: Vec<Ground>,
    /// Which sectors may give a signal.
    pub may_signal: Vec<Sector>,
    /// Which sectors may be lead of a match.
    pub may_lead: Vec<Sector>,
    /// Whether one organisation may give signals for another that charged it with that.
    pub delegation: bool,
    /// How many days a signal may last at most.
    #[schema(example = 730)]
    pub signal_max_days: u16,
    /// The birthday, in years, from whose month nothing about a child may exist.
    #[schema(example = 23)]
    pub age_limit: u8,
    /// How many years an ended signal is kept for one notice to a later party.
    #[schema(example = 5)]
    pub archive_years: u8,
    /// How many signals an organisation may give in one hour of the clock.
    #[schema(example = 100)]
    pub signals_per_hour: u32,
    /// Days in which the family is told of a signal, or telling it is postponed.
    #[schema(example = 14)]
    pub disclosure_deadline_days: u8,
    /// Working days in which parties make contact.
    #[schema(example = 5)]
    pub contact_deadline_working_days: u8,
    /// When a party sees which organisation the other party is.
    pub reveal: Reveal,
    /// Sectors that are shown as "another organisation" until consent.
    pub sensitive_sectors: Vec<Sector>,
    /// Days a consent stands at most.
    #[schema(example = 365)]
    pub consent_days: u16,
    /// Whether one guardian may declare for both.
    pub one_guardian_may_declare: bool,
    /// Whether a professional may record a signature that was given orally or on paper.
    pub attested_consent: bool,
    /// Whether children of one guardian are matched, as "not the same child".
    pub family_match: bool,
    /// The lowest suite of tokens that is taken from the caller's organisation.
    #[schema(example = 1)]
    pub min_suite: u8,
}

/// A ground for a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
// `Ground` in the API description is what a signal names.
#[schema(as = CovenantGround)]
pub struct Ground {
    /// What goes over the wire.
    #[schema(example = "development-at-risk")]
    pub code: String,
    /// What the professional reads, in Dutch.
    #[schema(example = "De ontwikkeling van de jeugdige wordt bedreigd")]
    pub text: String,
}

/// On what a signal rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegalMode {
    /// The law allows it; the family is told.
    Notify,
    /// The family agrees first.
    ConsentFirst,
}

/// When a party sees which organisation the other party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reveal {
    /// As soon as the match is visible.
    OnMatch,
    /// Only while consent covers both.
    OnConsent,
}
