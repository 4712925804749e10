//! The facts of one match, read in one transaction, for the rules to judge.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Sector;
use domain::calendar;
use domain::consent::Standing;
use domain::covenant::{Covenant, Terms};
use domain::event::Event;
use domain::exchange::{Closed, Coverage, Exchange};
use domain::key::{ConsentKey, MatchKey, OrganisationKey};
use domain::match_case::{
    Case, Left, Match, MatchState, Outcome, Party, SeenClosing, SeenLead, SeenParty, View, Who,
};
use domain::notice::NoticeKind;
use jiff::Timestamp;
use jiff::civil::Date;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::match_case as wire;
use protocol::sealed_message::{KeyFingerprint, SealingKey};
use protocol::signal::ProfessionalReference;
use protocol::text::Base64Url;
use store::{
    ConsentAbout, ConsentRow, LaysNotices, MatchPartyRow, MatchRow, NoticeAbout, OrganisationRow,
    ReadsMatches, SeenMatch, StoreError, Trace, Tx,
};

use crate::covenants::Covenants;
use crate::notices::{self, Told};
use crate::{Caller, consent_facts, professional};

/// What stands about a match, as far as the caller's row-level security shows it.
pub(crate) struct Facts {
    pub(crate) row: MatchRow,
    pub(crate) consents: Vec<ConsentRow>,
    match_case: Match,
    party_rows: BTreeMap<OrganisationKey, MatchPartyRow>,
    parties: Vec<Party>,
    coverages: Vec<Coverage>,
    organisations: BTreeMap<OrganisationKey, OrganisationRow>,
    covenants: Vec<Covenant>,
}

/// How firmly the transaction holds on to what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Only looks.
    Nothing,
    /// Relies on the consents: a withdrawal must wait, or have been seen.
    Consents,
    /// Changes the match.
    Match,
}

impl Facts {
    /// Those of a match that is shown to the caller, its consents held; none when it is not there, or not for the caller.
    pub(crate) async fn in_sight(
        tx: &Tx<'_, store::Party>,
        caller: &Caller,
        match_id: Id,
    ) -> Result<Option<Self>, StoreError> {
        let key = tx.ids().parse_match_case(match_id.0);
        let Some(facts) = Self::read(tx, key, Hold::Consents).await? else {
            return Ok(None);
        };
        let terms = facts.terms()?;
        let is_shown = facts.case(&terms).view(caller.organisation, tx.now()).is_some();
        drop(terms);
        Ok(is_shown.then_some(facts))
    }

    /// Reads them; none when there is no such match for the caller.
    pub(crate) async fn read(
        tx: &Tx<'_, store::Party>,
        key: MatchKey,
        hold: Hold,
    ) -> Result<Option<Self>, StoreError> {
        let (consents, row) = match hold {
            // The consents first: whoever closes the match waits for who holds them, or is seen here.
            Hold::Consents => {
                let consents = tx.consents_for_share(key).await?;
                (consents, tx.match_case(key).await?)
            }
            Hold::Nothing => {
                let row = tx.match_case(key).await?;
                (tx.consents_of_match(key).await?, row)
            }
            // A closed match is not to be changed, so it cannot be locked either: it is read as it is and stays.
            Hold::Match => {
                let row = match tx.match_case_for_update(key).await? {
                    Some(row) => Some(row),
                    None => tx.match_case(key).await?,
                };
                (tx.consents_of_match(key).await?, row)
            }
        };
        let Some(row) = row else { return Ok(None) };
        Self::of(tx, row, consents).await.map(Some)
    }

    /// Reads them without holding on to anything, as far as the role may: the matcher sees all, an officer what its task
    /// needs.
    pub(crate) async fn look<R: ReadsMatches>(
        tx: &Tx<'_, R>,
        key: MatchKey,
    ) -> Result<Option<Self>, StoreError> {
        let Some(row) = tx.match_case(key).await? else {
            return Ok(None);
        };
        let consents = tx.consents_of_match(key).await?;
        Self::of(tx, row, consents).await.map(Some)
    }

