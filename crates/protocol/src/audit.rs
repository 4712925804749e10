//! Exports of the audit log for a supervisor.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;

/// Body of `POST /v1/audit/exports`: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditExportSubmission {}

deserialize_as_body!(AuditExportSubmission);

impl Body for AuditExportSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// An export: the whole log up to a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditExport {
    /// Its id.
    pub id: Id,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// The signed checkpoint up to which it reaches (C2SP tlog-checkpoint); null for the moment until one covers the
    /// export's own entry.
    pub checkpoint: Option<String>,
    /// Path of the bundle, a tar file.
    #[schema(example = "/v1/audit/exports/h5Yz0cVbTtqN1rXk2mPvQA/bundle")]
    pub bundle: String,
}
