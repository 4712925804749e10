//! What is new in an inbox, for who waits for it.

use std::future::poll_fn;

use domain::key::OrganisationKey;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use crate::error::StoreError;
use crate::notice::{NoticeRow, notice_row};
use crate::pool::Store;
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

/// How much of what was heard waits to be taken; more waits with the database.
const HEARD_AT_ONCE: usize = 256;

statements! {
    // Asked before the notices, so that every transaction older than this one has ended when they are read.
    Party OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest";
    Party ARRIVED = "
        SELECT n.subject_id, n.id, n.match_id, n.signal_id, n.endpoint_id, coalesce(m.subject_id, n.subject_id) AS shown_subject_id,
               n.kind, n.visible_at, n.acknowledged_at, n.unread_at, n.about_tag, n.log_tag
          FROM notice n LEFT JOIN moved_signal m ON m.to_subject_id = n.subject_id AND m.id = n.signal_id
         WHERE n.organisation_id = current_organisation() AND n.acknowledged_at IS NULL
           AND NOT was_seen(n.visible_at, n.laid_in, n.created_at, $1 /* seen at */, $2 /* seen, oldest */)
           AND was_seen(n.visible_at, n.laid_in, n.created_at, $3 /* now */, $4 /* oldest */)
           AND n.id > $5 /* after */
         ORDER BY n.id LIMIT $6 /* limit */";
    // Laid, and not yet shown to who waits, because an older transaction still runs.
    Party UNSETTLED = "
        SELECT EXISTS (SELECT FROM notice n
                        WHERE n.organisation_id = current_organisation() AND n.acknowledged_at IS NULL
                          AND NOT was_seen(n.visible_at, n.laid_in, n.created_at, $1 /* now */, $2 /* oldest */))
               AS unsettled";
    Matcher SHOWN_BETWEEN = "
        SELECT DISTINCT n.organisation_id FROM notice n
         WHERE n.organisation_id = ANY ($1::int[] /* organisations */) AND n.acknowledged_at IS NULL
           AND n.visible_at > $2 /* after */ AND n.visible_at <= $3 /* now */";
    Party TELL_WHO_WAITS = "
        SELECT pg_notify('notice', o.id::text)
          FROM (SELECT DISTINCT id FROM unnest($1::int[] /* organisations */) AS t (id)) AS o";
}

/// How far a reader looked: the time of the network, and the oldest transaction that ran then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// When.
    pub at: Timestamp,
    /// The number of the oldest transaction that had not ended.
    pub oldest: i64,
}

impl Looked {
    /// Of who has seen nothing.
    pub const NEVER: Self = Self {
        at: Timestamp::UNIX_EPOCH,
        oldest: 0,
    };
}

impl Tx<'_, Party> {
    /// How far who looks now sees.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look_now(&self) -> Result<Looked, StoreError> {
        let row = self.one(&OLDEST_RUNNING, &[]).await?;
        Ok(Looked {
            at: self.now(),
            oldest: row.value("oldest")?,
        })
    }

    /// What came between two looks and was not acknowledged, in the order of its numbers, behind this number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn arrived_notices(
        &self,
        seen: Looked,
        up_to: Looked,
        after: i64,
        limit: i64,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = self
            .rows(
                &ARRIVED,
                &[&seen.at, &seen.oldest, &up_to.at, &up_to.oldest, &after, &limit],
            )
            .await?;
        rows.iter().map(notice_row).collect()
    }

    /// Whether something shows that [`Tx::arrived_notices`] does not tell yet, because an older transaction still runs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_unsettled_notices(&self, now: Looked) -> Result<bool, StoreError> {
        self.one(&UNSETTLED, &[&now.at, &now.oldest])
            .await?
            .value("unsettled")
    }
}

impl Tx<'_, Matcher> {
    /// Which of these organisations have a notice that came to show between two moments.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shown_between(
        &self,
        organisations: &[OrganisationKey],
        after: Timestamp,
    ) -> Result<Vec<OrganisationKey>, StoreError> {
        let organisations: Vec<i32> = organisations.iter().map(|organisation| organisation.0).collect();
        let rows = self
            .rows(&SHOWN_BETWEEN, &[&organisations, &after, &self.now()])
            .await?;
        rows.iter()
            .map(|row| Ok(OrganisationKey(row.value("organisation_id")?)))
            .collect()
    }
}

impl<R: crate::work::Role> Tx<'_, R> {
    /// Wakes, when this transaction commits, whoever waits at these organisations' inboxes, in whichever process.
    pub(crate) async fn tell_who_waits(&self, organisations: &[i32]) -> Result<(), StoreError> {
        self.rows(&TELL_WHO_WAITS, &[&organisations]).await.map(drop)
    }
}

/// A way to hear of notices that any process lays. It lasts as long as it is kept.
pub struct Hearing {
    organisations: mpsc::Receiver<OrganisationKey>,
    // The connection ends when its client goes.
    _client: tokio_postgres::Client,
}

impl Hearing {
    /// For whom notices were laid next; none when the connection ended.
    pub async fn next(&mut self) -> Option<OrganisationKey> {
        self.organisations.recv().await
    }
}

impl Store {
    /// Hears, from now on, of every transaction that lays notices, in whichever process.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub async fn hear_of_notices(&self) -> Result<Hearing, StoreError> {
        let (client, mut connection) = self.connect_to_listen().await?;
        let (heard, organisations) = mpsc::channel(HEARD_AT_ONCE);
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                if let AsyncMessage::Notification(told) = message
                    && let Ok(organisation) = told.payload().parse()
                    && heard.send(OrganisationKey(organisation)).await.is_err()
                {
                    return;
                }
            }
        });
        client
            .batch_execute("LISTEN notice")
            .await
            .map_err(StoreError::Unreachable)?;
        Ok(Hearing {
            organisations,
            _client: client,
        })
    }
}
