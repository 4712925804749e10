//! Statistics of a quarter.

use protocol::statistics::{Quarter, Statistics};

use crate::audit::Supervisor;
use crate::error::Error;
use crate::municipality::Municipality;

impl Municipality {
    /// What was counted in the covenants that this municipality answers for.
    ///
    /// # Errors
    /// [`Error`], also while the quarter is not over.
    pub async fn statistics(&self, quarter: &Quarter) -> Result<Statistics, Error> {
        self.connection
            .get(&format!("/v1/statistics?quarter={quarter}"))
            .await
    }
}

impl Supervisor {
    /// What was counted in every covenant of the network, and in the network.
    ///
    /// # Errors
    /// [`Error`], also while the quarter is not over.
    pub async fn statistics(&self, quarter: &Quarter) -> Result<Statistics, Error> {
        self.connection
            .get(&format!("/v1/audit/statistics?quarter={quarter}"))
            .await
    }
}
