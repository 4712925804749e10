//! How a request begins: the strict reading of request line and header block that decides where a request ends.
//!
//! Two readers that disagree on that are how a second request is smuggled inside a first (RFC 9112 section 11.2), so
//! there is one way to write a request here: HTTP/1.1, CRLF, one Host, at most one Content-Length, no
//! Transfer-Encoding, nothing folded. What passes is forwarded byte for byte.

use actix_web::http::Uri;
use protocol::problem::ProblemType;

/// Longest request line, in bytes without its CRLF.
pub const MAX_REQUEST_LINE: usize = 8 * 1024;

/// Largest header block, in bytes with all CRLFs.
pub const MAX_HEADER_BLOCK: usize = 32 * 1024;

/// Highest number of header fields. The framework behind the gate reads no more than 96.
pub const MAX_HEADERS: usize = 96;

/// What the bytes received so far amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// A head that may still become a good one.
    Incomplete,
    /// A good head.
    Complete(Good),
    /// Not a request we take; nothing after it can be trusted.
    Refused(ProblemType),
}

/// What a good head says about framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Good {
    /// Bytes of the head.
    pub length: usize,
    /// Bytes of the body that follows it.
    pub body: u64,
    /// Where its line `Expect: 100-continue` begins and ends, if there is one.
    pub expect: Option<(usize, usize)>,
}

/// Reads the head of a request from all bytes received for it so far.
pub(crate) fn read(bytes: &[u8]) -> Head {
    // RFC 9112 section 2.2: one empty line before the request line is ignored; old clients end a body with it.
    if bytes == b"\r" {
        return Head::Incomplete;
    }
    let skipped = if bytes.starts_with(b"\r\n") { 2 } else { 0 };
    let text = &bytes[skipped..];
    match request_line(text).and_then(|line| header_block(text, line)) {
        Ok(good) => Head::Complete(Good {
            length: skipped + good.length,
            expect: good.expect.map(|(start, end)| (skipped + start, skipped + end)),
            ..good
        }),
        Err(Stop::Incomplete) => Head::Incomplete,
        Err(Stop::Refused(problem)) => Head::Refused(problem),
    }
}

enum Stop {
    Incomplete,
    Refused(ProblemType),
}

const MALFORMED: Stop = Stop::Refused(ProblemType::MalformedRequest);

/// Checks the request line; its length with CRLF.
fn request_line(bytes: &[u8]) -> Result<usize, Stop> {
    // Whatever does not begin like a method (a TLS hello, a stray body) is refused at its first byte.
    if bytes.first().is_some_and(|first| !is_token(*first)) {
        return Err(MALFORMED);
    }
    let line = match line(bytes, MAX_REQUEST_LINE)? {
        Line::Whole(line) => line,
        Line::TooLong => return Err(Stop::Refused(ProblemType::UriTooLong)),
    };
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(MALFORMED);
    };
    if method.is_empty() || !method.iter().all(|byte| is_token(*byte)) || version != b"HTTP/1.1" {
        return Err(MALFORMED);
    }
    if method == b"CONNECT" {
        return Err(Stop::Refused(ProblemType::MethodNotAllowed));
    }
    let form = target.starts_with(b"/") || target.starts_with(b"http://") || target.starts_with(b"https://");
    let visible = target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    // The framework's own reading of the address, so that what it cannot read is told here.
    let address = Uri::try_from(target);
    if form && visible && address.is_ok() {
        Ok(line.len() + 2)
    } else {
        Err(MALFORMED)
    }
}

/// Checks the header block that begins at `start`.
fn header_block(bytes: &[u8], start: usize) -> Result<Good, Stop> {
    let mut at = start;
    let mut fields = Fields::default();
    loop {
        let line = match line(&bytes[at..], MAX_HEADER_BLOCK - (at - start))? {
            Line::Whole(line) => line,
            Line::TooLong => return Err(Stop::Refused(ProblemType::HeadersTooLarge)),
        };
        let end = at + line.len() + 2;
        if end - start > MAX_HEADER_BLOCK {
            return Err(Stop::Refused(ProblemType::HeadersTooLarge));
        }
        if line.is_empty() {
            let body = fields.body()?;
            return Ok(Good {
                length: end,
                body,
                expect: fields.expect,
            });
        }
        fields.take(line, at)?;
        at = end;
    }
}

/// The fields that decide on framing.
#[derive(Default)]
struct Fields {
    count: usize,
    hosts: usize,
    transfer_encoding: bool,
    content_length: Option<u64>,
    expect: Option<(usize, usize)>,
}

