//! What actors do and see, from the first signal to the supervisor's verification. The children are invented and the
//! time is moved; everything between is the product.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it stands"
)]

mod age;
mod attachments;
mod attested;
mod batch;
mod catalogue;
mod clients;
mod consent_first;
mod consent_rules;
mod consent_status;
mod covenants;
mod delegation;
mod disclosure;
mod edges;
mod eight_years;
mod endings;
mod erasure;
mod exchange;
mod exchange_life;
mod export;
mod family_match;
mod family_pages;
mod family_papers;
mod family_rights;
mod follow_up;
mod guardians;
mod guardrail;
mod happy_path;
mod inbox;
mod keyholder;
mod leaver;
mod letter_documents;
mod login;
mod mail;
mod masking;
mod match_life;
mod matcher;
mod net_epochs;
mod notices;
mod objection;
mod probing;
mod processing_log;
mod refusal;
mod returning;
mod rights_request;
mod roles;
mod sandbox;
mod sealing_keys;
mod signal_life;
mod soft_match;
mod statistics;
mod submitting;
mod third_party;
mod time;
mod unread;
mod viewing;
mod way_in;
mod webhook;
mod withdrawal;

use protocol::Id;
use protocol::consent::{AgeBand, ConsentRequest};
use tests::{Child, Guardian, Professional, Region, Sector, child};

/// Two organisations that signalled one child and confirmed contact.
pub(crate) struct Met {
    pub region: Region,
    pub childcare: Professional,
    pub health: Professional,
    pub child: Child,
    pub match_id: Id,
}

impl Met {
    /// Under a covenant without masking, matches visible at once.
    pub async fn start() -> Self {
        Self::in_region(Region::start().await).await
    }

    /// In this region.
    pub async fn in_region(region: Region) -> Self {
        let childcare = region
            .professional("Kinderopvang De Vlinder", Sector::Childcare)
            .await;
        let health = region
            .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
            .await;
        let child = child(1);
        childcare.signals(&child).await;
        health.signals(&child).await;
        let match_id = childcare.is_told_of_a_match().await;
        assert_eq!(health.is_told_of_a_match().await, match_id);
        childcare.confirms_contact(match_id).await;
        health.confirms_contact(match_id).await;
        Self {
            region,
            childcare,
            health,
            child,
            match_id,
        }
    }

    /// Asks consent for a child of this age; gives the request and who got a letter.
    pub async fn ask(&self, age_band: AgeBand, guardians: u8) -> (ConsentRequest, Vec<Guardian>) {
        let request = self
            .childcare
            .asks_consent(self.match_id, age_band, guardians)
            .await;
        let letters = Guardian::of(&self.region, &request);
        (request, letters)
    }

    /// Asks one guardian, who agrees: exchange is open.
    pub async fn open(&self) -> (ConsentRequest, Guardian) {
        let (request, mut letters) = self.ask(AgeBand::Under12, 1).await;
        let mut guardian = letters.remove(0);
        guardian.agrees().await;
        assert!(self.childcare.sees(self.match_id).await.exchange.open);
        (request, guardian)
    }
}
