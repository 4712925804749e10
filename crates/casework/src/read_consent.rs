//! An organisation looks at the requests for consent that cover it: where they stand, never who decided what.

use domain::consent::{ConsentState, Standing};
use domain::key::ConsentKey;
use jiff::Timestamp;
use protocol::OrganisationId;
use protocol::consent as wire;
use protocol::id::{Id, KeyId};
use protocol::page::Page;
use protocol::text::Base64Url;
use store::{ConsentAbout, ConsentRow, Party, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::match_view::{Facts, Hold};
use crate::request_consent::AskedAbout;
use crate::{Caller, Casework, consent_facts};

impl Casework {
    /// The requests about a match that cover the caller's organisation, or about its own signal, newest first.
    ///
    /// # Errors
    /// [`NotFound`] when there is no such match or signal for the caller.
    pub async fn list_consent_requests(
        &self,
        caller: &Caller,
        about: AskedAbout,
    ) -> Result<Page<wire::ConsentRequest>, Failure<NotFound>> {
        // An age boundary acts when one looks: what is asked since then is there to be seen.
        self.end_overdue(caller, about).await?;
        let look = ReadConsents {
            caller: caller.clone(),
            about,
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
        about: AskedAbout,
        request_id: Id,
    ) -> Result<wire::ConsentRequest, Failure<NotFound>> {
        let page = self.list_consent_requests(caller, about).await?;
        page.items
            .into_iter()
            .find(|request| request.id == request_id)
            .ok_or(NotFound.into())
    }

    /// Writes down which requests about this have ended, if the caller may see that there are any.
    pub(crate) async fn end_overdue<R: Send + 'static>(
        &self,
        caller: &Caller,
        about: AskedAbout,
    ) -> Result<(), Failure<R>> {
        let look = Overdue {
            about,
            refusal: std::marker::PhantomData::<fn() -> R>,
        };
        match self.look(caller, look).await? {
            None => {}
            Some(ConsentAbout::Match(key)) => self.end_requests(key).await?,
            Some(ConsentAbout::Signal(key)) => self.end_requests_of_signal(key).await?,
        }
        Ok(())
    }
}

/// Whether a request waits to be written down as ended.
struct Overdue<R> {
    about: AskedAbout,
    refusal: std::marker::PhantomData<fn() -> R>,
}

impl<R: Send + 'static> Look for Overdue<R> {
    const NAME: &'static str = "overdue_requests";
    type Output = Option<ConsentAbout>;
    type Refusal = R;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Option<ConsentAbout>, Failure<R>> {
        Ok(match self.about {
            AskedAbout::Match(id) => {
                let key = tx.ids().parse_match_case(id.0);
                let asked = tx.asked_in_match(key).await?;
                let overdue = asked
                    .iter()
                    .any(|asked| asked.state != ConsentState::Refused.slug() && asked.answer_by <= tx.now());
                overdue.then_some(ConsentAbout::Match(key))
            }
            AskedAbout::Signal(id) => {
                let key = tx.ids().parse_signal(id.0);
                let asked = tx.consents_of_signal(key).await?;
                let overdue = asked
                    .iter()
                    .any(|asked| asked.is_pending() && asked.answer_by <= tx.now());
                overdue.then_some(ConsentAbout::Signal(key))
            }
        })
    }
}

struct ReadConsents {
    caller: Caller,
    about: AskedAbout,
}

impl Look for ReadConsents {
    const NAME: &'static str = "read_consents";
    type Output = Vec<wire::ConsentRequest>;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Vec<wire::ConsentRequest>, Failure<NotFound>> {
        match self.about {
            AskedAbout::Match(id) => self.about_match(tx, id).await,
            AskedAbout::Signal(id) => self.about_signal(tx, id).await,
        }
    }
}

impl ReadConsents {
    async fn about_match(
        &self,
        tx: &Tx<'_, Party>,
        id: Id,
    ) -> Result<Vec<wire::ConsentRequest>, Failure<NotFound>> {
        let key = tx.ids().parse_match_case(id.0);
        let viewer = self.caller.organisation;
        let facts = Facts::read(tx, key, Hold::Nothing).await?.ok_or(NotFound)?;
        let terms = facts.terms()?;
        facts.case(&terms).view(viewer, tx.now()).ok_or(NotFound)?;
        let of_viewer = facts
            .consents
            .iter()
            .filter(|consent| facts.names(consent.key, viewer));
        of_viewer
            .map(|consent| {
                let parties = facts.parties_of(consent.key);
                let shown = facts.shown_ids(&terms, viewer, &parties, tx.now());
                Ok(to_wire(tx, consent, shown)?)
            })
            .collect()
    }

    async fn about_signal(
        &self,
        tx: &Tx<'_, Party>,
        id: Id,
    ) -> Result<Vec<wire::ConsentRequest>, Failure<NotFound>> {
        let signal = tx
            .own_signal(tx.ids().parse_signal(id.0))
            .await?
            .ok_or(NotFound)?;
        signal.life.at(tx.now()).ok_or(NotFound)?;
        let consents = tx.consents_of_signal(signal.key).await?;
        consents
            .iter()
            .map(|consent| Ok(to_wire(tx, consent, vec![self.caller.organisation_id])?))
            .collect()
    }
}

fn to_wire(
    tx: &Tx<'_, Party>,
    consent: &ConsentRow,
    parties: Vec<OrganisationId>,
) -> Result<wire::ConsentRequest, StoreError> {
    let standing = consent_facts::standing(consent)?.at(tx.now());
    let successor = consent.superseded_by.map(|row| ConsentKey { row, ..consent.key });
    Ok(wire::ConsentRequest {
        id: Id(tx.ids().consent(consent.key)),
        state: wire_state(standing),
        purpose: match consent.about {
            ConsentAbout::Match(_) => wire::ConsentPurpose::Exchange,
            ConsentAbout::Signal(_) => wire::ConsentPurpose::Signal,
        },
        requested_at: consent.requested_at,
        given_at: given_at(consent),
        valid_until: consent.valid_until,
        parties,
        superseded_by: successor.map(|key| Id(tx.ids().consent(key))),
        record: wire_record(consent),
        invitations: Vec::new(),
    })
}
/// The signed record as recipients check it.
pub(crate) fn wire_record(consent: &ConsentRow) -> Option<wire::SignedRecord> {
    let record = consent.record.as_ref()?;
    Some(wire::SignedRecord {
        document: record.document.clone(),
        hash: Base64Url(record.hash),
        signature: Base64Url(record.signature),
        key_id: KeyId(record.key_id?),
    })
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
        ConsentState::SupersededByAge => wire::ConsentState::SupersededByAge,
    }
}
