//! What ended by time is written down: a request that an age boundary ended gets its successor, others expire, and what was
//! sealed under a consent that reached its end and was not fetched is destroyed.
//!
//! Nothing waits for this. A boundary acts when one looks: whoever meets a request that one has ended lets the successor
//! be written first, and the same is written by whoever comes first.

use domain::consent::{Pending, Signatory};
use domain::event::Event;
use domain::key::{ConsentKey, MatchKey, SignalKey};
use store::{ConsentAbout, Context, Matcher, StoreError, Successor, Tx, Work};

use crate::consent_case::ConsentCase;
use crate::content::content_destroyed;
use crate::{Casework, consent_facts};

/// How many are looked up at a time. Each is written down in a transaction of its own.
const AT_ONCE: i64 = 500;

impl Casework {
    /// Writes down requests and consents that have ended; gives how many. A child with one that cannot be written down is
    /// set aside and keeps no other from it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be reached.
    pub async fn end_consents_once(&self) -> Result<usize, StoreError> {
        let set_aside = self.inner.set_aside.now();
        let due = self
            .store()
            .run(Context::Service, DueConsents { set_aside })
            .await?;
        let mut ended = 0;
        for key in due {
            match self.end_consent(key).await {
                Ok(()) => ended += 1,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "a consent whose time is over could not be written down");
                    self.inner.set_aside.push(key.subject);
                }
            }
        }
        Ok(ended)
    }

    /// Writes down that this one has ended, if it has.
    pub(crate) async fn end_consent(&self, key: ConsentKey) -> Result<(), StoreError> {
        self.store().run(Context::Service, EndConsent { key }).await
    }

    /// Writes down which requests of this match have ended.
    pub(crate) async fn end_requests(&self, match_case: MatchKey) -> Result<(), StoreError> {
        self.end_each(DueIn {
            about: ConsentAbout::Match(match_case),
        })
        .await
    }

    /// Writes down which requests about this signal have ended.
    pub(crate) async fn end_requests_of_signal(&self, signal: SignalKey) -> Result<(), StoreError> {
        self.end_each(DueIn {
            about: ConsentAbout::Signal(signal),
        })
        .await
    }

    async fn end_each(&self, due: DueIn) -> Result<(), StoreError> {
        for key in self.store().run(Context::Service, due).await? {
            self.end_consent(key).await?;
        }
        Ok(())
    }
}

struct DueConsents {
    set_aside: Vec<i64>,
}

impl Work for DueConsents {
    const NAME: &'static str = "due_consents";
    type Role = Matcher;
    type Output = Vec<ConsentKey>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<ConsentKey>, StoreError> {
        tx.due_consents(AT_ONCE, &self.set_aside).await
    }
}

struct DueIn {
    about: ConsentAbout,
}

impl Work for DueIn {
    const NAME: &'static str = "due_requests";
    type Role = Matcher;
    type Output = Vec<ConsentKey>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<ConsentKey>, StoreError> {
        tx.due_requests(self.about).await
    }
}

struct EndConsent {
    key: ConsentKey,
}

impl Work for EndConsent {
    const NAME: &'static str = "end_consent";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        let Some(case) = ConsentCase::lock(tx, self.key).await? else {
            return Ok(());
        };
        match case.row.state.as_str() {
            "requested" | "partially_given" => end_request(tx, &case).await,
            "given" => end_given(tx, &case).await,
            _ => Ok(()),
        }
    }
}

/// Ends a request whose time is over: superseded when an age boundary ended it, else expired.
pub(crate) async fn end_request(tx: &Tx<'_, Matcher>, case: &ConsentCase) -> Result<(), StoreError> {
    let terms = case.terms()?;
    let remaining = case.remaining_parties();
    let goes_on = !case.is_pointless() && (remaining.len() > 1 || remaining == case.parties());
    if let (true, Ok(successor)) = (goes_on, case.pending()?.supersede(&terms, tx.now())) {
        let named = Pending {
            parties: remaining,
            ..successor
        };
        return supersede(tx, case, &named).await;
    }
    if case.row.answer_by > tx.now() {
        return Ok(());
    }
    tx.expire_consent(case.row.key, &expired(case)?).await
}

