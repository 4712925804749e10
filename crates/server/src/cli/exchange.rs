//! `trefpunt exchange ...`: for organisations that have no system of their own to exchange with.

mod fetch;
mod list;
mod own;
mod progress;
mod send;

use clap::{Args, Subcommand};
use client::{Error, NoConsent};
use protocol::consent::RecordError;
use protocol::gate::StatusError;
use protocol::problem::ProblemType;
use protocol::{Id, IdempotencyKey};
use serde_json::json;

use super::{Exit, Failure};
use crate::database::chain;
use crate::environment;
use crate::out;
use own::{Own, OwnArguments};

pub(super) use own::WhoArguments;

/// Sends and fetches what another organisation in a match is to have, sealed and opened on this machine.
#[derive(Debug, Subcommand)]
pub(super) enum Exchange {
    /// Shows the matches, with whom each is and whether exchange is open; with --match what was sent and received in it.
    List(list::List),
    /// Seals a message, read from standard input, or a document for another organisation, and sends it.
    Send(send::Send),
    /// Fetches what is waiting, or one of it, and opens it: messages are printed, documents are saved.
    Fetch(fetch::Fetch),
    /// Says that a message or document is in your own file: the service destroys what it has of it.
    Acknowledge(Acknowledge),
    /// Shows the fingerprint of your own key, and with --match those of the others, to be compared by telephone.
    Fingerprint(list::Fingerprint),
}

/// What is answered in.
#[derive(Debug, Args)]
struct Form {
    /// JSON in place of text.
    #[arg(long)]
    json: bool,
}

/// The match that a command is about.
#[derive(Debug, Args)]
struct InMatch {
    /// The match's id, as `list` shows it.
    #[arg(long = "match", value_name = "ID", allow_hyphen_values = true)]
    id: Id,
}

#[derive(Debug, Args)]
pub(super) struct Acknowledge {
    #[command(flatten)]
    own: OwnArguments,
    #[command(flatten)]
    within: InMatch,
    /// The message's id.
    #[arg(value_name = "MESSAGE", allow_hyphen_values = true)]
    message: Id,
    #[command(flatten)]
    form: Form,
}

impl Exchange {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run().await,
            Self::Send(send) => send.run().await,
            Self::Fetch(fetch) => fetch.run().await,
            Self::Acknowledge(acknowledge) => acknowledge.run().await,
            Self::Fingerprint(fingerprint) => fingerprint.run().await,
        }
    }
}

impl Acknowledge {
    async fn run(&self) -> Result<(), Failure> {
        let own = Own::open(&self.own).await?;
        let at = acknowledge(&own, self.within.id, self.message).await?;
        match self.form.json {
            true => out::json(&json!({"messageId": self.message, "acknowledgedAt": at})),
            false => out::line(format_args!(
                "{} is in your own file since {at}; the service has it no more.",
                self.message
            )),
        }
        Ok(())
    }
}

async fn acknowledge(own: &Own, match_id: Id, message_id: Id) -> Result<jiff::Timestamp, Failure> {
    let acknowledged = own.partner.acknowledge(match_id, message_id, None).await;
    Ok(acknowledged.map_err(failure)?.acknowledged_at)
}

fn new_key() -> IdempotencyKey {
    IdempotencyKey::from_random(environment::random())
}

/// Why a call failed, and what can be done about it.
pub(super) fn failure(error: Error) -> Failure {
    if let Some(peer) = error.peer_down() {
        let line = format!("{peer} does not answer, or not now: {}", chain(&error));
        let mut failure = Failure::new(Exit::NotReady, line);
        failure.lines.push("try the same again later".to_owned());
        return failure;
    }
    let advice = match &error {
        Error::StrangeKey { fingerprint, .. } => Some(format!(
            "call them, and have them read the fingerprint of their key; if it is this one, say --accept-key \"{fingerprint}\""
        )),
        Error::NoConsent(
            NoConsent::Record(RecordError::UnknownKey) | NoConsent::Status(StatusError::UnknownKey),
        ) => Some(
            "the portal has another key than is known here: ask who runs the network, then say --accept-portal-keys"
                .to_owned(),
        ),
        Error::NoSecret => Some(
            "its secret belongs in the directory of your keys: sealing-key, or sealing-key.1 for an earlier one".to_owned(),
        ),
        error => match error.problem_type() {
            Some(ProblemType::ConsentMissing | ProblemType::GateClosed) => Some(
                "without the family's consent nothing passes; when a child is in danger, Veilig Thuis: 0800-2000, day and \
                 night"
                    .to_owned(),
            ),
            _ => None,
        },
    };
    let mut failure = Failure::failed(chain(&error));
    failure.lines.extend(advice);
    failure
}
