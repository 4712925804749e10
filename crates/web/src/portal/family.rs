//! The acts of `casework` that a family can do here. The pages are written against this list and nothing else of it.

use domain::covenant::Covenant;
use domain::invitation::InvitationCode;
use domain::pin::Pin;
use domain::rights_request::Right;
use protocol::consent::Language;
use protocol::id::Id;

use casework::{
    Casework, ChildFile, Choice, ConsentPage, Decided, FamilyFailure, FamilyKey, FamilyRights, Fetched,
    LoginAnswer, LoginBegun, LoginFailure, LoginTicket, PageState, PortalSecret, ReceiptFacts, ReceiptWords,
    Visit,
};

/// What a family can do.
pub(super) trait Family: 'static {
    /// Opens a session with a code, in which a PIN can be chosen.
    fn open_invitation(&self, code: &str) -> impl Future<Output = Result<PortalSecret, FamilyFailure>>;

    /// Exchanges the code of this session for a return key with this PIN.
    fn choose_pin(&self, secret: &PortalSecret, pin: &Pin)
    -> impl Future<Output = Result<(), FamilyFailure>>;

    /// The return key, in the session that made it.
    fn return_key(
        &self,
        secret: &PortalSecret,
    ) -> impl Future<Output = Result<Option<InvitationCode>, FamilyFailure>>;

    /// The reader kept the return key.
    fn kept_key(&self, secret: &PortalSecret) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Opens a session with a return key and its PIN.
    fn come_back(&self, key: &str, pin: &str) -> impl Future<Output = Result<PortalSecret, FamilyFailure>>;

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

    /// What the reader asked of the municipality, and what more they can ask.
    fn rights(&self, secret: &PortalSecret) -> impl Future<Output = Result<FamilyRights, FamilyFailure>>;

    /// Objects to a signal.
    fn object(&self, secret: &PortalSecret, signal: Id) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Takes an objection back.
    fn withdraw_objection(
        &self,
        secret: &PortalSecret,
        objection: Id,
    ) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Asks for access or erasure.
    fn ask(&self, secret: &PortalSecret, right: Right) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// Takes a request back.
    fn withdraw_request(
        &self,
        secret: &PortalSecret,
        request: Id,
    ) -> impl Future<Output = Result<(), FamilyFailure>>;

    /// The file that a request for access gave.
    fn fetch_file(&self, secret: &PortalSecret) -> impl Future<Output = Result<Fetched, FamilyFailure>>;

    /// All covenants, as they are in force.
    fn covenants_in_force(&self) -> impl Future<Output = Result<Vec<Covenant>, FamilyFailure>>;

    /// Those about the child of this session.
    fn own_covenants(
        &self,
        secret: &PortalSecret,
    ) -> impl Future<Output = Result<Vec<Covenant>, FamilyFailure>>;

    /// What families log in with, such as `DigiD`; none where they cannot.
    fn login_name(&self) -> Option<String>;

    /// Begins to log in whoever is in; `language` is for the broker's pages.
    fn begin_login(
        &self,
        secret: &PortalSecret,
        language: &str,
    ) -> impl Future<Output = Result<LoginBegun, LoginFailure>>;

    /// Ends a log-in with what the browser brought back.
    fn finish_login(
        &self,
        ticket: &LoginTicket,
        answer: &LoginAnswer,
    ) -> impl Future<Output = Result<(), LoginFailure>>;

    /// What the letter of this session opens of what is kept about the child.
    fn child_file(&self, secret: &PortalSecret) -> impl Future<Output = Result<ChildFile, FamilyFailure>>;

    /// Everything that is kept about the child; none when in this session it is not sure enough who reads.
    fn whole_file(
        &self,
        secret: &PortalSecret,
    ) -> impl Future<Output = Result<Option<ChildFile>, FamilyFailure>>;

    /// What a receipt of this session's question is made of.
    fn receipt_facts(
        &self,
        secret: &PortalSecret,
    ) -> impl Future<Output = Result<ReceiptFacts, FamilyFailure>>;

    /// The receipt of a consent, signed; none where there is nothing to sign.
    fn sign_receipt(
        &self,
        facts: &ReceiptFacts,
        words: &ReceiptWords,
    ) -> Result<Option<String>, FamilyFailure>;

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
    async fn receipt_facts(&self, secret: &PortalSecret) -> Result<ReceiptFacts, FamilyFailure> {
        Self::receipt_facts(self, secret).await
    }

    fn sign_receipt(
        &self,
        facts: &ReceiptFacts,
        words: &ReceiptWords,
    ) -> Result<Option<String>, FamilyFailure> {
        Ok(Self::sign_receipt(self, facts, words)?)
    }

    async fn rights(&self, secret: &PortalSecret) -> Result<FamilyRights, FamilyFailure> {
        self.family_rights(secret).await
    }

    async fn object(&self, secret: &PortalSecret, signal: Id) -> Result<(), FamilyFailure> {
        let key = FamilyKey::Session(secret);
        self.object_to_signal(&key, Some(signal)).await.map(drop)
    }

    async fn withdraw_objection(&self, secret: &PortalSecret, objection: Id) -> Result<(), FamilyFailure> {
        Self::withdraw_objection(self, &FamilyKey::Session(secret), objection).await
    }

    async fn ask(&self, secret: &PortalSecret, right: Right) -> Result<(), FamilyFailure> {
        self.request_right(&FamilyKey::Session(secret), right)
            .await
            .map(drop)
    }

    async fn withdraw_request(&self, secret: &PortalSecret, request: Id) -> Result<(), FamilyFailure> {
        self.withdraw_rights_request(&FamilyKey::Session(secret), request)
            .await
    }

    async fn fetch_file(&self, secret: &PortalSecret) -> Result<Fetched, FamilyFailure> {
        Self::fetch_file(self, secret).await
    }

    async fn covenants_in_force(&self) -> Result<Vec<Covenant>, FamilyFailure> {
        Ok(Self::covenants_in_force(self).await?)
    }

    async fn own_covenants(&self, secret: &PortalSecret) -> Result<Vec<Covenant>, FamilyFailure> {
        Self::own_covenants(self, secret).await
    }

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

    fn login_name(&self) -> Option<String> {
        Self::login_name(self).map(str::to_owned)
    }

    async fn begin_login(&self, secret: &PortalSecret, language: &str) -> Result<LoginBegun, LoginFailure> {
        Self::begin_login(self, secret, language).await
    }

    async fn finish_login(&self, ticket: &LoginTicket, answer: &LoginAnswer) -> Result<(), LoginFailure> {
        Self::finish_login(self, ticket, answer).await
    }

    async fn child_file(&self, secret: &PortalSecret) -> Result<ChildFile, FamilyFailure> {
        Self::child_file(self, secret).await
    }

    async fn whole_file(&self, secret: &PortalSecret) -> Result<Option<ChildFile>, FamilyFailure> {
        Self::whole_file(self, secret).await
    }

    async fn leave(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        Self::leave(self, secret).await
    }
}
