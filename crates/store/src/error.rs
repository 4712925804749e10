//! What can go wrong between the service and its database.

/// A failure of the database or of the way to it. Its text names statements, never their parameters.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection became free within the pool's waiting time (250 ms): shed load, the act was not begun.
    #[error("no database connection became free in time")]
    Busy,
    /// The database could not be reached, or the connection broke before COMMIT was sent: the act has no effect.
    #[error("the database cannot be reached")]
    Unreachable(#[source] tokio_postgres::Error),
    /// The answer to COMMIT did not arrive: the act may or may not have taken effect.
    #[error("the outcome of {work} is unknown")]
    OutcomeUnknown {
        /// The name of the work.
        work: &'static str,
        /// What the connection said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// A statement failed. Only the SQLSTATE is kept in the text: messages of the database can quote values.
    #[error("statement {statement} failed with SQLSTATE {}", source.code().map_or("none", |code| code.code()))]
    Statement {
        /// The name of the statement.
        statement: &'static str,
        /// What the database said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// A statement touched another number of rows than it must.
    #[error("statement {statement} touched {actual} rows where {expected} were meant")]
    RowCount {
        /// The name of the statement.
        statement: &'static str,
        /// How many rows were meant.
        expected: u64,
        /// How many there were.
        actual: u64,
    },
    /// A column does not hold what the program expects.
    #[error("column {column} does not hold what it should")]
    Column {
        /// The column.
        column: &'static str,
    },
    /// An encrypted column cannot be opened with the configured storage key.
    #[error("an encrypted value does not open with the storage key")]
    Unsealable,
    /// An event cannot be written as a leaf.
    #[error("an event does not fit a leaf of the audit log")]
    Leaf(#[source] audit_log::entry::EntryError),
    /// The stored tree is not one the program can go on from.
    #[error("the stored state of the audit log is damaged")]
    DamagedLog,
    /// A migration failed.
    #[error("the schema could not be migrated")]
    Migration(#[source] Box<refinery::Error>),
    /// The address of the database cannot be read.
    #[error("the database address is not valid")]
    Address(#[source] tokio_postgres::Error),
    /// The transaction lasted too long to be recorded with the time at which it began.
    #[error("the transaction lasted too long")]
    Stale,
    /// The database is not on this machine, and the connection would not be encrypted.
    #[error("the database address leads off this machine, and connections are not encrypted")]
    NotLocal,
    /// No answer came, to a COMMIT perhaps: whether the work was done is not known.
    #[error("the database gave no answer to {0}")]
    Silent(&'static str),
    /// The task that ran the work ended without an answer.
    #[error("the work {0} was interrupted")]
    Interrupted(&'static str),
}

impl StoreError {
    /// Whether the same work may simply be run again: serialisation failure, deadlock, or a race for a unique key
    /// that another transaction has meanwhile won.
    pub(crate) fn is_passing(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            Self::Statement { source, .. } => source.code().is_some_and(|code| {
                [
                    SqlState::T_R_SERIALIZATION_FAILURE,
                    SqlState::T_R_DEADLOCK_DETECTED,
                    SqlState::UNIQUE_VIOLATION,
                ]
                .contains(code)
            }),
            _ => false,
        }
    }

    /// Whether the database could do no work at all, whatever it was. Else the fault is in what this work met.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Busy | Self::Unreachable(_) | Self::OutcomeUnknown { .. } | Self::Silent(_) => true,
            Self::Statement { source, .. } => source.code().is_none() || is_shutdown(source),
            _ => false,
        }
    }

    /// Whether the caller may try again later with the same idempotency key.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Busy
            | Self::Unreachable(_)
            | Self::OutcomeUnknown { .. }
            | Self::Interrupted(_)
            | Self::Silent(_)
            | Self::Stale => true,
            Self::Statement { source, .. } => {
                source.code().is_none() || self.is_passing() || is_shutdown(source)
            }
            _ => false,
        }
    }
}

/// Classes 57, 53 and 55 of the SQL states: the database is going down, has no room, or a lock was not had in time.
fn is_shutdown(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        ["53", "55", "57"]
            .iter()
            .any(|class| code.code().starts_with(class))
    })
}
