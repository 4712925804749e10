//! A load at work: sends parts, a few under way at a time, looks what came of them, writes that down.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use client::{Error, Partner, PreparedBatch};
use protocol::batch::{Batch, BatchLine, BatchLineState, BatchOutcomes, BatchState};
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use protocol::{ClientId, Id};
use rustix::fs::{FlockOperation, flock};
use serde::Serialize;

use super::input::{Format, Input, InputError, Part, Survey};
use super::record::{Paths, Record, SentPart};
use crate::files::{self, FileError};

/// Batches under way at a time: the next arrives while one is worked off. An organisation may have ten.
const UNDER_WAY: usize = 4;

/// How often is looked where batches stand.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// A service that answered before is given so many pauses of five seconds: it may be starting anew.
const PAUSES: u32 = 24;
const PAUSE: Duration = Duration::from_secs(5);

/// Who sends the file, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// The service.
    pub api_url: String,
    /// The client.
    pub client: ClientId,
}

/// How a file is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What its lines look like.
    pub format: Format,
    /// Lines in a batch, at most.
    pub lines_per_batch: u32,
    /// Whether only lines that became no signal are written down.
    pub only_refused: bool,
    /// Whether it waits for a supervisor's decision.
    pub wait: bool,
}

/// How far it is, in lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// In the file.
    pub lines: u32,
    /// Sent.
    pub sent: u32,
    /// Of which it is known what came of them.
    pub processed: u32,
    /// Held.
    pub held: u32,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    /// How many lines it has.
    pub lines: u32,
    /// In how many batches they went.
    pub batches: usize,
    /// What came of how many.
    pub outcomes: BatchOutcomes,
}

/// Why a file is not loaded, or not further.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The record or the outcomes.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another program is at it.
    #[error("this file is being loaded already")]
    Busy,
    /// The record is of another load.
    #[error(
        "the record beside the file is of {0}: go on as it began, or move record and outcomes away to begin anew"
    )]
    Another(&'static str),
    /// The file is another one than at the beginning.
    #[error("the file changed while it was read: nothing more of it is sent")]
    Changed,
    /// What came of earlier lines is not where it was written.
    #[error("the outcomes beside the file are not those of its record: put them back, or move both away")]
    OtherOutcomes,
    /// A batch can no longer be read.
    #[error(
        "batch {0} can no longer be read, since outcomes are kept for seven days: move record and outcomes away and load the \
         file anew; lines whose signal stands are answered with it"
    )]
    Gone(Id),
    /// The rest needs a supervisor.
    #[error(
        "{lines} lines are over the number of signals an hour and held: ask the supervisor to release them, and run this again"
    )]
    Held {
        /// How many.
        lines: u32,
    },
    /// A call of the service.
    #[error("{0}")]
    Call(#[from] Error),
    /// The key of a part is none.
    #[error(transparent)]
    Key(#[from] protocol::Invalid),
}

/// Loads a file, or goes on with it. `tell` hears how far it is.
///
/// # Errors
/// [`LoadError`]; after any of them the same call goes on where this one ended.
pub async fn run(
    partner: &Partner,
    whose: &Whose,
    path: &Path,
    options: &Options,
    tell: &(dyn Fn(&Progress) + Sync),
) -> Result<Loaded, LoadError> {
    let path = &files::absolute(path)?;
    let file = File::open(path).map_err(at(path))?;
    // Two at a time would double nothing, and mix what they write down.
    flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| LoadError::Busy)?;
    let survey = Input::survey(&file, path, options.format)?;
    let paths = Paths::beside(path);
    let record = match Record::read(&paths.record)? {
        Some(record) => going_on(record, whose, options, &survey)?,
        None => begun(whose, options, &survey, &paths)?,
    };
    let outcomes = open_outcomes(&paths.outcomes, record.outcome_bytes)?;
    let mut input = Input::open(&file, path, options.format)?;
    for sent in &record.parts {
        let part = input.next_part(path, record.lines_per_batch)?;
        if part.is_none_or(|part| (part.first_line, part.lines) != (sent.first_line, sent.lines)) {
            return Err(LoadError::Changed);
        }
    }
    let mut load = Load {
        partner,
        path,
        paths,
        record,
        outcomes,
        input,
        has_answered: false,
        tell,
    };
    load.go_on(&survey, options.wait).await?;
    Ok(Loaded {
        lines: load.record.lines,
        batches: load.record.parts.len(),
        outcomes: load.record.outcomes,
    })
}

