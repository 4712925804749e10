//! A person of the family fetches the file that a request for access gave.
//!
//! It is everything that is kept about the child, so a letter alone does not open it: see `may_fetch_file` in the database.

use domain::consent::SignatoryRole;
use domain::event::FetchedBy;
use domain::rights_request::Right;
use store::{Context, Party, RightsRequestRow, StoreError, Tx, Work};

use super::ChildFile;
use super::file::assemble;
use super::reach::Reach;
use super::{FamilyFailure, PortalSecret};
use crate::Casework;
use crate::covenants::Covenants;
use crate::rights_request::{open_file, request_of};

/// What came of asking for the file.
#[derive(Debug)]
pub enum Fetched {
    /// The file, as it is now.
    File(Box<ChildFile>),
    /// There is one, and it is not sure enough who asks: after logging in, or at the municipality's desk.
    NotSureEnough,
    /// There is none (any more).
    Nothing,
}

impl Casework {
    /// The file of the reader's newest request for access that gave one: everything that is kept about the child and not
    /// hidden, as it is now.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn fetch_file(&self, secret: &PortalSecret) -> Result<Fetched, FamilyFailure> {
        let fetched = self
            .store()
            .run(Context::Family(secret.hash()), FetchFile)
            .await?;
        self.inner.wake.sequencer.notify_one();
        Ok(fetched)
    }
}

struct FetchFile;

impl Work for FetchFile {
    const NAME: &'static str = "fetch_file";
    type Role = Party;
    type Output = Fetched;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Fetched, FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        let covenants = Covenants::read(tx).await?;
        let requests = tx.own_rights_requests(reach.subject, reach.person).await?;
        let mut fetched = Fetched::Nothing;
        for row in requests.iter().rev() {
            if !gives_file(tx, row, &covenants)? {
                continue;
            }
            if !tx.may_fetch_file(row.key).await? {
                fetched = Fetched::NotSureEnough;
                continue;
            }
            let by = FetchedBy::Family(reach.signatory);
            let reader = open_file(tx, row, covenants.of(row.covenant)?, by).await?;
            // A guardian of somebody who is past guardians by now has nothing to see here.
            let reader = reader.ok_or(FamilyFailure::Closed)?;
            return Ok(Fetched::File(Box::new(ChildFile {
                file: assemble(tx, &reader).await?,
                is_young_person: reach.signatory.role == SignatoryRole::YoungPerson,
                whole: true,
            })));
        }
        Ok(fetched)
    }
}

fn gives_file(tx: &Tx<'_, Party>, row: &RightsRequestRow, covenants: &Covenants) -> Result<bool, StoreError> {
    let zone = covenants.of(row.covenant)?.time_zone();
    let request = request_of(row)?;
    Ok(request.asked().right == Right::Access && request.gives_file(tx.now(), zone).is_ok())
}
