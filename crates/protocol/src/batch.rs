//! A batch: up to 100,000 signals in one request, one JSON object on each line (NDJSON, `application/x-ndjson`), each the body
//! of `POST /v1/signals`. It is answered before anything is done with it; what came of each line is read afterwards.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::MAX_BODY_BYTES;
use crate::body::{Body, FieldError, FieldErrorCode, Object, Refused, deserialize_as_body};
use crate::id::Id;
use crate::problem::ProblemType;

/// The media type of a batch.
pub const NDJSON: &str = "application/x-ndjson";

/// The largest batch, in bytes.
pub const MAX_BATCH_BYTES: u64 = 64 * 1024 * 1024;

/// The most lines of a batch.
pub const MAX_BATCH_LINES: u32 = 100_000;

/// The longest line, in bytes without its line feed: that of a signal on its own.
pub const MAX_LINE_BYTES: usize = MAX_BODY_BYTES;

/// A batch, as its organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub state: BatchState,
    /// When all of it had arrived.
    pub received_at: Timestamp,
    /// Since when nothing more comes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Until when it can be read. What is not worked off by then, or released, is destroyed.
    pub until: Timestamp,
    /// How many lines it has.
    #[schema(example = 1200, maximum = 100_000)]
    pub lines: u32,
    /// Of how many it is known what came of them.
    #[schema(example = 1000)]
    pub processed: u32,
    /// How many are over the covenant's number of signals an hour, and have no effect unless a supervisor releases them.
    #[schema(example = 200)]
    pub held_lines: u32,
    /// What came of how many.
    pub outcomes: BatchOutcomes,
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BatchState {
    /// Not all of it has arrived. Nothing is done with it before.
    Receiving,
    /// It waits for its turn.
    Queued,
    /// Its lines are worked off.
    Working,
    /// What is left of it is held: a supervisor releases or refuses it.
    Held,
    /// Nothing more comes of it.
    Ended,
}

/// What came of how many lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchOutcomes {
    /// New signals (201).
    pub created: u32,
    /// Signals that your organisation had already (200).
    pub known: u32,
    /// Refused.
    pub refused: u32,
    /// Taken back by your organisation before they were worked off.
    pub withdrawn: u32,
    /// Waited too long, and were destroyed.
    pub lapsed: u32,
}

/// A line, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchLine {
    /// Its number, from 1.
    #[schema(minimum = 1, maximum = 100_000)]
    pub line: u32,
    /// Where it stands.
    pub state: BatchLineState,
    /// The HTTP status with which the same body is answered by `POST /v1/signals`; when it is `done`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 200, maximum = 599, example = 201)]
    pub status: Option<u16>,
    /// The signal, with status 200 or 201.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Id>,
    /// The log's signed promise that the signal stands in it; with status 201.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// Why it was refused; with any other status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<LineProblem>,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BatchLineState {
    /// It waits for its turn.
    Waiting,
    /// It is over the number of signals an hour.
    Held,
    /// It was answered as a signal on its own would have been.
    Done,
    /// Your organisation took the batch back before.
    Withdrawn,
    /// It waited too long, and was destroyed.
    Lapsed,
}

/// Why a line was refused: the members of a problem document that do not hang on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineProblem {
    /// Which problem: the address of a page that gives cause and remedy.
    #[serde(rename = "type")]
    #[schema(format = "uri", example = "https://trefpunt.example/problems/invalid-request")]
    pub kind: String,
    /// The problem in a few words.
    #[schema(example = "Invalid request")]
    pub title: String,
    /// The problem in a sentence; never repeats what was sent.
    #[schema(example = "The request has faults; the list says where.")]
    pub detail: String,
    /// Every fault in the line, when the problem is in its members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl LineProblem {
    /// The problem of one line. `base` is the service's own address without a trailing slash.
    pub fn new(problem: ProblemType, base: &str, errors: Vec<FieldError>) -> Self {
        let row = problem.row();
        Self {
            kind: format!("{base}/problems/{}", row.slug),
            title: row.title.to_owned(),
            detail: row.detail.to_owned(),
            errors,
        }
    }

    /// The row of the table it was made from, when its type is one of ours.
    pub fn problem_type(&self) -> Option<ProblemType> {
        ProblemType::from_slug(self.kind.rsplit_once("/problems/")?.1)
    }
}

/// Body of `POST /v1/signals/batches/{id}/withdrawals`: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchWithdrawalSubmission {}

deserialize_as_body!(BatchWithdrawalSubmission);

impl Body for BatchWithdrawalSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// Body of `POST /v1/alerts/{id}/decisions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeldDecisionSubmission {
    /// What is to become of the lines that are held.
    pub decision: HeldDecision,
}

/// What a supervisor decides about lines that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeldDecision {
    /// They are worked off, whatever the hour.
    Released,
    /// They are destroyed, and answered as signals over the number an hour are.
    Refused,
}

deserialize_as_body!(HeldDecisionSubmission);

impl Body for HeldDecisionSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let decision = object.text("decision", |text| match text {
            "released" => Ok(HeldDecision::Released),
            "refused" => Ok(HeldDecision::Refused),
            _ => Err(FieldErrorCode::InvalidFormat),
        })?;
        Some(Self { decision })
    }
}

/// The answer to a decision about lines that are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldDecided {
    /// The alert.
    pub alert: Id,
    /// What was decided.
    pub decision: HeldDecision,
    /// About how many lines.
    pub lines: u32,
    /// When.
    pub decided_at: Timestamp,
}

/// A line of a batch as it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// All of it, without its line feed.
    Whole(&'a [u8]),
    /// It was longer than a line may be, and thrown away.
    TooLong,
}

