//! Family matches: which signals take part, and what each party may read of them.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::key::{CovenantKey, FamilyMatchKey, OrganisationKey, SignalKey};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::signal::life_columns;
use crate::signal_life::{StoredSignal, stored_columns};
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

statements! {
    // All that are stored and were ever shown to anybody: an organisation's guardians of a child are counted over its
    // signals.
    Matcher GUARDIANS_OF = concat!("
        SELECT c.circle_id, ", stored_columns!(), ", ", life_columns!(), "
          FROM signal_circle c
          JOIN signal g ON g.subject_id = c.subject_id AND g.id = c.signal_id
          JOIN organisation o ON o.id = g.organisation_id
         WHERE c.subject_id = ANY ($1::bigint[] /* children */) AND c.kind = 32
           AND g.state NOT IN ('sleeping', 'moved')
         ORDER BY g.id, c.circle_id");
    Matcher STANDING_FAMILIES = "
        SELECT f.id, f.circle_id, f.log_tag, p.subject_id, p.signal_id, p.organisation_id, p.visible_at, p.ends_at,
               o.covenant_id, g.log_tag AS signal_tag
          FROM family_match f
          JOIN family_match_party p ON p.family_match_id = f.id
          JOIN organisation o ON o.id = p.organisation_id
          JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
         WHERE f.ended_at IS NULL
           AND (f.circle_id = ANY ($1::bigint[] /* circles */)
                OR f.id IN (SELECT q.family_match_id FROM family_match_party q
                             WHERE q.subject_id = ANY ($2::bigint[] /* children */)))
         ORDER BY f.id, p.signal_id";
    // Those whose parties' signals were all destroyed.
    Matcher FORSAKEN_FAMILIES = "
        SELECT f.id, f.log_tag FROM family_match f
         WHERE f.circle_id = ANY ($1::bigint[] /* circles */) AND f.ended_at IS NULL
           AND NOT EXISTS (SELECT FROM family_match_party p WHERE p.family_match_id = f.id)";
    Matcher INSERT_FAMILIES = "
        INSERT INTO family_match (circle_id, opened_at, log_tag)
        SELECT n.circle_id, $1 /* now */, n.log_tag
          FROM unnest($2::bigint[] /* circles */, $3::uuid[] /* log tags */) AS n (circle_id, log_tag)
        RETURNING id, circle_id";
    Matcher INSERT_FAMILY_PARTIES = "
        INSERT INTO family_match_party (subject_id, signal_id, family_match_id, organisation_id, visible_at, ends_at,
                                        professional)
        SELECT n.subject_id, n.signal_id, n.family_match_id, n.organisation_id, n.visible_at, n.ends_at, n.professional
          FROM unnest($1::bigint[] /* children */, $2::bigint[] /* signals */, $3::bigint[] /* family matches */,
                      $4::int[] /* organisations */, $5::timestamptz[] /* visible at */,
                      $6::timestamptz[] /* ends at */, $7::bytea[] /* professionals */)
               AS n (subject_id, signal_id, family_match_id, organisation_id, visible_at, ends_at, professional)";
    Matcher REFRESH_FAMILY_ENDS = "
        UPDATE family_match_party p SET ends_at = least(g.expires_at, g.destroy_at, g.ended_at)
          FROM signal g
         WHERE p.family_match_id IN (SELECT f.id FROM family_match f
                                      WHERE f.circle_id = ANY ($1::bigint[] /* circles */) AND f.ended_at IS NULL)
           AND g.subject_id = p.subject_id AND g.id = p.signal_id AND g.state <> 'moved'
           AND p.ends_at <> least(g.expires_at, g.destroy_at, g.ended_at)";
    Matcher END_FAMILIES = "
        UPDATE family_match SET ended_at = $2 /* now */
         WHERE id = ANY ($1::bigint[] /* family matches */) AND ended_at IS NULL";
    Party OWN_FAMILY_MATCHES = "
        SELECT DISTINCT p.family_match_id AS id FROM family_match_party p
         WHERE p.organisation_id = current_organisation() AND p.family_match_id < $1 /* before */
         ORDER BY 1 DESC LIMIT $2 /* limit */";
    Party FAMILY_MATCH_PARTIES = "
        SELECT f.log_tag, p.subject_id, coalesce(m.subject_id, p.subject_id) AS shown_subject_id, p.signal_id,
               p.organisation_id, p.visible_at, p.ends_at, p.professional
          FROM family_match f JOIN family_match_party p ON p.family_match_id = f.id
          LEFT JOIN moved_signal m ON m.to_subject_id = p.subject_id AND m.id = p.signal_id
         WHERE f.id = $1 /* family match */
         ORDER BY p.visible_at, p.signal_id";
}

/// A family match that stands.
#[derive(Debug, Clone)]
pub struct StandingFamily {
    /// Its number.
    pub key: FamilyMatchKey,
    /// The family it hangs on.
    pub circle: i64,
    /// Its name in the log.
    pub log_tag: u128,
    /// The signals in it.
    pub parties: Vec<StandingFamilyParty>,
}

/// A signal in a family match.
#[derive(Debug, Clone, Copy)]
pub struct StandingFamilyParty {
    /// The signal.
    pub signal: SignalKey,
    /// Its name in the log.
    pub signal_tag: u128,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// The covenant it was given under.
    pub covenant: CovenantKey,
    /// From when it shows.
    pub visible_at: Timestamp,
    /// When its signal ends.
    pub ends_at: Timestamp,
}

/// A signal that enters a family match.
pub struct NewFamilyParty<'s> {
    /// The family match.
    pub family_match: FamilyMatchKey,
    /// The signal.
    pub signal: &'s StoredSignal,
    /// From when it shows.
    pub visible_at: Timestamp,
}

