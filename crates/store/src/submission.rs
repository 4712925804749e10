//! The batched submission: many signals of many organisations in one transaction.
//!
//! Text and number of the statements do not depend on what is already known: a caller cannot tell from timing whether
//! a child was signalled before. Which statements find the children depends on what was sent alone: one tag each, or
//! several (two epochs of the partners' key, or a rotation that fills).

use std::collections::{HashMap, HashSet};

use domain::event::Event;
use domain::key::{OrganisationKey, SignalKey};
use domain::signal::Life;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::key_epochs::{TagKeys, epoch};
use crate::shared_tags::{SharedTags, shared_tags};
use crate::signal::{SignalLife, life_columns, suite};
use crate::statement::statements;
use crate::trace::Trace;
use crate::work::{Parameters, RowExt, Submit, Tx};

statements! {
    // Sorted, so that two batches lock common tags in one order. A known tag is updated to itself: that locks it, and
    // gives its child back by the same path on which a new child is born.
    Submit RESOLVE_SUBJECTS = "
        WITH resolved AS (
            INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, oprf_epoch, tag_epoch, sealed)
            SELECT t.tag, nextval('subject_id'), t.suite, t.kind, t.net_epoch, t.oprf_epoch, t.tag_epoch, t.sealed
              FROM unnest($1::bytea[] /* tags */, $2::smallint[] /* suites */, $3::smallint[] /* kinds */,
                          $4::smallint[] /* net epochs */, $5::smallint[] /* oprf epochs */,
                          $6::smallint[] /* tag epochs */, $7::bytea[] /* sealed tokens */)
                   AS t (tag, suite, kind, net_epoch, oprf_epoch, tag_epoch, sealed)
             ORDER BY t.tag
                ON CONFLICT (tag) DO UPDATE SET tag = excluded.tag
            RETURNING tag, subject_id),
        born AS (
            INSERT INTO subject (id, network_id)
            SELECT r.subject_id, $8 /* network */ FROM resolved r
                ON CONFLICT (id) DO NOTHING)
        SELECT tag, subject_id FROM resolved";
    // The same for several tags of one child. An unknown tag gets the number that a child of its signal would have; whose
    // it is follows when all are known, so the reference to the child is checked at the end of the transaction.
    Submit RESOLVE_TAGS = "
        WITH newborn AS MATERIALIZED (
            SELECT place, nextval('subject_id') AS id FROM generate_series(0, $8::int /* signals */ - 1) AS place),
        resolved AS (
            INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, oprf_epoch, tag_epoch, sealed)
            SELECT t.tag, n.id, t.suite, t.kind, t.net_epoch, t.oprf_epoch, t.tag_epoch, t.sealed
              FROM unnest($1::bytea[] /* tags */, $2::smallint[] /* suites */, $3::smallint[] /* kinds */,
                          $4::smallint[] /* net epochs */, $5::smallint[] /* oprf epochs */,
                          $6::smallint[] /* tag epochs */, $7::bytea[] /* sealed tokens */,
                          $9::int[] /* places of their signals */)
                   AS t (tag, suite, kind, net_epoch, oprf_epoch, tag_epoch, sealed, place)
              JOIN newborn n USING (place)
             ORDER BY t.tag
                ON CONFLICT (tag) DO UPDATE SET tag = excluded.tag
            RETURNING tag, subject_id)
        SELECT r.tag, r.subject_id, n.id IS NOT NULL AS is_new
          FROM resolved r LEFT JOIN newborn n ON n.id = r.subject_id";
    // Live tags of the children that were found, their own new ones among them, so that a known child gives as many rows
    // as an unknown one.
    Submit TAGS_OF_FOUND = "
        SELECT t.tag, t.subject_id, t.net_epoch FROM subject_tag t
         WHERE t.subject_id = ANY ($1::bigint[] /* subjects */)
           AND t.suite = $2 /* suite */ AND t.oprf_epoch IS NOT DISTINCT FROM $3::smallint /* oprf epoch */
           AND t.tag_epoch = $4 /* tag epoch */";
    Submit LINK_TAGS = "
        UPDATE subject_tag t SET subject_id = w.subject_id
          FROM unnest($1::bytea[] /* tags */, $2::bigint[] /* subjects */) AS w (tag, subject_id)
         WHERE t.tag = w.tag";
    Submit BEAR_SUBJECTS = "
        INSERT INTO subject (id, network_id)
        SELECT DISTINCT s.id, $2::smallint /* network */ FROM unnest($1::bigint[] /* subjects */) AS s (id)
            ON CONFLICT (id) DO NOTHING";
    Submit INSERT_SIGNALS = "
        INSERT INTO signal (subject_id, id, organisation_id, state, basis, submitted_at, planned_end, expires_at,
                            destroy_by, destroy_at, sleeps_until, paused_from, archive_from, archive_until, suite,
                            blinded_by_client, professional, professional_key, delegate_id, log_tag)
        SELECT s.subject_id, nextval('signal_id'), s.organisation_id,
               CASE WHEN s.sleeps_until IS NULL THEN 'active' ELSE 'sleeping' END,
               CASE WHEN s.sleeps_until IS NULL THEN 'notify' ELSE 'consent_first' END, $1 /* now */, s.planned_end,
               s.expires_at, s.destroy_by, s.destroy_at, s.sleeps_until, s.paused_from, s.archive_from, s.archive_until,
               s.suite, s.blinded, s.professional, s.professional_key, s.delegate_id, s.log_tag
          FROM unnest($2::bigint[] /* subjects */, $3::int[] /* organisations */, $4::date[] /* planned ends */,
                      $5::timestamptz[] /* expiries */, $6::date[] /* destroy-by months */,
                      $7::smallint[] /* suites */, $8::boolean[] /* blinded by client */,
                      $9::bytea[] /* professionals */, $10::uuid[] /* log tags */,
                      $11::timestamptz[] /* destroyed at */, $12::timestamptz[] /* asleep until */,
                      $13::timestamptz[] /* paused from */, $14::timestamptz[] /* archive from */,
                      $15::timestamptz[] /* archive until */, $16::bytea[] /* keys of professionals */,
                      $17::int[] /* delegates */)
               AS s (subject_id, organisation_id, planned_end, expires_at, destroy_by, suite, blinded, professional,
                     log_tag, destroy_at, sleeps_until, paused_from, archive_from, archive_until, professional_key,
                     delegate_id)
         ORDER BY s.subject_id
            ON CONFLICT (subject_id, organisation_id) WHERE state IN ('sleeping', 'active', 'paused') DO NOTHING
        RETURNING subject_id, organisation_id";
    // By the child, who has few. `+ 0` keeps the planner from an index that begins with the organisation, which has many: while
    // the table is young both look alike to it.
    Submit LIVING_SIGNALS = concat!("
        SELECT g.subject_id, coalesce(m.subject_id, g.subject_id) AS shown_subject_id, g.id, g.organisation_id, g.suite,
               g.blinded_by_client, g.delegate_id, ", life_columns!(), "
          FROM unnest($1::bigint[] /* subjects */, $2::int[] /* organisations */) AS w (subject_id, organisation_id)
          JOIN signal g ON g.subject_id = w.subject_id AND g.organisation_id + 0 = w.organisation_id
          LEFT JOIN moved_signal m ON m.to_subject_id = g.subject_id AND m.id = g.id
         WHERE g.state IN ('sleeping', 'active', 'paused')");
    Submit INSERT_TASKS = "
        INSERT INTO match_task (subject_id, met_subject_id, organisation_id)
        SELECT * FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* met */, $3::int[] /* organisations */)";
    Submit OWN_SUBJECTS = "
        SELECT w.place, g.subject_id, g.log_tag
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* rows */) WITH ORDINALITY AS w (subject_id, id, place)
          LEFT JOIN moved_signal m ON m.subject_id = w.subject_id AND m.id = w.id
         CROSS JOIN LATERAL (SELECT own.subject_id, own.log_tag FROM signal own
                              WHERE own.subject_id = coalesce(m.to_subject_id, w.subject_id) AND own.id = w.id
                                AND own.organisation_id + 0 = $1 /* organisation */ AND own.state <> 'moved'
                                FOR KEY SHARE) AS g
         ORDER BY w.place";
}