    async fn of<R: ReadsMatches>(
        tx: &Tx<'_, R>,
        row: MatchRow,
        consents: Vec<ConsentRow>,
    ) -> Result<Self, StoreError> {
        let key = row.key;
        let party_rows = tx.match_parties(key).await?;
        let keys: Vec<OrganisationKey> = party_rows.iter().map(|party| party.organisation).collect();
        let organisations: BTreeMap<_, _> = tx
            .organisations(&keys)
            .await?
            .into_iter()
            .map(|row| (row.key, row))
            .collect();
        let covenants = Covenants::read(tx).await?;
        let coverages = consent_facts::coverages(tx, key.subject, &consents).await?;
        Self::together(row, consents, coverages, party_rows, organisations, &covenants)
    }

    /// Those of each of these matches that is there for the caller, read together; nothing is held.
    pub(crate) async fn each(
        tx: &Tx<'_, store::Party>,
        keys: &[MatchKey],
    ) -> Result<BTreeMap<MatchKey, Self>, StoreError> {
        let rows = tx.match_cases(keys).await?;
        let mut consents: BTreeMap<MatchKey, Vec<ConsentRow>> = BTreeMap::new();
        for consent in tx.consents_of_matches(keys).await? {
            if let ConsentAbout::Match(match_case) = consent.about {
                consents.entry(match_case).or_default().push(consent);
            }
        }
        let mut party_rows = tx.parties_of_matches(keys).await?;
        let of_matches: BTreeSet<OrganisationKey> = party_rows
            .values()
            .flatten()
            .map(|party| party.organisation)
            .collect();
        let of_matches: Vec<OrganisationKey> = of_matches.into_iter().collect();
        let organisations: BTreeMap<_, _> = tx
            .organisations(&of_matches)
            .await?
            .into_iter()
            .map(|row| (row.key, row))
            .collect();
        let covenants = Covenants::read(tx).await?;
        let asked: Vec<ConsentKey> = consents.values().flatten().map(|consent| consent.key).collect();
        let mut named = tx.parties_of_consents(&asked).await?;
        let facts = rows.into_iter().map(|row| {
            let consents = consents.remove(&row.key).unwrap_or_default();
            let coverages = consent_facts::coverages_of(&consents, &mut named)?;
            let parties = party_rows.remove(&row.key).unwrap_or_default();
            let own = parties.iter().filter_map(|party| {
                let organisation = organisations.get(&party.organisation)?;
                Some((party.organisation, organisation.clone()))
            });
            let own = own.collect();
            Ok((
                row.key,
                Self::together(row, consents, coverages, parties, own, &covenants)?,
            ))
        });
        facts.collect()
    }

