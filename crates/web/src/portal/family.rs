//! The acts of `casework` that a family can do here. The pages are written against this list and nothing else of it.

use protocol::id::Id;

use casework::{Casework, Choice, ConsentPage, Decided, FamilyFailure, PageState, PortalSecret};

/// What a family can do.
pub(super) trait Family: 'static {
    /// Exchanges a code for a session.
    fn open_invitation(&self, code: &str) -> impl Future<Output = Result<PortalSecret, FamilyFailure>>;

    /// What this session's page may show.
    fn consent_page(&self, secret: &PortalSecret)
    -> impl Future<Output = Result<ConsentPage, FamilyFailure>>;

    /// Says yes or no to this question.
    fn decide(
        &self,
        secret: &PortalSecret,
        question: Id,
        choice: Choice,
    ) -> impl Future<Output = Result<Decided, FamilyFailure>>;

    /// Ends a consent that stands.
    fn withdraw(&self, secret: &PortalSecret) -> impl Future<Output = Result<Decided, FamilyFailure>>;

    /// Ends the session.
    fn leave(&self, secret: &PortalSecret) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Takes back what this signatory gave: the consent when it stands, or their own yes while others still have to
    /// decide. Does nothing when there is nothing to take back, so that it can be repeated.
    async fn take_back(&self, secret: &PortalSecret) -> Result<Decided, FamilyFailure> {
        let page = self.consent_page(secret).await?;
        match page.state {
            PageState::Given { .. } => self.withdraw(secret).await,
            PageState::Agreed { .. } => match self.decide(secret, page.question, Choice::Refuse).await {
                // Between reading and acting the last other signatory may have agreed. Then it stands, and ends here.
                Err(FamilyFailure::TooLate) => self.withdraw(secret).await,
                taken_back => taken_back,
            },
            PageState::Open | PageState::NotGiven { .. } | PageState::Withdrawn { .. } | PageState::Over => {
                Ok(Decided::Stands)
            }
        }
    }
}

impl Family for Casework {
    async fn open_invitation(&self, code: &str) -> Result<PortalSecret, FamilyFailure> {
        Self::open_invitation(self, code).await
    }

    async fn consent_page(&self, secret: &PortalSecret) -> Result<ConsentPage, FamilyFailure> {
        Self::consent_page(self, secret).await
    }

    async fn decide(
        &self,
        secret: &PortalSecret,
        question: Id,
        choice: Choice,
    ) -> Result<Decided, FamilyFailure> {
        Self::decide(self, secret, question, choice).await
    }

    async fn withdraw(&self, secret: &PortalSecret) -> Result<Decided, FamilyFailure> {
        Self::withdraw(self, secret).await
    }

    async fn leave(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        Self::leave(self, secret).await
    }
}
