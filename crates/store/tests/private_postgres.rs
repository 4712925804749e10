//! The private PostgreSQL as the program and its operator meet it: started, killed, started again, in odd places.
//!
//! A program that is killed has to be another process: this test binary runs itself again with [`CHILD`] set.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use store::private_postgres::{Options, PrivatePostgres, PrivatePostgresError};
use tempfile::TempDir;

/// Set in the child: the data directory to start a server in.
const CHILD: &str = "PRIVATE_POSTGRES_TEST_DIR";
const NOBODY: u32 = 65534;
const NONE: [i32; 0] = [];

#[test]
fn a_new_directory_gets_a_durable_utf8_database_that_no_network_reaches() {
    let dir = passable_dir();
    let postgres = PrivatePostgres::start(dir.path()).unwrap();

    assert_eq!(
        postgres.cluster_dir(),
        dir.path().canonicalize().unwrap().join("postgres")
    );
    assert_eq!(fs::metadata(postgres.socket_dir()).unwrap().mode() & 0o777, 0o700);
    for (setting, value) in [
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("max_connections", "80"),
        ("shared_buffers", "128MB"),
    ] {
        assert_eq!(ask(&postgres, &format!("SHOW {setting}")), value, "{setting}");
    }
    assert_eq!(
        ask(&postgres, "SELECT current_database() || ' ' || current_user"),
        "trefpunt postgres"
    );
    let (database, user) = (postgres.database().to_owned(), postgres.user().to_owned());
    assert_eq!(
        (database.as_str(), user.as_str(), postgres.port()),
        ("trefpunt", "postgres", 5432)
    );
    assert!(
        server_uids(dir.path()).iter().all(|uid| *uid != 0),
        "PostgreSQL must not run as root"
    );

    postgres.stop();
    assert_eq!(servers(dir.path()), NONE);
}

