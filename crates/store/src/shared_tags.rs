//! Tags of tokens that several children may share: of service keys and of guardians. Such a tag leads to a *circle*, the
//! signals that came with the same token, and never to a child.
//!
//! A child without a BSN is found by the organisation's own reference instead. As for children with one, text and number of
//! the statements depend on what was sent and not on what is known.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::key::SignalKey;

use crate::error::StoreError;
use crate::statement::statements;
use crate::submission::NewTag;
use crate::work::{Matcher, RowExt, Submit, Tx};

statements! {
    // Sorted, and a known reference updated to itself, for the same reasons as tags.
    Submit RESOLVE_REFERENCES = "
        WITH resolved AS (
            INSERT INTO client_reference (reference, subject_id, organisation_id)
            SELECT r.reference, nextval('subject_id'), r.organisation_id
              FROM unnest($1::bytea[] /* references */, $2::int[] /* organisations */) AS r (reference, organisation_id)
             ORDER BY r.reference
                ON CONFLICT (reference) DO UPDATE SET reference = excluded.reference
            RETURNING reference, subject_id),
        born AS (
            INSERT INTO subject (id, network_id)
            SELECT r.subject_id, $3 /* network */ FROM resolved r
                ON CONFLICT (id) DO NOTHING)
        SELECT reference, subject_id FROM resolved";
    Submit RESOLVE_CIRCLES = "
        INSERT INTO shared_tag (kind, tag, circle_id, network_id, suite, net_epoch, oprf_epoch, tag_epoch, sealed)
        SELECT t.kind, t.tag, nextval('circle_id'), $8 /* network */, t.suite, t.net_epoch, t.oprf_epoch, t.tag_epoch,
               t.sealed
          FROM unnest($1::bytea[] /* tags */, $2::smallint[] /* kinds */, $3::smallint[] /* suites */,
                      $4::smallint[] /* net epochs */, $5::smallint[] /* oprf epochs */,
                      $6::smallint[] /* tag epochs */, $7::bytea[] /* sealed tokens */)
               AS t (tag, kind, suite, net_epoch, oprf_epoch, tag_epoch, sealed)
         ORDER BY t.kind, t.tag
            ON CONFLICT (kind, tag) DO UPDATE SET tag = excluded.tag
        RETURNING tag, circle_id";
    // A tag of the next keys is of the circle that the live one of its token is of.
    Submit INSERT_NEXT_TAGS = "
        INSERT INTO shared_tag (kind, tag, circle_id, network_id, suite, net_epoch, oprf_epoch, tag_epoch, sealed)
        SELECT t.kind, t.tag, t.circle_id, $8 /* network */, t.suite, t.net_epoch, t.oprf_epoch, t.tag_epoch, t.sealed
          FROM unnest($1::bytea[] /* tags */, $2::smallint[] /* kinds */, $3::smallint[] /* suites */,
                      $4::smallint[] /* net epochs */, $5::smallint[] /* oprf epochs */,
                      $6::smallint[] /* tag epochs */, $7::bytea[] /* sealed tokens */,
                      $9::bigint[] /* circles */)
               AS t (tag, kind, suite, net_epoch, oprf_epoch, tag_epoch, sealed, circle_id)
         ORDER BY t.kind, t.tag
            ON CONFLICT (kind, tag) DO UPDATE SET tag = excluded.tag";
    // A signal keeps the token it came with: of each epoch of the partners' key it takes one child's token, the first.
    Submit INSERT_SIGNAL_CIRCLES = "
        INSERT INTO signal_circle (subject_id, signal_id, circle_id, kind)
        SELECT n.subject_id, n.signal_id, n.circle_id, n.kind
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */, $3::bigint[] /* circles */,
                      $4::smallint[] /* kinds */, $5::smallint[] /* net epochs */)
               AS n (subject_id, signal_id, circle_id, kind, net_epoch)
         WHERE n.kind <> 16
            OR NOT EXISTS (SELECT FROM signal_circle c JOIN shared_tag t USING (circle_id)
                            WHERE c.subject_id = n.subject_id AND c.signal_id = n.signal_id AND c.kind = n.kind
                              AND t.kind = n.kind AND t.net_epoch = n.net_epoch)
            ON CONFLICT (subject_id, signal_id, circle_id) DO NOTHING";
    Submit REFERRED_SUBJECTS = "
        SELECT DISTINCT subject_id FROM client_reference WHERE subject_id = ANY ($1::bigint[] /* subjects */)";
    Submit INSERT_CIRCLE_TASKS = "
        INSERT INTO circle_task (circle_id) SELECT * FROM unnest($1::bigint[] /* circles */)";
    Matcher QUEUE_CIRCLES = "
        INSERT INTO circle_task (circle_id)
        SELECT DISTINCT circle_id FROM signal_circle WHERE subject_id = ANY ($1::bigint[] /* subjects */)";
    Matcher TAKE_CIRCLES = "
        DELETE FROM circle_task
         WHERE id = ANY (ARRAY (SELECT id FROM circle_task ORDER BY id LIMIT $1 /* limit */ FOR UPDATE SKIP LOCKED))
        RETURNING circle_id";
    // Every child that a circle's signals, or those of its family match, are about; of very many the first.
    Matcher CHILDREN_OF_CIRCLES = "
        SELECT DISTINCT n.subject_id
          FROM unnest($1::bigint[] /* circles */) AS w (circle_id)
         CROSS JOIN LATERAL (SELECT c.subject_id
                               FROM signal_circle c
                               JOIN signal g ON g.subject_id = c.subject_id AND g.id = c.signal_id
                              WHERE c.circle_id = w.circle_id AND g.state IN ('active', 'paused')
                              ORDER BY c.signal_id LIMIT $2 /* limit */) AS n
         UNION
        SELECT p.subject_id
          FROM family_match f JOIN family_match_party p ON p.family_match_id = f.id
         WHERE f.circle_id = ANY ($1) AND f.ended_at IS NULL";
    // Locked, so that a submission that found the tag is through: then its signal shows, and the tag stays.
    Matcher EMPTY_CIRCLES = "
        SELECT t.circle_id FROM shared_tag t
         WHERE t.circle_id = ANY ($1::bigint[] /* circles */)
           AND NOT EXISTS (SELECT FROM signal_circle c WHERE c.circle_id = t.circle_id)
           FOR UPDATE";
    Matcher FORGET_CIRCLES = "
        DELETE FROM shared_tag t
         WHERE t.circle_id = ANY ($1::bigint[] /* circles */)
           AND NOT EXISTS (SELECT FROM signal_circle c WHERE c.circle_id = t.circle_id)";
}

