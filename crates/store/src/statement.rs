//! Named SQL statements. Each has one name, one role that may run it, and is prepared in a test.

/// One SQL statement.
pub(crate) struct Statement {
    /// Its name, which also stands in front of its text so that `pg_stat_activity` tells what is running.
    pub(crate) name: &'static str,
    /// The database role that runs it; what the test of grants reads.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of grants"))]
    pub(crate) role: &'static str,
    /// Its text.
    pub(crate) sql: &'static str,
}

/// Declares statements as `ROLE NAME = "SQL";` and the list of them all.
macro_rules! statements {
    ($($role:ident $name:ident = $sql:expr;)+) => {
        $(static $name: $crate::statement::Statement = $crate::statement::Statement {
            name: stringify!($name),
            role: <$crate::work::$role as $crate::work::Role>::DATABASE_ROLE,
            sql: concat!("/* ", stringify!($name), " */ ", $sql),
        };)+

        /// Every statement of this file.
        #[cfg_attr(not(test), allow(dead_code, reason = "read by the test of grants"))]
        pub(crate) static STATEMENTS: &[&$crate::statement::Statement] = &[$(&$name),+];
    };
}
pub(crate) use statements;

#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Statement> {
    [
        crate::access::STATEMENTS,
        crate::archive::STATEMENTS,
        crate::alert::STATEMENTS,
        crate::audit::export::STATEMENTS,
        crate::audit::leaf::STATEMENTS,
        crate::audit::read::STATEMENTS,
        crate::audit::scrub::STATEMENTS,
        crate::audit::sequence::STATEMENTS,
        crate::audit::tree::STATEMENTS,
        crate::audit::witness::STATEMENTS,
        crate::batch::STATEMENTS,
        crate::batch::arriving::STATEMENTS,
        crate::batch::deciding::STATEMENTS,
        crate::batch::working::STATEMENTS,
        crate::client::STATEMENTS,
        crate::consent::STATEMENTS,
        crate::consent::decision::STATEMENTS,
        crate::consent::due::STATEMENTS,
        crate::covenant::STATEMENTS,
        crate::desk::STATEMENTS,
        crate::destroying::STATEMENTS,
        crate::disclosure::STATEMENTS,
        crate::erasure::STATEMENTS,
        crate::exchange::STATEMENTS,
        crate::exchange::attachment::STATEMENTS,
        crate::exchange::destroy::STATEMENTS,
        crate::family::STATEMENTS,
        crate::family_match::STATEMENTS,
        crate::family_file::STATEMENTS,
        crate::follow_up::STATEMENTS,
        crate::guardrail::STATEMENTS,
        crate::idempotency::STATEMENTS,
        crate::inbox::STATEMENTS,
        crate::key_epochs::STATEMENTS,
        crate::letter::STATEMENTS,
        crate::login::STATEMENTS,
        crate::mail::STATEMENTS,
        crate::match_case::STATEMENTS,
        crate::matching::STATEMENTS,
        crate::merging::STATEMENTS,
        crate::notice::STATEMENTS,
        crate::objection::STATEMENTS,
        crate::oblivious::STATEMENTS,
        crate::organisation::STATEMENTS,
        crate::portal_key::STATEMENTS,
        crate::processing_log::STATEMENTS,
        crate::reassigning::STATEMENTS,
        crate::retention::STATEMENTS,
        crate::rights_request::STATEMENTS,
        crate::room::STATEMENTS,
        crate::rotation::STATEMENTS,
        crate::rotation::shared_tags::STATEMENTS,
        crate::rotation::tags::STATEMENTS,
        crate::sandbox::STATEMENTS,
        crate::sealing_key::STATEMENTS,
        crate::shared_tags::STATEMENTS,
        crate::signal::STATEMENTS,
        crate::signal_life::STATEMENTS,
        crate::soft_match::STATEMENTS,
        crate::statistics::STATEMENTS,
        crate::submission::STATEMENTS,
        crate::tombstone::STATEMENTS,
        crate::viewing::STATEMENTS,
        crate::webhook::STATEMENTS,
        crate::webhook::DELIVER_STATEMENTS,
        crate::work::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .chain(crate::hanging::statements())
}
