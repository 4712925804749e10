//! The custodians' shares: from files, or typed where nobody sees them.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use casework::LiftSecret;
use identifiers::key;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::cli::Failure;
use crate::files;

/// The secret that two shares give together. It is in this process's memory and nowhere else.
pub(super) fn joined(given: &[PathBuf]) -> Result<LiftSecret, Failure> {
    if given.len() > 2 {
        return Err(Failure::usage(
            "there are two shares, each with its own custodian",
        ));
    }
    let share = |custodian: usize| match given.get(custodian) {
        Some(path) => {
            let text = files::read(path)?;
            key::parse_key_file(&text)
                .map_err(|error| Failure::usage(format_args!("{}: {error}", path.display())))
        }
        None => asked(custodian + 1),
    };
    let (one, other) = (share(0)?, share(1)?);
    Ok(LiftSecret::join(&one, &other))
}

fn asked(custodian: usize) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::usage(
            "give both shares with --share, or run this on a terminal to type them",
        ));
    }
    let mut terminal = io::stderr();
    let told = write!(terminal, "Share of custodian {custodian}: ").and_then(|()| terminal.flush());
    told.map_err(Failure::failed)?;
    let silent = Silence::of(&stdin).map_err(Failure::failed)?;
    let mut line = Zeroizing::new(String::with_capacity(64));
    let read = stdin.read_line(&mut line);
    drop(silent);
    // The line feed that was typed was not shown either.
    writeln!(terminal).map_err(Failure::failed)?;
    read.map_err(Failure::failed)?;
    key::parse_key_file(&line)
        .map_err(|error| Failure::usage(format_args!("the share of custodian {custodian}: {error}")))
}

/// A terminal that does not show what is typed, as long as this lives.
struct Silence<'t> {
    terminal: &'t io::Stdin,
    before: rustix::termios::Termios,
}

impl<'t> Silence<'t> {
    fn of(terminal: &'t io::Stdin) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs no echo.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