/// A token that several children may share: its live tag, then that of the next keys, if there are such.
pub type SharedTags = Vec<NewTag>;

/// The tags of one person's tokens, token by token: there is one for each epoch of the partners' key.
pub fn shared_tags(tags: &[NewTag]) -> Vec<SharedTags> {
    let mut tokens: BTreeMap<u16, SharedTags> = BTreeMap::new();
    for tag in tags {
        tokens.entry(tag.net_epoch).or_default().push(tag.clone());
    }
    tokens.into_values().collect()
}

impl Tx<'_, Submit> {
    /// Finds or makes the child of each of these references, in the order given.
    pub(crate) async fn resolve_references(
        &self,
        references: &[([u8; 32], i32)],
    ) -> Result<HashMap<[u8; 32], i64>, StoreError> {
        if references.is_empty() {
            return Ok(HashMap::new());
        }
        let distinct: BTreeSet<([u8; 32], i32)> = references.iter().copied().collect();
        let bytes: Vec<&[u8]> = distinct
            .iter()
            .map(|(reference, _)| reference.as_slice())
            .collect();
        let organisations: Vec<i32> = distinct.iter().map(|(_, organisation)| *organisation).collect();
        let rows = self
            .rows(
                &RESOLVE_REFERENCES,
                &[&bytes, &organisations, &self.store().network().0],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.bytes("reference")?, row.value("subject_id")?)))
            .collect()
    }

    /// Which of these children organisations know by references of their own: they came with service keys.
    pub(crate) async fn referred_subjects(&self, subjects: &[i64]) -> Result<HashSet<i64>, StoreError> {
        let rows = self.rows(&REFERRED_SUBJECTS, &[&subjects]).await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Puts signals into the circles of the tokens they came with. A child's token of an epoch in which its signal has
    /// another already changes nothing: nobody tries out one child after another with one signal.
    pub(crate) async fn insert_circles(&self, came: &[(SignalKey, &[SharedTags])]) -> Result<(), StoreError> {
        let tokens = || {
            came.iter()
                .flat_map(|(signal, tokens)| tokens.iter().map(move |tags| (*signal, tags)))
        };
        let live = |tags: &SharedTags| tags.iter().find(|tag| tag.live).cloned();
        let sent: Vec<NewTag> = tokens().filter_map(|(_, tags)| live(tags)).collect();
        if sent.is_empty() {
            return Ok(());
        }
        let columns = Columns::of(sent.iter().map(|tag| (tag, 0)));
        let rows = self
            .rows(&RESOLVE_CIRCLES, &columns.parameters(&self.store().network().0))
            .await?;
        let mut circles: HashMap<[u8; 32], i64> = HashMap::with_capacity(rows.len());
        for row in &rows {
            circles.insert(row.bytes("tag")?, row.value("circle_id")?);
        }
        let circle_of = circle_in(&circles);
        let next = tokens().flat_map(|(_, tags)| {
            let circle = circle_of(tags).map_or(0, |(_, circle)| circle);
            tags.iter().filter(|tag| !tag.live).map(move |tag| (tag, circle))
        });
        let columns = Columns::of(next);
        if !columns.tags.is_empty() {
            let network = self.store().network().0;
            let mut parameters = columns.parameters(&network);
            parameters.push(&columns.circles);
            self.change(&INSERT_NEXT_TAGS, &parameters).await?;
        }
        let (mut subjects, mut signals, mut joined) = (Vec::new(), Vec::new(), Vec::new());
        let (mut kinds, mut net_epochs) = (Vec::new(), Vec::new());
        for (signal, tags) in tokens() {
            let (tag, circle) = circle_of(tags).ok_or(StoreError::Column { column: "tag" })?;
            subjects.push(signal.subject);
            signals.push(signal.row);
            joined.push(circle);
            kinds.push(i16::from(tag.kind));
            net_epochs.push(tag.net_epoch.cast_signed());
        }
        self.change(
            &INSERT_SIGNAL_CIRCLES,
            &[&subjects, &signals, &joined, &kinds, &net_epochs],
        )
        .await?;
        // Also of a token that was not taken: its tag is forgotten again.
        self.change_exactly(&INSERT_CIRCLE_TASKS, joined.len(), &[&joined])
            .await
    }
}

