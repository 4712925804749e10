//! A match as one of its parties sees it.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::key::{MatchKey, OrganisationKey};
use domain::match_case::{EarlierDeadline, Lead, Outcome, Proposal};
use domain::signal::LeftBecause;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::covenant::ReadsCovenants;
use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Parameters, Party, RowExt, Tx};

/// The columns that a [`MatchRow`] is read from.
macro_rules! match_columns {
    () => {
        "m.subject_id, m.id, m.state, m.opened_at, m.contact_deadline, m.earlier_deadline, m.deadline_shown_from, \
         m.closed_at, m.outcome, m.lead_id, m.lead_since, m.proposed_lead_id, m.lead_proposed_by_id, \
         m.lead_proposed_at, m.log_tag"
    };
}

statements! {
    Party MATCH = concat!("
        SELECT ", match_columns!(), "
          FROM match_case m WHERE m.subject_id = $1 /* subject */ AND m.id = $2 /* row */");
    // FOR UPDATE: two parties that confirm at once must see each other's confirmation.
    Party MATCH_FOR_UPDATE = concat!("
        SELECT ", match_columns!(), "
          FROM match_case m WHERE m.subject_id = $1 /* subject */ AND m.id = $2 /* row */ FOR NO KEY UPDATE");
    Party OWN_MATCHES = concat!("
        SELECT ", match_columns!(), "
          FROM match_party p JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
         WHERE p.organisation_id = current_organisation() AND p.match_id < $1 /* before */
         ORDER BY p.match_id DESC LIMIT $2 /* limit */");
    Party MATCHES = concat!("
        SELECT ", match_columns!(), "
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) AS k (subject_id, id)
               JOIN match_case m ON m.subject_id = k.subject_id AND m.id = k.id");
    Party PARTIES_OF_MATCHES = "
        SELECT p.subject_id, p.match_id, p.organisation_id, p.joined_at, p.visible_at, p.expires_at, p.professional,
               p.contact_confirmed_at, p.left_at, p.left_because, p.paused_from, p.hidden_until
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */) AS k (subject_id, match_id)
               JOIN match_party p ON p.subject_id = k.subject_id AND p.match_id = k.match_id
         ORDER BY p.joined_at, p.organisation_id";
    Party PARTIES = "
        SELECT organisation_id, joined_at, visible_at, expires_at, professional, contact_confirmed_at, left_at,
               left_because, paused_from, hidden_until
          FROM match_party WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */
         ORDER BY joined_at, organisation_id";
    Party CONFIRM_CONTACT = "
        UPDATE match_party SET contact_confirmed_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */
           AND organisation_id = current_organisation() AND contact_confirmed_at IS NULL AND left_at IS NULL";
    Party SET_MATCH_STATE = "
        UPDATE match_case SET state = $3 /* state */ WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party PROPOSE_LEAD = "
        UPDATE match_case
           SET proposed_lead_id = $3 /* proposed */, lead_proposed_by_id = current_organisation(),
               lead_proposed_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party ANSWER_LEAD = "
        UPDATE match_case
           SET lead_id = $3 /* lead */, lead_since = $4 /* since */, proposed_lead_id = NULL,
               lead_proposed_by_id = NULL, lead_proposed_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */
           AND proposed_lead_id = current_organisation()";
    Party CLOSE_AS_LEAD = "
        UPDATE match_case SET state = 'closed', closed_at = $4 /* now */, outcome = $3 /* outcome */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND lead_id = current_organisation()";
    // What nobody fetched goes, and who was on the way in meets the others in a match of their own.
    Party LOOK_AGAIN = "
        SELECT look_again($1 /* subject */, $2 /* row */) AS task";
    Matcher RESPONSIBILITY_FOR_UPDATE = "
        SELECT m.state, m.log_tag, coalesce(m.municipality_id, c.municipality_id) AS municipality_id,
               (SELECT min(p.visible_at) FROM match_party p
                 WHERE p.subject_id = m.subject_id AND p.match_id = m.id) AS visible_at
          FROM match_case m JOIN covenant c ON c.id = m.covenant_id
         WHERE m.subject_id = $1 /* subject */ AND m.id = $2 /* row */ FOR NO KEY UPDATE OF m";
    Matcher MUNICIPALITY_BY_PUBLIC_ID = "
        SELECT id, name FROM organisation WHERE public_id = $1 /* public id */ AND role = 'municipality'";
    Matcher RELOCATE_MATCH = "
        UPDATE match_case SET municipality_id = $3 /* municipality */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchRow {
    /// Its key.
    pub key: MatchKey,
    /// `open`, `contact_confirmed` or `closed`.
    pub state: String,
    /// When two signals met.
    pub opened_at: Timestamp,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
    /// The deadline that is shown until somebody who joined is.
    pub earlier_deadline: Option<EarlierDeadline>,
    /// When it closed and what came of it.
    pub closing: Option<(Timestamp, Outcome)>,
    /// Who coordinates.
    pub lead: Option<Lead>,
    /// Who was asked to.
    pub proposal: Option<Proposal>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A party that the caller may already see.
#[derive(Clone, PartialEq, Eq)]
pub struct MatchPartyRow {
    /// Who.
    pub organisation: OrganisationKey,
    /// When it was found.
    pub joined_at: Timestamp,
    /// From when every door shows it.
    pub visible_at: Timestamp,
    /// When its signal no longer counts.
    pub expires_at: Timestamp,
    /// Reference and work contact, encrypted for that organisation.
    pub professional: Sealed,
    /// When it confirmed contact.
    pub contact_confirmed_at: Option<Timestamp>,
    /// When its signal ended, and why.
    pub left: Option<(Timestamp, LeftBecause)>,
    /// From when its signal is paused.
    pub paused_from: Option<Timestamp>,
    /// Until when the family is not shown it.
    pub hidden_until: Option<Timestamp>,
}

/// The roles that read what stands about a match: a party, an officer or a family as far as they may see it, and the matcher.
pub trait ReadsMatches: ReadsCovenants {}
impl ReadsMatches for Party {}
impl ReadsMatches for Matcher {}

impl<R: ReadsMatches> Tx<'_, R> {
    /// A match this organisation is party to, or that the family's consent belongs to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_case(&self, key: MatchKey) -> Result<Option<MatchRow>, StoreError> {
        let row = self.optional(&MATCH, &[&key.subject, &key.row]).await?;
        row.as_ref().map(match_row).transpose()
    }

    /// The parties of a match, as far as the role may see them: a party sees those that are visible now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_parties(&self, key: MatchKey) -> Result<Vec<MatchPartyRow>, StoreError> {
        let rows = self.rows(&PARTIES, &[&key.subject, &key.row]).await?;
        rows.iter().map(party_row).collect()
    }
}

impl Tx<'_, Party> {
    /// Those of these matches that this organisation is party to, in no order; each is named once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_cases(&self, keys: &[MatchKey]) -> Result<Vec<MatchRow>, StoreError> {
        let (subjects, rows) = halves(keys);
        let rows = self.rows(&MATCHES, &[&subjects, &rows]).await?;
        rows.iter().map(match_row).collect()
    }

    /// The parties of these matches that are visible now, in the order they came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn parties_of_matches(
        &self,
        keys: &[MatchKey],
    ) -> Result<BTreeMap<MatchKey, Vec<MatchPartyRow>>, StoreError> {
        let (subjects, rows) = halves(keys);
        let mut parties: BTreeMap<MatchKey, Vec<MatchPartyRow>> = BTreeMap::new();
        for row in self.rows(&PARTIES_OF_MATCHES, &[&subjects, &rows]).await? {
            let key = MatchKey {
                subject: row.value("subject_id")?,
                row: row.value("match_id")?,
            };
            parties.entry(key).or_default().push(party_row(&row)?);
        }
        Ok(parties)
    }
}

