//! The family's door: a code is exchanged for a return key, a return key with its PIN opens again, and a session remembers
//! for a while who came in.

use domain::event::Event;
use domain::key::{ConsentKey, LetterKey, SignatoryKey};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    // Whose access is gone is out, also who came in with it while it was taken away.
    Party SESSION = "
        SELECT p.subject_id, p.signatory_id, p.letter_id, p.access_id, p.assurance,
               CASE WHEN p.access_id IS NULL
                      OR EXISTS (SELECT FROM family_access a WHERE a.subject_id = p.subject_id AND a.id = p.access_id)
                    THEN p.stage ELSE 'ended' END AS stage
          FROM portal_session p WHERE p.secret_hash = current_credential() AND p.expires_at > clock_timestamp()";
    Party HOLDER_OF_CODE = "
        SELECT subject_id, id AS signatory_id, NULL::bigint AS letter_id
          FROM signatory WHERE code_hash = current_credential() AND spent_at IS NULL
        UNION ALL
        SELECT subject_id, NULL::bigint, id FROM letter WHERE code_hash = current_credential() AND spent_at IS NULL";
    // Until the session stands: whoever gives another code in its place waits, and then ends that session; or was first.
    Party HOLD_SIGNATORYS_CODE = "
        SELECT FROM signatory
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND code_hash = current_credential() AND spent_at IS NULL
           FOR SHARE";
    Party HOLD_LETTERS_CODE = "
        SELECT FROM letter
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND code_hash = current_credential() AND spent_at IS NULL
           FOR SHARE";
    Party HOLDER_OF_KEY = "
        SELECT subject_id, signatory_id, letter_id, id FROM family_access
         WHERE key_hash = current_credential() AND entry_hash = $1 /* entry hash */";
    // A desk finds a letter by its code, whether that was exchanged or not, and by the return key.
    Party HOLDER_AT_DESK = "
        SELECT subject_id, id AS signatory_id, NULL::bigint AS letter_id
          FROM signatory WHERE code_hash = current_credential() AND current_organisation() IS NOT NULL
        UNION ALL
        SELECT subject_id, NULL::bigint, id
          FROM letter WHERE code_hash = current_credential() AND current_organisation() IS NOT NULL
        UNION ALL
        SELECT subject_id, signatory_id, letter_id
          FROM family_access WHERE key_hash = current_credential() AND current_organisation() IS NOT NULL";
    // From here on row-level security shows the consent that this signatory signs, and nothing else.
    Party ENTER_AS_SIGNATORY = "
        SELECT s.subject_id, s.id, s.consent_id, s.role, s.number, s.begins_at, s.code_until, s.opened_at, s.decision,
               s.decided_at,
               set_config('app.family', s.subject_id || ':' || s.consent_id, true),
               set_config('app.person', 'signatory:' || s.subject_id || ':' || s.id, true)
          FROM signatory s WHERE s.subject_id = $1 /* subject */ AND s.id = $2 /* row */";
    // Whether telling the family of a party that the request names is postponed, and whether that party asked.
    Party HIDDEN_AT_THE_DOOR = "
        SELECT coalesce(bool_or(is_hidden_from_family(p.organisation_id)), false) AS someone,
               coalesce(bool_or(is_hidden_from_family(p.organisation_id) AND p.organisation_id = c.requested_by), false)
                   AS who_asked
          FROM consent c JOIN consent_party p ON p.subject_id = c.subject_id AND p.consent_id = c.id
         WHERE c.subject_id = $1 /* subject */ AND c.id = $2 /* consent */";
    Party MARK_OPENED = "
        UPDATE signatory SET opened_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND opened_at IS NULL";
    Party SPEND_SIGNATORYS_CODE = "
        UPDATE signatory SET spent_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND spent_at IS NULL";
    Party SPEND_LETTERS_CODE = "
        UPDATE letter SET spent_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND spent_at IS NULL";
    Party INSERT_ACCESS = "
        INSERT INTO family_access (subject_id, id, signatory_id, letter_id, key_hash, entry_hash, made_at)
        VALUES ($1 /* subject */, $2 /* row */, $3 /* signatory */, $4 /* letter */, $5 /* key hash */,
                $6 /* entry hash */, $7 /* now */)";
    Party NEXT_ACCESS_ID = "
        SELECT nextval('family_access_id') AS id";
    Party RAISE_SESSION = "
        UPDATE portal_session
           SET access_id = $1 /* access */, stage = 'shows_key',
               expires_at = clock_timestamp() + make_interval(secs => $2 /* seconds */)
         WHERE secret_hash = current_credential() AND stage = 'chooses_pin'";
    Party KEPT_KEY = "
        UPDATE portal_session SET stage = 'in' WHERE secret_hash = current_credential() AND stage = 'shows_key'";
    Party HAS_KEY = "
        SELECT EXISTS (SELECT FROM family_access
                        WHERE subject_id = $1 /* subject */ AND id = $2 /* access */ AND key_hash = $3 /* key hash */) AS has";
    Party INSERT_SESSION = "
        INSERT INTO portal_session (secret_hash, subject_id, signatory_id, letter_id, access_id, stage, assurance, expires_at)
        VALUES ($1 /* hash */, $2 /* subject */, $3 /* signatory */, $4 /* letter */, $5 /* access */, $6 /* stage */,
                'letter', clock_timestamp() + make_interval(secs => $7 /* seconds */))";
    Party DELETE_SESSION = "
        DELETE FROM portal_session WHERE secret_hash = current_credential()";
    // Taken before it is known whether the PIN is right, so that those who try at once are counted one by one. Of a key that
    // does not exist nothing is counted: nobody finds one by trying, and trying would keep others out.
    Party TAKE_GUESS = "
        INSERT INTO guess_bucket AS b (bucket, hour, wrong)
        SELECT $1 /* bucket */, date_trunc('hour', clock_timestamp()), 1
         WHERE EXISTS (SELECT FROM family_access WHERE key_hash = current_credential())
            ON CONFLICT (bucket) DO UPDATE
           SET hour = excluded.hour, wrong = CASE WHEN b.hour = excluded.hour THEN b.wrong + 1 ELSE 1 END
         WHERE b.hour <> excluded.hour OR b.wrong < $2 /* most */";
    Party GIVE_GUESS_BACK = "
        UPDATE guess_bucket SET wrong = wrong - 1 WHERE bucket = $1 /* bucket */ AND wrong > 0";
}

