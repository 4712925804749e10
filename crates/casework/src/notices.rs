//! Telling organisations something: the one way into an inbox.

use domain::event::Event;
use domain::key::OrganisationKey;
use domain::notice::{self, NoticeKind};
use jiff::Timestamp;
use store::{LaysNotices, NewNotice, NoticeAbout, StoreError, Tx};

use crate::covenants::Covenants;

/// What an organisation is to be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// Whom.
    pub(crate) organisation: OrganisationKey,
    /// About what: a match that it is party to, or a signal of its own.
    pub(crate) about: NoticeAbout,
    /// That record's name in the log.
    pub(crate) about_tag: u128,
    /// What.
    pub(crate) kind: NoticeKind,
    /// When. What is told of a match shows with the match at the earliest, whatever is asked here.
    pub(crate) visible_at: Timestamp,
}

/// Lays notices into inboxes, with their leaves, and gives their names in the log, in the same order.
///
/// Each is shown from its `visible_at` on, and never before the match that it is about is shown to its reader. In the role
/// of a party only visible parties of its own matches can be told, and the party itself; the matcher can tell everyone.
pub(crate) async fn lay<R: LaysNotices>(
    tx: &Tx<'_, R>,
    covenants: &Covenants,
    told: &[Told],
) -> Result<Vec<u128>, StoreError> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let readers: Vec<_> = told.iter().map(|told| (told.organisation, told.about)).collect();
    let (mut notices, mut delivered) = (Vec::with_capacity(told.len()), Vec::with_capacity(told.len()));
    for (told, receiver) in told.iter().zip(tx.receivers(&readers).await?) {
        let visible_at = told
            .visible_at
            .max(receiver.match_visible_at.unwrap_or(told.visible_at));
        let log_tag = tx.store().random_tag();
        notices.push(NewNotice {
            about: told.about,
            about_tag: told.about_tag,
            organisation: told.organisation,
            kind: told.kind,
            visible_at,
            unread_from: notice::unread_from(covenants.of(receiver.covenant)?, visible_at),
            log_tag,
        });
        delivered.push(Event::NoticeDelivered {
            notice: log_tag,
            organisation: receiver.organisation_id,
            about: told.about.tag(told.about_tag),
        });
    }
    tx.lay_notices(&notices, &delivered).await?;
    Ok(notices.iter().map(|notice| notice.log_tag).collect())
}
