//! A party looks into its inbox.

use domain::notice::NoticeKind as Kind;
use protocol::id::Id;
use protocol::notice::{Notice, NoticeKind};
use protocol::page::{Page, PageQuery};
use store::{NoticeRow, Party, StoreError, Tx};

use crate::act::{Failure, Look};
use crate::list::{self, ListRefusal};
use crate::{Caller, Casework};

impl Casework {
    /// What the caller's organisation has not acknowledged, oldest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_notices(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<Notice>, Failure<ListRefusal>> {
        self.look(caller, ListNotices { query }).await
    }
}

struct ListNotices {
    query: PageQuery,
}

impl Look for ListNotices {
    const NAME: &'static str = "list_notices";
    type Output = Page<Notice>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Notice>, Failure<ListRefusal>> {
        let place = list::place(&self.query, tx.ids(), 0)?;
        let rows = tx.unacknowledged_notices(place.row, place.limit).await?;
        let page = list::page(
            rows,
            &self.query,
            tx.ids(),
            |row| row.key.row,
            |row| to_wire(tx, &row),
        );
        let items = page.items.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Page {
            items,
            next: page.next,
        })
    }
}

fn to_wire(tx: &Tx<'_, Party>, row: &NoticeRow) -> Result<Notice, StoreError> {
    Ok(Notice {
        id: Id(tx.ids().notice(row.key)),
        kind: match Kind::from_slug(&row.kind).map_err(|_| StoreError::Column { column: "kind" })? {
            Kind::MatchOpened => NoticeKind::MatchOpened,
            Kind::MatchJoined => NoticeKind::MatchJoined,
        },
        match_id: Id(tx.ids().match_case(row.match_case)),
        created_at: row.visible_at,
    })
}
