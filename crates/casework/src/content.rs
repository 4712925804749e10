//! What sending and reading content have in common: whether it may pass at this moment, and what is told of it.

use domain::event::Event;
use domain::exchange::{self, Ended, may_send};
use domain::key::{ConsentKey, OrganisationKey};
use domain::match_case::MatchState;
use domain::notice::NoticeKind;
use protocol::consent::SignedRecord;
use protocol::exchange::{ContentClosed, ContentClosedBecause};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::sealed_message::{Envelope, GateKind};
use protocol::text::Base64Url;
use protocol::{OrganisationId, Refused};
use store::{ConsentRow, GoneContent, MessageRow, Party, StoreError, Tx};

use crate::act::{Failure, Refusable, plainly};
use crate::match_view::{Facts, Hold};
use crate::read_consent::wire_record;
use crate::read_messages::ReadMessagesRefusal;
use crate::sealing_keys::both_count;
use crate::{Caller, Casework};

/// Why content is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendRefusal {
    /// No such match for the caller, or no such other party as far as the caller may know.
    #[error("no such match or party")]
    NotFound,
    /// The match is over.
    #[error("the match is closed")]
    MatchClosed,
    /// No consent covers both at this moment, or the content is sealed under another than the one that stands.
    #[error("no consent covers both parties at this moment")]
    ConsentMissing,
    /// A key that it is sealed with does not count.
    #[error("a sealing key does not count")]
    KeyRetired,
    /// The sender's id for it was used before in this match.
    #[error("a message with this id exists")]
    MessageExists,
    /// As many attachments of the sender arrive or are kept as may.
    #[error("too many attachments are arriving or kept")]
    TooManyAttachments,
    /// The request does not agree with itself, or with the network.
    #[error("the request is at fault")]
    Request(Refused),
}

impl Refusable for SendRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound => plainly(ProblemType::NotFound),
            Self::MatchClosed => plainly(ProblemType::MatchClosed),
            Self::ConsentMissing => plainly(ProblemType::ConsentMissing),
            Self::KeyRetired => plainly(ProblemType::SealingKeyRetired),
            Self::MessageExists => plainly(ProblemType::MessageExists),
            Self::TooManyAttachments => plainly(ProblemType::TooManyAttachments),
            Self::Request(refused) => refused.clone(),
        }
    }
}

/// What a party offers to another.
pub(crate) struct Offer<'a> {
    pub(crate) match_id: Id,
    pub(crate) recipient: OrganisationId,
    pub(crate) consent_hash: &'a Base64Url<32>,
    pub(crate) sender_key: &'a Base64Url<32>,
    pub(crate) recipient_key: &'a Base64Url<32>,
    /// Reads the envelope against the rest of the request.
    pub(crate) envelope: Result<Envelope, Refused>,
}

/// An offer that may pass now. What it rests on is held until the transaction ends.
pub(crate) struct Offered {
    pub(crate) facts: Facts,
    pub(crate) recipient: OrganisationKey,
    pub(crate) consent: ConsentKey,
    /// The consent's name in the log.
    pub(crate) consent_tag: u128,
}

/// Content that may be read now.
pub(crate) struct Readable {
    pub(crate) row: MessageRow,
    /// The record it is sealed under.
    pub(crate) record: SignedRecord,
    /// That it is read, by the caller.
    pub(crate) read: Event,
}

impl Casework {
    /// What gate this network has: who knows a keyholder takes nothing that was sealed without its share.
    pub(crate) fn gate(&self) -> GateKind {
        match self.inner.gateway {
            Some(_) => GateKind::Keyholder,
            None => GateKind::None,
        }
    }
}

impl Offered {
    /// Whether the offer may pass at this moment. The consents are held: a withdrawal either came before, or waits until
    /// what is offered is stored, and then destroys it.
    pub(crate) async fn judge(
        tx: &Tx<'_, Party>,
        caller: &Caller,
        offer: Offer<'_>,
    ) -> Result<Self, Failure<SendRefusal>> {
        let key = tx.ids().parse_match_case(offer.match_id.0);
        let sender = caller.organisation;
        let facts = Facts::read(tx, key, Hold::Consents)
            .await?
            .ok_or(SendRefusal::NotFound)?;
        let terms = facts.terms()?;
        let case = facts.case(&terms);
        let view = case.view(sender, tx.now()).ok_or(SendRefusal::NotFound)?;
        if view.state == MatchState::Closed {
            return Err(SendRefusal::MatchClosed.into());
        }
        offer.envelope.map_err(SendRefusal::Request)?;
        // Whether another organisation is in the match is told only to who may exchange with it: a recipient that is
        // not there looks like one without consent.
        let recipient = facts
            .organisation_by_id(offer.recipient)
            .ok_or(SendRefusal::ConsentMissing)?
            .key;
        let exchange = case.exchange(sender, recipient, tx.now());
        let sealed_under = facts
            .consents
            .iter()
            .find(|row| has_hash(row, &offer.consent_hash.0))
            .filter(|row| may_send(row.key, exchange))
            .ok_or(SendRefusal::ConsentMissing)?;
        let keys = [(sender, *offer.sender_key), (recipient, *offer.recipient_key)];
        if !both_count(tx, keys[0], keys[1]).await? {
            return Err(SendRefusal::KeyRetired.into());
        }
        let (consent, consent_tag) = (sealed_under.key, sealed_under.log_tag);
        drop(terms);
        Ok(Self {
            facts,
            recipient,
            consent,
            consent_tag,
        })
    }
}

