//! Public ids: one AES-128 block over (subject, row), with a key per kind of record.
//!
//! A permutation: stable, 16 bytes, and whoever has the key can route by it. Without the key two records of one child
//! share nothing, and the order in which records were made does not show.

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use domain::key::{
    BatchKey, ConsentKey, FamilyMatchKey, MatchKey, NoticeKey, ObjectionKey, RightsRequestKey, SignalKey,
    SoftMatchKey, WebhookEndpointKey,
};

use crate::place::Places;

/// The kinds of record that have public ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// A signal.
    Signal,
    /// A match.
    Match,
    /// An organisation's side of a soft match.
    SoftMatch,
    /// A family match.
    FamilyMatch,
    /// A consent request.
    Consent,
    /// A notice.
    Notice,
    /// The follow-up of a match.
    FollowUp,
    /// An objection.
    Objection,
    /// A request for access or erasure.
    RightsRequest,
    /// An audit export.
    Export,
    /// An endpoint of webhooks.
    WebhookEndpoint,
    /// An alert to the supervisor.
    Alert,
    /// A batch of signals.
    Batch,
}

const KINDS: [(RecordKind, &str); 13] = [
    (RecordKind::Signal, "trefpunt 2026 public id signal v1"),
    (RecordKind::Match, "trefpunt 2026 public id match v1"),
    (RecordKind::SoftMatch, "trefpunt 2026 public id soft match v1"),
    (RecordKind::FamilyMatch, "trefpunt 2026 public id family match v1"),
    (RecordKind::Consent, "trefpunt 2026 public id consent v1"),
    (RecordKind::Notice, "trefpunt 2026 public id notice v1"),
    (RecordKind::FollowUp, "trefpunt 2026 public id follow-up v1"),
    (RecordKind::Objection, "trefpunt 2026 public id objection v1"),
    (
        RecordKind::RightsRequest,
        "trefpunt 2026 public id rights request v1",
    ),
    (RecordKind::Export, "trefpunt 2026 public id export v1"),
    (
        RecordKind::WebhookEndpoint,
        "trefpunt 2026 public id webhook endpoint v1",
    ),
    (RecordKind::Alert, "trefpunt 2026 public id alert v1"),
    (RecordKind::Batch, "trefpunt 2026 public id batch v1"),
];

/// The permutation under `K_id`.
#[derive(Clone)]
pub struct PublicIds {
    ciphers: [Aes128; KINDS.len()],
    places: Places,
}

impl PublicIds {
    /// From the 16-byte key.
    pub fn new(k_id: &[u8; 16]) -> Self {
        Self {
            ciphers: KINDS.map(|(_, context)| {
                let mut key = [0; 16];
                let mut hasher = blake3::Hasher::new_derive_key(context);
                hasher.update(k_id).finalize_xof().fill(&mut key);
                Aes128::new(&key.into())
            }),
            places: Places::new(k_id),
        }
    }

    /// The public id of a record.
    pub fn id(&self, kind: RecordKind, subject: i64, row: i64) -> [u8; 16] {
        let mut block = [0; 16];
        block[..8].copy_from_slice(&subject.to_be_bytes());
        block[8..].copy_from_slice(&row.to_be_bytes());
        let mut block = block.into();
        self.cipher(kind).encrypt_block(&mut block);
        block.into()
    }

    /// The record behind a public id. Any 16 bytes give some pair: whether such a record exists, the database says.
    pub fn parse(&self, kind: RecordKind, id: [u8; 16]) -> (i64, i64) {
        let mut block = id.into();
        self.cipher(kind).decrypt_block(&mut block);
        let block: [u8; 16] = block.into();
        let (subject, row) = block.split_at(8);
        (
            i64::from_be_bytes(subject.try_into().unwrap_or_default()),
            i64::from_be_bytes(row.try_into().unwrap_or_default()),
        )
    }

    /// The public id of a family match, which hangs on no child.
    pub fn family_match(&self, key: FamilyMatchKey) -> [u8; 16] {
        self.id(RecordKind::FamilyMatch, 0, key.0)
    }

