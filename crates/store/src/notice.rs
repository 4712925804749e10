//! The inbox: the authoritative place of every notice, and the one place that lays notices into it.

use domain::event::{Event, LogTag, TagKind};
use domain::key::{CovenantKey, MatchKey, NoticeKey, OrganisationKey, SignalKey, WebhookEndpointKey};
use domain::notice::NoticeKind;
use jiff::Timestamp;
use uuid::Uuid;

use crate::covenant::ReadsCovenants;
use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

statements! {
    // Who is to be told, and from when the match is visible to whom it is told of.
    Party RECEIVERS = "
        SELECT o.public_id, o.covenant_id, p.visible_at
          FROM unnest($1::int[] /* organisations */, $2::bigint[] /* subjects */, $3::bigint[] /* matches */)
               WITH ORDINALITY AS n (organisation_id, subject_id, match_id, place)
          JOIN organisation o ON o.id = n.organisation_id
          LEFT JOIN match_party p ON p.subject_id = n.subject_id AND p.match_id = n.match_id
                                 AND p.organisation_id = n.organisation_id
         ORDER BY n.place";
    // A notice of a match is laid for a party of it, and not before the match is visible to that party; a notice of a
    // signal for the organisation that gave it, one of an endpoint for whose it is. Whatever is not so is not inserted, and
    // the count tells.
    Party LAY_NOTICES = "
        INSERT INTO notice (subject_id, id, match_id, signal_id, endpoint_id, organisation_id, kind, created_at, visible_at,
                            unread_from, about_tag, log_tag)
        SELECT n.subject_id, nextval('notice_id'), n.match_id, n.signal_id, n.endpoint_id, n.organisation_id, n.kind,
               $1 /* now */, n.visible_at, n.unread_from, n.about_tag, n.log_tag
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* matches */, $4::bigint[] /* signals */,
                      $5::int[] /* organisations */, $6::text[] /* kinds */, $7::timestamptz[] /* visible at */,
                      $8::timestamptz[] /* unread from */, $9::uuid[] /* about */, $10::uuid[] /* log tags */,
                      $11::bigint[] /* endpoints */)
               AS n (subject_id, match_id, signal_id, organisation_id, kind, visible_at, unread_from, about_tag, log_tag,
                     endpoint_id)
         WHERE EXISTS (SELECT FROM match_party p
                        WHERE p.subject_id = n.subject_id AND p.match_id = n.match_id
                          AND p.organisation_id = n.organisation_id AND p.visible_at <= n.visible_at)
            OR EXISTS (SELECT FROM signal g
                        WHERE g.subject_id = n.subject_id AND g.id = n.signal_id
                          AND g.organisation_id = n.organisation_id)
            OR EXISTS (SELECT FROM webhook_endpoint e
                        WHERE e.id = n.endpoint_id AND e.organisation_id = n.organisation_id)";
    // A signal that moved is named by the id under which it was given out.
    Party UNACKNOWLEDGED = "
        SELECT n.subject_id, n.id, n.match_id, n.signal_id, n.endpoint_id, coalesce(m.subject_id, n.subject_id) AS shown_subject_id,
               n.kind, n.visible_at, n.acknowledged_at, n.unread_at, n.about_tag, n.log_tag
          FROM notice n LEFT JOIN moved_signal m ON m.to_subject_id = n.subject_id AND m.id = n.signal_id
         WHERE n.organisation_id = current_organisation() AND n.acknowledged_at IS NULL AND n.id > $1 /* after */
         ORDER BY n.id LIMIT $2 /* limit */";
    Party NOTICE_FOR_UPDATE = "
        SELECT n.subject_id, n.id, n.match_id, n.signal_id, n.endpoint_id, coalesce(m.subject_id, n.subject_id) AS shown_subject_id,
               n.kind, n.visible_at, n.acknowledged_at, n.unread_at, n.about_tag, n.log_tag
          FROM notice n LEFT JOIN moved_signal m ON m.to_subject_id = n.subject_id AND m.id = n.signal_id
         WHERE n.subject_id = $1 /* subject */ AND n.id = $2 /* row */ FOR NO KEY UPDATE OF n";
    Party OWN_NOTICE = "
        SELECT n.subject_id, n.id, n.match_id, n.signal_id, n.endpoint_id, coalesce(m.subject_id, n.subject_id) AS shown_subject_id,
               n.kind, n.visible_at, n.acknowledged_at, n.unread_at, n.about_tag, n.log_tag
          FROM notice n LEFT JOIN moved_signal m ON m.to_subject_id = n.subject_id AND m.id = n.signal_id
         WHERE n.subject_id = $1 /* subject */ AND n.id = $2 /* row */
           AND n.organisation_id = current_organisation()";
    Party ACKNOWLEDGE = "
        UPDATE notice SET acknowledged_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND acknowledged_at IS NULL";
    // With the work contact of whom the notice waits for: the organisation's own, in the match or of its signal.
    Party UNREAD_NOTICES = "
        SELECT n.subject_id, n.id, n.match_id, n.signal_id, n.endpoint_id, coalesce(m.subject_id, n.subject_id) AS shown_subject_id,
               n.kind, n.visible_at, n.acknowledged_at, n.unread_at, n.about_tag, n.log_tag, n.unread_from,
               coalesce(p.professional, g.professional) AS professional
          FROM notice n
          LEFT JOIN moved_signal m ON m.to_subject_id = n.subject_id AND m.id = n.signal_id
          LEFT JOIN match_party p ON p.subject_id = n.subject_id AND p.match_id = n.match_id
                                 AND p.organisation_id = n.organisation_id
          LEFT JOIN signal g ON g.subject_id = n.subject_id AND g.id = n.signal_id
         WHERE n.organisation_id = current_organisation() AND n.acknowledged_at IS NULL
           AND n.unread_from <= $3 /* now */ AND n.id > $1 /* after */
         ORDER BY n.id LIMIT $2 /* limit */";
    // SKIP LOCKED: somebody who acknowledges it at this moment has read it.
    Matcher NOTICES_GONE_UNREAD = "
        SELECT n.subject_id, n.id, n.match_id, n.signal_id, n.endpoint_id, n.about_tag, n.log_tag, o.id AS organisation_id, o.public_id
          FROM notice n JOIN organisation o ON o.id = n.organisation_id
         WHERE n.acknowledged_at IS NULL AND n.unread_at IS NULL AND n.unread_from <= $1 /* now */
         ORDER BY n.unread_from LIMIT $2 /* limit */ FOR NO KEY UPDATE OF n SKIP LOCKED";
    // Those that the statement before locked: what it asked of them still holds.
    Matcher SET_UNREAD = "
        UPDATE notice n SET unread_at = $1 /* now */
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* notices */) AS u (subject_id, id)
         WHERE n.subject_id = u.subject_id AND n.id = u.id";
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeAbout {
    /// A match that the receiver is or was party to.
    Match(MatchKey),
    /// The receiver's own signal.
    Signal(SignalKey),
    /// The receiver's own endpoint of webhooks. Hangs on no child.
    Endpoint(WebhookEndpointKey),
}

