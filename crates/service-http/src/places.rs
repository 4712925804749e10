//! How many requests are worked on at a time. One more is told at once to try again, rather than queued: a queue that
//! nobody bounds makes everybody late, and the last ones late for nothing.
//!
//! A request holds its place while the service works on it, not while it waits for its client's body or for time to
//! pass ([`aside`]): those who are slow on purpose take no place from others.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest};
use protocol::problem::ProblemType;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problems::Refusal;

/// The places of a server, shared by its workers.
#[derive(Clone)]
pub(crate) struct Places(Arc<Semaphore>);

/// The place of one request, in its extensions.
#[derive(Clone)]
pub(crate) struct Place {
    places: Places,
    held: Rc<RefCell<Option<OwnedSemaphorePermit>>>,
}

impl Places {
    /// So many.
    pub fn new(number: usize) -> Self {
        Self(Arc::new(Semaphore::new(number.min(Semaphore::MAX_PERMITS))))
    }

    /// One of them for a request.
    ///
    /// # Errors
    /// `try-again` when none is free.
    pub fn take(&self) -> Result<Place, Refusal> {
        let place = Place {
            places: self.clone(),
            held: Rc::default(),
        };
        place.enter()?;
        Ok(place)
    }
}

impl Place {
    fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get().cloned()
    }

    /// Gives the place to another request.
    pub fn leave(&self) {
        self.held.borrow_mut().take();
    }

    /// Takes a place again.
    fn enter(&self) -> Result<(), Refusal> {
        let free = Arc::clone(&self.places.0).try_acquire_owned();
        let permit = free.map_err(|_| ProblemType::TryAgain)?;
        self.held.replace(Some(permit));
        Ok(())
    }
}

/// Waits for something that is no work of the service's, without holding a place meanwhile. Whoever calls this bounds in
/// another way how many wait. A request that did not come through a door has no place.
///
/// # Errors
/// `try-again` when no place is free afterwards.
pub async fn aside<F: Future>(request: &HttpRequest, waiting: F) -> Result<F::Output, Refusal> {
    let Some(place) = Place::of(request) else {
        return Ok(waiting.await);
    };
    place.leave();
    let came = waiting.await;
    place.enter()?;
    Ok(came)
}

/// Gives up a request's place for good.
pub(crate) fn leave(request: &HttpRequest) {
    if let Some(place) = Place::of(request) {
        place.leave();
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn a_request_too_many_is_told_to_try_again() {
        let places = Places::new(2);
        let (first, _second) = (places.take().unwrap(), places.take().unwrap());
        let refusal = places.take().err().unwrap();
        assert_eq!(refusal.problem(), ProblemType::TryAgain);
        first.leave();
        assert!(places.take().is_ok());
    }

    #[actix_web::test]
    async fn who_waits_aside_takes_no_place_from_others() {
        let places = Places::new(1);
        let request = TestRequest::default().to_http_request();
        request.extensions_mut().insert(places.take().unwrap());
        assert!(places.take().is_err());

        let during = aside(&request, async { places.take().is_ok() }).await;
        assert_eq!(during, Ok(true));
        assert!(places.take().is_err(), "the place is held again");

        let mut taken = None;
        let after = aside(&request, async { taken = places.take().ok() }).await;
        assert_eq!(after.unwrap_err().problem(), ProblemType::TryAgain);
        drop(taken);
        assert!(places.take().is_ok());
    }
}
