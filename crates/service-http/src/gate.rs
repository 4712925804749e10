//! A connection with a gate before the framework's parser.
//!
//! The framework answers what it cannot parse with an empty 400, times only the first head of a connection, and goes
//! on after a chunked body. The gate reads each head first ([`head`]), passes on good requests with exactly their
//! body, and ends the connection at the first other one with a problem document of its own.
//!
//! It also sees to it that content leaves in time ([`crate::bounded_answer`]): when the time of an answer that carries content
//! is over and not all of it has left for the peer, the connection is reset and what lies in it is thrown away. The framework
//! is done with an answer once the kernel has all of it, so this is looked at here, where the connection is kept.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use protocol::problem::ProblemType;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep, sleep_until};

use crate::connection::Socket;
use crate::door::Door;
use crate::problems::Refusal;
use head::{Good, Head};
use turn::Turn;

pub mod head;
pub(crate) mod turn;

/// How long a head may take from its first byte, and a new connection until then.
pub const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// How long the gate still reads after the last answer, so that the peer sees it: closing on unread bytes resets the
/// connection and may destroy the answer on its way (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_secs(1);

/// How much it still reads then, in bytes.
const LINGER_BYTES: usize = 256 * 1024;

/// What tells a client that waits to send its body.
const GO_AHEAD: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Size of one read, in bytes.
const READ_SIZE: usize = 8 * 1024;

/// A connection of which only good requests are read.
pub(crate) struct Gate<T: Socket> {
    io: T,
    door: Door,
    /// Received and not yet passed on.
    received: Vec<u8>,
    /// How many of `received` are known to belong to a good request.
    good: usize,
    /// Bytes of the present body that were not received yet.
    body: u64,
    turn: Turn,
    /// What is left to write of [`GO_AHEAD`].
    go_ahead: &'static [u8],
    /// Whether the framework is in the midst of writing.
    answering: bool,
    /// Length of `received` when it was last judged incomplete.
    judged: usize,
    /// Runs while a head is awaited that has begun, or has yet to begin on a new connection.
    timer: Option<Pin<Box<Sleep>>>,
    ending: Ending,
    /// While content may not have left.
    bound: Option<Bound>,
}

/// Until when content must have left.
struct Bound {
    timer: Pin<Box<Sleep>>,
    /// Whether all of it was written.
    written: bool,
}

/// How the connection ends.
enum Ending {
    /// Not yet.
    Open,
    /// The peer will send no more.
    Ended,
    /// Nothing more is read; `answer` is written once the framework is done with what it has.
    Refused { answer: Vec<u8>, written: usize },
    /// All is written; what still comes is thrown away.
    Lingering { left: usize, timer: Pin<Box<Sleep>> },
}

impl<T: Socket> Gate<T> {
    pub fn new(io: T, door: Door) -> Self {
        Self {
            io,
            door,
            received: Vec::new(),
            good: 0,
            body: 0,
            turn: Turn::default(),
            go_ahead: &[],
            answering: false,
            judged: 0,
            timer: Some(Box::pin(sleep(HEAD_DEADLINE))),
            ending: Ending::Open,
            bound: None,
        }
    }

    /// The connection below.
    pub fn io(&self) -> &T {
        &self.io
    }

    /// Whose turn it is on this connection; the door needs it.
    pub fn turn(&self) -> Turn {
        self.turn.clone()
    }

    /// Whether all content that was answered has left.
    fn has_content_left(&self) -> bool {
        self.bound
            .as_ref()
            .is_none_or(|bound| bound.written && self.io.has_departed())
    }

