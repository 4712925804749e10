//! Settings from TOML and back, all errors at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;

use toml::{Table, Value};

use super::{Covenant, LegalMode, OnAgeBoundary, PseudonymScheme, Reveal, SETTINGS};
use crate::actor::Sector;
use crate::calendar::{self, LiberationDay};
use crate::words::UnknownWord;

/// What is wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// Where, such as `grounds.bullying`; empty when the text is not TOML at all.
    pub path: String,
    /// What, in a sentence.
    pub problem: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.path, self.problem)
        }
    }
}

impl std::error::Error for SettingError {}

/// A covenant, its municipality or a ground is named in at most this many characters.
const LONGEST_TEXT: usize = 200;
const LONGEST_SLUG: usize = 64;
const MOST_GROUNDS: usize = 100;

/// At most two years: a signal that is still needed then is weighed anew.
const SIGNAL_MAX_DAYS: (RangeInclusive<u16>, u16) = (1..=730, 730);
/// The referral index is about persons under 23 (Jeugdwet, paragraph 7.1); a region may stop earlier.
const AGE_LIMIT: (RangeInclusive<u8>, u8) = (18..=23, 23);
const CONTACT_DEADLINE_WORKING_DAYS: (RangeInclusive<u8>, u8) = (1..=20, 5);
/// Ended signals are kept for five years at most.
const ARCHIVE_YEARS: (RangeInclusive<u8>, u8) = (1..=5, 5);
/// Who gets data about somebody from others says so within a month at the latest (GDPR article 14(3)(a)); February is
/// the shortest.
const DISCLOSURE_DEADLINE_DAYS: (RangeInclusive<u8>, u8) = (1..=28, 14);
/// Far more than any organisation gives: 7,000 signals a year come from a whole region of half a million people.
const SIGNALS_PER_HOUR: (RangeInclusive<u32>, u32) = (1..=1_000_000, 100);
const CONSENT_DAYS: (RangeInclusive<u16>, u16) = (1..=730, 365);
const NOTICE_INTERVAL_MINUTES: (RangeInclusive<u8>, u8) = (0..=60, 15);

pub(super) fn covenant(text: &str) -> Result<Covenant, Vec<SettingError>> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        vec![SettingError {
            path: String::new(),
            problem: format!("not TOML: {}", error.message()),
        }]
    })?;
    let mut reader = Reader {
        table,
        errors: Vec::new(),
    };

    let name = reader.text("name");
    let municipality = reader.text("municipality");
    let follow_up_officer = reader.optional_text("follow_up_officer", &municipality);
    let time_zone = reader.time_zone("time_zone", "Europe/Amsterdam");
    let legal_mode = reader.word("legal_mode", LegalMode::Notify);
    let reveal = reader.word("reveal", Reveal::OnMatch);
    let sensitive_sectors = reader.sectors("sensitive_sectors", &[]);
    let may_signal = reader.sectors("may_signal", &Sector::ALL);
    reader.refuse_empty("may_signal", &may_signal, "empty: nobody could give a signal");
    let may_lead = reader.sectors("may_lead", &Sector::ALL);
    let delegation = reader.permission("delegation");
    let signal_max_days = reader.number("signal_max_days", SIGNAL_MAX_DAYS);
    let archive_years = reader.number("archive_years", ARCHIVE_YEARS);
    let age_limit = reader.number("age_limit", AGE_LIMIT);
    let contact_deadline_working_days =
        reader.number("contact_deadline_working_days", CONTACT_DEADLINE_WORKING_DAYS);
    let disclosure_deadline_days = reader.number("disclosure_deadline_days", DISCLOSURE_DEADLINE_DAYS);
    let consent_days = reader.number("consent_days", CONSENT_DAYS);
    let on_age_boundary = reader.word("on_age_boundary", OnAgeBoundary::Keep);
    let one_guardian_may_declare = reader.permission("one_guardian_may_declare");
    let attested_consent = reader.permission("attested_consent");
    let family_match = reader.permission("family_match");
    let notice_interval_minutes = reader.number("notice_interval_minutes", NOTICE_INTERVAL_MINUTES);
    if notice_interval_minutes > 0 && 60 % notice_interval_minutes != 0 {
        reader.refuse(
            "notice_interval_minutes",
            "must divide an hour: 0 (at once), 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60",
        );
    }
    let signals_per_hour = reader.number("signals_per_hour", SIGNALS_PER_HOUR);
    let pseudonym_scheme = reader.word("pseudonym_scheme", PseudonymScheme::KeyedHash);
    let liberation_day = reader.word("liberation_day", LiberationDay::EveryYear);
    let grounds = reader.grounds("grounds");
    reader.refuse_what_is_left();

    let (Some(time_zone), []) = (time_zone, &*reader.errors) else {
        return Err(reader.errors);
    };
    Ok(Covenant {
        name,
        municipality,
        follow_up_officer,
        time_zone,
        legal_mode,
        reveal,
        sensitive_sectors,
        may_signal,
        may_lead,
        delegation,
        signal_max_days,
        archive_years,
        age_limit,
        contact_deadline_working_days,
        disclosure_deadline_days,
        consent_days,
        on_age_boundary,
        one_guardian_may_declare,
        attested_consent,
        family_match,
        notice_interval_minutes,
        signals_per_hour,
        pseudonym_scheme,
        liberation_day,
        grounds,
    })
}

