//! Erasing what stands behind leaves: openings, and the copies of a professional's contact. Each deleted opening leaves
//! `opening.erased` in the same transaction; the leaf it stood behind stays, and with it the log.

use std::collections::HashMap;

use domain::event::{Event, LogTag, TagKind};
use uuid::Uuid;

use crate::crypter::{Purpose, Sealed};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Erase, Log, RowExt, Tx};

statements! {
    Erase OPENINGS_ABOUT = "
        SELECT o.event_id, o.sealed, coalesce(l.leaf, p.leaf) AS leaf
          FROM audit.opening o LEFT JOIN audit.leaf l USING (event_id) LEFT JOIN audit.pending p USING (event_id)
         WHERE o.about = ANY ($1::uuid[] /* records */) ORDER BY o.event_id LIMIT $2 /* limit */";
    Erase TAKE_ERASURES = "
        DELETE FROM erasure_task
         WHERE id = ANY (ARRAY (SELECT id FROM erasure_task ORDER BY id LIMIT $1 /* limit */ FOR UPDATE SKIP LOCKED))
        RETURNING log_tag";
    Erase OPENINGS_OF_EVENTS = "
        SELECT o.event_id, o.sealed, coalesce(l.leaf, p.leaf) AS leaf
          FROM audit.opening o LEFT JOIN audit.leaf l USING (event_id) LEFT JOIN audit.pending p USING (event_id)
         WHERE o.event_id = ANY ($1::uuid[] /* events */)";
    Erase OPENINGS_AFTER = "
        SELECT o.event_id, o.sealed, coalesce(l.leaf, p.leaf) AS leaf
          FROM audit.opening o LEFT JOIN audit.leaf l USING (event_id) LEFT JOIN audit.pending p USING (event_id)
         WHERE o.event_id > $1 /* event */ ORDER BY o.event_id LIMIT $2 /* limit */";
    Erase DELETE_OPENINGS = "
        DELETE FROM audit.opening WHERE event_id = ANY ($1::uuid[] /* events */) RETURNING event_id";
    Erase INSERT_ERASURES = "
        INSERT INTO audit.erasure (event_id, erased_by)
        SELECT * FROM unnest($1::uuid[] /* events */, $2::uuid[] /* erased by */)";
    Erase RECORDS_OF_EVENTS = "
        SELECT leaf FROM audit.leaf WHERE event_id = ANY ($1::uuid[] /* events */)";
    Erase CONTACTS_AFTER = "
        SELECT g.subject_id, g.id, g.professional, g.log_tag, o.id AS organisation, o.public_id,
               g.state IN ('sleeping', 'active', 'paused') AND g.expires_at > $3 /* now */ AS living
          FROM signal g JOIN organisation o ON o.id = g.organisation_id
         WHERE o.public_id = $1 /* organisation */ AND g.id > $2 /* after */ AND g.professional <> ''
         ORDER BY g.id LIMIT $4 /* limit */";
    Erase CONTACTS_OF_SIGNALS = "
        SELECT g.subject_id, g.id, g.professional, g.log_tag, o.id AS organisation, o.public_id,
               g.state IN ('sleeping', 'active', 'paused') AND g.expires_at > $2 /* now */ AS living
          FROM signal g JOIN organisation o ON o.id = g.organisation_id
         WHERE g.log_tag = ANY ($1::uuid[] /* log tags */) AND g.professional <> ''";
    Erase WIPE_SIGNALS = "
        UPDATE signal g SET professional = ''
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) AS d (subject_id, id)
         WHERE g.subject_id = d.subject_id AND g.id = d.id AND g.professional <> ''
        RETURNING g.id";
    Erase WIPE_PARTIES = "
        UPDATE match_party p SET professional = ''
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id";
    Erase WIPE_FAMILY_PARTIES = "
        UPDATE family_match_party p SET professional = ''
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id";
    Erase WIPE_DISCLOSURES = "
        UPDATE disclosure t SET told_by = ''
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE t.subject_id = d.subject_id AND t.signal_id = d.signal_id";
    Erase WIPE_POSTPONEMENTS = "
        UPDATE postponement t SET proposed_by = '', decided_by = CASE WHEN decided_by IS NULL THEN NULL ELSE ''::bytea END
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE t.subject_id = d.subject_id AND t.signal_id = d.signal_id";
    // A mail that is due says nothing of anybody, and is for a signal that counts.
    Erase FORGET_MAILED = "
        DELETE FROM mail WHERE organisation_id = (SELECT id FROM organisation WHERE public_id = $1 /* organisation */)
                           AND address_hash = ANY ($2::bytea[] /* addresses */) AND due_at IS NULL";
    Erase NOTE_REPLAY = "
        INSERT INTO audit.replay (anchored) VALUES ($1 /* anchored */)
            ON CONFLICT (only_one) DO UPDATE SET anchored = excluded.anchored";
    Log REPLAYED = "
        SELECT anchored FROM audit.replay";
    Erase TAGS_OF_MATCH = "
        SELECT log_tag, 'm' AS kind FROM match_case WHERE subject_id = $1 /* subject */ AND id = $2 /* row */
         UNION ALL
        SELECT log_tag, 'c' FROM consent WHERE subject_id = $1 /* subject */ AND match_id = $2 /* row */
         UNION ALL
        SELECT g.log_tag, 's' FROM match_party p JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
         WHERE p.subject_id = $1 /* subject */ AND p.match_id = $2 /* row */";
}

