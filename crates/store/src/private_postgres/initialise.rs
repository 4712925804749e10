//! Making a new cluster. A directory called `data` is complete: it is made under another name and renamed.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use super::{
    DATABASE, Options, SUPERUSER,
    binaries::Binaries,
    child::{command, spawn_error},
    error::{At, PrivatePostgresError},
    place::Place,
};

const UNFINISHED: &str = "data.new-";
/// A killed initdb clears up after itself for a moment; this often we try to delete what it left, 100 ms apart.
const DELETE_ATTEMPTS: u32 = 30;

/// Makes the cluster with its database, unless it is there.
pub(super) fn initialise(
    place: &Place,
    binaries: &Binaries,
    options: &Options,
) -> Result<(), PrivatePostgresError> {
    delete_unfinished(place)?;
    if place.data().exists() {
        return Ok(());
    }
    tracing::info!(directory = %place.home().display(), "making a new PostgreSQL cluster");
    // C.UTF-8 sorts by code point everywhere and knows upper and lower case; some systems have only C.
    let unfinished = match initdb(place, binaries, options, "C.UTF-8") {
        Err(PrivatePostgresError::Initialise(detail)) if detail.contains("locale") => {
            delete_unfinished(place)?;
            initdb(place, binaries, options, "C")
        }
        result => result,
    }?;
    create_database(place, binaries, options, &unfinished)?;
    let data = place.data();
    fs::rename(&unfinished, &data).at(&data)?;
    File::open(place.home())
        .and_then(|home| home.sync_all())
        .at(place.home())
}

fn delete_unfinished(place: &Place) -> Result<(), PrivatePostgresError> {
    for entry in fs::read_dir(place.home()).at(place.home())? {
        let entry = entry.at(place.home())?;
        if !entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            continue;
        }
        tracing::warn!(directory = %entry.path().display(), "deleting a cluster that was never finished");
        let mut attempt = 1;
        while let Err(error) = fs::remove_dir_all(entry.path()) {
            if attempt == DELETE_ATTEMPTS {
                return Err(error).at(&entry.path());
            }
            attempt += 1;
            thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}

fn initdb(
    place: &Place,
    binaries: &Binaries,
    options: &Options,
    locale: &str,
) -> Result<std::path::PathBuf, PrivatePostgresError> {
    let unfinished = place.make_private_dir(&format!("{UNFINISHED}{}", std::process::id()))?;
    let mut initdb = command(place.owner(), place.home(), &binaries.initdb());
    initdb
        .arg("--pgdata")
        .arg(&unfinished)
        .args([
            "--username",
            SUPERUSER,
            "--encoding",
            "UTF8",
            "--locale",
            locale,
            "--data-checksums",
        ])
        // Who reaches the socket is decided by the mode of its directory, 0700; nothing listens on a network.
        .args(["--auth-local", "trust", "--auth-host", "reject"]);
    if !options.durable() {
        initdb.arg("--no-sync");
    }
    run(initdb, &binaries.initdb(), b"")?;
    Ok(unfinished)
}

/// In single-user mode, so that a finished cluster always has its database and nothing has to connect first.
fn create_database(
    place: &Place,
    binaries: &Binaries,
    options: &Options,
    data: &Path,
) -> Result<(), PrivatePostgresError> {
    let mut single = command(place.owner(), place.home(), &binaries.postgres());
    single.arg("--single").arg("-D").arg(data);
    if !options.durable() {
        single.args(["-c", "fsync=off"]);
    }
    single.args(["-c", "exit_on_error=on", "postgres"]);
    run(
        single,
        &binaries.postgres(),
        format!("CREATE DATABASE {DATABASE}\n").as_bytes(),
    )
}

fn run(mut command: Command, program: &Path, input: &[u8]) -> Result<(), PrivatePostgresError> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| spawn_error(program, error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ended early says why on stderr, which is worth more than a broken pipe.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().at(program)?;
    if output.status.success() {
        Ok(())
    } else {
        Err(PrivatePostgresError::Initialise(reason(&output)))
    }
}

/// The line that says why, else the last one: errors come before clean-up messages.
fn reason(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let why = lines
        .clone()
        .find(|line| line.contains("error:") || line.contains("FATAL:") || line.contains("ERROR:"));
    match why.or_else(|| lines.next_back()) {
        Some(line) => line.to_owned(),
        None => output.status.to_string(),
    }
}
