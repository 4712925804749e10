//! Migrations: plain SQL, applied under an advisory lock, since the migration runner itself takes none.

use refinery::Runner;
use tokio_postgres::Client;

use super::{Database, Role};
use crate::error::KeyholderError;

/// The advisory lock of whoever migrates: two processes that start together must not both do it.
const MIGRATION_LOCK: (i32, i32) = (0x6b65_7968, 0x6d69_6772);

/// Beside another schema's, should somebody share a database against the advice of the documentation.
const HISTORY: &str = "keyholder_schema_history";

mod embedded {
    refinery::embed_migrations!("migrations");
}

fn runner() -> Runner {
    let mut runner = embedded::migrations::runner();
    runner.set_migration_table_name(HISTORY);
    runner
}

impl Database {
    /// Brings the schema up to date and sets the service role's password. Safe to do again and from several processes.
    ///
    /// # Errors
    /// [`KeyholderError::Migration`] when a step fails; what was applied before it stays.
    pub(crate) async fn migrate(&self) -> Result<(), KeyholderError> {
        let mut connection = self.connection(Role::Owner).await?;
        let client: &mut Client = &mut connection;
        let (class, lock) = MIGRATION_LOCK;
        execute(client, &format!("SELECT pg_advisory_lock({class}, {lock})")).await?;
        let outcome = self.apply(client).await;
        // The lock belongs to the session, and the session goes back to the pool.
        execute(client, &format!("SELECT pg_advisory_unlock({class}, {lock})")).await?;
        outcome
    }

    async fn apply(&self, client: &mut Client) -> Result<(), KeyholderError> {
        let applied = runner().run_async(client).await;
        applied.map_err(|error| KeyholderError::Migration(Box::new(error)))?;
        if let Some(password) = self.0.settings.role_password(Role::Service) {
            let role = Role::Service.name();
            execute(client, &format!("ALTER ROLE {role} PASSWORD '{password}'")).await?;
        }
        Ok(())
    }

    /// Whether the schema is the one this program was built for.
    ///
    /// # Errors
    /// [`KeyholderError::Unreachable`], [`KeyholderError::Busy`].
    pub(crate) async fn schema_is_current(&self) -> Result<bool, KeyholderError> {
        let mut connection = self.connection(Role::Owner).await?;
        let client: &mut Client = &mut connection;
        let runner = runner();
        let expected = runner
            .get_migrations()
            .iter()
            .map(refinery::Migration::version)
            .max();
        let applied = runner
            .get_last_applied_migration_async(client)
            .await
            .map_err(|error| KeyholderError::Migration(Box::new(error)))?;
        Ok(applied.map(|migration| migration.version()) == expected)
    }
}

async fn execute(client: &Client, sql: &str) -> Result<(), KeyholderError> {
    client
        .batch_execute(sql)
        .await
        .map_err(|source| KeyholderError::Statement {
            statement: "migrate",
            source,
        })
}
