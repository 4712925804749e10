//! Whoever knows the hash of a consent record asks the portal whether it stands.

use protocol::consent::{ConsentKeys, ConsentVerifier, SignedRecord};
use protocol::gate::{ConsentStatus, SignedStatus, Standing};
use protocol::id::Id;
use serde_json::json;

use crate::{Answer, Http, Method, Professional, Region};

impl Region {
    /// The portal's keys, as anybody may read them.
    pub async fn consent_keys(&self) -> ConsentKeys {
        let answer = Http::new(&self.url).get("/v1/consent-keys", &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_value(answer.json()).unwrap()
    }

    /// Asks the portal about a record.
    pub async fn asks_status(&self, hash: &str) -> Answer {
        let body = json!({ "consentHash": hash }).to_string();
        let headers = [("content-type", "application/json")];
        Http::new(&self.portal_url)
            .send(
                Method::POST,
                "/v1/consent-status",
                &headers,
                Some(body.as_bytes()),
            )
            .await
    }

    /// What the portal says of a record, checked as a keyholder checks it.
    pub async fn standing(&self, record: &SignedRecord) -> Standing {
        let answer = self.asks_status(&record.hash.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let signed: SignedStatus = serde_json::from_value(answer.json()).unwrap();
        let keys = ConsentVerifier::new(&self.consent_keys().await).unwrap();
        let status = ConsentStatus::verify(&signed, &keys).unwrap();
        assert_eq!(status.consent, record.hash);
        let age = self.clock.now().duration_since(status.as_of).as_secs();
        assert!((-30..=60).contains(&age), "{age} s");
        status.state
    }

    /// Whether a tombstone lies for the keyholder, about this record.
    pub async fn is_buried(&self, record: &SignedRecord) -> bool {
        let hash: String = record.hash.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let sql = format!("SELECT count(*) FROM tombstone WHERE record_hash = '\\x{hash}'");
        self.count(&sql).await == 1
    }
}

impl Professional {
    /// The signed record of a request that was given.
    pub async fn has_record(&self, match_id: Id, request: Id) -> SignedRecord {
        self.sees_request(match_id, request).await.record.unwrap()
    }
}
