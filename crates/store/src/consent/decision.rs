//! What somebody decided takes hold, with everything that follows for other consents and for messages: in the matcher's
//! role, after the family's or the organisation's own transaction found out that they may.

use domain::event::Event;
use domain::key::{ConsentKey, CovenantKey, MatchKey, OrganisationKey, SignalKey, SignatoryKey};
use domain::signal::Archive;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    ConsentAbout, ConsentRow, SignatoryRow, SignedRecord, consent_columns, consent_row, signatory_row,
};
use crate::error::StoreError;
use crate::exchange::GoneContent;
use crate::statement::statements;
use crate::work::{Matcher, Parameters, RowExt, Tx};

statements! {
    Matcher SIGNATORY_CONSENT = "
        SELECT consent_id FROM signatory WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Matcher LOCK_CONSENT = concat!("
        SELECT ", consent_columns!(), "
          FROM consent WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ FOR UPDATE");
    Matcher SIGNATORIES_OF = "
        SELECT id, role, number, begins_at, decision, decided_at, assurance, method, language FROM signatory
         WHERE subject_id = $1 /* subject */ AND consent_id = $2 /* consent */ ORDER BY id";
    Matcher NAMED_IN = "
        SELECT p.organisation_id, o.public_id, o.covenant_id
          FROM consent_party p JOIN organisation o ON o.id = p.organisation_id
         WHERE p.subject_id = $1 /* subject */ AND p.consent_id = $2 /* consent */ ORDER BY p.organisation_id";
    Matcher CONSENT_MATCH = "
        SELECT state, log_tag FROM match_case WHERE subject_id = $1 /* subject */ AND id = $2 /* match */";
    Matcher CONSENT_MEMBERS = "
        SELECT organisation_id, joined_at FROM match_party
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND left_at IS NULL
         ORDER BY organisation_id";
    Matcher CONSENT_SIGNAL = "
        SELECT state, sleeps_until, log_tag FROM signal
         WHERE subject_id = $1 /* subject */ AND id = $2 /* signal */";
    // What hangs on consent ends with it. The archive counts from there.
    Matcher END_WITH_CONSENT = "
        UPDATE signal
           SET expires_at = $3 /* end */, planned_end = $4 /* day */, archive_from = $5 /* archive from */,
               archive_until = $6 /* archive until */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND expires_at > $3 AND state = 'sleeping'";
    Matcher DECIDE = "
        UPDATE signatory
           SET decision = $3 /* decision */, decided_at = $4 /* now */, assurance = $5 /* assurance */,
               method = $6 /* method */, recorded_by = $7 /* organisation */, recorded_on = $8 /* day */,
               language = $9 /* language */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND decision IS DISTINCT FROM $3";
    // With the words of the request as it is at this moment.
    Matcher NOTE_DECISION = "
        INSERT INTO signatory_decision (subject_id, id, signatory_id, decision, decided_at, text_version, language,
                                        assurance, method)
        SELECT s.subject_id, nextval('signatory_decision_id'), s.id, $3 /* decision */, $4 /* now */, c.text_version,
               coalesce($5 /* language */, c.language), $6 /* assurance */, $7 /* method */
          FROM signatory s JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
         WHERE s.subject_id = $1 /* subject */ AND s.id = $2 /* row */";
    Matcher SIGN = "
        UPDATE consent SET state = 'partially_given'
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    Matcher GIVE = "
        UPDATE consent
           SET state = 'given', decided_at = $3 /* now */,
               valid_until = $4 /* valid until */, record = $5 /* record */, record_hash = $6 /* hash */,
               record_signature = $7 /* signature */, record_key = $8 /* key */, boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    // Everybody who must agreed, where the portal's key is not.
    Matcher CONSENTS_TO_SIGN = "
        SELECT c.subject_id, c.id FROM consent c
         WHERE c.state = 'partially_given' AND c.answer_by > $1 /* now */
           AND c.subject_id <> ALL ($3::bigint[] /* set aside */)
           AND NOT EXISTS (SELECT FROM signatory s
                            WHERE s.subject_id = c.subject_id AND s.consent_id = c.id AND s.begins_at IS NULL
                              AND s.decision IS DISTINCT FROM 'agreed')
         ORDER BY c.subject_id, c.id LIMIT $2 /* limit */";
    Matcher REFUSE = "
        UPDATE consent SET state = 'refused', decided_at = $3 /* now */, boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    // Who would have had to sign from a birthday on will not be asked by this request, and that it was near is forgotten.
    Matcher FORGET_LATER = "
        DELETE FROM signatory
         WHERE subject_id = $1 /* subject */ AND consent_id = ANY ($2::bigint[] /* consents */)
           AND begins_at IS NOT NULL";
    Matcher WITHDRAW = "
        UPDATE consent SET state = 'withdrawn', withdrawn_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'given'";
    Matcher STANDING_OTHERS = "
        SELECT c.id, c.log_tag,
               ARRAY(SELECT p.organisation_id FROM consent_party p
                      WHERE p.subject_id = c.subject_id AND p.consent_id = c.id) AS parties
          FROM consent c
         WHERE c.subject_id = $1 /* subject */ AND c.match_id = $2 /* match */ AND c.id <> $3 /* row */
           AND c.state = 'given' AND c.valid_until > $4 /* now */
         ORDER BY c.id FOR UPDATE OF c";
    Matcher REPLACE = "
        UPDATE consent SET state = 'replaced', replaced_by = $3 /* successor */
         WHERE subject_id = $1 /* subject */ AND id = ANY ($2::bigint[] /* rows */) AND state = 'given'";
    // Under this consent, or under one whose place it took, directly or through others. What was sealed under a consent
    // that stands on its own stays.
    Matcher DESTROY_CONTENT_UNDER = "
        WITH RECURSIVE under (id) AS (
            SELECT $2::bigint /* consent */
            UNION SELECT c.id FROM under u JOIN consent c ON c.subject_id = $1 AND c.replaced_by = u.id)
        UPDATE message m SET ciphertext = NULL, destroyed_at = $3 /* now */
         WHERE m.subject_id = $1 /* subject */ AND m.consent_id IN (SELECT id FROM under)
           AND m.acknowledged_at IS NULL AND m.destroyed_at IS NULL
        RETURNING m.subject_id, m.id, m.log_tag, m.sent_at IS NULL AS arriving,
                  (SELECT x.log_tag FROM match_case x
                    WHERE x.subject_id = m.subject_id AND x.id = m.match_id) AS match_tag,
                  (SELECT c.log_tag FROM consent c
                    WHERE c.subject_id = m.subject_id AND c.id = m.consent_id) AS consent_tag";
    Matcher NEXT_SUCCESSOR_ID = "
        SELECT nextval('consent_id') AS id";
    Matcher SUPERSEDE = "
        UPDATE consent SET state = 'superseded_by_age', superseded_by = $3 /* successor */, boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    Matcher INSERT_SUCCESSOR = "
        INSERT INTO consent (subject_id, id, match_id, signal_id, state, requested_by, requested_at, answer_by,
                             consent_days, one_guardian, text_version, language, log_tag)
        SELECT c.subject_id, $3 /* successor */, c.match_id, c.signal_id, $4 /* state */, c.requested_by,
               $5 /* requested at */, $6 /* answer by */, c.consent_days, c.one_guardian, c.text_version, c.language,
               $7 /* log tag */
          FROM consent c WHERE c.subject_id = $1 /* subject */ AND c.id = $2 /* row */";
    Matcher INSERT_SUCCESSOR_PARTIES = "
        INSERT INTO consent_party (subject_id, consent_id, organisation_id)
        SELECT $1 /* subject */, $2 /* successor */, p FROM unnest($3::int[] /* organisations */) AS p";
    // Their codes and sessions go along: a letter opens the question that is asked now.
    Matcher MOVE_SIGNATORIES = "
        UPDATE signatory
           SET consent_id = $2 /* successor */, code_until = $4 /* answer by */, begins_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = ANY ($3::bigint[] /* rows */)";
    Matcher ASK_AGAIN = "
        UPDATE signatory
           SET decision = NULL, decided_at = NULL, assurance = NULL, method = NULL, recorded_by = NULL,
               recorded_on = NULL, language = NULL
         WHERE subject_id = $1 /* subject */ AND id = ANY ($2::bigint[] /* rows */)";
}

/// What a consent is about, as far as deciding takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutRow {
    /// State as stored.
    pub state: String,
    /// Its name in the log.
    pub log_tag: u128,
    /// Of a match: who takes part, and since when.
    pub members: Vec<(OrganisationKey, Timestamp)>,
    /// Of a signal: until when it sleeps.
    pub sleeps_until: Option<Timestamp>,
}

