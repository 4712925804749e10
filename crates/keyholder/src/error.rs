//! What can go wrong between the keyholder and its database, and inside it. No text here holds a value.

/// A failure that is not the caller's.
#[derive(Debug, thiserror::Error)]
pub enum KeyholderError {
    /// No connection became free within the pool's waiting time (250 ms): the act was not begun.
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
    /// A statement failed. Only the SQLSTATE is in the text: messages of the database can quote values.
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
    /// A sealed value does not open with the configured storage key.
    #[error("a sealed value does not open with the storage key")]
    Unsealable,
    /// A key does not fit its public half, or cannot be used.
    #[error("a stored key is damaged")]
    DamagedKey,
    /// The list of key epochs does not follow its own rules, or the signing key is not the one that signed it.
    #[error("the list of key epochs is damaged or was signed with another key")]
    DamagedList,
    /// The stored tree is not one the program can go on from, or an event does not fit a leaf.
    #[error("the stored state of the audit log is damaged")]
    DamagedLog,
    /// `K_gate` is not the one that shares were made with: what was sealed under them would stay closed.
    #[error("the gate's key is another than the one that shares were made with")]
    OtherGateKey,
    /// There is no key yet: the keyholder was not set up.
    #[error("the keyholder has no key yet")]
    NotInitialised,
    /// A migration failed.
    #[error("the schema could not be migrated")]
    Migration(#[source] Box<refinery::Error>),
    /// The address of the database cannot be read.
    #[error("the database address is not valid")]
    Address(#[source] tokio_postgres::Error),
    /// The database is not on this machine, and the connection would not be encrypted.
    #[error("the database address leads off this machine, and connections are not encrypted")]
    NotLocal,
    /// The transaction lasted too long to be recorded with the time at which it began.
    #[error("the transaction lasted too long")]
    Stale,
    /// The task that ran the work ended without an answer.
    #[error("the work {0} was interrupted")]
    Interrupted(&'static str),
}

impl KeyholderError {
    /// Whether the same work may simply be run again: serialisation failure, deadlock, or a race for a unique key.
    pub(crate) fn is_passing(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            Self::Stale => true,
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

    /// Whether whoever asked may try again a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Busy
            | Self::Unreachable(_)
            | Self::OutcomeUnknown { .. }
            | Self::Interrupted(_)
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
