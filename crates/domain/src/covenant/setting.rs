//! The list of settings: what each takes, which way is stricter, since when a change counts.

use std::collections::BTreeSet;

use super::Covenant;
use crate::actor::Sector;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file.
    pub name: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What it is when it is left out; none when it may not be.
    pub default: Option<&'static str>,
    /// What it does.
    pub about: &'static str,
    /// Whose covenant answers.
    pub between: Between,
    /// Which way is stricter.
    pub(super) stricter: Stricter,
    /// For what a change counts.
    pub counts: &'static str,
}

/// Whose covenant answers where two organisations signed different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// That of the organisation that acts, or that the signal is of.
    Own,
    /// The stricter of those of all parties.
    Stricter,
}

/// Which of two values is stricter.
#[derive(Debug)]
pub(super) enum Stricter {
    /// The one with the higher number.
    Higher(&'static str, fn(&Covenant) -> i64),
    /// The one that lists more.
    More(&'static str, fn(&Covenant) -> BTreeSet<String>),
    /// The one that lists fewer.
    Fewer(&'static str, fn(&Covenant) -> BTreeSet<String>),
    /// Neither.
    Neither,
}

impl Stricter {
    const fn words(&self) -> &'static str {
        match self {
            Self::Higher(words, _) | Self::More(words, _) | Self::Fewer(words, _) => words,
            Self::Neither => "",
        }
    }
}

const AT_ONCE: &str = "at once, for what is on record too";
const SIGNALS: &str = "signals given from then on";
const MATCHES: &str = "matches and parties that become visible from then on";
const REQUESTS: &str = "requests made from then on";

/// Every setting, in the order in which a file has them.
pub const SETTINGS: [Setting; 25] = {
    use Between::{Own, Stricter as Both};
    use Stricter::{Fewer, Higher, More, Neither};
    [
        Setting {
            name: "name",
            takes: "one line",
            default: None,
            about: "What the covenant is called. Applying a file changes the covenant of this name, or makes one.",
            between: Own,
            stricter: Neither,
            counts: AT_ONCE,
        },
        Setting {
            name: "municipality",
            takes: "the name of a registered municipality",
            default: None,
            about: "Answers for the family's rights (GDPR article 4(7)): objections, access and erasure are its cases.",
            between: Own,
            stricter: Neither,
            counts: AT_ONCE,
        },
        Setting {
            name: "follow_up_officer",
            takes: "the name of a registered municipality",
            default: Some("the municipality"),
            about: "Whose follow-up officer sees that parties made contact.",
            between: Own,
            stricter: Neither,
            counts: AT_ONCE,
        },
        Setting {
            name: "time_zone",
            takes: "an IANA name",
            default: Some("\"Europe/Amsterdam\""),
            about: "Where days begin and end.",
            between: Both,
            stricter: Neither,
            counts: "instants that are computed from then on; those on record stay",
        },
        Setting {
            name: "legal_mode",
            takes: "`notify` or `consent_first`",
            default: Some("\"notify\""),
            about: "On what a signal rests: with `consent_first` it sleeps, unseen, until the family agreed to it.",
            between: Own,
            stricter: Higher("`consent_first`", |covenant| covenant.legal_mode as i64),
            counts: SIGNALS,
        },
        Setting {
            name: "reveal",
            takes: "`on_match` or `on_consent`",
            default: Some("\"on_match\""),
            about: "When a party sees which organisation the other party is.",
            between: Both,
            stricter: Higher("`on_consent`", |covenant| covenant.reveal as i64),
            counts: AT_ONCE,
        },
        Setting {
            name: "sensitive_sectors",
            takes: "a list of sectors",
            default: Some("[]"),
            about: "Sectors whose name alone says something about health or crime (GDPR articles 9 and 10): shown as \
                    \"another organisation\" until consent, to parties, lead and follow-up officer alike.",
            between: Both,
            stricter: More("more sectors", |covenant| slugs(&covenant.sensitive_sectors)),
            counts: AT_ONCE,
        },
        Setting {
            name: "may_signal",
            takes: "a list of sectors, not empty",
            default: Some("all"),
            about: "Which sectors may give a signal.",
            between: Own,
            stricter: Fewer("fewer sectors", |covenant| slugs(&covenant.may_signal)),
            counts: SIGNALS,
        },
        Setting {
            name: "may_lead",
            takes: "a list of sectors",
            default: Some("all"),
            about: "Which sectors may be lead of a match.",
            between: Both,
            stricter: Fewer("fewer sectors", |covenant| slugs(&covenant.may_lead)),
            counts: "proposals made from then on; who is lead stays so",
        },
        Setting {
            name: "delegation",
            takes: "`true` or `false`",
            default: Some("false"),
            about: "Whether an organisation may give signals for another that charged it with that.",
            between: Both,
            stricter: Higher("`false`", |covenant| i64::from(!covenant.delegation)),
            counts: SIGNALS,
        },
        Setting {
            name: "signal_max_days",
            takes: "1 to 730",
            default: Some("730"),
            about: "How many days a signal may last at most.",
            between: Own,
            stricter: Higher("fewer", |covenant| -i64::from(covenant.signal_max_days)),
            counts: SIGNALS,
        },
        Setting {
            name: "archive_years",
            takes: "1 to 5",
            default: Some("5"),
            about: "How many years an ended signal is kept, for one notice to a later party.",
            between: Own,
            stricter: Higher("fewer", |covenant| -i64::from(covenant.archive_years)),
            counts: SIGNALS,
        },
        Setting {
            name: "age_limit",
            takes: "18 to 23",
            default: Some("23"),
            about: "The birthday, in years, at which everything about a child goes (Jeugdwet, paragraph 7.1).",
            between: Own,
            stricter: Higher("lower", |covenant| -i64::from(covenant.age_limit)),
            counts: SIGNALS,
        },
        Setting {
            name: "contact_deadline_working_days",
            takes: "1 to 20",
            default: Some("5"),
            about: "Working days in which parties make contact.",
            between: Both,
            stricter: Higher("fewer", |covenant| {
                -i64::from(covenant.contact_deadline_working_days)
            }),
            counts: MATCHES,
        },
        Setting {
            name: "disclosure_deadline_days",
            takes: "1 to 28",
            default: Some("14"),
            about: "Days in which the family is told of a signal, or telling it is postponed; else the signal is paused \
                    (GDPR article 14(3): within a month).",
            between: Own,
            stricter: Higher("fewer", |covenant| -i64::from(covenant.disclosure_deadline_days)),
            counts: SIGNALS,
        },
        Setting {
            name: "consent_days",
            takes: "1 to 730",
            default: Some("365"),
            about: "Days a consent stands at most.",
            between: Both,
            stricter: Higher("fewer", |covenant| -i64::from(covenant.consent_days)),
            counts: REQUESTS,
        },
        Setting {
            name: "on_age_boundary",
            takes: "`keep` or `ask_again`",
            default: Some("\"keep\""),
            about: "What becomes of signatures when a birthday changes who must sign an open request. From the 16th the \
                    young person always decides anew.",
            between: Both,
            stricter: Higher("`ask_again`", |covenant| covenant.on_age_boundary as i64),
            counts: "birthdays from then on",
        },
        Setting {
            name: "one_guardian_may_declare",
            takes: "`true` or `false`",
            default: Some("false"),
            about: "Whether one guardian may declare for both. The audit log shows that basis.",
            between: Both,
            stricter: Higher("`false`", |covenant| {
                i64::from(!covenant.one_guardian_may_declare)
            }),
            counts: REQUESTS,
        },
        Setting {
            name: "attested_consent",
            takes: "`true` or `false`",
            default: Some("false"),
            about: "Whether a professional may record a signature that was given orally or on paper.",
            between: Both,
            stricter: Higher("`false`", |covenant| i64::from(!covenant.attested_consent)),
            counts: "signatures recorded from then on",
        },
        Setting {
            name: "family_match",
            takes: "`true` or `false`",
            default: Some("false"),
            about: "Whether children of one guardian are matched, as \"not the same child\".",
            between: Both,
            stricter: Higher("`false`", |covenant| i64::from(!covenant.family_match)),
            counts: SIGNALS,
        },
        Setting {
            name: "notice_interval_minutes",
            takes: "0 (at once) or a divisor of 60",
            default: Some("15"),
            about: "Matches become visible at multiples of so many minutes of the hour, so that the moment does not say \
                    who signalled when.",
            between: Both,
            stricter: Higher("longer", |covenant| i64::from(covenant.notice_interval_minutes)),
            counts: "what happens from then on",
        },
        Setting {
            name: "signals_per_hour",
            takes: "1 to 1000000",
            default: Some("100"),
            about: "How many signals an organisation may give in one hour of the clock; more are refused (429) and the \
                    supervisor is alerted. Raise it for the first load of a region.",
            between: Own,
            stricter: Higher("fewer", |covenant| -i64::from(covenant.signals_per_hour)),
            counts: "the hour in which it is applied",
        },
        Setting {
            name: "pseudonym_scheme",
            takes: "`keyed_hash` or `oblivious`",
            default: Some("\"keyed_hash\""),
            about: "Which tokens are taken. `oblivious`: only those that the organisation's own system blinded. Where the \
                    operator asked more of one organisation, that holds.",
            between: Own,
            stricter: Higher("`oblivious`", |covenant| covenant.pseudonym_scheme as i64),
            counts: "tokens sent from then on",
        },
        Setting {
            name: "liberation_day",
            takes: "`every_year` or `lustrum`",
            default: Some("\"every_year\""),
            about: "In which years 5 May is no working day (Algemene termijnenwet, article 3).",
            between: Both,
            stricter: Higher("`lustrum`, since deadlines are shorter", |covenant| {
                covenant.liberation_day as i64
            }),
            counts: "deadlines that are computed from then on",
        },
        Setting {
            name: "grounds",
            takes: "a table of slug = \"Dutch text\"",
            default: None,
            about: "What a professional ticks. It is checked and not stored.",
            between: Own,
            stricter: Fewer("fewer grounds", |covenant| {
                covenant.grounds.keys().cloned().collect()
            }),
            counts: SIGNALS,
        },
    ]
};

fn slugs(sectors: &BTreeSet<Sector>) -> BTreeSet<String> {
    sectors.iter().map(|sector| sector.slug().to_owned()).collect()
}

/// The settings as a table for docs/COVENANT.md.
pub fn markdown() -> String {
    let mut table = String::from(
        "| setting | takes | left out | does | stricter | between covenants | a change counts for |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for setting in &SETTINGS {
        let default = match setting.default {
            None => "must be given".to_owned(),
            Some(words @ ("all" | "the municipality")) => words.to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let between = match setting.between {
            Between::Own => "own",
            Between::Stricter => "stricter of all",
        };
        table += &format!(
            "| `{}` | {} | {default} | {} | {} | {between} | {} |\n",
            setting.name,
            setting.takes,
            setting.about,
            setting.stricter.words(),
            setting.counts,
        );
    }
    table
}
