//! How much may be evaluated in a UTC day: per organisation, per professional of it, and per gateway in all.
//!
//! Charging is one statement whose three counters move together or, because the transaction then rolls back, not at
//! all. It comes before the evaluation: what is charged and then not answered (a crash in between) stays charged, since
//! the other order would let whoever can crash the keyholder evaluate without being counted.

pub(crate) mod settings;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use uuid::Uuid;

use crate::client::{Client, ClientRole};
use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::sealing::Sealing;
use crate::statement::statements;

pub use settings::{Defaults, Quota, QuotaError, Quotas, Used};

/// Seconds of a UTC day; leap seconds are not in Unix time.
const DAY_SECONDS: i64 = 86_400;

statements! {
    // The counters are taken in this order by every request, organisation first, so that two cannot wait for each other.
    Service CHARGE = "
        WITH allowed AS (
            SELECT coalesce(q.organisation_daily, s.organisation_daily) AS organisation_daily,
                   coalesce(q.professional_daily, s.professional_daily) AS professional_daily,
                   s.gateway_daily
              FROM keyholder.setting s
              LEFT JOIN keyholder.organisation_quota q ON q.organisation_id = $2 /* organisation */),
        by_organisation AS (
            INSERT INTO keyholder.organisation_day AS c (day, organisation_id, elements)
            SELECT $1::date /* day */, $2::uuid, $4::int /* elements */ FROM allowed WHERE $4 <= organisation_daily
                ON CONFLICT (day, organisation_id) DO UPDATE SET elements = c.elements + EXCLUDED.elements
             WHERE c.elements + EXCLUDED.elements <= (SELECT organisation_daily FROM allowed)
            RETURNING 1),
        by_professional AS (
            INSERT INTO keyholder.professional_day AS c (day, organisation_id, professional, elements)
            SELECT $1, $2, $3::bytea /* professional */, $4 FROM allowed WHERE $4 <= professional_daily
                ON CONFLICT (day, organisation_id, professional) DO UPDATE SET elements = c.elements + EXCLUDED.elements
             WHERE c.elements + EXCLUDED.elements <= (SELECT professional_daily FROM allowed)
            RETURNING 1),
        by_gateway AS (
            INSERT INTO keyholder.gateway_day AS c (day, client_id, elements)
            SELECT $1, $5::text /* gateway, or null */, $4 FROM allowed WHERE $5 IS NOT NULL AND $4 <= gateway_daily
                ON CONFLICT (day, client_id) DO UPDATE SET elements = c.elements + EXCLUDED.elements
             WHERE c.elements + EXCLUDED.elements <= (SELECT gateway_daily FROM allowed)
            RETURNING 1)
        SELECT EXISTS (SELECT FROM by_organisation) AS organisation,
               EXISTS (SELECT FROM by_professional) AS professional,
               $5 IS NULL OR EXISTS (SELECT FROM by_gateway) AS gateway";
    Service NOTE_ORGANISATION = "
        INSERT INTO keyholder.organisation_day AS c (day, organisation_id, elements, exhausted_at)
        VALUES ($1 /* day */, $2 /* organisation */, 0, $3 /* now */)
            ON CONFLICT (day, organisation_id) DO UPDATE SET exhausted_at = EXCLUDED.exhausted_at
         WHERE c.exhausted_at IS NULL";
    Service NOTE_PROFESSIONAL = "
        INSERT INTO keyholder.professional_day AS c (day, organisation_id, professional, elements, exhausted_at)
        VALUES ($1 /* day */, $2 /* organisation */, $3 /* professional */, 0, $4 /* now */)
            ON CONFLICT (day, organisation_id, professional) DO UPDATE SET exhausted_at = EXCLUDED.exhausted_at
         WHERE c.exhausted_at IS NULL";
    Service NOTE_GATEWAY = "
        INSERT INTO keyholder.gateway_day AS c (day, client_id, elements, exhausted_at)
        VALUES ($1 /* day */, $2 /* gateway */, 0, $3 /* now */)
            ON CONFLICT (day, client_id) DO UPDATE SET exhausted_at = EXCLUDED.exhausted_at
         WHERE c.exhausted_at IS NULL";
}

