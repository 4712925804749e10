//! The log, on standard error. No line holds an identifier, a token or content; `RUST_LOG` chooses how much is written.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line, for machines that collect it.
    Json,
    /// For the person who started the program.
    Human,
}

/// Starts the log with this level where `RUST_LOG` says nothing. A second call changes nothing.
pub fn start(form: Form, level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match form {
        Form::Json => log.json().try_init(),
        Form::Human => log.compact().try_init(),
    };
    // In a test a second application in the process finds the log started.
    drop(started);
}