/// Whether a record is of this very load.
fn going_on(record: Record, whose: &Whose, options: &Options, survey: &Survey) -> Result<Record, LoadError> {
    let another = if record.file != survey.file {
        Some("another file, or of this one before it was changed")
    } else if record.api_url != whose.api_url || record.client != whose.client {
        Some("another service or client")
    } else if record.lines_per_batch != options.lines_per_batch {
        Some("another number of lines in a batch")
    } else if record.only_refused != options.only_refused {
        Some("a load that was to write down other lines")
    } else if record.lines != survey.lines {
        Some("lines that were read in another form")
    } else {
        None
    };
    another.map_or(Ok(record), |another| Err(LoadError::Another(another)))
}

fn begun(whose: &Whose, options: &Options, survey: &Survey, paths: &Paths) -> Result<Record, LoadError> {
    if paths.outcomes.exists() {
        return Err(LoadError::OtherOutcomes);
    }
    let record = Record {
        file: survey.file.clone(),
        lines: survey.lines,
        api_url: whose.api_url.clone(),
        client: whose.client.clone(),
        lines_per_batch: options.lines_per_batch,
        only_refused: options.only_refused,
        parts: Vec::new(),
        outcome_bytes: 0,
        outcomes: BatchOutcomes::default(),
    };
    record.write(&paths.record)?;
    Ok(record)
}

/// The outcomes, without what was written behind the last part that was finished.
fn open_outcomes(path: &Path, length: u64) -> Result<File, LoadError> {
    let open = || -> io::Result<Option<File>> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(length == 0)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        if file.metadata()?.len() < length {
            return Ok(None);
        }
        file.set_len(length)?;
        file.seek(io::SeekFrom::End(0))?;
        Ok(Some(file))
    };
    match open() {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(LoadError::OtherOutcomes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(LoadError::OtherOutcomes),
        Err(error) => Err(at(path)(error).into()),
    }
}

struct Load<'a> {
    partner: &'a Partner,
    path: &'a Path,
    paths: Paths,
    record: Record,
    outcomes: File,
    input: Input,
    /// Whether the service answered this run.
    has_answered: bool,
    tell: &'a (dyn Fn(&Progress) + Sync),
}

