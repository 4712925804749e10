//! Asking consent, and relying on it.

use jiff::Timestamp;
use protocol::consent::{
    Attestation, AttestationSubmission, ConsentRequest, ConsentRequestSubmission, ConsentState, Record,
    SignedRecord,
};
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey, OrganisationId};

use crate::error::{Error, NoConsent};
use crate::partner::{Partner, first_page, page};

impl Partner {
    /// Asks consent to exchange in a match. The answer holds the codes for the letters, shown this once.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn request_consent(
        &self,
        match_id: Id,
        request: &ConsentRequestSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<ConsentRequest, Error> {
        let path = format!("/v1/matches/{match_id}/consent-requests");
        Ok(self.connection.post(&path, request, key).await?.value)
    }

    /// Asks the family whether it agrees to a signal that sleeps. The answer holds the codes for the letters, shown this
    /// once.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn request_signal_consent(
        &self,
        signal: Id,
        request: &ConsentRequestSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<ConsentRequest, Error> {
        let path = format!("/v1/signals/{signal}/consent-requests");
        Ok(self.connection.post(&path, request, key).await?.value)
    }

    /// A consent request about a signal.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn signal_consent_request(&self, signal: Id, id: Id) -> Result<ConsentRequest, Error> {
        self.connection
            .get(&format!("/v1/signals/{signal}/consent-requests/{id}"))
            .await
    }

    /// The consent requests about a signal, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn signal_consent_requests(
        &self,
        signal: Id,
        query: &PageQuery,
    ) -> Result<Page<ConsentRequest>, Error> {
        self.connection
            .get(&page(&format!("/v1/signals/{signal}/consent-requests"), query))
            .await
    }

    /// Records what a signatory of a request in a match said or wrote.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn attest_consent(
        &self,
        match_id: Id,
        request: Id,
        attestation: &AttestationSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Attestation, Error> {
        let path = format!("/v1/matches/{match_id}/consent-requests/{request}/attestations");
        Ok(self.connection.post(&path, attestation, key).await?.value)
    }

    /// Records what a signatory of a request about a signal said or wrote.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn attest_signal_consent(
        &self,
        signal: Id,
        request: Id,
        attestation: &AttestationSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Attestation, Error> {
        let path = format!("/v1/signals/{signal}/consent-requests/{request}/attestations");
        Ok(self.connection.post(&path, attestation, key).await?.value)
    }

    /// A consent request of a match.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn consent_request(&self, match_id: Id, id: Id) -> Result<ConsentRequest, Error> {
        self.connection
            .get(&format!("/v1/matches/{match_id}/consent-requests/{id}"))
            .await
    }

    /// The consent requests of a match, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn consent_requests(
        &self,
        match_id: Id,
        query: &PageQuery,
    ) -> Result<Page<ConsentRequest>, Error> {
        self.connection
            .get(&page(&format!("/v1/matches/{match_id}/consent-requests"), query))
            .await
    }

    /// The record of a given consent that covers both organisations, checked, and as it was signed.
    pub(crate) async fn standing_consent(
        &self,
        match_id: Id,
        pair: [OrganisationId; 2],
    ) -> Result<(Record, SignedRecord), Error> {
        let mut reason = NoConsent::Missing;
        let mut query = first_page();
        loop {
            let page = self.consent_requests(match_id, &query).await?;
            let given = page
                .items
                .iter()
                .filter(|request| request.state == ConsentState::Given);
            for signed in given.filter_map(|request| request.record.as_ref()) {
                match self.rely_on(signed, match_id, pair).await {
                    Err(Error::NoConsent(why)) => reason = why,
                    found => return Ok((found?, signed.clone())),
                }
            }
            match page.next {
                None => return Err(reason.into()),
                next => query.cursor = next,
            }
        }
    }

    /// Checks a record: signed by the portal, for this match and both organisations, and at this moment.
    pub(crate) async fn rely_on(
        &self,
        signed: &SignedRecord,
        match_id: Id,
        pair: [OrganisationId; 2],
    ) -> Result<Record, Error> {
        let record = self.portal.verify(&self.connection, signed).await?;
        let now: Timestamp = self.connection.environment().now();
        record
            .covers(match_id, pair, now)
            .map_err(NoConsent::NotCovered)?;
        Ok(record)
    }
}
