//! `trefpunt exchange send`.

use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use client::Error;
use protocol::exchange::MAX_CONTENT_BYTES;
use protocol::match_case::Match;
use protocol::sealed_message::AttachmentHeader;
use protocol::{Id, OrganisationId};
use serde_json::json;
use zeroize::Zeroizing;

use super::own::{Own, OwnArguments, name, name_in};
use super::progress::bar;
use super::{Form, failure, new_key};
use crate::cli::{Exit, Failure, shown};
use crate::exchange::{Outbox, Unsent};
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Send {
    #[command(flatten)]
    own: OwnArguments,
    /// The match's id, as `list` shows it.
    #[arg(
        long = "match",
        value_name = "ID",
        allow_hyphen_values = true,
        required_unless_present = "resume"
    )]
    within: Option<Id>,
    /// To whom, `org_...`; where only one other organisation can be sent to, that one.
    #[arg(long, value_name = "ORGANISATION")]
    to: Option<OrganisationId>,
    /// A document, of at most 25 MiB, in place of a message from standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The document's type, such as application/pdf; else it is taken from the ending of its name.
    #[arg(long, value_name = "TYPE", requires = "file")]
    media_type: Option<String>,
    /// Sends what was sealed before and is not known to have arrived, and nothing new.
    #[arg(long, conflicts_with_all = ["within", "to", "file"])]
    resume: bool,
    #[command(flatten)]
    form: Form,
}

impl Send {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let own = Own::open(&self.own).await?;
        let outbox = Outbox::at(&own.dir)?;
        let Some(match_id) = self.within else {
            return self.send_again(&own, &outbox).await;
        };
        // Read before anything is asked: what cannot be sent is told at once.
        let message = match &self.file {
            None => Some(message()?),
            Some(_) => None,
        };
        let found = own.match_case(match_id).await?;
        let to = self.recipient(&found)?;
        let unsent = match (&self.file, message) {
            (Some(file), _) => self.seal_document(&own, &outbox, match_id, to, file).await?,
            (None, message) => {
                let message = message.unwrap_or_default();
                let sealed = own.partner.seal_message(match_id, to, &message).await;
                Unsent::Message {
                    match_id,
                    key: new_key(),
                    submission: sealed.map_err(failure)?,
                }
            }
        };
        own.tell_kept();
        outbox.keep(&unsent)?;
        send(&own, &outbox, &unsent).await?;
        self.tell(&unsent, &name_in(&found, Some(to)));
        Ok(())
    }

    fn recipient(&self, found: &Match) -> Result<OrganisationId, Failure> {
        if let Some(to) = self.to {
            return Ok(to);
        }
        let open = found
            .parties
            .iter()
            .filter(|party| !party.you && party.exchange_open);
        let open: Vec<_> = open
            .filter_map(|party| Some((party.organisation.as_ref()?.id, name(party))))
            .collect();
        match open.as_slice() {
            [(only, _)] => Ok(*only),
            [] => Err(Failure::failed("exchange is open with nobody in this match")),
            several => {
                let mut failure = Failure::usage("exchange is open with several: say --to");
                let lines = several.iter().map(|(id, name)| format!("{id} {name}"));
                failure.lines.extend(lines);
                Err(failure)
            }
        }
    }

    async fn seal_document(
        &self,
        own: &Own,
        outbox: &Outbox,
        match_id: Id,
        to: OrganisationId,
        file: &Path,
    ) -> Result<Unsent, Failure> {
        let unusable = |error| Failure::usage(format_args!("{}: {error}", shown(file)));
        let mut content = tokio::fs::File::open(file).await.map_err(unusable)?;
        let metadata = content.metadata().await.map_err(unusable)?;
        if !metadata.is_file() {
            return Err(Failure::usage(format_args!("{}: not a file", shown(file))));
        }
        let name = file.file_name().and_then(|name| name.to_str());
        let media_type = self.media_type.as_deref().unwrap_or_else(|| media_type(file));
        let header = AttachmentHeader::new(name.unwrap_or_default(), media_type)
            .map_err(|error| Failure::usage(format_args!("{}: {error}", shown(file))))?;

        let bar = bar("sealing", metadata.len());
        let mut sealed = BufWriter::new(bar.wrap_write(outbox.begin()?));
        let attachment = own
            .partner
            .seal_attachment(match_id, to, &header, metadata.len(), &mut content, &mut sealed)
            .await;
        let attachment = attachment.map_err(|error| match error {
            Error::TooLarge => Failure::usage(format_args!(
                "{}: larger than a document may be, which is 25 MiB",
                shown(file)
            )),
            error => failure(error),
        })?;
        sealed.flush().map_err(Failure::failed)?;
        bar.finish_and_clear();
        Ok(Unsent::Attachment(attachment))
    }

    async fn send_again(&self, own: &Own, outbox: &Outbox) -> Result<(), Failure> {
        let unsent = outbox.unsent()?;
        if unsent.is_empty() && !self.form.json {
            out::line("Nothing waits to be sent.");
        }
        // One that is refused for good stops no other.
        let mut failures = Vec::new();
        for unsent in unsent {
            match send(own, outbox, &unsent).await {
                Ok(()) => {
                    let found = own.match_case(unsent.match_id()).await?;
                    self.tell(&unsent, &name_in(&found, Some(recipient(&unsent))));
                }
                Err(failure) => failures.push(failure),
            }
        }
        failures.into_iter().next().map_or(Ok(()), Err)
    }

    fn tell(&self, unsent: &Unsent, to: &str) {
        let (id, kind) = (unsent.message_id(), word(unsent));
        if self.form.json {
            out::json(&json!({
                "messageId": id, "match": unsent.match_id(), "kind": kind, "recipient": recipient(unsent),
            }));
        } else {
            out::line(format_args!("{id} was sent to {to}."));
        }
    }
}

