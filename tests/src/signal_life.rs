//! What a professional and a coordinator do with signals that are there.

use client::Error;
use protocol::Id;
use protocol::signal::{
    ArchivedSignal, Contact, EndReason, Ending, OpeningReason, Reassignment, ReassignmentSubmission,
};

use crate::Professional;

impl Professional {
    /// Ends a signal of the organisation.
    pub async fn ends(&self, signal: Id, reason: EndReason) -> Ending {
        self.tries_to_end(signal, reason).await.unwrap()
    }

    /// Ends a signal, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn tries_to_end(&self, signal: Id, reason: EndReason) -> Result<Ending, Error> {
        self.partner.end_signal(signal, reason, None).await
    }

    /// Asks what a notice from the archive is about, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn opens(&self, notice: Id) -> Result<ArchivedSignal, Error> {
        self.partner
            .open_archive_notice(notice, OpeningReason::ContinueHelp, None)
            .await
    }

    /// As coordinator: all signals of this professional get another.
    pub async fn reassigns(&self, from: &str, to: &str, email: &str) -> Reassignment {
        let reassignment = ReassignmentSubmission {
            from: from.parse().unwrap(),
            to: Contact {
                reference: to.parse().unwrap(),
                email: Some(email.parse().unwrap()),
                phone: None,
            },
        };
        self.partner.reassign_signals(&reassignment, None).await.unwrap()
    }
}
