//! `trefpunt load`: the signals of a whole file, given as batches through the public API, by whoever has made the tokens.
//!
//! A file of millions of lines is cut into parts that depend on nothing but the file, each sent under a key that follows from
//! its content: a part that is sent again, after a kill or a lost answer, is the same request and is done once. What was sent and
//! what came of it stands in a record beside the file, from which the next run goes on.

mod columns;
mod input;
mod record;
mod run;

pub use columns::{Columns, UnknownColumn};
pub use input::{Format, Input, InputError, Part, Survey};
pub use record::{OfFile, Paths, Record, SentPart};
pub use run::{LoadError, Loaded, Options, Progress, Whose, run};