    /// The key behind such an id, if it is one of ours.
    pub fn parse_family_match(&self, id: [u8; 16]) -> Option<FamilyMatchKey> {
        let (zero, row) = self.parse(RecordKind::FamilyMatch, id);
        (zero == 0).then_some(FamilyMatchKey(row))
    }

    /// The public id of an alert, which hangs on no child.
    pub fn alert(&self, row: i64) -> [u8; 16] {
        self.id(RecordKind::Alert, 0, row)
    }

    /// The row behind such an id, if it is one of ours.
    pub fn parse_alert(&self, id: [u8; 16]) -> Option<i64> {
        let (zero, row) = self.parse(RecordKind::Alert, id);
        (zero == 0).then_some(row)
    }

    /// The public id of a batch, which hangs on no child.
    pub fn batch(&self, key: BatchKey) -> [u8; 16] {
        self.id(RecordKind::Batch, 0, key.0)
    }

    /// The key behind such an id, if it is one of ours.
    pub fn parse_batch(&self, id: [u8; 16]) -> Option<BatchKey> {
        let (zero, row) = self.parse(RecordKind::Batch, id);
        (zero == 0).then_some(BatchKey(row))
    }

    /// The key under which places in lists are hidden and sealed.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The public id of an endpoint of webhooks, which hangs on no child.
    pub fn webhook_endpoint(&self, key: WebhookEndpointKey) -> [u8; 16] {
        self.id(RecordKind::WebhookEndpoint, 0, key.0)
    }

    /// The key behind such an id, if it is one of ours.
    pub fn parse_webhook_endpoint(&self, id: [u8; 16]) -> Option<WebhookEndpointKey> {
        let (zero, row) = self.parse(RecordKind::WebhookEndpoint, id);
        (zero == 0).then_some(WebhookEndpointKey(row))
    }

    fn cipher(&self, kind: RecordKind) -> &Aes128 {
        let index = KINDS
            .iter()
            .position(|(candidate, _)| *candidate == kind)
            .unwrap_or_default();
        &self.ciphers[index]
    }
}

macro_rules! ids_of_keys {
    ($($kind:ident: $key:ident, $id:ident, $parse:ident;)+) => {
        impl PublicIds {$(
            /// The public id of such a record.
            pub fn $id(&self, key: $key) -> [u8; 16] {
                self.id(RecordKind::$kind, key.subject, key.row)
            }

            /// The key behind such a public id, existing or not.
            pub fn $parse(&self, id: [u8; 16]) -> $key {
                let (subject, row) = self.parse(RecordKind::$kind, id);
                $key { subject, row }
            }
        )+}
    };
}

ids_of_keys! {
    Signal: SignalKey, signal, parse_signal;
    Match: MatchKey, match_case, parse_match_case;
    SoftMatch: SoftMatchKey, soft_match, parse_soft_match;
    Consent: ConsentKey, consent, parse_consent;
    Notice: NoticeKey, notice, parse_notice;
    FollowUp: MatchKey, follow_up, parse_follow_up;
    Objection: ObjectionKey, objection, parse_objection;
    RightsRequest: RightsRequestKey, rights_request, parse_rights_request;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_and_share_nothing() {
        let ids = PublicIds::new(&[9; 16]);
        let first = SignalKey { subject: 1, row: 1 };
        let second = SignalKey { subject: 1, row: 2 };
        assert_eq!(ids.parse_signal(ids.signal(first)), first);
        assert_ne!(ids.signal(first)[..8], ids.signal(second)[..8]);
        assert_ne!(ids.signal(first)[8..], ids.signal(second)[8..]);
        // The same numbers under another kind are another id.
        assert_ne!(ids.signal(first), ids.match_case(MatchKey { subject: 1, row: 1 }));
    }

    #[test]
    fn an_id_of_other_making_names_no_alert() {
        let ids = PublicIds::new(&[9; 16]);
        assert_eq!(ids.parse_alert(ids.alert(42)), Some(42));
        assert_eq!(ids.parse_alert([0; 16]), None);
        assert_eq!(ids.parse_alert(PublicIds::new(&[8; 16]).alert(42)), None);
    }
}
