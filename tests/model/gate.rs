//! The keyholder's gate alone: the service lies. It hands out every ciphertext to anyone at any time and keeps tombstones back
//! as long as it likes; what it cannot do is sign with the portal's key. Whoever gets no share opens nothing.
//!
//! Shares are asked by every party, for every record there is, with the newest status in which the portal said that it
//! stands: an older one gets no more. Asking changes nothing, so it is no action: what would be answered is looked at in every
//! state.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use protocol::OrganisationId;
use protocol::consent::{
    About, Assurance, ConsentKeys, ConsentSigner, ConsentVerifier, Method, Record, Terms,
};
use protocol::gate::{ConsentStatus, GateShareRequest, MAX_STATUS_AGE, Standing, judge};
use protocol::id::Id;
use stateright::{Model, Property};

use crate::life::{Deed, Fault, Ground, JOINER, LEAD, Life, PARTIES};

const MATCH: Id = Id([1; 16]);
const MESSAGE: Id = Id([2; 16]);
const NETWORK: &str = "model";

pub struct Gate {
    pub ground: Ground,
    pub fault: Fault,
    /// How far the keyholder's clock is behind the portal's.
    pub behind: SignedDuration,
    portal: ConsentSigner,
    believed: [ConsentVerifier; 1],
    /// What was judged before: the judgement depends on nothing else.
    judged: Mutex<HashMap<Asked, bool>>,
}

/// Everything that a judgement depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    caller: OrganisationId,
    parties: Vec<usize>,
    times: (Timestamp, Timestamp),
    status_as_of: Timestamp,
    now: Timestamp,
    tombstoned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    life: Life,
    records: Vec<Known>,
}

/// What is known of a record outside the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Known {
    /// At which step of the clock the portal last said that it stands.
    stood: Option<u16>,
    /// Whether a tombstone for it waits to be sent.
    buried: bool,
    /// Whether the keyholder has it.
    tombstoned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Life(Deed),
    /// Somebody asks the portal whether a record stands.
    AskPortal(usize),
    /// The keyholder is told that it ended.
    Tell(usize),
}

impl Gate {
    pub fn new(ground: Ground, fault: Fault, behind: SignedDuration) -> Self {
        let portal = ConsentSigner::from_seed(&[7; 32]);
        let keys = ConsentKeys {
            network: NETWORK.parse().expect("a name"),
            keys: vec![portal.key()],
            status_url: None,
        };
        let believed = [ConsentVerifier::new(&keys).expect("a good key")];
        Self {
            ground,
            fault,
            behind,
            portal,
            believed,
            judged: Mutex::default(),
        }
    }

    /// Whether a party gets the share of a message under a record.
    fn releases(&self, state: &State, caller: usize, request: usize) -> bool {
        let known = state.records[request];
        let (Some(stood), Some(times)) = (known.stood, state.life.record_times(request, &self.ground)) else {
            return false;
        };
        let parties = &state.life.requests[request].parties;
        let caller = match self.fault {
            Fault::AnyoneMayAsk => parties[0],
            _ => caller,
        };
        let slow = match self.fault {
            Fault::KeyholderIsSlow => self.behind + self.ground.span.step,
            _ => self.behind,
        };
        let asked = Asked {
            caller: organisation(caller),
            parties: parties.clone(),
            times,
            status_as_of: self.ground.clock(stood),
            now: self.ground.clock(state.life.now) - slow,
            tombstoned: known.tombstoned && self.fault != Fault::TombstonesAreForgotten,
        };
        let known = self.judged.lock().expect("no panic").get(&asked).copied();
        known.unwrap_or_else(|| {
            let released = self.judge(&asked);
            self.judged.lock().expect("no panic").insert(asked, released);
            released
        })
    }

    /// By the keyholder's own judgement, of what the portal signed.
    fn judge(&self, asked: &Asked) -> bool {
        let record = Record::new(Terms {
            network: NETWORK.parse().expect("a name"),
            about: About::Exchange(MATCH),
            parties: asked.parties.iter().copied().map(organisation).collect(),
            text_version: "1".parse().expect("a name"),
            language: "nl".parse().expect("a name"),
            method: Method::Portal,
            assurance: Assurance::Letter,
            issuer: organisation(LEAD),
            requested_at: asked.times.0,
            given_at: asked.times.1,
            valid_until: self.ground.end(),
        });
        let record = self.portal.sign(&record.expect("terms in order"));
        let status = ConsentStatus {
            as_of: asked.status_as_of,
            consent: record.hash,
            network: NETWORK.parse().expect("a name"),
            state: Standing::Stands,
        };
        let request = GateShareRequest {
            match_id: MATCH,
            message_id: MESSAGE,
            status: status.sign(&self.portal).expect("a status"),
            record,
        };
        judge(
            &request,
            asked.caller,
            &self.believed,
            asked.now,
            asked.tombstoned,
        )
        .is_ok()
    }

    fn released<'s>(&'s self, state: &'s State) -> impl Iterator<Item = (usize, usize)> + 's {
        let requests = 0..state.life.requests.len();
        requests
            .flat_map(|request| (0..PARTIES).map(move |caller| (caller, request)))
            .filter(|(caller, request)| self.releases(state, *caller, *request))
    }

