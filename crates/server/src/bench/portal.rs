//! What the family's first page costs: how many bytes travel with all that it loads, and how long its first byte takes against
//! the same page as a constant from a bare actix server.
//!
//! Both are on this machine and answer one reader on one connection, in rounds in turns; a round is judged by its 95th
//! percentile. So the network is left out, which is the same for both, and what is left is ours: the door, the language, the
//! template.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Spread;
use super::submissions::{Failure, Service};
use crate::environment::stopwatch;

/// The most that may travel until the first page stands, in bytes.
pub const MOST_BYTES: usize = 60_000;
/// The most times the constant page's first byte.
pub const MOST_TIMES: f64 = 2.0;

const FIRST_PAGE: &str = "/portal";
/// Requests in one round.
const A_ROUND: usize = 200;

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Everything that is loaded, with the heads of the answers.
    pub travels: Vec<Travelled>,
    /// Together.
    pub bytes: usize,
    /// Whether that is at most [`MOST_BYTES`].
    pub small: bool,
    /// Rounds of 200 requests to each.
    pub rounds: u32,
    /// The 95th percentile of the portal's first byte in each round, in milliseconds.
    pub portal: Spread,
    /// Of the constant page's.
    pub constant: Spread,
    /// As many times the constant page's, round by round.
    pub ratio: Spread,
    /// Whether the median of it is at most [`MOST_TIMES`].
    pub quick: bool,
}

/// One answer.
#[derive(Debug, Serialize)]
pub struct Travelled {
    /// Its address.
    pub path: String,
    /// Its bytes, head and body.
    pub bytes: usize,
}

/// Measures in this directory, which should be empty.
///
/// # Errors
/// [`Failure`].
pub async fn run(directory: &Path, rounds: u32) -> Result<Report, Failure> {
    let service = Service::start(&directory.join("service"), None).await?;
    let measured = measure(service.base(), rounds).await;
    service.stop().await;
    measured
}

async fn measure(base: &str, rounds: u32) -> Result<Report, Failure> {
    let address = base.strip_prefix("http://").and_then(|host| host.parse().ok());
    let address: SocketAddr = address.ok_or(Failure::Unexpected("the service has no address"))?;
    let mut portal = Reader::connect(address, FIRST_PAGE).await?;
    let page = portal.read(FIRST_PAGE).await?;
    let mut travels = vec![page.travelled(FIRST_PAGE)];
    for path in loaded(&page.body) {
        travels.push(portal.read(&path).await?.travelled(&path));
    }

    let constant = serve_constant(page.body)?;
    let mut constant = Reader::connect(constant, FIRST_PAGE).await?;
    let (mut of_portal, mut of_constant, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        // Which comes first takes turns, so that neither profits from what the other left warm.
        let (portal, constant) = if round % 2 == 0 {
            let portal = portal.percentile().await?;
            (portal, constant.percentile().await?)
        } else {
            let constant = constant.percentile().await?;
            (portal.percentile().await?, constant)
        };
        // The first warms up.
        if round > 0 {
            of_portal.push(portal);
            of_constant.push(constant);
            ratios.push(portal / constant);
        }
    }
    let bytes = travels.iter().map(|travelled| travelled.bytes).sum();
    let ratio = Spread::of(ratios);
    Ok(Report {
        travels,
        bytes,
        small: bytes <= MOST_BYTES,
        rounds,
        portal: Spread::of(of_portal),
        constant: Spread::of(of_constant),
        ratio,
        quick: ratio.median <= MOST_TIMES,
    })
}

/// A server of one constant page; it ends with the program.
fn serve_constant(page: Vec<u8>) -> Result<SocketAddr, Failure> {
    let failed = |_| Failure::Unexpected("the constant page cannot be served");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let page = web::Bytes::from(page);
    let server = HttpServer::new(move || {
        let page = page.clone();
        let answer = move || {
            let page = page.clone();
            async move {
                HttpResponse::Ok()
                    .content_type("text/html; charset=utf-8")
                    .body(page)
            }
        };
        App::new().route(FIRST_PAGE, web::get().to(answer))
    });
    let server = server
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(failed)?;
    tokio::spawn(server.run());
    Ok(address)
}

/// What a page loads: the addresses of its style sheets and pictures, each once.
fn loaded(page: &[u8]) -> BTreeSet<String> {
    let page = String::from_utf8_lossy(page);
    let quoted = page.split('"').filter(|text| text.starts_with("/portal/assets/"));
    quoted.map(str::to_owned).collect()
}

/// One connection of a browser that takes compressed answers.
struct Reader {
    stream: TcpStream,
    host: String,
}

struct Answer {
    first_byte: Duration,
    head: usize,
    body: Vec<u8>,
}

impl Answer {
    fn travelled(&self, path: &str) -> Travelled {
        Travelled {
            path: path.to_owned(),
            bytes: self.head + self.body.len(),
        }
    }
}

impl Reader {
    async fn connect(address: SocketAddr, path: &str) -> Result<Self, Failure> {
        let failed = |_| Failure::Unexpected("no connection");
        let stream = TcpStream::connect(address).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let mut reader = Self {
            stream,
            host: address.to_string(),
        };
        reader.read(path).await?;
        Ok(reader)
    }

    /// The 95th percentile of the first byte of one round, in milliseconds.
    async fn percentile(&mut self) -> Result<f64, Failure> {
        let mut took = Vec::with_capacity(A_ROUND);
        for _ in 0..A_ROUND {
            took.push(self.read(FIRST_PAGE).await?.first_byte.as_secs_f64() * 1_000.0);
        }
        Ok(Spread::of(took).high)
    }

    async fn read(&mut self, path: &str) -> Result<Answer, Failure> {
        let failed = |_| Failure::Unexpected("the connection broke");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html,*/*\r\nAccept-Encoding: gzip\r\nAccept-Language: nl\r\n\r\n",
            self.host
        );
        let began = stopwatch();
        self.stream.write_all(request.as_bytes()).await.map_err(failed)?;
        let mut bytes = Vec::with_capacity(32 * 1024);
        self.stream.read_buf(&mut bytes).await.map_err(failed)?;
        let first_byte = stopwatch() - began;
        loop {
            if let Some((head, length)) = head_of(&bytes)?
                && bytes.len() >= head + length
            {
                let body = bytes.split_off(head);
                return Ok(Answer {
                    first_byte,
                    head,
                    body,
                });
            }
            if self.stream.read_buf(&mut bytes).await.map_err(failed)? == 0 {
                return Err(Failure::Unexpected("an answer broke off"));
            }
        }
    }
}

/// Where the head ends and how long the body is, once the head is there.
fn head_of(bytes: &[u8]) -> Result<Option<(usize, usize)>, Failure> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    if !head.starts_with("http/1.1 200 ") {
        return Err(Failure::Unexpected("a page is not there"));
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length
        .map(|length| Some((end + 4, length)))
        .ok_or(Failure::Unexpected("an answer does not say how long it is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_loads_is_found_once() {
        let page = br#"<link href="/portal/assets/a.css"><img src="/portal/assets/b.svg"><link href="/portal/assets/b.svg"><a href="/portal">"#;
        let found: Vec<String> = loaded(page).into_iter().collect();
        assert_eq!(found, ["/portal/assets/a.css", "/portal/assets/b.svg"]);
    }

    #[test]
    fn a_head_says_how_much_follows() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nabc";
        assert_eq!(head_of(answer).unwrap(), Some((39, 12)));
        assert_eq!(head_of(&answer[..20]).unwrap(), None);
        assert!(head_of(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head_of(b"HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\n\r\n").is_err());
    }
}
