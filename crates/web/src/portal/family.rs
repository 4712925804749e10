//! The acts of `casework` that a family can do here. The pages are written against this list and nothing else of it.

use domain::invitation::InvitationCode;
use domain::pin::Pin;
use protocol::consent::Language;
use protocol::id::Id;

use casework::{Casework, Choice, ConsentPage, Decided, FamilyFailure, PageState, PortalSecret, Visit};

/// What a family can do.
pub(super) trait Family: 'static {
    /// Opens a session with a code, in which a PIN can be chosen.
    fn open_invitation(&self, code: &str) -> impl Future<Output = Result<PortalSecret, FamilyFailure>>;

    /// Exchanges the code of this session for a return key with this PIN.
    fn choose_pin(
        &self,
        secret: &PortalSecret,
        pin: &Pin,
    ) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// The return key, in the session that made it.
    fn return_key(
        &self,
        secret: &PortalSecret,
    ) -> impl Future<Output = Result<Option<InvitationCode>, FamilyFailure>>;

    /// The reader kept the return key.
    fn kept_key(&self, secret: &PortalSecret) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Opens a session with a return key and its PIN.
    fn come_back(
        &self,
        key: &str,
        pin: &str,
    ) -> impl Future<Output = Result<PortalSecret, FamilyFailure>>;

    /// Who this session is, and how far.
    fn visit(&self, secret: &PortalSecret) -> impl Future<Output = Result<Visit, FamilyFailure>>;

    /// What this session's page may show.
    fn consent_page(&self, secret: &PortalSecret)
    -> impl Future<Output = Result<ConsentPage, FamilyFailure>>;

    /// Says yes or no to this question, as it was read in this language.
    fn decide(
        &self,
        secret: &PortalSecret,
        question: Id,
        choice: Choice,
        language: Language,
    ) -> impl Future<Output = Result<Decided, FamilyFailure>>;

    /// Ends a consent that stands.
    fn withdraw(
        &self,
        secret: &PortalSecret,
        language: Language,
    ) -> impl Future<Output = Result<Decided, FamilyFailure>>;

    /// Ends the session.
    fn leave(&self, secret: &PortalSecret) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Takes back what this signatory gave: the consent when it stands, or their own yes while others still have to
    /// decide. Does nothing when there is nothing to take back, so that it can be repeated.
    async fn take_back(&self, secret: &PortalSecret, language: Language) -> Result<Decided, FamilyFailure> {
        let page = self.consent_page(secret).await?;
        match page.state {
            PageState::Given { .. } => self.withdraw(secret, language).await,
            PageState::Agreed { .. } => {
                let refused = self.decide(secret, page.question, Choice::Refuse, language).await;
                match refused {
                    // Between reading and acting the last other signatory may have agreed. Then it stands, and ends here.
                    Err(FamilyFailure::TooLate) => self.withdraw(secret, language).await,
                    taken_back => taken_back,
                }
            }
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

    async fn choose_pin(&self, secret: &PortalSecret, pin: &Pin) -> Result<(), FamilyFailure> {
        Self::choose_pin(self, secret, pin).await
    }

    async fn return_key(&self, secret: &PortalSecret) -> Result<Option<InvitationCode>, FamilyFailure> {
        Self::return_key(self, secret).await
    }

    async fn kept_key(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        Self::kept_key(self, secret).await
    }

    async fn come_back(&self, key: &str, pin: &str) -> Result<PortalSecret, FamilyFailure> {
        Self::come_back(self, key, pin).await
    }

    async fn visit(&self, secret: &PortalSecret) -> Result<Visit, FamilyFailure> {
        Self::visit(self, secret).await
    }

    async fn consent_page(&self, secret: &PortalSecret) -> Result<ConsentPage, FamilyFailure> {
        Self::consent_page(self, secret).await
    }

    async fn decide(
        &self,
        secret: &PortalSecret,
        question: Id,
        choice: Choice,
        language: Language,
    ) -> Result<Decided, FamilyFailure> {
        Self::decide(self, secret, question, choice, language).await
    }

    async fn withdraw(&self, secret: &PortalSecret, language: Language) -> Result<Decided, FamilyFailure> {
        Self::withdraw(self, secret, language).await
    }

    async fn leave(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        Self::leave(self, secret).await
    }
}