    fn together(
        row: MatchRow,
        consents: Vec<ConsentRow>,
        coverages: Vec<Coverage>,
        party_rows: Vec<MatchPartyRow>,
        organisations: BTreeMap<OrganisationKey, OrganisationRow>,
        covenants: &Covenants,
    ) -> Result<Self, StoreError> {
        let covenants = covenants.each_of(organisations.values().map(|row| row.covenant))?;
        let parties = party_rows
            .iter()
            .map(|party| domain_party(party, &organisations))
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Self {
            match_case: domain_match(&row)?,
            row,
            consents,
            party_rows: party_rows
                .into_iter()
                .map(|party| (party.organisation, party))
                .collect(),
            parties,
            coverages,
            organisations,
            covenants,
        })
    }

    /// The day it is, where the match is.
    pub(crate) fn today(&self, now: Timestamp) -> Result<Date, StoreError> {
        let covenant = self.covenants.first().ok_or(StoreError::Column {
            column: "covenant_id",
        })?;
        Ok(calendar::local_date(now, covenant.time_zone()))
    }

    /// Notes that this party saw the match, in the log and for the family.
    pub(crate) async fn seen(&self, tx: &Tx<'_, store::Party>, caller: &Caller) -> Result<(), StoreError> {
        let sight = self.sight(caller.organisation_id, tx.now(), tx.trace())?;
        tx.record_viewings(&[sight]).await
    }

    /// That this party saw the match, as it is noted.
    pub(crate) fn sight(
        &self,
        by: OrganisationId,
        now: Timestamp,
        trace: Option<Trace>,
    ) -> Result<SeenMatch, StoreError> {
        Ok(SeenMatch {
            match_case: self.row.key,
            day: self.today(now)?,
            event: Event::MatchViewed {
                match_case: self.row.log_tag,
                organisation: by.0,
            },
            trace,
        })
    }

    /// The settings that hold between the parties' covenants: the stricter of each.
    pub(crate) fn terms(&self) -> Result<Terms<'_>, StoreError> {
        terms(&self.covenants)
    }

    /// The facts as the rules take them.
    pub(crate) fn case<'a>(&'a self, terms: &'a Terms<'a>) -> Case<'a> {
        Case {
            terms,
            match_case: self.match_case,
            earlier_deadline: self.row.earlier_deadline,
            lead: self.row.lead,
            proposal: self.row.proposal,
            parties: &self.parties,
            consents: &self.coverages,
        }
    }

    /// The consent that stands, or ended, in the place of this one: itself, or the last of those that took its place one
    /// after the other; and its standing.
    pub(crate) fn in_its_place(&self, consent: ConsentKey) -> Option<(&ConsentRow, Standing)> {
        let mut row = self.consents.iter().find(|row| row.key == consent)?;
        // A successor is always asked later, so the chain ends.
        while let Some(successor) = row.replaced_by.filter(|successor| *successor > row.key.row) {
            row = self.consents.iter().find(|row| row.key.row == successor)?;
        }
        let coverage = self
            .coverages
            .iter()
            .find(|coverage| coverage.consent == row.key)?;
        Some((row, coverage.standing))
    }

    /// What a consent covers and where it stands, by the record.
    pub(crate) fn coverage(&self, consent: ConsentKey) -> Option<&Coverage> {
        self.coverages.iter().find(|coverage| coverage.consent == consent)
    }

    /// An organisation as party, also when it has left.
    pub(crate) fn party(&self, organisation: OrganisationKey) -> Option<&Party> {
        self.parties
            .iter()
            .find(|party| party.organisation == organisation)
    }

    /// Whether a consent names this organisation.
    pub(crate) fn names(&self, consent: ConsentKey, organisation: OrganisationKey) -> bool {
        self.coverages
            .iter()
            .any(|coverage| coverage.consent == consent && coverage.parties.contains(&organisation))
    }

    /// Whom a consent names.
    pub(crate) fn parties_of(&self, consent: ConsentKey) -> BTreeSet<OrganisationKey> {
        self.coverage(consent)
            .map(|coverage| coverage.parties.clone())
            .unwrap_or_default()
    }

    /// An organisation in this match.
    pub(crate) fn organisation(&self, key: OrganisationKey) -> Option<&OrganisationRow> {
        self.organisations.get(&key)
    }

    /// The public id of an organisation that a record of this match names.
    pub(crate) fn organisation_id(&self, key: OrganisationKey) -> Result<OrganisationId, StoreError> {
        let row = self.organisation(key).ok_or(StoreError::Column {
            column: "organisation_id",
        })?;
        Ok(OrganisationId(row.public_id))
    }

    /// The organisation of this public id, if it is in this match.
    pub(crate) fn organisation_by_id(&self, id: OrganisationId) -> Option<&OrganisationRow> {
        self.organisations.values().find(|row| row.public_id == id.0)
    }

    /// When a party confirmed contact, if it did.
    pub(crate) fn contact_confirmed_at(&self, organisation: OrganisationKey) -> Option<Timestamp> {
        self.party_rows
            .get(&organisation)
            .and_then(|party| party.contact_confirmed_at)
    }

    /// The parties of whom the viewer may know who they are, itself among them.
    pub(crate) fn named(
        &self,
        terms: &Terms<'_>,
        viewer: OrganisationKey,
        now: Timestamp,
    ) -> BTreeSet<OrganisationKey> {
        let view = self.case(terms).view(viewer, now);
        let seen = view.iter().flat_map(|view| &view.parties);
        seen.filter_map(|seen| match seen.who {
            Who::You { .. } => Some(viewer),
            Who::Named { organisation, .. } => Some(organisation),
            Who::Masked => None,
        })
        .collect()
    }

    /// The reference of the professional through whom this organisation is party; none when it was erased.
    pub(crate) fn reference_of<R: store::Role>(
        &self,
        tx: &Tx<'_, R>,
        organisation: OrganisationKey,
    ) -> Result<Option<ProfessionalReference>, StoreError> {
        let Some(party) = self.party_rows.get(&organisation) else {
            return Ok(None);
        };
        let contact = professional::open(tx.store(), organisation, &party.professional)?;
        Ok(contact.map(|contact| contact.reference))
    }

    /// Everyone who takes part and is shown, but for one.
    pub(crate) fn everyone_but(&self, organisation: OrganisationKey, now: Timestamp) -> Vec<OrganisationKey> {
        self.parties
            .iter()
            .filter(|party| {
                party.organisation != organisation && party.visible_at <= now && party.counts(now)
            })
            .map(|party| party.organisation)
            .collect()
    }

    /// Lays notices about this match into the inboxes of these parties, shown at the next interval.
    pub(crate) async fn tell<R: LaysNotices>(
        &self,
        tx: &Tx<'_, R>,
        parties: impl IntoIterator<Item = OrganisationKey>,
        kind: NoticeKind,
    ) -> Result<(), StoreError> {
        let visible_at = self.terms()?.visible_at(tx.now());
        let told: Vec<Told> = parties
            .into_iter()
            .map(|organisation| Told {
                organisation,
                about: NoticeAbout::Match(self.row.key),
                about_tag: self.row.log_tag,
                kind,
                visible_at,
            })
            .collect();
        notices::lay(tx, &Covenants::read(tx).await?, &told)
            .await
            .map(drop)
    }

    /// The public ids of these parties, as far as the viewer may know who they are.
    pub(crate) fn shown_ids(
        &self,
        terms: &Terms<'_>,
        viewer: OrganisationKey,
        parties: &BTreeSet<OrganisationKey>,
        now: Timestamp,
    ) -> Vec<OrganisationId> {
        let named = self.named(terms, viewer, now);
        parties
            .intersection(&named)
            .filter_map(|party| self.organisations.get(party))
            .map(|row| OrganisationId(row.public_id))
            .collect()
    }

    /// The match as its viewer is shown it, with the keys of those it names.
    pub(crate) fn to_wire(
        &self,
        tx: &Tx<'_, store::Party>,
        viewer: OrganisationKey,
        view: &View,
        sealing_keys: &BTreeMap<OrganisationKey, [u8; 32]>,
    ) -> Result<wire::Match, StoreError> {
        let ids = tx.ids();
        let terms = self.terms()?;
        let parties = view
            .parties
            .iter()
            .map(|seen| self.wire_party(tx, viewer, seen, sealing_keys))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(wire::Match {
            id: Id(ids.match_case(self.row.key)),
            state: wire_state(view.state),
            opened_at: view.visible_at,
            // A covenant's deadline is a day; on the wire it is the instant at which that day is over.
            contact_deadline: view.contact_deadline.map(|day| terms.end_of_day(day)),
            closing: view.closing.map(wire_closing),
            parties,
            exchange: self.wire_exchange(tx, viewer, view),
            safeguarding: wire::Safeguarding::veilig_thuis(),
        })
    }

    fn wire_party(
        &self,
        tx: &Tx<'_, store::Party>,
        viewer: OrganisationKey,
        seen: &SeenParty,
        sealing_keys: &BTreeMap<OrganisationKey, [u8; 32]>,
    ) -> Result<wire::Party, StoreError> {
        let (key, contact_confirmed) = match seen.who {
            Who::You { contact_confirmed } => (viewer, contact_confirmed),
            Who::Named {
                organisation,
                contact_confirmed,
            } => (organisation, contact_confirmed),
            Who::Masked => {
                return Ok(wire::Party {
                    organisation: None,
                    you: false,
                    contact: None,
                    contact_confirmed: false,
                    lead: false,
                    lead_proposed: false,
                    exchange_open: false,
                    sealing_key: None,
                    sealing_key_fingerprint: None,
                });
            }
        };
        let organisation = self.organisations.get(&key).ok_or(StoreError::Column {
            column: "organisation_id",
        })?;
        let party = self.party_rows.get(&key).ok_or(StoreError::Column {
            column: "organisation_id",
        })?;
        let id = OrganisationId(organisation.public_id);
        let sealing_key = sealing_keys.get(&key).copied();
        Ok(wire::Party {
            organisation: Some(wire::Organisation {
                id,
                name: organisation.name.clone(),
                sector: wire_sector(sector(organisation)?),
            }),
            you: key == viewer,
            contact: professional::open(tx.store(), key, &party.professional)?,
            contact_confirmed,
            lead: seen.lead == SeenLead::Lead,
            lead_proposed: seen.lead == SeenLead::Proposed,
            exchange_open: seen.exchange.is_some_and(Exchange::is_open),
            sealing_key: sealing_key.map(Base64Url),
            sealing_key_fingerprint: sealing_key
                .map(|key| KeyFingerprint::of(id, &SealingKey::from_bytes(key))),
        })
    }

    fn wire_exchange(
        &self,
        tx: &Tx<'_, store::Party>,
        viewer: OrganisationKey,
        view: &View,
    ) -> wire::Exchange {
        let latest = self
            .coverages
            .iter()
            .find(|coverage| coverage.parties.contains(&viewer));
        let request = |key| Id(tx.ids().consent(key));
        let closed = |because, withdrawn_at| wire::Exchange {
            open: false,
            closed_because: Some(because),
            withdrawn_at,
            consent_request: latest.map(|coverage| request(coverage.consent)),
        };
        match view.exchange {
            Exchange::Open { consent, .. } => wire::Exchange {
                open: true,
                closed_because: None,
                withdrawn_at: None,
                consent_request: Some(request(consent)),
            },
            Exchange::Closed(Closed::ConsentWithdrawn { at }) => {
                closed(wire::ClosedBecause::ConsentWithdrawn, Some(at))
            }
            Exchange::Closed(Closed::ConsentExpired { .. }) => {
                closed(wire::ClosedBecause::ConsentExpired, None)
            }
            Exchange::Closed(Closed::ConsentMissing) => closed(wire::ClosedBecause::ConsentMissing, None),
            Exchange::Closed(Closed::Paused) => closed(wire::ClosedBecause::SignalPaused, None),
            Exchange::Closed(Closed::SignalEnded) => closed(wire::ClosedBecause::SignalEnded, None),
            Exchange::Closed(Closed::MatchClosed) => closed(wire::ClosedBecause::MatchClosed, None),
        }
    }
}