/// Stands where a child would, in what hangs on none.
const NO_CHILD: i64 = 0;

impl NoticeAbout {
    fn subject(self) -> i64 {
        match self {
            Self::Match(key) => key.subject,
            Self::Signal(key) => key.subject,
            Self::Endpoint(_) => NO_CHILD,
        }
    }

    fn match_row(self) -> Option<i64> {
        match self {
            Self::Match(key) => Some(key.row),
            Self::Signal(_) | Self::Endpoint(_) => None,
        }
    }

    fn signal_row(self) -> Option<i64> {
        match self {
            Self::Match(_) | Self::Endpoint(_) => None,
            Self::Signal(key) => Some(key.row),
        }
    }

    fn endpoint_row(self) -> Option<i64> {
        match self {
            Self::Match(_) | Self::Signal(_) => None,
            Self::Endpoint(key) => Some(key.0),
        }
    }

    /// What it is about as the log names it, by the random number of that record.
    pub fn tag(self, value: u128) -> LogTag {
        match self {
            Self::Match(_) => LogTag::new(TagKind::Match, value),
            Self::Signal(_) => LogTag::new(TagKind::Signal, value),
            Self::Endpoint(_) => LogTag::new(TagKind::WebhookEndpoint, value),
        }
    }
}

/// Who gets a notice.
pub struct Receiver {
    /// The organisation's public id.
    pub organisation_id: [u8; 16],
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// From when the match that the notice is about is visible to it, if it is about one that it is party to.
    pub match_visible_at: Option<Timestamp>,
}

