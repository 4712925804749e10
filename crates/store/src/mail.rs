//! Whom to mail that there are messages: addresses of coordinators, mails that are due, and what could not be delivered.

use domain::event::Event;
use domain::key::{NoticeKey, OrganisationKey};
use domain::mail::{BETWEEN_MAILS, LEFT_ALONE, TOO_OLD};
use jiff::Timestamp;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

statements! {
    Party OWN_MAIL_ADDRESS = "
        SELECT address, set_at FROM mail_address WHERE organisation_id = current_organisation()";
    Party SET_MAIL_ADDRESS = "
        INSERT INTO mail_address (organisation_id, address, set_at)
        VALUES (current_organisation(), $1 /* address */, $2 /* now */)
        ON CONFLICT (organisation_id) DO UPDATE SET address = EXCLUDED.address, set_at = EXCLUDED.set_at";
    Party REMOVE_MAIL_ADDRESS = "DELETE FROM mail_address WHERE organisation_id = current_organisation()";
    Party REFUSED_MAIL = "
        SELECT address, refused_at FROM mail
         WHERE organisation_id = current_organisation() AND refused_at IS NOT NULL
         ORDER BY refused_at DESC, address_hash LIMIT $1 /* limit */";
    // Notices that show and nobody was mailed about, with the work contact of whom each waits for; nobody is mailed for an
    // organisation that is disabled. SKIP LOCKED: another
    // process looks at it, or somebody acknowledges it at this moment.
    Matcher NOTICES_TO_MAIL = "
        SELECT n.subject_id, n.id, n.organisation_id, coalesce(p.professional, g.professional) AS professional
          FROM notice n JOIN organisation o ON o.id = n.organisation_id AND o.disabled_at IS NULL
          LEFT JOIN match_party p ON p.subject_id = n.subject_id AND p.match_id = n.match_id
                                 AND p.organisation_id = n.organisation_id
          LEFT JOIN signal g ON g.subject_id = n.subject_id AND g.id = n.signal_id
         WHERE n.mailed_at IS NULL AND n.acknowledged_at IS NULL
           AND n.visible_at <= $1 /* now */ AND n.visible_at > $2 /* too old */
         ORDER BY n.visible_at LIMIT $3 /* limit */ FOR NO KEY UPDATE OF n SKIP LOCKED";
    Matcher SET_NOTICES_MAILED = "
        UPDATE notice n SET mailed_at = $1 /* now */
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* notices */) AS m (subject_id, id)
         WHERE n.subject_id = m.subject_id AND n.id = m.id";
    Matcher COORDINATORS_ADDRESSES = "
        SELECT a.organisation_id, a.address FROM mail_address a JOIN organisation o ON o.id = a.organisation_id
         WHERE a.organisation_id = ANY ($1::int[] /* organisations */) AND o.disabled_at IS NULL";
    // One mail for all that waits. Not before a quarter of an hour after the last one to the address, whoever's inbox that
    // was about; and none where the last one was refused for good.
    Matcher QUEUE_MAIL = "
        INSERT INTO mail AS m (organisation_id, address_hash, address, message_id, queued_at, due_at)
        SELECT DISTINCT ON (q.organisation_id, q.address_hash)
               q.organisation_id, q.address_hash, q.address, q.message_id, $1 /* now */,
               greatest($1, (SELECT max(o.sent_at) + $2::text::interval /* between mails */ FROM mail o
                              WHERE o.address_hash = q.address_hash))
          FROM unnest($3::int[] /* organisations */, $4::bytea[] /* hashes */, $5::bytea[] /* addresses */,
                      $6::uuid[] /* message ids */) AS q (organisation_id, address_hash, address, message_id)
         ORDER BY q.organisation_id, q.address_hash
        ON CONFLICT (organisation_id, address_hash) DO UPDATE
           SET address = EXCLUDED.address, message_id = EXCLUDED.message_id, queued_at = EXCLUDED.queued_at,
               due_at = EXCLUDED.due_at, attempts = 0, refused_at = NULL
         WHERE m.due_at IS NULL AND (m.refused_at IS NULL OR m.refused_at <= $7 /* left alone */)";
    // One process claims at a time, so that an address of two organisations is not claimed twice.
    Matcher LOCK_MAILS = "SELECT pg_advisory_xact_lock(1836017004 /* mail */)";
    Matcher MAILS_DUE = "
        SELECT organisation_id, address_hash, address, message_id, queued_at, attempts FROM mail m
         WHERE due_at <= $1 /* now */
           AND NOT EXISTS (SELECT FROM mail o WHERE o.address_hash = m.address_hash AND o.sent_at > $2 /* lately */)
         ORDER BY due_at, organisation_id, address_hash LIMIT $3 /* limit */ FOR UPDATE";
    // While it is handed in nobody else does; when nothing is heard of it, it is tried again.
    Matcher LEASE_MAILS = "
        UPDATE mail SET due_at = $1 /* until */, attempts = attempts + 1
         WHERE address_hash = ANY ($2::bytea[] /* hashes */) AND due_at IS NOT NULL";
    Matcher SET_MAIL_SENT = "
        UPDATE mail SET sent_at = $1 /* now */, due_at = NULL
         WHERE address_hash = $2 /* hash */ AND due_at IS NOT NULL";
    Matcher PUT_MAIL_OFF = "
        UPDATE mail SET due_at = $1 /* next */ WHERE address_hash = $2 /* hash */ AND due_at IS NOT NULL";
    Matcher SET_MAIL_REFUSED = "
        UPDATE mail SET refused_at = $1 /* now */, due_at = NULL
         WHERE address_hash = $2 /* hash */ AND due_at IS NOT NULL";
    Matcher FORGET_MAILS = "
        DELETE FROM mail WHERE due_at IS NULL
           AND coalesce(greatest(sent_at + interval '1 hour', refused_at + interval '30 days'), queued_at) <= $1 /* now */";
}