/// Matches as two columns.
pub(crate) fn halves(keys: &[MatchKey]) -> (Vec<i64>, Vec<i64>) {
    keys.iter().map(|key| (key.subject, key.row)).unzip()
}

fn party_row(row: &tokio_postgres::Row) -> Result<MatchPartyRow, StoreError> {
    Ok(MatchPartyRow {
        organisation: OrganisationKey(row.value("organisation_id")?),
        joined_at: row.value("joined_at")?,
        visible_at: row.value("visible_at")?,
        expires_at: row.value("expires_at")?,
        professional: Sealed(row.value("professional")?),
        contact_confirmed_at: row.value("contact_confirmed_at")?,
        left: left(row)?,
        paused_from: row.value("paused_from")?,
        hidden_until: row.value("hidden_until")?,
    })
}

impl Tx<'_, Party> {
    /// A match that this organisation is party to, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn match_case_for_update(&self, key: MatchKey) -> Result<Option<MatchRow>, StoreError> {
        let row = self
            .optional(&MATCH_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(match_row).transpose()
    }

    /// This organisation's matches before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_matches(&self, before: i64, limit: i64) -> Result<Vec<MatchRow>, StoreError> {
        self.rows(&OWN_MATCHES, &[&before, &limit])
            .await?
            .iter()
            .map(match_row)
            .collect()
    }

    /// Notes that this organisation made contact, and the state of the match that follows.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it had confirmed before; the caller looks first, under the match's lock.
    pub async fn confirm_contact(&self, key: MatchKey, to: &str, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&CONFIRM_CONTACT, 1, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.change_exactly(&SET_MATCH_STATE, 1, &[&key.subject, &key.row, &to])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Notes whom this organisation proposes as lead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn propose_lead(
        &self,
        key: MatchKey,
        proposal: Proposal,
        event: &Event,
    ) -> Result<(), StoreError> {
        let parameters: Parameters<'_> = &[&key.subject, &key.row, &proposal.organisation.0, &proposal.at];
        self.change_exactly(&PROPOSE_LEAD, 1, parameters).await?;
        self.record_one(event).await.map(drop)
    }

    /// Notes the lead that stands after this organisation answered the proposal that was made to it.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when no proposal waits for it; the caller looks first, under the match's lock.
    pub async fn answer_lead(
        &self,
        key: MatchKey,
        lead: Option<Lead>,
        event: &Event,
    ) -> Result<(), StoreError> {
        let (organisation, since) = (lead.map(|lead| lead.organisation.0), lead.map(|lead| lead.since));
        let parameters: Parameters<'_> = &[&key.subject, &key.row, &organisation, &since];
        self.change_exactly(&ANSWER_LEAD, 1, parameters).await?;
        self.record_one(event).await.map(drop)
    }

    /// Closes a match as its lead, and has the matcher look at the child.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when this organisation is not lead; the caller looks first, under the match's lock.
    pub async fn close_as_lead(
        &self,
        key: MatchKey,
        outcome: Outcome,
        event: &Event,
    ) -> Result<(), StoreError> {
        // First, while the match is still there to be asked about.
        self.one(&LOOK_AGAIN, &[&key.subject, &key.row]).await?;
        let parameters: Parameters<'_> = &[&key.subject, &key.row, &outcome.slug(), &self.now()];
        self.change_exactly(&CLOSE_AS_LEAD, 1, parameters).await?;
        self.bury_consents(&[key]).await?;
        self.record_one(event).await.map(drop)
    }
}