    /// Holds content to its time.
    ///
    /// # Errors
    /// When it is over and not all of it has left.
    fn hold_to_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if let Some(begun) = self.turn.begun_content(context) {
            // While earlier content has not left, its time holds for both.
            if self.has_content_left() {
                self.io.watch_departure();
                let timer = sleep_until(begun + self.door.content_deadline());
                self.bound = Some(Bound {
                    timer: Box::pin(timer),
                    written: false,
                });
            } else if let Some(bound) = &mut self.bound {
                bound.written = false;
            }
        }
        let late = self
            .bound
            .as_mut()
            .is_some_and(|bound| bound.timer.as_mut().poll(context).is_ready());
        if !late {
            return Ok(());
        }
        if self.has_content_left() {
            self.bound = None;
            return Ok(());
        }
        tracing::info!("content did not leave in time: the connection is cut");
        self.io.reset_on_close();
        Err(io::ErrorKind::TimedOut.into())
    }

    fn refuse(&mut self, refusal: &Refusal) {
        let answer = self.door.refuse_raw(refusal);
        self.received = Vec::new();
        self.timer = None;
        self.ending = Ending::Refused { answer, written: 0 };
    }

    /// Looks for the next good request in what was received.
    fn judge(&mut self) {
        if !self.is_worth_judging() {
            return;
        }
        self.judged = self.received.len();
        match head::read(&self.received) {
            // The first byte of a head starts its clock; more bytes do not wind it up again.
            Head::Incomplete if self.timer.is_none() => self.timer = Some(Box::pin(sleep(HEAD_DEADLINE))),
            Head::Incomplete => {}
            Head::Complete(good) => self.admit(good),
            Head::Refused(ProblemType::MethodNotAllowed) => self.refuse(&Refusal::method_not_allowed(&[])),
            Head::Refused(problem) => self.refuse(&problem.into()),
        }
    }

    fn admit(
        &mut self,
        Good {
            mut length,
            body,
            expect,
        }: Good,
    ) {
        // The framework would answer an expectation at once, before anybody asked who the client is.
        if let Some((start, end)) = expect {
            self.received.drain(start..end);
            length -= end - start;
        }
        let here = u64::try_from(self.received.len() - length)
            .unwrap_or(u64::MAX)
            .min(body);
        self.good = length + usize::try_from(here).unwrap_or(usize::MAX);
        self.body = body - here;
        self.timer = None;
        self.judged = 0;
        self.turn.take(expect.is_some() && here == 0 && body > 0);
    }

    /// Writes `100 Continue` once a handler wants the body, and not into the midst of an earlier answer.
    fn poll_go_ahead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.go_ahead.is_empty() && !self.answering && self.turn.is_body_wanted(context) {
            self.turn.settle();
            self.go_ahead = GO_AHEAD;
        }
        while !self.go_ahead.is_empty() {
            let length = ready!(Pin::new(&mut self.io).poll_write(context, self.go_ahead))?;
            if length == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.go_ahead = &self.go_ahead[length..];
        }
        Pin::new(&mut self.io).poll_flush(context)
    }

    /// Reading a head anew for each of its bytes would cost the square of its size: it is done when a line may have
    /// ended, and once in a while for lines that do not end.
    fn is_worth_judging(&self) -> bool {
        let new = &self.received[self.judged..];
        !new.is_empty()
            && (self.judged == 0 || new.len() >= 1024 || new.iter().any(|byte| b"\r\n".contains(byte)))
    }

    /// Passes on what is known to be good; false when there is none.
    fn pass(&mut self, to: &mut ReadBuf<'_>) -> bool {
        let length = self.good.min(to.remaining());
        to.put_slice(&self.received[..length]);
        self.received.drain(..length);
        self.good -= length;
        length > 0
    }

    /// Reads on in the body of a good request, past the buffer.
    fn poll_body(&mut self, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let room = usize::try_from(self.body)
            .unwrap_or(usize::MAX)
            .min(to.remaining());
        let mut part = ReadBuf::new(to.initialize_unfilled_to(room));
        ready!(Pin::new(&mut self.io).poll_read(context, &mut part))?;
        let length = part.filled().len();
        if length == 0 {
            self.ending = Ending::Ended;
        }
        self.turn.settle();
        to.advance(length);
        self.body -= length as u64;
        Poll::Ready(Ok(()))
    }

    /// Reads more of a head; `Ok(0)` at the end of the connection.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut space = [0; READ_SIZE];
        let mut part = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.io).poll_read(context, &mut part))?;
        self.received.extend_from_slice(part.filled());
        Poll::Ready(Ok(part.filled().len()))
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        self.timer
            .as_mut()
            .is_some_and(|timer| timer.as_mut().poll(context).is_ready())
    }

    /// Reads and forgets until the peer ends, time or patience runs out.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Ending::Lingering { left, timer } = &mut self.ending else {
            return Poll::Ready(());
        };
        while *left > 0 && timer.as_mut().poll(context).is_pending() {
            let mut space = [0; READ_SIZE];
            let mut part = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut self.io).poll_read(context, &mut part)) {
                Ok(()) if !part.filled().is_empty() => *left = left.saturating_sub(part.filled().len()),
                _ => break,
            }
        }
        Poll::Ready(())
    }
}

