//! Whose turn it is on a connection: the gate lets one request through, then waits until it is answered.
//!
//! So a request that follows an answer with `Connection: close` is never read, whoever sent it and however it came
//! there, and nobody makes the service work on many requests of one connection at a time.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Waker};

use tokio::time::Instant;

/// The turn of one connection, shared by its gate and the door its requests pass.
#[derive(Clone, Default)]
pub(crate) struct Turn(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    phase: Phase,
    go_ahead: GoAhead,
    /// When an answer that carries content began, until the gate knows of it.
    begun: Option<Instant>,
    /// How many of them have not handed on all of their content.
    owed: usize,
    /// The gate, when it waits for an answer or for the wish to read a body.
    gate: Option<Waker>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// The next request may pass.
    #[default]
    Free,
    /// A request passed and is not answered.
    Taken,
    /// The last answer was given: nothing passes any more.
    Over,
}

/// Whether a client that waits for `100 Continue` is to be told to send its body (RFC 9110 section 10.1.1).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum GoAhead {
    /// It does not wait, or was told.
    #[default]
    Settled,
    /// It waits and the body was not asked for: the request may be refused without it.
    Awaited,
    /// It waits and the body was asked for.
    Wanted,
}

impl Turn {
    /// An answer is going to carry content: its clock runs from now.
    pub fn begin_content(&self) {
        let mut state = self.0.borrow_mut();
        state.begun.get_or_insert_with(Instant::now);
        state.owed += 1;
        if let Some(gate) = state.gate.take() {
            gate.wake();
        }
    }

    /// All of that content was handed on to be written, or there was none after all.
    pub fn give_content(&self) {
        let mut state = self.0.borrow_mut();
        state.owed = state.owed.saturating_sub(1);
    }

    /// When an answer began of which it was not yet known that it carries content; the task is woken when one does.
    pub fn begun_content(&self, context: &Context<'_>) -> Option<Instant> {
        let mut state = self.0.borrow_mut();
        let begun = state.begun.take();
        if begun.is_none() {
            state.gate = Some(context.waker().clone());
        }
        begun
    }

    /// Whether content is still to be handed on.
    pub fn owes_content(&self) -> bool {
        self.0.borrow().owed > 0
    }

    /// A request passes the gate; `waits` when its client holds the body back until told.
    pub fn take(&self, waits: bool) {
        let mut state = self.0.borrow_mut();
        state.phase = Phase::Taken;
        state.go_ahead = if waits { GoAhead::Awaited } else { GoAhead::Settled };
    }

    /// A handler reads the body of the request.
    pub fn want_body(&self) {
        let mut state = self.0.borrow_mut();
        if state.go_ahead == GoAhead::Awaited {
            state.go_ahead = GoAhead::Wanted;
            if let Some(gate) = state.gate.take() {
                gate.wake();
            }
        }
    }

    /// Whether the client is to be told now; if that may still come, the task is woken when it does.
    pub fn is_body_wanted(&self, context: &Context<'_>) -> bool {
        let mut state = self.0.borrow_mut();
        if state.go_ahead == GoAhead::Awaited {
            state.gate = Some(context.waker().clone());
        }
        state.go_ahead == GoAhead::Wanted
    }

    /// The client was told, or sent the body unasked.
    pub fn settle(&self) {
        self.0.borrow_mut().go_ahead = GoAhead::Settled;
    }

    /// The request is answered; `last` when the connection closes after it.
    pub fn answered(&self, last: bool) {
        let mut state = self.0.borrow_mut();
        state.phase = if last { Phase::Over } else { Phase::Free };
        if let Some(gate) = state.gate.take() {
            gate.wake();
        }
    }

    /// Whether a request is being answered; if so, the task is woken when it is.
    pub fn is_taken(&self, context: &Context<'_>) -> bool {
        let mut state = self.0.borrow_mut();
        let taken = state.phase == Phase::Taken;
        if taken {
            state.gate = Some(context.waker().clone());
        }
        taken
    }

    /// Whether the last answer was given.
    pub fn is_over(&self) -> bool {
        self.0.borrow().phase == Phase::Over
    }
}
