//! Programs that wait at an inbox instead of asking again and again.

use std::time::Duration;

use protocol::Id;
use protocol::notice::Notice;
use protocol::page::{Cursor, Page, PageQuery};
use serde_json::Value;

use crate::{Professional, eventually};

/// How long a test waits for an event that must come. Far more than it takes, since the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stream of server-sent events as a browser would read it.
pub struct EventStream {
    response: reqwest::Response,
    read: String,
    /// Comments so far.
    pub comments: usize,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEvent {
    /// `id`, with which the stream goes on.
    pub id: String,
    /// `event`.
    pub name: String,
    /// `data`, as JSON.
    pub data: Value,
}

impl StreamEvent {
    /// The notice that it tells of.
    ///
    /// # Panics
    /// When it names none.
    #[must_use]
    pub fn notice(&self) -> Id {
        self.data["id"].as_str().unwrap().parse().unwrap()
    }
}

impl EventStream {
    /// The next event; none when the stream ends first.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        loop {
            while let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                let field = |name: &str| {
                    let prefix = format!("{name}: ");
                    block.lines().find_map(|line| line.strip_prefix(&prefix))
                };
                match (field("id"), field("event"), field("data")) {
                    (Some(id), Some(name), Some(data)) => {
                        return Some(StreamEvent {
                            id: id.to_owned(),
                            name: name.to_owned(),
                            data: serde_json::from_str(data).unwrap(),
                        });
                    }
                    _ if block.starts_with(':') => self.comments += 1,
                    _ => assert!(block.starts_with("retry: "), "{block:?}"),
                }
            }
            let more = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let more = more.unwrap_or_else(|_| panic!("nothing came")).unwrap()?;
            self.read.push_str(std::str::from_utf8(&more).unwrap());
        }
    }
}

impl Professional {
    /// What came behind the cursor, waited for at most so long.
    pub async fn waits(&self, cursor: Option<Cursor>, seconds: u16) -> Page<Notice> {
        let query = PageQuery {
            limit: PageQuery::MAX_LIMIT,
            cursor,
        };
        self.partner.wait_for_notices(&query, seconds).await.unwrap()
    }

    /// Opens a stream of its inbox at this address of the service, behind an event that it has.
    pub async fn follows_at(&self, url: &str, last: Option<&str>) -> EventStream {
        let client = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let mut request = client
            .get(format!("{url}/v1/notices/stream"))
            .header("authorization", self.bearer().await);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        EventStream {
            response,
            read: String::new(),
            comments: 0,
        }
    }
}

/// Waits until so many wait at inboxes of a service.
pub async fn somebody_waits(casework: &casework::Casework, count: usize) {
    eventually("who waits", async || {
        (casework.waiting_at_inboxes() == count).then_some(())
    })
    .await;
}
