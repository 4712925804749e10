//! What one signatory may read about one request.

use std::collections::BTreeSet;

use domain::actor::Sector;
use domain::consent::{ConsentState, Signatory, SignatoryRole, Standing, is_named_to};
use domain::covenant::Covenant;
use domain::key::OrganisationKey;
use domain::match_case::MatchState;
use jiff::Timestamp;
use protocol::consent::Language;
use store::{
    ConsentRow, Context, FamilyAccess, OrganisationRow, Party, Seen, SignatoryRow, StoreError, Tx,
    ViewingRow, Work,
};

use super::{ConsentPage, FamilyFailure, Looked, PageState, PartyName, PortalSecret};
use crate::covenants::Covenants;
use crate::{Casework, consent_facts, match_view};

/// The page shows at most so many lines of who looked; each is a day of one organisation.
const VIEWINGS_SHOWN: i64 = 200;

impl Casework {
    /// The page about the request that a session opens.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn consent_page(&self, secret: &PortalSecret) -> Result<ConsentPage, FamilyFailure> {
        self.store().run(Context::Family(secret.hash()), ReadPage).await
    }
}

/// The request a session opens, with everything that decides about it.
pub(super) struct Opened {
    pub(super) access: FamilyAccess,
    pub(super) consent: ConsentRow,
    pub(super) match_tag: u128,
    pub(super) match_is_over: bool,
    pub(super) signatory: Signatory,
    pub(super) signatories: Vec<SignatoryRow>,
    pub(super) organisations: Vec<OrganisationRow>,
    pub(super) covenants: Vec<Covenant>,
}

impl Opened {
    /// Reads it; `locked` against everybody who relies on the consent.
    pub(super) async fn read(tx: &Tx<'_, Party>, locked: bool) -> Result<Self, FamilyFailure> {
        let access = tx.enter_by_session().await?.ok_or(FamilyFailure::Closed)?;
        let consent = if locked {
            tx.consent_for_update(access.consent).await?
        } else {
            tx.consent(access.consent).await?
        };
        let consent = consent.ok_or(FamilyFailure::Closed)?;
        let standing = consent_facts::standing(&consent)?.at(tx.now());
        if !opens(&access, standing, tx.now()) {
            return Err(FamilyFailure::Closed);
        }
        let match_case = tx
            .match_case(consent.match_case)
            .await?
            .ok_or(FamilyFailure::Closed)?;
        // Read after the lock: the last signature decides.
        let signatories = tx.signatories(access.consent).await?;
        let parties = tx
            .consent_parties(access.consent.subject, &[access.consent.row])
            .await?;
        let keys: Vec<OrganisationKey> = parties.iter().map(|party| party.organisation).collect();
        let organisations = tx.organisations(&keys).await?;
        let covenants = Covenants::read(tx)
            .await?
            .each_of(organisations.iter().map(|row| row.covenant))?;
        Ok(Self {
            signatory: consent_facts::signatory(&access.role, access.number)?,
            match_tag: match_case.log_tag,
            match_is_over: match_case.state == MatchState::Closed.slug(),
            access,
            consent,
            signatories,
            organisations,
            covenants,
        })
    }

    /// Whom the request names.
    pub(super) fn parties(&self) -> BTreeSet<OrganisationKey> {
        self.organisations.iter().map(|row| row.key).collect()
    }

    fn party_name(&self, row: &OrganisationRow) -> Result<PartyName, StoreError> {
        let sector: Sector = match_view::sector(row)?;
        let sensitive = match_view::terms(&self.covenants)?.is_sensitive(sector);
        let must_sign = self
            .signatories
            .iter()
            .map(|row| Ok(consent_facts::signatory(&row.role, row.number)?.role))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // The letter already names who asks.
        let is_issuer = row.key == self.consent.requested_by;
        let shown = is_issuer || is_named_to(self.signatory.role, must_sign, sensitive);
        Ok(PartyName {
            name: shown.then(|| row.name.clone()),
            sector: shown.then(|| sector.dutch()),
        })
    }

