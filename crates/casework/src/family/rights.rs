//! What a person of the family asked of the municipality: objections and requests for access and erasure, how far each
//! is, and what more they can ask.

use std::collections::BTreeMap;

use domain::consent::SignatoryRole;
use domain::covenant::Covenant;
use domain::key::OrganisationKey;
use domain::objection::Objection;
use domain::rights_request::RightsRequest;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::id::Id;
use store::{Context, ObjectionRow, OrganisationRow, Party, StoreError, Tx, Work};

use super::reach::Reach;
use super::{FamilyFailure, PortalSecret};
use crate::covenants::Covenants;
use crate::objection::objection_of;
use crate::rights_request::{answers_for, request_of};
use crate::{Casework, match_view};

/// What one person of the family can ask of the municipality, and what became of what they asked.
#[derive(Debug, Clone)]
pub struct FamilyRights {
    /// The municipality that would decide; none when their letter opens no signal any more: there is nothing to ask about.
    pub municipality: Option<String>,
    /// Whether the reader is the young person; else a guardian.
    pub is_young_person: bool,
    /// The time at which this was read.
    pub now: Timestamp,
    /// The signals they can object to, or have objected to.
    pub signals: Vec<ObjectionableSignal>,
    /// Their own objections, newest first.
    pub objections: Vec<FamilyObjection>,
    /// Their own requests, newest first.
    pub requests: Vec<FamilyRequest>,
}

/// A signal that the letter opens.
#[derive(Debug, Clone)]
pub struct ObjectionableSignal {
    /// Its id.
    pub id: Id,
    /// Who gave it; none for "another organisation".
    pub organisation: Option<String>,
    /// When it was given.
    pub given_at: Timestamp,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// Whether the reader has an objection to it that is open.
    pub is_objected_to: bool,
}

/// An objection of the reader.
#[derive(Debug, Clone)]
pub struct FamilyObjection {
    /// Its id.
    pub id: Id,
    /// Who gave the signal; none for "another organisation".
    pub organisation: Option<String>,
    /// Who decides.
    pub municipality: String,
    /// Where it stands.
    pub objection: Objection,
    /// Where its days begin.
    pub time_zone: TimeZone,
}

/// A request of the reader.
#[derive(Debug, Clone)]
pub struct FamilyRequest {
    /// Its id.
    pub id: Id,
    /// Who decides.
    pub municipality: String,
    /// Where it stands.
    pub request: RightsRequest,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// Whether the reader may fetch the file here that it gives, where it gives one: it is sure enough who they are.
    pub may_fetch: bool,
}

impl Casework {
    /// What the reader asked of the municipality, and what more they can ask.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn family_rights(&self, secret: &PortalSecret) -> Result<FamilyRights, FamilyFailure> {
        self.store().run(Context::Family(secret.hash()), ReadRights).await
    }
}

struct ReadRights;

impl Work for ReadRights {
    const NAME: &'static str = "read_family_rights";
    type Role = Party;
    type Output = FamilyRights;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<FamilyRights, FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        Ok(read(tx, &reach).await?)
    }
}