impl Load<'_> {
    async fn go_on(&mut self, survey: &Survey, wait: bool) -> Result<(), LoadError> {
        let mut next = self.next_part()?;
        loop {
            let (working, held) = self.look().await?;
            let has_room = working < UNDER_WAY && held == 0;
            if has_room && let Some(part) = next.take() {
                if self.send(&part).await? {
                    next = self.next_part()?;
                    continue;
                }
                next = Some(part);
            }
            match (working, held) {
                (0, 0) if next.is_none() => break,
                (0, lines) if lines > 0 && !wait => return Err(LoadError::Held { lines }),
                _ => tokio::time::sleep(BETWEEN_LOOKS).await,
            }
        }
        if self.input.of_file() == survey.file {
            Ok(())
        } else {
            Err(LoadError::Changed)
        }
    }

    fn next_part(&mut self) -> Result<Option<Part>, InputError> {
        self.input.next_part(self.path, self.record.lines_per_batch)
    }

    /// Sends a part; not when the organisation has as many batches under way as it may.
    async fn send(&mut self, part: &Part) -> Result<bool, LoadError> {
        let key = self.record.key(part.first_line)?;
        let batch = PreparedBatch::from_bytes(part.bytes.to_vec());
        let partner = self.partner;
        let sent = self.patiently(async || partner.send_batch(&batch, Some(&key)).await);
        let batch = match sent.await {
            Ok(batch) => batch,
            Err(error)
                if error.problem_type() == Some(ProblemType::TooManyBatches)
                    && self.record.under_way().next().is_some() =>
            {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        self.record.parts.push(SentPart {
            batch: batch.id,
            first_line: part.first_line,
            lines: part.lines,
            done: false,
        });
        self.record.write(&self.paths.record)?;
        Ok(true)
    }

    /// Looks where batches stand, and writes down what came of those that ended. Gives how many are worked on, and how many
    /// lines are held.
    async fn look(&mut self) -> Result<(usize, u32), LoadError> {
        let (mut working, mut held, mut processed) = (0, 0, 0);
        let under_way: Vec<(usize, Id)> = self
            .record
            .under_way()
            .map(|(place, part)| (place, part.batch))
            .collect();
        for (place, id) in under_way {
            let batch = self.batch(id).await?;
            match batch.state {
                BatchState::Ended => self.finish(place, &batch).await?,
                BatchState::Held => {
                    held += batch.held_lines;
                    processed += batch.processed;
                }
                BatchState::Receiving | BatchState::Queued | BatchState::Working => {
                    working += 1;
                    processed += batch.processed;
                }
            }
        }
        let done = self.record.parts.iter().filter(|part| part.done);
        (self.tell)(&Progress {
            lines: self.record.lines,
            sent: self.record.sent(),
            processed: done.map(|part| part.lines).sum::<u32>() + processed,
            held,
        });
        Ok((working, held))
    }

    async fn batch(&mut self, id: Id) -> Result<Batch, LoadError> {
        let partner = self.partner;
        let batch = self.patiently(async || partner.batch(id).await).await;
        batch.map_err(|error| gone(error, id))
    }

    async fn finish(&mut self, place: usize, batch: &Batch) -> Result<(), LoadError> {
        let written = self.write_outcomes(place, batch).await?;
        let flushed = written.into_inner().map_err(io::IntoInnerError::into_error);
        let flushed = flushed.and_then(|file| {
            file.sync_data()?;
            Ok(file.metadata()?.len())
        });
        let length = flushed.map_err(at(&self.paths.outcomes))?;
        self.record.finish(place, &batch.outcomes, length);
        self.record.write(&self.paths.record)?;
        Ok(())
    }

    /// What came of each line of a batch, in their order, with their numbers in the file.
    async fn write_outcomes(&mut self, place: usize, batch: &Batch) -> Result<BufWriter<File>, LoadError> {
        let outcomes = self.outcomes.try_clone().map_err(at(&self.paths.outcomes))?;
        let mut written = BufWriter::new(outcomes);
        let all_signals = batch.outcomes.created + batch.outcomes.known == batch.lines;
        if self.record.only_refused && all_signals {
            return Ok(written);
        }
        let before = self.record.parts[place].first_line - 1;
        let mut query = PageQuery {
            limit: PageQuery::MAX_LIMIT,
            cursor: None,
        };
        loop {
            let partner = self.partner;
            let page = self.patiently(async || partner.batch_lines(batch.id, &query).await);
            let page = page.await.map_err(|error| gone(error, batch.id))?;
            for line in page.items {
                if self.record.only_refused && is_signal(&line) {
                    continue;
                }
                let line = BatchLine {
                    line: before + line.line,
                    ..line
                };
                let write = serde_json::to_writer(&mut written, &line).map_err(io::Error::from);
                write
                    .and_then(|()| written.write_all(b"\n"))
                    .map_err(at(&self.paths.outcomes))?;
            }
            // They stand in the outcomes.
            drop(self.partner.take_receipts());
            match page.next {
                None => return Ok(written),
                next => query.cursor = next,
            }
        }
    }

    /// Calls, again after a pause while what stands in the way may pass.
    async fn patiently<T>(&mut self, call: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
        let mut pauses = 0;
        loop {
            let answered = call().await;
            self.has_answered |= answered
                .as_ref()
                .err()
                .is_none_or(|error| error.problem().is_some());
            match answered {
                Err(error) if self.has_answered && pauses < PAUSES && may_pass(&error) => {
                    pauses += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                answered => return answered,
            }
        }
    }
}

fn may_pass(error: &Error) -> bool {
    let waiting = [ProblemType::RateLimited, ProblemType::IdempotencyInProgress];
    error.peer_down().is_some()
        || error
            .problem_type()
            .is_some_and(|problem| waiting.contains(&problem))
}

fn gone(error: Error, batch: Id) -> LoadError {
    match error.problem_type() {
        Some(ProblemType::NotFound) => LoadError::Gone(batch),
        _ => error.into(),
    }
}

fn is_signal(line: &BatchLine) -> bool {
    line.state == BatchLineState::Done && line.status.is_some_and(|status| status < 300)
}

fn at(path: &Path) -> impl Fn(io::Error) -> FileError {
    move |source| FileError {
        path: path.to_owned(),
        source,
    }
}
