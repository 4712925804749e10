//! How long the answer to one request may take to begin. A body that streams in for longer winds it up again with each
//! part, so that the deadline counts what the service does, not how much a client has to send.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::{HttpMessage as _, HttpRequest};
use tokio::time::{Instant, timeout_at};

/// The deadline of one request, in its extensions.
#[derive(Clone)]
pub(crate) struct Deadline {
    period: Duration,
    at: Rc<Cell<Instant>>,
}

impl Deadline {
    /// Begins now.
    pub fn after(period: Duration) -> Self {
        Self {
            period,
            at: Rc::new(Cell::new(Instant::now() + period)),
        }
    }

    /// That of a request behind a door.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get().cloned()
    }

    /// Begins anew.
    pub fn wind_up(&self) {
        self.at.set(Instant::now() + self.period);
    }

    /// The end of `work`, or `None` when the deadline comes first.
    pub async fn limit<F: Future>(&self, work: F) -> Option<F::Output> {
        let mut work = pin!(work);
        loop {
            let at = self.at.get();
            match timeout_at(at, &mut work).await {
                Ok(done) => return Some(done),
                Err(_) if self.at.get() > at => {}
                Err(_) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_deadline_that_is_wound_up_ends_later() {
        tokio::time::pause();
        let deadline = Deadline::after(Duration::from_secs(30));
        assert_eq!(deadline.limit(std::future::pending::<()>()).await, None);

        let deadline = Deadline::after(Duration::from_secs(30));
        let parts = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_secs(20)).await;
                deadline.wind_up();
            }
            "all"
        };
        assert_eq!(deadline.limit(parts).await, Some("all"));
    }
}