/// However a connection is given up: what has not left by then does not leave later.
impl<T: Socket> Drop for Gate<T> {
    fn drop(&mut self) {
        if !self.has_content_left() {
            self.io.reset_on_close();
        }
    }
}

impl<T: Socket> AsyncRead for Gate<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = &mut *self;
        gate.hold_to_time(context)?;
        if to.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            // A read of nothing tells the framework that the client will send no more: it answers what it has
            // and then shuts the connection down, which is where a refusal is written.
            if !matches!(gate.ending, Ending::Open) || gate.turn.is_over() || gate.pass(to) {
                return Poll::Ready(Ok(()));
            }
            if gate.body > 0 {
                ready!(gate.poll_go_ahead(context))?;
                return gate.poll_body(context, to);
            }
            if gate.turn.is_taken(context) {
                return Poll::Pending;
            }
            gate.judge();
            if gate.good > 0 || !matches!(gate.ending, Ending::Open) {
                continue;
            }
            match gate.poll_head(context) {
                Poll::Ready(Ok(0)) => gate.ending = Ending::Ended,
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending if gate.is_late(context) => {
                    if gate.received.is_empty() {
                        return Poll::Ready(Ok(()));
                    }
                    gate.refuse(&ProblemType::RequestTimeout.into());
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<T: Socket> AsyncWrite for Gate<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.hold_to_time(context)?;
        self.answering = true;
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    /// The framework flushes when it has written all it has.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.hold_to_time(context)?;
        if std::mem::take(&mut self.answering) && self.turn.is_body_wanted(context) {
            context.waker().wake_by_ref();
        }
        ready!(Pin::new(&mut self.io).poll_flush(context))?;
        let gate = &mut *self;
        if let Some(bound) = &mut gate.bound {
            bound.written = !gate.turn.owes_content();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let gate = &mut *self;
        gate.hold_to_time(context)?;
        if let Ending::Refused { answer, written } = &mut gate.ending {
            while *written < answer.len() {
                match ready!(Pin::new(&mut gate.io).poll_write(context, &answer[*written..]))? {
                    0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    length => *written += length,
                }
            }
        }
        if !matches!(gate.ending, Ending::Lingering { .. }) {
            ready!(Pin::new(&mut gate.io).poll_flush(context))?;
            ready!(Pin::new(&mut gate.io).poll_shutdown(context))?;
            if gate.bound.as_ref().is_some_and(|bound| bound.written) {
                ready!(gate.io.poll_departed(context));
                gate.bound = None;
            }
            if matches!(gate.ending, Ending::Ended) {
                return Poll::Ready(Ok(()));
            }
            gate.ending = Ending::Lingering {
                left: LINGER_BYTES,
                timer: Box::pin(sleep(LINGER)),
            };
        }
        gate.poll_linger(context).map(Ok)
    }
}

#[cfg(test)]
mod tests;