/// Sends what is in the outbox. It leaves it when it has arrived, or when it never will.
async fn send(own: &Own, outbox: &Outbox, unsent: &Unsent) -> Result<(), Failure> {
    let sent = match unsent {
        Unsent::Message {
            match_id,
            key,
            submission,
        } => {
            let sent = own.partner.send_sealed(*match_id, submission, Some(key)).await;
            sent.map(drop)
        }
        Unsent::Attachment(attachment) => {
            let bar = bar("sending", attachment.submission.sealed_bytes);
            let mut bytes = bar.wrap_read(outbox.bytes(unsent.message_id())?);
            let sent = own.partner.send_sealed_attachment(attachment, &mut bytes).await;
            bar.finish_and_clear();
            sent.map(drop)
        }
    };
    match sent {
        Ok(()) => Ok(outbox.forget(unsent)?),
        Err(error) if error.is_unknown() || error.peer_down().is_some() => {
            let mut failure = failure(error);
            failure.exit = Exit::NotReady;
            failure.lines.push(format!(
                "{} is sealed and kept: `trefpunt exchange send --resume` goes on with it",
                unsent.message_id()
            ));
            Err(failure)
        }
        Err(error) => {
            outbox.forget(unsent)?;
            Err(failure(error))
        }
    }
}

const fn recipient(unsent: &Unsent) -> OrganisationId {
    match unsent {
        Unsent::Message { submission, .. } => submission.recipient,
        Unsent::Attachment(sealed) => sealed.submission.recipient,
    }
}

const fn word(unsent: &Unsent) -> &'static str {
    match unsent {
        Unsent::Message { .. } => "message",
        Unsent::Attachment(_) => "attachment",
    }
}

/// A message from standard input, where other users of the machine cannot see it.
fn message() -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut message = Zeroizing::new(Vec::new());
    let most = MAX_CONTENT_BYTES as u64;
    std::io::stdin()
        .take(most + 1)
        .read_to_end(&mut message)
        .map_err(Failure::failed)?;
    if message.len() as u64 > most {
        return Err(Failure::usage(format_args!(
            "the message is longer than {most} bytes: send it as a document with --file"
        )));
    }
    if message.is_empty() {
        return Err(Failure::usage("there is no message on standard input"));
    }
    Ok(message)
}

/// The type that the ending of a name stands for.
fn media_type(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt" => "application/vnd.oasis.opendocument.text",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}
