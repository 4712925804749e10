//! `trefpunt exchange list` and `fingerprint`.

use clap::Args;
use protocol::exchange::{ContentKind, MessageState, MessageSummary};
use protocol::match_case::Match;
use protocol::problem::ProblemType;
use protocol::sealed_message::{KeyFingerprint, SealingKey};
use protocol::{Id, OrganisationId};
use serde_json::{Value, json};

use super::own::{Own, OwnArguments, first_page, name, name_in};
use super::{Form, failure};
use crate::cli::Failure;
use crate::exchange::KeyStanding;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    own: OwnArguments,
    /// Shows what was sent and received in this match.
    #[arg(long = "match", value_name = "ID", allow_hyphen_values = true)]
    within: Option<Id>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Fingerprint {
    #[command(flatten)]
    own: OwnArguments,
    /// Shows the fingerprints of the others in this match, too.
    #[arg(long = "match", value_name = "ID", allow_hyphen_values = true)]
    within: Option<Id>,
    #[command(flatten)]
    form: Form,
}

impl List {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let own = Own::open(&self.own).await?;
        match self.within {
            Some(id) => self.messages(&own, id).await,
            None => self.matches(&own).await,
        }
    }

    async fn matches(&self, own: &Own) -> Result<(), Failure> {
        let mut rows = vec![["MATCH", "WITH", "EXCHANGE", "TO FETCH"].map(str::to_owned)];
        let mut list: Vec<Value> = Vec::new();
        for found in own.matches().await? {
            let others: Vec<String> = found
                .parties
                .iter()
                .filter(|party| !party.you)
                .map(name)
                .collect();
            let waiting = waiting(own, &found).await?.len();
            let why = found.exchange.closed_because.map(word).unwrap_or_default();
            list.push(json!({
                "match": found.id, "with": others, "open": found.exchange.open,
                "closedBecause": found.exchange.closed_because, "toFetch": waiting,
            }));
            rows.push([
                found.id.to_string(),
                others.join(", "),
                if found.exchange.open {
                    "open".to_owned()
                } else {
                    format!("closed: {why}")
                },
                waiting.to_string(),
            ]);
        }
        if self.form.json {
            out::json(&list);
        } else {
            out::table(&rows);
            safeguarding();
        }
        Ok(())
    }

    async fn messages(&self, own: &Own, id: Id) -> Result<(), Failure> {
        let found = own.match_case(id).await?;
        let listed = messages(own, id).await?;
        if self.form.json {
            out::json(&listed);
            return Ok(());
        }
        let you = own_id(&found);
        let mut rows = vec![["MESSAGE", "WHAT", "WITH", "STATE", "BYTES", "SENT"].map(str::to_owned)];
        for message in listed {
            let with = match message.sender == you && you.is_some() {
                true => format!("to {}", name_in(&found, message.recipient)),
                false => format!("from {}", name_in(&found, message.sender)),
            };
            let closed = message.closed.map(|closed| format!(", {}", word(closed.because)));
            rows.push([
                message.message_id.to_string(),
                kind(message.kind).to_owned(),
                with,
                format!("{}{}", word(message.state), closed.unwrap_or_default()),
                message.sealed_bytes.to_string(),
                message.sent_at.map(|at| at.to_string()).unwrap_or_default(),
            ]);
        }
        out::table(&rows);
        safeguarding();
        Ok(())
    }
}

impl Fingerprint {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let own = Own::open(&self.own).await?;
        let found = match self.within {
            Some(id) => Some(own.match_case(id).await?),
            None => None,
        };
        let organisation = own.organisation.or_else(|| found.as_ref().and_then(own_id));
        let organisation = organisation.ok_or_else(|| {
            Failure::usage("give --match: who you are stands there, and not in the credentials")
        })?;
        let key = own.sealing.public().map_err(Failure::failed)?;
        let mut rows = vec![["WHOSE", "FINGERPRINT", "HERE"].map(str::to_owned)];
        let mut list = Vec::new();
        let mut row = |whose: String, organisation: OrganisationId, key: &SealingKey, here: &str| {
            let fingerprint = KeyFingerprint::of(organisation, key);
            list.push(json!({
                "organisation": organisation, "name": whose, "fingerprint": fingerprint, "here": here,
            }));
            rows.push([whose, fingerprint.to_string(), here.to_owned()]);
        };
        row("you".to_owned(), organisation, &key, "yours");
        for party in found
            .iter()
            .flat_map(|found| &found.parties)
            .filter(|party| !party.you)
        {
            if let (Some(organisation), Some(key)) = (&party.organisation, party.sealing_key) {
                let key = SealingKey::from(key);
                let standing = own.known.standing(organisation.id, &key);
                let here = match standing.map_err(Failure::failed)? {
                    KeyStanding::Known => "known",
                    KeyStanding::First => "not seen before",
                    KeyStanding::Changed => "CHANGED",
                };
                row(organisation.name.clone(), organisation.id, &key, here);
            }
        }
        if self.form.json {
            out::json(&list);
        } else {
            out::table(&rows);
        }
        Ok(())
    }
}

/// What waits in a match for this organisation.
pub(super) async fn waiting(own: &Own, found: &Match) -> Result<Vec<MessageSummary>, Failure> {
    if !found.exchange.open {
        return Ok(Vec::new());
    }
    let (you, mut listed) = (own_id(found), messages(own, found.id).await?);
    listed.retain(|message| {
        message.state == MessageState::Waiting && message.recipient == you && message.closed.is_none()
    });
    // Newest first is how they are listed; they are read in the order in which they were written.
    listed.sort_by_key(|message| message.sent_at);
    Ok(listed)
}

async fn messages(own: &Own, id: Id) -> Result<Vec<MessageSummary>, Failure> {
    let mut query = first_page();
    let mut found = Vec::new();
    loop {
        let page = match own.partner.messages(id, &query).await {
            // Nothing was ever sent to or by this organisation there.
            Err(error) if error.problem_type() == Some(ProblemType::ConsentMissing) => return Ok(found),
            page => page.map_err(failure)?,
        };
        found.extend(page.items);
        match page.next {
            None => return Ok(found),
            next => query.cursor = next,
        }
    }
}

pub(super) fn own_id(found: &Match) -> Option<OrganisationId> {
    let own = found.parties.iter().find(|party| party.you)?;
    Some(own.organisation.as_ref()?.id)
}

pub(super) const fn kind(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Message => "message",
        ContentKind::Attachment => "document",
    }
}

/// The word of the API, with spaces.
fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word.replace(['-', '_'], " "),
        _ => String::new(),
    }
}

/// Always told: nothing here is needed for that.
fn safeguarding() {
    let veilig_thuis = protocol::match_case::Safeguarding::veilig_thuis();
    out::note(format_args!(
        "When a child is in danger: {}, {} ({}). That needs no consent.",
        veilig_thuis.name, veilig_thuis.phone, veilig_thuis.available
    ));
}