/// All settings, defaults spelled out.
pub(super) fn table(covenant: &Covenant) -> Table {
    let sectors = |set: &BTreeSet<Sector>| -> Value {
        set.iter()
            .map(|sector| Value::from(sector.slug()))
            .collect::<Vec<_>>()
            .into()
    };
    let grounds: Table = covenant
        .grounds
        .iter()
        .map(|(slug, text)| (slug.clone(), text.clone().into()))
        .collect();
    let settings: [(&str, Value); SETTINGS.len()] = [
        ("name", covenant.name.clone().into()),
        ("municipality", covenant.municipality.clone().into()),
        ("follow_up_officer", covenant.follow_up_officer.clone().into()),
        (
            "time_zone",
            covenant.time_zone.iana_name().unwrap_or_default().into(),
        ),
        ("legal_mode", covenant.legal_mode.slug().into()),
        ("reveal", covenant.reveal.slug().into()),
        ("sensitive_sectors", sectors(&covenant.sensitive_sectors)),
        ("may_signal", sectors(&covenant.may_signal)),
        ("may_lead", sectors(&covenant.may_lead)),
        ("delegation", covenant.delegation.into()),
        ("signal_max_days", i64::from(covenant.signal_max_days).into()),
        ("archive_years", i64::from(covenant.archive_years).into()),
        ("age_limit", i64::from(covenant.age_limit).into()),
        (
            "contact_deadline_working_days",
            i64::from(covenant.contact_deadline_working_days).into(),
        ),
        (
            "disclosure_deadline_days",
            i64::from(covenant.disclosure_deadline_days).into(),
        ),
        ("consent_days", i64::from(covenant.consent_days).into()),
        ("on_age_boundary", covenant.on_age_boundary.slug().into()),
        (
            "one_guardian_may_declare",
            covenant.one_guardian_may_declare.into(),
        ),
        ("attested_consent", covenant.attested_consent.into()),
        ("family_match", covenant.family_match.into()),
        (
            "notice_interval_minutes",
            i64::from(covenant.notice_interval_minutes).into(),
        ),
        ("signals_per_hour", i64::from(covenant.signals_per_hour).into()),
        ("pseudonym_scheme", covenant.pseudonym_scheme.slug().into()),
        ("liberation_day", covenant.liberation_day.slug().into()),
        ("grounds", grounds.into()),
    ];
    settings
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// A closed list of words that a setting chooses from.
trait Choice: Sized + Copy + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;
    fn read(word: &str) -> Result<Self, UnknownWord>;
}

macro_rules! choices {
    ($($name:ident),+) => {$(
        impl Choice for $name {
            const ALL: &'static [Self] = &$name::ALL;
            fn word(self) -> &'static str {
                self.slug()
            }
            fn read(word: &str) -> Result<Self, UnknownWord> {
                Self::from_slug(word)
            }
        }
    )+};
}

choices!(LegalMode, Reveal, OnAgeBoundary, PseudonymScheme, LiberationDay);

/// Takes one key after the other out of the table and keeps what is wrong. After an error it goes on with a value that
/// is never used.
struct Reader {
    table: Table,
    errors: Vec<SettingError>,
}

impl Reader {
    fn refuse(&mut self, path: &str, problem: impl Into<String>) {
        self.errors.push(SettingError {
            path: path.to_owned(),
            problem: problem.into(),
        });
    }

    fn text(&mut self, key: &str) -> String {
        match self.table.remove(key) {
            Some(Value::String(text)) => {
                if let Err(problem) = is_one_line(&text) {
                    self.refuse(key, problem);
                }
                text
            }
            Some(_) => {
                self.refuse(key, "must be a text");
                String::new()
            }
            None => {
                self.refuse(key, "missing");
                String::new()
            }
        }
    }

