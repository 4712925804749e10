//! Logging in beside the letter: a session that waits for its reader, and what is remembered of whom they are to the broker.

use domain::event::Event;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party BEGIN_LOGIN = "
        UPDATE portal_session
           SET login_hash = $1 /* hash */, login_until = clock_timestamp() + make_interval(secs => $2 /* seconds */)
         WHERE secret_hash = current_credential() AND stage = 'in' AND expires_at > clock_timestamp()";
    // Of two who come back with the same, the second waits here and then finds that it is used up.
    Party BACK_FROM_LOGIN = "
        UPDATE portal_session SET login_until = clock_timestamp()
         WHERE login_hash = current_credential() AND login_until > clock_timestamp() AND expires_at > clock_timestamp()
        RETURNING secret_hash";
    // The lock lets of two who log in at once the second see what the first left.
    Party KNOWN_AS = "
        SELECT sub_hash FROM family_access WHERE subject_id = $1 /* subject */ AND id = $2 /* access */ FOR UPDATE";
    Party BECOME_KNOWN_AS = "
        UPDATE family_access SET sub_hash = $3 /* hash */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* access */ AND sub_hash IS NULL";
    Party STRENGTHEN = "
        UPDATE portal_session SET assurance = 'oidc'
         WHERE secret_hash = current_credential() AND stage = 'in' AND expires_at > clock_timestamp()";
}

impl Tx<'_, Party> {
    /// Lets this transaction's session, whose reader entered, wait for whoever comes back with what has this hash. Whom it
    /// waited for before, it does not any more. False when it is not in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_login(&self, ticket_hash: &[u8; 32], seconds: f64) -> Result<bool, StoreError> {
        let began = self
            .change(&BEGIN_LOGIN, &[&ticket_hash.as_slice(), &seconds])
            .await?;
        Ok(began == 1)
    }

    /// Hash of the secret of the session that waits for this transaction's credential, which is used up by that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn back_from_login(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let row = self.optional(&BACK_FROM_LOGIN, &[]).await?;
        row.map(|row| row.bytes("secret_hash")).transpose()
    }

    /// As whom somebody logged in with an access before; locks that until the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known_as(&self, (subject, access): (i64, i64)) -> Result<Option<Vec<u8>>, StoreError> {
        self.one(&KNOWN_AS, &[&subject, &access]).await?.value("sub_hash")
    }

    /// Remembers as whom somebody logged in with an access; it was nobody before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn become_known_as(
        &self,
        (subject, access): (i64, i64),
        hash: &[u8; 32],
    ) -> Result<(), StoreError> {
        self.change_exactly(&BECOME_KNOWN_AS, 1, &[&subject, &access, &hash.as_slice()])
            .await
    }

    /// Lets this transaction's session count for more, from now on. False when it is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn strengthen(&self, event: &Event) -> Result<bool, StoreError> {
        if self.change(&STRENGTHEN, &[]).await? == 0 {
            return Ok(false);
        }
        self.record_one(event).await?;
        Ok(true)
    }
}