impl Tx<'_, Matcher> {
    /// Lets the circles of these children be looked at: something changed in their signals.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue_circles(&self, subjects: &[i64]) -> Result<bool, StoreError> {
        Ok(self.change(&QUEUE_CIRCLES, &[&subjects]).await? > 0)
    }

    /// Takes at most `limit` circles.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_circles(&self, limit: i64) -> Result<Vec<i64>, StoreError> {
        let rows = self.rows(&TAKE_CIRCLES, &[&limit]).await?;
        let mut circles: Vec<i64> = rows
            .iter()
            .map(|row| row.value("circle_id"))
            .collect::<Result<_, _>>()?;
        circles.sort_unstable();
        circles.dedup();
        Ok(circles)
    }

    /// The children that signals of these circles are about, at most `limit` of each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn children_of_circles(&self, circles: &[i64], limit: i64) -> Result<Vec<i64>, StoreError> {
        let rows = self.rows(&CHILDREN_OF_CIRCLES, &[&circles, &limit]).await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Destroys the tags of those of these circles in which no signal is left; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_empty_circles(&self, circles: &[i64]) -> Result<u64, StoreError> {
        let rows = self.rows(&EMPTY_CIRCLES, &[&circles]).await?;
        let empty: Vec<i64> = rows
            .iter()
            .map(|row| row.value("circle_id"))
            .collect::<Result<_, _>>()?;
        match empty.is_empty() {
            true => Ok(0),
            false => self.change(&FORGET_CIRCLES, &[&empty]).await,
        }
    }
}

/// Distinct tags as columns, in their order: ON CONFLICT DO UPDATE refuses to touch one row twice in a statement.
struct Columns {
    tags: Vec<Vec<u8>>,
    kinds: Vec<i16>,
    suites: Vec<i16>,
    net_epochs: Vec<i16>,
    oprf_epochs: Vec<Option<i16>>,
    tag_epochs: Vec<i16>,
    sealed: Vec<Vec<u8>>,
    circles: Vec<i64>,
}

impl Columns {
    fn of<'t>(tags: impl Iterator<Item = (&'t NewTag, i64)>) -> Self {
        let mut distinct: Vec<(&NewTag, i64)> = tags.collect();
        distinct.sort_by_key(|(tag, _)| (tag.kind, tag.tag));
        distinct.dedup_by_key(|(tag, _)| (tag.kind, tag.tag));
        let tags = || distinct.iter().map(|(tag, _)| *tag);
        Self {
            tags: tags().map(|tag| tag.tag.to_vec()).collect(),
            kinds: tags().map(|tag| i16::from(tag.kind)).collect(),
            suites: tags().map(|tag| i16::from(tag.keys.suite)).collect(),
            net_epochs: tags().map(|tag| tag.net_epoch.cast_signed()).collect(),
            oprf_epochs: tags()
                .map(|tag| tag.keys.oprf_epoch.map(u16::cast_signed))
                .collect(),
            tag_epochs: tags().map(|tag| tag.keys.tag_epoch.cast_signed()).collect(),
            sealed: tags().map(|tag| tag.sealed.clone()).collect(),
            circles: distinct.iter().map(|(_, circle)| *circle).collect(),
        }
    }

    fn parameters<'c>(&'c self, network: &'c i16) -> Vec<&'c (dyn tokio_postgres::types::ToSql + Sync)> {
        vec![
            &self.tags,
            &self.kinds,
            &self.suites,
            &self.net_epochs,
            &self.oprf_epochs,
            &self.tag_epochs,
            &self.sealed,
            network,
        ]
    }
}

/// Finds the circle of a child's live tag.
fn circle_in(circles: &HashMap<[u8; 32], i64>) -> impl Fn(&SharedTags) -> Option<(&NewTag, i64)> {
    |tags| {
        let tag = tags.iter().find(|tag| tag.live)?;
        Some((tag, *circles.get(&tag.tag)?))
    }
}
