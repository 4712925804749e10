//! An organisation looks at family matches. Looking is an event.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::family_match::{self, FamilyMatchState};
use domain::key::{FamilyMatchKey, OrganisationKey};
use protocol::OrganisationId;
use protocol::family_match as wire;
use protocol::id::Id;
use protocol::match_case::{Organisation, Safeguarding};
use protocol::page::{Page, PageQuery};
use store::{FamilyPartyRow, OrganisationRow, Party, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::covenants::Covenants;
use crate::list::{List, ListRefusal};
use crate::match_view::{self, sector, wire_sector};
use crate::{Caller, Casework, professional};

impl Casework {
    /// One family match that the caller's organisation is in.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_family_match(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<wire::FamilyMatch, Failure<NotFound>> {
        let caller_ = caller.clone();
        self.look(caller, ReadFamilyMatch { caller: caller_, id }).await
    }

    /// The family matches that the caller's organisation is or was in, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_family_matches(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<wire::FamilyMatch>, Failure<ListRefusal>> {
        let caller_ = caller.clone();
        self.look(
            caller,
            ListFamilyMatches {
                caller: caller_,
                query,
            },
        )
        .await
    }
}

struct ReadFamilyMatch {
    caller: Caller,
    id: Id,
}

impl Look for ReadFamilyMatch {
    const NAME: &'static str = "read_family_match";
    type Output = wire::FamilyMatch;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<wire::FamilyMatch, Failure<NotFound>> {
        let key = tx.ids().parse_family_match(self.id.0).ok_or(NotFound)?;
        let seen = show(tx, &self.caller, key).await?.ok_or(NotFound)?;
        Ok(seen)
    }
}

struct ListFamilyMatches {
    caller: Caller,
    query: PageQuery,
}

impl Look for ListFamilyMatches {
    const NAME: &'static str = "list_family_matches";
    type Output = Page<wire::FamilyMatch>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<wire::FamilyMatch>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.own_family_matches(place.row, place.limit).await?;
        let page = list.page(rows, &self.query, |key| key.0, |key| key);
        let mut items = Vec::with_capacity(page.items.len());
        for key in page.items {
            items.extend(show(tx, &self.caller, key).await?);
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }
}

/// The family match as this organisation is shown it, and the trace that it was.
async fn show(
    tx: &Tx<'_, Party>,
    caller: &Caller,
    key: FamilyMatchKey,
) -> Result<Option<wire::FamilyMatch>, StoreError> {
    let Some(row) = tx.family_match(key).await? else {
        return Ok(None);
    };
    let keys: Vec<OrganisationKey> = row.parties.iter().map(|party| party.organisation).collect();
    let organisations: BTreeMap<OrganisationKey, OrganisationRow> = tx
        .organisations(&keys)
        .await?
        .into_iter()
        .map(|row| (row.key, row))
        .collect();
    let settings = Covenants::read(tx)
        .await?
        .each_of(organisations.values().map(|row| row.covenant))?;
    let parties = row
        .parties
        .iter()
        .enumerate()
        .map(|(place, party)| as_rule(place, party, &organisations))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let terms = match_view::terms(&settings)?;
    let Some(view) = family_match::view(&terms, &parties, caller.organisation, tx.now()) else {
        return Ok(None);
    };
    let event = Event::FamilyMatchViewed {
        family_match: row.log_tag,
        organisation: caller.organisation_id.0,
    };
    tx.family_matches_viewed(&[event]).await?;
    let own = view.own.iter().filter_map(|place| row.parties.get(*place));
    let others = view.others.iter().map(|place| {
        let Some(party) = place.and_then(|place| row.parties.get(place)) else {
            return Ok(wire::FamilyMatchParty {
                organisation: None,
                contact: None,
            });
        };
        let organisation = organisation(party.organisation, &organisations)?;
        Ok(wire::FamilyMatchParty {
            organisation: Some(Organisation {
                id: OrganisationId(organisation.public_id),
                name: organisation.name.clone(),
                sector: wire_sector(sector(organisation)?),
            }),
            contact: professional::open(tx.store(), party.organisation, &party.professional)?,
        })
    });
    Ok(Some(wire::FamilyMatch {
        id: Id(tx.ids().family_match(key)),
        state: match view.state {
            FamilyMatchState::Open => wire::FamilyMatchState::Open,
            FamilyMatchState::Ended => wire::FamilyMatchState::Ended,
        },
        same_child: false,
        opened_at: view.visible_at,
        signals: own.map(|party| Id(tx.ids().signal(party.signal))).collect(),
        parties: others.collect::<Result<_, StoreError>>()?,
        safeguarding: Safeguarding::veilig_thuis(),
    }))
}

fn as_rule(
    place: usize,
    party: &FamilyPartyRow,
    organisations: &BTreeMap<OrganisationKey, OrganisationRow>,
) -> Result<family_match::Party, StoreError> {
    Ok(family_match::Party {
        place,
        organisation: party.organisation,
        sector: sector(organisation(party.organisation, organisations)?)?,
        child: party.child,
        visible_at: party.visible_at,
        ends_at: party.ends_at,
    })
}

fn organisation(
    key: OrganisationKey,
    organisations: &BTreeMap<OrganisationKey, OrganisationRow>,
) -> Result<&OrganisationRow, StoreError> {
    organisations.get(&key).ok_or(StoreError::Column {
        column: "organisation_id",
    })
}