/// A tag under which a child is known, with the token sealed for a later key rotation.
#[derive(Clone)]
pub struct NewTag {
    /// Keyed hash of the token.
    pub tag: [u8; 32],
    /// Kind of identifier.
    pub kind: u8,
    /// Epoch of `K_net`.
    pub net_epoch: u16,
    /// The keys it was made under.
    pub keys: TagKeys,
    /// Whether these keys are the live ones; else those of the next epoch, which nobody looks up yet.
    pub live: bool,
    /// The token, sealed to the lift key.
    pub sealed: Vec<u8>,
}

/// Whose child a signal is about, as it was sent.
#[derive(Clone)]
pub enum Whose {
    /// That of these tags: live ones from the oldest epoch of `K_net` to the newest, one at least, then those of the next
    /// keys.
    Tags(Vec<NewTag>),
    /// A client without a BSN: keyed hash of the organisation and its own reference.
    Reference([u8; 32]),
}

/// A signal to be stored. Nothing about the child but its tags.
pub struct NewSignal {
    /// Whose child.
    pub whose: Whose,
    /// What else it came with: the service key of a child without a BSN, pseudonyms of guardians.
    pub shared: Vec<SharedTags>,
    /// Suite of the live tags.
    pub suite: u8,
    /// Whether the partner itself blinded the token.
    pub blinded_by_client: bool,
    /// Who gives it; from the verified access token.
    pub organisation: OrganisationKey,
    /// Who gives it on behalf of that organisation, if another does.
    pub delegate: Option<OrganisationKey>,
    /// Its life, as weighed by the covenant.
    pub life: SignalLife,
    /// Reference and work contact, encrypted.
    pub professional: Sealed,
    /// Keyed hash of organisation and reference.
    pub professional_key: [u8; 16],
    /// Its random name in the log.
    pub log_tag: u128,
    /// The trace of the request that gives it: many share a transaction.
    pub trace: Option<Trace>,
}

