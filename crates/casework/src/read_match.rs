//! A party looks at a match. Looking is an event, in the log before any byte leaves.

use domain::key::MatchKey;
use protocol::id::Id;
use protocol::match_case::Match;
use protocol::page::{Page, PageQuery};
use store::{Party, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::list::{List, ListRefusal};
use crate::match_view::{Facts, Hold};
use crate::{Caller, Casework};

impl Casework {
    /// One match the caller's organisation is party to.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_match(&self, caller: &Caller, id: Id) -> Result<Match, Failure<NotFound>> {
        self.look(
            caller,
            ReadMatch {
                caller: caller.clone(),
                id,
            },
        )
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
        self.look(
            caller,
            ListMatches {
                caller: caller.clone(),
                query,
            },
        )
        .await
    }
}

struct ReadMatch {
    caller: Caller,
    id: Id,
}

impl Look for ReadMatch {
    const NAME: &'static str = "read_match";
    type Output = Match;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Match, Failure<NotFound>> {
        let key = tx.ids().parse_match_case(self.id.0);
        let seen = show(tx, &self.caller, key).await?.ok_or(NotFound)?;
        Ok(seen)
    }
}

struct ListMatches {
    caller: Caller,
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
        let page = list.page(rows, &self.query, |row| row.key.row, |row| row.key);
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

/// The match as this party is shown it, and the trace that it was.
async fn show(tx: &Tx<'_, Party>, caller: &Caller, key: MatchKey) -> Result<Option<Match>, StoreError> {
    let Some(facts) = Facts::read(tx, key, Hold::Nothing).await? else {
        return Ok(None);
    };
    let terms = facts.terms()?;
    let Some(view) = facts.case(&terms).view(caller.organisation, tx.now()) else {
        return Ok(None);
    };
    facts.seen(tx, caller).await?;
    facts.to_wire(tx, caller.organisation, &view).await.map(Some)
}