async fn read(tx: &Tx<'_, Party>, reach: &Reach) -> Result<FamilyRights, StoreError> {
    let answering = answers_for(tx, reach).await?.map(|case| case.municipality);
    let objections = tx.own_objections(reach.subject, reach.person).await?;
    let requests = tx.own_rights_requests(reach.subject, reach.person).await?;
    let names = {
        let of_objections = objections
            .iter()
            .flat_map(|row| [row.organisation, row.municipality]);
        let of_requests = requests.iter().map(|row| row.municipality);
        let of_signals = reach.signals.iter().map(|row| row.organisation);
        let keys = of_objections
            .chain(of_requests)
            .chain(of_signals)
            .chain(answering);
        Names::read(tx, reach, keys.collect()).await?
    };
    let mut signals = Vec::with_capacity(reach.signals.len());
    for row in &reach.signals {
        let is_open = |made: &ObjectionRow| made.signal == Some(row.key) && made.state == "open";
        let objected = objections.iter().any(is_open);
        signals.push(ObjectionableSignal {
            id: Id(tx.ids().signal(row.key)),
            organisation: names.shown(row.organisation)?,
            given_at: row.life.facts.submitted_at,
            time_zone: names.zone(row.organisation)?,
            is_objected_to: objected,
        });
    }
    let objections = objections.iter().rev().map(|row| {
        Ok(FamilyObjection {
            id: Id(tx.ids().objection(row.key)),
            organisation: names.shown(row.organisation)?.filter(|_| row.named),
            municipality: names.municipality(row.municipality)?,
            objection: objection_of(row)?,
            time_zone: names.covenants.of(row.covenant)?.time_zone().clone(),
        })
    });
    let mut seen = Vec::with_capacity(requests.len());
    for row in requests.iter().rev() {
        seen.push(FamilyRequest {
            id: Id(tx.ids().rights_request(row.key)),
            municipality: names.municipality(row.municipality)?,
            request: request_of(row)?,
            time_zone: names.covenants.of(row.covenant)?.time_zone().clone(),
            may_fetch: tx.may_fetch_file(row.key).await?,
        });
    }
    Ok(FamilyRights {
        municipality: answering.map(|key| names.municipality(key)).transpose()?,
        is_young_person: reach.signatory.role == SignatoryRole::YoungPerson,
        now: tx.now(),
        signals,
        objections: objections.collect::<Result<_, StoreError>>()?,
        requests: seen,
    })
}

/// Organisations by the names that the reader may know.
pub(super) struct Names {
    rows: BTreeMap<OrganisationKey, OrganisationRow>,
    covenants: Covenants,
    /// Of all organisations here: the strictest says which sectors are sensitive.
    settings: Vec<Covenant>,
    sees_sensitive: bool,
    issuer: OrganisationKey,
}

impl Names {
    async fn read(
        tx: &Tx<'_, Party>,
        reach: &Reach,
        mut keys: Vec<OrganisationKey>,
    ) -> Result<Self, StoreError> {
        keys.sort_unstable();
        keys.dedup();
        let rows = tx.organisations(&keys).await?;
        let covenants = Covenants::read(tx).await?;
        Ok(Self {
            settings: covenants.each_of(rows.iter().map(|row| row.covenant))?,
            rows: rows.into_iter().map(|row| (row.key, row)).collect(),
            covenants,
            sees_sensitive: reach.sees_sensitive,
            issuer: reach.issuer,
        })
    }

    /// Of the organisations whose signals the letter opens, and of the one that issued it.
    pub(super) async fn of_letter(tx: &Tx<'_, Party>, reach: &Reach) -> Result<Self, StoreError> {
        let signals = reach.signals.iter().map(|row| row.organisation);
        Self::read(tx, reach, signals.chain([reach.issuer]).collect()).await
    }

    /// The covenants of those whose name the reader may know: that somebody of another one is there is not told by it.
    pub(super) fn shown_covenants(&self) -> Result<Vec<Covenant>, StoreError> {
        let mut keys = Vec::with_capacity(self.rows.len());
        for row in self.rows.values() {
            if self.shown(row.key)?.is_some() {
                keys.push(row.covenant);
            }
        }
        self.covenants.each_of(keys.into_iter())
    }

    /// The name, when the reader may know it. Row-level security shows no organisation that is hidden from them.
    fn shown(&self, key: OrganisationKey) -> Result<Option<String>, StoreError> {
        let Some(row) = self.rows.get(&key) else {
            return Ok(None);
        };
        let sector = match_view::sector(row)?;
        let is_shown = row.key == self.issuer
            || self.sees_sensitive
            || !self.settings.iter().any(|covenant| covenant.is_sensitive(sector));
        Ok(is_shown.then(|| row.name.clone()))
    }

    fn municipality(&self, key: OrganisationKey) -> Result<String, StoreError> {
        let row = self.rows.get(&key).ok_or(StoreError::Column {
            column: "municipality_id",
        })?;
        Ok(row.name.clone())
    }

    /// The time zone of whose days a signal of this organisation counts.
    fn zone(&self, key: OrganisationKey) -> Result<TimeZone, StoreError> {
        let row = self.rows.get(&key).ok_or(StoreError::Column {
            column: "organisation_id",
        })?;
        Ok(self.covenants.of(row.covenant)?.time_zone().clone())
    }
}
