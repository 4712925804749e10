//! MANIFEST.json: what the bundle claims to be. Nothing in it is believed for its own sake: origin, size and root must
//! be the checkpoint's, the first leaf that after the earlier checkpoint's, the scope must be that of the export's
//! signed leaf, and the bytes must be the ones written here.

use serde_json::Value;

use super::Scope;
use crate::checkpoint::Checkpoint;
use crate::entry::is_tag_of;
use crate::text::base64;

const FORMAT: &str = "trefpunt-audit-bundle/2";
/// The longest MANIFEST.json, in bytes.
pub(crate) const MAX_MANIFEST_BYTES: usize = 256 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    checkpoint: Checkpoint,
    first: u64,
    export: String,
    scope: Scope,
}

impl Manifest {
    /// `None` when `export` is not the tag of an export.
    pub(crate) fn new(checkpoint: Checkpoint, first: u64, export: &str, scope: Scope) -> Option<Self> {
        is_tag_of('x', export).then(|| Self {
            checkpoint,
            first,
            export: export.to_owned(),
            scope,
        })
    }

    /// Reads the export and the scope out of `file`; `None` when they are not to be found. Whether the file is the one
    /// that belongs to `checkpoint` and `first` is told by comparing it with [`Manifest::to_bytes`].
    pub(crate) fn read(file: &[u8], checkpoint: Checkpoint, first: u64) -> Option<Self> {
        let value: Value = serde_json::from_slice(file).ok()?;
        Self::new(
            checkpoint,
            first,
            value.get("export")?.as_str()?,
            Scope::from_object(value.get("scope")?)?,
        )
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let Checkpoint { origin, size, root } = &self.checkpoint;
        format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"origin\": {},\n  \"first\": {},\n  \"size\": {size},\n  \
             \"root\": \"{}\",\n  \"export\": \"{}\",\n  \"scope\": {}\n}}\n",
            Value::from(origin.as_str()),
            self.first,
            base64(root),
            self.export,
            self.scope.to_json(),
        )
        .into_bytes()
    }

    pub(crate) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The first leaf of the period.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    pub(crate) fn export(&self) -> &str {
        &self.export
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }
}