impl Fields {
    /// Takes the line that begins at `at`.
    fn take(&mut self, line: &[u8], at: usize) -> Result<(), Stop> {
        self.count += 1;
        if self.count > MAX_HEADERS {
            return Err(Stop::Refused(ProblemType::HeadersTooLarge));
        }
        // A folded line begins with a space, which is no token: it is refused here with every other bad name.
        let colon = line.iter().position(|byte| *byte == b':').ok_or(MALFORMED)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
            return Err(MALFORMED);
        }
        if !value
            .iter()
            .all(|byte| *byte == b'\t' || *byte >= b' ' && *byte != 0x7f)
        {
            return Err(MALFORMED);
        }
        if name.eq_ignore_ascii_case(b"host") {
            self.hosts += 1;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.transfer_encoding = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = digits(value).ok_or(MALFORMED)?;
            if self.content_length.replace(length).is_some() {
                return Err(MALFORMED);
            }
        } else if name.eq_ignore_ascii_case(b"expect") {
            // RFC 9110 section 10.1.1 knows one expectation.
            let twice = self.expect.replace((at, at + line.len() + 2)).is_some();
            if twice || !value.eq_ignore_ascii_case(b"100-continue") {
                return Err(MALFORMED);
            }
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            // h2c, WebSocket: another protocol would pass the gate unread.
            return Err(MALFORMED);
        }
        Ok(())
    }

    fn body(&self) -> Result<u64, Stop> {
        if self.hosts != 1 || self.transfer_encoding && self.content_length.is_some() {
            return Err(MALFORMED);
        }
        if self.transfer_encoding {
            return Err(Stop::Refused(ProblemType::LengthRequired));
        }
        match self.content_length {
            // The framework takes what it cannot count for malformed; it is too large.
            Some(u64::MAX) => Err(Stop::Refused(ProblemType::PayloadTooLarge)),
            length => Ok(length.unwrap_or(0)),
        }
    }
}

enum Line<'a> {
    Whole(&'a [u8]),
    TooLong,
}

/// The bytes before the next CRLF, at most `limit` of them. A line feed alone, or a carriage return without one,
/// is refused as soon as it is seen.
fn line(bytes: &[u8], limit: usize) -> Result<Line<'_>, Stop> {
    let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
        return if bytes.len() > limit {
            Ok(Line::TooLong)
        } else {
            Err(Stop::Incomplete)
        };
    };
    if end > limit {
        return Ok(Line::TooLong);
    }
    match (bytes[end], bytes.get(end + 1)) {
        (b'\r', Some(b'\n')) => Ok(Line::Whole(&bytes[..end])),
        (b'\r', None) => Err(Stop::Incomplete),
        _ => Err(MALFORMED),
    }
}

/// Nothing but digits; the largest `u64` stands for it and all beyond.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = text.iter().fold(0_u64, |number, digit| {
        number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    Some(number)
}

