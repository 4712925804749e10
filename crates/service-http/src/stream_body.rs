//! A body too large to be kept in memory, read in parts at the pace it is worked on.
//!
//! Its length is declared and bounded before a byte is read. The client keeps a pace: it never falls further behind
//! [`LEAST_PACE`] than [`BODY_DEADLINE`], whatever it sent before; the time that the service itself takes between parts is
//! nobody's delay. While it streams, the request's deadline begins anew with each part.

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

/// The places of bodies that stream in, in the extensions of each request.
#[derive(Clone)]
pub(crate) struct Streams(Places);

impl Default for Streams {
    fn default() -> Self {
        Self(Places::new(STREAMS))
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
    _place: Option<Place>,
}

impl StreamBody {
    /// Begins to read the body of a request, which must be declared as `media_type` and to be of at most `limit` bytes. Call it
    /// once everything else about the request was found good: a client that waits for `100 Continue` is told to go on.
    ///
    /// # Errors
    /// `length-required`, `unsupported-media-type`, `payload-too-large`; `try-again` while too many stream in already. Nothing
    /// was read.
    pub fn open(
        request: &HttpRequest,
        payload: Payload,
        media_type: &str,
        limit: u64,
    ) -> Result<Self, Refusal> {
        let length = declared_length(request.headers(), media_type, limit)?;
        if !request.headers().contains_key(CONTENT_LENGTH) {
            return Err(ProblemType::LengthRequired.into());
        }
        let streams = request.extensions().get::<Streams>().cloned();
        let place = streams.map(|Streams(places)| places.take()).transpose()?;
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
            _place: place,
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