/// An organisation that a consent names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedRow {
    /// Which.
    pub organisation: OrganisationKey,
    /// Its public id.
    pub organisation_id: [u8; 16],
    /// The covenant it signed.
    pub covenant: CovenantKey,
}

/// Another consent of the same match that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// Its key.
    pub key: ConsentKey,
    /// Its name in the log.
    pub log_tag: u128,
    /// Whom it covers.
    pub parties: Vec<OrganisationKey>,
}

/// What a signatory decided, as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    /// Who.
    pub signatory: SignatoryKey,
    /// How sure it is that who decided is who must.
    pub assurance: &'static str,
    /// In which form.
    pub method: &'static str,
    /// Whose professional recorded it, and of which day it is.
    pub recorded: Option<(OrganisationKey, Date)>,
    /// In which language they read what they decided; none where they read no page here.
    pub language: Option<&'static str>,
    /// Whether it is their own doing and so stands in their history; else it follows from what somebody else asked.
    pub own: bool,
}

/// A request that takes the place of another at an age boundary.
pub struct Successor {
    /// Its key; the row from [`Tx::next_successor_id`].
    pub key: ConsentKey,
    /// `requested` or `partially_given`.
    pub state: &'static str,
    /// The boundary.
    pub requested_at: Timestamp,
    /// Until when it can be answered.
    pub answer_by: Timestamp,
    /// Its name in the log.
    pub log_tag: u128,
    /// Whom it names.
    pub parties: Vec<OrganisationKey>,
    /// The rows of the signatories that go along.
    pub signatories: Vec<i64>,
    /// Those of them that are asked again.
    pub asked_again: Vec<i64>,
}