    fn time_zone(&mut self, key: &str, default: &str) -> Option<jiff::tz::TimeZone> {
        let found = match self.table.remove(key) {
            Some(Value::String(name)) => calendar::time_zone(&name),
            Some(_) => Err(calendar::UnknownTimeZone),
            None => calendar::time_zone(default),
        };
        found.map_err(|error| self.refuse(key, error.to_string())).ok()
    }

    fn optional_text(&mut self, key: &str, default: &str) -> String {
        if self.table.contains_key(key) {
            self.text(key)
        } else {
            default.to_owned()
        }
    }

    fn word<W: Choice>(&mut self, key: &str, default: W) -> W {
        let found = match self.table.remove(key) {
            Some(Value::String(word)) => W::read(&word).ok(),
            Some(_) => None,
            None => Some(default),
        };
        found.unwrap_or_else(|| {
            let words: Vec<String> = W::ALL.iter().map(|word| format!("\"{}\"", word.word())).collect();
            self.refuse(key, format!("must be {}", words.join(" or ")));
            default
        })
    }

    /// What a region allows, or not: not, unless it says so.
    fn permission(&mut self, key: &str) -> bool {
        match self.table.remove(key) {
            Some(Value::Boolean(given)) => given,
            Some(_) => {
                self.refuse(key, "must be true or false");
                false
            }
            None => false,
        }
    }

    /// Unless something was wrong with the list already.
    fn refuse_empty(&mut self, key: &str, list: &BTreeSet<Sector>, problem: &str) {
        let is_wrong = self.errors.iter().any(|error| error.path.starts_with(key));
        if list.is_empty() && !is_wrong {
            self.refuse(key, problem);
        }
    }

    fn sectors(&mut self, key: &str, default: &[Sector]) -> BTreeSet<Sector> {
        let list = match self.table.remove(key) {
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.refuse(key, "must be a list of sectors");
                return default.iter().copied().collect();
            }
            None => return default.iter().copied().collect(),
        };
        let mut found = BTreeSet::new();
        for (place, value) in list.iter().enumerate() {
            let path = format!("{key}[{place}]");
            match value.as_str().map(Sector::from_slug) {
                Some(Ok(sector)) if found.insert(sector) => {}
                Some(Ok(_)) => self.refuse(&path, "named twice"),
                _ => {
                    let known = Sector::ALL.map(Sector::slug).join(", ");
                    self.refuse(&path, format!("not a sector; the sectors are {known}"));
                }
            }
        }
        found
    }

    fn number<N>(&mut self, key: &str, (bounds, default): (RangeInclusive<N>, N)) -> N
    where
        N: TryFrom<i64> + PartialOrd + Copy + fmt::Display,
    {
        let Some(value) = self.table.remove(key) else {
            return default;
        };
        match value.as_integer().and_then(|number| N::try_from(number).ok()) {
            Some(number) if bounds.contains(&number) => number,
            _ => {
                self.refuse(
                    key,
                    format!(
                        "must be a whole number from {} to {}",
                        bounds.start(),
                        bounds.end()
                    ),
                );
                default
            }
        }
    }

    fn grounds(&mut self, key: &str) -> BTreeMap<String, String> {
        let table = match self.table.remove(key) {
            Some(Value::Table(table)) => table,
            Some(_) => {
                self.refuse(key, "must be a table of slug = \"Dutch text\"");
                return BTreeMap::new();
            }
            None => {
                self.refuse(key, "missing");
                return BTreeMap::new();
            }
        };
        if table.is_empty() || table.len() > MOST_GROUNDS {
            self.refuse(key, format!("must name from 1 to {MOST_GROUNDS} grounds"));
        }
        let mut found = BTreeMap::new();
        for (slug, value) in table {
            let path = format!("{key}.{slug}");
            if !is_slug(&slug) {
                self.refuse(
                    &path,
                    format!("a slug is 1 to {LONGEST_SLUG} of a-z, 0-9 and single inner hyphens"),
                );
            }
            match value {
                Value::String(text) => match is_one_line(&text) {
                    Ok(()) => {
                        found.insert(slug, text);
                    }
                    Err(problem) => self.refuse(&path, problem),
                },
                _ => self.refuse(&path, "must be a text"),
            }
        }
        found
    }

    fn refuse_what_is_left(&mut self) {
        for (key, _) in std::mem::take(&mut self.table) {
            self.refuse(&key, "not a setting of this service");
        }
    }
}

fn is_one_line(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("empty".to_owned());
    }
    if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
        return Err(format!("must be one line of at most {LONGEST_TEXT} characters"));
    }
    Ok(())
}

fn is_slug(slug: &str) -> bool {
    slug.len() <= LONGEST_SLUG
        && slug.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
