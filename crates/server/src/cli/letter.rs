//! `trefpunt letter ...`: letters for families as PDF, for an organisation whose system does not print them itself.
//!
//! A code is written into files that the owner alone reads, and never to a terminal.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use client::Partner;
use jiff::Timestamp;
use jiff::civil::Date;
use protocol::Id;
use protocol::consent::{ConsentRequest, InvitationCode, Language, Signatory};
use protocol::letter::{Letter, LetterDocumentSubmission, LetterSubmission};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::exchange::{WhoArguments, failure};
use super::{Exit, Failure, shown};
use crate::files::{self, Readers};
use crate::out;

/// No answer with codes is larger, in bytes.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// Letters for families as PDF.
#[derive(Debug, Subcommand)]
pub(super) enum Letters {
    /// Makes a letter that opens a signal of yours to one person of the family, and its PDF.
    Issue(Issue),
    /// Makes the PDFs of letters that exist: of the answer to a request for consent, or to the making of a letter.
    Print(Print),
}

#[derive(Debug, Args)]
pub(super) struct Issue {
    #[command(flatten)]
    who: WhoArguments,
    /// The signal's id.
    #[arg(value_name = "SIGNAL", allow_hyphen_values = true)]
    signal: Id,
    /// For whom.
    #[arg(long = "for", value_enum)]
    addressee: Addressee,
    /// Which of them, from 1.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    number: u8,
    /// For a guardian: the child's 16th birthday, where it is known. From that day on the letter opens nothing.
    #[arg(long, value_name = "DATE")]
    sixteen_on: Option<Date>,
    #[command(flatten)]
    form: PaperArguments,
}

#[derive(Debug, Args)]
pub(super) struct Print {
    #[command(flatten)]
    who: WhoArguments,
    /// The answer as JSON, as it came; `-` reads it from standard input.
    #[arg(long, value_name = "FILE")]
    answer: PathBuf,
    #[command(flatten)]
    form: PaperArguments,
}

/// In which language a letter is, and where it goes.
#[derive(Debug, Args)]
struct PaperArguments {
    /// The language of the letter.
    #[arg(long, default_value = "nl", value_parser = language)]
    language: Language,
    /// Where the PDFs are saved. Nothing there is ever overwritten.
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
    /// JSON in place of text. It holds no code.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Addressee {
    /// A parent or guardian.
    Guardian,
    /// The young person.
    YoungPerson,
}

/// A letter to be printed.
struct Unprinted {
    signatory: Signatory,
    number: u8,
    code: InvitationCode,
    valid_from: Option<Timestamp>,
}

/// The answers in which codes are.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Request(Box<ConsentRequest>),
    Letter(Letter),
}

impl Letters {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Issue(issue) => issue.run().await,
            Self::Print(print) => print.run().await,
        }
    }
}

impl Issue {
    async fn run(&self) -> Result<(), Failure> {
        let submission = LetterSubmission {
            signatory: match self.addressee {
                Addressee::Guardian => Signatory::Guardian,
                Addressee::YoungPerson => Signatory::YoungPerson,
            },
            number: self.number,
            sixteen_on: self.sixteen_on,
        };
        let partner = self.who.connect()?;
        self.form.prepare()?;
        self.form
            .refuse_existing(submission.signatory, submission.number)?;
        let letter = partner.issue_letter(self.signal, &submission, None).await;
        let letter = letter.map_err(failure)?;
        let printed = self.form.print(&partner, &[Unprinted::of(letter.clone())]).await;
        printed.map_err(|error| self.form.keep(&letter, error))
    }
}

impl Print {
    async fn run(&self) -> Result<(), Failure> {
        let letters = read_answer(&self.answer)?;
        if letters.is_empty() {
            return Err(Failure::usage(
                "the answer holds no code: codes are in the first answer only",
            ));
        }
        let partner = self.who.connect()?;
        self.form.prepare()?;
        for letter in &letters {
            self.form.refuse_existing(letter.signatory, letter.number)?;
        }
        self.form.print(&partner, &letters).await
    }
}

impl PaperArguments {
    fn prepare(&self) -> Result<(), Failure> {
        Ok(files::make_dir(&self.into, Readers::Owner)?)
    }

    fn path(&self, signatory: Signatory, number: u8) -> PathBuf {
        self.into.join(format!("letter-{}-{number}.pdf", word(signatory)))
    }

    /// Before anything is made: a letter that cannot be saved is not issued.
    fn refuse_existing(&self, signatory: Signatory, number: u8) -> Result<(), Failure> {
        let path = self.path(signatory, number);
        match path.exists() {
            true => Err(Failure::usage(format_args!(
                "{} is there already: say --into",
                shown(&path)
            ))),
            false => Ok(()),
        }
    }

