//! Tokens of several epochs of the partners' key, as they go over the wire.

use identifiers::{Identifier, NetworkSecret, key_check, token};
use serde_json::{Value, json};

use crate::{Child, Professional};

/// `K_net` of an epoch: that of the first is every region's.
fn secret(epoch: u16) -> NetworkSecret {
    let [high, low] = epoch.to_be_bytes();
    match epoch {
        crate::region::NET_EPOCH => crate::region::network_secret(),
        _ => NetworkSecret::from_bytes([0xA0 ^ high ^ low; 32]),
    }
}

/// Its key-check value.
#[must_use]
pub fn net_key_check(epoch: u16) -> [u8; 16] {
    *key_check(&secret(epoch), epoch).as_bytes()
}

/// A keyed hash of this child for each epoch.
#[must_use]
pub fn net_tokens(child: &Child, epochs: &[u16]) -> Value {
    epochs
        .iter()
        .map(|epoch| {
            let made = token::of_bsn(&secret(*epoch), *epoch, &child.bsn());
            json!({
                "suite": 1, "netEpoch": epoch, "kind": "bsn",
                "keyCheck": protocol::text::encode(net_key_check(*epoch)),
                "token": protocol::text::encode(made.as_bytes()),
            })
        })
        .collect()
}

/// A keyed hash of anybody, of this kind and epoch.
#[must_use]
pub fn net_token_of(identifier: &Identifier, kind: &str, epoch: u16) -> Value {
    let made = token::derive(&secret(epoch), epoch, identifier);
    json!({
        "suite": 1, "netEpoch": epoch, "kind": kind,
        "keyCheck": protocol::text::encode(net_key_check(epoch)),
        "token": protocol::text::encode(made.as_bytes()),
    })
}

impl Professional {
    /// A signal about this child with tokens of these epochs, as its body goes over the wire.
    #[must_use]
    pub fn signal_body_under(&self, child: &Child, epochs: &[u16]) -> String {
        let mut body: Value = serde_json::from_str(&self.signal_body(child)).unwrap();
        body["tokens"] = net_tokens(child, epochs);
        body.to_string()
    }
}
