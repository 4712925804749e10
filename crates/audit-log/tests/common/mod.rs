//! A small log that tells the whole story once, and the means to bundle it, to take a bundle apart and to forge one.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by several test programs; tests may fail by panicking"
)]

use std::collections::BTreeMap;
use std::io::Cursor;

use audit_log::bundle::{Opening, Scope, Writer};
use audit_log::checkpoint::LogSigner;
use audit_log::commitment::commit;
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::tree::{Frontier, leaf_hash};
use audit_log::verify::{Report, verify};
use jiff::{Timestamp, ToSpan as _};

pub const ORIGIN: &str = "log.example/voorbeeld";
pub const START: &str = "2027-03-01T09:00:00Z";
pub const ALL: &str = r#"{"client":"cl_supervisor","events":"all","organisations":"all"}"#;

/// Where the interesting leaves of [`Story::whole`] stand.
pub mod at {
    pub const SIGNAL_A: usize = 4;
    pub const SIGNAL_B: usize = 5;
    pub const MATCH: usize = 6;
    pub const NOTICE_A: usize = 7;
    pub const NOTICE_B: usize = 8;
    pub const REQUESTED: usize = 11;
    pub const GIVEN: usize = 14;
    pub const SENT: usize = 15;
    pub const READ: usize = 16;
    pub const WITHDRAWN: usize = 18;
    pub const ERASED: usize = 20;
    pub const EXPORTED: usize = 21;
}

pub fn tag(letter: char, number: u32) -> String {
    format!("{letter}_{:032x}", u128::from(number) * 0x0123_4567_89ab_cdef)
}

pub fn organisation(letter: char) -> String {
    format!("org_{}", letter.to_string().repeat(21) + "A")
}

pub fn signer() -> LogSigner {
    LogSigner::from_seed(ORIGIN, &[42; 32]).unwrap()
}

pub fn policy() -> Policy {
    Policy::parse(Policy::text_for(signer().verifier()).as_bytes()).unwrap()
}

pub fn check(bundle: &[u8]) -> Report {
    verify(&mut Cursor::new(bundle), &policy(), None).unwrap()
}

pub fn check_against(bundle: &[u8], previous: &str) -> Report {
    verify(&mut Cursor::new(bundle), &policy(), Some(previous.as_bytes())).unwrap()
}

/// Entries and what they commit to, before any of it is leaves.
#[derive(Clone)]
pub struct Story {
    pub entries: Vec<Entry>,
    pub openings: BTreeMap<usize, String>,
    pub scope: Scope,
    pub export: String,
}

impl Story {
    pub fn empty() -> Self {
        Self {
            entries: vec![],
            openings: BTreeMap::new(),
            scope: Scope::all(),
            export: tag('x', 1),
        }
    }

    pub fn add(&mut self, event: &str, org: Option<&str>, sub: String, rel: &[String]) -> &mut Entry {
        let number = u8::try_from(self.entries.len()).unwrap();
        let time: Timestamp = START.parse().unwrap();
        self.entries.push(Entry {
            id: [number + 1; 16],
            time: time + i64::from(number).seconds(),
            event: event.to_owned(),
            org: org.map(str::to_owned),
            sub,
            rel: rel.to_vec(),
            from: None,
            to: None,
            due: None,
            until: None,
            commitment: None,
        });
        self.entries.last_mut().unwrap()
    }

    fn open(&mut self, data: &str) {
        self.openings.insert(self.entries.len() - 1, data.to_owned());
    }