/// The address of an organisation's coordinator.
pub struct MailAddressRow {
    /// Encrypted for the organisation.
    pub address: Sealed,
    /// When it was set.
    pub set_at: Timestamp,
}

/// An address that could not be mailed.
pub struct RefusedMailRow {
    /// Encrypted for the organisation.
    pub address: Sealed,
    /// When that was found.
    pub refused_at: Timestamp,
}

/// A notice about which nobody was mailed.
pub struct NoticeToMail {
    /// Its key.
    pub key: NoticeKey,
    /// Whose inbox it lies in.
    pub organisation: OrganisationKey,
    /// The work contact of whom it waits for, encrypted for the organisation; none when it waits for nobody in particular.
    pub professional: Option<Sealed>,
}

/// A mail that is to go to an address.
pub struct NewMail {
    /// For whose inbox.
    pub organisation: OrganisationKey,
    /// A keyed hash of the address.
    pub address_hash: [u8; 32],
    /// The address, encrypted for the organisation.
    pub address: Sealed,
    /// Its name.
    pub message_id: u128,
}

/// A mail that is due.
pub struct DueMail {
    /// For whose inbox.
    pub organisation: OrganisationKey,
    /// A keyed hash of the address.
    pub address_hash: [u8; 32],
    /// The address, encrypted for the organisation.
    pub address: Sealed,
    /// Its name.
    pub message_id: u128,
    /// Since when it is due.
    pub queued_at: Timestamp,
    /// How often it was tried, this time included.
    pub attempts: u32,
}

impl Tx<'_, Party> {
    /// The address of this organisation's coordinator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mail_address(&self) -> Result<Option<MailAddressRow>, StoreError> {
        let row = self.optional(&OWN_MAIL_ADDRESS, &[]).await?;
        row.map(|row| {
            Ok(MailAddressRow {
                address: Sealed(row.value("address")?),
                set_at: row.value("set_at")?,
            })
        })
        .transpose()
    }

    /// Sets it, or takes it away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_mail_address(&self, address: Option<&Sealed>, event: &Event) -> Result<(), StoreError> {
        match address {
            Some(address) => {
                self.change_exactly(&SET_MAIL_ADDRESS, 1, &[&address.0, &self.now()])
                    .await?;
            }
            None => self.change_exactly(&REMOVE_MAIL_ADDRESS, 1, &[]).await?,
        }
        self.record_one(event).await.map(drop)
    }

    /// Addresses for this organisation's inbox that could not be mailed, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refused_mail(&self, limit: i64) -> Result<Vec<RefusedMailRow>, StoreError> {
        let rows = self.rows(&REFUSED_MAIL, &[&limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(RefusedMailRow {
                    address: Sealed(row.value("address")?),
                    refused_at: row.value("refused_at")?,
                })
            })
            .collect()
    }
}

