//! Statements that do not wait for each other's answers: sent one behind the other, in one round trip.
//!
//! The database works them off in their order, each with what was committed when it began, as if each had been sent when
//! the one before was answered. To wait in between would cost both sides more than most of these statements.

use std::pin::pin;

use futures::TryStreamExt as _;
use futures::future::join_all;
use tokio_postgres::Row;

use super::{Parameters, Role, Tx, count, heard};
use crate::error::StoreError;
use crate::statement::Statement;

/// A statement with its parameters.
pub(crate) type Asked<'p> = (&'static Statement, Parameters<'p>);

/// What came of one of them.
pub(crate) struct Answered {
    statement: &'static Statement,
    /// Its rows.
    pub(crate) rows: Vec<Row>,
    /// How many rows it read or changed.
    changed: u64,
}

impl Answered {
    /// That it changed exactly so many rows.
    pub(crate) fn exactly(&self, expected: usize) -> Result<(), StoreError> {
        count(self.statement, expected as u64, self.changed)
    }
}

impl<R: Role> Tx<'_, R> {
    /// Runs these statements in this order.
    ///
    /// # Errors
    /// That of the first that failed: those behind it were not run.
    pub(crate) async fn together<const N: usize>(
        &self,
        asked: [Asked<'_>; N],
    ) -> Result<[Answered; N], StoreError> {
        if self.now.get().is_none() {
            self.enter().await?;
        }
        let answers = async {
            // All of them first, or one that is known would overtake one that is not.
            let mut prepared = Vec::with_capacity(N);
            for (statement, _) in &asked {
                self.note(statement);
                let known = self.inner.prepare_cached(statement.sql).await;
                prepared.push(known.map_err(|source| self.failed(statement, source))?);
            }
            // Each is sent when it is first looked at, and they are looked at in their order.
            let sent = asked
                .iter()
                .zip(&prepared)
                .map(async |((statement, parameters), prepared)| {
                    let stream = self.inner.query_raw(prepared, parameters.iter().copied()).await?;
                    let mut stream = pin!(stream);
                    let mut rows = Vec::new();
                    while let Some(row) = stream.try_next().await? {
                        rows.push(row);
                    }
                    let changed = stream.rows_affected().unwrap_or(0);
                    Ok(Answered {
                        statement,
                        rows,
                        changed,
                    })
                });
            let outcomes: Vec<Result<Answered, tokio_postgres::Error>> = join_all(sent).await;
            let answered = outcomes
                .into_iter()
                .zip(&asked)
                .map(|(outcome, (statement, _))| outcome.map_err(|source| self.failed(statement, source)));
            answered.collect::<Result<Vec<Answered>, StoreError>>()
        };
        let name = asked.first().map_or("", |(statement, _)| statement.name);
        let answered = heard::<R, _>(name, answers).await??;
        answered
            .try_into()
            .map_err(|_| StoreError::Interrupted("statements together"))
    }
}
