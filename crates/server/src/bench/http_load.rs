//! Load over HTTP: connections that are kept, each of which sends the next request as soon as it has its answer.
//!
//! Written for being cheap, because it runs on the processors of what it measures: one thread, requests that are laid
//! ready as bytes, answers of which only status and length are read. What its thread has spent is told, so that it can be
//! taken off; what the service answers is never looked into.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use super::failure::Failure;
use crate::environment::{stopwatch, thread_time};

/// How long a run lasts.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// So long; what is under way then is still answered.
    Passed(Duration),
    /// Until so many requests were sent.
    Sent(u64),
}

/// What gives the requests, one after another.
pub trait Requests: Send + 'static {
    /// Writes the next one, head and body, behind what `bytes` holds; that is nothing.
    fn next(&mut self, bytes: &mut Vec<u8>);
}

impl<F: FnMut(&mut Vec<u8>) + Send + 'static> Requests for F {
    fn next(&mut self, bytes: &mut Vec<u8>) {
        self(bytes);
    }
}

/// What was answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// How often each status was answered within the run.
    pub within: BTreeMap<u16, u64>,
    /// How often what was sent within the run was answered after its end.
    pub after: BTreeMap<u16, u64>,
    /// How long the run lasted.
    pub lasted: Duration,
    /// Connections that the service closed, which were opened again.
    pub reopened: u64,
    /// What the processor spent on the load itself.
    pub own_time: Duration,
    /// From the first byte sent to the last received, in microseconds, sorted.
    latencies: Vec<u32>,
}

impl Answers {
    /// How many of this status within the run.
    pub fn count(&self, status: u16) -> u64 {
        self.within.get(&status).copied().unwrap_or_default()
    }

    /// How many of this status, those after its end too.
    pub fn count_all(&self, status: u16) -> u64 {
        self.count(status) + self.after.get(&status).copied().unwrap_or_default()
    }

    /// How many of any status, those after its end too.
    pub fn all(&self) -> u64 {
        self.within.values().chain(self.after.values()).sum()
    }

    /// Answers of this status per second.
    pub fn rate(&self, status: u16) -> f64 {
        self.count(status) as f64 / self.lasted.as_secs_f64().max(1e-9)
    }

    /// The latency below which this share of all answers lies, in seconds.
    pub fn percentile(&self, share: f64) -> f64 {
        percentile(&self.latencies, share)
    }

    /// Fails unless everything was answered with one of these.
    ///
    /// # Errors
    /// [`Failure::Seen`] with the statuses.
    pub fn only(&self, statuses: &[u16]) -> Result<(), Failure> {
        let other = |(status, _): &(&u16, &u64)| !statuses.contains(status);
        let others: Vec<_> = self.within.iter().chain(&self.after).filter(other).collect();
        if others.is_empty() && self.all() > 0 {
            return Ok(());
        }
        Err(Failure::Seen(format!(
            "the service answered {:?} and then {:?}, where only {statuses:?} was expected",
            self.within, self.after
        )))
    }
}

/// The value of microseconds below which this share of sorted ones lies, in seconds.
pub(super) fn percentile(sorted: &[u32], share: f64) -> f64 {
    let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted
        .get(place)
        .map_or(f64::NAN, |micros| f64::from(*micros) / 1e6)
}

/// Runs a load on so many connections, and gives back what gave the requests.
///
/// # Errors
/// [`Failure::Machine`] when a connection cannot be had, [`Failure::Unexpected`] for an answer that is not HTTP/1.1 with a
/// length.
pub async fn run<R: Requests>(
    address: SocketAddr,
    connections: usize,
    until: Until,
    requests: R,
) -> Result<(Answers, R), Failure> {
    let (done, waiting) = tokio::sync::oneshot::channel();
    thread::Builder::new()
        .name("load".to_owned())
        .spawn(move || {
            let outcome = on_this_thread(address, connections, until, requests);
            done.send(outcome).ok();
        })
        .map_err(Failure::machine("a thread for the load"))?;
    waiting
        .await
        .map_err(|_| Failure::Unexpected("the load ended in the middle"))?
}

struct Shared<R> {
    requests: R,
    sent: u64,
    answers: Answers,
}

fn on_this_thread<R: Requests>(
    address: SocketAddr,
    connections: usize,
    until: Until,
    requests: R,
) -> Result<(Answers, R), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::machine("a runtime for the load"))?;
    let shared = Rc::new(RefCell::new(Shared {
        requests,
        sent: 0,
        answers: Answers::default(),
    }));
    let local = LocalSet::new();
    let ran = local.block_on(&runtime, async {
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            open.push(Connection::open(address).await?);
        }
        let (began, spent) = (stopwatch(), thread_time());
        let running: Vec<_> = open
            .into_iter()
            .map(|connection| {
                tokio::task::spawn_local(connection.keep_asking(until, began, Rc::clone(&shared)))
            })
            .collect();
        for task in running {
            task.await
                .map_err(|_| Failure::Unexpected("a connection ended in the middle"))??;
        }
        let answers = &mut shared.borrow_mut().answers;
        answers.own_time = thread_time() - spent;
        answers.lasted = match until {
            Until::Passed(window) => window,
            Until::Sent(_) => stopwatch() - began,
        };
        answers.latencies.sort_unstable();
        Ok::<(), Failure>(())
    });
    drop(local);
    ran?;
    let shared = Rc::into_inner(shared).ok_or(Failure::Unexpected("a connection outlived the load"))?;
    let Shared {
        requests, answers, ..
    } = shared.into_inner();
    Ok((answers, requests))
}

struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Failure> {
        Ok(Self {
            address,
            stream: connect(address).await?,
            received: Vec::with_capacity(8 * 1024),
        })
    }

    async fn keep_asking<R: Requests>(
        mut self,
        until: Until,
        began: Duration,
        shared: Rc<RefCell<Shared<R>>>,
    ) -> Result<(), Failure> {
        let mut request = Vec::with_capacity(2 * 1024);
        loop {
            let sent_at = stopwatch();
            request.clear();
            {
                let mut shared = shared.borrow_mut();
                let over = match until {
                    Until::Passed(window) => sent_at - began >= window,
                    Until::Sent(most) => shared.sent >= most,
                };
                if over {
                    return Ok(());
                }
                shared.sent += 1;
                shared.requests.next(&mut request);
            }
            let (status, reopened) = self.ask(&request).await?;
            let now = stopwatch();
            let micros = u32::try_from((now - sent_at).as_micros()).unwrap_or(u32::MAX);
            let answers = &mut shared.borrow_mut().answers;
            answers.latencies.push(micros);
            answers.reopened += u64::from(reopened);
            let within = match until {
                Until::Passed(window) => now - began <= window,
                Until::Sent(_) => true,
            };
            let counted = if within {
                &mut answers.within
            } else {
                &mut answers.after
            };
            *counted.entry(status).or_default() += 1;
        }
    }

    /// Sends a request and reads its answer to the end; gives the status, and whether the service closed.
    async fn ask(&mut self, request: &[u8]) -> Result<(u16, bool), Failure> {
        let broke = || Failure::machine("a connection to the service broke");
        self.stream.write_all(request).await.map_err(broke())?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await.map_err(broke())? == 0 {
                return Err(Failure::Unexpected(
                    "the service closed in the middle of an answer",
                ));
            }
            if let Some(head) = Head::read(&self.received)?
                && self.received.len() >= head.answer_length
            {
                if head.closes {
                    self.stream = connect(self.address).await?;
                }
                return Ok((head.status, head.closes));
            }
        }
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream, Failure> {
    let failed = || Failure::machine("no connection to the service");
    let stream = TcpStream::connect(address).await.map_err(failed())?;
    stream.set_nodelay(true).map_err(failed())?;
    Ok(stream)
}

/// What of an answer's head is looked at.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Head and body.
    answer_length: usize,
    closes: bool,
}

impl Head {
    /// None while it is not whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let not_http = || Failure::Unexpected("an answer is not HTTP/1.1 with a length");
        let (head, mut length, mut closes) = (&bytes[..end], 0, false);
        let status = head
            .strip_prefix(b"HTTP/1.1 ")
            .and_then(|rest| number(rest.get(..3)?))
            .and_then(|status| u16::try_from(status).ok())
            .ok_or_else(not_http)?;
        for line in head.split(|byte| *byte == b'\n').skip(1) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"content-length") {
                length = number(value).ok_or_else(not_http)?;
            } else if name.eq_ignore_ascii_case(b"connection") {
                closes = value.eq_ignore_ascii_case(b"close");
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                return Err(not_http());
            }
        }
        Ok(Some(Self {
            status,
            answer_length: end + 4 + length,
            closes,
        }))
    }
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_status_length_and_closing_are_read() {
        let answer =
            b"HTTP/1.1 201 Created\r\nContent-Length:  5\r\nLocation: /x\r\nConnection: close\r\n\r\nhe";
        let head = Head::read(answer).unwrap().unwrap();
        assert_eq!(
            head,
            Head {
                status: 201,
                answer_length: answer.len() + 3,
                closes: true
            }
        );
        assert_eq!(Head::read(&answer[..30]).unwrap(), None);
        assert!(Head::read(b"HTTP/1.0 200 OK\r\n\r\n").is_err());
        assert!(Head::read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        let empty = Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!(empty.answer_length, 27);
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let micros: Vec<u32> = (1..=100).collect();
        assert!((percentile(&micros, 0.99) - 99e-6).abs() < 1e-12);
        assert!((percentile(&micros, 0.0) - 1e-6).abs() < 1e-12);
        assert!(percentile(&[], 0.5).is_nan());
    }

    #[test]
    fn every_request_is_answered_and_the_requests_come_back() {
        // A server that answers each of three connections with 201 and the next number's length.
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        let mut got = [0; 1024];
                        while stream.read(&mut got).await.is_ok_and(|read| read > 0) {
                            let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";
                            if stream.write_all(answer).await.is_err() {
                                return;
                            }
                        }
                    });
                }
            });
            let mut asked = 0_u64;
            let requests = move |bytes: &mut Vec<u8>| {
                asked += 1;
                bytes.extend_from_slice(format!("GET /{asked} HTTP/1.1\r\n\r\n").as_bytes());
            };
            let (answers, mut requests) = run(address, 3, Until::Sent(50), requests).await.unwrap();
            assert_eq!((answers.count(201), answers.all()), (50, 50));
            answers.only(&[201]).unwrap();
            assert!(answers.only(&[200]).is_err());
            let mut next = Vec::new();
            requests.next(&mut next);
            assert!(next.starts_with(b"GET /51 "));
        });
    }
}
