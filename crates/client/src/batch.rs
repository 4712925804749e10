//! Giving many signals at once.

use protocol::batch::{
    Batch, BatchLine, BatchWithdrawalSubmission, HeldDecided, HeldDecision, HeldDecisionSubmission,
    MAX_BATCH_BYTES, MAX_BATCH_LINES, NDJSON,
};
use protocol::evaluation::MAX_ELEMENTS;
use protocol::page::{Page, PageQuery};
use protocol::{Id, IdempotencyKey};
use zeroize::Zeroizing;

use crate::audit::Supervisor;
use crate::error::Error;
use crate::partner::{Partner, page};
use crate::signal::NewSignal;

/// A batch as it is sent: each line is a signal, with tokens in place of identifiers. Whoever must go on with it after a crash
/// keeps these bytes and its key: only the same bytes are gone on with. Debug shows nothing; wiped when dropped.
pub struct PreparedBatch {
    body: Zeroizing<Vec<u8>>,
    lines: u32,
}

impl std::fmt::Debug for PreparedBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreparedBatch")
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}

impl PreparedBatch {
    /// How many lines it has.
    pub const fn lines(&self) -> u32 {
        self.lines
    }

    /// What is sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.body
    }

    /// What was kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        Self {
            body: Zeroizing::new(bytes),
            lines: u32::try_from(lines).unwrap_or(u32::MAX),
        }
    }
}

impl Partner {
    /// Makes a batch of these signals: identifiers become tokens here, line `n` is the `n`th signal. With a keyholder each
    /// token is evaluated there, charged to the signal's professional.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when it is more than a batch holds; [`Error::Keyholder`] and [`Error::KeyholderLied`].
    pub async fn prepare_batch<'s>(
        &self,
        signals: impl IntoIterator<Item = &'s NewSignal>,
    ) -> Result<PreparedBatch, Error> {
        let mut body = Zeroizing::new(Vec::new());
        let mut lines = 0;
        let mut signals = signals.into_iter().peekable();
        while let Some(first) = signals.next() {
            // Neighbours of one professional go to the keyholder together, as many as it takes at a time.
            let most = MAX_ELEMENTS / self.net_epochs.lock().await.len().max(1);
            let mut people = first.people();
            let mut group = vec![(first, people.len())];
            while let Some(next) = signals.next_if(|next| {
                next.professional.reference == first.professional.reference
                    && people.len() + next.people().len() <= most
            }) {
                let more = next.people();
                group.push((next, more.len()));
                people.extend(more);
            }
            let made = self.tokens(&first.professional.reference, &people).await?;
            let mut made = made.people.into_iter();
            for (signal, people) in group {
                let submission = signal.submission(made.by_ref().take(people).collect());
                let line = serde_json::to_vec(&submission);
                body.extend(line.map_err(|_| Error::Settings("a body cannot be written"))?);
                body.push(b'\n');
                lines += 1;
            }
            if lines > MAX_BATCH_LINES || body.len() as u64 > MAX_BATCH_BYTES {
                return Err(Error::TooLarge);
            }
        }
        Ok(PreparedBatch { body, lines })
    }

    /// Sends a batch. When the connection breaks it is sent again, and the service goes on where it ended.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] send the same again with the same `key`. After `quota-exhausted`, when the
    /// service has tokens evaluated for you, what arrived stays for a day: send the same again later.
    pub async fn send_batch(
        &self,
        batch: &PreparedBatch,
        key: Option<&IdempotencyKey>,
    ) -> Result<Batch, Error> {
        let body = batch.body.to_vec();
        let answer = self
            .connection
            .post_bytes("/v1/signals/batches", body, NDJSON, key)
            .await?;
        Ok(answer.value)
    }

    /// Makes a batch of these signals and sends it.
    ///
    /// # Errors
    /// As [`Partner::prepare_batch`] and [`Partner::send_batch`].
    pub async fn submit_batch<'s>(
        &self,
        signals: impl IntoIterator<Item = &'s NewSignal>,
        key: Option<&IdempotencyKey>,
    ) -> Result<Batch, Error> {
        let batch = self.prepare_batch(signals).await?;
        self.send_batch(&batch, key).await
    }

    /// Where a batch stands.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn batch(&self, id: Id) -> Result<Batch, Error> {
        self.connection.get(&format!("/v1/signals/batches/{id}")).await
    }

    /// The organisation's batches, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn batches(&self, query: &PageQuery) -> Result<Page<Batch>, Error> {
        self.connection.get(&page("/v1/signals/batches", query)).await
    }

    /// What came of the lines of a batch, a page at a time. The receipts are kept with those of other answers.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn batch_lines(&self, id: Id, query: &PageQuery) -> Result<Page<BatchLine>, Error> {
        let path = format!("/v1/signals/batches/{id}/lines");
        let lines: Page<BatchLine> = self.connection.get(&page(&path, query)).await?;
        let receipts = lines.items.iter().filter_map(|line| line.receipt.as_deref());
        self.connection.receipts.keep_each(receipts);
        Ok(lines)
    }

    /// Takes back what of a batch was not worked off.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn withdraw_batch(&self, id: Id, key: Option<&IdempotencyKey>) -> Result<Batch, Error> {
        let path = format!("/v1/signals/batches/{id}/withdrawals");
        let submission = BatchWithdrawalSubmission {};
        Ok(self.connection.post(&path, &submission, key).await?.value)
    }
}

