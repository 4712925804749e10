//! Consents as the rules take them.

use std::collections::{BTreeMap, BTreeSet};

use domain::consent::{ConsentState, Given, Pending, Signatory, SignatoryRole, Standing};
use domain::exchange::Coverage;
use domain::key::OrganisationKey;
use store::{ConsentRow, Party, SignatoryRow, StoreError, Tx};

/// Whom each of these consents covers and where it stands.
pub(crate) async fn coverages(
    tx: &Tx<'_, Party>,
    subject: i64,
    consents: &[ConsentRow],
) -> Result<Vec<Coverage>, StoreError> {
    let rows: Vec<i64> = consents.iter().map(|consent| consent.key.row).collect();
    let mut parties: BTreeMap<i64, BTreeSet<OrganisationKey>> = BTreeMap::new();
    for party in tx.consent_parties(subject, &rows).await? {
        parties
            .entry(party.consent_row)
            .or_default()
            .insert(party.organisation);
    }
    consents
        .iter()
        .map(|consent| {
            Ok(Coverage {
                consent: consent.key,
                parties: parties.remove(&consent.key.row).unwrap_or_default(),
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
        },
        ConsentState::Given => Standing::Given {
            given_at: given_at()?,
            valid_until: valid_until()?,
        },
        ConsentState::Refused => Standing::Refused { at: given_at()? },
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

/// A request that waits for answers.
pub(crate) fn pending(
    row: &ConsentRow,
    parties: BTreeSet<OrganisationKey>,
    signatories: &[SignatoryRow],
) -> Result<Pending, StoreError> {
    let signatures = signatories
        .iter()
        .map(|row| Ok((signatory(&row.role, row.number)?, row.decided_at)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Pending {
        parties,
        requested_at: row.requested_at,
        answer_by: row.answer_by,
        boundary_at: row.boundary_at,
        consent_days: u16::try_from(row.consent_days).map_err(|_| StoreError::Column {
            column: "consent_days",
        })?,
        signatures,
    })
}

/// A consent that was given.
pub(crate) fn given(
    row: &ConsentRow,
    parties: BTreeSet<OrganisationKey>,
    signatories: &[SignatoryRow],
) -> Result<Given, StoreError> {
    Ok(Given {
        parties,
        signatories: signatories
            .iter()
            .map(|row| signatory(&row.role, row.number))
            .collect::<Result<_, StoreError>>()?,
        given_at: row
            .decided_at
            .ok_or(StoreError::Column { column: "decided_at" })?,
        valid_until: row.valid_until.ok_or(StoreError::Column {
            column: "valid_until",
        })?,
    })
}

/// A signatory by role and number.
pub(crate) fn signatory(role: &str, number: i32) -> Result<Signatory, StoreError> {
    let role = SignatoryRole::from_slug(role).map_err(|_| StoreError::Column { column: "role" })?;
    let number = u8::try_from(number).map_err(|_| StoreError::Column { column: "number" })?;
    Ok(Signatory { role, number })
}