/// A signal as it stands after submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmittedSignal {
    /// The key its public id is made of: that under which it was given out.
    pub key: SignalKey,
    /// Whether this submission made it; else the organisation already had one for this child.
    pub is_new: bool,
    /// Its life.
    pub life: SignalLife,
    /// Suite of the token.
    pub suite: u8,
    /// Whether the client blinded it.
    pub blinded_by_client: bool,
    /// Who gave it on behalf of the organisation, if another did.
    pub delegate: Option<OrganisationKey>,
}

/// Whose child a signal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The child.
    pub(crate) subject: i64,
    /// The child to which a newer tag led; the same, unless two are known for what was sent.
    pub(crate) met: i64,
}

impl Tx<'_, Submit> {
    /// Stores these signals and gives them back in the order given. `events` are their leaves, used for those that are
    /// new: of two signals of one organisation about one child, the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submit(
        &self,
        signals: &[NewSignal],
        events: &[Event],
    ) -> Result<Vec<SubmittedSignal>, StoreError> {
        let resolved = self.resolve_children(signals).await?;
        let subjects: Vec<i64> = resolved.iter().map(|resolved| resolved.subject).collect();
        let organisations: Vec<i32> = signals.iter().map(|signal| signal.organisation.0).collect();
        let (mut new, living) = self
            .insert_signals(signals, &resolved, &subjects, &organisations)
            .await?;

        let mut submitted = Vec::with_capacity(signals.len());
        let mut fresh_events = Vec::new();
        let mut traces = Vec::new();
        let mut came = Vec::new();
        let all = subjects.iter().zip(&organisations).zip(events).zip(signals);
        for (((subject, organisation), event), new_signal) in all {
            let pair = (*subject, *organisation);
            let mut signal = *living
                .get(&pair)
                .ok_or(StoreError::Column { column: "subject_id" })?;
            signal.is_new = new.remove(&pair);
            if signal.is_new {
                fresh_events.push(event.clone());
                traces.push(new_signal.trace);
                came.push((signal.key, new_signal.shared.as_slice()));
            }
            submitted.push(signal);
        }
        self.insert_circles(&came).await?;
        self.record_for(&fresh_events, &traces).await?;
        Ok(submitted)
    }

    /// Links further tags to the children of signals that this organisation has, and records it; where a tag is known as
    /// another child's the matcher is told. Gives for each signal its name in the log, if there is such a one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resubmit(
        &self,
        organisation: OrganisationKey,
        signals: &[(SignalKey, Vec<NewTag>)],
        event: impl Fn(u128) -> Event,
    ) -> Result<Vec<Option<u128>>, StoreError> {
        let subjects: Vec<i64> = signals.iter().map(|(key, _)| key.subject).collect();
        let rows: Vec<i64> = signals.iter().map(|(key, _)| key.row).collect();
        let mut found = vec![None; signals.len()];
        let (mut tags, mut known, mut events) = (Vec::new(), Vec::new(), Vec::new());
        let own = self
            .rows(&OWN_SUBJECTS, &[&organisation.0, &subjects, &rows])
            .await?;
        let subjects: Vec<i64> = own
            .iter()
            .map(|row| row.value("subject_id"))
            .collect::<Result<_, _>>()?;
        let referred = self.referred_subjects(&subjects).await?;
        let mut shared: Vec<(SignalKey, Vec<SharedTags>)> = Vec::new();
        for (row, subject) in own.iter().zip(subjects) {
            let place = usize::try_from(row.value::<i64>("place")? - 1).unwrap_or(usize::MAX);
            let (Some(found), Some((key, sent))) = (found.get_mut(place), signals.get(place)) else {
                return Err(StoreError::Column { column: "place" });
            };
            // A signal keeps to the kind of identifier it was given with.
            let is_shared = sent.iter().any(|tag| tag.kind == SERVICE_KEY);
            if is_shared != referred.contains(&subject) {
                continue;
            }
            let log_tag = row.tag("log_tag")?;
            *found = Some(log_tag);
            events.push(event(log_tag));
            if is_shared {
                let key = SignalKey { subject, ..*key };
                shared.push((key, shared_tags(sent)));
            } else {
                tags.push(sent.as_slice());
                known.push(Some(subject));
            }
        }
        if !tags.is_empty() {
            let resolved = self.resolve_tags(&tags, &known).await?;
            self.insert_tasks(&resolved, &vec![organisation.0; resolved.len()])
                .await?;
        }
        let came: Vec<(SignalKey, &[SharedTags])> =
            shared.iter().map(|(key, tags)| (*key, tags.as_slice())).collect();
        self.insert_circles(&came).await?;
        self.record(&events).await?;
        Ok(found)
    }

    /// Lets the matcher look at these children, and at what their tokens said of others.
    pub(crate) async fn insert_tasks(
        &self,
        resolved: &[Resolved],
        organisations: &[i32],
    ) -> Result<(), StoreError> {
        let subjects: Vec<i64> = resolved.iter().map(|resolved| resolved.subject).collect();
        let met: Vec<i64> = resolved.iter().map(|resolved| resolved.met).collect();
        self.change_exactly(&INSERT_TASKS, resolved.len(), &[&subjects, &met, &organisations])
            .await
    }

    /// Finds or makes the child of each signal: by its tags, or by its organisation's own reference.
    async fn resolve_children(&self, signals: &[NewSignal]) -> Result<Vec<Resolved>, StoreError> {
        let (mut tags, mut references) = (Vec::new(), Vec::new());
        for signal in signals {
            match &signal.whose {
                Whose::Tags(sent) => tags.push(sent.as_slice()),
                Whose::Reference(reference) => references.push((*reference, signal.organisation.0)),
            }
        }
        let mut tagged = match tags.is_empty() {
            true => Vec::new(),
            false => self.resolve(&tags).await?,
        }
        .into_iter();
        let referred = self.resolve_references(&references).await?;
        signals
            .iter()
            .map(|signal| match &signal.whose {
                Whose::Tags(_) => tagged.next().ok_or(StoreError::Column { column: "tag" }),
                Whose::Reference(reference) => {
                    let subject = *referred
                        .get(reference)
                        .ok_or(StoreError::Column { column: "reference" })?;
                    Ok(Resolved {
                        subject,
                        met: subject,
                    })
                }
            })
            .collect()
    }

    async fn resolve(&self, signals: &[&[NewTag]]) -> Result<Vec<Resolved>, StoreError> {
        if signals.iter().any(|tags| tags.len() > 1) {
            let first: Vec<Option<i64>> = vec![None; signals.len()];
            return self.resolve_tags(signals, &first).await;
        }
        let columns = TagColumns::of(signals);
        let rows = self
            .rows(
                &RESOLVE_SUBJECTS,
                &[
                    &columns.tags,
                    &columns.suites,
                    &columns.kinds,
                    &columns.net_epochs,
                    &columns.oprf_epochs,
                    &columns.tag_epochs,
                    &columns.sealed,
                    &self.store().network().0,
                ],
            )
            .await?;
        let mut subject_of: HashMap<[u8; 32], i64> = HashMap::with_capacity(rows.len());
        for row in &rows {
            subject_of.insert(row.bytes("tag")?, row.value("subject_id")?);
        }
        signals
            .iter()
            .map(|tags| {
                let tag = tags.first().ok_or(StoreError::Column { column: "tag" })?;
                let subject = *subject_of
                    .get(&tag.tag)
                    .ok_or(StoreError::Column { column: "tag" })?;
                Ok(Resolved {
                    subject,
                    met: subject,
                })
            })
            .collect()
    }

    /// Finds or makes the child of each signal, and links its unknown tags to it. Where the child is known already
    /// (`known`), its tags are linked to that one.
    pub(crate) async fn resolve_tags(
        &self,
        signals: &[&[NewTag]],
        known: &[Option<i64>],
    ) -> Result<Vec<Resolved>, StoreError> {
        let columns = TagColumns::of(signals);
        let count = i32::try_from(signals.len()).map_err(|_| StoreError::Column { column: "place" })?;
        let rows = self
            .rows(
                &RESOLVE_TAGS,
                &[
                    &columns.tags,
                    &columns.suites,
                    &columns.kinds,
                    &columns.net_epochs,
                    &columns.oprf_epochs,
                    &columns.tag_epochs,
                    &columns.sealed,
                    &count,
                    &columns.places,
                ],
            )
            .await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let tag: [u8; 32] = row.bytes("tag")?;
            found.insert(
                tag,
                Found {
                    subject: row.value("subject_id")?,
                    is_new: row.value("is_new")?,
                },
            );
        }
        let mut epochs = self.epochs_of(signals, known, &found).await?;
        let resolved = follow(signals, known, &mut found, &mut epochs)?;
        let linked: Vec<i64> = columns
            .tags
            .iter()
            .map(|tag| found.get(*tag).map(|found| found.subject))
            .collect::<Option<_>>()
            .ok_or(StoreError::Column { column: "tag" })?;
        // Every tag, known or not: what is written does not tell them apart.
        self.change_exactly(&LINK_TAGS, linked.len(), &[&columns.tags, &linked])
            .await?;
        self.change(&BEAR_SUBJECTS, &[&linked, &self.store().network().0])
            .await?;
        Ok(resolved)
    }

    /// The live tags that the found children had before.
    async fn epochs_of(
        &self,
        signals: &[&[NewTag]],
        known: &[Option<i64>],
        found: &HashMap<[u8; 32], Found>,
    ) -> Result<Epochs, StoreError> {
        let mut live = signals.iter().flat_map(|tags| tags.iter()).filter(|tag| tag.live);
        let keys = live.next().ok_or(StoreError::Column { column: "tag" })?.keys;
        let mut subjects: Vec<i64> = found.values().map(|found| found.subject).collect();
        subjects.extend(known.iter().flatten());
        subjects.sort_unstable();
        subjects.dedup();
        let parameters: Parameters<'_> = &[
            &subjects,
            &i16::from(keys.suite),
            &keys.oprf_epoch.map(u16::cast_signed),
            &keys.tag_epoch.cast_signed(),
        ];
        let mut epochs = Epochs::default();
        for row in &self.rows(&TAGS_OF_FOUND, parameters).await? {
            let tag = row.bytes("tag")?;
            if !found.get(&tag).is_some_and(|found| found.is_new) {
                epochs.add(row.value("subject_id")?, epoch(row, "net_epoch")?, tag);
            }
        }
        Ok(epochs)
    }

    /// Inserts the signals and their tasks; gives which are new, and what each organisation has about its child after that.
    async fn insert_signals(
        &self,
        signals: &[NewSignal],
        resolved: &[Resolved],
        all_subjects: &[i64],
        all_organisations: &[i32],
    ) -> Result<(HashSet<(i64, i32)>, HashMap<(i64, i32), SubmittedSignal>), StoreError> {
        // One for each organisation and child, or it would depend on the order of rows which of two is stored.
        let mut pairs = HashSet::with_capacity(signals.len());
        let first: Vec<(i64, i32, &NewSignal)> = all_subjects
            .iter()
            .zip(all_organisations)
            .zip(signals)
            .filter(|((subject, organisation), _)| pairs.insert((**subject, **organisation)))
            .map(|((subject, organisation), signal)| (*subject, *organisation, signal))
            .collect();
        let subjects: Vec<i64> = first.iter().map(|(subject, ..)| *subject).collect();
        let organisations: Vec<i32> = first.iter().map(|(_, organisation, _)| *organisation).collect();
        let signals: Vec<&NewSignal> = first.iter().map(|(.., signal)| *signal).collect();
        let lives: Vec<&SignalLife> = signals.iter().map(|signal| &signal.life).collect();
        let facts: Vec<&Life> = lives.iter().map(|life| &life.facts).collect();
        let planned_ends: Vec<Date> = lives.iter().map(|life| life.planned_end).collect();
        let months: Vec<Date> = lives.iter().map(|life| life.destroy_by).collect();
        let expiries: Vec<Timestamp> = facts.iter().map(|life| life.expires_at).collect();
        let destroyed: Vec<Timestamp> = facts.iter().map(|life| life.destroy_at).collect();
        let asleep: Vec<Option<Timestamp>> = facts.iter().map(|life| life.sleeps_until).collect();
        let paused: Vec<Option<Timestamp>> = facts.iter().map(|life| life.paused_from).collect();
        let archived: Vec<Timestamp> = facts.iter().map(|life| life.archive.from).collect();
        let kept: Vec<Timestamp> = facts.iter().map(|life| life.archive.until).collect();
        let delegates: Vec<Option<i32>> = signals
            .iter()
            .map(|signal| signal.delegate.map(|delegate| delegate.0))
            .collect();
        let professional_keys: Vec<&[u8]> = signals
            .iter()
            .map(|signal| signal.professional_key.as_slice())
            .collect();
        let suites: Vec<i16> = signals.iter().map(|signal| i16::from(signal.suite)).collect();
        let blinded: Vec<bool> = signals.iter().map(|signal| signal.blinded_by_client).collect();
        let professionals: Vec<&[u8]> = signals
            .iter()
            .map(|signal| signal.professional.0.as_slice())
            .collect();
        let log_tags: Vec<Uuid> = signals
            .iter()
            .map(|signal| Uuid::from_u128(signal.log_tag))
            .collect();
        let now = self.now();
        let signal_columns: Parameters<'_> = &[
            &now,
            &subjects,
            &organisations,
            &planned_ends,
            &expiries,
            &months,
            &suites,
            &blinded,
            &professionals,
            &log_tags,
            &destroyed,
            &asleep,
            &paused,
            &archived,
            &kept,
            &professional_keys,
            &delegates,
        ];
        let met: Vec<i64> = resolved.iter().map(|resolved| resolved.met).collect();
        let [inserted, living, tasks] = self
            .together([
                (&INSERT_SIGNALS, signal_columns),
                (&LIVING_SIGNALS, &[&all_subjects, &all_organisations]),
                (&INSERT_TASKS, &[&all_subjects, &met, &all_organisations]),
            ])
            .await?;
        tasks.exactly(resolved.len())?;
        let new = inserted
            .rows
            .iter()
            .map(|row| Ok((row.value("subject_id")?, row.value("organisation_id")?)))
            .collect::<Result<_, StoreError>>()?;
        Ok((new, Self::living(&living.rows)?))
    }

    fn living(rows: &[Row]) -> Result<HashMap<(i64, i32), SubmittedSignal>, StoreError> {
        let mut living = HashMap::with_capacity(rows.len());
        for row in rows {
            let subject = row.value("subject_id")?;
            let signal = SubmittedSignal {
                key: SignalKey {
                    subject: row.value("shown_subject_id")?,
                    row: row.value("id")?,
                },
                is_new: false,
                life: SignalLife::read(row)?,
                suite: suite(row)?,
                blinded_by_client: row.value("blinded_by_client")?,
                delegate: row.value::<Option<i32>>("delegate_id")?.map(OrganisationKey),
            };
            living.insert((subject, row.value("organisation_id")?), signal);
        }
        Ok(living)
    }
}

