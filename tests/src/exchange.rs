//! What professionals seal for each other.

use std::io::Sink;
use std::sync::Arc;

use client::keyholder::Evaluations;
use client::{Content, Error, Fetched};
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use protocol::Base64Url;
use protocol::Id;
use protocol::consent::SignedRecord;
use protocol::gate::{GateShare, GateShareRequest, SignedStatus};
use protocol::sealed_message::{AttachmentHeader, Sealed};

use crate::{Professional, Region, TestEnvironment};

impl Professional {
    /// Seals a message to another and leaves it; gives its id.
    pub async fn writes(&self, match_id: Id, to: &Self, text: &str) -> Id {
        let sent = self
            .partner
            .send(match_id, to.organisation, text.as_bytes())
            .await;
        sent.unwrap().message_id
    }

    /// Fetches and opens a message.
    pub async fn reads(&self, match_id: Id, message: Id) -> String {
        let Content::Message(content) = self.fetches(match_id, message).await.unwrap().content else {
            panic!("not a message");
        };
        String::from_utf8(content.to_vec()).unwrap()
    }

    /// Fetches a message or an attachment, maybe in vain; what is in an attachment is not looked at.
    ///
    /// # Errors
    /// Why it was not opened.
    pub async fn fetches(&self, match_id: Id, message: Id) -> Result<Fetched<Sink>, Error> {
        self.partner.fetch(match_id, message, std::io::sink()).await
    }

    /// Seals a document to another and leaves it, maybe in vain; gives its id.
    ///
    /// # Errors
    /// Why it did not arrive.
    pub async fn hands_over(
        &self,
        match_id: Id,
        to: &Self,
        name: &str,
        document: &[u8],
    ) -> Result<Id, Error> {
        let header = AttachmentHeader::new(name, "application/octet-stream").unwrap();
        let (length, mut content) = (document.len() as u64, document);
        let sent = self
            .partner
            .send_attachment(match_id, to.organisation, &header, length, &mut content);
        Ok(sent.await?.message_id)
    }

    /// Fetches a document; gives its name and what is in it.
    pub async fn receives(&self, match_id: Id, message: Id) -> (String, Vec<u8>) {
        let fetched = self.partner.fetch(match_id, message, Vec::new()).await.unwrap();
        match fetched.content {
            Content::Attachment { header, sink } => (header.name().to_owned(), sink),
            Content::Message(_) => panic!("not a document"),
        }
    }

    /// Asks the keyholder for a share with whatever it has, as its partner system would never do.
    ///
    /// # Errors
    /// Why it gave none.
    pub async fn asks_share(
        &self,
        region: &Region,
        match_id: Id,
        message_id: Id,
        record: &SignedRecord,
        status: &SignedStatus,
    ) -> Result<GateShare, Error> {
        let pem = self.key.to_pkcs8_pem(Default::default()).unwrap();
        let environment = TestEnvironment(region.clock.clone());
        let keyholder = region.keyholder.as_ref().unwrap().settings();
        let way = Evaluations::connect(&keyholder, &self.client_id, &pem, Arc::new(environment)).unwrap();
        let request = GateShareRequest {
            match_id,
            message_id,
            record: record.clone(),
            status: status.clone(),
        };
        way.gate_share(&request).await
    }
}

impl Region {
    /// What the portal says of a record at this moment, as it was signed.
    pub async fn portals_word(&self, record: &SignedRecord) -> SignedStatus {
        let answer = self.asks_status(&record.hash.to_string()).await;
        serde_json::from_value(answer.json()).unwrap()
    }

    /// The one message that is stored, straight from the database.
    pub async fn stored_message(&self) -> Sealed {
        let sql = "SELECT enc, envelope, ciphertext FROM message WHERE ciphertext IS NOT NULL";
        let row = self.database.superuser().await.query_one(sql, &[]).await.unwrap();
        let enc: Vec<u8> = row.get(0);
        Sealed {
            enc: Base64Url(enc.try_into().unwrap()),
            envelope: row.get(1),
            ciphertext: row.get(2),
        }
    }
}