/// A notice to be laid in an inbox.
pub struct NewNotice {
    /// What it is about.
    pub about: NoticeAbout,
    /// That record's name in the log.
    pub about_tag: u128,
    /// For whom.
    pub organisation: OrganisationKey,
    /// What it tells.
    pub kind: NoticeKind,
    /// From when the inbox shows it.
    pub visible_at: Timestamp,
    /// From when it is the coordinator's, if nobody acknowledges it.
    pub unread_from: Timestamp,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its key.
    pub key: NoticeKey,
    /// What it is about.
    pub about: NoticeAbout,
    /// That record's name in the log.
    pub about_tag: u128,
    /// What it tells.
    pub kind: String,
    /// Since when the inbox shows it.
    pub visible_at: Timestamp,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Timestamp>,
    /// When the log was told that nobody had acknowledged it.
    pub unread_at: Option<Timestamp>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A notice that nobody acknowledged in time.
pub struct UnreadNoticeRow {
    /// The notice.
    pub notice: NoticeRow,
    /// Since when it is the coordinator's.
    pub unread_from: Timestamp,
    /// Reference and work contact of whom it waits for, encrypted for the organisation; empty once erased.
    pub professional: Option<Sealed>,
}

/// A notice about which the log has to be told that nobody acknowledged it.
pub struct GoneUnread {
    /// Its key.
    pub key: NoticeKey,
    /// Whose it is.
    pub organisation: OrganisationKey,
    /// That organisation's public id.
    pub organisation_id: [u8; 16],
    /// What it is about, in the log.
    pub about: LogTag,
    /// Its name in the log.
    pub log_tag: u128,
}

/// The roles that tell organisations something.
pub trait LaysNotices: ReadsCovenants {}
impl LaysNotices for Party {}
impl LaysNotices for Matcher {}

impl<R: LaysNotices> Tx<'_, R> {
    /// Who gets each of these notices, in the same order.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when one of them is an organisation of which the caller may not know.
    pub async fn receivers(
        &self,
        notices: &[(OrganisationKey, NoticeAbout)],
    ) -> Result<Vec<Receiver>, StoreError> {
        let organisations: Vec<i32> = notices.iter().map(|(key, _)| key.0).collect();
        let subjects: Vec<i64> = notices.iter().map(|(_, about)| about.subject()).collect();
        let matches: Vec<Option<i64>> = notices.iter().map(|(_, about)| about.match_row()).collect();
        let rows = self
            .rows(&RECEIVERS, &[&organisations, &subjects, &matches])
            .await?;
        if rows.len() != notices.len() {
            return Err(StoreError::RowCount {
                statement: RECEIVERS.name,
                expected: notices.len() as u64,
                actual: rows.len() as u64,
            });
        }
        rows.iter()
            .map(|row| {
                Ok(Receiver {
                    organisation_id: row.tag("public_id")?.to_be_bytes(),
                    covenant: CovenantKey(row.value("covenant_id")?),
                    match_visible_at: row.value("visible_at")?,
                })
            })
            .collect()
    }

    /// Lays notices in inboxes; one event each.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when one of them is for an organisation that is not party to the match it is about, or
    /// would show before that match does, or is about a signal of another.
    pub async fn lay_notices(&self, new: &[NewNotice], events: &[Event]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = new.iter().map(|new| new.about.subject()).collect();
        let matches: Vec<Option<i64>> = new.iter().map(|new| new.about.match_row()).collect();
        let signals: Vec<Option<i64>> = new.iter().map(|new| new.about.signal_row()).collect();
        let organisations: Vec<i32> = new.iter().map(|new| new.organisation.0).collect();
        let kinds: Vec<&str> = new.iter().map(|new| new.kind.slug()).collect();
        let visible: Vec<Timestamp> = new.iter().map(|new| new.visible_at).collect();
        let unread: Vec<Timestamp> = new.iter().map(|new| new.unread_from).collect();
        let about: Vec<Uuid> = new.iter().map(|new| Uuid::from_u128(new.about_tag)).collect();
        let tags: Vec<Uuid> = new.iter().map(|new| Uuid::from_u128(new.log_tag)).collect();
        let endpoints: Vec<Option<i64>> = new.iter().map(|new| new.about.endpoint_row()).collect();
        self.change_exactly(
            &LAY_NOTICES,
            new.len(),
            &[
                &self.now(),
                &subjects,
                &matches,
                &signals,
                &organisations,
                &kinds,
                &visible,
                &unread,
                &about,
                &tags,
                &endpoints,
            ],
        )
        .await?;
        self.tell_who_waits(&organisations).await?;
        self.record(events).await.map(drop)
    }
}

