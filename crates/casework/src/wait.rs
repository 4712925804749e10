//! Waiting at an inbox: whoever is told at once instead of asking again and again.
//!
//! One task per process watches for all who wait: it hears of every transaction that lays notices, looks each second for
//! what came to show by time alone, and cuts off whose client was disabled. It lives while somebody waits. What is told
//! is read from the inbox, so a word that was missed delays by a second and loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::key::OrganisationKey;
use jiff::{SignedDuration, Timestamp};
use protocol::ClientId;
use protocol::Refused;
use protocol::notice::Notice;
use protocol::page::{Cursor, Page, PageQuery};
use protocol::problem::ProblemType;
use store::{Context, Hearing, Looked, Matcher, Party, StoreError, Tx, Work};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::act::{Failure, Look, plainly};
use crate::list::{List, ListRefusal};
use crate::read_notices::to_wire;
use crate::{Caller, Casework, Refusable};

/// How many of one organisation wait at a time.
pub const WAITING_PER_ORGANISATION: usize = 16;

/// How many wait for an answer at a time in one process: each keeps one of the requests that are worked on, and others are
/// to have their turn.
pub const WAITING: usize = 256;

/// How many follow a stream at a time in one process: each keeps a connection.
pub const FOLLOWING: usize = 1024;

/// How often it is looked what came to show by time alone, and whether clients are still enabled.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// How long to wait for an older transaction to end.
const UNSETTLED: Duration = Duration::from_millis(50);

/// How far back each look goes: a transaction commits after the time that it gives its notices.
const OVERLAP: SignedDuration = SignedDuration::from_secs(5);

/// Why nobody may wait here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaitRefusal {
    /// The cursor is not one that the service gave this organisation for waiting.
    #[error("the cursor is not one of ours for this list")]
    UnknownCursor,
    /// As many wait already as may.
    #[error("as many wait already as may")]
    TooManyWait,
    /// The client was disabled while it waited.
    #[error("the client was disabled")]
    Disabled,
}

impl Refusable for WaitRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::UnknownCursor => ListRefusal::UnknownCursor.refused(),
            Self::TooManyWait => plainly(ProblemType::RateLimited),
            Self::Disabled => plainly(ProblemType::InvalidToken),
        }
    }
}

/// Who waits in this process.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Places>);

#[derive(Default)]
struct Places {
    next: u64,
    waiters: BTreeMap<u64, Arc<Waiter>>,
    /// Whether the task that watches runs.
    watched: bool,
}

/// How one waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// For one answer.
    Answer,
    /// For a stream of them.
    Stream,
}

impl Manner {
    const fn most(self) -> usize {
        match self {
            Self::Answer => WAITING,
            Self::Stream => FOLLOWING,
        }
    }
}

struct Waiter {
    manner: Manner,
    organisation: OrganisationKey,
    client: ClientId,
    word: Notify,
    cut: AtomicBool,
}

/// A place at an inbox; it is left when dropped.
pub struct AtInbox {
    casework: Casework,
    caller: Caller,
    waiter: Arc<Waiter>,
    number: u64,
    seen: Window,
}

impl Drop for AtInbox {
    fn drop(&mut self) {
        self.casework.waiting().waiters.remove(&self.number);
    }
}

/// What a reader has seen: everything until the first look, and of what came until the second what stands before a
/// number. When the two are the same, nothing of it is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    seen: Looked,
    up_to: Looked,
    after: i64,
}

impl Window {
    const BEGINNING: Self = Self::behind(Looked::NEVER);

    const fn behind(seen: Looked) -> Self {
        Self {
            seen,
            up_to: seen,
            after: 0,
        }
    }

    fn is_done(&self) -> bool {
        self.seen == self.up_to
    }

    fn numbers(&self) -> [i64; 5] {
        [
            self.seen.at.as_microsecond(),
            self.seen.oldest,
            self.up_to.at.as_microsecond(),
            self.up_to.oldest,
            self.after,
        ]
    }

    fn of(numbers: [i64; 5]) -> Option<Self> {
        let [seen_at, seen_oldest, up_to_at, up_to_oldest, after] = numbers;
        let looked = |at, oldest| {
            Some(Looked {
                at: Timestamp::from_microsecond(at).ok()?,
                oldest,
            })
        };
        Some(Self {
            seen: looked(seen_at, seen_oldest)?,
            up_to: looked(up_to_at, up_to_oldest)?,
            after,
        })
    }
}

/// A notice that came, and the cursor behind it.
pub type Arrived = (Notice, Cursor);

