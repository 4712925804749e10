//! What a child's age means for its guardians, as far as the signals tell it.

use domain::calendar::Month;
use domain::covenant::Covenant;
use domain::key::OrganisationKey;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Party, StoreError, Tx};

use crate::covenants::Covenants;

/// What a child's age means for what guardians may see, as far as its signals tell it: by the month, and in doubt older.
/// Since they asked the child may have come to another age.
pub(crate) struct Age {
    /// The month of the 16th birthday has begun.
    pub(crate) is_past_guardians: bool,
    /// That month is over, whatever day was stated.
    pub(crate) is_surely_past_guardians: bool,
    /// The month of the 12th birthday has not begun.
    pub(crate) guardians_know_all: bool,
}

impl Age {
    /// Reads it for somebody with a letter of this organisation.
    pub(crate) async fn of_letter(
        tx: &Tx<'_, Party>,
        subject: i64,
        issuer: OrganisationKey,
    ) -> Result<Self, StoreError> {
        let covenants = Covenants::read(tx).await?;
        match tx.organisations(&[issuer]).await?.first() {
            Some(issuer) => Self::read(tx, subject, covenants.of(issuer.covenant)?).await,
            // Its name is kept from them; of its covenant no more is needed than how old a child may be.
            None => {
                let any = covenants.any()?;
                let covenant = any.first().ok_or(StoreError::Column {
                    column: "covenant_id",
                })?;
                Self::read(tx, subject, covenant).await
            }
        }
    }

    /// Reads it from the signals that this transaction is shown.
    pub(crate) async fn read(
        tx: &Tx<'_, Party>,
        subject: i64,
        covenant: &Covenant,
    ) -> Result<Self, StoreError> {
        let signals = tx.family_signals(subject).await?;
        let months = signals.iter().map(|signal| Month::of(signal.life.destroy_by));
        let oldest = months.min();
        let reached = |until: Option<Timestamp>| until.is_some_and(|until| until <= tx.now());
        let guardians_reach = |day| oldest.map(|month| covenant.guardians_reach_until(day, month));
        Ok(Self {
            is_past_guardians: reached(guardians_reach(None)),
            is_surely_past_guardians: reached(guardians_reach(Some(Date::MAX))),
            guardians_know_all: !reached(oldest.map(|month| covenant.guardians_know_all_until(month))),
        })
    }
}
