//! What the parties do with the keyholder's share, and with a document.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use client::keyholder::Evaluations;
use client::{Content, Error, Partner, PartnerKeys, SealedAttachment, Settings};
use protocol::Id;
use protocol::consent::{ConsentRequest, SignedRecord};
use protocol::gate::{ConsentStatusRequest, GateShareRequest, SignedStatus};
use protocol::problem::ProblemType;
use protocol::sealed_message::{AttachmentHeader, OpenError};

use super::act::{Actor, Players};
use super::portal::PortalError;
use super::script::Part;
use super::{DemoError, Doing as _};
use crate::environment::Machine;
use crate::files::{self, Readers};

/// The document's name, as its sender has it.
const DOCUMENT: &str = "groeigegevens.csv";

/// As many rows as make it travel in two parts.
const ROWS: u32 = 130_000;

impl Players {
    /// The first seals a document for the second into a file, sends it from there, and the second opens it and takes it into
    /// its own file. Gives the document's name and length, and whether it came as it was.
    pub(super) async fn hand_over(
        &mut self,
        part: Part,
        dir: &Path,
        match_id: Id,
    ) -> Result<(&'static str, usize, bool), DemoError> {
        let Self {
            actors: [from, to],
            script,
            ..
        } = self;
        let document = document();
        let path = dir.join(format!("attachment-{}.sealed", script.number()));
        let sealed: SealedAttachment = script
            .act(part, "attachment.seal", async |_| {
                from.seal(match_id, to, &document, &path).await
            })
            .await?;
        let sent: Id = script
            .act(part, "attachment.send", async |_| {
                let mut bytes = File::open(&path).map_err(|source| files::FileError {
                    path: path.clone(),
                    source,
                })?;
                let sent = from.partner.send_sealed_attachment(&sealed, &mut bytes).await;
                Ok(sent.while_("sending a document")?.message_id)
            })
            .await?;
        let as_sent = script
            .act(part, "attachment.read", async |_| {
                let fetched = to.partner.fetch(match_id, sent, Vec::new()).await;
                let fetched = fetched.while_("fetching a document")?;
                Ok(matches!(
                    fetched.content,
                    Content::Attachment { header, sink } if header.name() == DOCUMENT && sink == document
                ))
            })
            .await?;
        script
            .act(part, "attachment.acknowledge", async |key| {
                let acknowledged = to.partner.acknowledge(match_id, sent, Some(key)).await;
                acknowledged.while_("acknowledging a document").map(drop)
            })
            .await?;
        // It has arrived; what is left of it here is of no use to anybody.
        let _ = std::fs::remove_file(&path);
        Ok((DOCUMENT, document.len(), as_sent))
    }

    /// Whether who was sent a message cannot open it without the keyholder: the same program with the same keys, which does
    /// not know of one.
    pub(super) async fn needs_share(
        &mut self,
        part: Part,
        to: usize,
        match_id: Id,
        message: Id,
    ) -> Result<bool, DemoError> {
        let Self { actors, script, .. } = self;
        script
            .act(part, &format!("without-share-{to}"), async |_| {
                let unaware = actors[to].unaware()?;
                match unaware.fetch(match_id, message, std::io::sink()).await {
                    Err(Error::Open(OpenError::ShareMissing)) => Ok(true),
                    fetched => fetched.while_("fetching without a share").map(|_| false),
                }
            })
            .await
    }

    /// Whether the keyholder refuses the share, to a recipient who asks it with all that it has: the record, and the portal's
    /// newest word.
    pub(super) async fn gate_is_closed(
        &mut self,
        part: Part,
        to: usize,
        match_id: Id,
        request: &ConsentRequest,
        message: Id,
    ) -> Result<bool, DemoError> {
        let Self { actors, script, .. } = self;
        let actor = &actors[to];
        let Some(keyholder) = &actor.settings.keyholder else {
            return Ok(false);
        };
        script
            .act(part, &format!("gate-{to}"), async |_| {
                let asked = actor.partner.consent_request(match_id, request.id).await;
                let record = asked.while_("reading a consent request")?.record;
                let record = record.ok_or(DemoError::Unexpected("a given consent has no record"))?;
                let status = actor.portals_word(&record).await?;
                let way = Evaluations::connect(
                    keyholder,
                    &actor.settings.client_id,
                    &actor.settings.private_key_pem,
                    Arc::new(Machine),
                );
                let question = GateShareRequest {
                    match_id,
                    message_id: message,
                    record,
                    status,
                };
                let way = way.while_("preparing the way to the keyholder")?;
                match way.gate_share(&question).await {
                    Err(error) if error.problem_type() == Some(ProblemType::GateClosed) => Ok(true),
                    share => share.while_("asking for a share").map(|_| false),
                }
            })
            .await
    }
}

impl Actor {
    async fn seal(
        &self,
        match_id: Id,
        to: &Self,
        mut document: &[u8],
        path: &Path,
    ) -> Result<SealedAttachment, DemoError> {
        let header = AttachmentHeader::new(DOCUMENT, "text/csv")
            .map_err(|_| DemoError::Unexpected("a document cannot be called so"))?;
        let mut file = files::create(path, Readers::Owner).map_err(|source| files::FileError {
            path: path.to_owned(),
            source,
        })?;
        let length = document.len() as u64;
        let sealed = self.partner.seal_attachment(
            match_id,
            to.organisation,
            &header,
            length,
            &mut document,
            &mut file,
        );
        sealed.await.while_("sealing a document")
    }

    /// The same organisation with a program that knows no keyholder.
    fn unaware(&self) -> Result<Partner, DemoError> {
        let settings = Settings {
            keyholder: None,
            min_suite: 1,
            ..self.settings.clone()
        };
        let keys = PartnerKeys {
            network: Vec::new(),
            sealing: self.sealing.clone().into(),
        };
        Partner::connect(settings, keys, Machine).while_("preparing a partner's way")
    }

    /// What the portal says of a consent at this moment, unchecked: it is carried to who checks it.
    async fn portals_word(&self, record: &SignedRecord) -> Result<SignedStatus, DemoError> {
        let keys = self
            .partner
            .consent_keys()
            .await
            .while_("reading the portal's keys")?;
        let address = keys
            .status_url
            .ok_or(DemoError::Unexpected("the portal has no address"))?;
        let question = ConsentStatusRequest {
            consent_hash: record.hash,
        };
        let ask = async {
            let way = reqwest::Client::builder().tls_certs_only([]).build()?;
            let answer = way.post(address).json(&question).send().await?;
            answer.error_for_status()?.json().await
        };
        ask.await
            .map_err(|error: reqwest::Error| PortalError(error.without_url().to_string()).into())
    }
}

/// A table of nobody.
fn document() -> Vec<u8> {
    let rows = (0..ROWS).map(|row| format!("{row};{}\n", row % 97));
    std::iter::once("dag;waarde\n".to_owned())
        .chain(rows)
        .collect::<String>()
        .into_bytes()
}