/// An opening, with what its leaf says openly.
pub struct Erasable {
    /// The event.
    pub event_id: u128,
    /// The record the event happened to.
    pub about: LogTag,
    /// The leaf's bytes.
    pub leaf: Vec<u8>,
    sealed: Sealed,
}

/// A professional's contact, as it lies encrypted with a signal.
pub struct HeldContact {
    /// The child.
    pub subject: i64,
    /// The signal's number.
    pub row: i64,
    /// The signal's name in the log.
    pub log_tag: u128,
    /// The organisation's key, to which the value is bound.
    pub organisation: i32,
    /// The organisation's public id.
    pub organisation_id: [u8; 16],
    /// The encrypted value.
    pub professional: Sealed,
    /// Whether the signal still counts: then the other parties need the contact.
    pub living: bool,
}

impl Tx<'_, Erase> {
    /// Takes the names in the log of at most `limit` records that were destroyed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_erasures(&self, limit: i64) -> Result<Vec<u128>, StoreError> {
        let rows = self.rows(&TAKE_ERASURES, &[&limit]).await?;
        rows.iter().map(|row| row.tag("log_tag")).collect()
    }

    /// The openings about records of these random numbers, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn openings_about(&self, records: &[u128], limit: i64) -> Result<Vec<Erasable>, StoreError> {
        let rows = self.rows(&OPENINGS_ABOUT, &[&uuids(records), &limit]).await?;
        rows.iter().map(erasable).collect()
    }

    /// The openings of these events.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn openings_of(&self, events: &[u128]) -> Result<Vec<Erasable>, StoreError> {
        let rows = self.rows(&OPENINGS_OF_EVENTS, &[&uuids(events)]).await?;
        rows.iter().map(erasable).collect()
    }

    /// The next openings in the order of their events' ids, for whoever has to look into each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn openings_after(&self, event: u128, limit: i64) -> Result<Vec<Erasable>, StoreError> {
        let rows = self
            .rows(&OPENINGS_AFTER, &[&Uuid::from_u128(event), &limit])
            .await?;
        rows.iter().map(erasable).collect()
    }

    /// The data of an opening.
    ///
    /// # Errors
    /// [`StoreError::Unsealable`].
    pub fn open(&self, erasable: &Erasable) -> Result<zeroize::Zeroizing<Vec<u8>>, StoreError> {
        let owner = erasable.event_id.to_be_bytes();
        let mut plaintext = self
            .store()
            .crypter()
            .open(Purpose::Opening, &owner, &erasable.sealed)?;
        // The salt stands in front.
        if plaintext.len() < 32 {
            return Err(StoreError::Unsealable);
        }
        plaintext.drain(..32);
        Ok(plaintext)
    }

    /// Erases these openings; `event` makes the leaf that says so, one for each that was still there. Gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_openings(
        &self,
        openings: &[Erasable],
        event: impl Fn(&Erasable) -> Event,
    ) -> Result<usize, StoreError> {
        let by_id: HashMap<u128, &Erasable> = openings
            .iter()
            .map(|opening| (opening.event_id, opening))
            .collect();
        let wanted: Vec<u128> = openings.iter().map(|opening| opening.event_id).collect();
        let rows = self.rows(&DELETE_OPENINGS, &[&uuids(&wanted)]).await?;
        let mut erased: Vec<Uuid> = Vec::with_capacity(rows.len());
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = row.tag("event_id")?;
            let opening = by_id.get(&id).ok_or(StoreError::Column { column: "event_id" })?;
            erased.push(Uuid::from_u128(id));
            events.push(event(opening));
        }
        let recorded = self.record(&events).await?;
        let by: Vec<Uuid> = recorded
            .iter()
            .map(|recorded| Uuid::from_u128(recorded.event_id))
            .collect();
        self.change_exactly(&INSERT_ERASURES, erased.len(), &[&erased, &by])
            .await?;
        Ok(recorded.len())
    }

    /// The leaves of these events, as far as they are in the tree.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves_of(&self, events: &[u128]) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.rows(&RECORDS_OF_EVENTS, &[&uuids(events)]).await?;
        rows.iter().map(|row| row.value("leaf")).collect()
    }

    /// The next contacts of an organisation's signals, in the order of the signals.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contacts_after(
        &self,
        organisation: [u8; 16],
        row: i64,
        limit: i64,
    ) -> Result<Vec<HeldContact>, StoreError> {
        let organisation = Uuid::from_bytes(organisation);
        let rows = self
            .rows(&CONTACTS_AFTER, &[&organisation, &row, &self.now(), &limit])
            .await?;
        rows.iter().map(held_contact).collect()
    }

    /// The contacts of these signals, by their names in the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contacts_of(&self, log_tags: &[u128]) -> Result<Vec<HeldContact>, StoreError> {
        let rows = self
            .rows(&CONTACTS_OF_SIGNALS, &[&uuids(log_tags), &self.now()])
            .await?;
        rows.iter().map(held_contact).collect()
    }

    /// Wipes the contact of signals that no longer count, and its copies in their matches. `events` are their leaves, in
    /// the same order, used for those that were still there. Gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wipe_contacts(
        &self,
        contacts: &[HeldContact],
        events: &[Event],
    ) -> Result<usize, StoreError> {
        let subjects: Vec<i64> = contacts.iter().map(|contact| contact.subject).collect();
        let rows: Vec<i64> = contacts.iter().map(|contact| contact.row).collect();
        let wiped = self.rows(&WIPE_SIGNALS, &[&subjects, &rows]).await?;
        let wiped = wiped
            .iter()
            .map(|row| row.value("id"))
            .collect::<Result<Vec<i64>, _>>()?;
        self.change(&WIPE_PARTIES, &[&subjects, &rows]).await?;
        self.change(&WIPE_FAMILY_PARTIES, &[&subjects, &rows]).await?;
        self.change(&WIPE_DISCLOSURES, &[&subjects, &rows]).await?;
        self.change(&WIPE_POSTPONEMENTS, &[&subjects, &rows]).await?;
        let events: Vec<Event> = contacts
            .iter()
            .zip(events)
            .filter(|(contact, _)| wiped.contains(&contact.row))
            .map(|(_, event)| event.clone())
            .collect();
        Ok(self.record(&events).await?.len())
    }

    /// Forgets that an organisation's mail went to these addresses, or was refused by them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_mailed(
        &self,
        organisation: [u8; 16],
        address_hashes: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        let hashes: Vec<&[u8]> = address_hashes.iter().map(<[u8; 32]>::as_slice).collect();
        self.change(&FORGET_MAILED, &[&Uuid::from_bytes(organisation), &hashes])
            .await
            .map(drop)
    }

    /// Notes that erasures were replayed into this database, when so many entries had been signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_replay(&self, anchored: u64) -> Result<(), StoreError> {
        let anchored = i64::try_from(anchored).map_err(|_| StoreError::DamagedLog)?;
        self.change_exactly(&NOTE_REPLAY, 1, &[&anchored]).await
    }

    /// The names in the log of a match, of the consents asked in it and of the signals in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tags_of_match(&self, subject: i64, row: i64) -> Result<Vec<LogTag>, StoreError> {
        let rows = self.rows(&TAGS_OF_MATCH, &[&subject, &row]).await?;
        rows.iter()
            .map(|row| {
                let kind = match row.value("kind")? {
                    "m" => TagKind::Match,
                    "c" => TagKind::Consent,
                    _ => TagKind::Signal,
                };
                Ok(LogTag::new(kind, row.tag("log_tag")?))
            })
            .collect()
    }
}