    async fn print(&self, partner: &Partner, letters: &[Unprinted]) -> Result<(), Failure> {
        let mut told = Vec::with_capacity(letters.len());
        for letter in letters {
            let path = self.path(letter.signatory, letter.number);
            let asked = LetterDocumentSubmission {
                code: letter.code.clone(),
                language: self.language,
            };
            let document = partner.letter_document(&asked).await.map_err(failure)?;
            files::write(&path, &document, Readers::Owner)?;
            if !self.json {
                out::line(shown(&path));
            }
            if let Some(from) = letter.valid_from {
                out::note(format_args!(
                    "{}: its code opens nothing before {from}; hand it over then.",
                    shown(&path)
                ));
            }
            told.push(json!({
                "file": path.display().to_string(),
                "signatory": letter.signatory,
                "number": letter.number,
                "validFrom": letter.valid_from,
            }));
        }
        if self.json {
            out::json(&json!({ "letters": told }));
        }
        Ok(())
    }

    /// The code is shown once, so where no PDF came of it the answer is kept.
    fn keep(&self, letter: &Letter, mut failure: Failure) -> Failure {
        let path = self.path(letter.signatory, letter.number).with_extension("json");
        let kept = serde_json::to_vec(letter).map(Zeroizing::new);
        let kept = kept
            .ok()
            .and_then(|text| files::write(&path, &text, Readers::Owner).ok());
        failure.exit = Exit::Failed;
        failure.lines.push(match kept {
            Some(()) => format!(
                "the letter was issued; its code is in {0}: `trefpunt letter print --answer {0}` makes the PDF, then delete that file",
                shown(&path)
            ),
            None => "the letter was issued, and its code is lost: issue another".to_owned(),
        });
        failure
    }
}

impl Unprinted {
    fn of(letter: Letter) -> Self {
        Self {
            signatory: letter.signatory,
            number: letter.number,
            code: letter.code,
            valid_from: None,
        }
    }
}

fn read_answer(path: &Path) -> Result<Vec<Unprinted>, Failure> {
    let text = match path.as_os_str() == "-" {
        true => {
            let mut text = Zeroizing::new(String::new());
            let mut input = std::io::stdin().lock().take(MAX_ANSWER_BYTES);
            input.read_to_string(&mut text).map_err(Failure::usage)?;
            text
        }
        false => files::read(path)?,
    };
    let answer: Answer = serde_json::from_str(&text).map_err(|_| {
        // The parser's own words would repeat what stands there.
        Failure::usage("this is not the answer to a request for consent or to the making of a letter")
    })?;
    Ok(match answer {
        Answer::Letter(letter) => vec![Unprinted::of(letter)],
        Answer::Request(request) => request
            .invitations
            .into_iter()
            .map(|invitation| Unprinted {
                signatory: invitation.signatory,
                number: invitation.number,
                code: invitation.code,
                valid_from: invitation.valid_from,
            })
            .collect(),
    })
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_code(text).ok_or_else(|| {
        let codes = Language::ALL.map(Language::code).join(", ");
        format!("one of {codes}")
    })
}

const fn word(signatory: Signatory) -> &'static str {
    match signatory {
        Signatory::Guardian => "guardian",
        Signatory::YoungPerson => "young-person",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_with_codes_are_read_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("answer.json");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_answer(&path)
        };
        let letter = r#"{"signal":"h5Yz0cVbTtqN1rXk2mPvQA","signatory":"guardian","number":2,"code":"7KQ4-XM2P-9TRC-HV6D"}"#;
        let letters = read(letter).unwrap();
        assert_eq!((letters.len(), letters[0].number), (1, 2));

        let request = r#"{"id":"h5Yz0cVbTtqN1rXk2mPvQA","state":"requested","purpose":"exchange",
            "requestedAt":"2027-03-04T09:00:00Z","givenAt":null,"validUntil":null,"parties":[],"record":null,
            "invitations":[{"signatory":"youngPerson","number":1,"code":"7KQ4-XM2P-9TRC-HV6D",
                            "validFrom":"2027-04-01T22:00:00Z","validUntil":"2027-05-01T22:00:00Z"}]}"#;
        let letters = read(request).unwrap();
        assert!(letters[0].valid_from.is_some());
        assert!(
            read(&request.replace("\"invitations\"", "\"x\""))
                .unwrap()
                .is_empty()
        );

        let Err(failure) = read("{\"code\":\"7KQ4-XM2P-9TRC-HV6D\"}") else {
            panic!("it was read");
        };
        assert!(!failure.lines.concat().contains("7KQ4"), "a code is not repeated");
    }
}
