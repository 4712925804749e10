//! Circles: signals that came with one token that several children may share. When a signal of a circle changes, it is
//! looked at: service keys make soft matches, guardians make family matches.
//!
//! Apart from the matcher's own sets, so that nothing here holds up matches.

use store::{Context, Matcher, StoreError, Tx, Work};

use crate::covenants::Covenants;
use crate::{Casework, family_match, soft_match};

/// So many circles share a transaction.
const CIRCLES: i64 = 50;

/// Of a circle with more signals the first are looked at; the rules compare far fewer.
pub(crate) const SIGNALS_OF_A_CIRCLE: i64 = 200;

impl Casework {
    /// Looks at one set of circles in which something changed; gives how many. A circle that cannot be looked at is set
    /// aside until something changes in it again.
    ///
    /// # Errors
    /// [`StoreError`]; the circles wait.
    pub async fn look_at_circles_once(&self) -> Result<usize, StoreError> {
        let look = async |limit| self.store().run(Context::Service, LookAtCircles { limit }).await;
        match look(CIRCLES).await {
            Err(error) if !error.is_outage() => {
                tracing::warn!(%error, "circles could not be looked at; trying one by one");
                match look(1).await {
                    Err(error) if !error.is_outage() => {
                        tracing::error!(%error, "a circle could not be looked at and is set aside");
                        self.store().run(Context::Service, SetAside).await
                    }
                    looked_at => looked_at,
                }
            }
            looked_at => looked_at,
        }
    }
}

struct LookAtCircles {
    limit: i64,
}

impl Work for LookAtCircles {
    const NAME: &'static str = "look_at_circles";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let circles = tx.take_circles(self.limit).await?;
        if circles.is_empty() {
            return Ok(0);
        }
        let children = lock_children(tx, &circles).await?;
        let covenants = Covenants::read(tx).await?;
        soft_match::look(tx, &covenants, &circles).await?;
        family_match::look(tx, &covenants, &circles, &children).await?;
        tx.forget_empty_circles(&circles).await?;
        Ok(circles.len())
    }
}

/// The children of these circles, locked. Others may have come while the lock was waited for.
async fn lock_children(tx: &Tx<'_, Matcher>, circles: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut children = tx.children_of_circles(circles, SIGNALS_OF_A_CIRCLE).await?;
    loop {
        children.sort_unstable();
        tx.lock_subjects(&children).await?;
        let mut again = tx.children_of_circles(circles, SIGNALS_OF_A_CIRCLE).await?;
        again.sort_unstable();
        if again == children {
            return Ok(children);
        }
        children = again;
    }
}

struct SetAside;

impl Work for SetAside {
    const NAME: &'static str = "set_circle_aside";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        Ok(tx.take_circles(1).await?.len())
    }
}
