use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::ResponseError as _;
use actix_web::http::header::RETRY_AFTER;
use proptest::prelude::*;

use super::*;

fn number(number: u32) -> NonZero<u32> {
    NonZero::new(number).unwrap()
}

/// Limits on a clock that stands still until it is moved, in milliseconds.
fn limits(per_minute: u32, burst: u32) -> (Limits<u32>, Arc<AtomicU64>) {
    let now = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&now);
    let pace = Pace::per_minute(number(per_minute), number(burst));
    let clock = Arc::new(move || Duration::from_millis(clock.load(Ordering::SeqCst)));
    (Limits::new(pace, clock), now)
}

#[test]
fn a_burst_then_the_pace() {
    let (limits, now) = limits(60, 3);
    for _ in 0..3 {
        assert_eq!(limits.take(1), Ok(()));
    }
    let refusal = limits.take(1).unwrap_err();
    assert_eq!(refusal.problem(), ProblemType::RateLimited);
    let answer = refusal.error_response();
    assert_eq!(answer.headers().get(RETRY_AFTER).unwrap(), "2");
    now.store(999, Ordering::SeqCst);
    assert!(limits.take(1).is_err());
    now.store(1000, Ordering::SeqCst);
    assert_eq!(limits.take(1), Ok(()), "refused requests cost nothing");
    assert!(limits.take(1).is_err());
    now.store(600_000, Ordering::SeqCst);
    let taken = (0..9).filter(|_| limits.take(1).is_ok()).count();
    assert_eq!(taken, 3, "a bucket holds no more than its burst");
}

#[test]
fn whoever_waits_as_told_is_answered() {
    let (limits, now) = limits(7, 2);
    for _ in 0..20 {
        if let Err(refusal) = limits.take(1) {
            let answer = refusal.error_response();
            let seconds: u64 = answer
                .headers()
                .get(RETRY_AFTER)
                .unwrap()
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            now.fetch_add(seconds * 1000, Ordering::SeqCst);
            assert_eq!(limits.take(1), Ok(()));
        }
    }
}

#[test]
fn many_callers_are_remembered_a_bounded_number() {
    let (limits, _) = limits(60, 1);
    for caller in 0..100_000 {
        assert_eq!(limits.take(caller), Ok(()), "nobody pays for another");
    }
    let buckets = limits.buckets.lock().unwrap();
    assert!(buckets.lens().iter().all(|len| *len <= REMEMBERED));
}

proptest! {
    /// What a caller is told is the same with and without others between its requests.
    #[test]
    fn a_limit_depends_on_the_callers_own_history_alone(
        steps in prop::collection::vec((0_u64..3_000, 0_u32..4), 1..200),
        per_minute in 1_u32..600,
        burst in 1_u32..20,
    ) {
        let (together, now) = limits(per_minute, burst);
        let (alone, alone_now) = limits(per_minute, burst);
        for (wait, caller) in steps {
            now.fetch_add(wait, Ordering::SeqCst);
            alone_now.store(now.load(Ordering::SeqCst), Ordering::SeqCst);
            let told = together.take(caller);
            if caller == 0 {
                prop_assert_eq!(told, alone.take(caller));
            }
        }
    }
}
