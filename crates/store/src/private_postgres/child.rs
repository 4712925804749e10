//! Starting a PostgreSQL program so that it cannot outlive this one and does not run as root.
//!
//! `setpriv` (util-linux) does both in the child, between fork and exec, where Rust would need unsafe code.

use std::{
    ffi::OsStr,
    io,
    path::Path,
    process::{Command, Stdio},
};

use super::error::PrivatePostgresError;

/// The user the server runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The program's own user; not root.
    Myself { uid: u32 },
    /// The program is root, the server is not.
    Other { uid: u32, gid: u32 },
}

impl Owner {
    pub(super) fn uid(self) -> u32 {
        match self {
            Self::Myself { uid } | Self::Other { uid, .. } => uid,
        }
    }
}

/// The kernel forgets a parent that died before the child asked for the signal, so the child looks once more whether
/// its parent is still this program, after asking and before it becomes PostgreSQL.
const ONLY_WITH_PARENT: &str = r#"[ "$PPID" = "$1" ] || exit 125; shift; exec "$@""#;

/// A command for `program` under `owner` that gets SIGINT when the calling thread ends.
///
/// It runs in a process group of its own, so that Ctrl-C in a terminal reaches the program alone, which then stops the
/// server when it has finished its work. The environment is emptied: it may hold secrets, and `PG*` variables of the
/// person who starts the program must not reach the server.
pub(super) fn command(owner: Owner, home: &Path, program: &Path) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new("setpriv");
    if let Owner::Other { uid, gid } = owner {
        command
            .arg(format!("--reuid={uid}"))
            .arg(format!("--regid={gid}"))
            .arg("--clear-groups");
    }
    command
        .args([
            "--pdeathsig",
            "INT",
            "--",
            "/bin/sh",
            "-c",
            ONLY_WITH_PARENT,
            "sh",
        ])
        .arg(std::process::id().to_string())
        .arg(program)
        .env_clear()
        .env("HOME", home)
        .env("LC_ALL", "C")
        .current_dir(home)
        .stdin(Stdio::null())
        .process_group(0);
    for name in ["PATH", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Turns a failure to start `setpriv` into what it means.
pub(super) fn spawn_error(program: impl AsRef<OsStr>, source: io::Error) -> PrivatePostgresError {
    match source.kind() {
        io::ErrorKind::NotFound => PrivatePostgresError::NoSetpriv,
        _ => PrivatePostgresError::Io {
            path: program.as_ref().into(),
            source,
        },
    }
}
