//! A professional, through the partner system of their organisation.

use std::collections::BTreeSet;

use casework::NewParty;
use client::{Error, NewSignal, Partner, PartnerKeys, SealingSecrets, Submitted};
use domain::actor::OrganisationKind;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use jiff::civil::Date;
use protocol::consent::{AgeBand, ConsentRequest, ConsentRequestSubmission, Language};
use protocol::disclosure::{DisclosureDuty, DisclosureState};
use protocol::match_case::Match;
use protocol::notice::{Notice, NoticeKind};
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use protocol::sealed_message::{SealingKey, SealingSecret};
use protocol::signal::{Contact, Signal, SignalState};
use protocol::{ClientId, Id, OrganisationId};
use zeroize::Zeroizing;

use crate::environment::{TestEnvironment, random};
use crate::region::{NET_EPOCH, network_secret};
use crate::{Child, Region, RegionKeyholder, Sector, eventually};

/// A professional at work.
pub struct Professional {
    /// Name of the organisation.
    pub name: String,
    /// Its id.
    pub organisation: OrganisationId,
    /// The client of its partner system.
    pub client_id: ClientId,
    /// The key of that client's assertions.
    pub key: SigningKey,
    /// The partner system.
    pub partner: Partner,
    /// The reference under which the organisation knows the professional.
    pub reference: String,
    /// Work address.
    pub email: String,
    sealing: [u8; 32],
    settings: client::Settings,
    environment: TestEnvironment,
}

impl Professional {
    /// With a keyholder, the partner system blinds.
    pub(crate) async fn register(region: &Region, covenant: &str, name: &str, sector: Sector) -> Self {
        let professional = Self::of_level_a(region, covenant, name, sector).await;
        match &region.keyholder {
            None => professional,
            Some(keyholder) => professional.with(keyholder).await,
        }
    }

    pub(crate) async fn of_level_a(region: &Region, covenant: &str, name: &str, sector: Sector) -> Self {
        let key = SigningKey::from_bytes(&random());
        let sealing_seed = random();
        let sealing = SealingSecret::from_bytes(sealing_seed);
        let party = NewParty {
            covenant: covenant.to_owned(),
            name: name.to_owned(),
            kind: OrganisationKind::Partner,
            sector: Some(sector),
            roles: BTreeSet::new(),
            sealing_key: Some(*sealing.public().unwrap().as_bytes()),
            client_key: key.verifying_key().to_bytes().into(),
        };
        let registered = region.casework.register(party).await.unwrap();
        let settings = settings(&region.url, registered.client.clone(), &key);
        let environment = TestEnvironment(region.clock.clone());
        let keys = PartnerKeys {
            network: network_keys(),
            sealing: sealing.into(),
        };
        let slug: String = name
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        Self {
            name: name.to_owned(),
            organisation: registered.organisation,
            client_id: registered.client,
            key,
            partner: Partner::connect(settings.clone(), keys, environment.clone()).unwrap(),
            reference: format!("ref-{slug}"),
            email: format!("meldt@{slug}.example"),
            sealing: sealing_seed,
            settings,
            environment,
        }
    }

    /// The same organisation with a partner system that knows the keyholder, which lets it in.
    async fn with(self, keyholder: &RegionKeyholder) -> Self {
        keyholder
            .let_partner_in(self.client_id.clone(), self.organisation, &self.key)
            .await;
        let settings = client::Settings {
            keyholder: Some(keyholder.settings()),
            min_suite: 2,
            ..self.settings.clone()
        };
        let keys = PartnerKeys {
            network: network_keys(),
            sealing: SealingSecret::from_bytes(self.sealing).into(),
        };
        Self {
            partner: Partner::connect(settings.clone(), keys, self.environment.clone()).unwrap(),
            settings,
            ..self
        }
    }

    /// The same organisation with a client at another's system, whose professionals do its work from now on: as when the
    /// two become one. Its key for messages goes along.
    pub async fn taken_over_by(&self, region: &Region, other: &Self) -> Self {
        let key = SigningKey::from_bytes(&random());
        let client_id = region
            .casework
            .register_client(
                self.organisation,
                key.verifying_key().to_bytes().into(),
                BTreeSet::new(),
            )
            .await
            .unwrap();
        let settings = settings(&region.url, client_id.clone(), &key);
        let keys = PartnerKeys {
            network: network_keys(),
            sealing: SealingSecret::from_bytes(self.sealing).into(),
        };
        Self {
            name: self.name.clone(),
            organisation: self.organisation,
            client_id,
            key,
            partner: Partner::connect(settings.clone(), keys, self.environment.clone()).unwrap(),
            reference: other.reference.clone(),
            email: other.email.clone(),
            sealing: self.sealing,
            settings,
            environment: self.environment.clone(),
        }
    }