/// The kind of a child's token that several children may share.
const SERVICE_KEY: u8 = 0x10;

/// What stands behind a tag.
#[derive(Clone, Copy)]
struct Found {
    subject: i64,
    is_new: bool,
}

/// Which live tag a child has in which epoch of `K_net`. A child has one identifier and so one tag in an epoch: another in
/// the same epoch is another child's, whatever the sender says.
#[derive(Default)]
struct Epochs(HashMap<(i64, u16), HashSet<[u8; 32]>>);

impl Epochs {
    fn add(&mut self, subject: i64, net_epoch: u16, tag: [u8; 32]) {
        self.0.entry((subject, net_epoch)).or_default().insert(tag);
    }

    /// Whether the child has a tag in this one's epoch, and not this one.
    fn contradict(&self, subject: i64, tag: &NewTag) -> bool {
        let tags = self.0.get(&(subject, tag.net_epoch));
        tags.is_some_and(|tags| !tags.contains(&tag.tag))
    }
}

/// Decides signal by signal, in the order given, as if each came alone. The child is that of its oldest live tag that is
/// known, unless that child has another tag in a still older epoch; then it is one that nobody knew.
///
/// Its unknown tags are that child's from then on, but where it has another one in the same epoch: such a tag becomes a
/// child of its own. Else whoever has a signal about one child could send a token of another child for it and so draw
/// everybody's signals about that one to the first; or learn, from whether it then has a signal about the other one,
/// whether anybody knew that one before.
fn follow(
    signals: &[&[NewTag]],
    known: &[Option<i64>],
    found: &mut HashMap<[u8; 32], Found>,
    epochs: &mut Epochs,
) -> Result<Vec<Resolved>, StoreError> {
    let lost = || StoreError::Column { column: "tag" };
    let mut resolved = Vec::with_capacity(signals.len());
    for (tags, known) in signals.iter().zip(known) {
        let live: Vec<(&NewTag, Found)> = tags
            .iter()
            .filter(|tag| tag.live)
            .map(|tag| Some((tag, *found.get(&tag.tag)?)))
            .collect::<Option<_>>()
            .ok_or_else(lost)?;
        let mut children = live.iter().filter(|(_, found)| !found.is_new);
        let subject = match known {
            Some(subject) => *subject,
            None => {
                let agrees = |child: i64, net_epoch: u16| {
                    let mut older = live.iter().filter(|(tag, _)| tag.net_epoch < net_epoch);
                    older.all(|(tag, _)| !epochs.contradict(child, tag))
                };
                let oldest = children
                    .clone()
                    .find(|(tag, found)| agrees(found.subject, tag.net_epoch));
                let newborn = || live.iter().find(|(_, found)| found.is_new).or(live.first());
                oldest.or_else(newborn).ok_or_else(lost)?.1.subject
            }
        };
        let mut met = children
            .find(|(_, found)| found.subject != subject)
            .map(|(_, found)| found.subject);
        let mut owners: HashMap<u16, i64> = HashMap::with_capacity(live.len());
        for (tag, was) in live {
            let mut owner = was.subject;
            if was.is_new {
                if epochs.contradict(subject, tag) {
                    met = met.or(Some(owner));
                } else {
                    owner = subject;
                }
                epochs.add(owner, tag.net_epoch, tag.tag);
            }
            owners.insert(tag.net_epoch, owner);
        }
        for tag in *tags {
            let found = found.get_mut(&tag.tag).ok_or_else(lost)?;
            if found.is_new {
                *found = Found {
                    // A tag of the next keys is whose that of the live keys is.
                    subject: *owners.get(&tag.net_epoch).ok_or_else(lost)?,
                    is_new: false,
                };
            }
        }
        resolved.push(Resolved {
            subject,
            met: met.unwrap_or(subject),
        });
    }
    Ok(resolved)
}

