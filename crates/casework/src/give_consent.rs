//! Everybody who must agreed: the portal signs the record, and from then on consent is given, with everything that follows for
//! other consents and for the signal it is about.
//!
//! It is signed where the portal's key is. That is in the act of the last signatory, when that process holds the key; else
//! the decision is stored, and a step of the portal's own process gives the consent.

use std::collections::BTreeSet;

use domain::calendar;
use domain::consent::{Given, How, Signed};
use domain::event::{Decision, Event};
use domain::key::{ConsentKey, OrganisationKey};
use domain::signal::Archive;
use protocol::OrganisationId;
use protocol::consent::ConsentSigner;
use protocol::consent::record::{About, Assurance, Method, Record, Terms};
use protocol::id::Id;
use store::{ConsentAbout, Context, Decided, Matcher, SignedRecord, StandingRow, StoreError, Tx, Work};

use crate::consent_case::ConsentCase;
use crate::covenants::Covenants;
use crate::portal_keys::demand_signing_key;
use crate::signal_life::wake_signal;
use crate::supersede::bury;
use crate::{Casework, consent_facts};

/// How many are looked up at a time. Each is given in a transaction of its own.
const AT_ONCE: i64 = 100;

impl Casework {
    /// Signs what everybody agreed to where the portal's key is not; gives how many consents came of it. Without the key it
    /// does nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be reached.
    pub async fn sign_consents_once(&self) -> Result<usize, StoreError> {
        if self.keys().consent.is_none() {
            return Ok(0);
        }
        let to_sign = ToSign {
            set_aside: self.inner.unsigned_aside.now(),
        };
        let mut given = 0;
        for key in self.store().run(Context::Service, to_sign).await? {
            let work = SignConsent {
                casework: self.clone(),
                key,
            };
            match self.store().run(Context::Service, work).await {
                Ok(Signing::Given) => given += 1,
                Ok(Signing::Over) => {}
                // It may come to it yet, and keeps no other waiting until then.
                Ok(Signing::NotYet) => self.inner.unsigned_aside.push(key.subject),
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "a consent that everybody agreed to could not be signed");
                    self.inner.unsigned_aside.push(key.subject);
                }
            }
        }
        Ok(given)
    }
}

struct ToSign {
    set_aside: Vec<i64>,
}

impl Work for ToSign {
    const NAME: &'static str = "consents_to_sign";
    type Role = Matcher;
    type Output = Vec<ConsentKey>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<ConsentKey>, StoreError> {
        tx.consents_to_sign(AT_ONCE, &self.set_aside).await
    }
}

struct SignConsent {
    casework: Casework,
    key: ConsentKey,
}

/// What came of it.
enum Signing {
    /// It is given now.
    Given,
    /// There is nothing to sign any more; maybe another process was faster.
    Over,
    /// Something is in its way that may pass.
    NotYet,
}

impl Work for SignConsent {
    const NAME: &'static str = "sign_consent";
    type Role = Matcher;
    type Output = Signing;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Signing, StoreError> {
        let Some(signer) = &self.casework.keys().consent else {
            return Ok(Signing::NotYet);
        };
        let Some(case) = ConsentCase::lock(tx, self.key).await? else {
            return Ok(Signing::Over);
        };
        if !case.row.is_pending() {
            return Ok(Signing::Over);
        }
        // Nobody can agree to what they are not shown; it goes on when they are.
        if case.is_pointless() || tx.names_hidden(case.row.key).await? {
            return Ok(Signing::NotYet);
        }
        let terms = case.terms()?;
        let Ok(Signed::Given(given)) = case.pending()?.conclude(&terms, tx.now()) else {
            return Ok(Signing::NotYet);
        };
        if !given.is_recorded(&terms) {
            return Err(StoreError::Column { column: "assurance" });
        }
        let giving = Giving {
            casework: &self.casework,
            tx,
            case: &case,
            signer,
        };
        giving.give(&given, None).await?;
        Ok(Signing::Given)
    }
}

/// Gives a consent that everybody agreed to.
pub(crate) struct Giving<'a> {
    pub(crate) casework: &'a Casework,
    pub(crate) tx: &'a Tx<'a, Matcher>,
    pub(crate) case: &'a ConsentCase,
    pub(crate) signer: &'a ConsentSigner,
}

