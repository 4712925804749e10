//! The rules of the service, written so that a lawyer and a developer can read them together: who may give a signal,
//! when two signals are a match, what consent is and when it stands, and when the exchange between two parties is open.
//!
//! This crate decides and does nothing else. It does not store, send, encrypt or log; it has no clock and draws no
//! chance (both are arguments); it knows neither the wire (`protocol`) nor SQL (`store`). Every function answers the
//! same for the same facts, so that a decision can be explained afterwards from what is on record.

pub mod actor;
pub mod batch;
pub mod calendar;
pub mod client;
pub mod consent;
pub mod covenant;
pub mod disclosure;
pub mod event;
pub mod exchange;
pub mod family_match;
pub mod follow_up;
pub mod guardrail;
pub mod invitation;
pub mod key;
pub mod login;
pub mod mail;
pub mod match_case;
pub mod notice;
pub mod objection;
pub mod pin;
pub mod retention;
pub mod rights_request;
pub mod sandbox;
pub mod sealing_key;
pub mod signal;
pub mod soft_match;
pub mod statistics;
pub mod webhook;
mod words;
