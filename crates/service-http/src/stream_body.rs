//! A body too large to be kept in memory, read in parts at the pace it is worked on.
//!
//! Its length is declared and bounded before a byte is read. The client keeps a pace: it never falls further behind
//! [`LEAST_PACE`] than [`BODY_DEADLINE`], whatever it sent before; the time that the service itself takes between parts is
//! nobody's delay. While it streams, the request's deadline begins anew with each part.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest};
use futures::StreamExt as _;
use protocol::problem::ProblemType;
use tokio::time::{Instant, timeout};

use crate::body::{BODY_DEADLINE, declared_length};
use crate::deadline::Deadline;
use crate::gate::turn::Turn;
use crate::places::{self, Place, Places};
use crate::problems::Refusal;

/// The least a client sends on average, in bytes per second.
pub const LEAST_PACE: u64 = 16 * 1024;

/// How many bodies stream in at a time, in all workers of a server.
const STREAMS: usize = 32;

/// How many of one sender. So nobody takes all of them, sending as slowly as is allowed.
const STREAMS_OF_ONE: usize = 4;

/// How long a sender with so many is told to wait, in seconds.
const WAIT_FOR_OWN: u32 = 30;

/// The places of bodies that stream in, in the extensions of each request.
#[derive(Clone)]
pub(crate) struct Streams {
    places: Places,
    senders: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// The place of one body.
struct Stream {
    streams: Streams,
    sender: String,
    _place: Place,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            places: Places::new(STREAMS),
            senders: Arc::default(),
        }
    }
}

impl Streams {
    fn take(&self, sender: &str) -> Result<Stream, Refusal> {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let own = senders.get(sender).copied().unwrap_or_default();
        if own >= STREAMS_OF_ONE {
            return Err(Refusal::new(ProblemType::RateLimited).with_retry_after(WAIT_FOR_OWN));
        }
        let place = self.places.take()?;
        senders.insert(sender.to_owned(), own + 1);
        Ok(Stream {
            streams: self.clone(),
            sender: sender.to_owned(),
            _place: place,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut senders = self
            .streams
            .senders
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match senders.get_mut(&self.sender) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(senders.remove(&self.sender)),
        }
    }
}

/// A body that comes in parts.
pub struct StreamBody {
    payload: Payload,
    length: u64,
    received: u64,
    /// How much longer the service waits for this client.
    patience: Duration,
    deadline: Option<Deadline>,
    _stream: Option<Stream>,
}

impl StreamBody {
    /// Begins to read the body of a request, which must be declared as `media_type` and to be of at most `limit` bytes. Call it
    /// once everything else about the request was found good: a client that waits for `100 Continue` is told to go on.
    ///
    /// # Errors
    /// `length-required`, `unsupported-media-type`, `payload-too-large`; `try-again` while too many stream in already, `rate-limited` when too many
    /// of them are this sender's. Nothing
    /// was read.
    pub fn open(
        request: &HttpRequest,
        payload: Payload,
        media_type: &str,
        limit: u64,
        sender: &str,
    ) -> Result<Self, Refusal> {
        let length = declared_length(request.headers(), media_type, limit)?;
        if !request.headers().contains_key(CONTENT_LENGTH) {
            return Err(ProblemType::LengthRequired.into());
        }
        let streams = request.extensions().get::<Streams>().cloned();
        let stream = streams.map(|streams| streams.take(sender)).transpose()?;
        places::leave(request);
        if let Some(turn) = request.conn_data::<Turn>() {
            turn.want_body();
        }
        Ok(Self {
            payload,
            length,
            received: 0,
            patience: BODY_DEADLINE,
            deadline: Deadline::of(request),
            _stream: stream,
        })
    }

    /// How long it was declared to be, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The next part, or `None` when all of it was read.
    ///
    /// # Errors
    /// `request-timeout` when the client is slower than [`LEAST_PACE`]; `malformed-request` when the body ends before its
    /// declared length or the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        self.wind_up();
        let began = Instant::now();
        let next = timeout(self.patience, self.payload.next()).await;
        self.patience = self.patience.saturating_sub(began.elapsed());
        self.wind_up();
        match next {
            Err(_) => Err(ProblemType::RequestTimeout.into()),
            Ok(Some(Ok(part))) => self.take(part).map(Some),
            Ok(Some(Err(_))) => Err(ProblemType::MalformedRequest.into()),
            Ok(None) if self.received < self.length => Err(ProblemType::MalformedRequest.into()),
            Ok(None) => Ok(None),
        }
    }

    fn wind_up(&self) {
        if let Some(deadline) = &self.deadline {
            deadline.wind_up();
        }
    }

    /// The framework holds a body to its Content-Length; this holds whatever else it may let through.
    fn take(&mut self, part: Bytes) -> Result<Bytes, Refusal> {
        let length = part.len() as u64;
        self.received = self.received.saturating_add(length);
        let earned = Duration::from_millis(length.saturating_mul(1000) / LEAST_PACE);
        self.patience = (self.patience + earned).min(BODY_DEADLINE);
        if self.received > self.length {
            return Err(ProblemType::PayloadTooLarge.into());
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests;
