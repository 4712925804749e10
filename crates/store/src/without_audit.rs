//! For measuring only, in a build with the feature `bench-without-audit`: what the audit log costs. No other build can
//! do without it.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::StoreError;
use crate::pool::Store;
use crate::work::Owner;

/// What is written of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// Everything, as always.
    Whole,
    /// Leaves without receipts.
    WithoutReceipts,
    /// Nothing.
    None,
}

static MODE: AtomicU8 = AtomicU8::new(0);

/// Chooses, for the whole program and its database: without leaves, the second guard, which demands one beside each change,
/// is taken away.
///
/// # Errors
/// [`StoreError`].
pub async fn choose(store: &Store, audit: Audit) -> Result<(), StoreError> {
    let mode = match audit {
        Audit::Whole => 0,
        Audit::WithoutReceipts => 1,
        Audit::None => 2,
    };
    MODE.store(mode, Ordering::Relaxed);
    let guard = match audit {
        Audit::None => "DISABLE",
        Audit::Whole | Audit::WithoutReceipts => "ENABLE",
    };
    let sql = format!(
        "DO $$ DECLARE guarded regclass; BEGIN
             FOR guarded IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'leaf_beside' LOOP
                 EXECUTE format('ALTER TABLE %s {guard} TRIGGER leaf_beside', guarded);
             END LOOP;
         END $$"
    );
    let connection = store.connection::<Owner>().await?;
    let altered = connection.batch_execute(&sql).await;
    altered.map_err(|source| StoreError::Statement {
        statement: "choose",
        source,
    })
}

pub(crate) fn chosen() -> Audit {
    match MODE.load(Ordering::Relaxed) {
        1 => Audit::WithoutReceipts,
        2 => Audit::None,
        _ => Audit::Whole,
    }
}