    /// The most by which a share can be late: as old as a status may be, and what the clocks differ.
    fn bound(&self) -> SignedDuration {
        MAX_STATUS_AGE + self.behind
    }

    /// Whether the family's yes to a request was good at most so long ago.
    fn was_allowed(&self, state: &State, caller: usize, request: usize) -> bool {
        let now = state.life.now;
        let stood = state.life.family.stood[request];
        let recently = stood.is_some_and(|stood| self.ground.since(stood, now) <= self.bound());
        let not_over = self.ground.clock(now) < self.ground.end() + self.behind;
        state.life.requests[request].names(caller) && recently && not_over
    }

    fn live(&self, state: &State, deed: Deed) -> Option<State> {
        let life = state.life.after(deed, &self.ground, self.fault)?;
        let mut records = state.records.clone();
        records.resize(life.requests.len(), Known::default());
        let now = self.ground.clock(life.now);
        for (request, known) in records.iter_mut().enumerate() {
            let ended = now < self.ground.end() && !life.is_attested(request, &self.ground, Fault::None);
            known.buried |= life.requests[request].given().is_some() && ended;
            // So old a status gets nothing, whatever the clocks say.
            let age = |stood| self.ground.since(stood, life.now);
            known.stood = known
                .stood
                .filter(|stood| age(*stood) <= self.bound() + self.ground.span.step);
        }
        let mut next = State { life, records };
        for stood in next.life.family.stood.iter_mut().flatten() {
            while self.ground.since(*stood + 1, next.life.now) > self.bound() {
                *stood += 1;
            }
        }
        Some(next)
    }
}

fn organisation(party: usize) -> OrganisationId {
    OrganisationId([u8::try_from(party + 1).expect("three parties"); 16])
}

impl Model for Gate {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            life: Life::start(),
            records: Vec::new(),
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(state.life.deeds(self.ground.span).into_iter().map(Action::Life));
        for (request, known) in state.records.iter().enumerate() {
            if state.life.requests[request].given().is_some() && known.stood != Some(state.life.now) {
                actions.push(Action::AskPortal(request));
            }
            if known.buried && !known.tombstoned {
                actions.push(Action::Tell(request));
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Life(deed) => return self.live(state, deed),
            Action::AskPortal(request) => {
                if !state.life.is_attested(request, &self.ground, self.fault) {
                    return None;
                }
                next.records[request].stood = Some(state.life.now);
            }
            Action::Tell(request) => next.records[request].tombstoned = true,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "no share outside consent of 60 seconds ago",
                |gate: &Self, state: &State| {
                    gate.released(state)
                        .all(|(caller, request)| gate.was_allowed(state, caller, request))
                },
            ),
            Property::always(
                "no share after the keyholder was told",
                |gate: &Self, state: &State| {
                    gate.released(state)
                        .all(|(_, request)| !state.records[request].tombstoned)
                },
            ),
            Property::always(
                "no tombstone while the lock is open",
                |gate: &Self, state: &State| {
                    (0..state.records.len()).all(|request| {
                        let reads = |one, other| {
                            state
                                .life
                                .is_readable(request, [one, other], &gate.ground, Fault::None)
                        };
                        !state.records[request].buried || !(reads(0, 1) || reads(0, 2) || reads(1, 2))
                    })
                },
            ),
            Property::always("whoever may read gets the share", |gate: &Self, state: &State| {
                (0..state.records.len()).all(|request| {
                    let fresh = state.records[request].stood == Some(state.life.now);
                    let pairs = [[0, 1], [0, 2], [1, 2]];
                    let mut readable = pairs
                        .into_iter()
                        .filter(|pair| state.life.is_readable(request, *pair, &gate.ground, Fault::None));
                    !fresh
                        || readable
                            .all(|pair| pair.iter().all(|caller| gate.releases(state, *caller, request)))
                })
            }),
            Property::sometimes("a share is released", |gate: &Self, state: &State| {
                gate.released(state).next().is_some()
            }),
            Property::sometimes(
                "who joined gets a share, asked for",
                |gate: &Self, state: &State| gate.released(state).any(|(caller, _)| caller == JOINER),
            ),
            Property::sometimes(
                "a share is released as late as that",
                |gate: &Self, state: &State| {
                    let late = |request: usize| {
                        let stood = state.life.family.stood[request];
                        stood.is_some_and(|stood| gate.ground.since(stood, state.life.now) == gate.bound())
                    };
                    gate.released(state).any(|(_, request)| late(request))
                },
            ),
            Property::sometimes(
                "a share is released under what took the place of its record",
                |gate: &Self, state| {
                    gate.released(state)
                        .any(|(_, request)| state.life.in_its_place(request) != request)
                },
            ),
            Property::sometimes(
                "a tombstone comes before the status is old",
                |gate: &Self, state: &State| {
                    let fresh = |known: &Known| {
                        let age = known.stood.map(|stood| gate.ground.since(stood, state.life.now));
                        known.tombstoned && age.is_some_and(|age| age < MAX_STATUS_AGE)
                    };
                    state.records.iter().any(fresh)
                },
            ),
        ]
    }
}
