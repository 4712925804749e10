//! What the region agreed.

use protocol::covenant::Covenant;

use crate::error::Error;
use crate::partner::Partner;

impl Partner {
    /// The settings of the organisation's own covenant: grounds, days, who may do what.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn covenant(&self) -> Result<Covenant, Error> {
        self.connection.get("/v1/covenant").await
    }
}
