//! What the covenants say about a family's data. They are agreements of public bodies: everybody may read them, and whoever
//! is in reads those that are about their child.

use domain::covenant::Covenant;
use store::{Context, Party, StoreError, Tx, Work};

use super::reach::Reach;
use super::rights::Names;
use super::{FamilyFailure, PortalSecret};
use crate::Casework;
use crate::covenants::Covenants;

impl Casework {
    /// All covenants of the network, as they are in force.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenants_in_force(&self) -> Result<Vec<Covenant>, StoreError> {
        self.store().run(Context::Service, ReadAll).await
    }

    /// The covenants of the organisations that the reader's letter shows.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn own_covenants(&self, secret: &PortalSecret) -> Result<Vec<Covenant>, FamilyFailure> {
        self.store().run(Context::Family(secret.hash()), ReadOwn).await
    }
}

struct ReadAll;

impl Work for ReadAll {
    const NAME: &'static str = "read_covenants_in_force";
    type Role = Party;
    type Output = Vec<Covenant>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Vec<Covenant>, StoreError> {
        let covenants = Covenants::read(tx).await?;
        covenants.each_of(covenants.keys().into_iter())
    }
}

struct ReadOwn;

impl Work for ReadOwn {
    const NAME: &'static str = "read_own_covenants";
    type Role = Party;
    type Output = Vec<Covenant>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Vec<Covenant>, FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        Ok(Names::of_letter(tx, &reach).await?.shown_covenants()?)
    }
}