/// `tchar` of RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> ProblemType {
        match read(text.as_bytes()) {
            Head::Refused(problem) => problem,
            other => panic!("{text:?}: {other:?}"),
        }
    }

    fn get(fields: &str) -> String {
        format!("GET /v1/health HTTP/1.1\r\nHost: t.example\r\n{fields}\r\n")
    }

    fn complete(text: &str, body: u64) -> Head {
        Head::Complete(Good {
            length: text.len(),
            body,
            expect: None,
        })
    }

    #[test]
    fn a_good_head_says_where_the_request_ends() {
        let text = get("");
        assert_eq!(read(text.as_bytes()), complete(&text, 0));
        let two = format!("{text}GET / HTTP/1.1");
        assert_eq!(read(two.as_bytes()), complete(&text, 0), "the next one waits");
        let text = get("content-length:  17 \r\n");
        assert_eq!(read(text.as_bytes()), complete(&text, 17));
        let text = format!("\r\n{}", get("X-Empty:\r\n"));
        assert_eq!(read(text.as_bytes()), complete(&text, 0));
        let huge = get("Content-Length: 99999999999999999999999\r\n");
        assert_eq!(read(huge.as_bytes()), Head::Refused(ProblemType::PayloadTooLarge));
    }

    #[test]
    fn an_expectation_is_found_or_refused() {
        let text = format!("\r\n{}", get("expect: 100-Continue\r\nContent-Length: 2\r\n"));
        let Head::Complete(Good {
            expect: Some((start, end)),
            body: 2,
            ..
        }) = read(text.as_bytes())
        else {
            panic!("no expectation");
        };
        assert_eq!(&text[start..end], "expect: 100-Continue\r\n");
        for other in [
            "Expect: 200\r\n",
            "Expect: 100-continue\r\nExpect: 100-continue\r\n",
            "Expect:\r\n",
        ] {
            assert_eq!(refused(&get(other)), ProblemType::MalformedRequest, "{other}");
        }
    }

    #[test]
    fn every_prefix_of_a_good_head_is_incomplete() {
        let text = format!("\r\n{}", get("Content-Length: 2\r\nAccept: */*\r\n"));
        for end in 0..text.len() {
            assert_eq!(read(&text.as_bytes()[..end]), Head::Incomplete, "{end}");
        }
    }

    #[test]
    fn two_lengths_or_none_are_refused() {
        for fields in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
            "Content-Length: 1\r\nContent-Length: 1\r\n",
            "Content-Length: 1, 1\r\n",
            "Content-Length: +1\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 0x1\r\n",
            "Content-Length: \r\n",
            "Content-Length : 1\r\n",
            "Content-Length: 1\n",
            "X: a\r\n Content-Length: 1\r\n",
        ] {
            assert_eq!(refused(&get(fields)), ProblemType::MalformedRequest, "{fields}");
        }
        for fields in [
            "Transfer-Encoding: chunked\r\n",
            "transfer-encoding: identity\r\n",
            "Transfer-Encoding:\r\n",
        ] {
            assert_eq!(refused(&get(fields)), ProblemType::LengthRequired, "{fields}");
        }
    }

    #[test]
    fn what_is_not_http_1_1_is_refused() {
        for text in [
            "\u{16}\u{3}\u{1}",
            "GET /\r\n",
            "GET / HTTP/1.0\r\n",
            "GET / HTTP/2.0\r\n",
            "PRI * HTTP/2.0\r\n\r\n",
            "GET / http/1.1\r\n",
            "GET  / HTTP/1.1\r\n",
            "GET / HTTP/1.1 \r\n",
            "GET\t/ HTTP/1.1\r\n",
            " GET / HTTP/1.1",
            "GET / HTTP/1.1\n",
            "GET /\u{0} HTTP/1.1\r\n",
            "GET /a#b HTTP/1.1\r\n",
            "GET * HTTP/1.1\r\n",
            "GET t.example/ HTTP/1.1\r\n",
            "GET /é HTTP/1.1\r\n",
            "\r\n\r\n",
            "\n",
            "GE(T / HTTP/1.1\r\n",
        ] {
            assert_eq!(refused(text), ProblemType::MalformedRequest, "{text:?}");
        }
        for fields in [
            "Host: other\r\n",
            "Upgrade: h2c\r\n",
            "Upgrade: websocket\r\n",
            ": x\r\n",
            "X\r\n",
            "X: a\rb\r\n",
            "X: \u{0}\r\n",
        ] {
            assert_eq!(refused(&get(fields)), ProblemType::MalformedRequest, "{fields:?}");
        }
        assert_eq!(
            refused("GET / HTTP/1.1\r\n\r\n"),
            ProblemType::MalformedRequest,
            "no Host"
        );
        assert_eq!(
            refused("CONNECT t.example:443 HTTP/1.1\r\n"),
            ProblemType::MethodNotAllowed
        );
    }

    #[test]
    fn sizes_are_bounded_to_the_byte() {
        let line = |length: usize| format!("GET /{} HTTP/1.1\r\n", "a".repeat(length - 14));
        assert_eq!(read(line(MAX_REQUEST_LINE).as_bytes()), Head::Incomplete);
        assert_eq!(refused(&line(MAX_REQUEST_LINE + 1)), ProblemType::UriTooLong);
        assert_eq!(
            refused(&"G".repeat(MAX_REQUEST_LINE + 1)),
            ProblemType::UriTooLong,
            "no line end in sight"
        );
        // `Host: t.example` and the empty line take 19 bytes, `X: ` with its CRLF 5.
        let block = |length: usize| get(&format!("X: {}\r\n", "a".repeat(length - 24)));
        assert!(matches!(
            read(block(MAX_HEADER_BLOCK).as_bytes()),
            Head::Complete { .. }
        ));
        assert_eq!(
            refused(&block(MAX_HEADER_BLOCK + 1)),
            ProblemType::HeadersTooLarge
        );
        assert_eq!(
            refused(&block(MAX_HEADER_BLOCK * 2)),
            ProblemType::HeadersTooLarge
        );
        assert!(matches!(
            read(get(&"X: a\r\n".repeat(95)).as_bytes()),
            Head::Complete { .. }
        ));
        assert_eq!(
            refused(&get(&"X: a\r\n".repeat(96))),
            ProblemType::HeadersTooLarge
        );
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        /// What was refused stays refused and what was complete keeps its end, whatever comes after.
        #[test]
        fn more_bytes_change_no_verdict(text in "(GET|POST) /[a-z]{0,3} HTTP/1\\.1\r\n(Host: t\r\n|X: y\r\n|Content-Length: [0-9]\r\n|Z\n){0,4}(\r\n)?", more in "[ -~\r\n]{0,40}") {
            let verdict = read(text.as_bytes());
            if verdict != Head::Incomplete {
                prop_assert_eq!(read(format!("{text}{more}").as_bytes()), verdict);
            }
        }
    }
}
