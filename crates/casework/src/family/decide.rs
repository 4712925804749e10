//! A signatory gives, refuses or withdraws.
//!
//! The consent's row is locked first. Whoever reads content relies on the same row, so a withdrawal that was answered is
//! seen by every later read.

use domain::consent::{Given, NotPossible, Pending, Signed};
use domain::event::Event;
use protocol::OrganisationId;
use protocol::consent::ConsentPurpose;
use protocol::consent::record::{Assurance, Method, Record, Terms};
use protocol::id::Id;
use store::{Context, Party, SignedRecord, StoreError, Tx, Work};

use super::page::Opened;
use super::{Choice, FamilyFailure, PortalSecret};
use crate::{Casework, consent_facts, match_view};

impl Casework {
    /// Gives or refuses. Choosing the same again changes nothing.
    ///
    /// # Errors
    /// [`FamilyFailure::TooLate`] when it was decided otherwise or its time is over.
    pub async fn decide(&self, secret: &PortalSecret, choice: Choice) -> Result<(), FamilyFailure> {
        let work = Decide {
            casework: self.clone(),
            choice,
        };
        self.store().run(Context::Family(secret.hash()), work).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }

    /// Withdraws a consent that stands: for all parties, at once. Withdrawing again changes nothing.
    ///
    /// # Errors
    /// [`FamilyFailure::TooLate`] when there is no consent that stands.
    pub async fn withdraw(&self, secret: &PortalSecret) -> Result<(), FamilyFailure> {
        self.store().run(Context::Family(secret.hash()), Withdraw).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }
}

impl From<NotPossible> for FamilyFailure {
    fn from(_: NotPossible) -> Self {
        Self::TooLate
    }
}

struct Decide {
    casework: Casework,
    choice: Choice,
}

impl Work for Decide {
    const NAME: &'static str = "decide_consent";
    type Role = Party;
    type Output = ();
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), FamilyFailure> {
        let opened = Opened::read(tx, true).await?;
        let waiting = matches!(opened.consent.state.as_str(), "requested" | "partially_given");
        match (self.choice, opened.access.decision.as_deref()) {
            (Choice::Give, Some("agreed")) | (Choice::Refuse, Some("refused")) => Ok(()),
            _ if !waiting || opened.match_is_over => Err(FamilyFailure::TooLate),
            (Choice::Give, _) => self.give(tx, &opened).await,
            (Choice::Refuse, _) => refuse(tx, &opened).await,
        }
    }
}

impl Decide {
    async fn give(&self, tx: &Tx<'_, Party>, opened: &Opened) -> Result<(), FamilyFailure> {
        let terms = match_view::terms(&opened.covenants)?;
        let (signatory, consent) = (opened.access.signatory, opened.consent.key);
        let from = consent_facts::state(&opened.consent)?;
        match pending(opened)?.sign(opened.signatory, &terms, tx.now())? {
            Signed::Partially(_) => {
                let event = Event::ConsentSigned {
                    consent: opened.consent.log_tag,
                    match_case: opened.match_tag,
                    from,
                    signatory: opened.signatory,
                };
                Ok(tx.sign(signatory, consent, &event).await?)
            }
            Signed::Given(given) => {
                replace_others(tx, opened).await?;
                let record = self.record(tx, opened, &given)?;
                let event = Event::ConsentGiven {
                    consent: opened.consent.log_tag,
                    match_case: opened.match_tag,
                    from,
                    valid_until: given.valid_until,
                    signatory: opened.signatory,
                };
                Ok(tx
                    .give(signatory, consent, given.valid_until, &record, &event)
                    .await?)
            }
        }
    }

    /// What was agreed, in the form that anyone can check. It names organisations and no person.
    fn record(&self, tx: &Tx<'_, Party>, opened: &Opened, given: &Given) -> Result<SignedRecord, StoreError> {
        let consent = &opened.consent;
        let issuer = opened
            .organisations
            .iter()
            .find(|row| row.key == consent.requested_by);
        let name = |text: &str| {
            text.parse().map_err(|_| StoreError::Column {
                column: "text_version",
            })
        };
        let terms = Terms {
            network: self.casework.keys().network_name.clone(),
            match_id: Id(tx.ids().match_case(consent.match_case)),
            parties: opened
                .organisations
                .iter()
                .map(|row| OrganisationId(row.public_id))
                .collect(),
            purpose: ConsentPurpose::Exchange,
            text_version: name(&consent.text_version)?,
            language: name(&consent.language)?,
            method: Method::Portal,
            assurance: Assurance::Letter,
            issuer: OrganisationId(
                issuer
                    .ok_or(StoreError::Column {
                        column: "requested_by",
                    })?
                    .public_id,
            ),
            requested_at: consent.requested_at,
            given_at: given.given_at,
            valid_until: given.valid_until,
        };
        let record = Record::new(terms).map_err(|_| StoreError::Column { column: "record" })?;
        let signed = self.casework.keys().consent.sign(&record);
        Ok(SignedRecord {
            document: signed.document,
            hash: signed.hash.0,
            signature: signed.signature.0,
        })
    }
}

async fn refuse(tx: &Tx<'_, Party>, opened: &Opened) -> Result<(), FamilyFailure> {
    pending(opened)?.refuse(opened.signatory, tx.now())?;
    let event = Event::ConsentRefused {
        consent: opened.consent.log_tag,
        match_case: opened.match_tag,
        from: consent_facts::state(&opened.consent)?,
        signatory: opened.signatory,
    };
    Ok(tx
        .refuse(opened.access.signatory, opened.consent.key, &event)
        .await?)
}

/// What the family agrees to last is what stands in a match: it takes the place of what stood before.
async fn replace_others(tx: &Tx<'_, Party>, opened: &Opened) -> Result<(), FamilyFailure> {
    let others = tx
        .standing_others(opened.consent.match_case, opened.consent.key)
        .await?;
    let rows: Vec<i64> = others.iter().map(|(row, _)| *row).collect();
    let events: Vec<Event> = others
        .iter()
        .map(|(_, tag)| Event::ConsentReplaced {
            consent: *tag,
            match_case: opened.match_tag,
            successor: opened.consent.log_tag,
        })
        .collect();
    Ok(tx.replace(&rows, opened.consent.key, &events).await?)
}

struct Withdraw;

impl Work for Withdraw {
    const NAME: &'static str = "withdraw_consent";
    type Role = Party;
    type Output = ();
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), FamilyFailure> {
        let opened = Opened::read(tx, true).await?;
        match opened.consent.state.as_str() {
            "withdrawn" => return Ok(()),
            "given" => {}
            _ => return Err(FamilyFailure::TooLate),
        }
        let given = consent_facts::given(&opened.consent, opened.parties(), &opened.signatories)?;
        given.withdraw(opened.signatory, tx.now())?;
        let event = Event::ConsentWithdrawn {
            consent: opened.consent.log_tag,
            match_case: opened.match_tag,
            from: consent_facts::state(&opened.consent)?,
            signatory: opened.signatory,
        };
        tx.withdraw(opened.consent.key, &event).await?;
        // A message stays bound to the consent it was sealed under, also when this one took that one's place.
        let destroyed = |message, sealed_under: Option<u128>| Event::ContentDestroyed {
            message,
            match_case: opened.match_tag,
            consent: sealed_under.unwrap_or(opened.consent.log_tag),
        };
        tx.destroy_unfetched(opened.consent.match_case, destroyed).await?;
        Ok(())
    }
}

fn pending(opened: &Opened) -> Result<Pending, StoreError> {
    consent_facts::pending(&opened.consent, opened.parties(), &opened.signatories)
}
