//! Named SQL statements. Each has one name, one role that may run it, and is prepared in a test.

use crate::database::Role;

/// One SQL statement.
pub(crate) struct Statement {
    /// Its name, which also stands in front of its text so that `pg_stat_activity` tells what is running.
    pub(crate) name: &'static str,
    /// The database role that runs it; what the test of grants reads.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of grants"))]
    pub(crate) role: Role,
    /// Its text.
    pub(crate) sql: &'static str,
}

/// Declares statements as `ROLE NAME = "SQL";` and the list of them all.
macro_rules! statements {
    ($($role:ident $name:ident = $sql:literal;)+) => {
        $(static $name: $crate::statement::Statement = $crate::statement::Statement {
            name: stringify!($name),
            role: $crate::database::Role::$role,
            sql: concat!("/* ", stringify!($name), " */ ", $sql),
        };)+

        /// Every statement of this file.
        #[cfg(test)]
        pub(crate) static STATEMENTS: &[&$crate::statement::Statement] = &[$(&$name),+];
    };
}
pub(crate) use statements;

#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Statement> {
    [
        crate::client::STATEMENTS,
        crate::database::STATEMENTS,
        crate::gate::STATEMENTS,
        crate::gate::consent_key::STATEMENTS,
        crate::gate::key::STATEMENTS,
        crate::gate::tombstone::STATEMENTS,
        crate::housekeeping::STATEMENTS,
        crate::key_epoch::STATEMENTS,
        crate::key_epoch::list::STATEMENTS,
        crate::log::export::STATEMENTS,
        crate::log::record::STATEMENTS,
        crate::log::sequence::STATEMENTS,
        crate::metrics::STATEMENTS,
        crate::quota::STATEMENTS,
        crate::quota::settings::STATEMENTS,
        crate::rotation::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