impl Tx<'_, Matcher> {
    /// The consent that a signatory signs now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent_of_signatory(&self, key: SignatoryKey) -> Result<Option<ConsentKey>, StoreError> {
        let row = self
            .optional(&SIGNATORY_CONSENT, &[&key.subject, &key.row])
            .await?;
        row.map(|row| {
            Ok(ConsentKey {
                subject: key.subject,
                row: row.value("consent_id")?,
            })
        })
        .transpose()
    }

    /// A consent, locked against everybody who relies on it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lock_consent(&self, key: ConsentKey) -> Result<Option<ConsentRow>, StoreError> {
        let row = self.optional(&LOCK_CONSENT, &[&key.subject, &key.row]).await?;
        row.as_ref().map(consent_row).transpose()
    }

    /// Who must sign it and what they decided.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signatories_of(&self, key: ConsentKey) -> Result<Vec<SignatoryRow>, StoreError> {
        let rows = self.rows(&SIGNATORIES_OF, &[&key.subject, &key.row]).await?;
        rows.iter().map(signatory_row).collect()
    }

    /// Whom it names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn named_in(&self, key: ConsentKey) -> Result<Vec<NamedRow>, StoreError> {
        let rows = self.rows(&NAMED_IN, &[&key.subject, &key.row]).await?;
        rows.iter()
            .map(|row| {
                Ok(NamedRow {
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    organisation_id: row.tag("public_id")?.to_be_bytes(),
                    covenant: CovenantKey(row.value("covenant_id")?),
                })
            })
            .collect()
    }

    /// What it is about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn about_consent(&self, about: ConsentAbout) -> Result<AboutRow, StoreError> {
        match about {
            ConsentAbout::Match(key) => {
                let row = self.one(&CONSENT_MATCH, &[&key.subject, &key.row]).await?;
                let members = self.rows(&CONSENT_MEMBERS, &[&key.subject, &key.row]).await?;
                let member = |row: &tokio_postgres::Row| {
                    let organisation = OrganisationKey(row.value("organisation_id")?);
                    Ok((organisation, row.value("joined_at")?))
                };
                Ok(AboutRow {
                    state: row.value("state")?,
                    log_tag: row.tag("log_tag")?,
                    members: members.iter().map(member).collect::<Result<_, StoreError>>()?,
                    sleeps_until: None,
                })
            }
            ConsentAbout::Signal(key) => {
                let row = self.one(&CONSENT_SIGNAL, &[&key.subject, &key.row]).await?;
                Ok(AboutRow {
                    state: row.value("state")?,
                    log_tag: row.tag("log_tag")?,
                    members: Vec::new(),
                    sleeps_until: row.value("sleeps_until")?,
                })
            }
        }
    }

    /// One signatory agreed, others still must.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was decided so before; the caller looks first, under the consent's lock.
    pub async fn sign(&self, decided: Decided, consent: ConsentKey, event: &Event) -> Result<(), StoreError> {
        self.decide(decided, "agreed").await?;
        self.change_exactly(&SIGN, 1, &[&consent.subject, &consent.row])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// The last signatory agreed; without a decision, before.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] as for [`Self::sign`].
    pub async fn give(
        &self,
        decided: Option<Decided>,
        consent: ConsentKey,
        valid_until: Timestamp,
        record: &SignedRecord,
        event: &Event,
    ) -> Result<(), StoreError> {
        if let Some(decided) = decided {
            self.decide(decided, "agreed").await?;
        }
        self.change_exactly(
            &GIVE,
            1,
            &[
                &consent.subject,
                &consent.row,
                &self.now(),
                &valid_until,
                &record.document,
                &record.hash.as_slice(),
                &record.signature.as_slice(),
                &record.key_id.as_ref().map(<[u8; 16]>::as_slice),
            ],
        )
        .await?;
        self.forget_later(consent).await?;
        self.record_one(event).await.map(drop)
    }

    /// Consents that lack nothing but the portal's signature.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_to_sign(
        &self,
        limit: i64,
        set_aside: &[i64],
    ) -> Result<Vec<ConsentKey>, StoreError> {
        let rows = self
            .rows(&CONSENTS_TO_SIGN, &[&self.now(), &limit, &set_aside])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ConsentKey {
                    subject: row.value("subject_id")?,
                    row: row.value("id")?,
                })
            })
            .collect()
    }

    /// A signatory refused.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] as for [`Self::sign`].
    pub async fn refuse(
        &self,
        decided: Decided,
        consent: ConsentKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.decide(decided, "refused").await?;
        self.change_exactly(&REFUSE, 1, &[&consent.subject, &consent.row, &self.now()])
            .await?;
        self.forget_later(consent).await?;
        self.record_one(event).await.map(drop)
    }

    /// A signatory took consent back. `decided` is none for a consent that ends with another.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it does not stand.
    pub async fn withdraw(
        &self,
        decided: Option<Decided>,
        consent: ConsentKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&WITHDRAW, 1, &[&consent.subject, &consent.row, &self.now()])
            .await?;
        if let Some(decided) = decided {
            self.note_decision(&decided, "withdrawn").await?;
        }
        self.record_one(event).await.map(drop)
    }

    /// The other consents that stand in this match now, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing_others(
        &self,
        match_case: MatchKey,
        consent: ConsentKey,
    ) -> Result<Vec<StandingRow>, StoreError> {
        let rows = self
            .rows(
                &STANDING_OTHERS,
                &[&match_case.subject, &match_case.row, &consent.row, &self.now()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(StandingRow {
                    key: ConsentKey {
                        subject: match_case.subject,
                        row: row.value("id")?,
                    },
                    log_tag: row.tag("log_tag")?,
                    parties: organisations(&row.value::<Vec<i32>>("parties")?),
                })
            })
            .collect()
    }

    /// Lets a new consent take their place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(
        &self,
        consent_rows: &[i64],
        successor: ConsentKey,
        events: &[Event],
    ) -> Result<(), StoreError> {
        let ConsentKey { subject, row } = successor;
        self.change_exactly(&REPLACE, consent_rows.len(), &[&subject, &consent_rows, &row])
            .await?;
        self.record(events).await.map(drop)
    }

    /// Destroys what was sealed under a consent that ended, or under one whose place it had taken: nobody may read it any
    /// more. `event` makes the leaf of each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_content_under(
        &self,
        ended: ConsentKey,
        event: impl Fn(&GoneContent) -> Event,
    ) -> Result<usize, StoreError> {
        let rows = self
            .rows(&DESTROY_CONTENT_UNDER, &[&ended.subject, &ended.row, &self.now()])
            .await?;
        let events: Vec<Event> = self.parts_gone(&rows).await?.iter().map(event).collect();
        Ok(self.record(&events).await?.len())
    }

    /// Lets a signal that sleeps end on this day, unless it ends before anyway: on that day the consent ends on which it
    /// rests.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_with_consent(
        &self,
        signal: SignalKey,
        day: Date,
        ends_at: Timestamp,
        archive: Archive,
    ) -> Result<(), StoreError> {
        let SignalKey { subject, row } = signal;
        let parameters: Parameters<'_> = &[&subject, &row, &ends_at, &day, &archive.from, &archive.until];
        self.change(&END_WITH_CONSENT, parameters).await.map(drop)
    }

    /// A number for a request that takes the place of another.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_successor_id(&self) -> Result<i64, StoreError> {
        self.one(&NEXT_SUCCESSOR_ID, &[]).await?.value("id")
    }

    /// Ends a request at an age boundary and stores the one that takes its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn supersede(
        &self,
        ended: ConsentKey,
        successor: &Successor,
        events: &[Event],
    ) -> Result<(), StoreError> {
        let ConsentKey { subject, row } = ended;
        self.change_exactly(&SUPERSEDE, 1, &[&subject, &row, &successor.key.row])
            .await?;
        self.change_exactly(
            &INSERT_SUCCESSOR,
            1,
            &[
                &subject,
                &row,
                &successor.key.row,
                &successor.state,
                &successor.requested_at,
                &successor.answer_by,
                &Uuid::from_u128(successor.log_tag),
            ],
        )
        .await?;
        let parties: Vec<i32> = successor.parties.iter().map(|party| party.0).collect();
        self.change_exactly(
            &INSERT_SUCCESSOR_PARTIES,
            parties.len(),
            &[&subject, &successor.key.row, &parties],
        )
        .await?;
        self.change_exactly(
            &MOVE_SIGNATORIES,
            successor.signatories.len(),
            &[
                &subject,
                &successor.key.row,
                &successor.signatories,
                &successor.answer_by,
            ],
        )
        .await?;
        self.change_exactly(
            &ASK_AGAIN,
            successor.asked_again.len(),
            &[&subject, &successor.asked_again],
        )
        .await?;
        self.record(events).await.map(drop)
    }

    async fn decide(&self, decided: Decided, decision: &str) -> Result<(), StoreError> {
        let (organisation, day) = decided.recorded.unzip();
        self.change_exactly(
            &DECIDE,
            1,
            &[
                &decided.signatory.subject,
                &decided.signatory.row,
                &decision,
                &self.now(),
                &decided.assurance,
                &decided.method,
                &organisation.map(|key| key.0),
                &day,
                &decided.language,
            ],
        )
        .await?;
        self.note_decision(&decided, decision).await
    }

    /// Writes it into the signatory's own history.
    async fn note_decision(&self, decided: &Decided, decision: &str) -> Result<(), StoreError> {
        if !decided.own {
            return Ok(());
        }
        let SignatoryKey { subject, row } = decided.signatory;
        let parameters: Parameters<'_> = &[
            &subject,
            &row,
            &decision,
            &self.now(),
            &decided.language,
            &decided.assurance,
            &decided.method,
        ];
        self.change_exactly(&NOTE_DECISION, 1, parameters).await
    }

    async fn forget_later(&self, consent: ConsentKey) -> Result<(), StoreError> {
        self.forget_later_of(consent.subject, &[consent.row]).await
    }

    pub(super) async fn forget_later_of(&self, subject: i64, consents: &[i64]) -> Result<(), StoreError> {
        self.change(&FORGET_LATER, &[&subject, &consents]).await.map(drop)
    }
}

fn organisations(keys: &[i32]) -> Vec<OrganisationKey> {
    keys.iter().copied().map(OrganisationKey).collect()
}