    /// The same partner system, calling another instance of the service.
    #[must_use]
    pub fn calling(&self, url: &str) -> Partner {
        let settings = client::Settings {
            api_url: url.to_owned(),
            ..self.settings.clone()
        };
        let keys = PartnerKeys {
            network: network_keys(),
            sealing: SealingSecret::from_bytes(self.sealing).into(),
        };
        Partner::connect(settings, keys, self.environment.clone()).unwrap()
    }

    /// The key that the organisation was registered with.
    #[must_use]
    pub fn first_sealing_key(&self) -> SealingKey {
        SealingSecret::from_bytes(self.sealing).public().unwrap()
    }

    /// Its secret, for who opens by hand what a partner system would not.
    #[must_use]
    pub fn first_sealing_secret(&self) -> SealingSecret {
        SealingSecret::from_bytes(self.sealing)
    }

    /// The partner system seals with this secret from now on, and still opens what was sealed to its first one.
    pub fn goes_over_to(&mut self, secret: &SealingSecret) {
        let earlier = vec![SealingSecret::from_bytes(self.sealing)];
        let keys = PartnerKeys {
            network: network_keys(),
            sealing: SealingSecrets::new(secret.clone(), earlier),
        };
        self.partner = Partner::connect(self.settings.clone(), keys, self.environment.clone()).unwrap();
    }

    /// An assertion of its client, right as it is.
    #[must_use]
    pub fn assertion(&self) -> crate::Assertion {
        crate::Assertion::new(
            self.client_id.as_str(),
            &self.settings.token_url,
            &self.key,
            &self.environment.0,
        )
    }

    /// `Authorization` for calls that no client makes.
    pub async fn bearer(&self) -> String {
        format!("Bearer {}", *self.access_token().await)
    }

    /// An access token, for calls that no client makes.
    pub async fn access_token(&self) -> Zeroizing<String> {
        client::access_token(self.settings.clone(), self.environment.clone())
            .await
            .unwrap()
    }

    /// A signal about this child until this day.
    #[must_use]
    pub fn new_signal(&self, child: &Child, planned_end: &str) -> NewSignal {
        NewSignal {
            child: child.bsn().into(),
            guardians: Vec::new(),
            professional: Contact {
                reference: self.reference.parse().unwrap(),
                email: Some(self.email.parse().unwrap()),
                phone: None,
            },
            planned_end: protocol::text::date(planned_end).unwrap(),
            destroy_by: "2043-05".parse().unwrap(),
            ground: "development-at-risk".parse().unwrap(),
            on_behalf_of: None,
        }
    }

    /// A signal about this child as its body goes over the wire.
    #[must_use]
    pub fn signal_body(&self, child: &Child) -> String {
        let key_check = identifiers::key_check(&network_secret(), NET_EPOCH);
        serde_json::json!({
            "tokens": [{
                "suite": 1, "netEpoch": NET_EPOCH, "kind": "bsn",
                "keyCheck": protocol::text::encode(key_check.as_bytes()),
                "token": protocol::text::encode(child.token()),
            }],
            "professional": {"reference": self.reference, "email": self.email},
            "plannedEnd": "2027-09-01", "destroyBy": "2043-05", "ground": "development-at-risk",
        })
        .to_string()
    }

    /// The tokens of a signal once more, as they go over the wire.
    #[must_use]
    pub fn resubmission_body(&self, signal: Id, child: &Child) -> String {
        let signal_body: serde_json::Value = serde_json::from_str(&self.signal_body(child)).unwrap();
        serde_json::json!({"signals": [{"id": signal, "tokens": signal_body["tokens"]}]}).to_string()
    }

    /// Gives a signal until 1 September 2027 and gets it back; the organisation must have had none.
    pub async fn signals(&self, child: &Child) -> Signal {
        self.signals_until(child, "2027-09-01").await
    }

    /// Gives a signal until this day and tells the family of it; the organisation must have had none.
    pub async fn signals_until(&self, child: &Child, planned_end: &str) -> Signal {
        let signal = self.signals_untold(child, planned_end).await;
        // Of a signal that sleeps the family is asked.
        if signal.state == SignalState::Sleeping {
            return signal;
        }
        self.tells_the_family(signal.id).await;
        Signal {
            disclosure: Some(DisclosureDuty {
                state: DisclosureState::Recorded,
                until: None,
            }),
            ..signal
        }
    }

