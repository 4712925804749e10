//! `trefpunt exchange fetch`.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use client::{Content, Fetched};
use protocol::Id;
use protocol::match_case::Match;
use serde_json::{Value, json};

use super::list::waiting;
use super::own::{Own, OwnArguments, name_in};
use super::progress::{Counted, bar};
use super::{Form, InMatch, acknowledge, failure};
use crate::cli::{Failure, shown};
use crate::exchange::saved::Unfinished;
use crate::files::{self, Readers};
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Fetch {
    #[command(flatten)]
    own: OwnArguments,
    #[command(flatten)]
    within: InMatch,
    /// Only this message or document, also when it was fetched before.
    #[arg(value_name = "MESSAGE", allow_hyphen_values = true)]
    message: Option<Id>,
    /// Where documents are saved. Nothing there is ever overwritten.
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
    /// Saves messages there too, and when each is saved tells the service that it is in your own file.
    #[arg(long)]
    acknowledge: bool,
    #[command(flatten)]
    form: Form,
}

impl Fetch {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let own = Own::open(&self.own).await?;
        files::make_dir(&self.into, Readers::Owner)?;
        if is_among_keys(&self.into, &own.dir).map_err(|error| self.unsaved(error))? {
            return Err(Failure::usage(
                "the directory of your keys is no place for documents: say --into",
            ));
        }
        let found = own.match_case(self.within.id).await?;
        let waiting = match self.message {
            Some(message) => vec![(message, 0)],
            None => {
                let waiting = waiting(&own, &found).await?;
                let each = waiting
                    .iter()
                    .map(|message| (message.message_id, message.sealed_bytes));
                each.collect()
            }
        };
        if waiting.is_empty() && !self.form.json {
            out::note("Nothing waits to be fetched.");
        }
        for (message, bytes) in waiting {
            self.fetch(&own, &found, message, bytes).await?;
        }
        Ok(())
    }

    /// Fetches one and tells of it before the next is fetched: what comes after it may fail.
    async fn fetch(&self, own: &Own, found: &Match, message: Id, bytes: u64) -> Result<(), Failure> {
        let bar = bar("fetching", bytes);
        let unfinished = Unfinished::create(&self.into, message).map_err(|error| self.unsaved(error))?;
        let fetched = own
            .partner
            .fetch(
                self.within.id,
                message,
                Counted {
                    inner: unfinished,
                    bar: bar.clone(),
                },
            )
            .await;
        bar.finish_and_clear();
        own.tell_kept();
        let Fetched {
            sender,
            sent_at,
            content,
            ..
        } = fetched.map_err(failure)?;
        let from = name_in(found, Some(sender));
        let mut told = json!({"messageId": message, "sender": sender, "sentAt": sent_at});
        match content {
            Content::Message(text) => {
                // A terminal does what some characters say; a message may not.
                let text = printable(&String::from_utf8_lossy(&text));
                told["kind"] = "message".into();
                told["text"] = text.clone().into();
                if self.acknowledge {
                    told["file"] = self.save_message(message, &text)?.into();
                }
                if !self.form.json {
                    out::note(format_args!("{message} from {from}, {sent_at}:"));
                    out::line(&text);
                }
            }
            Content::Attachment { header, sink } => {
                let saved = sink.inner.finish(header.name());
                let path = saved.map_err(|error| self.unsaved(error))?;
                told["kind"] = "attachment".into();
                told["name"] = header.name().into();
                told["mediaType"] = header.media_type().into();
                told["file"] = Value::String(path.display().to_string());
                if !self.form.json {
                    out::note(format_args!(
                        "{message} from {from}, {sent_at}, {}:",
                        header.media_type()
                    ));
                    out::line(shown(&path));
                }
            }
        }
        if self.acknowledge {
            let at = acknowledge(own, self.within.id, message).await?;
            told["acknowledgedAt"] = json!(at);
        }
        if self.form.json {
            out::json(&told);
        }
        Ok(())
    }

    fn save_message(&self, id: Id, text: &str) -> Result<String, Failure> {
        let save = || {
            let mut file = Unfinished::create(&self.into, id)?;
            io::Write::write_all(&mut file, text.as_bytes())?;
            file.finish(&format!("{id}.txt"))
        };
        let path = save().map_err(|error| self.unsaved(error))?;
        Ok(path.display().to_string())
    }

    fn unsaved(&self, error: io::Error) -> Failure {
        Failure::failed(format_args!("{}: {error}", shown(&self.into)))
    }
}

/// Whether documents would be saved beside the keys. Their names are the sender's, and what is there is read as a key, a setting
/// or something to be sent.
fn is_among_keys(into: &Path, keys: &Path) -> io::Result<bool> {
    let (into, keys) = (into.canonicalize()?, keys.canonicalize()?);
    Ok(into == keys || into == keys.join("outbox"))
}

/// Text without what moves a cursor or turns the direction of writing.
fn printable(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            '\n' | '\t' => char,
            char if char.is_control() => '\u{fffd}',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            char => char,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_not_saved_among_the_keys() {
        let keys = tempfile::tempdir().unwrap();
        for name in ["outbox", "received"] {
            std::fs::create_dir(keys.path().join(name)).unwrap();
        }
        let link = keys.path().join("received/here");
        std::os::unix::fs::symlink(keys.path(), &link).unwrap();
        for (into, is_among) in [
            (keys.path().to_owned(), true),
            (link, true),
            (keys.path().join("outbox"), true),
            (keys.path().join("received"), false),
        ] {
            assert_eq!(is_among_keys(&into, keys.path()).unwrap(), is_among, "{into:?}");
        }
    }

    #[test]
    fn a_message_moves_no_cursor() {
        assert_eq!(printable("Dag,\n\té 🙂"), "Dag,\n\té 🙂");
        assert_eq!(
            printable("a\u{1b}[2Jb\r\u{202e}c"),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}c"
        );
    }
}