impl Tx<'_, Party> {
    /// What this organisation has not acknowledged, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unacknowledged_notices(&self, after: i64, limit: i64) -> Result<Vec<NoticeRow>, StoreError> {
        self.rows(&UNACKNOWLEDGED, &[&after, &limit])
            .await?
            .iter()
            .map(notice_row)
            .collect()
    }

    /// What of it should have been acknowledged by now, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unread_notices(&self, after: i64, limit: i64) -> Result<Vec<UnreadNoticeRow>, StoreError> {
        let rows = self.rows(&UNREAD_NOTICES, &[&after, &limit, &self.now()]).await?;
        rows.iter()
            .map(|row| {
                let professional: Option<Vec<u8>> = row.value("professional")?;
                Ok(UnreadNoticeRow {
                    notice: notice_row(row)?,
                    unread_from: row.value("unread_from")?,
                    professional: professional.map(Sealed),
                })
            })
            .collect()
    }

    /// One notice of this organisation, acknowledged or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice(&self, key: NoticeKey) -> Result<Option<NoticeRow>, StoreError> {
        let row = self.optional(&OWN_NOTICE, &[&key.subject, &key.row]).await?;
        row.as_ref().map(notice_row).transpose()
    }

    /// One notice, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice_for_update(&self, key: NoticeKey) -> Result<Option<NoticeRow>, StoreError> {
        let row = self
            .optional(&NOTICE_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(notice_row).transpose()
    }

    /// Takes a notice out of the inbox for good.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was acknowledged before; the caller looks first, under its lock.
    pub async fn acknowledge(&self, key: NoticeKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&ACKNOWLEDGE, 1, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

impl Tx<'_, Matcher> {
    /// Notices that nobody acknowledged in time and of which the log does not know it yet, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices_gone_unread(&self, limit: i64) -> Result<Vec<GoneUnread>, StoreError> {
        let rows = self.rows(&NOTICES_GONE_UNREAD, &[&self.now(), &limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(GoneUnread {
                    key: NoticeKey {
                        subject: row.value("subject_id")?,
                        row: row.value("id")?,
                    },
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    organisation_id: row.tag("public_id")?.to_be_bytes(),
                    about: about(row, "subject_id")?.tag(row.tag("about_tag")?),
                    log_tag: row.tag("log_tag")?,
                })
            })
            .collect()
    }

    /// Notes that the log knows it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_unread(&self, unread: &[GoneUnread], events: &[Event]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = unread.iter().map(|unread| unread.key.subject).collect();
        let rows: Vec<i64> = unread.iter().map(|unread| unread.key.row).collect();
        self.change_exactly(&SET_UNREAD, unread.len(), &[&self.now(), &subjects, &rows])
            .await?;
        self.record(events).await.map(drop)
    }
}

pub(crate) fn notice_row(row: &tokio_postgres::Row) -> Result<NoticeRow, StoreError> {
    Ok(NoticeRow {
        key: NoticeKey {
            subject: row.value("subject_id")?,
            row: row.value("id")?,
        },
        about: about(row, "shown_subject_id")?,
        about_tag: row.tag("about_tag")?,
        kind: row.value("kind")?,
        visible_at: row.value("visible_at")?,
        acknowledged_at: row.value("acknowledged_at")?,
        unread_at: row.value("unread_at")?,
        log_tag: row.tag("log_tag")?,
    })
}

fn about(row: &tokio_postgres::Row, subject: &'static str) -> Result<NoticeAbout, StoreError> {
    let subject = row.value(subject)?;
    let of_match: Option<i64> = row.value("match_id")?;
    let of_signal: Option<i64> = row.value("signal_id")?;
    match (of_match, of_signal) {
        (Some(row), _) => Ok(NoticeAbout::Match(MatchKey { subject, row })),
        (None, Some(row)) => Ok(NoticeAbout::Signal(SignalKey { subject, row })),
        (None, None) => Ok(NoticeAbout::Endpoint(WebhookEndpointKey(
            row.value("endpoint_id")?,
        ))),
    }
}
