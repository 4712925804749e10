//! What parties do in a match beside calling each other: who leads it, and how it ends.

use client::Error;
use protocol::match_case::{
    Closing, ClosingSubmission, LeadAnswer, LeadAnswered, LeadProposal, Match, Outcome, Party, Relocation,
};
use protocol::notice::NoticeKind;
use protocol::{Id, OrganisationId};

use crate::{Municipality, Professional};

impl Professional {
    /// Asks another party to coordinate, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn proposes(&self, match_id: Id, organisation: OrganisationId) -> Result<LeadProposal, Error> {
        self.partner.propose_lead(match_id, organisation, None).await
    }

    /// Answers to being asked to coordinate, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn answers(&self, match_id: Id, answer: LeadAnswer) -> Result<LeadAnswered, Error> {
        self.partner.answer_lead(match_id, answer, None).await
    }

    /// Becomes lead because another party asks it.
    pub async fn leads(&self, match_id: Id, asked_by: &Self) {
        asked_by.proposes(match_id, self.organisation).await.unwrap();
        self.answers(match_id, LeadAnswer::Accepted).await.unwrap();
    }

    /// Closes a match, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn closes(
        &self,
        match_id: Id,
        outcome: Outcome,
        approved_by: Option<&str>,
    ) -> Result<Closing, Error> {
        let closing = ClosingSubmission {
            outcome,
            approved_by: approved_by.map(|reference| reference.parse().unwrap()),
        };
        self.partner.close_match(match_id, &closing, None).await
    }

    /// Reads the whole inbox and acknowledges it; gives what it told, oldest first.
    pub async fn clears_the_inbox(&self) -> Vec<NoticeKind> {
        let notices = self.inbox().await;
        for notice in &notices {
            self.partner.acknowledge_notice(notice.id, None).await.unwrap();
        }
        // That messages wait is told too, and is not what is asked here.
        let kinds = notices.into_iter().map(|notice| notice.kind);
        kinds.filter(|kind| *kind != NoticeKind::MessageWaiting).collect()
    }

    /// Who coordinates, as this organisation is shown it.
    pub async fn sees_lead(&self, match_id: Id) -> Option<OrganisationId> {
        let seen = self.sees(match_id).await;
        let lead = seen.parties.into_iter().find(|party| party.lead);
        lead.map(|party| party.organisation.unwrap().id)
    }
}

impl Municipality {
    /// Hands a match over to another municipality, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn relocates(&self, match_id: Id, to: &Self) -> Result<Relocation, Error> {
        self.program()
            .relocate_match(match_id, to.organisation, None)
            .await
    }
}

/// The others in a match that somebody sees.
pub fn others(seen: &Match) -> impl Iterator<Item = &Party> {
    seen.parties.iter().filter(|party| !party.you)
}