impl Supervisor {
    /// Decides about the lines of a batch that an alert says are held.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn decide_held(
        &self,
        alert: Id,
        decision: HeldDecision,
        key: Option<&IdempotencyKey>,
    ) -> Result<HeldDecided, Error> {
        let path = format!("/v1/alerts/{alert}/decisions");
        let submission = HeldDecisionSubmission { decision };
        Ok(self.connection.post(&path, &submission, key).await?.value)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use identifiers::Bsn;
    use protocol::Body as _;
    use protocol::signal::SignalSubmission;
    use serde_json::json;

    use super::*;
    use crate::signal::tests::new_signal;
    use crate::testing::{NOW, Reply, SCHOOL, Service, sealing, token};

    #[tokio::test]
    async fn a_batch_is_sent_again_to_the_byte_when_its_connection_breaks_and_no_number_is_in_it() {
        let tries = AtomicU32::new(0);
        let service = Service::start(move |asked| {
            token(asked).unwrap_or_else(|| {
                if tries.fetch_add(1, Ordering::Relaxed) == 0 {
                    return Reply::HangUp;
                }
                let outcomes = json!({"created": 0, "known": 0, "refused": 0, "withdrawn": 0, "lapsed": 0});
                let batch = json!({
                    "id": Id([6; 16]), "state": "queued", "receivedAt": NOW, "until": NOW, "lines": 3, "processed": 0,
                    "heldLines": 0, "outcomes": outcomes,
                });
                Reply::Json(202, batch)
            })
        })
        .await;
        let mut signals = vec![new_signal(), new_signal(), new_signal()];
        signals[1].guardians = vec![Bsn::parse("999990019").unwrap()];
        signals[2].professional.reference = "p.devries".parse().unwrap();
        let batch = service
            .partner(sealing(SCHOOL))
            .submit_batch(&signals, None)
            .await
            .unwrap();
        assert_eq!(batch.lines, 3);

        let asked = service.asked("POST /v1/signals/batches ");
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0].body, asked[1].body);
        assert_eq!(
            asked[0].header("idempotency-key"),
            asked[1].header("idempotency-key")
        );
        assert_eq!(asked[0].header("content-type"), Some(NDJSON));
        assert!(!asked[0].body.contains("999990019"));
        let lines: Vec<SignalSubmission> = asked[0]
            .body
            .lines()
            .map(|line| SignalSubmission::parse(line.as_bytes()).unwrap())
            .collect();
        let guardians: Vec<usize> = lines.iter().map(|line| line.guardians.len()).collect();
        assert_eq!(guardians, [0, 1, 0]);
        assert_eq!(lines[2].professional.reference.as_str(), "p.devries");
    }

    #[tokio::test]
    async fn what_is_kept_of_a_batch_is_the_same_batch() {
        let service = Service::start(|asked| token(asked).unwrap_or(Reply::HangUp)).await;
        let partner = service.partner(sealing(SCHOOL));
        let made = partner
            .prepare_batch(&[new_signal(), new_signal()])
            .await
            .unwrap();
        let kept = PreparedBatch::from_bytes(made.as_bytes().to_vec());
        assert_eq!((kept.lines(), kept.as_bytes()), (2, made.as_bytes()));
        assert_eq!(format!("{kept:?}"), "PreparedBatch { lines: 2, .. }");
    }
}
