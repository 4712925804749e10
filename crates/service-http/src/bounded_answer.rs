//! Answers that carry content of others end within a bound, or their connection is cut.
//!
//! Whoever may read content now may not in a minute: what was answered must not wait in a socket until then. The clock runs
//! from before the content is read. An answer has ended when its last byte has left for the peer's own buffers; one that has
//! not ended in time loses its connection, and with it every byte that has not left ([`crate::gate`]).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use std::convert::Infallible;

use crate::gate::turn::Turn;

/// How long an answer that carries content may take, from before the content is read.
pub const CONTENT_DEADLINE: Duration = Duration::from_secs(60);

/// An answer that is going to carry content. Begin it before the content is read.
pub struct BoundedAnswer(Option<Turn>);

impl BoundedAnswer {
    /// Starts the clock.
    pub fn begin(request: &HttpRequest) -> Self {
        let turn = request.conn_data::<Turn>().cloned();
        if let Some(turn) = &turn {
            turn.begin_content();
        }
        Self(turn)
    }

    /// The body of the answer.
    pub fn body(self, content: impl Into<Bytes>) -> BoundedBody {
        BoundedBody {
            content: content.into(),
            _answer: self,
        }
    }
}

/// The framework drops a body once it has encoded all of it, and when the answer came to nothing.
impl Drop for BoundedAnswer {
    fn drop(&mut self) {
        if let Some(turn) = self.0.take() {
            turn.give_content();
        }
    }
}

/// The body of an answer that carries content.
pub struct BoundedBody {
    content: Bytes,
    _answer: BoundedAnswer,
}

impl MessageBody for BoundedBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.content.len() as u64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let content = std::mem::take(&mut self.get_mut().content);
        Poll::Ready((!content.is_empty()).then_some(Ok(content)))
    }
}