/// A person of the family, known by the letter they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// With the letter of a request for consent.
    Signatory(SignatoryKey),
    /// With the letter of a signal.
    Letter(LetterKey),
}

impl Person {
    /// The child.
    pub const fn subject(self) -> i64 {
        match self {
            Self::Signatory(key) => key.subject,
            Self::Letter(key) => key.subject,
        }
    }

    /// The rows of signatory and letter, of which one is none.
    pub(crate) fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Signatory(key) => (Some(key.row), None),
            Self::Letter(key) => (None, Some(key.row)),
        }
    }

    fn read(row: &tokio_postgres::Row) -> Result<Self, StoreError> {
        let subject = row.value("subject_id")?;
        let signatory: Option<i64> = row.value("signatory_id")?;
        let letter: Option<i64> = row.value("letter_id")?;
        match (signatory, letter) {
            (Some(row), None) => Ok(Self::Signatory(SignatoryKey { subject, row })),
            (None, Some(row)) => Ok(Self::Letter(LetterKey { subject, row })),
            _ => Err(StoreError::Column { column: "letter_id" }),
        }
    }
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStage {
    /// Opened by a code that is not spent: it may choose a PIN.
    ChoosesPin,
    /// The return key was made and is shown until its reader says that they kept it.
    ShowsKey,
    /// It may do what its access allows.
    In,
    /// Its access was taken away.
    Ended,
}

impl SessionStage {
    const fn slug(self) -> &'static str {
        match self {
            Self::ChoosesPin => "chooses_pin",
            Self::ShowsKey => "shows_key",
            Self::In => "in",
            Self::Ended => "ended",
        }
    }

    fn from_slug(slug: &str) -> Result<Self, StoreError> {
        [Self::ChoosesPin, Self::ShowsKey, Self::In, Self::Ended]
            .into_iter()
            .find(|stage| stage.slug() == slug)
            .ok_or(StoreError::Column { column: "stage" })
    }
}

