//! Who is here: what every page of a session asks first.

use actix_web::{HttpMessage as _, HttpRequest};
use casework::{PortalSecret, Stage, Visit, VisitAbout};

use super::Portal;
use super::answer::Stop;
use super::family::Family;
use super::session;

/// Somebody in a session that is not over.
pub(super) struct Guest {
    /// The session's secret.
    pub secret: PortalSecret,
    /// Who it is, and how far.
    pub visit: Visit,
}

impl Guest {
    /// For a page that is open to whoever is in. Who still has to choose a PIN, or to keep the return key, is sent there.
    ///
    /// # Errors
    /// `Outside`, `NotEntitled`, `Stage`, `Later`.
    pub(super) async fn of(
        request: &HttpRequest,
        portal: &Portal,
        family: &impl Family,
    ) -> Result<Self, Stop> {
        Self::at(Stage::In, request, portal, family).await
    }

    /// For a page about a request. Who has the letter of a signal begins elsewhere.
    ///
    /// # Errors
    /// As above, and `Inside`.
    pub(super) async fn of_request(
        request: &HttpRequest,
        portal: &Portal,
        family: &impl Family,
    ) -> Result<Self, Stop> {
        let guest = Self::of(request, portal, family).await?;
        match guest.visit.about {
            VisitAbout::Request => Ok(guest),
            VisitAbout::Signal => Err(Stop::Inside {
                start: start(VisitAbout::Signal),
            }),
        }
    }

    /// For the page of a stage. Who is at another is sent there.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn at(
        stage: Stage,
        request: &HttpRequest,
        portal: &Portal,
        family: &impl Family,
    ) -> Result<Self, Stop> {
        let secret = session::of(request, portal)?;
        let visit = portal.act(family.visit(&secret)).await?;
        if visit.stage == Stage::In {
            // The frame shows them the menu, also around a page that says why there is none.
            request.extensions_mut().insert(visit.about);
        }
        match visit.stage == stage {
            true => Ok(Self { secret, visit }),
            false if visit.stage == Stage::In => Err(Stop::Inside {
                start: start(visit.about),
            }),
            false => Err(Stop::Stage(visit.stage)),
        }
    }
}

/// Where somebody begins who is in.
pub(super) const fn start(about: VisitAbout) -> &'static str {
    match about {
        VisitAbout::Request => "/portal/verzoek",
        VisitAbout::Signal => "/portal/kind",
    }
}

/// The page of a stage that comes before that.
pub(super) const fn page_of(stage: Stage) -> &'static str {
    match stage {
        Stage::ChoosesPin => "/portal/pincode",
        Stage::ShowsKey => "/portal/sleutel",
        Stage::In => "/portal/verzoek",
    }
}
