//! `[network]`: which network this is, and the epochs of its keys.

use identifiers::KeyCheck;
use protocol::consent::Name;
use store::NetworkRow;

use super::reader::Section;

/// Which network, and the epochs of its keys.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its name in consent records.
    pub name: Name,
    /// `live`, `sandbox` or `test`.
    pub kind: String,
    /// Epochs and key-check value.
    pub keys: NetworkRow,
}

pub(super) fn read(section: &mut Section<'_>) -> Option<Network> {
    let name = section.required("name", "a name of A-Z a-z 0-9 . _ -");
    let kind = section.required::<String>("kind", "live, sandbox or test");
    if kind
        .as_deref()
        .is_some_and(|kind| !matches!(kind, "live" | "sandbox" | "test"))
    {
        section.refuse("kind", "must be live, sandbox or test");
    }
    let net_epoch = section.number("net_epoch", 1, u16::MAX).unwrap_or(1);
    let tag_epoch = section.number("tag_epoch", 1, u16::MAX).unwrap_or(1);
    let key_check: Option<KeyCheck> = section.required(
        "key_check",
        "the key-check value of the network's key, 22 characters",
    );
    Some(Network {
        name: name?,
        kind: kind?,
        keys: NetworkRow {
            net_epoch,
            key_check: *key_check?.as_bytes(),
            tag_epoch,
        },
    })
}
