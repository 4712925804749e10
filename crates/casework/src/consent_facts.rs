//! Consents as the rules take them.

use std::collections::{BTreeMap, BTreeSet};

use domain::consent::{
    Assurance, ConsentState, Given, How, Method, Pending, Signatory, SignatoryRole, Signature, Standing,
};
use domain::exchange::Coverage;
use domain::key::{ConsentKey, OrganisationKey};
use jiff::Timestamp;
use store::{AskedRow, ConsentRow, ReadsMatches, SignatoryRow, StoreError, Tx};

/// Whom each of these consents covers and where it stands.
pub(crate) async fn coverages<R: ReadsMatches>(
    tx: &Tx<'_, R>,
    subject: i64,
    consents: &[ConsentRow],
) -> Result<Vec<Coverage>, StoreError> {
    let rows: Vec<i64> = consents.iter().map(|consent| consent.key.row).collect();
    let mut parties: BTreeMap<ConsentKey, BTreeSet<OrganisationKey>> = BTreeMap::new();
    for party in tx.consent_parties(subject, &rows).await? {
        let key = ConsentKey {
            subject,
            row: party.consent_row,
        };
        parties.entry(key).or_default().insert(party.organisation);
    }
    coverages_of(consents, &mut parties)
}

/// The same of consents whose parties were read, which are taken from there.
pub(crate) fn coverages_of(
    consents: &[ConsentRow],
    parties: &mut BTreeMap<ConsentKey, BTreeSet<OrganisationKey>>,
) -> Result<Vec<Coverage>, StoreError> {
    consents
        .iter()
        .map(|consent| {
            Ok(Coverage {
                consent: consent.key,
                parties: parties.remove(&consent.key).unwrap_or_default(),
                requested_at: consent.requested_at,
                standing: standing(consent)?,
            })
        })
        .collect()
}

/// The state as stored.
pub(crate) fn state(row: &ConsentRow) -> Result<ConsentState, StoreError> {
    ConsentState::from_slug(&row.state).map_err(|_| StoreError::Column { column: "state" })
}

/// Where a consent stands by the record, without looking at the time.
pub(crate) fn standing(row: &ConsentRow) -> Result<Standing, StoreError> {
    let missing = |column| StoreError::Column { column };
    let given_at = || row.decided_at.ok_or(missing("decided_at"));
    let valid_until = || row.valid_until.ok_or(missing("valid_until"));
    Ok(match state(row)? {
        ConsentState::Requested | ConsentState::PartiallyGiven => Standing::Asked {
            answer_by: row.answer_by,
            until_boundary: until_boundary(row),
        },
        ConsentState::Given => Standing::Given {
            given_at: given_at()?,
            valid_until: valid_until()?,
        },
        ConsentState::Refused => Standing::Refused { at: given_at()? },
        ConsentState::SupersededByAge => Standing::SupersededByAge { at: row.answer_by },
        ConsentState::Withdrawn => Standing::Withdrawn {
            at: row.withdrawn_at.ok_or(missing("withdrawn_at"))?,
        },
        // What was never given expired when its time to answer ended.
        ConsentState::Expired => match row.valid_until {
            Some(at) => Standing::Expired { at },
            None => Standing::Unanswered { at: row.answer_by },
        },
        ConsentState::Replaced => Standing::Replaced { at: valid_until()? },
    })
}

/// Whether the time to answer ends because of an age boundary.
fn until_boundary(row: &ConsentRow) -> bool {
    row.boundary_at.is_some_and(|boundary| boundary <= row.answer_by)
}

/// Whether an age boundary has ended this request, and nobody has written down what takes its place.
pub(crate) fn is_overtaken(row: &ConsentRow, now: Timestamp) -> bool {
    row.is_pending() && until_boundary(row) && row.answer_by <= now
}

/// A question that a party only knows of: whether the family is asked, or said no.
pub(crate) fn asked(row: &AskedRow) -> Result<Standing, StoreError> {
    match ConsentState::from_slug(&row.state) {
        Ok(ConsentState::Requested | ConsentState::PartiallyGiven) => Ok(Standing::Asked {
            answer_by: row.answer_by,
            until_boundary: row.boundary_at.is_some_and(|boundary| boundary <= row.answer_by),
        }),
        Ok(ConsentState::Refused) => Ok(Standing::Refused {
            at: row
                .decided_at
                .ok_or(StoreError::Column { column: "decided_at" })?,
        }),
        _ => Err(StoreError::Column { column: "state" }),
    }
}

/// A request that waits for answers. `latest_end` is the end of the signal's sleep, when it is about one.
pub(crate) fn pending(
    row: &ConsentRow,
    parties: BTreeSet<OrganisationKey>,
    signatories: &[SignatoryRow],
    latest_end: Option<Timestamp>,
) -> Result<Pending, StoreError> {
    Ok(Pending {
        parties,
        requested_at: row.requested_at,
        answer_by: row.answer_by,
        boundary_at: row.boundary_at,
        consent_days: u16::try_from(row.consent_days).map_err(|_| StoreError::Column {
            column: "consent_days",
        })?,
        latest_end,
        signatures: must_sign(signatories)
            .map(|row| Ok((signatory(&row.role, row.number)?, signature(row)?)))
            .collect::<Result<_, StoreError>>()?,
    })
}

/// A consent that was given.
pub(crate) fn given(
    row: &ConsentRow,
    parties: BTreeSet<OrganisationKey>,
    signatories: &[SignatoryRow],
) -> Result<Given, StoreError> {
    let signatures = must_sign(signatories)
        .map(|row| Ok((signatory(&row.role, row.number)?, signature(row)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let least_sure = signatures
        .iter()
        .flat_map(|(_, signature)| signature)
        .map(|it| it.how)
        .min();
    Ok(Given {
        parties,
        signatories: signatures.iter().map(|(signatory, _)| *signatory).collect(),
        given_at: row
            .decided_at
            .ok_or(StoreError::Column { column: "decided_at" })?,
        valid_until: row.valid_until.ok_or(StoreError::Column {
            column: "valid_until",
        })?,
        how: least_sure.ok_or(StoreError::Column { column: "assurance" })?,
    })
}

/// Those who must sign now; not who will have to from a birthday on.
pub(crate) fn must_sign(signatories: &[SignatoryRow]) -> impl Iterator<Item = &SignatoryRow> {
    signatories.iter().filter(|row| row.begins_at.is_none())
}

/// A signatory by role and number.
pub(crate) fn signatory(role: &str, number: i32) -> Result<Signatory, StoreError> {
    let role = SignatoryRole::from_slug(role).map_err(|_| StoreError::Column { column: "role" })?;
    let number = u8::try_from(number).map_err(|_| StoreError::Column { column: "number" })?;
    Ok(Signatory { role, number })
}

fn signature(row: &SignatoryRow) -> Result<Option<Signature>, StoreError> {
    let (Some("agreed"), Some(at)) = (row.decision.as_deref(), row.decided_at) else {
        return Ok(None);
    };
    Ok(Some(Signature { at, how: how(row)? }))
}

fn how(row: &SignatoryRow) -> Result<How, StoreError> {
    let assurance = row.assurance.as_deref().map(Assurance::from_slug);
    let method = row.method.as_deref().map(Method::from_slug);
    match (assurance, method) {
        (Some(Ok(assurance)), Some(Ok(method))) => Ok(How { assurance, method }),
        _ => Err(StoreError::Column { column: "assurance" }),
    }
}
