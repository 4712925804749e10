//! Who a session is: what every page of the portal asks first.

use domain::consent::SignatoryRole;
use store::{Party, SessionStage, StoreError, Tx, Work};

use super::door::{self, AtDoor, By, Opened};
use super::{FamilyFailure, PortalSecret};
use crate::Casework;
use crate::covenants::Covenants;

/// Somebody of the family, in a session that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// What their letter is about.
    pub about: VisitAbout,
    /// Whether they are the young person; else a guardian.
    pub is_young_person: bool,
    /// How far they are.
    pub stage: Stage,
    /// How sure it is that they are who the letter is for.
    pub assurance: SessionAssurance,
    /// The municipality that is responsible for the family's rights.
    pub municipality: String,
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitAbout {
    /// A request for consent.
    Request,
    /// A signal.
    Signal,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The code was entered; it is exchanged when a PIN is chosen, and until then nothing is shown.
    ChoosesPin,
    /// The return key is shown until its reader says that they kept it.
    ShowsKey,
    /// The pages are open.
    In,
}

/// How sure it is that a visitor is who the letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAssurance {
    /// They have its code or return key.
    Letter,
    /// They logged in beside that.
    Oidc,
}

impl Casework {
    /// Who a session is, whatever its stage.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when it opens nothing (any more), [`FamilyFailure::NotEntitled`] when its reader may see and
    /// do nothing any more: a guardian from the 16th birthday on, or somebody whose access the municipality took away.
    pub async fn visit(&self, secret: &PortalSecret) -> Result<Visit, FamilyFailure> {
        self.at_the_door(secret, || ReadVisit).await
    }
}

struct ReadVisit;

impl Work for ReadVisit {
    const NAME: &'static str = "visit_portal";
    type Role = Party;
    type Output = AtDoor<Visit>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<Visit>, FamilyFailure> {
        let session = tx.session().await?.ok_or(FamilyFailure::Closed)?;
        let (stage, by) = match session.stage {
            SessionStage::ChoosesPin => (Stage::ChoosesPin, By::Code),
            SessionStage::ShowsKey => (Stage::ShowsKey, By::Access),
            SessionStage::In => (Stage::In, By::Access),
            SessionStage::Ended => return Err(FamilyFailure::NotEntitled),
        };
        let opened = match door::enter(tx, session.person, by).await? {
            AtDoor::In(opened) => opened,
            AtDoor::Overtaken(key) => return Ok(AtDoor::Overtaken(key)),
        };
        Ok(AtDoor::In(Visit {
            about: match opened {
                Opened::Request(_) => VisitAbout::Request,
                Opened::Letter(_) => VisitAbout::Signal,
            },
            is_young_person: opened.signatory()?.role == SignatoryRole::YoungPerson,
            stage,
            assurance: match session.logged_in {
                true => SessionAssurance::Oidc,
                false => SessionAssurance::Letter,
            },
            municipality: municipality(tx, &opened).await?,
        }))
    }
}

/// By the covenant of who made the letter. Row-level security shows nobody of whom the family is not to be told yet; then it is
/// that of any covenant.
async fn municipality(tx: &Tx<'_, Party>, opened: &Opened) -> Result<String, StoreError> {
    let covenants = Covenants::read(tx).await?;
    let issuer: Vec<_> = opened.issuer().into_iter().collect();
    let known = match tx.organisations(&issuer).await?.first() {
        Some(issuer) => vec![covenants.of(issuer.covenant)?.clone()],
        None => covenants.any()?,
    };
    let covenant = known.first().ok_or(StoreError::Column {
        column: "covenant_id",
    })?;
    Ok(covenant.municipality().to_owned())
}
