//! The keyholder through its door: over HTTP, on a real PostgreSQL, with a clock that the tests move.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it stands"
)]

mod audit;
mod canary;
mod evaluation;
mod exchange;
mod gate;
mod measure;
mod metrics;
mod operations;
mod quota;
mod rotation;
mod stop;
mod token;
mod wire;
mod world;
