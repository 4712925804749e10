//! HTTP as bytes on a socket, so that what the keyholder receives is known to the byte.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Every byte that was sent to one keyholder.
#[derive(Clone, Default)]
pub struct Sent(Arc<Mutex<Vec<u8>>>);

impl Sent {
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The last part of the problem's type; of an answer that is none, its status.
    pub fn slug(&self) -> String {
        let problem: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        match problem["type"].as_str() {
            Some(kind) => kind.rsplit('/').next().unwrap().to_owned(),
            None => self.status.to_string(),
        }
    }

    /// The faults of an `invalid-request`.
    pub fn faults(&self) -> Vec<(String, String)> {
        let problem = self.json();
        let faults = problem["errors"].as_array().cloned().unwrap_or_default();
        let text = |fault: &Value, member: &str| fault[member].as_str().unwrap().to_owned();
        faults
            .iter()
            .map(|fault| (text(fault, "pointer"), text(fault, "code")))
            .collect()
    }
}

/// A way to one address.
#[derive(Clone)]
pub struct Wire {
    pub address: String,
    pub host: String,
    pub sent: Sent,
}

impl Wire {
    pub fn new(address: String) -> Self {
        Self::at(address.clone(), address)
    }

    /// To an address that is published under another name.
    pub fn at(address: String, host: String) -> Self {
        Self {
            address,
            host,
            sent: Sent::default(),
        }
    }

    /// One request on a connection of its own.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.host
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = body {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body.unwrap_or_default());
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        self.sent.0.lock().unwrap().extend_from_slice(&bytes);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        read(&answer)
    }
}

fn read(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let body = bytes[end + 4..].to_vec();
    let answer = Answer {
        status,
        headers,
        body,
    };
    assert_ne!(answer.header("transfer-encoding"), Some("chunked"));
    answer
}
