//! For vendors: which of their tokens differ and why, identifiers to try with, what their webhook receiver and their OAuth
//! client do wrong, and how fast each level falls.
//!
//! Nothing here shows an identifier, a token or a key: a line of the vendor's file is told by its number.

pub mod brute_force;
pub mod judge;
pub mod live;
pub mod made;
mod mistake;
pub mod receiver;
pub mod test_set;
pub mod token_request;
