//! Several processes on one database: some answer and some work, each started and killed like any program, with a proxy
//! before those that answer. Whatever is killed, nothing is lost and nothing is done twice.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{NetworkKey, NewSignal, Partner, PartnerKeys};
use identifiers::NetworkSecret;
use protocol::batch::BatchState;
use protocol::page::PageQuery;
use protocol::sealed_message::SealingSecret;
use protocol::{Id, IdempotencyKey};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use server::environment::Machine;
use stage::{Running, base, done, eventually, program, read, signal, start};
use store::private_postgres::{Options, PrivatePostgres};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};

/// Children about whom every organisation gives a signal.
const CHILDREN: u32 = 40;

/// So many calls of one organisation are under way at a time.
const AT_ONCE: u32 = 4;

/// What a process needs that works, and all it has.
const KEYS_OF_WORK: [&str; 3] = ["storage", "id", "log"];

/// Two directories, a database of somebody else, a proxy, a mail server.
struct Place {
    dir: tempfile::TempDir,
    database: String,
    published: SocketAddr,
    doors: Arc<Mutex<Vec<SocketAddr>>>,
    mail: MailServer,
    runtime: tokio::runtime::Runtime,
    elsewhere: PrivatePostgres,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // PostgreSQL does not run as root, and its own user has to pass.
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = Options::default().set("max_connections", "200");
        let elsewhere = PrivatePostgres::start_with(&dir.path().join("postgres"), options).unwrap();
        let database = format!(
            "host={} user={} dbname={}",
            elsewhere.socket_dir().display(),
            elsewhere.user(),
            elsewhere.database()
        );
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let doors = Arc::default();
        let place = Self {
            database,
            published: runtime.block_on(proxy(Arc::clone(&doors))),
            doors,
            mail: runtime.block_on(MailServer::start()),
            runtime,
            dir,
            elsewhere,
        };
        place.set_up();
        place
    }

    fn serving(&self) -> PathBuf {
        self.dir.path().join("serving")
    }

    fn working(&self) -> PathBuf {
        self.dir.path().join("working")
    }

    /// `init`, and then the secrets are shared out.
    fn set_up(&self) {
        let public = format!("http://{}", self.published);
        let init = [
            "--kind",
            "test",
            "--name",
            "test",
            "--log-origin",
            "trefpunt.test/log",
            "--public-url",
            &public,
        ];
        done(program(&["init", self.serving().to_str().unwrap()]).args(init));
        std::fs::create_dir_all(self.working().join("keys")).unwrap();
        let (from, to) = (self.serving(), self.working());
        std::fs::copy(from.join("trefpunt.toml"), to.join("trefpunt.toml")).unwrap();
        for key in KEYS_OF_WORK {
            std::fs::copy(from.join("keys").join(key), to.join("keys").join(key)).unwrap();
        }
        let mail = format!(
            "\n[mail]\nserver = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"noreply@trefpunt.example\"\n",
            self.mail.address.port()
        );
        let settings = to.join("trefpunt.toml");
        std::fs::write(&settings, read(&settings) + &mail).unwrap();
        let covenant = self.serving().join("covenant.toml");
        let text = read(&covenant).replace("# notice_interval_minutes = 15", "notice_interval_minutes = 0");
        assert!(text.contains("\nnotice_interval_minutes = 0"));
        std::fs::write(&covenant, text).unwrap();
        done(&mut self.command(&["migrate"]));
        done(&mut self.command(&["covenant", "apply", covenant.to_str().unwrap()]));
    }

    /// A program where the secrets of partners' doors are.
    fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(&self.serving(), arguments)
    }

    fn command_in(&self, dir: &std::path::Path, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .env("TREFPUNT_CONFIG", dir.join("trefpunt.toml"))
            .env("TREFPUNT_DATABASE__URL", &self.database)
            .env("TREFPUNT_SERVER__LISTEN", "127.0.0.1:0")
            .env("TREFPUNT_SERVER__SHUTDOWN_NOTICE_SECONDS", "0")
            // Who works writes it, who answers looks at it.
            .env("TREFPUNT_LOG__ANCHOR", self.working().join("audit-anchor"));
        command
    }

    /// A process that answers, and is known to the proxy from now on.
    fn answers(&self) -> Door {
        let mut serve = self.command(&["serve", "--without-work"]);
        serve.stderr(Stdio::piped());
        let is_ready = |line: &str| {
            base(line)?;
            let line: Value = serde_json::from_str(line).ok()?;
            line["fields"]["address"].as_str()?.parse().ok()
        };
        let (running, address) = start(&mut serve, |child| child.stderr.take().unwrap(), is_ready);
        self.doors.lock().unwrap().push(address);
        Door {
            process: running,
            address,
        }
    }

    /// A process that works.
    fn works(&self) -> Running {
        let mut work = self.command_in(&self.working(), &["work"]);
        work.stderr(Stdio::piped());
        let is_ready = |line: &str| {
            let line: Value = serde_json::from_str(line).ok()?;
            (line["fields"]["message"] == "at work").then_some(())
        };
        start(&mut work, |child| child.stderr.take().unwrap(), is_ready).0
    }

    fn partner(&self, name: &str, sector: &str) -> Arc<Partner> {
        let keys = self.dir.path().join(sector);
        let add = [
            "organisation",
            "add",
            "--covenant",
            "Convenant Voorbeeldstad",
            "--name",
            name,
            "--sector",
            sector,
            "--generate",
            keys.to_str().unwrap(),
            "--json",
        ];
        let added: Value = serde_json::from_str(&done(&mut self.command(&add))).unwrap();
        let base = format!("http://{}", self.published);
        let settings = client::Settings {
            token_url: format!("{base}/oauth/token"),
            api_url: base,
            client_id: added["clientId"].as_str().unwrap().parse().unwrap(),
            private_key_pem: read(keys.join("private-key.pem")).into(),
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        };
        let network =
            NetworkSecret::parse_key_file(&read(self.serving().join("hand-over/network-key-1"))).unwrap();
        let keys = PartnerKeys {
            network: vec![NetworkKey {
                epoch: 1,
                secret: network,
            }],
            sealing: SealingSecret::parse_key_file(&read(keys.join("sealing-key")))
                .unwrap()
                .into(),
        };
        Arc::new(Partner::connect(settings, keys, Machine).unwrap())
    }

    /// One number, asked of the database by a program that is none of ours.
    fn count(&self, question: &str) -> u64 {
        let mut psql = Command::new(self.elsewhere.program("psql"));
        psql.args(["--no-psqlrc", "-At", "-h"])
            .arg(self.elsewhere.socket_dir())
            .args(["-U", self.elsewhere.user(), "-d", self.elsewhere.database()])
            .args(["-c", question])
            .stdin(Stdio::null());
        done(&mut psql).trim().parse().unwrap()
    }

    /// How many matches an organisation was told of, each counted as often as it was.
    fn told(&self, partner: &Partner) -> usize {
        let query = PageQuery {
            limit: 100,
            cursor: None,
        };
        self.runtime
            .block_on(partner.notices(&query))
            .unwrap()
            .items
            .len()
    }
}