impl Tx<'_, Matcher> {
    /// Notices that show and about which nobody was mailed, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices_to_mail(&self, limit: i64) -> Result<Vec<NoticeToMail>, StoreError> {
        let too_old = self.now() - TOO_OLD;
        let rows = self
            .rows(&NOTICES_TO_MAIL, &[&self.now(), &too_old, &limit])
            .await?;
        rows.iter()
            .map(|row| {
                let professional: Option<Vec<u8>> = row.value("professional")?;
                Ok(NoticeToMail {
                    key: NoticeKey {
                        subject: row.value("subject_id")?,
                        row: row.value("id")?,
                    },
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    professional: professional.map(Sealed),
                })
            })
            .collect()
    }

    /// Notes that these were looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_notices_mailed(&self, notices: &[NoticeToMail]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = notices.iter().map(|notice| notice.key.subject).collect();
        let rows: Vec<i64> = notices.iter().map(|notice| notice.key.row).collect();
        self.change_exactly(
            &SET_NOTICES_MAILED,
            notices.len(),
            &[&self.now(), &subjects, &rows],
        )
        .await
    }

    /// The addresses of these organisations' coordinators, where there are any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn coordinators_addresses(
        &self,
        organisations: &[OrganisationKey],
    ) -> Result<Vec<(OrganisationKey, Sealed)>, StoreError> {
        let organisations: Vec<i32> = organisations.iter().map(|organisation| organisation.0).collect();
        let rows = self.rows(&COORDINATORS_ADDRESSES, &[&organisations]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    OrganisationKey(row.value("organisation_id")?),
                    Sealed(row.value("address")?),
                ))
            })
            .collect()
    }

    /// Puts mails into the queue, one for each address, unless one waits there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue_mails(&self, mails: &[NewMail]) -> Result<(), StoreError> {
        let organisations: Vec<i32> = mails.iter().map(|mail| mail.organisation.0).collect();
        let hashes: Vec<&[u8]> = mails.iter().map(|mail| mail.address_hash.as_slice()).collect();
        let addresses: Vec<&[u8]> = mails.iter().map(|mail| mail.address.0.as_slice()).collect();
        let ids: Vec<Uuid> = mails
            .iter()
            .map(|mail| Uuid::from_u128(mail.message_id))
            .collect();
        let between = format!("{} seconds", BETWEEN_MAILS.as_secs());
        let left_alone = self.now() - LEFT_ALONE;
        // How many were waiting already is no matter.
        self.change(
            &QUEUE_MAIL,
            &[
                &self.now(),
                &between,
                &organisations,
                &hashes,
                &addresses,
                &ids,
                &left_alone,
            ],
        )
        .await
        .map(drop)
    }

    /// Mails that are due, one for each address; nobody else gets them until `until`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_mails(&self, limit: i64, until: Timestamp) -> Result<Vec<DueMail>, StoreError> {
        self.rows(&LOCK_MAILS, &[]).await?;
        let lately = self.now() - BETWEEN_MAILS;
        let rows = self.rows(&MAILS_DUE, &[&self.now(), &lately, &limit]).await?;
        let mut due: Vec<DueMail> = Vec::with_capacity(rows.len());
        for row in &rows {
            let address_hash = row.bytes("address_hash")?;
            if due.iter().any(|other| other.address_hash == address_hash) {
                continue;
            }
            let attempts: i32 = row.value("attempts")?;
            due.push(DueMail {
                organisation: OrganisationKey(row.value("organisation_id")?),
                address_hash,
                address: Sealed(row.value("address")?),
                message_id: row.tag("message_id")?,
                queued_at: row.value("queued_at")?,
                attempts: u32::try_from(attempts).unwrap_or_default() + 1,
            });
        }
        let hashes: Vec<&[u8]> = due.iter().map(|mail| mail.address_hash.as_slice()).collect();
        self.change(&LEASE_MAILS, &[&until, &hashes]).await?;
        Ok(due)
    }

    /// The mail server took the mail to this address: that says what every other mail to it would have said.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_mail_sent(&self, address_hash: &[u8; 32]) -> Result<(), StoreError> {
        let hash = address_hash.as_slice();
        self.change(&SET_MAIL_SENT, &[&self.now(), &hash]).await.map(drop)
    }

    /// It is tried again at this time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_mail_off(&self, address_hash: &[u8; 32], next: Timestamp) -> Result<(), StoreError> {
        let hash = address_hash.as_slice();
        self.change(&PUT_MAIL_OFF, &[&next, &hash]).await.map(drop)
    }

    /// It is given up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_mail_refused(&self, address_hash: &[u8; 32]) -> Result<(), StoreError> {
        let hash = address_hash.as_slice();
        self.change(&SET_MAIL_REFUSED, &[&self.now(), &hash])
            .await
            .map(drop)
    }

    /// Forgets mails that were sent over an hour ago and refusals of 30 days ago; gives of how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_mails(&self) -> Result<u64, StoreError> {
        self.change(&FORGET_MAILS, &[&self.now()]).await
    }
}
