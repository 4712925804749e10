//! What tests of several programs share: processes that end with the test, partners, children that are nobody.
#![allow(dead_code, reason = "each test uses a part")]

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use client::{NewSignal, Partner, Submitted};
use identifiers::Bsn;
use protocol::Id;
use protocol::page::PageQuery;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long is waited for what must come. Far more than anything takes, since the machine may be busy.
const PATIENCE: u32 = 1200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// A process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.0.id()).unwrap()).unwrap();
        let _ = kill_process(pid, Signal::TERM);
        let _ = self.0.wait();
    }
}

pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trefpunt"));
    command
        .args(arguments)
        .env_remove("TREFPUNT_CONFIG")
        .env_remove("KEYHOLDER_CONFIG")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

pub fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

/// The `sh` block after `<!-- drill: NAME -->` in the operator's guide.
pub fn drill(name: &str) -> &'static str {
    const DOCUMENT: &str = include_str!("../../../../docs/OPERATIONS.md");
    let mark = format!("<!-- drill: {name} -->\n```sh\n");
    let (_, rest) = DOCUMENT
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no drill {name}"));
    rest.split_once("```").unwrap().0
}

/// Starts a program and waits for a line that `is_ready` makes something of; what it says later is thrown away.
pub fn start<R: Read + Send + 'static, T>(
    command: &mut Command,
    out: impl FnOnce(&mut Child) -> R,
    mut is_ready: impl FnMut(&str) -> Option<T>,
) -> (Running, T) {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(out(&mut child)).lines();
    let running = Running(child);
    let ready = lines.by_ref().find_map(|line| is_ready(&line.unwrap()));
    std::thread::spawn(move || lines.for_each(drop));
    (running, ready.unwrap())
}

/// Looks until it is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..PATIENCE {
        if is_so() {
            return;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    panic!("in vain: {what}");
}

/// Two partners that signal the same children.
pub struct Two {
    pub runtime: tokio::runtime::Runtime,
    pub first: Partner,
    pub other: Partner,
}

impl Two {
    pub fn signals(&self, partner: &Partner, child: u32) -> Id {
        let signal = signal(child);
        let submitted = self
            .runtime
            .block_on(partner.submit_signal(&signal, None))
            .unwrap();
        assert!(matches!(submitted, Submitted::New(_)), "child {child}");
        submitted.signal().id
    }

    pub fn told(&self) -> usize {
        let query = PageQuery {
            limit: 100,
            cursor: None,
        };
        self.runtime
            .block_on(self.other.notices(&query))
            .unwrap()
            .items
            .len()
    }

    /// That the children the first signalled before are found by the other now, each once.
    pub fn meet(&self, children: std::ops::Range<u32>) {
        let before = self.told();
        let count = children.len();
        for child in children {
            self.signals(&self.other, child);
        }
        eventually("a match for every child", || self.told() >= before + count);
        assert_eq!(self.told(), before + count);
    }
}

/// An invented number, another for each child.
pub fn number(child: u32) -> Bsn {
    let mut numbers = (5000..).filter_map(|number: u32| Bsn::parse(&format!("9999{number:05}")).ok());
    numbers.nth(child as usize).unwrap()
}

/// A signal about a child that is nobody: test numbers begin with 9999. The demonstration's story uses the first of them.
pub fn signal(child: u32) -> NewSignal {
    let planned_end = server::environment::now() + jiff::SignedDuration::from_hours(90 * 24);
    NewSignal {
        child: number(child).into(),
        guardians: Vec::new(),
        professional: serde_json::from_value(serde_json::json!({
            "reference": "m.jansen", "email": "m.jansen@example.org", "phone": "+31201234567",
        }))
        .unwrap(),
        planned_end: planned_end.to_zoned(jiff::tz::TimeZone::UTC).date(),
        destroy_by: "2040-01".parse().unwrap(),
        ground: "development-at-risk".parse().unwrap(),
        on_behalf_of: None,
    }
}

pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Where a program says that it listens.
pub fn base(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    Some(line["fields"]["base"].as_str()?.to_owned())
}