/// A party of a family match, as its parties may read it.
pub struct FamilyPartyRow {
    /// The child that its signal is about. Nobody is shown it.
    pub child: i64,
    /// The key that the public id of its signal is made of, for whose signal it is.
    pub signal: SignalKey,
    /// Who.
    pub organisation: OrganisationKey,
    /// From when it shows.
    pub visible_at: Timestamp,
    /// When its signal ends.
    pub ends_at: Timestamp,
    /// Reference and work contact, encrypted for the organisation; empty once erased.
    pub professional: Sealed,
}

/// A family match with the parties that its reader may see.
pub struct FamilyMatchRow {
    /// Its name in the log.
    pub log_tag: u128,
    /// The parties.
    pub parties: Vec<FamilyPartyRow>,
}

impl Tx<'_, Matcher> {
    /// Every stored signal about these children that came with a guardian's pseudonym, with the family, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn guardians_of(&self, children: &[i64]) -> Result<Vec<(i64, StoredSignal)>, StoreError> {
        let rows = self.rows(&GUARDIANS_OF, &[&children]).await?;
        rows.iter()
            .map(|row| Ok((row.value("circle_id")?, StoredSignal::read(row)?)))
            .collect()
    }

    /// The family matches that stand of these families, and those in which these children are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing_families(
        &self,
        circles: &[i64],
        children: &[i64],
    ) -> Result<Vec<StandingFamily>, StoreError> {
        let rows = self.rows(&STANDING_FAMILIES, &[&circles, &children]).await?;
        let mut families: BTreeMap<i64, StandingFamily> = BTreeMap::new();
        for row in &rows {
            let key: i64 = row.value("id")?;
            let (circle, log_tag) = (row.value("circle_id")?, row.tag("log_tag")?);
            let family = families.entry(key).or_insert_with(|| StandingFamily {
                key: FamilyMatchKey(key),
                circle,
                log_tag,
                parties: Vec::new(),
            });
            family.parties.push(StandingFamilyParty {
                signal: signal(row)?,
                signal_tag: row.tag("signal_tag")?,
                organisation: OrganisationKey(row.value("organisation_id")?),
                covenant: CovenantKey(row.value("covenant_id")?),
                visible_at: row.value("visible_at")?,
                ends_at: row.value("ends_at")?,
            });
        }
        Ok(families.into_values().collect())
    }

    /// Family matches of these families in which nobody is left at all, with their names in the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forsaken_families(
        &self,
        circles: &[i64],
    ) -> Result<Vec<(FamilyMatchKey, u128)>, StoreError> {
        let rows = self.rows(&FORSAKEN_FAMILIES, &[&circles]).await?;
        rows.iter()
            .map(|row| Ok((FamilyMatchKey(row.value("id")?), row.tag("log_tag")?)))
            .collect()
    }

    /// Opens family matches: the families and their names in the log. Gives their keys, in the order given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_families(
        &self,
        new: &[(i64, u128)],
        events: &[Event],
    ) -> Result<Vec<FamilyMatchKey>, StoreError> {
        let circles: Vec<i64> = new.iter().map(|(circle, _)| *circle).collect();
        let tags: Vec<Uuid> = new.iter().map(|(_, tag)| Uuid::from_u128(*tag)).collect();
        let rows = self
            .rows(&INSERT_FAMILIES, &[&self.now(), &circles, &tags])
            .await?;
        let mut keys: BTreeMap<i64, FamilyMatchKey> = BTreeMap::new();
        for row in &rows {
            keys.insert(row.value("circle_id")?, FamilyMatchKey(row.value("id")?));
        }
        self.record(events).await?;
        circles
            .iter()
            .map(|circle| {
                keys.get(circle)
                    .copied()
                    .ok_or(StoreError::Column { column: "id" })
            })
            .collect()
    }

    /// Lets signals enter family matches; the events are of those that stood before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_family_parties(
        &self,
        new: &[NewFamilyParty<'_>],
        events: &[Event],
    ) -> Result<(), StoreError> {
        let children: Vec<i64> = new.iter().map(|new| new.signal.key.subject).collect();
        let signals: Vec<i64> = new.iter().map(|new| new.signal.key.row).collect();
        let families: Vec<i64> = new.iter().map(|new| new.family_match.0).collect();
        let organisations: Vec<i32> = new.iter().map(|new| new.signal.organisation.0).collect();
        let visible: Vec<Timestamp> = new.iter().map(|new| new.visible_at).collect();
        let ends: Vec<Timestamp> = new
            .iter()
            .map(|new| new.signal.life.facts.counts_until())
            .collect();
        let professionals: Vec<&[u8]> = new
            .iter()
            .map(|new| new.signal.professional.0.as_slice())
            .collect();
        self.change_exactly(
            &INSERT_FAMILY_PARTIES,
            new.len(),
            &[
                &children,
                &signals,
                &families,
                &organisations,
                &visible,
                &ends,
                &professionals,
            ],
        )
        .await?;
        self.record(events).await.map(drop)
    }

    /// Puts right until when signals count in the family matches of these families.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh_family_ends(&self, circles: &[i64]) -> Result<(), StoreError> {
        self.change(&REFRESH_FAMILY_ENDS, &[&circles]).await.map(drop)
    }

    /// Ends family matches.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when one was ended before.
    pub async fn end_families(&self, keys: &[FamilyMatchKey], events: &[Event]) -> Result<(), StoreError> {
        let keys: Vec<i64> = keys.iter().map(|key| key.0).collect();
        self.change_exactly(&END_FAMILIES, keys.len(), &[&keys, &self.now()])
            .await?;
        self.record(events).await.map(drop)
    }
}