/// A session that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Whose.
    pub person: Person,
    /// The access by which it is in; none until a PIN is chosen.
    pub access: Option<i64>,
    /// How far it is.
    pub stage: SessionStage,
    /// Whether somebody logged in with this session; else the letter is all that is known of them.
    pub logged_in: bool,
}

/// A session to be stored.
pub struct NewSession {
    /// Hash of its secret.
    pub secret_hash: [u8; 32],
    /// Whose.
    pub person: Person,
    /// The access by which it is in; none while it chooses a PIN.
    pub access: Option<i64>,
    /// How long it lasts: real time, in seconds.
    pub seconds: f64,
}

/// An access to be stored.
pub struct NewAccess {
    /// Whose.
    pub person: Person,
    /// Keyed hash of the return key.
    pub key_hash: [u8; 32],
    /// Keyed hash of return key and PIN.
    pub entry_hash: [u8; 32],
    /// How long the session that made it lasts from now on: real time, in seconds.
    pub seconds: f64,
}

/// A signatory at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The signatory.
    pub signatory: SignatoryKey,
    /// The consent it signs.
    pub consent: ConsentKey,
    /// `guardian` or `youngPerson`.
    pub role: String,
    /// First, second, ... of that role.
    pub number: i32,
    /// From when this signatory must sign, when that is an age boundary: before it the code opens nothing.
    pub begins_at: Option<Timestamp>,
    /// Until when the code may be used for the first time, as long as no consent stands.
    pub code_until: Timestamp,
    /// When the code was first used.
    pub opened_at: Option<Timestamp>,
    /// `agreed` or `refused`.
    pub decision: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// Whom of those that a request names the family is not to be told of yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// At least one of them.
    pub someone: bool,
    /// The one that asked among them.
    pub who_asked: bool,
}

