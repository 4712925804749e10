//! Sending tokens of a new network epoch for signals that are there.

use identifiers::Identifier;
use protocol::Id;
use protocol::evaluation::MAX_ELEMENTS;
use protocol::resubmission::{
    MAX_SIGNALS, Resubmission, ResubmissionAnswer, ResubmissionResult, ResubmittedSignal,
};
use protocol::signal::ProfessionalReference;

use crate::error::Error;
use crate::partner::Partner;

/// Bytes of one token in a body, generously, and of a signal around them.
const TOKEN_BYTES: usize = 170;
const SIGNAL_BYTES: usize = 64;

impl Partner {
    /// Sends the tokens of every live network epoch for the organisation's own signals, in as many requests as it takes.
    /// Safe to call again: a token that was taken is taken. Of each signal its child's identifier: the number, or the
    /// service key it was given with.
    ///
    /// `professional` is who does this work, whose quota at a keyholder is charged: one evaluation per signal and epoch.
    ///
    /// # Errors
    /// [`Error`], at the first request that fails; earlier ones took hold.
    pub async fn resubmit_signals<C: Into<Identifier> + Clone>(
        &self,
        professional: &ProfessionalReference,
        signals: &[(Id, C)],
    ) -> Result<Vec<ResubmissionResult>, Error> {
        let mut results = Vec::with_capacity(signals.len());
        let mut rest = signals;
        let mut renewed = false;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.signals_per_request().await));
            let children: Vec<Identifier> = now.iter().map(|(_, child)| child.clone().into()).collect();
            let made = self.tokens(professional, &children).await?;
            let body = Resubmission {
                signals: now
                    .iter()
                    .zip(made.people)
                    .map(|((id, _), tokens)| ResubmittedSignal { id: *id, tokens })
                    .collect(),
            };
            let sent = self
                .connection
                .post::<_, ResubmissionAnswer>("/v1/signals/resubmissions", &body, None)
                .await;
            match sent {
                Ok(answer) => {
                    let receipts = answer
                        .value
                        .results
                        .iter()
                        .filter_map(|result| result.receipt.as_deref());
                    self.connection.receipts.keep_each(receipts);
                    results.extend(answer.value.results);
                }
                Err(error) if !renewed && self.made_anew(&error, &made.way).await? => {
                    renewed = true;
                    continue;
                }
                Err(error) => return Err(error),
            }
            rest = later;
        }
        Ok(results)
    }

    /// As many as one evaluation, one request's count and one body hold.
    async fn signals_per_request(&self) -> usize {
        let epochs = self.net_epochs.lock().await.len().max(1);
        let by_body = protocol::MAX_BODY_BYTES / (SIGNAL_BYTES + epochs * TOKEN_BYTES);
        MAX_SIGNALS.min(MAX_ELEMENTS / epochs).min(by_body).max(1)
    }
}

#[cfg(test)]
mod tests;
