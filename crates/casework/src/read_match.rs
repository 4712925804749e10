//! A party looks at a match. Looking is an event, in the log before any byte leaves.

use std::collections::{BTreeMap, BTreeSet};

use domain::key::{MatchKey, OrganisationKey};
use domain::match_case::View;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::match_case::Match;
use protocol::page::{Page, PageQuery};
use store::{Context, Party, StoreError, Trace, Tx, Work};

use crate::act::{Failure, Look, NotFound};
use crate::list::{List, ListRefusal};
use crate::match_view::{Facts, named_in};
use crate::together::Together;
use crate::{Caller, Casework};

/// Which matches are asked for on behalf of an organisation, and on behalf of which traces.
pub(crate) type MatchesAsked = Together<OrganisationKey, (Id, Option<Trace>), Option<Match>>;

impl Casework {
    /// One match the caller's organisation is party to.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_match(&self, caller: &Caller, id: Id) -> Result<Match, Failure<NotFound>> {
        let asked = (id, Trace::current());
        // What others of this organisation ask for meanwhile is looked at in one transaction, each look with its leaf.
        let (casework, asking) = (self.clone(), caller.clone());
        let look = move |asked| {
            let (casework, asking) = (casework.clone(), asking.clone());
            async move { casework.look_at_matches(&asking, asked).await }
        };
        let seen = self.inner.matches_asked.ask(caller.organisation, asked, look);
        let seen = match seen.await? {
            Some(seen) => seen,
            None => self.look_at_matches(caller, vec![asked]).await?.pop().flatten(),
        };
        Ok(seen.ok_or(NotFound)?)
    }

    async fn look_at_matches(
        &self,
        caller: &Caller,
        asked: Vec<(Id, Option<Trace>)>,
    ) -> Result<Vec<Option<Match>>, StoreError> {
        let work = ReadMatches {
            viewer: Viewer::of(caller),
            asked,
        };
        self.store()
            .run(Context::Organisation(caller.organisation), work)
            .await
    }

    /// The matches the caller's organisation is party to, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_matches(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<Match>, Failure<ListRefusal>> {
        let viewer = Viewer::of(caller);
        self.look(caller, ListMatches { viewer, query }).await
    }
}

/// The organisation that looks.
#[derive(Clone, Copy)]
struct Viewer {
    key: OrganisationKey,
    id: OrganisationId,
}

impl Viewer {
    fn of(caller: &Caller) -> Self {
        Self {
            key: caller.organisation,
            id: caller.organisation_id,
        }
    }
}

struct ReadMatches {
    viewer: Viewer,
    asked: Vec<(Id, Option<Trace>)>,
}

impl Work for ReadMatches {
    const NAME: &'static str = "read_match";
    type Role = Party;
    type Output = Vec<Option<Match>>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Self::Output, StoreError> {
        let asked = self
            .asked
            .iter()
            .map(|(id, trace)| (tx.ids().parse_match_case(id.0), *trace));
        let asked: Vec<_> = asked.collect();
        show(tx, self.viewer, &asked).await
    }
}

struct ListMatches {
    viewer: Viewer,
    query: PageQuery,
}

impl Look for ListMatches {
    const NAME: &'static str = "list_matches";
    type Output = Page<Match>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Match>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.own_matches(place.row, place.limit).await?;
        let trace = tx.trace();
        let page = list.page(rows, &self.query, |row| row.key.row, |row| (row.key, trace));
        Ok(Page {
            items: show(tx, self.viewer, &page.items)
                .await?
                .into_iter()
                .flatten()
                .collect(),
            next: page.next,
        })
    }
}

/// The matches as this party is shown them, in the order they are asked for, and the trace that each was.
async fn show(
    tx: &Tx<'_, Party>,
    viewer: Viewer,
    asked: &[(MatchKey, Option<Trace>)],
) -> Result<Vec<Option<Match>>, StoreError> {
    let keys: BTreeSet<MatchKey> = asked.iter().map(|(key, _)| *key).collect();
    let keys: Vec<MatchKey> = keys.into_iter().collect();
    let facts = Facts::each(tx, &keys).await?;
    let mut views: BTreeMap<MatchKey, View> = BTreeMap::new();
    for (key, facts) in &facts {
        if let Some(view) = facts.case(&facts.terms()?).view(viewer.key, tx.now()) {
            views.insert(*key, view);
        }
    }
    let shown = |key: &MatchKey| Some((facts.get(key)?, views.get(key)?));
    let seen = asked
        .iter()
        .filter_map(|(key, trace)| Some((shown(key)?.0, *trace)));
    let seen = seen.map(|(facts, trace)| facts.sight(viewer.id, tx.now(), trace));
    let seen: Vec<_> = seen.collect::<Result<_, StoreError>>()?;
    tx.record_viewings(&seen).await?;
    let named: BTreeSet<OrganisationKey> = views
        .values()
        .flat_map(|view| named_in(view, viewer.key))
        .collect();
    let named: Vec<OrganisationKey> = named.into_iter().collect();
    let sealing_keys = tx.newest_sealing_keys(&named).await?;
    let wire = asked.iter().map(|(key, _)| {
        let seen = shown(key).map(|(facts, view)| facts.to_wire(tx, viewer.key, view, &sealing_keys));
        seen.transpose()
    });
    wire.collect()
}
