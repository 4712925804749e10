//! A party looks at the requests for consent in a match that name it: where they stand, never who decided what.

use std::collections::BTreeSet;

use domain::consent::{ConsentState, Standing};
use domain::key::OrganisationKey;
use jiff::Timestamp;
use protocol::consent as wire;
use protocol::id::Id;
use protocol::page::Page;
use protocol::text::Base64Url;
use store::{ConsentRow, Party, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

impl Casework {
    /// The requests of a match that name the caller's organisation, newest first.
    ///
    /// # Errors
    /// [`NotFound`] when there is no such match for the caller.
    pub async fn list_consent_requests(
        &self,
        caller: &Caller,
        match_id: Id,
    ) -> Result<Page<wire::ConsentRequest>, Failure<NotFound>> {
        let look = ReadConsents {
            casework: self.clone(),
            caller: caller.clone(),
            match_id,
        };
        Ok(Page {
            items: self.look(caller, look).await?,
            next: None,
        })
    }

    /// One of them, with the signed record once it was given.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_consent_request(
        &self,
        caller: &Caller,
        match_id: Id,
        request_id: Id,
    ) -> Result<wire::ConsentRequest, Failure<NotFound>> {
        let page = self.list_consent_requests(caller, match_id).await?;
        page.items
            .into_iter()
            .find(|request| request.id == request_id)
            .ok_or(NotFound.into())
    }
}

struct ReadConsents {
    casework: Casework,
    caller: Caller,
    match_id: Id,
}

impl Look for ReadConsents {
    const NAME: &'static str = "read_consents";
    type Output = Vec<wire::ConsentRequest>;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Vec<wire::ConsentRequest>, Failure<NotFound>> {
        let key = tx.ids().parse_match_case(self.match_id.0);
        let viewer = self.caller.organisation;
        let facts = Facts::read(tx, key, Hold::Nothing).await?.ok_or(NotFound)?;
        let terms = facts.terms()?;
        facts.case(&terms).view(viewer, tx.now()).ok_or(NotFound)?;
        let mut requests = Vec::new();
        for consent in facts
            .consents
            .iter()
            .filter(|consent| facts.names(consent.key, viewer))
        {
            let parties: BTreeSet<OrganisationKey> = facts.parties_of(consent.key);
            requests.push(wire::ConsentRequest {
                parties: facts.shown_ids(&terms, viewer, &parties, tx.now()),
                ..self.casework.to_wire(tx, consent)?
            });
        }
        Ok(requests)
    }
}

impl Casework {
    fn to_wire(&self, tx: &Tx<'_, Party>, consent: &ConsentRow) -> Result<wire::ConsentRequest, StoreError> {
        let standing = crate::consent_facts::standing(consent)?.at(tx.now());
        Ok(wire::ConsentRequest {
            id: Id(tx.ids().consent(consent.key)),
            state: wire_state(standing),
            purpose: wire::ConsentPurpose::Exchange,
            requested_at: consent.requested_at,
            given_at: given_at(consent),
            valid_until: consent.valid_until,
            parties: Vec::new(),
            record: self.wire_record(consent),
            invitations: Vec::new(),
        })
    }

    /// The signed record as recipients check it.
    pub(crate) fn wire_record(&self, consent: &ConsentRow) -> Option<wire::SignedRecord> {
        let record = consent.record.as_ref()?;
        Some(wire::SignedRecord {
            document: record.document.clone(),
            hash: Base64Url(record.hash),
            signature: Base64Url(record.signature),
            key_id: self.keys().consent.key().key_id,
        })
    }
}

/// When it was given: `decided_at` also tells when somebody refused, which parties learn from the state alone.
fn given_at(consent: &ConsentRow) -> Option<Timestamp> {
    consent.record.as_ref().and(consent.decided_at)
}

fn wire_state(standing: Standing) -> wire::ConsentState {
    match standing.state() {
        ConsentState::Requested | ConsentState::PartiallyGiven => wire::ConsentState::Requested,
        ConsentState::Given => wire::ConsentState::Given,
        ConsentState::Refused => wire::ConsentState::Refused,
        ConsentState::Withdrawn => wire::ConsentState::Withdrawn,
        ConsentState::Expired => wire::ConsentState::Expired,
        ConsentState::Replaced => wire::ConsentState::Replaced,
    }
}
