//! Migrations: plain SQL, applied under an advisory lock, since the migration runner itself takes none.

use deadpool_postgres::Object;
use tokio_postgres::Client;

use crate::error::StoreError;
use crate::pool::{ConnectionSettings, Store};
use crate::work::{Erase, Log, Matcher, Owner, Party, Role, Submit};

/// The advisory lock of whoever migrates: two processes that start together must not both do it.
const MIGRATION_LOCK: (i32, i32) = (0x7472_6566, 0x6d69_6772);

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Brings the schema up to date and sets the roles' passwords. Safe to do again and from several processes at once.
///
/// # Errors
/// [`StoreError::Migration`] when a step fails; what was applied before it stays.
pub async fn migrate(store: &Store, settings: &ConnectionSettings) -> Result<(), StoreError> {
    let mut connection = store.connection::<Owner>().await?;
    let client: &mut Client = &mut connection;
    let (class, lock) = MIGRATION_LOCK;
    execute(client, &format!("SELECT pg_advisory_lock({class}, {lock})")).await?;
    let outcome = apply(client, settings).await;
    // The lock belongs to the session, and the session goes back to the pool.
    execute(client, &format!("SELECT pg_advisory_unlock({class}, {lock})")).await?;
    outcome
}

async fn apply(client: &mut Client, settings: &ConnectionSettings) -> Result<(), StoreError> {
    embedded::migrations::runner()
        .run_async(client)
        .await
        .map_err(|error| StoreError::Migration(Box::new(error)))?;
    for role in [
        Party::DATABASE_ROLE,
        Submit::DATABASE_ROLE,
        Matcher::DATABASE_ROLE,
        Log::DATABASE_ROLE,
        Erase::DATABASE_ROLE,
    ] {
        if let Some(password) = settings.role_password(role) {
            // 64 hexadecimal digits: nothing to quote.
            execute(client, &format!("ALTER ROLE {role} PASSWORD '{password}'")).await?;
        }
    }
    Ok(())
}

async fn execute(client: &Client, sql: &str) -> Result<(), StoreError> {
    client
        .batch_execute(sql)
        .await
        .map_err(|source| StoreError::Statement {
            statement: "migrate",
            source,
        })
}

/// Whether the schema is the one this program was built for.
///
/// # Errors
/// [`StoreError::Unreachable`], [`StoreError::Busy`].
pub async fn schema_is_current(store: &Store) -> Result<bool, StoreError> {
    let mut connection: Object = store.connection::<Owner>().await?;
    let client: &mut Client = &mut connection;
    let expected = embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max();
    let applied = embedded::migrations::runner()
        .get_last_applied_migration_async(client)
        .await
        .map_err(|error| StoreError::Migration(Box::new(error)))?;
    Ok(applied.map(|migration| migration.version()) == expected)
}
