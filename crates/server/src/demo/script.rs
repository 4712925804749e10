//! How far the story is: what was done, what came of it, and the key of the act that is under way.
//!
//! The file is written before each act and after it. Whoever starts again after a crash repeats the one act of which no
//! outcome was written, under the same Idempotency-Key: it takes hold once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use protocol::{IdempotencyKey, OrganisationId, YearMonth};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::DemoError;
use crate::environment;
use crate::files::{self, FileError, Readers};

/// The service keeps answers to repeated acts for 24 hours at least; a story older than this begins anew.
const MOST_AGE: SignedDuration = SignedDuration::from_hours(20);

/// The part of a round: the story itself, and the case that is left for the reader to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Story,
    Live,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Live => "live",
        }
    }
}

/// The story as it is on disk. Mode 0600: it holds invitation codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Round {
    /// The first is 1; each has children of its own.
    number: u32,
    began_at: Timestamp,
    /// Who plays: a new database means new organisations, and then an old round cannot go on.
    organisations: [OrganisationId; 2],
    story: Child,
    live: Child,
    /// Every act by its name.
    acts: BTreeMap<String, Act>,
    /// Whether the story came to its end.
    finished: bool,
    /// Whether the case for the reader was prepared.
    prepared: bool,
}

/// A child that does not exist, and what is said about it. Kept so that a repeated act says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Child {
    /// A number from the range for tests.
    pub(super) bsn: String,
    /// When the signals end by themselves.
    pub(super) planned_end: Date,
    /// The month of the 23rd birthday.
    pub(super) destroy_by: YearMonth,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Act {
    key: IdempotencyKey,
    outcome: Option<Value>,
}

/// The story cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file holds something else.
    #[error("{}: cannot be read; delete it to begin a new story", .0.display())]
    Form(PathBuf),
    /// 4,500 rounds were played.
    #[error("all test numbers are used: choose another --data-dir")]
    NoMoreChildren,
}

/// The story, on disk and in memory.
pub(super) struct Script {
    path: PathBuf,
    round: Round,
}

/// How a story begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// From the start, with a new child.
    New,
    /// Where it was interrupted.
    Continued,
    /// The story had ended; only the case for the reader was interrupted.
    Unprepared,
}

impl Script {
    /// Opens the script where it stopped, or writes a new round.
    pub(super) fn open(
        path: &Path,
        organisations: [OrganisationId; 2],
        now: Timestamp,
    ) -> Result<(Self, Beginning), ScriptError> {
        let Some(round) = read(path)? else {
            return Self::begin(path, 1, organisations, now);
        };
        let fresh = now.duration_since(round.began_at) < MOST_AGE && round.organisations == organisations;
        let half_prepared =
            round.acts.keys().any(|name| name.starts_with(Part::Live.name())) && !round.prepared;
        let beginning = match (fresh, round.finished) {
            (true, false) => Beginning::Continued,
            (true, true) if half_prepared => Beginning::Unprepared,
            _ => return Self::begin(path, round.number.saturating_add(1), organisations, now),
        };
        Ok((
            Self {
                path: path.to_owned(),
                round,
            },
            beginning,
        ))
    }

    /// The next round.
    pub(super) fn next(self, now: Timestamp) -> Result<Self, ScriptError> {
        let number = self.round.number.saturating_add(1);
        Ok(Self::begin(&self.path, number, self.round.organisations, now)?.0)
    }

    /// The round as it was left, whatever its state.
    pub(super) fn again(path: &Path) -> Result<Self, ScriptError> {
        let round = read(path)?.ok_or_else(|| ScriptError::Form(path.to_owned()))?;
        Ok(Self {
            path: path.to_owned(),
            round,
        })
    }

    fn begin(
        path: &Path,
        number: u32,
        organisations: [OrganisationId; 2],
        now: Timestamp,
    ) -> Result<(Self, Beginning), ScriptError> {
        let child = |place: u32| {
            Child::new(
                number.saturating_sub(1).saturating_mul(2).saturating_add(place),
                now,
            )
        };
        let round = Round {
            number,
            began_at: now,
            organisations,
            story: child(0)?,
            live: child(1)?,
            acts: BTreeMap::new(),
            finished: false,
            prepared: false,
        };
        let script = Self {
            path: path.to_owned(),
            round,
        };
        script.write()?;
        Ok((script, Beginning::New))
    }

    pub(super) fn number(&self) -> u32 {
        self.round.number
    }

    pub(super) fn child(&self, part: Part) -> &Child {
        match part {
            Part::Story => &self.round.story,
            Part::Live => &self.round.live,
        }
    }

    /// Does an act, or tells what came of it when it was done before.
    pub(super) async fn act<T: Serialize + DeserializeOwned>(
        &mut self,
        part: Part,
        name: &str,
        act: impl AsyncFnOnce(&IdempotencyKey) -> Result<T, DemoError>,
    ) -> Result<T, DemoError> {
        let name = format!("{}.{name}", part.name());
        let form = || ScriptError::Form(self.path.clone());
        let key = match self.round.acts.get(&name) {
            Some(Act {
                outcome: Some(outcome),
                ..
            }) => {
                return Ok(serde_json::from_value(outcome.clone()).map_err(|_| form())?);
            }
            Some(Act { key, outcome: None }) => key.clone(),
            None => {
                let key = IdempotencyKey::from_random(environment::random());
                self.round.acts.insert(
                    name.clone(),
                    Act {
                        key: key.clone(),
                        outcome: None,
                    },
                );
                self.write()?;
                key
            }
        };
        let outcome = act(&key).await?;
        let value = serde_json::to_value(&outcome).map_err(|_| ScriptError::Form(self.path.clone()))?;
        self.round.acts.insert(
            name,
            Act {
                key,
                outcome: Some(value),
            },
        );
        self.write()?;
        Ok(outcome)
    }