impl Tx<'_, Party> {
    /// The session whose hash is this transaction's credential.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self) -> Result<Option<SessionRow>, StoreError> {
        let row = self.optional(&SESSION, &[]).await?;
        row.map(|row| {
            let (stage, assurance): (String, String) = (row.value("stage")?, row.value("assurance")?);
            Ok(SessionRow {
                person: Person::read(&row)?,
                access: row.value("access_id")?,
                stage: SessionStage::from_slug(&stage)?,
                logged_in: assurance == "oidc",
            })
        })
        .transpose()
    }

    /// Whose letter has the code whose hash is this transaction's credential, when it is not spent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn holder_of_code(&self) -> Result<Option<Person>, StoreError> {
        let row = self.optional(&HOLDER_OF_CODE, &[]).await?;
        row.as_ref().map(Person::read).transpose()
    }

    /// Holds the code of this person, who entered with it, as it is until the end of this transaction. False when it was
    /// spent, or another took its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_code(&self, person: Person) -> Result<bool, StoreError> {
        let (statement, row) = match person {
            Person::Signatory(key) => (&HOLD_SIGNATORYS_CODE, key.row),
            Person::Letter(key) => (&HOLD_LETTERS_CODE, key.row),
        };
        let held = self.optional(statement, &[&person.subject(), &row]).await?;
        Ok(held.is_some())
    }

    /// Whose access opens with the return key whose hash is this transaction's credential, and with its PIN; and which it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn holder_of_key(&self, entry_hash: &[u8; 32]) -> Result<Option<(Person, i64)>, StoreError> {
        let row = self.optional(&HOLDER_OF_KEY, &[&entry_hash.as_slice()]).await?;
        row.map(|row| Ok((Person::read(&row)?, row.value("id")?)))
            .transpose()
    }

    /// Whose letter a desk has in its hands: by the hash of its code, spent or not, or of the return key. None but in a
    /// transaction of a desk.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn holder_at_desk(&self) -> Result<Option<Person>, StoreError> {
        let row = self.optional(&HOLDER_AT_DESK, &[]).await?;
        row.as_ref().map(Person::read).transpose()
    }

    /// Enters as this signatory, whom the credential opens.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enter_as_signatory(&self, key: SignatoryKey) -> Result<Option<Invited>, StoreError> {
        let row = self
            .optional(&ENTER_AS_SIGNATORY, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(invited).transpose()
    }

    /// Whom of those that a request names the family is not to be told of yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hidden_at_the_door(&self, consent: ConsentKey) -> Result<Hidden, StoreError> {
        let row = self
            .one(&HIDDEN_AT_THE_DOOR, &[&consent.subject, &consent.row])
            .await?;
        Ok(Hidden {
            someone: row.value("someone")?,
            who_asked: row.value("who_asked")?,
        })
    }

    /// Notes that a signatory came in for the first time. Later uses change nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_opened(&self, signatory: SignatoryKey, event: &Event) -> Result<(), StoreError> {
        let marked = self
            .change(&MARK_OPENED, &[&signatory.subject, &signatory.row, &self.now()])
            .await?;
        if marked == 1 {
            self.record_one(event).await?;
        }
        Ok(())
    }

    /// Exchanges the code of whoever entered for an access, and lets the session go on with it. False when the code was
    /// spent before, in whatever session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make_access(&self, new: &NewAccess, event: &Event) -> Result<bool, StoreError> {
        let subject = new.person.subject();
        let (signatory, letter) = new.person.columns();
        let (statement, row) = match new.person {
            Person::Signatory(key) => (&SPEND_SIGNATORYS_CODE, key.row),
            Person::Letter(key) => (&SPEND_LETTERS_CODE, key.row),
        };
        if self.change(statement, &[&subject, &row, &self.now()]).await? == 0 {
            return Ok(false);
        }
        let access: i64 = self.one(&NEXT_ACCESS_ID, &[]).await?.value("id")?;
        self.change_exactly(
            &INSERT_ACCESS,
            1,
            &[
                &subject,
                &access,
                &signatory,
                &letter,
                &new.key_hash.as_slice(),
                &new.entry_hash.as_slice(),
                &self.now(),
            ],
        )
        .await?;
        self.change_exactly(&RAISE_SESSION, 1, &[&access, &new.seconds])
            .await?;
        self.record_one(event).await?;
        Ok(true)
    }

    /// Whether an access has the return key with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_key(&self, subject: i64, access: i64, key_hash: &[u8; 32]) -> Result<bool, StoreError> {
        let row = self
            .one(&HAS_KEY, &[&subject, &access, &key_hash.as_slice()])
            .await?;
        row.value("has")
    }

    /// The reader kept the return key: the session goes on. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kept_key(&self) -> Result<(), StoreError> {
        self.change(&KEPT_KEY, &[]).await.map(drop)
    }

    /// Opens a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_session(&self, new: &NewSession) -> Result<(), StoreError> {
        let (signatory, letter) = new.person.columns();
        let stage = match new.access {
            Some(_) => SessionStage::In,
            None => SessionStage::ChoosesPin,
        };
        self.change_exactly(
            &INSERT_SESSION,
            1,
            &[
                &new.secret_hash.as_slice(),
                &new.person.subject(),
                &signatory,
                &letter,
                &new.access,
                &stage.slug(),
                &new.seconds,
            ],
        )
        .await
    }

    /// Ends the session of this transaction's credential, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_session(&self) -> Result<(), StoreError> {
        self.change(&DELETE_SESSION, &[]).await.map(drop)
    }

    /// Counts a try in the bucket of the return key whose hash is this transaction's credential. False when there is no such
    /// key, or when there were `most` in this hour. Whoever was right gives it back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_guess(&self, bucket: i32, most: i32) -> Result<bool, StoreError> {
        Ok(self.change(&TAKE_GUESS, &[&bucket, &most]).await? == 1)
    }

    /// Gives a try back, of somebody who was right.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_guess_back(&self, bucket: i32) -> Result<(), StoreError> {
        self.change(&GIVE_GUESS_BACK, &[&bucket]).await.map(drop)
    }
}

fn invited(row: &tokio_postgres::Row) -> Result<Invited, StoreError> {
    let subject = row.value("subject_id")?;
    Ok(Invited {
        signatory: SignatoryKey {
            subject,
            row: row.value("id")?,
        },
        consent: ConsentKey {
            subject,
            row: row.value("consent_id")?,
        },
        role: row.value("role")?,
        number: row.value("number")?,
        begins_at: row.value("begins_at")?,
        code_until: row.value("code_until")?,
        opened_at: row.value("opened_at")?,
        decision: row.value("decision")?,
        decided_at: row.value("decided_at")?,
    })
}