impl Facts {
    /// The consent that content was sealed under, when the content may pass now, and that consent's signed record. The log
    /// names this consent too, though another may have taken its place: the content stays bound to it.
    pub(crate) fn passes_under(
        &self,
        tx: &Tx<'_, Party>,
        row: &MessageRow,
    ) -> Option<(&ConsentRow, SignedRecord)> {
        let terms = self.terms().ok()?;
        let exchange = self.case(&terms).exchange(row.sender, row.recipient, tx.now());
        let (_, standing) = self.in_its_place(row.consent)?;
        let asked = self.coverage(row.consent)?;
        let parties = [self.party(row.sender)?, self.party(row.recipient)?];
        if !exchange::is_readable(asked, standing, parties, exchange, tx.now()) {
            return None;
        }
        let sealed_under = self.consents.iter().find(|consent| consent.key == row.consent)?;
        Some((sealed_under, wire_record(sealed_under)?))
    }

    /// Content for the caller that it may read now: of this id, and as it `is` to be. It is held: what destroys it waits, or
    /// came before.
    pub(crate) async fn readable(
        &self,
        tx: &Tx<'_, Party>,
        caller: &Caller,
        message_id: Id,
        is: impl Fn(&MessageRow) -> bool,
    ) -> Result<Readable, Failure<ReadMessagesRefusal>> {
        let row = tx.hold_message(self.row.key, message_id.0).await?;
        // The sender keeps its own copy; what it sealed, it cannot open.
        let row = row
            .filter(|row| row.recipient == caller.organisation && row.course.sent_at.is_some() && is(row))
            .ok_or(ReadMessagesRefusal::NotFound)?;
        let passes = self.passes_under(tx, &row);
        let (consent, record) = passes.ok_or(ReadMessagesRefusal::ConsentMissing)?;
        if row.course.is_gone(tx.now()) {
            return Err(ReadMessagesRefusal::Gone.into());
        }
        let read = Event::ContentRead {
            message: row.log_tag,
            organisation: caller.organisation_id.0,
            match_case: self.row.log_tag,
            consent: consent.log_tag,
        };
        Ok(Readable { row, record, read })
    }

    /// What closed the exchange for this content for good, if anything did. `match_closed_at` is what the viewer is shown.
    pub(crate) fn closed_for_good(
        &self,
        tx: &Tx<'_, Party>,
        row: &MessageRow,
        match_closed_at: Option<jiff::Timestamp>,
    ) -> Option<ContentClosed> {
        let (_, standing) = self.in_its_place(row.consent)?;
        let asked = self.coverage(row.consent)?;
        let parties = [self.party(row.sender)?, self.party(row.recipient)?];
        let (because, at) = exchange::ended(standing, asked, parties, match_closed_at, tx.now())?;
        let because = match because {
            Ended::ConsentWithdrawn => ContentClosedBecause::ConsentWithdrawn,
            Ended::ConsentExpired => ContentClosedBecause::ConsentExpired,
            Ended::SignalEnded => ContentClosedBecause::SignalEnded,
            Ended::MatchClosed => ContentClosedBecause::MatchClosed,
        };
        Some(ContentClosed { because, at })
    }

    /// Tells the recipient that something waits for it.
    pub(crate) async fn tell_of_content(
        &self,
        tx: &Tx<'_, Party>,
        recipient: OrganisationKey,
    ) -> Result<(), StoreError> {
        self.tell(tx, [recipient], NoticeKind::MessageWaiting).await
    }
}

/// The event of content that was destroyed.
pub(crate) fn content_destroyed(gone: &GoneContent) -> Event {
    Event::ContentDestroyed {
        message: gone.message,
        match_case: gone.match_case,
        consent: gone.consent,
        arriving: gone.arriving,
    }
}

fn has_hash(consent: &ConsentRow, hash: &[u8; 32]) -> bool {
    consent.record.as_ref().is_some_and(|record| record.hash == *hash)
}
