//! Who gets a share, in one function.

use jiff::Timestamp;

use super::{ConsentStatus, GateShareRequest, MAX_AHEAD, NotStanding, StatusError, derive_share};
use crate::consent::{About, ConsentVerifier, Record, RecordError, SignedRecord};
use crate::id::{Id, OrganisationId};
use crate::text::{Base64Url, Confidential};

/// What may be released. Only [`judge`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    record: Record,
    message_id: Id,
    match_id: Id,
}

impl Released {
    /// The share, from the keyholder's secret.
    pub fn share(&self, gate_key: &Confidential<32>) -> Confidential<32> {
        derive_share(gate_key, &self.consent_hash(), self.match_id, self.message_id)
    }

    /// The record it is released under.
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// SHA-256 of the record.
    pub fn consent_hash(&self) -> Base64Url<32> {
        self.record.hash()
    }

    /// The match.
    pub const fn match_id(&self) -> Id {
        self.match_id
    }

    /// The message or attachment.
    pub const fn message_id(&self) -> Id {
        self.message_id
    }
}

/// Why no share is released. In this order: of several faults the first is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum GateRefusal {
    /// The hash beside the record is not its hash.
    #[error("the hash is not that of the consent record")]
    RecordHash,
    /// The record is not one, or not signed by a portal that is believed.
    #[error("the consent record is not one that a known portal signed")]
    RecordUntrusted,
    /// The record is of another network than the key that signed it.
    #[error("the consent record belongs to another network")]
    RecordNetwork,
    /// The consent is not for exchange.
    #[error("the consent was not given for exchange")]
    RecordPurpose,
    /// The consent is about another match.
    #[error("the consent was given for another match")]
    RecordMatch,
    /// The record does not name who asks.
    #[error("the consent does not name the organisation that asks")]
    RecordParty,
    /// The record's time has not come: the portal's clock runs too far ahead.
    #[error("the consent is from the future")]
    RecordNotYetGiven,
    /// The record's time is over.
    #[error("the consent expired")]
    RecordExpired,
    /// The keyholder was told that the consent ended; nothing undoes that.
    #[error("the consent was withdrawn or ended otherwise")]
    Tombstoned,
    /// The status is not one, or not signed by the record's portal.
    #[error("the consent status is not one that the portal of the record signed")]
    StatusUntrusted,
    /// The status is of another network.
    #[error("the consent status belongs to another network")]
    StatusNetwork,
    /// The status is about another consent.
    #[error("the consent status is about another consent")]
    StatusConsent,
    /// The status is older than 60 seconds.
    #[error("the consent status is too old")]
    StatusOld,
    /// The status is from later than 30 seconds from now.
    #[error("the consent status is from the future")]
    StatusFuture,
    /// The portal says that the consent ended.
    #[error("the consent was withdrawn or ended otherwise")]
    Ended,
}

impl GateRefusal {
    /// Every reason, in order.
    pub const ALL: [Self; 15] = [
        Self::RecordHash,
        Self::RecordUntrusted,
        Self::RecordNetwork,
        Self::RecordPurpose,
        Self::RecordMatch,
        Self::RecordParty,
        Self::RecordNotYetGiven,
        Self::RecordExpired,
        Self::Tombstoned,
        Self::StatusUntrusted,
        Self::StatusNetwork,
        Self::StatusConsent,
        Self::StatusOld,
        Self::StatusFuture,
        Self::Ended,
    ];

    /// The word for it in metrics, logs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RecordHash => "record-hash",
            Self::RecordUntrusted => "record-untrusted",
            Self::RecordNetwork => "record-network",
            Self::RecordPurpose => "record-purpose",
            Self::RecordMatch => "record-match",
            Self::RecordParty => "record-party",
            Self::RecordNotYetGiven => "record-not-yet-given",
            Self::RecordExpired => "record-expired",
            Self::Tombstoned => "tombstoned",
            Self::StatusUntrusted => "status-untrusted",
            Self::StatusNetwork => "status-network",
            Self::StatusConsent => "status-consent",
            Self::StatusOld => "status-old",
            Self::StatusFuture => "status-future",
            Self::Ended => "ended",
        }
    }

    /// The member of the request that is at fault (RFC 6901).
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::RecordMatch => "/match",
            Self::RecordHash
            | Self::RecordUntrusted
            | Self::RecordNetwork
            | Self::RecordPurpose
            | Self::RecordParty
            | Self::RecordNotYetGiven
            | Self::RecordExpired
            | Self::Tombstoned => "/record",
            Self::StatusUntrusted
            | Self::StatusNetwork
            | Self::StatusConsent
            | Self::StatusOld
            | Self::StatusFuture
            | Self::Ended => "/status",
        }
    }
}

/// Judges whether `caller` gets the share it asks for.
///
/// `portals` are the networks whose portals are believed, one verifier each. `is_tombstoned` is what the keyholder knows of
/// `request.record.hash`; that this is the hash of the record is found here.
///
/// # Errors
/// [`GateRefusal`] with the first reason.
pub fn judge(
    request: &GateShareRequest,
    caller: OrganisationId,
    portals: &[ConsentVerifier],
    now: Timestamp,
    is_tombstoned: bool,
) -> Result<Released, GateRefusal> {
    let (record, portal) = verify_record(&request.record, portals)?;
    let terms = record.terms();
    let About::Exchange(match_id) = terms.about else {
        return Err(GateRefusal::RecordPurpose);
    };
    if match_id != request.match_id {
        return Err(GateRefusal::RecordMatch);
    }
    if !terms.parties.contains(&caller) {
        return Err(GateRefusal::RecordParty);
    }
    if now.duration_since(terms.given_at) < -MAX_AHEAD {
        return Err(GateRefusal::RecordNotYetGiven);
    }
    if now >= terms.valid_until {
        return Err(GateRefusal::RecordExpired);
    }
    if is_tombstoned {
        return Err(GateRefusal::Tombstoned);
    }
    let status = ConsentStatus::verify(&request.status, portal).map_err(|error| match error {
        StatusError::Malformed | StatusError::UnknownKey | StatusError::Signature => {
            GateRefusal::StatusUntrusted
        }
        StatusError::Network => GateRefusal::StatusNetwork,
    })?;
    status
        .stands(&request.record.hash, now)
        .map_err(|reason| match reason {
            NotStanding::Consent => GateRefusal::StatusConsent,
            NotStanding::Old => GateRefusal::StatusOld,
            NotStanding::Future => GateRefusal::StatusFuture,
            NotStanding::Ended => GateRefusal::Ended,
        })?;
    Ok(Released {
        record,
        message_id: request.message_id,
        match_id,
    })
}

/// The record and the one portal that stands for it; without one, the reason that came nearest.
fn verify_record<'a>(
    signed: &SignedRecord,
    portals: &'a [ConsentVerifier],
) -> Result<(Record, &'a ConsentVerifier), GateRefusal> {
    let mut refusal = GateRefusal::RecordUntrusted;
    for portal in portals {
        match portal.verify(signed) {
            Ok(record) => return Ok((record, portal)),
            Err(RecordError::Hash) => refusal = GateRefusal::RecordHash,
            Err(RecordError::Network) => refusal = GateRefusal::RecordNetwork,
            Err(
                RecordError::Malformed | RecordError::UnknownKey | RecordError::Signature | RecordError::Keys,
            ) => {}
        }
    }
    Err(refusal)
}
