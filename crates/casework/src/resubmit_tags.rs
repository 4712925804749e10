//! An organisation sends tokens of another epoch for signals it has, in bulk: when the partners' key changes, nobody else
//! can make them.
//!
//! The answer says whether the organisation has such a signal, and never whether the new token was known.

use domain::event::Event;
use domain::key::{OrganisationKey, SignalKey};
use protocol::resubmission::{Resubmission, ResubmissionAnswer, ResubmissionOutcome, ResubmissionResult};
use protocol::{Id, OrganisationId};
use store::{Claimed, Context, IdempotencyClaim, NewTag, StoreError, Submit, Tx, Work, WrittenLeaf};

use crate::act::{self, Answer, Failure, Once};
use crate::receipt::sign_together;
use crate::submit_signal::SubmitSignalRefusal;
use crate::tags::{Epochs, HeldTokens, KEY_CHANGES, KeyRefusal, MadeTags};
use crate::{Caller, Casework};

type Outcome = Result<Answer, Failure<SubmitSignalRefusal>>;

impl Casework {
    /// Links the tokens to the children of these signals.
    ///
    /// # Errors
    /// [`SubmitSignalRefusal`] when any token is not of the network's keys: nothing is done then.
    /// [`Failure::KeyholderUnavailable`] and [`Failure::QuotaExhausted`] where keyed hashes need the keyholder.
    pub async fn resubmit_signals(&self, caller: &Caller, once: Once, body: Resubmission) -> Outcome {
        let held: Vec<HeldTokens> = body
            .signals
            .iter()
            .map(|signal| HeldTokens::of(&signal.tokens))
            .collect::<Option<_>>()
            .ok_or_else(|| SubmitSignalRefusal::from(KeyRefusal::UnknownEpoch))?;
        let ids: Vec<Id> = body.signals.iter().map(|signal| signal.id).collect();
        let claim = caller.claim(once);
        self.may_promise()?;
        for _ in 0..KEY_CHANGES {
            let keys = self.known_keys().await?;
            if held.iter().any(|held| held.needs_keyholder(&keys))
                && let Some(answered) = self.answered(&claim).await?
            {
                return answered;
            }
            let all: Vec<&HeldTokens> = held.iter().collect();
            let made = self
                .make_tags(
                    &all,
                    self.behalf(caller, &in_bulk(caller)),
                    caller.min_suite,
                    Epochs::EveryLive,
                )
                .await?;
            let work = ResubmitSignals {
                casework: self.clone(),
                claim: claim.clone(),
                organisation: caller.organisation,
                organisation_id: caller.organisation_id,
                ids: ids.clone(),
                made,
            };
            if let Some(answer) = self.store().run(Context::Service, work).await? {
                self.inner.wake.sequencer.notify_one();
                return Ok(answer);
            }
            self.read_keys().await?;
        }
        Err(StoreError::Interrupted("resubmit_signals").into())
    }
}

/// Nobody in particular sends in bulk: the client is counted, under a name that no reference can have.
fn in_bulk(caller: &Caller) -> Vec<u8> {
    [b"\0".as_slice(), caller.client.as_str().as_bytes()].concat()
}

/// Gives none when keys changed since the tags were made.
struct ResubmitSignals {
    casework: Casework,
    claim: IdempotencyClaim,
    organisation: OrganisationKey,
    organisation_id: OrganisationId,
    ids: Vec<Id>,
    made: Vec<MadeTags>,
}

impl Work for ResubmitSignals {
    const NAME: &'static str = "resubmit_signals";
    type Role = Submit;
    type Output = Option<Answer>;
    type Error = Failure<SubmitSignalRefusal>;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Option<Answer>, Self::Error> {
        let claimed = tx.claim(std::slice::from_ref(&self.claim)).await?;
        match claimed.into_iter().next() {
            Some(Claimed::Free) => {}
            Some(claimed) => return act::replay(&self.claim, claimed).map(Some),
            None => return Err(StoreError::Column { column: "place" }.into()),
        }
        let keys_version = tx.hold_keys().await?;
        if self.made.iter().any(|made| made.keys_version != keys_version) {
            return Ok(None);
        }
        let signals = self
            .ids
            .iter()
            .zip(&self.made)
            .map(|(id, made)| Ok((tx.ids().parse_signal(id.0), tags(made, tx)?)))
            .collect::<Result<Vec<(SignalKey, Vec<NewTag>)>, KeyRefusal>>()
            .map_err(SubmitSignalRefusal::from)?;
        let organisation = self.organisation_id.0;
        let found = tx
            .resubmit(self.organisation, &signals, |signal| Event::SignalResubmitted {
                signal,
                organisation,
            })
            .await?;
        let leaf = |tag: &Option<u128>| tag.and_then(|tag| tx.recorded_about(tag).pop());
        let mut leaves: Vec<Option<WrittenLeaf>> = found.iter().map(leaf).collect();
        sign_together(leaves.iter_mut().flatten(), tx.store().chance());
        let results = self
            .ids
            .iter()
            .zip(found.iter().zip(&leaves))
            .map(|(id, (found, leaf))| self.result(*id, found.is_some(), leaf.as_ref()))
            .collect::<Result<_, _>>()?;
        let body = ResubmissionAnswer { results };
        let answer = act::answer(200, None, &body);
        tx.store_answers(&[(&self.claim, &answer)]).await?;
        Ok(Some(act::fresh(answer)))
    }
}

impl ResubmitSignals {
    /// Its receipt stands with each signal: a hundred are too many for the head of an answer. Made in the transaction, since
    /// the answer is kept with them.
    fn result(
        &self,
        id: Id,
        found: bool,
        leaf: Option<&WrittenLeaf>,
    ) -> Result<ResubmissionResult, StoreError> {
        Ok(ResubmissionResult {
            id,
            outcome: match found {
                true => ResubmissionOutcome::Accepted,
                false => ResubmissionOutcome::NotFound,
            },
            receipt: leaf.map(|leaf| self.casework.receipt(leaf)).transpose()?,
        })
    }
}

fn tags(made: &MadeTags, tx: &Tx<'_, Submit>) -> Result<Vec<NewTag>, KeyRefusal> {
    let made = made.outcome.as_ref().map_err(|refusal| *refusal)?;
    made.taken.at(tx.now())?;
    Ok(made.tags.clone())
}
