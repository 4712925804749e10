//! Two parties with a consent, their portal, and the ways in which what they send can be wrong.

use jiff::{SignedDuration, Timestamp};
use keyholder::ClientRole;
use protocol::consent::{About, Assurance, ConsentSigner, Method, Record, SignedRecord, Terms};
use protocol::gate::{ConsentStatus, GateShareRequest, Standing, Tombstone, Tombstones};
use protocol::text::Base64Url;
use protocol::{Id, OrganisationId};
use serde_json::Value;

use crate::wire::Answer;
use crate::world::{Caller, World, random};

/// The network whose portal is believed.
pub const NETWORK: &str = "testland";

pub const SHARES: &str = "/v1/gate-shares";
pub const TOMBSTONES: &str = "/v1/gate-tombstones";

/// A portal's key.
pub fn portal() -> ConsentSigner {
    ConsentSigner::from_seed(&random())
}

/// A match of two organisations that a family agreed to.
pub struct Exchange {
    pub portal: ConsentSigner,
    pub school: Caller,
    pub care: Caller,
    pub of_school: String,
    pub of_care: String,
    pub match_id: Id,
    pub message: Id,
    pub record: SignedRecord,
    pub until: Timestamp,
}

impl World {
    /// The keyholder's time. That of the test stands still, and the real one goes on.
    pub async fn now(&self) -> Timestamp {
        let superuser = self.superuser().await;
        let row = superuser.query_one("SELECT keyholder.now()", &[]).await.unwrap();
        row.get(0)
    }

    /// Asks for a share; again when a lock was not had in time.
    pub async fn share(&self, token: &str, request: &GateShareRequest) -> Answer {
        self.insist(SHARES, token, &serde_json::to_value(request).unwrap())
            .await
    }

    /// Tells of consents that ended.
    pub async fn bury(&self, token: &str, consents: Vec<Tombstone>) -> Answer {
        self.insist(
            TOMBSTONES,
            token,
            &serde_json::to_value(Tombstones { consents }).unwrap(),
        )
        .await
    }

    async fn insist(&self, path: &str, token: &str, body: &Value) -> Answer {
        loop {
            let answer = self.post(path, token, body).await;
            if answer.slug() != "try-again" {
                return answer;
            }
        }
    }
}

impl Exchange {
    /// Two parties, a portal that is believed, and a consent that stands.
    pub async fn new(world: &World) -> Self {
        let portal = portal();
        let network = NETWORK.parse().unwrap();
        world
            .operator
            .add_consent_key(network, portal.key().public_key)
            .await
            .unwrap();
        let (school, care) = (world.partner().await, world.partner().await);
        let match_id = Id(random());
        let terms = terms(match_id, [id(&school), id(&care)], world.now().await);
        Self {
            of_school: world.token(&school).await,
            of_care: world.token(&care).await,
            match_id,
            message: Id(random()),
            until: terms.valid_until,
            record: portal.sign(&Record::new(terms).unwrap()),
            portal,
            school,
            care,
        }
    }

    pub fn parties(&self) -> [OrganisationId; 2] {
        [id(&self.school), id(&self.care)]
    }

    /// What the portal says of the record as of a moment.
    pub fn status(&self, as_of: Timestamp) -> ConsentStatus {
        ConsentStatus {
            as_of,
            consent: self.record.hash,
            network: NETWORK.parse().unwrap(),
            state: Standing::Stands,
        }
    }

    /// A right request, whose status is as of a moment.
    pub fn request_at(&self, as_of: Timestamp) -> GateShareRequest {
        GateShareRequest {
            match_id: self.match_id,
            message_id: self.message,
            record: self.record.clone(),
            status: self.status(as_of).sign(&self.portal).unwrap(),
        }
    }

    /// A right request now.
    pub async fn request(&self, world: &World) -> GateShareRequest {
        self.request_at(world.now().await)
    }

    /// The same with another record of the portal, and the status of that.
    pub async fn request_under(&self, world: &World, change: impl FnOnce(&mut Terms)) -> GateShareRequest {
        let now = world.now().await;
        let mut terms = terms(self.match_id, self.parties(), now);
        change(&mut terms);
        let record = self.portal.sign(&Record::new(terms).unwrap());
        let mut status = self.status(now);
        status.consent = record.hash;
        GateShareRequest {
            record,
            status: status.sign(&self.portal).unwrap(),
            ..self.request_at(now)
        }
    }

    /// That the consent ended, as the service tells it.
    pub fn tombstone(&self, ended_at: Timestamp) -> Tombstone {
        Tombstone {
            hash: self.record.hash,
            ended_at,
            until: self.until,
        }
    }
}

fn id(caller: &Caller) -> OrganisationId {
    let ClientRole::Partner(organisation) = caller.role else {
        panic!("a party has an organisation");
    };
    organisation
}

fn terms(match_id: Id, parties: [OrganisationId; 2], now: Timestamp) -> Terms {
    let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
    Terms {
        network: NETWORK.parse().unwrap(),
        about: About::Exchange(match_id),
        parties: parties.into(),
        text_version: "2026-11".parse().unwrap(),
        language: "nl".parse().unwrap(),
        method: Method::Portal,
        assurance: Assurance::Letter,
        issuer: parties[0],
        requested_at: ago(3),
        given_at: ago(2),
        valid_until: ago(-300),
    }
}

/// The hash under which the database knows a consent, and the number of its lock.
pub fn in_database(record: &Base64Url<32>) -> ([u8; 32], i32) {
    let consent = blake3::derive_key("trefpunt 2026 keyholder ended consent v1", &record.0);
    let lock = i32::from_be_bytes(consent[..4].try_into().unwrap());
    (consent, lock)
}