#[test]
fn what_is_written_is_there_after_a_restart_and_a_drop_stops_the_server() {
    let dir = passable_dir();
    let postgres = start(dir.path());
    ask(&postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
    drop(postgres);
    assert_eq!(servers(dir.path()), NONE);

    let postgres = start(dir.path());
    assert_eq!(ask(&postgres, "SELECT answer FROM kept"), "42");
}

#[test]
fn an_error_leaves_no_value_in_the_servers_log() {
    let dir = passable_dir();
    let postgres = start(dir.path());
    try_ask(&postgres, "SELECT 'a-value-somebody-sent'::integer").unwrap_err();
    ask(&postgres, "CREATE TABLE tags (tag text PRIMARY KEY)");
    ask(&postgres, "INSERT INTO tags VALUES ('a-tag-somebody-sent')");
    try_ask(&postgres, "INSERT INTO tags VALUES ('a-tag-somebody-sent')").unwrap_err();
    let log = fs::read_to_string(postgres.cluster_dir().join("log")).unwrap();
    assert!(!log.contains("somebody-sent"), "{log}");
}

#[test]
fn a_second_program_is_told_that_the_directory_is_in_use() {
    let dir = passable_dir();
    let _first = start(dir.path());
    let refusal = PrivatePostgres::start(dir.path()).unwrap_err();
    assert!(matches!(refusal, PrivatePostgresError::InUse(_)), "{refusal}");
    assert!(!refusal.to_string().contains('\n'), "{refusal}");
}

#[test]
fn killing_the_program_leaves_no_process_and_the_next_start_finds_the_data() {
    let dir = passable_dir();
    let mut program = Program::start(dir.path());
    ask_at(&program.socket_dir, "CREATE TABLE kept AS SELECT 42 AS answer").unwrap();
    assert!(!servers(dir.path()).is_empty());
    program.kill();

    // At once: the old server may still be shutting down, and the new program waits for it.
    let postgres = start(dir.path());
    assert_eq!(ask(&postgres, "SELECT answer FROM kept"), "42");
    drop(postgres);
    no_server_within(dir.path(), Duration::from_secs(20));
}

#[test]
fn killing_the_program_and_nothing_else_ends_the_server() {
    let dir = passable_dir();
    let mut program = Program::start(dir.path());
    program.kill();
    no_server_within(dir.path(), Duration::from_secs(20));
}

#[test]
fn killing_program_and_server_together_is_recovered_from() {
    let dir = passable_dir();
    let mut program = Program::start(dir.path());
    ask_at(&program.socket_dir, "CREATE TABLE kept AS SELECT 42 AS answer").unwrap();
    let everything = servers(dir.path());
    assert!(everything.len() > 1);
    // Held still, so that neither of the two can answer the death of the other.
    signal(Signal::STOP, &[program.child.id().cast_signed()]);
    signal(Signal::KILL, &everything);
    program.kill();
    assert!(dir.path().join("postgres/data/postmaster.pid").exists());

    let postgres = start(dir.path());
    assert_eq!(ask(&postgres, "SELECT answer FROM kept"), "42");
}

#[test]
fn a_server_that_is_killed_comes_back_by_itself() {
    let dir = passable_dir();
    let postgres = start(dir.path());
    ask(&postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
    // A busy process of the server notices late that its parent is gone, and the new server has to wait for it.
    let config = postgres.config();
    let busy =
        thread::spawn(move || query(&config, "SELECT count(*)::text FROM generate_series(1, 9000000)"));
    thread::sleep(Duration::from_millis(300));
    let note = fs::read_to_string(postgres.cluster_dir().join("data/postmaster.pid")).unwrap();
    signal(Signal::KILL, &[note.lines().next().unwrap().parse().unwrap()]);

    let answer = (0..600).find_map(|_| {
        thread::sleep(Duration::from_millis(100));
        try_ask(&postgres, "SELECT answer FROM kept").ok()
    });
    assert_eq!(answer.as_deref(), Some("42"));
    let _ = busy.join().unwrap();
    postgres.stop();
    assert_eq!(servers(dir.path()), NONE);
}

#[test]
fn a_stale_note_that_names_another_living_process_is_seen_through() {
    let dir = passable_dir();
    start(dir.path()).stop();
    let note = dir.path().join("postgres/data/postmaster.pid");
    // A number that lives and is not a parent of the server (PostgreSQL itself forgives its own parents).
    let mut bystander = Command::new("sleep").arg("60").spawn().unwrap();
    let owner = fs::metadata(note.parent().unwrap()).unwrap().uid();
    fs::write(
        &note,
        format!(
            "{}\n{}\n1\n5432\n\n\n1 1\nready\n",
            bystander.id(),
            note.display()
        ),
    )
    .unwrap();
    chown(&note, Some(owner), None).unwrap();

    let postgres = PrivatePostgres::start(dir.path());
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    assert_eq!(ask(&postgres.unwrap(), "SELECT 1"), "1");
}

#[test]
fn a_cluster_that_was_never_finished_is_made_again() {
    let dir = passable_dir();
    let mut program = Program::spawn(dir.path());
    let cluster = dir.path().join("postgres");
    // Half-way: initdb has begun to write its files.
    wait_for(|| unfinished(&cluster).is_some_and(|dir| dir.join("base").exists()));
    program.kill();
    assert!(!cluster.join("data").exists());

    let postgres = start(dir.path());
    assert_eq!(
        ask(
            &postgres,
            "SELECT count(*)::text FROM pg_database WHERE datname = 'trefpunt'"
        ),
        "1"
    );
    assert_eq!(unfinished(&cluster), None);
    drop(postgres);
    no_server_within(dir.path(), Duration::from_secs(20));
}

#[test]
fn a_cluster_of_another_major_version_is_refused_with_the_way_out() {
    let dir = passable_dir();
    start(dir.path()).stop();
    fs::write(dir.path().join("postgres/data/PG_VERSION"), "12\n").unwrap();
    let refusal = PrivatePostgres::start(dir.path()).unwrap_err();
    assert!(
        matches!(refusal, PrivatePostgresError::OtherMajor { cluster: 12, .. }),
        "{refusal}"
    );
    assert!(refusal.to_string().contains("pg_upgrade"), "{refusal}");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let dir = passable_dir();
    let options = Options::throwaway().set("shared_buffers", "a lot");
    let refusal = PrivatePostgres::start_with(dir.path(), options)
        .unwrap_err()
        .to_string();
    assert!(
        refusal.contains("shared_buffers") && !refusal.contains('\n'),
        "{refusal}"
    );
    assert_eq!(servers(dir.path()), NONE);
}

#[test]
fn a_path_too_long_for_a_socket_gets_a_short_one() {
    let dir = passable_dir();
    let long = dir.path().join("d".repeat(120));
    let postgres = start(&long);
    assert!(postgres.socket_dir().starts_with("/tmp"));
    assert_eq!(fs::metadata(postgres.socket_dir()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(ask(&postgres, "SELECT 1"), "1");
    let socket_dir = postgres.socket_dir().to_owned();
    postgres.stop();
    assert!(!socket_dir.exists());
}

#[test]
fn a_directory_the_server_cannot_enter_points_to_a_cluster_outside() {
    if !root() {
        return; // An ordinary user's server is that user's and enters whatever the user enters.
    }
    let dir = passable_dir();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let postgres = start(dir.path());
    let outside = postgres.cluster_dir().to_owned();
    assert!(outside.starts_with("/var/lib/trefpunt"), "{}", outside.display());
    ask(&postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
    postgres.stop();

    let postgres = start(dir.path());
    assert_eq!(postgres.cluster_dir(), outside);
    assert_eq!(ask(&postgres, "SELECT answer FROM kept"), "42");
    postgres.destroy().unwrap();
    assert!(!outside.exists());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_lost_cluster_is_reported_and_not_replaced_by_an_empty_one() {
    let dir = passable_dir();
    fs::write(
        dir.path().join("postgres.location"),
        "/var/lib/trefpunt/not-there\n",
    )
    .unwrap();
    let refusal = PrivatePostgres::start(dir.path()).unwrap_err();
    assert!(
        matches!(refusal, PrivatePostgresError::LostCluster { .. }),
        "{refusal}"
    );
}

#[test]
fn an_ordinary_user_runs_the_server_as_itself() {
    if !root() {
        return; // Then every other test is this one.
    }
    let dir = passable_dir();
    let data_dir = dir.path().join("data-dir");
    fs::create_dir(&data_dir).unwrap();
    chown(&data_dir, Some(NOBODY), Some(NOBODY)).unwrap();
    // The checkout may lie where that user cannot go; the temporary directory does not.
    let binary = dir.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(binary)
        .current_dir("/");

    let mut program = Program::start_as(command, &data_dir);
    assert!(server_uids(&data_dir).iter().all(|uid| *uid == NOBODY));
    assert_eq!(ask_at(&program.socket_dir, "SELECT 1").unwrap(), "1");
    program.kill();
    no_server_within(&data_dir, Duration::from_secs(20));

    // Root would have to trust what that user put there.
    let refusal = PrivatePostgres::start(&data_dir).unwrap_err();
    assert!(
        matches!(refusal, PrivatePostgresError::ForeignOwner { uid: NOBODY, .. }),
        "{refusal}"
    );
}

/// Not a test of its own: the program that the tests above kill.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let postgres = start(Path::new(&dir));
    println!("socket {}", postgres.socket_dir().display());
    // Until killed, or until the test that started us is gone.
    let _ = std::io::stdin().read(&mut [0]);
}

fn start(dir: &Path) -> PrivatePostgres {
    // Not `throwaway`: these tests kill servers and count on what was committed.
    PrivatePostgres::start_with(dir, Options::default().set("shared_buffers", "16MB")).unwrap()
}

/// A temporary directory that the server's user can pass through, also when the tests run as root.
fn passable_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
    dir
}

fn root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

struct Program {
    child: Child,
    socket_dir: PathBuf,
}

impl Program {
    fn start(dir: &Path) -> Self {
        Self::start_as(Command::new(std::env::current_exe().unwrap()), dir)
    }

    fn start_as(command: Command, dir: &Path) -> Self {
        let mut program = Self::spawn_as(command, dir);
        let output = BufReader::new(program.child.stdout.take().unwrap());
        let socket_dir = output
            .lines()
            .find_map(|line| Some(line.unwrap().split_once("socket ")?.1.to_owned()))
            .unwrap();
        program.socket_dir = socket_dir.into();
        program
    }

    fn spawn(dir: &Path) -> Self {
        Self::spawn_as(Command::new(std::env::current_exe().unwrap()), dir)
    }

    fn spawn_as(mut command: Command, dir: &Path) -> Self {
        let child = command
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            child,
            socket_dir: PathBuf::new(),
        }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(postgres: &PrivatePostgres, sql: &str) -> String {
    try_ask(postgres, sql).unwrap()
}

fn try_ask(postgres: &PrivatePostgres, sql: &str) -> Result<String, tokio_postgres::Error> {
    query(&postgres.config(), sql)
}

fn ask_at(socket_dir: &Path, sql: &str) -> Result<String, tokio_postgres::Error> {
    query(
        tokio_postgres::Config::new()
            .host_path(socket_dir)
            .user("postgres")
            .dbname("trefpunt"),
        sql,
    )
}

/// The first column of the first row as text.
fn query(config: &tokio_postgres::Config, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(sql).await?;
        drop(client);
        let _ = connection.await;
        let row = messages.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(row.unwrap_or_default().to_owned())
    })
}

/// The processes that have to do with clusters under `dir`: they work in it or name it on their command line.
fn servers(dir: &Path) -> Vec<i32> {
    let dir = dir.canonicalize().unwrap();
    let found = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let entry = entry.ok()?;
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let name = fs::read_to_string(entry.path().join("comm")).ok()?;
        let works_there = fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&dir));
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        let names_it = String::from_utf8_lossy(&command).contains(dir.to_str()?);
        let server = ["postgres", "initdb", "setpriv", "sh"].contains(&name.trim());
        (server && (works_there || names_it)).then_some(pid)
    });
    found.collect()
}

fn server_uids(dir: &Path) -> Vec<u32> {
    let pids = servers(dir);
    assert!(!pids.is_empty());
    pids.iter()
        .filter_map(|pid| Some(fs::metadata(format!("/proc/{pid}")).ok()?.uid()))
        .collect()
}

fn no_server_within(dir: &Path, time: Duration) {
    for _ in 0..time.as_millis() / 50 {
        if servers(dir).is_empty() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(servers(dir), NONE, "left behind");
}

fn unfinished(cluster: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(cluster).ok()?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.to_string_lossy().contains("data.new-"))
}

fn wait_for(condition: impl Fn() -> bool) {
    for _ in 0..6000 {
        if condition() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not happen within a minute");
}

/// Some may have ended meanwhile, which is as good.
fn signal(signal: Signal, pids: &[i32]) {
    for pid in pids.iter().copied().filter_map(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}
