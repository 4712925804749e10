//! A match: one case per child, seen by its parties.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::{Id, OrganisationId};
use crate::signal::Contact;
use crate::text::Base64Url;

/// A match, as one of its parties sees it. It names no child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// Its id; the same for every party.
    pub id: Id,
    /// Where it stands.
    pub state: MatchState,
    /// When it became visible.
    pub opened_at: Timestamp,
    /// Until when the parties have to confirm contact; null when nothing is due any more.
    pub contact_deadline: Option<Timestamp>,
    /// Everyone in it, you among them.
    pub parties: Vec<Party>,
    /// Whether messages can pass.
    pub exchange: Exchange,
    /// Where to turn when a child is in danger. Nothing here is needed for that, and no consent.
    pub safeguarding: Safeguarding,
}

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchState {
    /// Parties have yet to confirm contact.
    Open,
    /// Every revealed party with an active signal confirmed contact.
    ContactConfirmed,
    /// Fewer than two signals remain, or the lead closed it.
    Closed,
}

/// A party to a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Which organisation; null while the covenant keeps it hidden.
    pub organisation: Option<Organisation>,
    /// Whether this is the caller.
    pub you: bool,
    /// How to reach the professional; null while the covenant keeps it hidden.
    pub contact: Option<Contact>,
    /// Whether this party confirmed contact.
    pub contact_confirmed: bool,
    /// Whether, at this moment, a consent covers you and this party. False for yourself.
    pub exchange_open: bool,
    /// The X25519 key to seal messages to; null when hidden or not registered.
    pub sealing_key: Option<Base64Url<32>>,
}

/// An organisation as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    #[schema(example = "Basisschool De Wilg")]
    pub name: String,
    /// Its sector.
    pub sector: Sector,
}

/// What an organisation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sector {
    /// Youth help.
    YouthHelp,
    /// Youth health care.
    YouthHealthCare,
    /// Health care.
    HealthCare,
    /// Education.
    Education,
    /// Childcare.
    Childcare,
    /// Social support.
    SocialSupport,
    /// Work and income.
    WorkAndIncome,
    /// Police and justice.
    PoliceAndJustice,
}

/// Whether messages can pass between the caller and another party, at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// True when a consent that stands covers the caller and at least one other party.
    pub open: bool,
    /// Why it is closed; null when open.
    pub closed_because: Option<ClosedBecause>,
    /// When consent was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
    /// The consent request that matters now: the one that stands, else the latest; null when nobody asked.
    pub consent_request: Option<Id>,
}

/// Why exchange is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedBecause {
    /// Nobody asked, or not everyone who must has given it.
    ConsentMissing,
    /// The family withdrew it.
    ConsentWithdrawn,
    /// Its time is over.
    ConsentExpired,
    /// One of both has no active signal any more.
    SignalEnded,
}

/// Where to turn when a child is in danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Safeguarding {
    /// Name of the advice and reporting centre.
    #[schema(example = "Veilig Thuis")]
    pub name: String,
    /// Its telephone number, as people dial it.
    #[schema(example = "0800-2000")]
    pub phone: String,
    /// When it answers.
    #[schema(example = "24/7")]
    pub available: String,
}

impl Safeguarding {
    /// Veilig Thuis, the Dutch advice and reporting centre on domestic violence and child abuse.
    pub fn veilig_thuis() -> Self {
        Self {
            name: "Veilig Thuis".into(),
            phone: "0800-2000".into(),
            available: "24/7".into(),
        }
    }
}

/// Body of `POST /v1/matches/{id}/contact-confirmations`: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactConfirmationSubmission {}

deserialize_as_body!(ContactConfirmationSubmission);

impl Body for ContactConfirmationSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// The answer to a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactConfirmation {
    /// Where the match stands after it.
    pub match_state: MatchState,
    /// When this party confirmed.
    pub confirmed_at: Timestamp,
}
