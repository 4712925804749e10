//! A person of the family asks the municipality for access or erasure, and takes that back.

use domain::event::Event;
use domain::rights_request::Right;
use protocol::id::Id;
use store::{Context, Party, Tx, Work};

use super::FamilyFailure;
use super::reach::{FamilyKey, Reach};
use crate::Casework;
use crate::rights_request::{ask, request_of};

impl Casework {
    /// Asks for access or erasure. Asking the same again while that is open gives the same request.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the letter opens nothing.
    pub async fn request_right(&self, key: &FamilyKey<'_>, right: Right) -> Result<Id, FamilyFailure> {
        let id = self
            .store()
            .run(Context::Family(self.credential(key)), Request { right })
            .await?;
        self.inner.wake.sequencer.notify_one();
        Ok(id)
    }

    /// Takes a request back. Only who made it can.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`], [`FamilyFailure::TooLate`] when it was decided.
    pub async fn withdraw_rights_request(
        &self,
        key: &FamilyKey<'_>,
        request: Id,
    ) -> Result<(), FamilyFailure> {
        let work = Withdraw { request };
        self.store()
            .run(Context::Family(self.credential(key)), work)
            .await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }
}

struct Request {
    right: Right,
}

impl Work for Request {
    const NAME: &'static str = "request_right";
    type Role = Party;
    type Output = Id;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Id, FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        let (row, _) = ask(tx, &reach, self.right, None)
            .await?
            .ok_or(FamilyFailure::Closed)?;
        Ok(Id(tx.ids().rights_request(row.key)))
    }
}

struct Withdraw {
    request: Id,
}

impl Work for Withdraw {
    const NAME: &'static str = "withdraw_rights_request";
    type Role = Party;
    type Output = ();
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        let key = tx.ids().parse_rights_request(self.request.0);
        if key.subject != reach.subject {
            return Err(FamilyFailure::Closed);
        }
        let row = tx.own_rights_request_for_update(key).await?;
        let row = row.ok_or(FamilyFailure::Closed)?;
        let open = request_of(&row)?;
        open.withdraw(tx.now()).map_err(|_| FamilyFailure::TooLate)?;
        let event = Event::RightsRequestWithdrawn { request: row.log_tag };
        Ok(tx.withdraw_rights_request(key, &event).await?)
    }
}