impl Tx<'_, Log> {
    /// How many entries had been signed when erasures were last replayed, if they ever were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replayed(&self) -> Result<Option<u64>, StoreError> {
        let Some(row) = self.optional(&REPLAYED, &[]).await? else {
            return Ok(None);
        };
        let anchored: i64 = row.value("anchored")?;
        u64::try_from(anchored)
            .map(Some)
            .map_err(|_| StoreError::Column { column: "anchored" })
    }
}

fn erasable(row: &tokio_postgres::Row) -> Result<Erasable, StoreError> {
    let leaf: Vec<u8> = row.value("leaf")?;
    let entry = audit_log::entry::Entry::parse(&leaf).map_err(StoreError::Leaf)?;
    Ok(Erasable {
        event_id: row.tag("event_id")?,
        about: entry
            .sub
            .parse()
            .map_err(|_| StoreError::Column { column: "leaf" })?,
        leaf,
        sealed: Sealed(row.value("sealed")?),
    })
}

fn held_contact(row: &tokio_postgres::Row) -> Result<HeldContact, StoreError> {
    Ok(HeldContact {
        subject: row.value("subject_id")?,
        row: row.value("id")?,
        log_tag: row.tag("log_tag")?,
        organisation: row.value("organisation")?,
        organisation_id: row.tag("public_id")?.to_be_bytes(),
        professional: Sealed(row.value("professional")?),
        living: row.value("living")?,
    })
}

fn uuids(values: &[u128]) -> Vec<Uuid> {
    values.iter().map(|value| Uuid::from_u128(*value)).collect()
}