impl Line<'_> {
    /// Reads the body of a signal.
    ///
    /// # Errors
    /// [`Refused`], as the same body on its own.
    pub fn read<T: Body>(&self) -> Result<T, Refused> {
        match self {
            Self::Whole(bytes) => T::parse(bytes),
            Self::TooLong => Err(Refused {
                problem: ProblemType::PayloadTooLarge,
                errors: Vec::new(),
            }),
        }
    }
}

/// Cuts what arrives into lines, wherever the parts that arrive begin and end. Holds at most one line.
#[derive(Default)]
pub struct Lines {
    /// Of a line that did not end yet.
    begun: Vec<u8>,
    /// Whether that is too long already.
    too_long: bool,
    /// Whether anything of that line arrived.
    open: bool,
}

impl Lines {
    /// Takes what arrived up to the end of the next line; gives how many bytes that are, and that line if it ended.
    pub fn next<'a>(&'a mut self, arrived: &'a [u8]) -> (usize, Option<Line<'a>>) {
        let end = arrived.iter().position(|byte| *byte == b'\n');
        let part = &arrived[..end.unwrap_or(arrived.len())];
        if std::mem::take(&mut self.open) {
            self.keep(part);
        } else {
            self.begun.clear();
            self.too_long = false;
            if end.is_some() && part.len() <= MAX_LINE_BYTES {
                return (part.len() + 1, Some(Line::Whole(part)));
            }
            self.keep(part);
        }
        match end {
            Some(end) => (end + 1, Some(self.whole())),
            None => {
                self.open = !arrived.is_empty() || !self.begun.is_empty() || self.too_long;
                (arrived.len(), None)
            }
        }
    }

    /// The last line, when what arrived does not end with a line feed.
    pub fn last(&mut self) -> Option<Line<'_>> {
        std::mem::take(&mut self.open).then(|| self.whole())
    }

    fn keep(&mut self, part: &[u8]) {
        self.too_long |= self.begun.len() + part.len() > MAX_LINE_BYTES;
        if self.too_long {
            self.begun.clear();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn whole(&self) -> Line<'_> {
        match self.too_long {
            true => Line::TooLong,
            false => Line::Whole(&self.begun),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines of what arrives in these parts: the text, or none for one that is too long.
    fn read(parts: &[&[u8]]) -> Vec<Option<Vec<u8>>> {
        let owned = |line: Line<'_>| match line {
            Line::Whole(bytes) => Some(bytes.to_vec()),
            Line::TooLong => None,
        };
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for part in parts {
            let mut rest = *part;
            while !rest.is_empty() {
                let (taken, line) = lines.next(rest);
                found.extend(line.map(owned));
                rest = &rest[taken..];
            }
        }
        found.extend(lines.last().map(owned));
        found
    }

    fn texts(parts: &[&[u8]]) -> Vec<String> {
        let text =
            |line: Option<Vec<u8>>| line.map_or("-".to_owned(), |line| String::from_utf8(line).unwrap());
        read(parts).into_iter().map(text).collect()
    }

    #[test]
    fn a_line_ends_with_a_line_feed_or_with_the_batch() {
        assert_eq!(texts(&[b""]), [""; 0]);
        assert_eq!(texts(&[b"{}\n"]), ["{}"]);
        assert_eq!(texts(&[b"{}"]), ["{}"]);
        assert_eq!(texts(&[b"{", b"}", b"\n", b"[]"]), ["{}", "[]"]);
        assert_eq!(texts(&[b"\n\na"]), ["", "", "a"], "an empty line is a line");
        assert_eq!(texts(&[b"a\r\n"]), ["a\r"]);
    }

    #[test]
    fn a_line_that_is_too_long_is_thrown_away_and_the_next_is_read() {
        let longest = vec![b'x'; MAX_LINE_BYTES];
        let too_long = vec![b'x'; MAX_LINE_BYTES + 1];
        let end = b"\nnext".as_slice();
        assert_eq!(
            read(&[&longest, end]),
            [Some(longest.clone()), Some(b"next".to_vec())]
        );
        assert_eq!(read(&[&too_long, end]), [None, Some(b"next".to_vec())]);
        let whole = [too_long.as_slice(), end].concat();
        assert_eq!(read(&[&whole]), [None, Some(b"next".to_vec())]);
        assert_eq!(read(&[&longest, b"y", b"z", b"\n"]), [None]);
        assert_eq!(read(&[&too_long, &too_long]), [None]);
        let mut lines = Lines::default();
        for _ in 0..100 {
            lines.next(&too_long);
        }
        assert!(
            lines.begun.capacity() <= 2 * MAX_LINE_BYTES,
            "what is too long is not kept"
        );
    }

    proptest! {
        #[test]
        fn where_the_parts_end_makes_no_difference(
            text in "[a\\n]{0,40}", cuts in prop::collection::vec(0_usize..40, 0..6),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|pair| &text.as_bytes()[pair[0]..pair[1]]).collect();
            let mut expected: Vec<&str> = text.split('\n').collect();
            if expected.last() == Some(&"") {
                expected.pop();
            }
            prop_assert_eq!(texts(&parts), expected);
        }
    }

    #[test]
    fn a_decision_is_one_of_two() {
        let read = |text: &str| HeldDecisionSubmission::parse(text.as_bytes()).map(|body| body.decision);
        assert_eq!(read(r#"{"decision":"released"}"#), Ok(HeldDecision::Released));
        assert_eq!(read(r#"{"decision":"refused"}"#), Ok(HeldDecision::Refused));
        assert!(read(r#"{"decision":"maybe"}"#).is_err());
        assert!(read("{}").is_err());
    }
}