async fn end_given(tx: &Tx<'_, Matcher>, case: &ConsentCase) -> Result<(), StoreError> {
    if case.given()?.expire(tx.now()).is_err() {
        return Ok(());
    }
    tx.expire_consent(case.row.key, &expired(case)?).await?;
    // A record in whose place it stood may say that it lasts longer.
    bury(tx, case).await?;
    destroy_content(tx, case).await
}

/// Ends a consent that stands, before its end: what is known elsewhere to have been taken back must not stand here.
pub(crate) async fn end_early(tx: &Tx<'_, Matcher>, key: ConsentKey) -> Result<(), StoreError> {
    let Some(case) = ConsentCase::lock(tx, key).await? else {
        return Ok(());
    };
    if case.row.state != "given" {
        return Ok(());
    }
    tx.expire_consent(key, &expired(&case)?).await?;
    bury(tx, &case).await?;
    destroy_content(tx, &case).await
}

/// Notes for the keyholder which records of the same match stand no longer, though their own time has not come.
pub(crate) async fn bury(tx: &Tx<'_, Matcher>, case: &ConsentCase) -> Result<(), StoreError> {
    match case.row.about {
        ConsentAbout::Match(match_case) => tx.bury_consents(&[match_case]).await.map(drop),
        // Nothing is sealed under it.
        ConsentAbout::Signal(_) => Ok(()),
    }
}

fn expired(case: &ConsentCase) -> Result<Event, StoreError> {
    Ok(Event::ConsentExpired {
        consent: case.row.log_tag,
        about: case.tag(),
        from: consent_facts::state(&case.row)?,
    })
}

/// What was sealed under a consent that ended is gone: nobody may read it any more.
pub(crate) async fn destroy_content(tx: &Tx<'_, Matcher>, ended: &ConsentCase) -> Result<(), StoreError> {
    tx.destroy_content_under(ended.row.key, content_destroyed)
        .await
        .map(drop)
}

/// The letters of those who must sign by the new rule go along, with what they signed where that stays.
async fn supersede(tx: &Tx<'_, Matcher>, case: &ConsentCase, pending: &Pending) -> Result<(), StoreError> {
    let mut signatories = Vec::new();
    let mut asked_again = Vec::new();
    for row in &case.signatories {
        let signatory: Signatory = consent_facts::signatory(&row.role, row.number)?;
        if let Some(signature) = pending.signatures.get(&signatory) {
            signatories.push(row.row);
            if row.decision.is_some() && signature.is_none() {
                asked_again.push(row.row);
            }
        }
    }
    if signatories.len() < pending.signatures.len() {
        // Somebody who must sign has no letter, and nobody could give them one: the request was made before there were
        // letters for later. It ends, and can be made again at once.
        return tx.expire_consent(case.row.key, &expired(case)?).await;
    }
    let (key, log_tag) = (
        ConsentKey {
            subject: case.row.key.subject,
            row: tx.next_successor_id().await?,
        },
        tx.store().random_tag(),
    );
    let successor = Successor {
        key,
        state: pending.state().slug(),
        requested_at: pending.requested_at,
        answer_by: pending.answer_by,
        log_tag,
        parties: pending.parties.iter().copied().collect(),
        signatories,
        asked_again,
    };
    let events = [
        Event::ConsentSupersededByAge {
            consent: case.row.log_tag,
            about: case.tag(),
            from: consent_facts::state(&case.row)?,
            successor: log_tag,
        },
        Event::ConsentRequested {
            consent: log_tag,
            organisation: case.issuer()?.organisation_id,
            about: case.tag(),
            to: pending.state(),
            one_guardian_declares: case.row.one_guardian,
        },
    ];
    tx.supersede(case.row.key, &successor, &events).await
}
