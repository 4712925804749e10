//! The portal's key: is the one of the settings published, and not retired? And does the keyholder know which consents ended?

use jiff::{SignedDuration, Timestamp};
use protocol::consent::ConsentSigner;
use store::{Context, Matcher, PortalKeyRow, Store, StoreError, Tx, Work};

use crate::config::Config;
use crate::database::explain;

/// What the keyholder has not taken after so long is told.
const LATE: SignedDuration = SignedDuration::from_secs(60);

pub(super) async fn of(config: &Config, store: &Store) -> Result<String, String> {
    let keys = store.run(Context::Service, ReadKeys).await;
    let keys = keys.map_err(|error| explain(&error))?;
    let signing = keys.iter().filter(|row| row.retired_at.is_none()).count();
    let Some(seed) = &config.keys.consent else {
        return match keys.is_empty() {
            false => Ok(format!("{signing} published, the secret is another process's")),
            true => {
                Err("none is published yet: start the portal (`trefpunt serve --only portal`)".to_owned())
            }
        };
    };
    let own = ConsentSigner::from_seed(seed.expose()).key().key_id;
    match keys.iter().find(|row| row.key_id == own.0) {
        Some(row) if row.retired_at.is_none() => Ok(format!("{own}, the key of the settings, is published")),
        Some(_) => Err(format!(
            "{own}, the key of the settings, was retired: the portal does not start with it"
        )),
        None if keys.is_empty() => Ok(format!("{own}; it is published at the first start")),
        None => Err(format!(
            "{own}, the key of the settings, is not published: `trefpunt portal-key add` makes and publishes one"
        )),
    }
}

pub(super) async fn waiting(store: &Store) -> Result<String, String> {
    let waiting = store.run(Context::Service, ReadWaiting).await;
    let (count, since, now) = waiting.map_err(|error| explain(&error))?;
    match since {
        None => Ok("the keyholder knows of all".to_owned()),
        Some(since) if now.duration_since(since) <= LATE => {
            Ok(format!("{count} on their way to the keyholder"))
        }
        Some(since) => Err(format!(
            "the keyholder has not taken {count}, the oldest of {since}: does it answer, and is the service running?"
        )),
    }
}

struct ReadKeys;

impl Work for ReadKeys {
    const NAME: &'static str = "doctor_portal_keys";
    type Role = Matcher;
    type Output = Vec<PortalKeyRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<PortalKeyRow>, StoreError> {
        tx.portal_keys().await
    }
}

struct ReadWaiting;

impl Work for ReadWaiting {
    const NAME: &'static str = "doctor_tombstones";
    type Role = Matcher;
    type Output = (i64, Option<Timestamp>, Timestamp);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Self::Output, StoreError> {
        let (count, since) = tx.tombstones_waiting().await?;
        Ok((count, since, tx.now()))
    }
}