/// What is charged to whom.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) organisation: [u8; 16],
    /// The professional's pseudonym as sent; only its keyed hash reaches the database.
    pub(crate) professional: [u8; 16],
    pub(crate) elements: usize,
}

/// A quota has not enough left; nothing was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted {
    organisation: bool,
    professional: bool,
    gateway: bool,
    /// Until the next UTC midnight.
    pub(crate) retry_after_seconds: u32,
}

/// The UTC day of a moment.
pub(crate) fn day(at: Timestamp) -> civil::Date {
    at.to_zoned(TimeZone::UTC).date()
}

impl Tx<'_> {
    /// Charges all counters, or tells which have not enough left; the caller then rolls back.
    pub(crate) async fn charge(
        &self,
        client: &Client,
        charge: &Charge,
        sealing: &Sealing,
    ) -> Result<Result<(), Exhausted>, KeyholderError> {
        let day = day(self.now());
        let professional = sealing.professional(day, &charge.organisation, &charge.professional);
        let elements = i32::try_from(charge.elements).unwrap_or(i32::MAX);
        let row = self
            .one(
                &CHARGE,
                &[
                    &day,
                    &Uuid::from_bytes(charge.organisation),
                    &professional.as_slice(),
                    &elements,
                    &gateway(client),
                ],
            )
            .await?;
        let charged = |column| row.value::<bool>(column);
        let (organisation, professional, gateway) = (
            charged("organisation")?,
            charged("professional")?,
            charged("gateway")?,
        );
        if organisation && professional && gateway {
            return Ok(Ok(()));
        }
        let left = DAY_SECONDS - self.now().as_second().rem_euclid(DAY_SECONDS);
        Ok(Err(Exhausted {
            organisation: !organisation,
            professional: !professional,
            gateway: !gateway,
            retry_after_seconds: u32::try_from(left).unwrap_or(1),
        }))
    }
}

/// The gateway whose cap is charged.
fn gateway(client: &Client) -> Option<&str> {
    (client.role == ClientRole::Gateway).then(|| client.id.as_str())
}

/// Notes that quotas were exhausted. The first time on a day is an event; a caller that insists fills no log.
pub(crate) struct NoteExhausted {
    pub(crate) client: Client,
    pub(crate) charge: Charge,
    pub(crate) exhausted: Exhausted,
    pub(crate) sealing: Sealing,
}

impl Work for NoteExhausted {
    const NAME: &'static str = "note_exhausted";
    const ROLE: Role = Role::Service;
    type Output = ();
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), KeyholderError> {
        let (day, now) = (day(tx.now()), tx.now());
        let organisation = Uuid::from_bytes(self.charge.organisation);
        let mut first = Vec::new();
        if self.exhausted.organisation
            && tx
                .change(&NOTE_ORGANISATION, &[&day, &organisation, &now])
                .await?
                == 1
        {
            first.push("organisation");
        }
        if self.exhausted.professional {
            let professional =
                self.sealing
                    .professional(day, &self.charge.organisation, &self.charge.professional);
            let parameters: crate::database::Parameters<'_> =
                &[&day, &organisation, &professional.as_slice(), &now];
            if tx.change(&NOTE_PROFESSIONAL, parameters).await? == 1 {
                first.push("professional");
            }
        }
        if let (true, Some(gateway)) = (self.exhausted.gateway, gateway(&self.client))
            && tx.change(&NOTE_GATEWAY, &[&day, &gateway, &now]).await? == 1
        {
            first.push("gateway");
        }
        for quota in first {
            let event = Event::QuotaExhausted {
                client_tag: self.client.log_tag,
                organisation: self.charge.organisation,
                client: self.client.id.to_string(),
                quota,
            };
            tx.record(&event, &self.sealing).await?;
        }
        Ok(())
    }
}