/// The distinct tags of many signals, in their order, as columns.
struct TagColumns<'t> {
    tags: Vec<&'t [u8]>,
    suites: Vec<i16>,
    kinds: Vec<i16>,
    net_epochs: Vec<i16>,
    oprf_epochs: Vec<Option<i16>>,
    tag_epochs: Vec<i16>,
    sealed: Vec<&'t [u8]>,
    /// The first signal that has the tag.
    places: Vec<i32>,
}

impl<'t> TagColumns<'t> {
    fn of(signals: &[&'t [NewTag]]) -> Self {
        // Distinct: ON CONFLICT DO UPDATE refuses to touch one row twice in a statement.
        let mut distinct: Vec<(i32, &NewTag)> = (0..)
            .zip(signals)
            .flat_map(|(place, tags)| tags.iter().map(move |tag| (place, tag)))
            .collect();
        distinct.sort_by_key(|(place, tag)| (tag.tag, *place));
        distinct.dedup_by_key(|(_, tag)| tag.tag);
        let tags = || distinct.iter().map(|(_, tag)| *tag);
        Self {
            tags: tags().map(|tag| tag.tag.as_slice()).collect(),
            suites: tags().map(|tag| i16::from(tag.keys.suite)).collect(),
            kinds: tags().map(|tag| i16::from(tag.kind)).collect(),
            net_epochs: tags().map(|tag| tag.net_epoch.cast_signed()).collect(),
            oprf_epochs: tags()
                .map(|tag| tag.keys.oprf_epoch.map(u16::cast_signed))
                .collect(),
            tag_epochs: tags().map(|tag| tag.keys.tag_epoch.cast_signed()).collect(),
            sealed: tags().map(|tag| tag.sealed.as_slice()).collect(),
            places: distinct.iter().map(|(place, _)| *place).collect(),
        }
    }
}

#[cfg(test)]
mod contradictions;
#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: TagKeys = TagKeys {
        suite: 1,
        oprf_epoch: None,
        tag_epoch: 1,
    };

    /// Tags 1 and 2 are of the first epoch of the partners' key, 3 and 4 of the second.
    fn epoch_of(number: u8) -> u16 {
        if number <= 2 { 1 } else { 2 }
    }

    fn tags(numbers: &[u8]) -> Vec<NewTag> {
        let tag = |number: &u8| NewTag {
            tag: [*number; 32],
            kind: 1,
            net_epoch: epoch_of(*number),
            keys: KEYS,
            live: true,
            sealed: Vec::new(),
        };
        numbers.iter().map(tag).collect()
    }

    /// Follows these signals; `known` are tags and their children. New ones get `newborn` and the place of their signal.
    fn followed(
        signals: &[&[u8]],
        known: &HashMap<u8, i64>,
        newborn: i64,
    ) -> (Vec<Resolved>, HashMap<u8, i64>) {
        let sent: Vec<Vec<NewTag>> = signals.iter().map(|numbers| tags(numbers)).collect();
        let sent: Vec<&[NewTag]> = sent.iter().map(Vec::as_slice).collect();
        let columns = TagColumns::of(&sent);
        let mut found: HashMap<[u8; 32], Found> = HashMap::new();
        for (tag, place) in columns.tags.iter().zip(&columns.places) {
            let known = known.get(&tag[0]);
            let stands = Found {
                subject: known.copied().unwrap_or(newborn + i64::from(*place)),
                is_new: known.is_none(),
            };
            found.insert((*tag).try_into().unwrap(), stands);
        }
        let mut epochs = Epochs::default();
        for (number, subject) in known {
            epochs.add(*subject, epoch_of(*number), [*number; 32]);
        }
        let resolved = follow(&sent, &vec![None; sent.len()], &mut found, &mut epochs).unwrap();
        let mut after = known.clone();
        after.extend(found.into_iter().map(|(tag, found)| (tag[0], found.subject)));
        (resolved, after)
    }

    #[test]
    fn the_oldest_known_tag_says_whose_child_it_is() {
        let of = |known: &[(u8, i64)]| {
            let (resolved, after) = followed(&[&[1, 3]], &known.iter().copied().collect(), 100);
            (resolved[0].subject, resolved[0].met, after[&1], after[&3])
        };
        assert_eq!(of(&[]), (100, 100, 100, 100));
        assert_eq!(of(&[(1, 5)]), (5, 5, 5, 5));
        assert_eq!(of(&[(3, 7)]), (7, 7, 7, 7));
        assert_eq!(
            of(&[(1, 5), (3, 7)]),
            (5, 7, 5, 7),
            "the other is met and keeps its tag"
        );
    }

    /// Every batch of three signals with a tag of each epoch, whatever is known.
    #[test]
    fn a_batch_gives_what_one_by_one_gives() {
        let pairs = [[1_u8, 3], [1, 4], [2, 3], [2, 4]];
        for known in 0..16_u8 {
            let known: HashMap<u8, i64> = (1..=4)
                .filter(|number| known & (1 << (number - 1)) != 0)
                .map(|number| (number, i64::from(number)))
                .collect();
            for place in 0..64_usize {
                let all: [&[u8]; 3] = [&pairs[place % 4], &pairs[place / 4 % 4], &pairs[place / 16]];
                let (at_once, tags_at_once) = followed(&all, &known, 100);
                let (mut alone, mut tags_alone) = (Vec::new(), known.clone());
                for (signal, newborn) in all.iter().zip([1000, 2000, 3000]) {
                    let (resolved, after) = followed(&[*signal], &tags_alone, newborn);
                    alone.extend(resolved);
                    tags_alone = after;
                }
                // New children have other numbers; else all is the same.
                let mut names: HashMap<i64, i64> = HashMap::new();
                let mut same = |alone: i64, at_once: i64| {
                    assert_eq!(alone < 100, at_once < 100, "{all:?} {known:?}");
                    assert_eq!(
                        *names.entry(alone).or_insert(at_once),
                        at_once,
                        "{all:?} {known:?}"
                    );
                };
                for (alone, at_once) in alone.iter().zip(&at_once) {
                    same(alone.subject, at_once.subject);
                    same(alone.met, at_once.met);
                }
                for (tag, subject) in tags_alone {
                    same(subject, tags_at_once[&tag]);
                }
                let distinct: HashSet<i64> = names.values().copied().collect();
                assert_eq!(distinct.len(), names.len(), "{all:?} {known:?}");
            }
        }
    }
}
