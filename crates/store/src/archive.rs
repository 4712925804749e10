//! The archive: signals that are over, found for the one notice of them, and what stands behind that notice.

use domain::event::Event;
use domain::key::{NoticeKey, OrganisationKey};

use crate::error::StoreError;
use crate::signal::life_columns;
use crate::signal_life::{StoredSignal, stored_columns};
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    // OFFSET 0: by the children and by nothing else, however few lay in the archive when the plan was made.
    Matcher ARCHIVED_SIGNALS = concat!("
        SELECT ", stored_columns!(), ", ", life_columns!(), "
          FROM (SELECT * FROM signal WHERE subject_id = ANY ($1::bigint[] /* subjects */) OFFSET 0) AS g
          JOIN organisation o ON o.id = g.organisation_id
         WHERE g.state = 'archived' AND g.archive_noticed_at IS NULL
         ORDER BY g.subject_id, g.id");
    // A notice that its organisation is shown by now, of a signal that is still there: where its own signal is now, when
    // two children turned out to be one. By the child: coalesce keeps it from the index of what is to be destroyed.
    Matcher ARCHIVED_BEHIND = concat!("
        SELECT n.log_tag AS notice_tag, o.name, o.sector, ", stored_columns!(), ", ", life_columns!(), "
          FROM notice n
          LEFT JOIN moved_signal m ON m.subject_id = n.subject_id AND m.id = n.signal_id
          JOIN signal g ON g.subject_id = coalesce(m.to_subject_id, n.subject_id) AND g.archive_notice_tag = n.log_tag
          JOIN organisation o ON o.id = g.organisation_id
         WHERE n.subject_id = $1 /* subject */ AND n.id = $2 /* row */ AND n.kind = 'archived-signal'
           AND n.organisation_id = $3 /* organisation */ AND n.visible_at <= $4 /* now */
           AND coalesce(g.state, '') = 'archived'
           FOR SHARE OF g");
}

/// An archived signal and the notice that told of it.
pub struct ArchivedBehind {
    /// The signal.
    pub signal: StoredSignal,
    /// The name of its organisation.
    pub name: String,
    /// That organisation's sector.
    pub sector: String,
    /// The notice's name in the log.
    pub notice_tag: u128,
}

impl Tx<'_, Matcher> {
    /// The archived signals of these children that nobody was told of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn archived_signals(&self, subjects: &[i64]) -> Result<Vec<StoredSignal>, StoreError> {
        let rows = self.rows(&ARCHIVED_SIGNALS, &[&subjects]).await?;
        rows.iter().map(StoredSignal::read).collect()
    }

    /// What a notice from the archive to this organisation is about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn archived_behind(
        &self,
        notice: NoticeKey,
        organisation: OrganisationKey,
    ) -> Result<Option<ArchivedBehind>, StoreError> {
        let row = self
            .optional(
                &ARCHIVED_BEHIND,
                &[&notice.subject, &notice.row, &organisation.0, &self.now()],
            )
            .await?;
        row.map(|row| {
            Ok(ArchivedBehind {
                signal: StoredSignal::read(&row)?,
                name: row.value("name")?,
                sector: row.value::<Option<String>>("sector")?.unwrap_or_default(),
                notice_tag: row.tag("notice_tag")?,
            })
        })
        .transpose()
    }

    /// Records that a party was told what a notice from the archive is about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_opening_of_archive(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }
}
