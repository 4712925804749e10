//! `[sandbox]`: what a sandbox publishes of itself. Only in a network of that kind.

use identifiers::{NetworkSecret, key_check};
use protocol::Base64Url;
use protocol::sandbox::SandboxKey;

use super::Network;
use super::reader::Section;

/// What a sandbox publishes.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// The network's secret, which is none in a sandbox.
    pub network_key: SandboxKey,
}

pub(super) fn read(section: &mut Section<'_>, network: Option<&Network>) -> Option<Sandbox> {
    let key = section.required_secret::<32>("network_key");
    let network = network?;
    if network.kind != "sandbox" {
        section.refuse(
            "network_key",
            "only in a network of kind sandbox: the key of any other is a secret",
        );
        return None;
    }
    let (key, keys) = (key?, &network.keys);
    let secret = NetworkSecret::from_bytes(*key.expose());
    if *key_check(&secret, keys.net_epoch).as_bytes() != keys.key_check {
        section.refuse("network_key", "not the key whose key_check stands in [network]");
        return None;
    }
    Some(Sandbox {
        network_key: SandboxKey {
            epoch: keys.net_epoch,
            key: Base64Url(*key.expose()),
        },
    })
}