    /// The story came to its end.
    pub(super) fn finish(&mut self) -> Result<(), ScriptError> {
        self.round.finished = true;
        self.write()
    }

    /// The case for the reader is prepared.
    pub(super) fn prepared(&mut self) -> Result<(), ScriptError> {
        self.round.prepared = true;
        self.write()
    }

    fn write(&self) -> Result<(), ScriptError> {
        let mut text =
            serde_json::to_string_pretty(&self.round).map_err(|_| ScriptError::Form(self.path.clone()))?;
        text.push('\n');
        Ok(files::write(&self.path, text.as_bytes(), Readers::Owner)?)
    }
}

fn read(path: &Path) -> Result<Option<Round>, ScriptError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = files::read(path)?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|_| ScriptError::Form(path.to_owned()))
}

impl Child {
    /// A child of about five, the `place`th.
    fn new(place: u32, now: Timestamp) -> Result<Self, ScriptError> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let bsn = test_number(place).ok_or(ScriptError::NoMoreChildren)?;
        let later = |years: i64| {
            today
                .checked_add(years.years())
                .map_err(|_| ScriptError::NoMoreChildren)
        };
        Ok(Self {
            bsn,
            planned_end: later(1)?,
            destroy_by: YearMonth::of(later(18)?),
        })
    }
}

/// The `place`th number from 999900000 that passes the 11-test. That range is given to nobody.
fn test_number(place: u32) -> Option<String> {
    (999_900_000_u32..=999_999_999)
        .map(|number| number.to_string())
        .filter(|text| identifiers::Bsn::parse(text).is_ok())
        .nth(usize::try_from(place).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: [OrganisationId; 2] = [OrganisationId([1; 16]), OrganisationId([2; 16])];

    fn now() -> Timestamp {
        "2026-11-21T09:00:00Z".parse().unwrap()
    }

    fn open(path: &Path, now: Timestamp) -> (Script, Beginning) {
        Script::open(path, WHO, now).unwrap()
    }

    async fn done(script: &mut Script, part: Part, name: &str) -> String {
        script
            .act(part, name, async |key| Ok(key.to_string()))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn an_act_that_was_interrupted_is_repeated_under_its_key_and_a_done_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("story.json");
        let (mut script, beginning) = open(&path, now());
        assert_eq!(beginning, Beginning::New);
        let first = done(&mut script, Part::Story, "first").await;
        let mut asked = None;
        let interrupted: Result<(), _> = script
            .act(Part::Story, "second", async |key| {
                asked = Some(key.to_string());
                Err(DemoError::NoMatch)
            })
            .await;
        assert!(interrupted.is_err());

        let (mut script, beginning) = open(&path, now());
        assert_eq!(beginning, Beginning::Continued);
        let told: String = script
            .act(Part::Story, "first", async |_| Err(DemoError::NoMatch))
            .await
            .unwrap();
        assert_eq!(told, first);
        assert_eq!(Some(done(&mut script, Part::Story, "second").await), asked);
        assert_eq!(files::open_to_others(&path), None);
    }

    #[tokio::test]
    async fn the_next_round_has_other_children_and_other_keys() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("story.json");
        let (mut script, _) = open(&path, now());
        let key = done(&mut script, Part::Story, "signal").await;
        let children = [
            script.child(Part::Story).bsn.clone(),
            script.child(Part::Live).bsn.clone(),
        ];
        script.finish().unwrap();

        let (mut script, beginning) = open(&path, now());
        assert_eq!((beginning, script.number()), (Beginning::New, 2));
        assert!(!children.contains(&script.child(Part::Story).bsn));
        assert!(!children.contains(&script.child(Part::Live).bsn));
        assert_ne!(done(&mut script, Part::Story, "signal").await, key);
    }

    #[tokio::test]
    async fn a_half_prepared_case_is_finished_before_the_next_round() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("story.json");
        let (mut script, _) = open(&path, now());
        script.finish().unwrap();
        done(&mut script, Part::Live, "signal").await;
        let (mut script, beginning) = open(&path, now());
        assert_eq!(beginning, Beginning::Unprepared);
        script.prepared().unwrap();
        assert_eq!(open(&path, now()).1, Beginning::New);
    }

    #[test]
    fn a_story_that_is_too_old_or_of_another_database_begins_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("story.json");
        open(&path, now());
        let later = now() + SignedDuration::from_hours(21);
        assert_eq!(open(&path, later).0.number(), 2);
        let others = [OrganisationId([3; 16]), OrganisationId([4; 16])];
        assert_eq!(Script::open(&path, others, later).unwrap().0.number(), 3);
        std::fs::write(&path, "{}").unwrap();
        assert!(matches!(
            Script::open(&path, WHO, later),
            Err(ScriptError::Form(_))
        ));
    }

    #[test]
    fn test_numbers_are_possible_numbers_of_nobody() {
        let first = test_number(0).unwrap();
        assert!(first.starts_with("9999"));
        assert_ne!(test_number(1), Some(first));
        assert!(test_number(9_000).is_some());
        assert_eq!(test_number(10_000), None);
    }
}