impl Giving<'_> {
    /// Signs and stores it. `last` is what the last signatory decided, when it was not stored before.
    pub(crate) async fn give(
        &self,
        given: &Given,
        last: Option<(Decided, Decision)>,
    ) -> Result<(), StoreError> {
        let (case, tx) = (self.case, self.tx);
        demand_signing_key(tx, self.signer.key().key_id).await?;
        let replaced = self.replace_others(given).await?;
        let (decided, decision) = last.unzip();
        let event = Event::ConsentGiven {
            consent: case.row.log_tag,
            about: case.tag(),
            from: consent_facts::state(&case.row)?,
            valid_until: given.valid_until,
            decision,
            how: given.how,
        };
        let record = self.record(given, decided.as_ref())?;
        tx.give(decided, case.row.key, given.valid_until, &record, &event)
            .await?;
        if replaced {
            // What took their place may let fewer exchange than they did.
            bury(tx, case).await?;
        }
        self.wake(given).await
    }

    /// What the family agrees to last takes the place of what stood before, unless somebody would lose cover by that.
    async fn replace_others(&self, given: &Given) -> Result<bool, StoreError> {
        let takes_part =
            |party: OrganisationKey| self.case.about.members.iter().any(|(member, _)| *member == party);
        let others = standing_others(self.tx, self.case).await?;
        let replaced: Vec<&StandingRow> = others
            .iter()
            .filter(|other| {
                let parties = other.parties.iter().copied().collect();
                given.takes_the_place_of(&parties, takes_part)
            })
            .collect();
        let rows: Vec<i64> = replaced.iter().map(|other| other.key.row).collect();
        let events: Vec<Event> = replaced
            .iter()
            .map(|other| Event::ConsentReplaced {
                consent: other.log_tag,
                match_case: self.case.about.log_tag,
                successor: self.case.row.log_tag,
            })
            .collect();
        self.tx.replace(&rows, self.case.row.key, &events).await?;
        Ok(!rows.is_empty())
    }

    /// A signal that the family agreed to counts from now on, and no longer than the consent: it ends when the day begins
    /// on which that does.
    async fn wake(&self, given: &Given) -> Result<(), StoreError> {
        let ConsentAbout::Signal(signal) = self.case.row.about else {
            return Ok(());
        };
        let covenants = Covenants::read(self.tx).await?;
        let covenant = covenants.of(self.case.issuer()?.covenant)?;
        let zone = covenant.time_zone();
        let day = calendar::local_date(given.valid_until, zone);
        let ends_at = calendar::start_of_day(day, zone);
        let archive = Archive::after(ends_at, covenant.archive_years(), zone);
        self.tx.end_with_consent(signal, day, ends_at, archive).await?;
        wake_signal(self.tx, signal).await
    }

    /// In which languages those who agreed read what they agreed to, in order and without telling who read which: `ar.nl`.
    /// Who read no page here was told in the language of the request. `last` is a decision that is not stored yet.
    fn languages(&self, last: Option<&Decided>) -> String {
        let of_request = self.case.row.language.as_str();
        let last = last.map(|decided| decided.language.unwrap_or(of_request));
        let stored = consent_facts::must_sign(&self.case.signatories)
            .filter(|row| row.decision.as_deref() == Some("agreed"))
            .map(|row| row.language.as_deref().unwrap_or(of_request));
        let languages: BTreeSet<&str> = stored.chain(last).collect();
        match languages.is_empty() {
            true => of_request.to_owned(),
            false => languages.into_iter().collect::<Vec<_>>().join("."),
        }
    }

    /// What was agreed, in the form that anyone can check. It names organisations and no person.
    fn record(&self, given: &Given, last: Option<&Decided>) -> Result<SignedRecord, StoreError> {
        let row = &self.case.row;
        let name = |text: &str| {
            text.parse().map_err(|_| StoreError::Column {
                column: "text_version",
            })
        };
        let ids = self.tx.ids();
        let parties = self
            .case
            .named
            .iter()
            .map(|named| OrganisationId(named.organisation_id));
        let terms = Terms {
            network: self.casework.keys().network_name.clone(),
            about: match row.about {
                ConsentAbout::Match(key) => About::Exchange(Id(ids.match_case(key))),
                ConsentAbout::Signal(key) => About::Signal(Id(ids.signal(key))),
            },
            parties: parties.collect(),
            text_version: name(&row.text_version)?,
            language: name(&self.languages(last))?,
            method: method(given.how),
            assurance: assurance(given.how),
            issuer: OrganisationId(self.case.issuer()?.organisation_id),
            requested_at: row.requested_at,
            given_at: given.given_at,
            valid_until: given.valid_until,
        };
        let record = Record::new(terms).map_err(|_| StoreError::Column { column: "record" })?;
        let signed = self.signer.sign(&record);
        Ok(SignedRecord {
            document: signed.document,
            hash: signed.hash.0,
            signature: signed.signature.0,
            key_id: Some(signed.key_id.0),
        })
    }
}

/// The other consents that stand in the same match.
pub(crate) async fn standing_others(
    tx: &Tx<'_, Matcher>,
    case: &ConsentCase,
) -> Result<Vec<StandingRow>, StoreError> {
    match case.row.about {
        ConsentAbout::Match(match_case) => tx.standing_others(match_case, case.row.key).await,
        ConsentAbout::Signal(_) => Ok(Vec::new()),
    }
}

pub(crate) fn method(how: How) -> Method {
    match how.method {
        domain::consent::Method::Portal => Method::Portal,
        domain::consent::Method::Oral => Method::Oral,
        domain::consent::Method::Written => Method::Written,
    }
}

pub(crate) fn assurance(how: How) -> Assurance {
    match how.assurance {
        domain::consent::Assurance::Attested => Assurance::Attested,
        domain::consent::Assurance::Letter => Assurance::Letter,
        domain::consent::Assurance::Assisted => Assurance::Assisted,
        domain::consent::Assurance::Oidc => Assurance::Oidc,
    }
}