/// Whom a view names, its viewer among them. Of who is masked no key is read, so that none can be shown.
pub(crate) fn named_in(view: &View, viewer: OrganisationKey) -> impl Iterator<Item = OrganisationKey> {
    view.parties.iter().filter_map(move |seen| match seen.who {
        Who::You { .. } => Some(viewer),
        Who::Named { organisation, .. } => Some(organisation),
        Who::Masked => None,
    })
}

/// What holds between these covenants.
pub(crate) fn terms(covenants: &[Covenant]) -> Result<Terms<'_>, StoreError> {
    let (first, others) = covenants.split_first().ok_or(StoreError::Column {
        column: "covenant_id",
    })?;
    Ok(others.iter().fold(Terms::of(first), Terms::and))
}

pub(crate) fn sector(row: &OrganisationRow) -> Result<Sector, StoreError> {
    parse_sector(row.sector.as_deref().unwrap_or_default())
}

pub(crate) fn parse_sector(slug: &str) -> Result<Sector, StoreError> {
    Sector::from_slug(slug).map_err(|_| StoreError::Column { column: "sector" })
}

fn domain_party(
    row: &MatchPartyRow,
    organisations: &BTreeMap<OrganisationKey, OrganisationRow>,
) -> Result<Party, StoreError> {
    let organisation = organisations.get(&row.organisation).ok_or(StoreError::Column {
        column: "organisation_id",
    })?;
    Ok(Party {
        organisation: row.organisation,
        sector: sector(organisation)?,
        member_since: row.joined_at,
        visible_at: row.visible_at,
        signal_ends_at: row.left.map_or(row.expires_at, |(at, _)| at.min(row.expires_at)),
        paused_from: row.paused_from,
        hidden_until: row.hidden_until,
        left: row.left.map(|(at, because)| Left { at, because }),
        contact_confirmed_at: row.contact_confirmed_at,
    })
}

