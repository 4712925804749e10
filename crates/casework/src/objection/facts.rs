//! An objection as the rules take it and as the wire shows it.

use std::collections::BTreeMap;

use domain::consent::SignatoryRole;
use domain::key::OrganisationKey;
use domain::objection::{self, Advice, Made, Objection, ObjectionState, Outcome, Reason, Route};
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::objection as wire;
use store::{ObjectionRow, ReadsMatches, StoreError, Tx};

use crate::consent_words;
use crate::covenants::Covenants;

fn wrong(column: &'static str) -> StoreError {
    StoreError::Column { column }
}

/// As the rules take it. One that is open without a signal has lapsed.
pub(crate) fn objection_of(row: &ObjectionRow) -> Result<Objection, StoreError> {
    let advice = row.advice.as_deref().map(Advice::from_slug).transpose();
    let made = Made {
        at: row.made_at,
        by: SignatoryRole::from_slug(&row.made_by).map_err(|_| wrong("made_by"))?,
        route: Route::from_slug(&row.route).map_err(|_| wrong("route"))?,
        advice_due: row.advice_due,
        decision_due: row.decision_due,
        advice: row.advised_at.zip(advice.map_err(|_| wrong("advice"))?),
    };
    let decided_at = || row.decided_at.ok_or(wrong("decided_at"));
    let decided = |outcome| -> Result<Objection, StoreError> {
        let reasons = row.reasons.iter().map(|slug| Reason::from_slug(slug));
        Ok(Objection::Decided {
            made,
            at: decided_at()?,
            outcome,
            reasons: reasons.collect::<Result<_, _>>().map_err(|_| wrong("reasons"))?,
        })
    };
    match ObjectionState::from_slug(&row.state).map_err(|_| wrong("state"))? {
        ObjectionState::Open if row.signal.is_some() => Ok(Objection::Open(made)),
        ObjectionState::Open | ObjectionState::Lapsed => Ok(Objection::Lapsed(made)),
        ObjectionState::Withdrawn => Ok(Objection::Withdrawn {
            made,
            at: decided_at()?,
        }),
        ObjectionState::Upheld => decided(Outcome::Upheld),
        ObjectionState::Rejected => decided(Outcome::Rejected),
    }
}

/// What is needed to show objections: names and settings.
pub(super) struct Seen {
    organisations: BTreeMap<OrganisationKey, (OrganisationId, String)>,
    covenants: Covenants,
}

/// One objection as it is shown.
pub(super) async fn to_wire<R: ReadsMatches>(
    tx: &Tx<'_, R>,
    row: &ObjectionRow,
) -> Result<wire::Objection, StoreError> {
    Seen::read(tx, std::slice::from_ref(row)).await?.to_wire(tx, row)
}

impl Seen {
    pub(super) async fn read<R: ReadsMatches>(
        tx: &Tx<'_, R>,
        rows: &[ObjectionRow],
    ) -> Result<Self, StoreError> {
        let mut keys: Vec<OrganisationKey> = rows
            .iter()
            .flat_map(|row| [row.organisation, row.municipality])
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let rows = tx.organisations(&keys).await?;
        Ok(Self {
            organisations: rows
                .into_iter()
                .map(|row| (row.key, (OrganisationId(row.public_id), row.name)))
                .collect(),
            covenants: Covenants::read(tx).await?,
        })
    }

