//! A person of the family objects to a signal that their letter opens, and takes that back.

use domain::event::Event;
use protocol::id::Id;
use store::{Context, Party, Tx, Work};

use super::FamilyFailure;
use super::reach::{FamilyKey, Reach};
use crate::objection::{chosen, object, objection_of};
use crate::{Casework, MakeObjectionRefusal};

impl Casework {
    /// Objects to a signal; of several that the letter opens, one must be named. Objecting again while that is open gives
    /// the same objection.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the letter opens nothing, [`FamilyFailure::TooLate`] when it opens no such signal
    /// (any more).
    pub async fn object_to_signal(
        &self,
        key: &FamilyKey<'_>,
        signal: Option<Id>,
    ) -> Result<Id, FamilyFailure> {
        let id = self
            .store()
            .run(Context::Family(self.credential(key)), Object { signal })
            .await?;
        self.inner.wake.matcher.notify_one();
        self.inner.wake.sequencer.notify_one();
        Ok(id)
    }

    /// Takes an objection back. Only who made it can.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`], [`FamilyFailure::TooLate`] when it was decided.
    pub async fn withdraw_objection(&self, key: &FamilyKey<'_>, objection: Id) -> Result<(), FamilyFailure> {
        let work = Withdraw { objection };
        self.store()
            .run(Context::Family(self.credential(key)), work)
            .await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }
}

struct Object {
    signal: Option<Id>,
}

impl Work for Object {
    const NAME: &'static str = "object_to_signal";
    type Role = Party;
    type Output = Id;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Id, FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        let signal = chosen(tx, &reach, self.signal).map_err(|refusal| match refusal {
            MakeObjectionRefusal::CodeOpensNothing => FamilyFailure::Closed,
            MakeObjectionRefusal::SignalNotChosen | MakeObjectionRefusal::NoSuchSignal => {
                FamilyFailure::TooLate
            }
        })?;
        let (row, _) = object(tx, &reach, signal, None).await?;
        Ok(Id(tx.ids().objection(row.key)))
    }
}

struct Withdraw {
    objection: Id,
}

impl Work for Withdraw {
    const NAME: &'static str = "withdraw_objection";
    type Role = Party;
    type Output = ();
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        let key = tx.ids().parse_objection(self.objection.0);
        if key.subject != reach.subject {
            return Err(FamilyFailure::Closed);
        }
        let row = tx.own_objection_for_update(key).await?;
        let row = row.ok_or(FamilyFailure::Closed)?;
        let open = objection_of(&row)?;
        open.withdraw(tx.now()).map_err(|_| FamilyFailure::TooLate)?;
        let event = Event::ObjectionWithdrawn {
            objection: row.log_tag,
        };
        Ok(tx.withdraw_objection(key, &event).await?)
    }
}
