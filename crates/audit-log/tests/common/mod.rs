//! A small log that tells the whole story once, and the means to bundle it, to take a bundle apart and to forge one.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by several test programs; tests may fail by panicking"
)]

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::Range;

use audit_log::bundle::{Opening, Previous, Scope, Writer};
use audit_log::carry::{Carried, Carry, erased};
use audit_log::checkpoint::LogSigner;
use audit_log::commitment::commit;
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use audit_log::proof::inclusion;
use audit_log::tree::{Frontier, Hash, leaf_hash};
use audit_log::verify::{Report, Verdict, Verification, verify};
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

/// The bundle against the export before it.
pub fn check_after(bundle: &[u8], earlier: &[u8]) -> Report {
    let (policy, mut earlier) = (policy(), Cursor::new(earlier));
    let verification = Verification::new(&policy).earlier_export(&mut earlier);
    verification.run(&mut Cursor::new(bundle)).unwrap()
}

/// What the report comes to: verdict, the first check that failed, the first bad leaf.
pub fn outcome(report: &Report) -> (Verdict, &'static str, Option<u64>) {
    (
        report.verdict(),
        report.findings().first().map_or("", |finding| finding.check()),
        report.first_bad_index(),
    )
}

pub const GOOD: (Verdict, &str, Option<u64>) = (Verdict::Good, "", None);

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
        let note = self.checkpoint();
        self.period_with(0..self.entries.len(), &note, openings, Some)
    }

    /// The export of one period, whose `audit.exported` is that of tag `x` and this number.
    pub fn period(&self, period: Range<usize>, export: u32) -> Vec<u8> {
        let note = checkpoint(&self.leaves()[..period.end]);
        let mut story = self.clone();
        story.export = tag('x', export);
        // An opening that was erased by then is in no export made after.
        let gone: Vec<[u8; 16]> = self.entries[..period.end].iter().filter_map(erased).collect();
        let inside = self.openings.range(period.clone());
        let openings: Vec<Opening> = inside
            .map(|(index, _)| self.opening(*index))
            .filter(|opening| !gone.contains(&opening.id))
            .collect();
        story.period_with(period, &note, &openings, Some)
    }

    /// As an honest writer would, but for what `carry` makes of the leaves carried along.
    pub fn period_with(
        &self,
        period: Range<usize>,
        note: &str,
        openings: &[Opening],
        carry: impl Fn(Carried) -> Option<Carried>,
    ) -> Vec<u8> {
        let (leaves, out) = (self.leaves(), Cursor::new(Vec::new()));
        let (before, inside) = (&leaves[..period.start], &leaves[period.clone()]);
        let (log, scope) = (signer(), self.scope.clone());
        let mut writer = if period.start == 0 {
            Writer::new(out, log.verifier(), note, &self.export, scope).unwrap()
        } else {
            let mut frontier = Frontier::new();
            before.iter().for_each(|leaf| frontier.push(leaf_hash(leaf)));
            let previous = Previous {
                checkpoint: &checkpoint(before),
                frontier,
            };
            Writer::since(out, log.verifier(), note, previous, &self.export, scope).unwrap()
        };
        assert_eq!(writer.first(), period.start as u64);
        inside.iter().for_each(|leaf| writer.leaf(leaf).unwrap());
        let gone = self.entries[period].iter().filter_map(erased);
        let mut carried = Carry::new(gone);
        (0..)
            .zip(before)
            .for_each(|(index, leaf)| carried.push(index, leaf).unwrap());
        let hashes: Vec<Hash> = before.iter().map(|leaf| leaf_hash(leaf)).collect();
        for carried in carried.finish().into_iter().filter_map(carry) {
            let at = usize::try_from(carried.index).unwrap();
            let path = inclusion(&hashes, at).unwrap();
            writer.carry(carried, &before[at], &path).unwrap();
        }
        for opening in openings {
            writer.opening(opening).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// A story in three exports; see [`PERIODS`].
    pub fn chain() -> Self {
        let [a, b, c] = ['a', 'b', 'c'].map(organisation);
        let (m, consent) = (tag('m', 1), tag('c', 1));
        let about = std::slice::from_ref(&m);
        let until = |days: i64| Some(START.parse::<Timestamp>().unwrap() + (days * 24).hours());
        let mut story = Self::empty();
        story.add("covenant.changed", None, tag('v', 1), &[]);
        story.open(r#"{"settings":"contact_deadline_working_days = 5\n"}"#);
        story.add("organisation.registered", Some(&a), tag('o', 1), &[tag('v', 1)]);
        story.open(r#"{"name":"Kinderopvang De Vlinder","sector":"childcare"}"#);
        story.add("organisation.registered", Some(&b), tag('o', 2), &[tag('v', 1)]);
        story.open(r#"{"name":"JGZ Waterland-Noord","sector":"youth-health-care"}"#);
        for (number, org) in [(1, &a), (2, &b)] {
            let signal = story.add("signal.submitted", Some(org), tag('s', number), &[]);
            (signal.to, signal.until) = (Some("active".into()), until(300));
            story.open(r#"{"client":"cl_1","professionalReference":"p-1"}"#);
        }
        let opened = story.add("match.opened", None, m.clone(), &[tag('s', 1), tag('s', 2)]);
        (opened.to, opened.due) = (Some("open".into()), Some(opened.time + 6.seconds()));
        story.add("notice.delivered", Some(&a), tag('n', 1), about);
        story.add("notice.delivered", Some(&b), tag('n', 2), about);
        story.add("consent.requested", Some(&a), consent.clone(), about);
        story.open(r#"{"ageBand":"under12","guardians":1}"#);
        story.add("audit.exported", None, tag('x', 1), &[]);
        story.open(ALL);
        let late = story.add("signal.submitted", Some(&c), tag('s', 3), &[]);
        (late.to, late.until) = (Some("active".into()), until(400));
        story.open(r#"{"client":"cl_3","professionalReference":"p-3"}"#);

        story.add("consent.opened", None, consent.clone(), about);
        story.open(r#"{"number":1,"signatory":"guardian"}"#);
        story.add("consent.given", None, consent.clone(), about).until = until(365);
        story.open(r#"{"number":1,"signatory":"guardian"}"#);
        story.add(
            "content.sent",
            Some(&a),
            tag('d', 1),
            &[m.clone(), consent.clone()],
        );
        story.add("match.joined", Some(&c), m.clone(), &[tag('s', 3)]);
        story.add("notice.delivered", Some(&c), tag('n', 3), about);
        let erased = format!("e_{}", "04".repeat(16));
        story.add("opening.erased", None, erased, &[tag('s', 1)]);
        story.add("audit.exported", None, tag('x', 2), &[]);
        story.open(ALL);

        story.add(
            "content.read",
            Some(&b),
            tag('d', 1),
            &[m.clone(), consent.clone()],
        );
        let confirmed = story.add("match.contact_confirmed", Some(&b), m.clone(), &[]);
        confirmed.to = Some("contact_confirmed".into());
        story.add("consent.withdrawn", None, consent, about);
        story.open(r#"{"number":1,"signatory":"guardian"}"#);
        story.add("match.viewed", Some(&a), m, &[]);
        story.add("audit.exported", None, tag('x', 3), &[]);
        story.open(ALL);
        assert_eq!(story.entries.len(), PERIODS[2].end);
        story
    }
}

/// What can go wrong with what has a course of its own in [`courses`]: a name, the change, whether only the first export or
/// also the second shows it, and the finding with its leaf.
pub struct Wrong {
    pub name: &'static str,
    pub change: fn(&mut Story),
    pub exports: usize,
    pub finding: (&'static str, u64),
}

/// Where the first export of [`courses`] ends, and the second.
pub const COURSES: [usize; 2] = [17, 33];

/// Follow-up, letters, an objection, a request, soft and family matches, a consent that an age boundary ended: an hour
/// for each leaf, in two exports.
pub fn courses() -> Story {
    let [a, b, officer] = ['a', 'b', 'c'].map(organisation);
    let (a, b, officer) = (Some(a.as_str()), Some(b.as_str()), Some(officer.as_str()));
    let [one, two, m] = [tag('s', 1), tag('s', 2), tag('m', 1)];
    let about = std::slice::from_ref(&m);
    let both = [one.clone(), two.clone()];
    let (objection, request) = (tag('b', 1), tag('q', 1));
    let (soft, family) = (tag('p', 1), tag('f', 1));
    let mut story = Story::empty();
    for (org, signal) in [(a, &one), (b, &two)] {
        story.add("signal.submitted", org, signal.clone(), &[]).to = Some("active".into());
    }
    let due = START.parse::<Timestamp>().unwrap() + 5.hours();
    story.add("match.opened", None, m.clone(), &both).due = Some(due);
    story.add("notice.delivered", a, tag('n', 1), about);
    story.add("notice.delivered", b, tag('n', 2), about);
    story.add("follow_up.reminded", None, m.clone(), &[]);
    story.add("follow_up.escalated", officer, m.clone(), &[]);
    story.add("follow_up.viewed", officer, m.clone(), &[]);
    story.add("follow_up.marked", officer, m.clone(), &[]);
    story.add("letter.issued", a, one.clone(), &[]);
    story.add("letter.read", None, one.clone(), &[]);
    story.add(
        "objection.made",
        None,
        objection.clone(),
        std::slice::from_ref(&one),
    );
    story.add("access.requested", None, request.clone(), &[]);
    story.add("consent.requested", a, tag('c', 1), about);
    story.add("soft_match.found", None, soft.clone(), &both);
    story.add("family_match.found", None, family.clone(), &both);
    story.add("audit.exported", None, tag('x', 1), &[]);
    story.add(
        "consent.superseded_by_age",
        None,
        tag('c', 1),
        &[m.clone(), tag('c', 2)],
    );
    story.add("consent.requested", a, tag('c', 2), about);
    story.add("letter.read", None, tag('c', 2), &[]);
    story.add("objection.advised", a, objection.clone(), &[]);
    story.add("objection.decided", officer, objection, &[]).to = Some("upheld".into());
    let destroyed = story.add("signal.destroyed", a, one, &[]);
    destroyed.from = Some("active".into());
    destroyed.to = Some("destroyed(objection)".into());
    story.add("rights_request.extended", officer, request.clone(), &[]);
    story.add("access.given", officer, request.clone(), &[]).until = Some(due + 720.hours());
    story.add("access.viewed", officer, request, &[]);
    story.add("soft_match.confirmed", a, soft.clone(), &[]);
    story.add("soft_match.denied", b, soft, &[]);
    let joined = story.add(
        "family_match.found",
        None,
        family.clone(),
        std::slice::from_ref(&two),
    );
    joined.from = Some("open".into());
    story.add("family_match.ended", None, family.clone(), &[]);
    story.add("family_match.viewed", b, family, &[]);
    story.add("subject.merged", None, tag('w', 1), &[two]);
    story.add("audit.exported", None, tag('x', 2), &[]);
    for (hours, entry) in (0..).zip(&mut story.entries) {
        entry.time = START.parse::<Timestamp>().unwrap() + i64::from(hours).hours();
    }
    for end in COURSES {
        story.openings.insert(end - 1, ALL.into());
    }
    assert_eq!(story.entries.len(), COURSES[1]);
    story
}

/// A wrong order of each.
pub fn wrong_courses() -> Vec<Wrong> {
    let wrong = |name, exports, finding, change| Wrong {
        name,
        change,
        exports,
        finding,
    };
    fn event(story: &mut Story, place: usize, event: &str) {
        story.entries[place].event = event.into();
    }
    vec![
        wrong("escalated-early", 1, ("follow-up-order", 6), |story| {
            story.entries[2].due = Some(START.parse::<Timestamp>().unwrap() + 7.hours());
        }),
        wrong("escalated-twice", 1, ("follow-up-order", 8), |story| {
            event(story, 8, "follow_up.escalated");
        }),
        wrong("escalated-again-later", 2, ("follow-up-order", 31), |story| {
            event(story, 31, "follow_up.escalated");
            (story.entries[31].sub, story.entries[31].rel) = (tag('m', 1), vec![]);
        }),
        wrong("viewed-before-escalated", 1, ("follow-up-order", 6), |story| {
            event(story, 6, "follow_up.viewed");
            event(story, 7, "follow_up.escalated");
        }),
        wrong("follow-up-of-no-match", 1, ("match-unknown", 7), |story| {
            story.entries[7].sub = tag('m', 9);
        }),
        wrong("letter-read-unissued", 1, ("letter-order", 10), |story| {
            event(story, 9, "signal.viewed");
        }),
        wrong("letter-read-unissued-later", 2, ("letter-order", 30), |story| {
            event(story, 30, "letter.read");
            (story.entries[30].org, story.entries[30].sub) = (None, tag('s', 2));
        }),
        wrong(
            "objection-to-no-signal",
            1,
            ("case-signal-unknown", 11),
            |story| {
                story.entries[11].rel = vec![tag('s', 9)];
            },
        ),
        wrong("objection-advised-when-decided", 2, ("case-order", 23), |story| {
            event(story, 23, "objection.advised");
            story.entries[23].sub = tag('b', 1);
        }),
        wrong(
            "objection-withdrawn-when-decided",
            2,
            ("case-order", 23),
            |story| {
                event(story, 23, "objection.withdrawn");
                story.entries[23].sub = tag('b', 1);
            },
        ),
        wrong(
            "objection-upheld-for-nothing",
            2,
            ("objection-without-end", 21),
            |story| {
                event(story, 22, "signal.viewed");
                (story.entries[22].from, story.entries[22].to) = (None, None);
            },
        ),
        wrong("request-made-twice", 1, ("case-order", 13), |story| {
            event(story, 13, "erasure.requested");
            (story.entries[13].sub, story.entries[13].rel) = (tag('q', 1), vec![]);
            event(story, 12, "access.requested");
        }),
        wrong("file-viewed-ungiven", 2, ("case-order", 25), |story| {
            event(story, 24, "rights_request.extended");
        }),
        wrong("request-withdrawn-when-given", 2, ("case-order", 25), |story| {
            event(story, 25, "rights_request.withdrawn");
        }),
        wrong("soft-match-answered-unfound", 1, ("case-order", 14), |story| {
            event(story, 14, "soft_match.denied");
        }),
        wrong("family-match-goes-on-ended", 2, ("case-order", 30), |story| {
            event(story, 30, "family_match.found");
            story.entries[30].from = Some("open".into());
        }),
        wrong(
            "joined-with-a-destroyed-signal",
            2,
            ("case-signal-unknown", 31),
            |story| {
                story.entries[31].rel = vec![tag('s', 1)];
            },
        ),
        wrong(
            "superseded-by-nothing",
            2,
            ("consent-without-successor", 17),
            |story| {
                story.entries[17].rel[1] = tag('c', 9);
            },
        ),
    ]
}

/// The periods of [`Story::chain`], whose exports have the tags `x` 1, 2 and 3.
pub const PERIODS: [Range<usize>; 3] = [0..11, 11..18, 18..23];

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

/// A signal of organisation `c` with this life, by the number of its leaf: submitted, then what is said of it.
pub fn told(leaves: &[(&str, Option<&str>, i64)]) -> Story {
    let mut story = Story::empty();
    let c = organisation('c');
    let day = |days: i64| START.parse::<Timestamp>().unwrap() + (days * 24).hours();
    let submitted = story.add("signal.submitted", Some(&c), tag('s', 1), &[]);
    (submitted.to, submitted.due, submitted.until) = (Some("active".into()), Some(day(14)), Some(day(300)));
    for (event, to, at) in leaves {
        let sub = if event.starts_with("audit") {
            tag('x', 1)
        } else {
            tag('s', 1)
        };
        let entry = story.add(event, Some(&c), sub, &[]);
        entry.time = day(*at);
        match *event {
            "signal.paused" => {
                (entry.from, entry.to) = (Some("active".into()), Some("paused(no_disclosure)".into()))
            }
            "signal.resumed" => {
                (entry.from, entry.to) = (Some("paused(no_disclosure)".into()), Some("active".into()))
            }
            "signal.ended" => {
                (entry.from, entry.to) = (Some("active".into()), Some("ended(resolved)".into()))
            }
            "disclosure.postponed" => entry.until = to.map(|days| day(days.parse().unwrap())),
            _ => {}
        }
    }
    let exported = story.add("audit.exported", None, tag('x', 1), &[]);
    exported.time = day(leaves.last().map_or(0, |leaf| leaf.2));
    story.openings.insert(story.entries.len() - 1, ALL.into());
    story
}

/// Consents of every sureness in one match. What each is called, how it stands in its leaf, whether a code was used for it,
/// and whether a professional recorded one of its signatures: used after five minutes, given after another five.
pub const SURENESSES: [(&str, bool, bool); 6] = [
    ("given(letter)", true, false),
    ("given(oidc)", true, false),
    ("given(assisted)", true, false),
    ("given(attested)", false, true),
    ("given(attested)", true, true),
    ("given", true, false),
];

/// The story of [`SURENESSES`]: the consent at place `n` has the tag `c` and `n` + 1.
pub fn surenesses() -> Story {
    let [a, b] = ['a', 'b'].map(organisation);
    let (a, b) = (Some(a.as_str()), Some(b.as_str()));
    let m = tag('m', 1);
    let about = std::slice::from_ref(&m);
    let mut story = Story::empty();
    for (org, number) in [(a, 1), (b, 2)] {
        story.add("signal.submitted", org, tag('s', number), &[]).to = Some("active".into());
    }
    story.add("match.opened", None, m.clone(), &[tag('s', 1), tag('s', 2)]);
    story.add("notice.delivered", a, tag('n', 1), about);
    story.add("notice.delivered", b, tag('n', 2), about);
    let later = |story: &mut Story, minutes: i64| {
        let last = story.entries.len() - 1;
        story.entries[last].time += minutes.minutes();
    };
    for number in 1..=SURENESSES.len() as u32 {
        story.add("consent.requested", a, tag('c', number), about);
    }
    for (number, (to, used, recorded)) in (1..).zip(SURENESSES) {
        let consent = tag('c', number);
        if recorded {
            // A minute after the request: no use of a code.
            story.add("consent.signed", a, consent.clone(), about);
            later(&mut story, 1);
        }
        if used {
            story.add("consent.opened", None, consent.clone(), about);
            later(&mut story, 5);
        }
        let given = story.add("consent.given", None, consent, about);
        (given.to, given.until) = (Some(to.into()), Some(given.time + 8760.hours()));
        later(&mut story, 10);
    }
    // Times do not run back: what comes to stand before an earlier leaf stands with it.
    for at in 1..story.entries.len() {
        story.entries[at].time = story.entries[at].time.max(story.entries[at - 1].time);
    }
    story.add("audit.exported", None, tag('x', 1), &[]);
    later(&mut story, 10);
    story.open(ALL);
    story
}
