//! What a professional and a coordinator do about telling the family.

use client::Error;
use jiff::civil::Date;
use protocol::Id;
use protocol::disclosure::{
    Channel, Disclosure, DisclosureDue, DisclosureSubmission, Postponement, PostponementDecision,
    PostponementDecisionSubmission, PostponementReason, PostponementSubmission, SpokenLanguage,
};
use protocol::page::PageQuery;

use crate::Professional;

impl Professional {
    /// Tells the family of a signal, today, and records that.
    pub async fn tells_the_family(&self, signal: Id) -> Disclosure {
        self.tries_to_record(signal, self.today()).await.unwrap()
    }

    /// Records that the family was told on this day, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn tries_to_record(&self, signal: Id, on: Date) -> Result<Disclosure, Error> {
        let disclosure = DisclosureSubmission {
            on,
            channel: Channel::Conversation,
            language: SpokenLanguage::Dutch,
            by: self.reference.parse().unwrap(),
        };
        self.partner.record_disclosure(signal, &disclosure, None).await
    }

    /// Proposes to tell the family later, since the child is not safe; maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn proposes_to_postpone(&self, signal: Id, review_on: &str) -> Result<Postponement, Error> {
        let postponement = PostponementSubmission {
            reason: PostponementReason::ChildUnsafe,
            review_on: protocol::text::date(review_on).unwrap(),
            by: self.reference.parse().unwrap(),
        };
        self.partner
            .propose_postponement(signal, &postponement, None)
            .await
    }

    /// Somebody of the organisation decides what was proposed, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn decides_to_postpone(
        &self,
        signal: Id,
        decision: PostponementDecision,
        by: &str,
    ) -> Result<Postponement, Error> {
        let decision = PostponementDecisionSubmission {
            decision,
            by: by.parse().unwrap(),
        };
        self.partner.decide_postponement(signal, &decision, None).await
    }

    /// Postpones telling the family until this day, with the approval of a colleague.
    pub async fn postpones(&self, signal: Id, review_on: &str) -> Postponement {
        self.proposes_to_postpone(signal, review_on).await.unwrap();
        self.decides_to_postpone(signal, PostponementDecision::Approved, "a-colleague")
            .await
            .unwrap()
    }

    /// Of which signals the family is still to be told.
    pub async fn has_yet_to_tell(&self) -> Vec<DisclosureDue> {
        let all = PageQuery {
            limit: 100,
            cursor: None,
        };
        self.partner.disclosures_due(&all).await.unwrap().items
    }
}