    /// The day it is where the professional works.
    #[must_use]
    pub fn today(&self) -> Date {
        let zone = domain::calendar::time_zone("Europe/Amsterdam").unwrap();
        domain::calendar::local_date(self.environment.0.now(), &zone)
    }

    /// Gives a signal until this day, of which the family is not told; the organisation must have had none.
    pub async fn signals_untold(&self, child: &Child, planned_end: &str) -> Signal {
        let submitted = self
            .partner
            .submit_signal(&self.new_signal(child, planned_end), None)
            .await;
        match submitted.unwrap() {
            Submitted::New(signal) => signal,
            Submitted::Known(_) => panic!("{} had a signal for this child", self.name),
        }
    }

    /// The inbox.
    pub async fn inbox(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        let mut query = first_page();
        loop {
            let page = self.partner.notices(&query).await.unwrap();
            notices.extend(page.items);
            match page.next {
                None => return notices,
                next => query.cursor = next,
            }
        }
    }

    /// Waits for this many notices in the inbox, no more and no fewer. That a message waits is told for each of them and is
    /// not counted here.
    pub async fn is_told(&self, count: usize) -> Vec<Notice> {
        let notices = eventually("a notice", async || {
            let mut notices = self.inbox().await;
            notices.retain(|notice| notice.kind != NoticeKind::MessageWaiting);
            Some(notices).filter(|notices| notices.len() >= count)
        })
        .await;
        assert_eq!(notices.len(), count, "{} is told too often", self.name);
        notices
    }

    /// Reads what waits in the inbox and acknowledges it; gives the match it is about.
    pub async fn is_told_of_a_match(&self) -> Id {
        let notices = self.is_told(1).await;
        self.partner
            .acknowledge_notice(notices[0].id, None)
            .await
            .unwrap();
        notices[0].match_id.unwrap()
    }

    /// All matches the organisation sees.
    pub async fn matches(&self) -> Vec<Match> {
        self.partner.matches(&first_page()).await.unwrap().items
    }

    /// The match as this organisation sees it.
    pub async fn sees(&self, match_id: Id) -> Match {
        self.partner.match_case(match_id).await.unwrap()
    }

    /// Says that it was in contact.
    pub async fn confirms_contact(&self, match_id: Id) {
        self.partner.confirm_contact(match_id, None).await.unwrap();
    }

    /// Asks consent for a child of this age.
    pub async fn asks_consent(&self, match_id: Id, age_band: AgeBand, guardians: u8) -> ConsentRequest {
        self.tries_to_ask_consent(match_id, age_band, guardians, None)
            .await
            .unwrap()
    }

    /// Asks consent, maybe in vain; `boundary` is the birthday on which another rule begins.
    ///
    /// # Errors
    /// The refusal.
    pub async fn tries_to_ask_consent(
        &self,
        match_id: Id,
        age_band: AgeBand,
        guardians: u8,
        boundary: Option<&str>,
    ) -> Result<ConsentRequest, Error> {
        let request = ConsentRequestSubmission {
            age_band,
            guardians,
            next_boundary_on: boundary.map(|day| protocol::text::date(day).unwrap()),
            language: Language::Nl,
            one_guardian_declares: false,
        };
        self.partner.request_consent(match_id, &request, None).await
    }

    /// The consent request as this organisation sees it.
    pub async fn sees_request(&self, match_id: Id, request: Id) -> ConsentRequest {
        self.partner.consent_request(match_id, request).await.unwrap()
    }
}

/// Why a call was refused; it must have been.
pub fn refusal<T>(outcome: Result<T, Error>) -> ProblemType {
    match outcome {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error
            .problem_type()
            .unwrap_or_else(|| panic!("no refusal: {error:?}")),
    }
}

fn network_keys() -> Vec<client::NetworkKey> {
    vec![client::NetworkKey {
        epoch: NET_EPOCH,
        secret: network_secret(),
    }]
}

pub(crate) fn first_page() -> PageQuery {
    PageQuery {
        limit: PageQuery::MAX_LIMIT,
        cursor: None,
    }
}

pub(crate) fn settings(url: &str, client_id: ClientId, key: &SigningKey) -> client::Settings {
    client::Settings {
        api_url: url.to_owned(),
        token_url: format!("{url}/oauth/token"),
        client_id,
        private_key_pem: key.to_pkcs8_pem(Default::default()).unwrap(),
        consent_keys: None,
        keyholder: None,
        min_suite: 1,
    }
}
