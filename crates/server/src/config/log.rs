//! `[log]`: the audit log.

use audit_log::checkpoint::LogSigner;

use super::reader::Section;

/// The audit log.
#[derive(Debug, Clone)]
pub struct Log {
    /// Its name in checkpoints, such as `trefpunt.example/log`; never changes once there is a checkpoint.
    pub origin: String,
}

pub(crate) fn read(section: &mut Section<'_>) -> Option<Log> {
    let origin: String = section.required(
        "origin",
        "the log's name in checkpoints, such as trefpunt.example/log",
    )?;
    // Whether a name can be one does not depend on the key.
    if LogSigner::from_seed(&origin, &[1; 32]).is_err() {
        section.refuse("origin", "cannot be a log's name: no spaces and no plus sign");
        return None;
    }
    Some(Log { origin })
}