/// Who answers for a match, as the rules and the log need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponsibilityRow {
    /// Its state by the record.
    pub state: String,
    /// The municipality; none as long as its covenant's is not registered.
    pub municipality: Option<OrganisationKey>,
    /// From when the match is shown to anyone.
    pub visible_at: Option<Timestamp>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A municipality of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MunicipalityRow {
    /// Its key.
    pub key: OrganisationKey,
    /// Its name.
    pub name: String,
}

impl Tx<'_, Matcher> {
    /// Who answers for a match, which is locked until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn responsibility_for_update(
        &self,
        key: MatchKey,
    ) -> Result<Option<ResponsibilityRow>, StoreError> {
        let row = self
            .optional(&RESPONSIBILITY_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.map(|row| {
            Ok(ResponsibilityRow {
                state: row.value("state")?,
                municipality: row.value::<Option<i32>>("municipality_id")?.map(OrganisationKey),
                visible_at: row.value("visible_at")?,
                log_tag: row.tag("log_tag")?,
            })
        })
        .transpose()
    }

    /// The municipality of this public id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn municipality(&self, public_id: [u8; 16]) -> Result<Option<MunicipalityRow>, StoreError> {
        let row = self
            .optional(&MUNICIPALITY_BY_PUBLIC_ID, &[&Uuid::from_bytes(public_id)])
            .await?;
        row.map(|row| {
            Ok(MunicipalityRow {
                key: OrganisationKey(row.value("id")?),
                name: row.value("name")?,
            })
        })
        .transpose()
    }

    /// Hands a match over to another municipality, and with it what its follow-up officer sees to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn relocate_match(
        &self,
        key: MatchKey,
        to: &MunicipalityRow,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&RELOCATE_MATCH, 1, &[&key.subject, &key.row, &to.key.0])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

pub(crate) fn match_row(row: &tokio_postgres::Row) -> Result<MatchRow, StoreError> {
    let organisation = |column: &'static str| -> Result<Option<OrganisationKey>, StoreError> {
        Ok(row.value::<Option<i32>>(column)?.map(OrganisationKey))
    };
    let at = |column: &'static str| row.value::<Option<Timestamp>>(column);
    let outcome = row
        .value::<Option<&str>>("outcome")?
        .map(Outcome::from_slug)
        .transpose()
        .map_err(|_| StoreError::Column { column: "outcome" })?;
    let lead = organisation("lead_id")?.zip(at("lead_since")?);
    let proposed = organisation("proposed_lead_id")?.zip(organisation("lead_proposed_by_id")?);
    let earlier = row.value::<Option<Date>>("earlier_deadline")?;
    Ok(MatchRow {
        key: MatchKey {
            subject: row.value("subject_id")?,
            row: row.value("id")?,
        },
        state: row.value("state")?,
        opened_at: row.value("opened_at")?,
        contact_deadline: row.value("contact_deadline")?,
        earlier_deadline: earlier
            .zip(at("deadline_shown_from")?)
            .map(|(last_day, until)| EarlierDeadline { last_day, until }),
        closing: at("closed_at")?.zip(outcome),
        lead: lead.map(|(organisation, since)| Lead { organisation, since }),
        proposal: proposed
            .zip(at("lead_proposed_at")?)
            .map(|((organisation, by), at)| Proposal { organisation, by, at }),
        log_tag: row.tag("log_tag")?,
    })
}

/// When and why a party's signal stopped counting, as far as that is written down.
pub(crate) fn left(row: &tokio_postgres::Row) -> Result<Option<(Timestamp, LeftBecause)>, StoreError> {
    let because: Option<&str> = row.value("left_because")?;
    let because = because
        .map(LeftBecause::from_slug)
        .transpose()
        .map_err(|_| StoreError::Column {
            column: "left_because",
        })?;
    Ok(row.value::<Option<Timestamp>>("left_at")?.zip(because))
}
