//! The lock in the service alone: whoever asks for content is answered when the rules say so, and nothing that was stored
//! is ever destroyed. That is worse than the service, which destroys what nobody may read.
//!
//! One message at a time, between each two of the three: no rule looks at one message for another's sake, so what holds of
//! any one holds of all.

use domain::exchange::may_send;
use jiff::SignedDuration;
use service_http::bounded_answer::CONTENT_DEADLINE;
use stateright::{Model, Property};

use crate::life::{Deed, Fault, Ground, JOINER, Life, PARTIES, key};

/// How long an answer with content may be under way. The service's door cuts it off then.
const CUT_AFTER: SignedDuration = SignedDuration::from_secs(CONTENT_DEADLINE.as_secs() as i64);

pub struct Service {
    pub ground: Ground,
    pub fault: Fault,
}

/// The match with one message in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    life: Life,
    /// The facts of a step of the clock ago, for a service that reads from a cache.
    before: Option<Box<Life>>,
    message: Message,
    breach: Option<Breach>,
}

/// A message from one party to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Message {
    from: usize,
    to: usize,
    /// Under which consent the sender sealed it. Sent whenever, and any number of times.
    sealed: Option<usize>,
    stored: bool,
    acknowledged: bool,
    /// Since when the family no longer allows what it allowed when the message was taken.
    lapsed: Option<u16>,
    /// An answer with its content that is under way, since when.
    under_way: Option<u16>,
    /// Whether its content arrived.
    arrived: bool,
}

/// What must never happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Breach {
    /// Content was taken that the family did not allow.
    Taken,
    /// Content was read that the family did not allow at that moment.
    Read,
    /// Content arrived longer after the family's no than an answer may be under way.
    ArrivedLate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Life(Deed),
    /// The sender seals under this consent.
    Seal(usize),
    /// What was sealed reaches the service: in time, late or once more.
    Send,
    /// The recipient asks for it, and the service's transaction commits.
    Read,
    /// The answer reaches the recipient.
    Arrive,
    /// The service stops before the answer left, or the connection breaks.
    Crash,
    /// The recipient has it in its own file.
    Acknowledge,
}

impl Service {
    fn take(&self, state: &State) -> Option<State> {
        let mut next = state.clone();
        let message = &mut next.message;
        let sealed = message.sealed?;
        // An id is used once in a match, whatever became of the message.
        if message.stored || message.acknowledged {
            return None;
        }
        let life = &state.life;
        let exchange = life.exchange(message.from, message.to, &self.ground, self.fault);
        if !may_send(key(sealed), exchange) {
            return None;
        }
        message.stored = true;
        if !life.is_allowed(message.from, message.to, &self.ground)
            || life.is_barred(message.from, message.to)
        {
            next.breach = Some(Breach::Taken);
        }
        Some(next)
    }

    fn read(&self, state: &State) -> Option<State> {
        let mut next = state.clone();
        let message = &mut next.message;
        let (from, to) = (message.from, message.to);
        if !message.stored || message.under_way.is_some() {
            return None;
        }
        let facts = match self.fault {
            Fault::ReadsFromCache => state.before.as_deref().unwrap_or(&state.life),
            _ => &state.life,
        };
        if !facts.is_readable(message.sealed?, [from, to], &self.ground, self.fault) {
            return None;
        }
        message.under_way = Some(state.life.now);
        let allowed = message.lapsed.is_none() && state.life.is_allowed(from, to, &self.ground);
        if !allowed || state.life.is_barred(from, to) {
            next.breach = Some(Breach::Read);
        }
        Some(next)
    }

    fn arrive(&self, state: &State) -> Option<State> {
        let mut next = state.clone();
        next.message.under_way.take()?;
        next.message.arrived = true;
        let late = |lapsed| self.ground.since(lapsed, state.life.now) > CUT_AFTER;
        if state.message.lapsed.is_some_and(late) {
            next.breach = Some(Breach::ArrivedLate);
        }
        Some(next)
    }

