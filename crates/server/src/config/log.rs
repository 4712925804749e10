//! `[log]`: the audit log.

use std::path::PathBuf;
use std::str::FromStr;

use audit_log::checkpoint::LogSigner;
use audit_log::cosignature::WitnessKey;
use protocol::text::Confidential;

use super::reader::Section;
use super::server::fault_of_url;

/// The audit log.
#[derive(Debug, Clone)]
pub struct Log {
    /// Its name in checkpoints, such as `trefpunt.example/log`; another one begins with `trefpunt audit new-origin`.
    pub origin: String,
    /// The file with the newest signed checkpoint.
    pub anchor: PathBuf,
    /// Seed of the key before the present one, which signs too until every supervisor has the new policy.
    pub previous_key: Option<Confidential<32>>,
    /// Who is asked to cosign checkpoints.
    pub witnesses: Vec<WitnessAddress>,
}

/// A witness: its key and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessAddress {
    /// Its name and public key.
    pub key: WitnessKey,
    /// Its address, without a trailing slash.
    pub url: String,
}

/// `VKEY URL`.
impl FromStr for WitnessAddress {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (key, url) = text.split_once(' ').ok_or(())?;
        match fault_of_url(url) {
            None => Ok(Self {
                key: key.parse().map_err(|_| ())?,
                url: url.to_owned(),
            }),
            Some(_) => Err(()),
        }
    }
}

pub(crate) fn read(section: &mut Section<'_>) -> Option<Log> {
    let anchor = section
        .path("anchor")
        .unwrap_or_else(|| section.home().join("audit-anchor"));
    let previous_key = section.secret("previous_key");
    let witnesses = section.list(
        "witnesses",
        "the key of a witness, a space, and its address (https)",
    );
    let origin: String = section.required(
        "origin",
        "the log's name in checkpoints, such as trefpunt.example/log",
    )?;
    // Whether a name can be one does not depend on the key.
    if LogSigner::from_seed(&origin, &[1; 32]).is_err() {
        section.refuse("origin", "cannot be a log's name: no spaces and no plus sign");
        return None;
    }
    Some(Log {
        origin,
        anchor,
        previous_key,
        witnesses,
    })
}
