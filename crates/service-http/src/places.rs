//! How many requests are worked on at a time. One more is told at once to try again, rather than queued: a queue that
//! nobody bounds makes everybody late, and the last ones late for nothing.
//!
//! Nobody has more places than are left free: alone a client may have half of them, and whoever else comes finds one.
//!
//! A request holds its place while the service works on it, not while it waits for its client's body or for time to
//! pass ([`aside`]): those who are slow on purpose take no place from others.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::{HttpMessage as _, HttpRequest};
use protocol::problem::ProblemType;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problems::Refusal;

/// The places of a server, shared by its workers.
#[derive(Clone)]
pub(crate) struct Places(Arc<Room>);

struct Room {
    free: Arc<Semaphore>,
    /// How many places each has that is known and has one.
    shares: Mutex<HashMap<String, usize>>,
}

/// The place of one request, in its extensions.
#[derive(Clone)]
pub(crate) struct Place {
    places: Places,
    held: Rc<RefCell<Option<Held>>>,
    /// Whose request it is, once that is known.
    whose: Rc<RefCell<Option<String>>>,
}

struct Held {
    share: Option<Share>,
    _permit: OwnedSemaphorePermit,
}

/// One more of the places that somebody has.
struct Share {
    places: Places,
    whose: String,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.places.shares();
        if let Some(places) = shares.get_mut(&self.whose) {
            *places -= 1;
            if *places == 0 {
                shares.remove(&self.whose);
            }
        }
    }
}

impl Places {
    /// So many.
    pub fn new(number: usize) -> Self {
        Self(Arc::new(Room {
            free: Arc::new(Semaphore::new(number.min(Semaphore::MAX_PERMITS))),
            shares: Mutex::default(),
        }))
    }

    /// One of them for a request.
    ///
    /// # Errors
    /// `try-again` when none is free.
    pub fn take(&self) -> Result<Place, Refusal> {
        let place = Place {
            places: self.clone(),
            held: Rc::default(),
            whose: Rc::default(),
        };
        place.enter()?;
        Ok(place)
    }

    /// Counts a place, which is taken, as one of this client's.
    fn share(&self, whose: &str) -> Result<Share, Refusal> {
        let mut shares = self.shares();
        let own = shares.get(whose).copied().unwrap_or_default();
        if own > self.0.free.available_permits() {
            return Err(ProblemType::TryAgain.into());
        }
        shares.insert(whose.to_owned(), own + 1);
        Ok(Share {
            places: self.clone(),
            whose: whose.to_owned(),
        })
    }

    fn shares(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.shares.lock().unwrap_or_else(PoisonError::into_inner)
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
        let free = Arc::clone(&self.places.0.free).try_acquire_owned();
        let permit = free.map_err(|_| ProblemType::TryAgain)?;
        let whose = self.whose.borrow();
        let share = whose
            .as_deref()
            .map(|whose| self.places.share(whose))
            .transpose()?;
        self.held.replace(Some(Held {
            share,
            _permit: permit,
        }));
        Ok(())
    }

    /// From now on it is one of this client's.
    fn belongs_to(&self, whose: &str) -> Result<(), Refusal> {
        self.whose.replace(Some(whose.to_owned()));
        if let Some(held) = self.held.borrow_mut().as_mut() {
            held.share = Some(self.places.share(whose)?);
        }
        Ok(())
    }
}

/// The request is this client's, as was just proved: its place counts as one of the client's. A request that did not come
/// through a door has no place.
///
/// # Errors
/// `try-again` when the client has more places than are left free.
pub fn belongs_to(request: &HttpRequest, whose: &str) -> Result<(), Refusal> {
    Place::of(request).map_or(Ok(()), |place| place.belongs_to(whose))
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

/// Gives up a request's place for good: it goes on to where another bound is kept.
pub fn leave(request: &HttpRequest) {
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
    async fn a_client_has_no_more_places_than_are_left_free() {
        let places = Places::new(8);
        let ask = |whose: &str| {
            let place = places.take()?;
            place.belongs_to(whose).map(|()| place)
        };
        let school: Vec<_> = (0..20).map_while(|_| ask("school").ok()).collect();
        assert_eq!(school.len(), 4, "half of them");
        let help: Vec<_> = (0..20).map_while(|_| ask("help").ok()).collect();
        assert_eq!(help.len(), 2, "half of what is left");
        assert!(ask("school").is_err());
        let (care, office) = (ask("care"), ask("office"));
        assert!(care.is_ok() && office.is_ok() && places.take().is_err());

        drop((school, help, care, office));
        assert!(places.shares().is_empty(), "nobody is remembered");
        assert_eq!(
            (0..20).map_while(|_| ask("help").ok()).collect::<Vec<_>>().len(),
            4
        );
        let one = Places::new(1).take().unwrap();
        assert_eq!(one.belongs_to("school"), Ok(()), "where there is one place, that");
    }

    #[actix_web::test]
    async fn who_comes_back_from_waiting_aside_comes_back_as_the_same() {
        let places = Places::new(4);
        let request = TestRequest::default().to_http_request();
        request.extensions_mut().insert(places.take().unwrap());
        belongs_to(&request, "school").unwrap();
        let during = aside(&request, async { places.shares().len() }).await;
        assert_eq!(during, Ok(0));
        assert_eq!(places.shares().get("school"), Some(&1));
        leave(&request);
        assert!(places.shares().is_empty());
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
