//! Tells reporting organisations that their advice is asked. An objection is made in the role of a family, which can write
//! into nobody's inbox; so the notice follows, as the matcher, at the covenant's next interval.

use domain::covenant::Terms;
use domain::notice::NoticeKind;
use store::{Context, Matcher, NoticeAbout, StoreError, Tx, Work};

use crate::Casework;
use crate::covenants::Covenants;
use crate::notices::{self, Told};

/// At most so many share a transaction.
const AT_ONCE: i64 = 200;

impl Casework {
    /// Lays the notices of objections that were made since the last time; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_advice_once(&self) -> Result<usize, StoreError> {
        self.store().run(Context::Service, AskAdvice).await
    }
}

struct AskAdvice;

impl Work for AskAdvice {
    const NAME: &'static str = "ask_advice";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let asked = tx.advices_to_notice(AT_ONCE).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let covenants = Covenants::read(tx).await?;
        let told = asked
            .iter()
            .map(|asked| {
                let terms = Terms::of(covenants.of(asked.covenant)?);
                Ok(Told {
                    organisation: asked.organisation,
                    about: NoticeAbout::Signal(asked.signal),
                    about_tag: asked.signal_tag,
                    kind: NoticeKind::ObjectionAdvice,
                    visible_at: terms.visible_at(tx.now()),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        notices::lay(tx, &covenants, &told).await?;
        let objections: Vec<_> = asked.iter().map(|asked| asked.objection).collect();
        tx.set_noticed(&objections).await?;
        Ok(asked.len())
    }
}