/// A process that answers. What is killed is killed at once.
struct Door {
    process: Running,
    address: SocketAddr,
}

fn kill(process: &Running) {
    let pid = Pid::from_raw(i32::try_from(process.0.id()).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

/// A proxy as an operator has one: each connection goes to the next door, and past those that do not answer.
async fn proxy(doors: Arc<Mutex<Vec<SocketAddr>>>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let turn = AtomicUsize::new(0);
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let doors = doors.lock().unwrap().clone();
            let first = turn.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                for place in 0..doors.len() {
                    let door = doors[(first + place) % doors.len()];
                    if let Ok(mut door) = tokio::net::TcpStream::connect(door).await {
                        // Whoever hangs up ends it.
                        copy_bidirectional(&mut caller, &mut door).await.ok();
                        return;
                    }
                }
            });
        }
    });
    address
}

/// A mail server that takes everything and keeps the ids.
struct MailServer {
    address: SocketAddr,
    ids: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            ids: Arc::default(),
        };
        let ids = Arc::clone(&server.ids);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let ids = Arc::clone(&ids);
                // Who is killed hangs up in the middle.
                tokio::spawn(async move { take_mail(stream, &ids).await.ok() });
            }
        });
        server
    }
}

async fn take_mail(stream: tokio::net::TcpStream, ids: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let (mut in_mail, mut id) = (false, String::new());
    writer.write_all(b"220 mail.example\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match (in_mail, line.as_str()) {
            (true, ".") => {
                in_mail = false;
                ids.lock().unwrap().push(std::mem::take(&mut id));
                b"250 taken\r\n"
            }
            (true, header) => {
                if let Some(given) = header.strip_prefix("Message-ID: ") {
                    given.clone_into(&mut id);
                }
                continue;
            }
            (false, "DATA") => {
                in_mail = true;
                b"354 go on\r\n"
            }
            (false, "QUIT") => {
                writer.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        writer.write_all(answer).await?;
    }
    Ok(())
}

/// Gives a signal until an answer comes, as a partner's program does that is told to.
async fn submit(partner: &Partner, child: u32, key: &IdempotencyKey) -> Id {
    loop {
        match partner.submit_signal(&signal(child), Some(key)).await {
            Ok(submitted) => return submitted.signal().id,
            // Its door was killed, or another try under the same key is under way.
            Err(client::Error::Refused(problem)) if problem.status < 500 && problem.status != 409 => {
                panic!("child {child}: {problem:?}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn key(child: u32) -> IdempotencyKey {
    format!("child-{child}-of-this-organisation").parse().unwrap()
}

/// Everybody gives their signals, each organisation in an order of its own; `given` counts what was answered.
fn give_signals(
    place: &Place,
    partners: &[Arc<Partner>],
    given: &Arc<AtomicUsize>,
) -> Vec<tokio::task::JoinHandle<BTreeSet<String>>> {
    let mut loads = Vec::new();
    for (shift, partner) in (0..).zip(partners) {
        for lane in 0..AT_ONCE {
            let (partner, given) = (Arc::clone(partner), Arc::clone(given));
            loads.push(place.runtime.spawn(async move {
                let mut ids = BTreeSet::new();
                for child in (lane..CHILDREN).step_by(AT_ONCE as usize) {
                    let child = (child + shift * 7) % CHILDREN;
                    ids.insert(submit(&partner, child, &key(child)).await.to_string());
                    given.fetch_add(1, Ordering::SeqCst);
                }
                ids
            }));
        }
    }
    loads
}

// rule: S1, S2, N1
#[test]
fn what_is_killed_under_load_loses_nothing_and_nothing_is_done_twice() {
    let place = Place::new();
    let first = place.answers();
    let partners = [
        place.partner("De Wilg", "education"),
        place.partner("Anker", "youth-help"),
        place.partner("De Brug", "health-care"),
        place.partner("Het Buurthuis", "social-support"),
    ];

    // Who answers takes signals, and leaves everything else to who works.
    let placed = place.count("SELECT count(*) FROM audit.leaf");
    let alone = place.runtime.block_on(async {
        let alone = submit(&partners[0], CHILDREN, &key(CHILDREN)).await;
        submit(&partners[1], CHILDREN, &key(CHILDREN)).await;
        alone
    });
    assert_eq!(place.count("SELECT count(*) FROM match_case"), 0);
    assert_eq!(place.count("SELECT count(*) FROM audit.leaf"), placed);
    assert_eq!(place.count("SELECT count(*) FROM match_task"), 2);

    // Two of each; two calls under one key at two doors have one effect.
    let (one, other) = (place.works(), place.works());
    let second = place.answers();
    eventually("what waited is worked off", || place.told(&partners[0]) == 1);
    let twin = key(CHILDREN);
    let (here, there) = place.runtime.block_on(async {
        tokio::join!(
            submit(&partners[0], CHILDREN, &twin),
            submit(&partners[0], CHILDREN, &twin)
        )
    });
    assert_eq!((here, there), (alone, alone));
    let mut doctor = place.command_in(&place.working(), &["doctor", "--only", "work"]);
    let told = String::from_utf8(doctor.output().unwrap().stdout).unwrap();
    assert!(!told.contains("WRONG settings"), "{told}");
    assert!(
        told.contains("ok    connections: running: 2 serve-without-work, 2 work;"),
        "{told}"
    );

    // One that works and one that answers are killed in the middle, and later, when others took their place, the rest.
    let batch = place.runtime.spawn(give_batch(Arc::clone(&partners[3])));
    let given = Arc::default();
    let loads = give_signals(&place, &partners[..3], &given);
    let answered = |many: u32| {
        eventually("signals are taken", || {
            given.load(Ordering::SeqCst) >= many as usize
        });
    };
    answered(CHILDREN / 2);
    kill(&one);
    kill(&first.process);
    answered(CHILDREN);
    let (third, _more) = (place.answers(), place.works());
    assert_ne!(third.address, second.address);
    kill(&other);
    kill(&second.process);
    let mut ids = BTreeSet::new();
    for load in loads {
        ids.extend(place.runtime.block_on(load).unwrap());
    }
    assert_eq!(ids.len(), 3 * CHILDREN as usize);
    let batch = place.runtime.block_on(batch).unwrap();
    eventually("the batch is worked off", || {
        let read = place.runtime.block_on(partners[3].batch(batch)).unwrap();
        assert_eq!(read.outcomes.created, read.processed);
        read.state == BatchState::Ended
    });
    for partner in &partners {
        eventually("everybody is told", || place.told(partner) >= CHILDREN as usize);
    }
    eventually("everything is worked off", || {
        place.count("SELECT (SELECT count(*) FROM match_task) + (SELECT count(*) FROM audit.pending)") == 0
    });
    sound(&place);

    // All of them were professionals of one address: one mail, however many were there to send it. One that was killed
    // after handing it in had it handed in again, under the same name.
    eventually("somebody is mailed", || {
        !place.mail.ids.lock().unwrap().is_empty()
    });
    let mails: BTreeSet<String> = place.mail.ids.lock().unwrap().iter().cloned().collect();
    assert_eq!(mails.len(), 1);

    done(&mut place.command(&["audit", "scrub"]));
}

/// A further organisation gives all of its signals at once.
async fn give_batch(partner: Arc<Partner>) -> Id {
    let signals: Vec<NewSignal> = (0..CHILDREN).map(signal).collect();
    let batch = partner.prepare_batch(&signals).await.unwrap();
    loop {
        match partner.send_batch(&batch, Some(&key(0))).await {
            Ok(batch) => return batch.id,
            Err(client::Error::Refused(problem)) if problem.status < 500 && problem.status != 409 => {
                panic!("{problem:?}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// What must hold whoever was killed, by SQL that shares nothing with the product's.
fn sound(place: &Place) {
    let signals = u64::from(CHILDREN * 4 + 2);
    assert_eq!(place.count("SELECT count(*) FROM signal"), signals);
    assert_eq!(
        place.count("SELECT count(*) FROM subject"),
        u64::from(CHILDREN + 1)
    );
    assert_eq!(
        place.count("SELECT count(*) FROM match_case WHERE state = 'open'"),
        u64::from(CHILDREN + 1)
    );
    assert_eq!(place.count("SELECT count(*) FROM match_party"), signals);
    for nothing in [
        // Everybody was told of its match once, and of each who joined it later once.
        "SELECT count(*) FROM match_party p
          WHERE 1 <> (SELECT count(*) FROM notice n
                       WHERE n.subject_id = p.subject_id AND n.match_id = p.match_id
                         AND n.organisation_id = p.organisation_id AND n.kind = 'match-opened')",
        "SELECT count(*) FROM match_party p
          WHERE (SELECT count(*) FROM notice n
                  WHERE n.subject_id = p.subject_id AND n.match_id = p.match_id
                    AND n.organisation_id = p.organisation_id AND n.kind = 'match-joined')
             <> (SELECT count(DISTINCT o.joined_at) FROM match_party o
                  WHERE o.subject_id = p.subject_id AND o.match_id = p.match_id AND o.joined_at > p.joined_at)",
        // The log is a row of entries without a gap, each signed checkpoint is of what is there, and the newest is of all.
        "SELECT count(*) FROM (SELECT index, row_number() OVER (ORDER BY index) - 1 AS place FROM audit.leaf) AS l
          WHERE index <> place",
        "SELECT count(*) FROM audit.checkpoint WHERE size > (SELECT count(*) FROM audit.leaf)",
    ] {
        assert_eq!(place.count(nothing), 0, "{nothing}");
    }
    let recorded = |event: &str| {
        place.count(&format!(
            "SELECT count(*) FROM audit.leaf WHERE convert_from(leaf, 'UTF8')::json ->> 'e' = '{event}'"
        ))
    };
    assert_eq!(recorded("signal.submitted"), signals);
    assert_eq!(recorded("match.opened"), u64::from(CHILDREN + 1));
    assert_eq!(recorded("batch.ended"), 1);
    assert_eq!(
        recorded("notice.delivered"),
        place.count("SELECT count(*) FROM notice")
    );
    eventually("the whole log is signed", || {
        place.count(
            "SELECT (SELECT size FROM audit.head) - (SELECT coalesce(max(size), 0) FROM audit.checkpoint)",
        ) == 0
    });
}

#[test]
fn one_of_several_needs_a_database_of_nobody_and_ends_when_it_is_told() {
    let place = Place::new();
    // A private PostgreSQL is one process's.
    for arguments in [&["work"][..], &["serve", "--without-work"]] {
        let mut alone = place.command(arguments);
        let refused = alone.env_remove("TREFPUNT_DATABASE__URL").output().unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{told}");
        assert!(told.contains("[database] url"), "{told}");
    }
    // It ends in order, and leaves nothing behind that others wait for.
    let mut one = place.works();
    let pid = Pid::from_raw(i32::try_from(one.0.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert!(one.0.wait().unwrap().success());
    // A database older than the log that was signed is served by nobody, and worked on by nobody.
    let newest = "SELECT max(size) FROM audit.checkpoint";
    assert!(place.count(newest) > 0);
    place.count(
        "WITH cut AS (DELETE FROM audit.leaf RETURNING 1), gone AS (DELETE FROM audit.checkpoint RETURNING 1),
              head AS (UPDATE audit.head SET size = 0, frontier = '' RETURNING 1)
         SELECT (SELECT count(*) FROM cut) + (SELECT count(*) FROM gone) + (SELECT count(*) FROM head)",
    );
    for (dir, arguments) in [
        (place.working(), &["work"][..]),
        (place.serving(), &["serve", "--without-work"]),
    ] {
        let refused = place.command_in(&dir, arguments).output().unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{told}");
        assert!(told.contains("put back from a backup"), "{told}");
    }
}
