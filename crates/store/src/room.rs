//! How many connections the database takes, and who has them.

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Owner, RowExt, Tx};

statements! {
    Owner MOST_CONNECTIONS = "
        SELECT least(current_setting('max_connections')::bigint
                       - current_setting('superuser_reserved_connections')::bigint
                       - coalesce(current_setting('reserved_connections', true), '0')::bigint,
                     nullif(datconnlimit, -1)::bigint) AS most
          FROM pg_database WHERE datname = current_database()";
    // A process names its role behind its own name.
    Owner PROGRAMS = "
        SELECT split_part(coalesce(application_name, ''), ' ', 1) AS program, count(*) AS connections
          FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1 ORDER BY 1";
}

/// Connections of the database's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// How many there can be beside those kept for whoever administers it.
    pub most: i64,
    /// Who has them, as they call themselves, and how many.
    pub programs: Vec<(String, i64)>,
}

impl Tx<'_, Owner> {
    /// How many connections there can be, and who has them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn room(&self) -> Result<Room, StoreError> {
        let rows = self.rows(&PROGRAMS, &[]).await?;
        let program = |row: &tokio_postgres::Row| Ok((row.value("program")?, row.value("connections")?));
        Ok(Room {
            most: self.one(&MOST_CONNECTIONS, &[]).await?.value("most")?,
            programs: rows.iter().map(program).collect::<Result<_, StoreError>>()?,
        })
    }
}