    pub fn whole() -> Self {
        let (a, b) = (organisation('a'), organisation('b'));
        let (a, b) = (Some(a.as_str()), Some(b.as_str()));
        let (m, c) = (tag('m', 1), tag('c', 1));
        let mut story = Self::empty();
        story.add("covenant.changed", None, tag('v', 1), &[]);
        story.open(r#"{"settings":"contact_deadline_working_days = 5\n"}"#);
        story.add("organisation.registered", a, tag('o', 1), &[tag('v', 1)]);
        story.open(r#"{"name":"Kinderopvang De Vlinder","sector":"childcare"}"#);
        story.add("organisation.registered", b, tag('o', 2), &[tag('v', 1)]);
        story.open(r#"{"name":"JGZ Waterland-Noord","sector":"youth-health-care"}"#);
        story.add("client.registered", a, tag('k', 1), &[]);
        story.open(r#"{"client":"cl_a","role":"partner"}"#);
        story.add("signal.submitted", a, tag('s', 1), &[]).to = Some("active".into());
        story.add("signal.submitted", b, tag('s', 2), &[]).to = Some("active".into());
        story.open(r#"{"client":"cl_b","professionalReference":"p-7"}"#);
        story
            .add("match.opened", None, m.clone(), &[tag('s', 1), tag('s', 2)])
            .to = Some("open".into());
        story.add("notice.delivered", a, tag('n', 1), std::slice::from_ref(&m));
        story.add("notice.delivered", b, tag('n', 2), std::slice::from_ref(&m));
        story.add("notice.acknowledged", a, tag('n', 1), std::slice::from_ref(&m));
        story.add("match.contact_confirmed", a, m.clone(), &[]);
        story
            .add("consent.requested", a, c.clone(), std::slice::from_ref(&m))
            .to = Some("requested".into());
        story.open(r#"{"ageBand":"under12","guardians":2}"#);
        story.add("consent.opened", None, c.clone(), std::slice::from_ref(&m));
        story.open(r#"{"number":1,"signatory":"guardian"}"#);
        story.add("consent.signed", None, c.clone(), std::slice::from_ref(&m));
        story.open(r#"{"number":1,"signatory":"guardian"}"#);
        story
            .add("consent.given", None, c.clone(), std::slice::from_ref(&m))
            .until = Some("2028-03-01T00:00:00Z".parse().unwrap());
        story.open(r#"{"number":2,"signatory":"guardian"}"#);
        story.add("content.sent", a, tag('d', 1), &[m.clone(), c.clone()]);
        story.add("content.read", b, tag('d', 1), &[m.clone(), c.clone()]);
        story.add("content.sent", b, tag('d', 2), &[m.clone(), c.clone()]);
        story.add("consent.withdrawn", None, c.clone(), std::slice::from_ref(&m));
        story.open(r#"{"number":1,"signatory":"guardian"}"#);
        story.add("content.destroyed", None, tag('d', 2), &[m, c]);
        // Signal A had an opening, which was erased.
        story.entries[at::SIGNAL_A].commitment = Some([9; 32]);
        let erased = format!("e_{}", "05".repeat(16));
        story.add("opening.erased", None, erased, &[tag('s', 1)]);
        story.add("audit.exported", None, tag('x', 1), &[]);
        story.open(ALL);
        story
    }

    fn salt(index: usize) -> [u8; 32] {
        [u8::try_from(index).unwrap() ^ 0x5a; 32]
    }

    pub fn opening(&self, index: usize) -> Opening {
        Opening {
            index: index as u64,
            id: self.entries[index].id,
            salt: Self::salt(index),
            data: self.openings[&index].clone(),
        }
    }

    pub fn leaves(&self) -> Vec<Vec<u8>> {
        let commitments = |index: usize| {
            let data = self.openings.get(&index)?;
            Some(commit(&Self::salt(index), data.as_bytes()))
        };
        let entries = self.entries.iter().enumerate();
        entries
            .map(|(index, entry)| {
                let commitment = commitments(index).or(entry.commitment);
                Entry {
                    commitment,
                    ..entry.clone()
                }
                .to_leaf()
                .unwrap()
            })
            .collect()
    }

    pub fn checkpoint(&self) -> String {
        checkpoint(&self.leaves())
    }

    /// The bundle an honest writer makes of this log, whatever the log says.
    pub fn bundle(&self) -> Vec<u8> {
        let openings: Vec<Opening> = self.openings.keys().map(|index| self.opening(*index)).collect();
        self.bundle_with(&openings)
    }

    pub fn bundle_with(&self, openings: &[Opening]) -> Vec<u8> {
        let out = Cursor::new(Vec::new());
        let (signer, checkpoint) = (signer(), self.checkpoint());
        let mut writer = Writer::new(
            out,
            signer.verifier(),
            &checkpoint,
            &self.export,
            self.scope.clone(),
        )
        .unwrap();
        for leaf in self.leaves() {
            writer.leaf(&leaf).unwrap();
        }
        for opening in openings {
            writer.opening(opening).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }
}

pub fn checkpoint(leaves: &[Vec<u8>]) -> String {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.push(leaf_hash(leaf)));
    signer().sign(frontier.size(), frontier.root())
}

/// The files of a bundle, by a reader of our own.
pub fn unpack(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut rest = bundle;
    while rest[0] != 0 {
        let name = rest[..100].split(|byte| *byte == 0).next().unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[124..135]).unwrap(), 8).unwrap();
        files.push((
            String::from_utf8(name.to_vec()).unwrap(),
            rest[512..512 + size].to_vec(),
        ));
        rest = &rest[512 + size.next_multiple_of(512)..];
    }
    assert_eq!(rest.len(), 1024);
    files
}

/// The archive of these files, with headers as the format wants them.
pub fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, contents) in files {
        let mut header = [0; 512];
        let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
        put(0, name.as_bytes());
        put(100, b"0000644\x000000000\x000000000\0");
        put(
            124,
            format!("{:011o}\x0000000000000\0        0", contents.len()).as_bytes(),
        );
        put(257, b"ustar\x0000");
        put(329, b"0000000\x000000000\0");
        let sum: u32 = header.iter().copied().map(u32::from).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(header);
        out.extend(contents);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// The bundle with one file replaced by what `edit` makes of it, neatly packed again.
pub fn forged(bundle: &[u8], name: &str, edit: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut files = unpack(bundle);
    let file = files.iter_mut().find(|file| file.0 == name).unwrap();
    file.1 = edit(std::mem::take(&mut file.1));
    pack(&files)
}

/// An edit of the lines of a text file.
pub fn lines(edit: impl FnOnce(&mut Vec<String>)) -> impl FnOnce(Vec<u8>) -> Vec<u8> {
    move |file| {
        let mut lines: Vec<String> = String::from_utf8(file)
            .unwrap()
            .split_inclusive('\n')
            .map(str::to_owned)
            .collect();
        edit(&mut lines);
        lines.concat().into_bytes()
    }
}
