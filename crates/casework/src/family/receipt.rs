//! What a family takes home of what it decided.

use domain::calendar;
use domain::consent::How;
use jiff::Timestamp;
use protocol::consent::receipt::ReceiptTerms;
use protocol::consent::record::Record;
use protocol::consent::{ConsentPurpose, SignedRecord};
use protocol::id::Id;
use store::{Party, StoreError, Tx, Work};

use super::door::AtDoor;
use super::page::Opened;
use super::{ConsentPage, FamilyFailure, PageState, PortalSecret};
use crate::read_consent::wire_record;
use crate::{Casework, give_consent};

/// What a receipt is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFacts {
    /// What the page says.
    pub page: ConsentPage,
    /// When it was read.
    pub read_at: Timestamp,
    /// The signed record, where there is a consent that stands or was withdrawn.
    pub record: Option<SignedRecord>,
    /// How the reader decided; none when they have not.
    pub own: Option<OwnWord>,
}

/// How one person decided. The record says how all of them did together: the languages of all, and of the least sure how sure it
/// is. Of two people each would learn from it how the other decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWord {
    /// How, and how sure it is that it was them.
    pub how: How,
    /// In which language they read the text.
    pub language: String,
}

/// What a signed receipt says beside the facts: its words, and where the portal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptWords {
    /// The language of the words.
    pub language: String,
    /// What the consent is for.
    pub purpose: String,
    /// Who asked.
    pub asked_by: String,
    /// The portal's address.
    pub portal: String,
}

impl Casework {
    /// What a receipt of this session's question is made of.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn receipt_facts(&self, secret: &PortalSecret) -> Result<ReceiptFacts, FamilyFailure> {
        self.at_the_door(secret, || ReadReceipt).await
    }

    /// The receipt of a consent that stands or was withdrawn, signed with the portal's key. None of another state, or where
    /// that key is not.
    ///
    /// # Errors
    /// [`StoreError`] when what is kept of the consent cannot be read.
    pub fn sign_receipt(
        &self,
        facts: &ReceiptFacts,
        words: &ReceiptWords,
    ) -> Result<Option<String>, StoreError> {
        let (Some(signer), Some(record), Some(own)) = (&self.keys().consent, &facts.record, &facts.own)
        else {
            return Ok(None);
        };
        let withdrawn_at = match facts.page.state {
            PageState::Given { .. } => None,
            PageState::Withdrawn { at } => Some(at),
            _ => return Ok(None),
        };
        let unreadable = |_| StoreError::Column { column: "record" };
        let zone = calendar::time_zone(&facts.page.time_zone);
        let zone = zone.map_err(|_| StoreError::Column { column: "time_zone" })?;
        let day = |at| calendar::local_date(at, &zone);
        let terms = Record::parse(&record.document).map_err(unreadable)?;
        let terms = terms.terms();
        let page = &facts.page;
        let named = page.parties.iter().filter_map(|party| party.name.clone());
        let receipt = ReceiptTerms {
            identifier: format!("{}.{}", page.question, facts.read_at.as_second()),
            created: facts.read_at,
            network: terms.network.clone(),
            language: words.language.clone(),
            purpose: match page.purpose {
                domain::consent::Purpose::Exchange => ConsentPurpose::Exchange,
                domain::consent::Purpose::Signal => ConsentPurpose::Signal,
            },
            purpose_in_words: words.purpose.clone(),
            unnamed: page.parties.iter().filter(|party| party.name.is_none()).count(),
            parties: named.collect(),
            asked_by: words.asked_by.clone(),
            municipality: page.municipality.clone(),
            portal: words.portal.clone(),
            text_version: terms.text_version.to_string(),
            text_languages: [own.language.clone()].into(),
            method: give_consent::method(own.how),
            assurance: give_consent::assurance(own.how),
            requested_on: day(terms.requested_at),
            given_on: day(terms.given_at),
            valid_until: terms.valid_until,
            withdrawn_on: withdrawn_at.map(day),
            record_hash: record.hash,
        };
        signer.sign_receipt(&receipt).map(Some).map_err(unreadable)
    }
}

struct ReadReceipt;

impl Work for ReadReceipt {
    const NAME: &'static str = "read_receipt";
    type Role = Party;
    type Output = AtDoor<ReceiptFacts>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<ReceiptFacts>, FamilyFailure> {
        let opened = match Opened::read(tx).await? {
            AtDoor::In(opened) => opened,
            AtDoor::Overtaken(key) => return Ok(AtDoor::Overtaken(key)),
        };
        let question = Id(tx.ids().consent(opened.consent.key));
        Ok(AtDoor::In(ReceiptFacts {
            page: opened.page(question, tx.now(), &[])?,
            read_at: tx.now(),
            record: wire_record(&opened.consent),
            own: opened.own_word()?,
        }))
    }
}
