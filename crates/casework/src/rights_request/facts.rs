//! A request for access or erasure as the rules take it and as the wire shows it.

use std::collections::BTreeMap;

use domain::consent::SignatoryRole;
use domain::key::OrganisationKey;
use domain::objection::Route;
use domain::rights_request::{Asked, RefusalReason, Right, RightsRequest, RightsState};
use protocol::id::Id;
use protocol::rights_request as wire;
use store::{ReadsMatches, RightsRequestRow, StoreError, Tx};

use crate::consent_words;
use crate::covenants::Covenants;
use crate::objection::wire_route;

fn wrong(column: &'static str) -> StoreError {
    StoreError::Column { column }
}

/// As the rules take it.
pub(crate) fn request_of(row: &RightsRequestRow) -> Result<RightsRequest, StoreError> {
    let asked = Asked {
        right: Right::from_slug(&row.right).map_err(|_| wrong("used_right"))?,
        at: row.made_at,
        by: SignatoryRole::from_slug(&row.made_by).map_err(|_| wrong("made_by"))?,
        route: Route::from_slug(&row.route).map_err(|_| wrong("route"))?,
        due: row.due_at,
        extended_at: row.extended_at,
    };
    let at = || row.decided_at.ok_or(wrong("decided_at"));
    Ok(
        match RightsState::from_slug(&row.state).map_err(|_| wrong("state"))? {
            RightsState::Requested => RightsRequest::Requested(asked),
            RightsState::Withdrawn => RightsRequest::Withdrawn { asked, at: at()? },
            RightsState::Given => RightsRequest::Given {
                asked,
                at: at()?,
                partly: false,
            },
            RightsState::Partly => RightsRequest::Given {
                asked,
                at: at()?,
                partly: true,
            },
            RightsState::Refused => RightsRequest::Refused {
                asked,
                at: at()?,
                reason: row
                    .reason
                    .as_deref()
                    .and_then(|slug| RefusalReason::from_slug(slug).ok())
                    .ok_or(wrong("reason"))?,
            },
        },
    )
}

/// What is needed to show requests: names of municipalities, and settings.
pub(super) struct Seen {
    municipalities: BTreeMap<OrganisationKey, String>,
    covenants: Covenants,
}

/// One request as it is shown.
pub(super) async fn to_wire<R: ReadsMatches>(
    tx: &Tx<'_, R>,
    row: &RightsRequestRow,
) -> Result<wire::RightsRequest, StoreError> {
    Seen::read(tx, std::slice::from_ref(row)).await?.to_wire(tx, row)
}

impl Seen {
    pub(super) async fn read<R: ReadsMatches>(
        tx: &Tx<'_, R>,
        rows: &[RightsRequestRow],
    ) -> Result<Self, StoreError> {
        let mut keys: Vec<OrganisationKey> = rows.iter().map(|row| row.municipality).collect();
        keys.sort_unstable();
        keys.dedup();
        let rows = tx.organisations(&keys).await?;
        Ok(Self {
            municipalities: rows.into_iter().map(|row| (row.key, row.name)).collect(),
            covenants: Covenants::read(tx).await?,
        })
    }

    pub(super) fn to_wire<R: ReadsMatches>(
        &self,
        tx: &Tx<'_, R>,
        row: &RightsRequestRow,
    ) -> Result<wire::RightsRequest, StoreError> {
        let request = request_of(row)?;
        let asked = *request.asked();
        let zone = self.covenants.of(row.covenant)?.time_zone();
        let municipality = self.municipalities.get(&row.municipality);
        Ok(wire::RightsRequest {
            id: Id(tx.ids().rights_request(row.key)),
            right: match asked.right {
                Right::Access => wire::Right::Access,
                Right::Erasure => wire::Right::Erasure,
            },
            state: match request.state() {
                RightsState::Requested => wire::RightsState::Requested,
                RightsState::Given => wire::RightsState::Given,
                RightsState::Partly => wire::RightsState::Partly,
                RightsState::Refused => wire::RightsState::Refused,
                RightsState::Withdrawn => wire::RightsState::Withdrawn,
            },
            municipality: municipality.ok_or(wrong("municipality_id"))?.clone(),
            made_at: asked.at,
            made_by: consent_words::wire_role(asked.by),
            route: wire_route(asked.route),
            due: asked.due,
            extended_at: asked.extended_at,
            late: request.is_late(tx.now()),
            decided_at: row.decided_at,
            reason: match request {
                RightsRequest::Refused { reason, .. } => Some(wire_reason(reason)),
                _ => None,
            },
            file_until: request.file_until(zone),
        })
    }
}

fn wire_reason(reason: RefusalReason) -> wire::RefusalReason {
    match reason {
        RefusalReason::NotEntitled => wire::RefusalReason::NotEntitled,
        RefusalReason::Unfounded => wire::RefusalReason::Unfounded,
        RefusalReason::RightsOfOthers => wire::RefusalReason::RightsOfOthers,
        RefusalReason::PublicTask => wire::RefusalReason::PublicTask,
        RefusalReason::LegalClaim => wire::RefusalReason::LegalClaim,
    }
}

pub(super) fn reason_of(reason: wire::RefusalReason) -> RefusalReason {
    match reason {
        wire::RefusalReason::NotEntitled => RefusalReason::NotEntitled,
        wire::RefusalReason::Unfounded => RefusalReason::Unfounded,
        wire::RefusalReason::RightsOfOthers => RefusalReason::RightsOfOthers,
        wire::RefusalReason::PublicTask => RefusalReason::PublicTask,
        wire::RefusalReason::LegalClaim => RefusalReason::LegalClaim,
    }
}