    pub(super) fn to_wire<R: ReadsMatches>(
        &self,
        tx: &Tx<'_, R>,
        row: &ObjectionRow,
    ) -> Result<wire::Objection, StoreError> {
        let objection = objection_of(row)?;
        let made = *objection.made();
        let zone = self.covenants.of(row.covenant)?.time_zone();
        let attention = objection.attention(tx.now(), zone);
        let named = self.organisations.get(&row.organisation).filter(|_| row.named);
        let (_, municipality) = self
            .organisations
            .get(&row.municipality)
            .ok_or(wrong("municipality_id"))?;
        let (reasons, appeal_by) = match &objection {
            Objection::Decided {
                at, outcome, reasons, ..
            } => (
                reasons.iter().copied().map(wire_reason).collect(),
                (*outcome == Outcome::Rejected).then(|| objection::appeal_by(*at, zone)),
            ),
            _ => (Vec::new(), None),
        };
        Ok(wire::Objection {
            id: Id(tx.ids().objection(row.key)),
            state: wire_state(objection.state()),
            organisation: named.map(|(id, name)| wire::ReportingOrganisation {
                id: *id,
                name: name.clone(),
            }),
            municipality: municipality.clone(),
            made_at: made.at,
            made_by: consent_words::wire_role(made.by),
            route: wire_route(made.route),
            advice_due: made.advice_due,
            advice: made.advice.map(|(_, advice)| wire_advice(advice)),
            advised_at: made.advice.map(|(at, _)| at),
            decision_due: made.decision_due,
            attention: wire::Attention {
                advice_late: attention.advice_late,
                decide_soon: attention.decide_soon,
                decision_late: attention.decision_late,
            },
            decided_at: row.decided_at,
            reasons,
            appeal_by,
        })
    }
}

pub(super) fn wire_state(state: ObjectionState) -> wire::ObjectionState {
    match state {
        ObjectionState::Open => wire::ObjectionState::Open,
        ObjectionState::Upheld => wire::ObjectionState::Upheld,
        ObjectionState::Rejected => wire::ObjectionState::Rejected,
        ObjectionState::Withdrawn => wire::ObjectionState::Withdrawn,
        ObjectionState::Lapsed => wire::ObjectionState::Lapsed,
    }
}

pub(crate) fn wire_route(route: Route) -> wire::Route {
    match route {
        Route::Portal => wire::Route::Portal,
        Route::Assisted => wire::Route::Assisted,
    }
}

pub(super) fn wire_advice(advice: Advice) -> wire::Advice {
    match advice {
        Advice::EndSignal => wire::Advice::EndSignal,
        Advice::KeepSignal => wire::Advice::KeepSignal,
        Advice::NoAdvice => wire::Advice::NoAdvice,
    }
}

pub(super) fn advice_of(advice: wire::Advice) -> Advice {
    match advice {
        wire::Advice::EndSignal => Advice::EndSignal,
        wire::Advice::KeepSignal => Advice::KeepSignal,
        wire::Advice::NoAdvice => Advice::NoAdvice,
    }
}

fn wire_reason(reason: Reason) -> wire::ObjectionReason {
    match reason {
        Reason::NoGround => wire::ObjectionReason::NoGround,
        Reason::GroundGone => wire::ObjectionReason::GroundGone,
        Reason::NotInformed => wire::ObjectionReason::NotInformed,
        Reason::FamilyInterests => wire::ObjectionReason::FamilyInterests,
        Reason::GroundStands => wire::ObjectionReason::GroundStands,
        Reason::ChildInterests => wire::ObjectionReason::ChildInterests,
        Reason::NotEntitled => wire::ObjectionReason::NotEntitled,
        Reason::Repeated => wire::ObjectionReason::Repeated,
    }
}

pub(super) fn reason_of(reason: wire::ObjectionReason) -> Reason {
    match reason {
        wire::ObjectionReason::NoGround => Reason::NoGround,
        wire::ObjectionReason::GroundGone => Reason::GroundGone,
        wire::ObjectionReason::NotInformed => Reason::NotInformed,
        wire::ObjectionReason::FamilyInterests => Reason::FamilyInterests,
        wire::ObjectionReason::GroundStands => Reason::GroundStands,
        wire::ObjectionReason::ChildInterests => Reason::ChildInterests,
        wire::ObjectionReason::NotEntitled => Reason::NotEntitled,
        wire::ObjectionReason::Repeated => Reason::Repeated,
    }
}
