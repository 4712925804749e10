//! A party looks into its inbox.

use domain::key::OrganisationKey;
use domain::notice::NoticeKind as Kind;
use protocol::id::Id;
use protocol::notice::{Notice, NoticeKind};
use protocol::page::{Page, PageQuery};
use store::{NoticeAbout, NoticeRow, Party, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::list::{List, ListRefusal};
use crate::together::Together;
use crate::{Caller, Casework};

/// Who asks for the first page of an inbox, and of how many notices.
pub(crate) type InboxesAsked = Together<(OrganisationKey, u16), (), Page<Notice>>;

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
        if query.cursor.is_some() {
            return self.look(caller, ListNotices { query }).await;
        }
        // Whoever asks for the same inbox meanwhile is told the same.
        let (casework, asking, asked) = (self.clone(), caller.clone(), query.clone());
        let read = move |who: Vec<()>| {
            let (casework, asking, query) = (casework.clone(), asking.clone(), asked.clone());
            async move {
                let page = casework.look(&asking, ListNotices { query }).await;
                page.map(|page| vec![page; who.len()])
                    .map_err(|failure| match failure {
                        Failure::Store(error) => error,
                        // Without a cursor there is nothing to refuse.
                        _ => StoreError::Interrupted(ListNotices::NAME),
                    })
            }
        };
        let inbox = (caller.organisation, query.limit);
        match self.inner.inboxes_asked.ask(inbox, (), read).await? {
            Some(page) => Ok(page),
            None => self.look(caller, ListNotices { query }).await,
        }
    }

    /// One notice of the caller's organisation, acknowledged or not.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_notice(&self, caller: &Caller, id: Id) -> Result<Notice, Failure<NotFound>> {
        self.look(caller, ReadNotice { id }).await
    }
}

struct ReadNotice {
    id: Id,
}

impl Look for ReadNotice {
    const NAME: &'static str = "read_notice";
    const ONLY: bool = true;
    type Output = Notice;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Notice, Failure<NotFound>> {
        let row = tx
            .notice(tx.ids().parse_notice(self.id.0))
            .await?
            .ok_or(NotFound)?;
        Ok(to_wire(tx, &row)?)
    }
}

struct ListNotices {
    query: PageQuery,
}

impl Look for ListNotices {
    const NAME: &'static str = "list_notices";
    const ONLY: bool = true;
    type Output = Page<Notice>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Notice>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, 0)?;
        let rows = tx.unacknowledged_notices(place.row, place.limit).await?;
        Ok(list.try_page(rows, &self.query, |row| row.key.row, |row| to_wire(tx, &row))?)
    }
}

/// A notice as its reader is shown it.
pub(crate) fn to_wire(tx: &Tx<'_, Party>, row: &NoticeRow) -> Result<Notice, StoreError> {
    let (match_id, signal_id, webhook_endpoint) = match row.about {
        NoticeAbout::Match(key) => (Some(Id(tx.ids().match_case(key))), None, None),
        NoticeAbout::Signal(key) => (None, Some(Id(tx.ids().signal(key))), None),
        NoticeAbout::Endpoint(key) => (None, None, Some(Id(tx.ids().webhook_endpoint(key)))),
    };
    let kind = Kind::from_slug(&row.kind).map_err(|_| StoreError::Column { column: "kind" })?;
    Ok(Notice {
        id: Id(tx.ids().notice(row.key)),
        kind: wire_kind(kind),
        match_id,
        signal_id,
        webhook_endpoint,
        created_at: row.visible_at,
        acknowledged_at: row.acknowledged_at,
    })
}

pub(crate) fn wire_kind(kind: Kind) -> NoticeKind {
    match kind {
        Kind::MatchOpened => NoticeKind::MatchOpened,
        Kind::MatchJoined => NoticeKind::MatchJoined,
        Kind::MatchClosed => NoticeKind::MatchClosed,
        Kind::MatchCorrected => NoticeKind::MatchCorrected,
        Kind::LeadProposed => NoticeKind::LeadProposed,
        Kind::LeadAccepted => NoticeKind::LeadAccepted,
        Kind::LeadDeclined => NoticeKind::LeadDeclined,
        Kind::MessageWaiting => NoticeKind::MessageWaiting,
        Kind::ContactReminder => NoticeKind::ContactReminder,
        Kind::ArchivedSignal => NoticeKind::ArchivedSignal,
        Kind::SignalDestroyed => NoticeKind::SignalDestroyed,
        Kind::DisclosureReminder => NoticeKind::DisclosureReminder,
        Kind::PostponementReview => NoticeKind::PostponementReview,
        Kind::SoftMatch => NoticeKind::SoftMatch,
        Kind::FamilyMatch => NoticeKind::FamilyMatch,
        Kind::ObjectionAdvice => NoticeKind::ObjectionAdvice,
        Kind::ObjectionDecided => NoticeKind::ObjectionDecided,
        Kind::WebhookDisabled => NoticeKind::WebhookDisabled,
    }
}