/// Whether contact is confirmed is not taken from the row but derived from the parties: a party that is not yet visible
/// to the one who confirmed last has not confirmed either.
fn domain_match(row: &MatchRow) -> Result<Match, StoreError> {
    let (opened_at, contact_deadline) = (row.opened_at, row.contact_deadline);
    match (MatchState::from_slug(&row.state), row.closing) {
        (Ok(MatchState::Open | MatchState::ContactConfirmed), None) => Ok(Match::Open {
            opened_at,
            contact_deadline,
        }),
        (Ok(MatchState::Closed), Some((closed_at, outcome))) => Ok(Match::Closed {
            opened_at,
            contact_deadline,
            closed_at,
            outcome,
        }),
        _ => Err(StoreError::Column { column: "state" }),
    }
}

pub(crate) fn wire_state(state: MatchState) -> wire::MatchState {
    match state {
        MatchState::Open => wire::MatchState::Open,
        MatchState::ContactConfirmed => wire::MatchState::ContactConfirmed,
        MatchState::Closed => wire::MatchState::Closed,
    }
}

fn wire_closing(closing: SeenClosing) -> wire::Closing {
    wire::Closing {
        closed_at: closing.at,
        outcome: closing.outcome.map(wire_outcome),
    }
}

fn wire_outcome(outcome: Outcome) -> wire::Outcome {
    match outcome {
        Outcome::TunedIn => wire::Outcome::TunedIn,
        Outcome::AlreadyKnown => wire::Outcome::AlreadyKnown,
        Outcome::NoContact => wire::Outcome::NoContact,
        Outcome::ConsentRefused => wire::Outcome::ConsentRefused,
        Outcome::HandedToSafeguarding => wire::Outcome::HandedToSafeguarding,
        Outcome::SignalsEnded => wire::Outcome::SignalsEnded,
    }
}

pub(crate) fn wire_sector(sector: Sector) -> wire::Sector {
    match sector {
        Sector::YouthHelp => wire::Sector::YouthHelp,
        Sector::YouthHealthCare => wire::Sector::YouthHealthCare,
        Sector::HealthCare => wire::Sector::HealthCare,
        Sector::Education => wire::Sector::Education,
        Sector::Childcare => wire::Sector::Childcare,
        Sector::SocialSupport => wire::Sector::SocialSupport,
        Sector::WorkAndIncome => wire::Sector::WorkAndIncome,
        Sector::PoliceAndJustice => wire::Sector::PoliceAndJustice,
    }
}
