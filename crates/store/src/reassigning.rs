//! Another professional in the place of one who leaves: in the signals and in their copies in matches and family
//! matches, shown or not.

use domain::event::Event;
use domain::key::OrganisationKey;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    Matcher SUBJECTS_OF_PROFESSIONAL = "
        SELECT DISTINCT own.subject_id
          FROM (SELECT subject_id FROM signal
                 WHERE organisation_id = $1 /* organisation */ AND professional_key = $2 /* professional */
                   AND state IN ('sleeping', 'active', 'paused') OFFSET 0) AS own
         ORDER BY own.subject_id";
    Matcher REASSIGN_SIGNALS = "
        UPDATE signal SET professional = $5 /* contact */, professional_key = $4 /* to */
         WHERE subject_id = ANY ($1::bigint[] /* subjects */) AND organisation_id = $2 /* organisation */
           AND professional_key = $3 /* from */ AND state IN ('sleeping', 'active', 'paused')
        RETURNING subject_id, id, log_tag";
    Matcher REASSIGN_PARTIES = "
        UPDATE match_party p SET professional = $3 /* contact */
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id";
    Matcher REASSIGN_FAMILY_PARTIES = "
        UPDATE family_match_party p SET professional = $3 /* contact */
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id";
}

impl Tx<'_, Matcher> {
    /// Puts another professional in the place of one, in all living signals of this organisation; `event` makes the leaf of
    /// each from its name in the log. Gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reassign(
        &self,
        organisation: OrganisationKey,
        from: &[u8; 16],
        to: &[u8; 16],
        contact: &Sealed,
        event: impl Fn(u128) -> Event,
    ) -> Result<usize, StoreError> {
        let (from, to, contact) = (from.as_slice(), to.as_slice(), contact.0.as_slice());
        let subjects = self
            .rows(&SUBJECTS_OF_PROFESSIONAL, &[&organisation.0, &from])
            .await?
            .iter()
            .map(|row| row.value("subject_id"))
            .collect::<Result<Vec<i64>, StoreError>>()?;
        // The matcher copies contacts under this lock.
        self.lock_subjects(&subjects).await?;
        let rows = self
            .rows(
                &REASSIGN_SIGNALS,
                &[&subjects, &organisation.0, &from, &to, &contact],
            )
            .await?;
        let column =
            |name| -> Result<Vec<i64>, StoreError> { rows.iter().map(|row| row.value(name)).collect() };
        let (subjects, signals) = (column("subject_id")?, column("id")?);
        for copies in [&REASSIGN_PARTIES, &REASSIGN_FAMILY_PARTIES] {
            self.change(copies, &[&subjects, &signals, &contact]).await?;
        }
        let events = rows
            .iter()
            .map(|row| Ok(event(row.tag("log_tag")?)))
            .collect::<Result<Vec<Event>, StoreError>>()?;
        self.record(&events).await?;
        Ok(rows.len())
    }
}