    fn live(&self, state: &State, deed: Deed) -> Option<State> {
        let mut life = state.life.after(deed, &self.ground, self.fault)?;
        // For the keyholder's side; here the message knows.
        life.family.stood.fill(None);
        let mut message = state.message.clone();
        let allowed = life.is_allowed(message.from, message.to, &self.ground);
        if message.stored && !allowed {
            let lapsed = message.lapsed.get_or_insert(life.now);
            // Long ago is long ago.
            while self.ground.since(*lapsed + 1, life.now) > CUT_AFTER {
                *lapsed += 1;
            }
        }
        let is_late = |since| self.ground.since(since, life.now) > CUT_AFTER;
        if message.under_way.is_some_and(is_late) && self.fault != Fault::NeverCut {
            message.under_way = None;
        }
        let before = match (self.fault, deed) {
            (Fault::ReadsFromCache, Deed::Wait) => Some(Box::new(state.life.clone())),
            (Fault::ReadsFromCache, _) => Some(
                state
                    .before
                    .clone()
                    .unwrap_or_else(|| Box::new(state.life.clone())),
            ),
            _ => None,
        };
        Some(State {
            life,
            before,
            message,
            breach: None,
        })
    }
}

impl Model for Service {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let pairs = (0..PARTIES).flat_map(|from| (0..PARTIES).map(move |to| (from, to)));
        // The rules are the same in both directions.
        let pairs = pairs.filter(|(from, to)| from < to);
        let state = |(from, to)| State {
            life: Life::start(),
            before: None,
            message: Message {
                from,
                to,
                sealed: None,
                stored: false,
                acknowledged: false,
                lapsed: None,
                under_way: None,
                arrived: false,
            },
            breach: None,
        };
        pairs.map(state).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What was acknowledged is gone for good, and its id is not taken again.
        if state.breach.is_some() || state.message.acknowledged {
            return;
        }
        actions.extend(state.life.deeds(self.ground.span).into_iter().map(Action::Life));
        let message = &state.message;
        match message.sealed {
            None => {
                let sealed = (0..state.life.requests.len()).filter(|request| {
                    let request = &state.life.requests[*request];
                    request.given().is_some() && request.names(message.from)
                });
                actions.extend(sealed.map(Action::Seal));
            }
            Some(_) => actions.extend([Action::Send, Action::Read]),
        }
        if message.under_way.is_some() {
            actions.extend([Action::Arrive, Action::Crash]);
        }
        if message.stored && message.arrived {
            actions.push(Action::Acknowledge);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        match action {
            Action::Life(deed) => self.live(state, deed),
            Action::Send => self.take(state),
            Action::Read => self.read(state),
            Action::Arrive => self.arrive(state),
            Action::Seal(request) => {
                let mut next = state.clone();
                next.message.sealed = Some(request);
                Some(next)
            }
            Action::Crash => {
                let mut next = state.clone();
                next.message.under_way = None;
                Some(next)
            }
            Action::Acknowledge => {
                let mut next = state.clone();
                (next.message.stored, next.message.acknowledged) = (false, true);
                Some(next)
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing is taken outside consent", |_, state: &State| {
                state.breach != Some(Breach::Taken)
            }),
            Property::always("nothing is read outside consent", |_, state: &State| {
                state.breach != Some(Breach::Read)
            }),
            Property::always(
                "nothing arrives more than 60 seconds after it",
                |_, state: &State| state.breach != Some(Breach::ArrivedLate),
            ),
            Property::sometimes("content is read", |_, state: &State| state.message.arrived),
            Property::sometimes("content is acknowledged", |_, state: &State| {
                state.message.acknowledged
            }),
            Property::sometimes("who joined reads", |_, state: &State| {
                state.message.arrived && state.message.to == JOINER
            }),
            Property::sometimes("who came back reads, asked anew", |_, state: &State| {
                state.message.arrived && state.life.came_back(state.message.to) && state.message.to != JOINER
            }),
            Property::sometimes(
                "content is read under what took the place of its consent",
                |_, state: &State| {
                    let sealed = state.message.sealed;
                    let replaced = sealed.is_some_and(|sealed| state.life.in_its_place(sealed) != sealed);
                    replaced && state.message.under_way == Some(state.life.now)
                },
            ),
            Property::sometimes(
                "an answer is under way for 60 seconds after a withdrawal",
                |model, state: &State| {
                    let waits = |since| model.ground.since(since, state.life.now) == CUT_AFTER;
                    state.message.lapsed.is_some_and(waits) && state.message.under_way.is_some_and(waits)
                },
            ),
            Property::sometimes("a match closes under content", |_, state: &State| {
                state.life.is_closed() && state.message.stored
            }),
        ]
    }
}
