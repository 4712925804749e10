//! Settings from TOML and back, all errors at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;

use toml::{Table, Value};

use super::{Covenant, Reveal};
use crate::actor::Sector;
use crate::calendar;

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
    let time_zone = reader.time_zone("time_zone", "Europe/Amsterdam");
    let reveal = reader.reveal("reveal", Reveal::OnMatch);
    let sensitive_sectors = reader.sectors("sensitive_sectors", &[]);
    let may_signal = reader.sectors("may_signal", &Sector::ALL);
    if may_signal.is_empty()
        && !reader
            .errors
            .iter()
            .any(|error| error.path.starts_with("may_signal"))
    {
        reader.refuse("may_signal", "empty: nobody could give a signal");
    }
    let signal_max_days = reader.number("signal_max_days", SIGNAL_MAX_DAYS);
    let age_limit = reader.number("age_limit", AGE_LIMIT);
    let contact_deadline_working_days =
        reader.number("contact_deadline_working_days", CONTACT_DEADLINE_WORKING_DAYS);
    let consent_days = reader.number("consent_days", CONSENT_DAYS);
    let notice_interval_minutes = reader.number("notice_interval_minutes", NOTICE_INTERVAL_MINUTES);
    if notice_interval_minutes > 0 && 60 % notice_interval_minutes != 0 {
        reader.refuse(
            "notice_interval_minutes",
            "must divide an hour: 0 (at once), 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60",
        );
    }
    let grounds = reader.grounds("grounds");
    reader.refuse_what_is_left();

    let (Some(time_zone), []) = (time_zone, &*reader.errors) else {
        return Err(reader.errors);
    };
    Ok(Covenant {
        name,
        municipality,
        time_zone,
        reveal,
        sensitive_sectors,
        may_signal,
        grounds,
        signal_max_days,
        age_limit,
        contact_deadline_working_days,
        consent_days,
        notice_interval_minutes,
    })
}

pub(super) fn write(covenant: &Covenant) -> String {
    let sectors = |set: &BTreeSet<Sector>| -> Value {
        set.iter()
            .map(|sector| Value::from(sector.slug()))
            .collect::<Vec<_>>()
            .into()
    };
    let mut table = Table::new();
    let mut set = |key: &str, value: Value| {
        table.insert(key.to_owned(), value);
    };
    set("name", covenant.name.clone().into());
    set("municipality", covenant.municipality.clone().into());
    set(
        "time_zone",
        covenant.time_zone.iana_name().unwrap_or_default().into(),
    );
    set("reveal", covenant.reveal.slug().into());
    set("sensitive_sectors", sectors(&covenant.sensitive_sectors));
    set("may_signal", sectors(&covenant.may_signal));
    set("signal_max_days", i64::from(covenant.signal_max_days).into());
    set("age_limit", i64::from(covenant.age_limit).into());
    set(
        "contact_deadline_working_days",
        i64::from(covenant.contact_deadline_working_days).into(),
    );
    set("consent_days", i64::from(covenant.consent_days).into());
    set(
        "notice_interval_minutes",
        i64::from(covenant.notice_interval_minutes).into(),
    );
    let grounds: Table = covenant
        .grounds
        .iter()
        .map(|(slug, text)| (slug.clone(), text.clone().into()))
        .collect();
    set("grounds", grounds.into());
    table.to_string()
}

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

    fn reveal(&mut self, key: &str, default: Reveal) -> Reveal {
        let found = match self.table.remove(key) {
            Some(Value::String(slug)) => Reveal::from_slug(&slug).ok(),
            Some(_) => None,
            None => Some(default),
        };
        found.unwrap_or_else(|| {
            self.refuse(key, "must be \"on_match\" or \"on_consent\"");
            default
        })
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