impl Casework {
    /// The next page of what came to the caller's inbox behind the cursor and was not acknowledged; waits for it until
    /// `given_up` ends. Then the page is empty. There is always a cursor to go on with.
    ///
    /// # Errors
    /// [`WaitRefusal`].
    pub async fn wait_for_notices(
        &self,
        caller: &Caller,
        query: &PageQuery,
        given_up: impl Future<Output = ()>,
    ) -> Result<Page<Notice>, Failure<WaitRefusal>> {
        let place = self.stand_at_inbox(caller, Manner::Answer, query.cursor.as_ref());
        let mut place = place.await?;
        let came = place.next(query.limit, given_up).await?;
        Ok(Page {
            next: Some(came.cursor),
            items: came.notices.into_iter().map(|(notice, _)| notice).collect(),
        })
    }

    /// Takes a place at the caller's inbox, behind the cursor.
    ///
    /// # Errors
    /// [`WaitRefusal`].
    pub async fn stand_at_inbox(
        &self,
        caller: &Caller,
        manner: Manner,
        cursor: Option<&Cursor>,
    ) -> Result<AtInbox, Failure<WaitRefusal>> {
        let seen = match cursor {
            None => Window::BEGINNING,
            Some(cursor) => {
                let cursor = cursor.clone();
                self.look(caller, ReadCursor { cursor }).await?
            }
        };
        let waiter = Arc::new(Waiter {
            manner,
            organisation: caller.organisation,
            client: caller.client.clone(),
            word: Notify::new(),
            cut: AtomicBool::new(false),
        });
        let mut places = self.waiting();
        let ours = places
            .waiters
            .values()
            .filter(|other| other.organisation == caller.organisation);
        let alike = places.waiters.values().filter(|other| other.manner == manner);
        if ours.count() >= WAITING_PER_ORGANISATION || alike.count() >= manner.most() {
            return Err(WaitRefusal::TooManyWait.into());
        }
        let number = places.next;
        places.next += 1;
        places.waiters.insert(number, Arc::clone(&waiter));
        if !places.watched {
            places.watched = true;
            tokio::spawn(self.clone().watch_inboxes());
        }
        drop(places);
        Ok(AtInbox {
            casework: self.clone(),
            caller: caller.clone(),
            waiter,
            number,
            seen,
        })
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Places> {
        self.inner
            .waiting
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait at inboxes of this process.
    pub fn waiting_at_inboxes(&self) -> usize {
        self.waiting().waiters.len()
    }
}

/// What came, and the cursor behind all of it.
pub struct Came {
    /// The notices with the cursor behind each.
    pub notices: Vec<Arrived>,
    /// Behind the last, or behind everything there is when there was none.
    pub cursor: Cursor,
}

impl AtInbox {
    /// What came since this was asked last; waits for it until `given_up` ends.
    ///
    /// # Errors
    /// [`WaitRefusal::Disabled`].
    pub async fn next(
        &mut self,
        limit: u16,
        given_up: impl Future<Output = ()>,
    ) -> Result<Came, Failure<WaitRefusal>> {
        let mut given_up = std::pin::pin!(given_up);
        loop {
            let looking = LookAtInbox {
                window: self.seen,
                limit,
            };
            let looked = self.casework.look(&self.caller, looking).await?;
            self.seen = looked.window;
            // Asked after the look: nothing is handed to a client that was disabled meanwhile.
            self.insist_enabled().await?;
            if !looked.came.notices.is_empty() {
                return Ok(looked.came);
            }
            let again = async {
                match looked.unsettled {
                    true => tokio::time::sleep(UNSETTLED).await,
                    false => self.waiter.word.notified().await,
                }
            };
            tokio::select! {
                biased;
                () = &mut given_up => return Ok(looked.came),
                () = again => {}
            }
            if self.waiter.cut.load(Ordering::Relaxed) {
                return Err(WaitRefusal::Disabled.into());
            }
        }
    }

    async fn insist_enabled(&self) -> Result<(), Failure<WaitRefusal>> {
        match self.casework.client(&self.caller.client).await? {
            Some(_) => Ok(()),
            None => Err(WaitRefusal::Disabled.into()),
        }
    }
}

struct ReadCursor {
    cursor: Cursor,
}

/// The list that those who wait go through. Its cursors open no other.
const LIST: &str = "wait_for_notices";

impl Look for ReadCursor {
    const NAME: &'static str = "read_cursor_of_inbox";
    type Output = Window;
    type Refusal = WaitRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Window, Failure<WaitRefusal>> {
        let numbers = List::of(tx, LIST).open(&self.cursor);
        let numbers = numbers.map_err(|_| WaitRefusal::UnknownCursor)?;
        Ok(Window::of(numbers).ok_or(WaitRefusal::UnknownCursor)?)
    }
}

struct LookAtInbox {
    window: Window,
    limit: u16,
}

struct LookedAtInbox {
    came: Came,
    window: Window,
    unsettled: bool,
}

impl Look for LookAtInbox {
    const NAME: &'static str = "look_at_inbox";
    type Output = LookedAtInbox;
    type Refusal = WaitRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<LookedAtInbox, Failure<WaitRefusal>> {
        let now = tx.look_now().await?;
        let mut window = self.window;
        loop {
            if window.is_done() {
                window.up_to = now;
            }
            let rows = tx
                .arrived_notices(window.seen, window.up_to, window.after, i64::from(self.limit))
                .await?;
            let last = window.up_to == now;
            if rows.is_empty() && !last {
                // What was left of the window was acknowledged or destroyed meanwhile.
                window = Window::behind(window.up_to);
                continue;
            }
            let list = List::of(tx, LIST);
            let mut notices = Vec::with_capacity(rows.len());
            for row in &rows {
                window.after = row.key.row;
                notices.push((to_wire(tx, row)?, list.cursor(&window.numbers())));
            }
            if rows.len() < usize::from(self.limit) {
                window = Window::behind(window.up_to);
            }
            return Ok(LookedAtInbox {
                unsettled: rows.is_empty() && tx.has_unsettled_notices(now).await?,
                came: Came {
                    notices,
                    cursor: list.cursor(&window.numbers()),
                },
                window,
            });
        }
    }
}

impl Casework {
    /// Watches for all who wait, while anybody does.
    async fn watch_inboxes(self) {
        let mut hearing: Option<Hearing> = None;
        let mut looked_at = None;
        loop {
            if hearing.is_none() {
                hearing = self.store().hear_of_notices().await.ok();
            }
            let until = Instant::now() + BETWEEN_LOOKS;
            loop {
                let heard = async {
                    match &mut hearing {
                        Some(hearing) => hearing.next().await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    biased;
                    () = tokio::time::sleep_until(until) => break,
                    heard = heard => match heard {
                        Some(organisation) => self.waiting().give_word(&BTreeSet::from([organisation])),
                        None => hearing = None,
                    }
                }
            }
            if self.waiting().nobody_is_left() {
                return;
            }
            match self.look_for_who_waits(looked_at).await {
                Ok(at) => looked_at = Some(at),
                Err(error) => tracing::warn!(%error, "looking at inboxes failed; trying again"),
            }
        }
    }

    /// Gives word to those whose inbox came to show something since, and cuts off those whose client was disabled.
    async fn look_for_who_waits(&self, since: Option<Timestamp>) -> Result<Timestamp, StoreError> {
        let (organisations, clients) = self.waiting().present();
        let work = ShownBetween {
            organisations: organisations.iter().copied().collect(),
            since,
        };
        let (now, told) = self.store().run(Context::Service, work).await?;
        self.waiting().give_word(&told.into_iter().collect());
        for client in clients {
            if self.client(&client).await?.is_none() {
                self.waiting().cut(&client);
            }
        }
        Ok(now)
    }
}

impl Places {
    /// Whether the watch can end, since nobody waits; then the next to wait starts another.
    fn nobody_is_left(&mut self) -> bool {
        self.watched = !self.waiters.is_empty();
        !self.watched
    }

    fn present(&self) -> (BTreeSet<OrganisationKey>, BTreeSet<ClientId>) {
        let waiters = self.waiters.values();
        waiters
            .map(|waiter| (waiter.organisation, waiter.client.clone()))
            .unzip()
    }

    fn give_word(&self, organisations: &BTreeSet<OrganisationKey>) {
        let told = self
            .waiters
            .values()
            .filter(|waiter| organisations.contains(&waiter.organisation));
        told.for_each(|waiter| waiter.word.notify_one());
    }

    fn cut(&self, client: &ClientId) {
        for waiter in self.waiters.values().filter(|waiter| waiter.client == *client) {
            waiter.cut.store(true, Ordering::Relaxed);
            waiter.word.notify_one();
        }
    }
}

struct ShownBetween {
    organisations: Vec<OrganisationKey>,
    since: Option<Timestamp>,
}

impl Work for ShownBetween {
    const NAME: &'static str = "shown_between";
    type Role = Matcher;
    type Output = (Timestamp, Vec<OrganisationKey>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Self::Output, StoreError> {
        let now = tx.now();
        let since = self.since.unwrap_or(now).min(now);
        let told = tx.shown_between(&self.organisations, since - OVERLAP).await?;
        Ok((now, told))
    }
}
