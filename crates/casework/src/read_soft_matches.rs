//! An organisation looks at what it is asked of children without a BSN. Looking is an event.

use domain::event::Event;
use domain::soft_match::{Closed, Question, SeenQuestion, SoftMatchState};
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use protocol::soft_match as wire;
use store::{Party, SoftMatchSide, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework};

impl Casework {
    /// One soft match in which the caller's organisation is asked.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_soft_match(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<wire::SoftMatch, Failure<NotFound>> {
        let caller_ = caller.clone();
        self.look(caller, ReadSoftMatch { caller: caller_, id }).await
    }

    /// The soft matches in which the caller's organisation is or was asked, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_soft_matches(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<wire::SoftMatch>, Failure<ListRefusal>> {
        let caller_ = caller.clone();
        self.look(
            caller,
            ListSoftMatches {
                caller: caller_,
                query,
            },
        )
        .await
    }
}

struct ReadSoftMatch {
    caller: Caller,
    id: Id,
}

impl Look for ReadSoftMatch {
    const NAME: &'static str = "read_soft_match";
    type Output = wire::SoftMatch;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<wire::SoftMatch, Failure<NotFound>> {
        let side = tx
            .own_soft_match(tx.ids().parse_soft_match(self.id.0))
            .await?
            .ok_or(NotFound)?;
        let seen = question(&side).seen(tx.now()).ok_or(NotFound)?;
        tx.soft_matches_viewed(&[viewed(&self.caller, &side)]).await?;
        Ok(to_wire(tx, &side, seen))
    }
}

struct ListSoftMatches {
    caller: Caller,
    query: PageQuery,
}

impl Look for ListSoftMatches {
    const NAME: &'static str = "list_soft_matches";
    type Output = Page<wire::SoftMatch>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<wire::SoftMatch>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.own_soft_matches(place.row, place.limit).await?;
        let page = list.page(rows, &self.query, |side| side.key.row, |side| side);
        let (mut items, mut events) = (Vec::new(), Vec::new());
        for side in &page.items {
            if let Some(seen) = question(side).seen(tx.now()) {
                items.push(to_wire(tx, side, seen));
                events.push(viewed(&self.caller, side));
            }
        }
        tx.soft_matches_viewed(&events).await?;
        Ok(Page {
            items,
            next: page.next,
        })
    }
}

/// A side as the rules take it.
pub(crate) fn question(side: &SoftMatchSide) -> Question {
    Question {
        visible_at: side.visible_at,
        ends_at: side.ends_at,
        same_child: side.answer.map(|(same_child, _)| same_child),
        closed: side.closed.map(|(state, told_at)| Closed { state, told_at }),
    }
}

fn viewed(caller: &Caller, side: &SoftMatchSide) -> Event {
    Event::SoftMatchViewed {
        soft_match: side.log_tag,
        organisation: caller.organisation_id.0,
    }
}

fn to_wire(tx: &Tx<'_, Party>, side: &SoftMatchSide, seen: SeenQuestion) -> wire::SoftMatch {
    wire::SoftMatch {
        id: Id(tx.ids().soft_match(side.key)),
        signal: Id(tx.ids().signal(side.signal)),
        state: match seen.state {
            SoftMatchState::Asked => wire::SoftMatchState::Asked,
            SoftMatchState::Confirmed => wire::SoftMatchState::Confirmed,
            SoftMatchState::Denied => wire::SoftMatchState::Denied,
            SoftMatchState::Ended => wire::SoftMatchState::Ended,
        },
        asked_at: side.visible_at,
        same_child: seen.same_child,
    }
}