    fn state(&self, now: Timestamp) -> Result<PageState, StoreError> {
        let consent = &self.consent;
        let standing = consent_facts::standing(consent)?.at(now);
        let missing = |column| StoreError::Column { column };
        Ok(
            match (
                standing.state(),
                self.access.decision.as_deref(),
                self.access.decided_at,
            ) {
                // Nothing can pass any more, whatever was answered.
                (ConsentState::Requested | ConsentState::PartiallyGiven | ConsentState::Given, ..)
                    if self.match_is_over =>
                {
                    PageState::Over
                }
                (ConsentState::Requested | ConsentState::PartiallyGiven, Some("agreed"), Some(at)) => {
                    PageState::Agreed { at }
                }
                (ConsentState::Requested | ConsentState::PartiallyGiven, ..) => PageState::Open,
                (ConsentState::Given, ..) => PageState::Given {
                    at: consent.decided_at.ok_or(missing("decided_at"))?,
                    until: consent.valid_until.ok_or(missing("valid_until"))?,
                },
                (ConsentState::Refused, decision, _) => PageState::NotGiven {
                    by_you: decision == Some("refused"),
                },
                (ConsentState::Withdrawn, ..) => PageState::Withdrawn {
                    at: consent.withdrawn_at.ok_or(missing("withdrawn_at"))?,
                },
                (ConsentState::Expired | ConsentState::Replaced, ..) => PageState::Over,
            },
        )
    }

    /// Who looked, by the names this signatory may read. A letter shows the parties it names; of others row-level security
    /// shows no line.
    fn looked(&self, viewings: &[ViewingRow]) -> Result<Vec<Looked>, StoreError> {
        let mut looked = Vec::with_capacity(viewings.len());
        for row in viewings {
            let organisation = self
                .organisations
                .iter()
                .find(|party| party.key == row.organisation);
            let Some(organisation) = organisation else {
                continue;
            };
            looked.push(Looked {
                who: self.party_name(organisation)?,
                day: row.day,
                message: row.what == Seen::Message,
                times: u32::try_from(row.times).map_err(|_| StoreError::Column { column: "times" })?,
            });
        }
        Ok(looked)
    }

    fn page(&self, now: Timestamp, viewings: &[ViewingRow]) -> Result<ConsentPage, StoreError> {
        let issuer = self
            .organisations
            .iter()
            .find(|row| row.key == self.consent.requested_by);
        let issuer = issuer.ok_or(StoreError::Column {
            column: "requested_by",
        })?;
        let covenant = self.covenants.first().ok_or(StoreError::Column {
            column: "covenant_id",
        })?;
        let mut parties = self
            .organisations
            .iter()
            .map(|row| self.party_name(row))
            .collect::<Result<Vec<_>, _>>()?;
        // Named ones by name, masked ones last.
        parties.sort_by(|a, b| (a.name.is_none(), &a.name).cmp(&(b.name.is_none(), &b.name)));
        Ok(ConsentPage {
            asked_by: issuer.name.clone(),
            municipality: covenant.municipality().to_owned(),
            parties,
            is_young_person: self.signatory.role == SignatoryRole::YoungPerson,
            requested_at: self.consent.requested_at,
            answer_by: self.consent.answer_by,
            consent_days: u16::try_from(self.consent.consent_days).map_err(|_| StoreError::Column {
                column: "consent_days",
            })?,
            time_zone: covenant
                .time_zone()
                .iana_name()
                .unwrap_or("Europe/Amsterdam")
                .to_owned(),
            language: Language::Nl,
            text_version: self.consent.text_version.clone(),
            state: self.state(now)?,
            looked: self.looked(viewings)?,
        })
    }
}

struct ReadPage;

impl Work for ReadPage {
    const NAME: &'static str = "read_consent_page";
    type Role = Party;
    type Output = ConsentPage;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<ConsentPage, FamilyFailure> {
        let opened = Opened::read(tx, false).await?;
        let viewings = tx.viewings(opened.consent.match_case, VIEWINGS_SHOWN).await?;
        Ok(opened.page(tx.now(), &viewings)?)
    }
}

/// What a code, and the session it opened, is good for: until the letter's date the request, whatever became of it, so
/// that the family can read that; after it only a consent that stands, to withdraw it. At an age boundary both end.
pub(super) fn opens(access: &FamilyAccess, standing: Standing, now: Timestamp) -> bool {
    now < access.code_until || standing.state() == ConsentState::Given
}
