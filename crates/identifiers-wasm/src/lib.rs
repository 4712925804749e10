//! The partner's side of `identifiers` and of sealed exchange (`protocol`) as a WebAssembly module, for `npm/core.js`, which gives it types and names.
//!
//! It does *not* draw chance (the host's `crypto.getRandomValues` is an argument), read a file, open a connection or know
//! the matcher's and the keyholder's side.
//!
//! # The interface
//!
//! Four functions and one memory. No pointer is read or written by this code: the host writes a question into memory that
//! this module owns, and reads the answer there.
//!
//! 1. `trefpunt_room(length)` answers where to write a question of that many bytes;
//! 2. `trefpunt_ask(operation)` answers 0 when it was done, 1 when it was refused;
//! 3. the answer is `trefpunt_answer_length()` bytes at `trefpunt_answer()`: what was asked for, or an error's stable name
//!    and what it says;
//! 4. `trefpunt_room(0)` wipes question and answer.
//!
//! Questions and answers are lists of byte strings, each after its length (`u32`, big-endian); `operation.rs` says which
//! operation takes and gives what. Blinds, and keys of attachments under way, stay inside: a question in between is told by
//! a number.

mod exchange;
mod fields;
mod operation;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use operation::Operations;
use zeroize::Zeroizing;

/// What is being asked and answered. A module has one thread; the lock is there because a static has to be shared.
#[derive(Default)]
struct Desk {
    question: Zeroizing<Vec<u8>>,
    answer: Zeroizing<Vec<u8>>,
    operations: Operations,
}

static DESK: LazyLock<Mutex<Desk>> = LazyLock::new(Mutex::default);

fn desk() -> MutexGuard<'static, Desk> {
    DESK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wipes the last question and answer and makes room for a question of `length` bytes: the address to write it at.
#[expect(
    unsafe_code,
    reason = "the symbol's name is the interface; no other module is linked in"
)]
#[unsafe(no_mangle)]
pub extern "C" fn trefpunt_room(length: usize) -> *mut u8 {
    let mut desk = desk();
    desk.answer = Zeroizing::default();
    desk.question = Zeroizing::new(vec![0; length]);
    desk.question.as_mut_ptr()
}

/// Carries out an operation on the question: 0 when it was done, 1 when it was refused. The question is wiped.
#[expect(
    unsafe_code,
    reason = "the symbol's name is the interface; no other module is linked in"
)]
#[unsafe(no_mangle)]
pub extern "C" fn trefpunt_ask(operation: u32) -> u32 {
    let mut desk = desk();
    let question = std::mem::take(&mut desk.question);
    let outcome = desk.operations.carry_out(operation, &question);
    let (code, answer) = match outcome {
        Ok(answer) => (0, answer),
        Err(refused) => (1, refused.into_fields()),
    };
    desk.answer = answer;
    code
}

/// Where the answer is.
#[expect(
    unsafe_code,
    reason = "the symbol's name is the interface; no other module is linked in"
)]
#[unsafe(no_mangle)]
pub extern "C" fn trefpunt_answer() -> *const u8 {
    desk().answer.as_ptr()
}

/// How many bytes the answer has.
#[expect(
    unsafe_code,
    reason = "the symbol's name is the interface; no other module is linked in"
)]
#[unsafe(no_mangle)]
pub extern "C" fn trefpunt_answer_length() -> usize {
    desk().answer.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_gone_when_it_was_asked_and_an_answer_when_room_is_made() {
        trefpunt_room(64);
        assert_eq!(desk().question.len(), 64);
        assert_eq!(trefpunt_ask(0), 1);
        assert!(desk().question.is_empty());
        assert!(trefpunt_answer_length() > 0 && !trefpunt_answer().is_null());
        trefpunt_room(0);
        assert_eq!(trefpunt_answer_length(), 0);
    }
}
