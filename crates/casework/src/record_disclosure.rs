//! An organisation records that the family was told of its signal.

use domain::disclosure::{Channel, SpokenLanguage};
use domain::event::Event;
use protocol::disclosure::{Disclosure, DisclosureSubmission};
use protocol::id::Id;
use store::{Matcher, NewDisclosure, StoreError, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, Once};
use crate::disclosure::{DisclosureRefusal, Held, seal_reference};
use crate::{Caller, Casework};

impl Casework {
    /// Records it. From here on nothing of the signal is hidden from the family, and a paused signal counts again.
    ///
    /// # Errors
    /// [`DisclosureRefusal`].
    pub async fn record_disclosure(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: DisclosureSubmission,
    ) -> Result<Answer, Failure<DisclosureRefusal>> {
        let act = RecordDisclosure {
            caller: caller.clone(),
            id,
            body,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        self.inner.wake.matcher.notify_one();
        Ok(answer)
    }
}

struct RecordDisclosure {
    caller: Caller,
    id: Id,
    body: DisclosureSubmission,
}

impl MatcherAct for RecordDisclosure {
    const NAME: &'static str = "record_disclosure";
    type Refusal = DisclosureRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DisclosureRefusal>> {
        let held = Held::hold(tx, &self.caller, self.id).await??;
        let told = held
            .duty
            .record(self.body.on, &held.zone, tx.now())
            .map_err(DisclosureRefusal::from)?;
        let unknown = |_| StoreError::Column { column: "word" };
        let recorded = Event::DisclosureRecorded {
            signal: held.signal.log_tag,
            organisation: self.caller.organisation_id.0,
            from: held.stands(tx.now()).state(),
            on: self.body.on,
            channel: Channel::from_slug(self.body.channel.as_str()).map_err(unknown)?,
            language: SpokenLanguage::from_slug(self.body.language.as_str()).map_err(unknown)?,
            client: self.caller.client.as_str().to_owned(),
            by: self.body.by.as_str().to_owned(),
        };
        let (times, follows) = held.times(&told, tx.now());
        let by = seal_reference(tx.store(), self.caller.organisation, &self.body.by);
        let new = NewDisclosure {
            told_on: self.body.on,
            channel: self.body.channel.as_str(),
            language: self.body.language.as_str(),
            told_by: &by,
        };
        let events: Vec<Event> = std::iter::once(recorded).chain(follows).collect();
        tx.record_disclosure(&held.signal, &new, &times, &events).await?;
        let body = Disclosure {
            on: self.body.on,
            channel: self.body.channel,
            language: self.body.language,
            by: self.body.by.clone(),
            recorded_at: tx.now(),
        };
        Ok(StoredAnswer {
            leaves: tx.recorded_about(held.signal.log_tag),
            ..act::answer(201, None, &body)
        })
    }
}