impl Tx<'_, Party> {
    /// The family matches this organisation takes or took part in, before a number, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_family_matches(
        &self,
        before: i64,
        limit: i64,
    ) -> Result<Vec<FamilyMatchKey>, StoreError> {
        let rows = self.rows(&OWN_FAMILY_MATCHES, &[&before, &limit]).await?;
        rows.iter()
            .map(|row| Ok(FamilyMatchKey(row.value("id")?)))
            .collect()
    }

    /// One of them with its parties; none when this organisation sees none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn family_match(&self, key: FamilyMatchKey) -> Result<Option<FamilyMatchRow>, StoreError> {
        let rows = self.rows(&FAMILY_MATCH_PARTIES, &[&key.0]).await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let parties = rows.iter().map(|row| {
            Ok(FamilyPartyRow {
                child: row.value("subject_id")?,
                signal: SignalKey {
                    subject: row.value("shown_subject_id")?,
                    row: row.value("signal_id")?,
                },
                organisation: OrganisationKey(row.value("organisation_id")?),
                visible_at: row.value("visible_at")?,
                ends_at: row.value("ends_at")?,
                professional: Sealed(row.value("professional")?),
            })
        });
        Ok(Some(FamilyMatchRow {
            log_tag: first.tag("log_tag")?,
            parties: parties.collect::<Result<_, StoreError>>()?,
        }))
    }

    /// Notes that this organisation looked at family matches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn family_matches_viewed(&self, events: &[Event]) -> Result<(), StoreError> {
        self.record(events).await.map(drop)
    }
}

fn signal(row: &Row) -> Result<SignalKey, StoreError> {
    Ok(SignalKey {
        subject: row.value("subject_id")?,
        row: row.value("signal_id")?,
    })
}
