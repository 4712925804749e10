//! Notices that nobody acknowledged within two working days: the coordinator sees them, and the log learns it once.

use domain::event::Event;
use protocol::notice::UnreadNotice;
use protocol::page::{Page, PageQuery};
use store::{Context, Matcher, Party, StoreError, Tx, UnreadNoticeRow, Work};

use crate::act::{Failure, Look};
use crate::list::{List, ListRefusal};
use crate::read_notices::to_wire;
use crate::{Caller, Casework, mail, professional};

/// At most so many notices share a transaction.
const AT_ONCE: i64 = 500;

impl Casework {
    /// What nobody in the caller's organisation acknowledged in time, oldest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_unread_notices(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<UnreadNotice>, Failure<ListRefusal>> {
        let caller_of_list = caller.clone();
        self.look(
            caller,
            ListUnreadNotices {
                caller: caller_of_list,
                query,
            },
        )
        .await
    }

    /// Tells the log of notices that nobody acknowledged in time; gives of how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_unread_once(&self) -> Result<usize, StoreError> {
        let mails = self.inner.post_office.get().is_some();
        self.store().run(Context::Service, NoteUnread { mails }).await
    }
}

struct ListUnreadNotices {
    caller: Caller,
    query: PageQuery,
}

impl Look for ListUnreadNotices {
    const NAME: &'static str = "list_unread_notices";
    type Output = Page<UnreadNotice>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<UnreadNotice>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, 0)?;
        let rows = tx.unread_notices(place.row, place.limit).await?;
        let number = |row: &UnreadNoticeRow| row.notice.key.row;
        let page = list.try_page(rows, &self.query, number, |row| self.unread(tx, &row))?;
        Ok(page)
    }
}

impl ListUnreadNotices {
    fn unread(&self, tx: &Tx<'_, Party>, row: &UnreadNoticeRow) -> Result<UnreadNotice, StoreError> {
        let sealed = row.professional.as_ref();
        let professional =
            sealed.map(|sealed| professional::open(tx.store(), self.caller.organisation, sealed));
        Ok(UnreadNotice {
            notice: to_wire(tx, &row.notice)?,
            unread_since: row.unread_from,
            professional: professional.transpose()?.flatten(),
        })
    }
}

struct NoteUnread {
    /// Whether coordinators are mailed.
    mails: bool,
}

impl Work for NoteUnread {
    const NAME: &'static str = "note_unread";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let unread = tx.notices_gone_unread(AT_ONCE).await?;
        let events: Vec<Event> = unread
            .iter()
            .map(|notice| Event::NoticeUnread {
                notice: notice.log_tag,
                organisation: notice.organisation_id,
                about: notice.about,
            })
            .collect();
        tx.set_unread(&unread, &events).await?;
        if self.mails {
            let organisations: Vec<_> = unread.iter().map(|notice| notice.organisation).collect();
            mail::to_coordinators(tx, &organisations).await?;
        }
        Ok(unread.len())
    }
}
