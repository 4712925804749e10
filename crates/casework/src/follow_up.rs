//! Follow-up of contact deadlines: what the driver does when one comes, and what the officer sees and notes. A course begins
//! with the match, in `match_signals`.

mod driver;
mod officer;

use std::collections::BTreeSet;

use domain::follow_up;
use domain::key::MatchKey;
use store::{Matcher, StoreError, Tx};

use crate::match_view::Facts;

/// Those matches of these children in which the officer has a task now. Whoever joins one of them takes it from nobody's
/// list: its course goes on.
pub(crate) async fn escalated(
    tx: &Tx<'_, Matcher>,
    subjects: &[i64],
) -> Result<BTreeSet<MatchKey>, StoreError> {
    let mut escalated = BTreeSet::new();
    for key in tx.follow_ups_overdue(subjects).await? {
        if let Some(facts) = Facts::look(tx, key).await? {
            let terms = facts.terms()?;
            if follow_up::missing(&facts.case(&terms), tx.now()).is_some() {
                escalated.insert(key);
            }
        }
    }
    Ok(escalated)
}
