//! Papers that families get in their hands: the letter with a code, the receipt of a consent, the file of what is kept.
//!
//! Each is a tagged PDF (PDF/UA-1, ISO 14289-1, as far as a program can judge that) on A4, in one of six languages, Arabic from
//! right to left. What is in a paper comes in as values; this crate asks no database and no clock, so the same values make the
//! same bytes. It does not know which of our acts a paper belongs to, and nothing of what it prints is kept.

mod block;
mod draw;
mod face;
mod key_paper;
mod layout;
mod letter;
mod lines;
mod receipt;
mod square;

pub use block::{Block, Paper};
pub use key_paper::KeyPaper;
pub use letter::{Addressee, Letter, LetterAbout};
pub use receipt::{Receipt, ReceiptState};

/// Why a paper could not be made. None of it can be brought about by what is printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// A face could not be read.
    #[error("a face cannot be read")]
    Face,
    /// What was made is not a tagged PDF as PDF/UA-1 asks.
    #[error("the paper is not PDF/UA-1: {0}")]
    Invalid(String),
    /// The address of the portal does not fit into a square.
    #[error("the portal's address is too long for a square")]
    Address,
}
