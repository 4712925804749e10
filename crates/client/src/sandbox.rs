//! In a sandbox: its clock, its numbers, and being the family.

use protocol::IdempotencyKey;
use protocol::sandbox::{
    ClockMove, ClockSubmission, FamilyDecision, FamilyDecisionSubmission, Sandbox, SandboxClock,
};

use crate::error::Error;
use crate::partner::Partner;

impl Partner {
    /// What is published of the sandbox. Any other network answers `not-found`.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sandbox(&self) -> Result<Sandbox, Error> {
        self.connection.get("/v1/sandbox").await
    }

    /// What time it is in the sandbox.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sandbox_clock(&self) -> Result<SandboxClock, Error> {
        self.connection.get("/v1/sandbox/clock").await
    }

    /// Moves the sandbox's clock forward.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn advance_sandbox_clock(
        &self,
        to: &ClockSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<ClockMove, Error> {
        Ok(self.connection.post("/v1/sandbox/clock", to, key).await?.value)
    }

    /// Decides as whoever got a letter could in the portal.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn decide_as_family(
        &self,
        decision: &FamilyDecisionSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<FamilyDecision, Error> {
        Ok(self
            .connection
            .post("/v1/sandbox/decisions", decision, key)
            .await?
            .value)
    }
}
