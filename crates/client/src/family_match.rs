//! Family matches.

use protocol::Id;
use protocol::family_match::FamilyMatch;
use protocol::page::{Page, PageQuery};

use crate::error::Error;
use crate::partner::{Partner, page};

impl Partner {
    /// A family match that the organisation is in.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn family_match(&self, id: Id) -> Result<FamilyMatch, Error> {
        self.connection.get(&format!("/v1/family-matches/{id}")).await
    }

    /// The family matches that the organisation is or was in, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn family_matches(&self, query: &PageQuery) -> Result<Page<FamilyMatch>, Error> {
        self.connection.get(&page("/v1/family-matches", query)).await
    }
}
