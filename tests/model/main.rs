//! No content is readable outside consent: shown for every order in which people and machines can act, within bounds.
//!
//! A model checker (`stateright`) walks through everything that can happen in a match of three organisations with two
//! guardians within a few minutes. What the service and the keyholder decide on the way is decided by their own rules:
//! `domain::consent`, `domain::match_case`, `domain::exchange` and `protocol::gate::judge`, not by copies. Whether that was
//! right is judged by notes that the model keeps of what the family did, and by nothing else.
//!
//! Twice: with the lock in the service alone, and with the keyholder's gate alone, when the service lies. And again with a
//! fault put in, once for each: a check that cannot fail shows nothing.

mod gate;
mod life;
mod service;

use std::hash::Hash;

use gate::Gate;
use jiff::SignedDuration;
use life::{Fault, Ground, Span};
use service::Service;
use stateright::{Checker, Model};

/// Steps as long as an answer may be under way.
const MINUTES: Span = Span {
    step: SignedDuration::from_secs(60),
    birthday: 3,
    last: 4,
    pauses: true,
};

/// Steps as long as the portal's clock may be ahead.
const HALF_MINUTES: Span = Span {
    step: SignedDuration::from_secs(30),
    birthday: 4,
    last: 4,
    pauses: false,
};

fn service(fault: Fault) -> Service {
    Service {
        ground: Ground::new(MINUTES),
        fault,
    }
}

fn gate(fault: Fault, behind: i64) -> Gate {
    Gate::new(
        Ground::new(HALF_MINUTES),
        fault,
        SignedDuration::from_secs(behind),
    )
}

/// Walks through all of it; every property holds, and everything that should be possible is.
#[expect(clippy::print_stdout, reason = "how much was looked at")]
fn holds<M>(name: &str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + std::fmt::Debug + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + std::fmt::Debug + PartialEq + Send + 'static,
{
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{name}: {} states, up to {} acts",
        checker.unique_state_count(),
        checker.max_depth()
    );
    checker.assert_properties();
}

/// Finds where the faulty one breaks a promise, and stops there.
fn breaks<M>(model: M, fault: Fault, promise: &'static str)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + std::fmt::Debug + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + std::fmt::Debug + PartialEq + Send + 'static,
{
    let checker = model
        .checker()
        .finish_when(stateright::HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let found = checker.discovery(promise).is_some();
    assert!(
        found,
        "{fault:?}: nobody noticed in {} states",
        checker.unique_state_count()
    );
}

#[test]
fn with_the_lock_alone_no_content_is_readable_outside_consent() {
    holds("lock", service(Fault::None));
}

#[test]
fn with_the_gate_alone_no_share_is_released_outside_consent() {
    holds("gate", gate(Fault::None, 0));
}

#[test]
fn what_the_clocks_differ_is_all_that_it_adds() {
    holds(
        "gate, the keyholder's clock 30 seconds behind",
        gate(Fault::None, 30),
    );
}

#[test]
fn a_faulty_lock_is_found() {
    const READ: &str = "nothing is read outside consent";
    for (fault, promise) in [
        (Fault::JoinerIsCovered, "nothing is taken outside consent"),
        (Fault::ReturnIsForgotten, "nothing is taken outside consent"),
        (Fault::OneIsEnough, "nothing is taken outside consent"),
        (Fault::OldFormDecidesAgain, "nothing is taken outside consent"),
        (Fault::OtherDoorStaysOpen, "nothing is taken outside consent"),
        (Fault::ReadsFromCache, READ),
        (Fault::NextOpensAll, READ),
        (Fault::PauseIsOverlooked, "nothing is taken outside consent"),
        (Fault::NeverCut, "nothing arrives more than 60 seconds after it"),
    ] {
        breaks(service(fault), fault, promise);
    }
}

#[test]
fn a_faulty_gate_is_found() {
    const OUTSIDE: &str = "no share outside consent of 60 seconds ago";
    for (fault, promise) in [
        (Fault::OneIsEnough, OUTSIDE),
        (
            Fault::TombstonesAreForgotten,
            "no share after the keyholder was told",
        ),
        (Fault::KeyholderIsSlow, OUTSIDE),
        (Fault::AnyoneMayAsk, OUTSIDE),
        (Fault::PortalForgetsSuccessor, OUTSIDE),
        (Fault::PortalFromCache, OUTSIDE),
    ] {
        breaks(gate(fault, 0), fault, promise);
    }
}
