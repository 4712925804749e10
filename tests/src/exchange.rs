//! What professionals seal for each other.

use client::{Content, Error, Fetched};
use protocol::Id;

use crate::Professional;

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
    pub async fn fetches(&self, match_id: Id, message: Id) -> Result<Fetched<std::io::Sink>, Error> {
        self.partner.fetch(match_id, message, std::io::sink()).await
    }
}
