//! The named reports a supervisor reads first: reports.json, reports.csv and reports.txt. The writer of a bundle makes
//! them with these functions, the verifier makes them anew from the leaves and compares every byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::replay::{AboutSignal, Facts, WhyUndisclosed, looked_at};
use crate::entry::Entry;
use crate::text::{Fraction, hex, push_time};

/// The first row of reports.csv.
pub(crate) const CSV_HEAD: &str = "report,index,time,record,organisation,value\r\n";
/// A letter used within so many minutes of its issue is counted apart.
const SOON_MINUTES: i64 = 10;

/// What the reports are called, in their order.
pub const REPORTS: [&str; 6] = [
    "exchanges-without-consent",
    "matches-without-contact",
    "signals-without-disclosure",
    "signals-past-retention",
    "letter-consents",
    "views",
];

/// Appends the row of the report `views` that belongs to this leaf, if any. These rows come first in reports.csv, in the
/// order of the log, so that they need not be remembered.
pub(crate) fn push_view(index: u64, entry: &Entry, out: &mut Vec<u8>) {
    let Some(looked_at) = looked_at(entry) else { return };
    let mut time = String::new();
    push_time(&mut time, entry.time, Fraction::Always);
    let organisation = entry.org.as_deref().unwrap_or_default();
    let (record, event) = (hex(&looked_at), &entry.event);
    let row = format!("views,{index},{time},m_{record},{organisation},{event}\r\n");
    out.extend_from_slice(row.as_bytes());
}

/// The reports that are made when the last leaf has passed.
pub(crate) struct Reports<'a> {
    facts: &'a Facts,
    exchanges: u64,
}

impl<'a> Reports<'a> {
    pub(crate) fn new(facts: &'a Facts) -> Self {
        Self {
            facts,
            exchanges: facts.exchanges().count() as u64,
        }
    }

    /// Each report with the number of its rows.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 6] {
        let facts = self.facts;
        let counts = [
            self.exchanges,
            facts.late.len() as u64,
            facts.undisclosed.len() as u64,
            facts.overdue.len() as u64,
            facts.consents.len() as u64,
            facts.views,
        ];
        std::array::from_fn(|at| (REPORTS[at], counts[at]))
    }

    /// Hands the rows of reports.csv after those of `views` to `push`.
    pub(crate) fn rows<E>(&self, mut push: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let facts = self.facts;
        for (place, rule) in facts.exchanges() {
            push(row(REPORTS[0], place, "", "", "", rule.slug).as_bytes())?;
        }
        for late in &facts.late {
            let tag = facts.matches.get(late.match_case as usize);
            let record = tag.map_or_else(String::new, |tag| format!("m_{}", hex(tag)));
            let after = late.after.map_or_else(
                || "none".to_owned(),
                |(what, at)| format!("{} {}", what.slug(), seconds(at)),
            );
            push(row(REPORTS[1], late.place, &seconds(late.due), &record, "", &after).as_bytes())?;
        }
        for row in &facts.undisclosed {
            let value = match row.why {
                WhyUndisclosed::Late(None) => "none".to_owned(),
                WhyUndisclosed::Late(Some((what, at))) => format!("{} {}", what.slug(), seconds(at)),
                WhyUndisclosed::Postponed(until) => format!("until {}", seconds(until)),
            };
            let record = format!("s_{}", hex(&row.tag));
            let organisation = self.organisation(row.organisation);
            let text = self::row(
                REPORTS[2],
                row.place,
                &seconds(row.at),
                &record,
                organisation,
                &value,
            );
            push(text.as_bytes())?;
        }
        for signal in &facts.overdue {
            push(self.signal(REPORTS[3], signal).as_bytes())?;
        }
        for given in &facts.consents {
            let record = format!("c_{}", hex(&given.tag));
            let minutes = given.minutes.to_string();
            let issuer = self.organisation(given.issuer);
            push(
                row(
                    REPORTS[4],
                    given.place,
                    &seconds(given.at),
                    &record,
                    issuer,
                    &minutes,
                )
                .as_bytes(),
            )?;
        }
        Ok(())
    }

    fn signal(&self, report: &str, signal: &AboutSignal) -> String {
        let until = if signal.until == 0 {
            String::new()
        } else {
            seconds(i64::from(signal.until) * 60)
        };
        let record = format!("s_{}", hex(&signal.tag));
        row(
            report,
            signal.place,
            &until,
            &record,
            self.organisation(signal.organisation),
            "",
        )
    }

    fn organisation(&self, number: u32) -> &str {
        self.facts
            .organisations
            .get(number as usize)
            .map_or("", |name| name)
    }

    /// Letters by who issued them: how many, how many used within ten minutes, the shortest, the median.
    fn issuers(&self) -> BTreeMap<&str, (usize, usize, i64, i64)> {
        let mut minutes: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for given in &self.facts.consents {
            let issuer = self.organisation(given.issuer);
            minutes.entry(issuer).or_default().push(given.minutes);
        }
        let all = minutes.into_iter().map(|(issuer, mut minutes)| {
            minutes.sort_unstable();
            let soon = minutes.partition_point(|minutes| *minutes < SOON_MINUTES);
            let median = minutes[(minutes.len() - 1) / 2];
            (issuer, (minutes.len(), soon, minutes[0], median))
        });
        all.collect()
    }

    /// reports.json. Written by hand: its bytes must not depend on how a JSON library orders members.
    pub(crate) fn to_json(&self) -> String {
        let time = |time: Option<Timestamp>| {
            time.map_or_else(
                || "null".to_owned(),
                |time| format!("\"{}\"", seconds(time.as_second())),
            )
        };
        let mut out = format!(
            "{{\n  \"format\": \"trefpunt-audit-reports/1\",\n  \"after\": {},\n  \"upTo\": {},\n  \"reports\": [",
            time(self.facts.from),
            time(self.facts.to)
        );
        for (at, (name, count)) in self.counts().into_iter().enumerate() {
            let separator = if at == 0 { "" } else { "," };
            let _ = write!(out, "{separator}\n    {{\"name\": \"{name}\", \"count\": {count}");
            match name {
                "exchanges-without-consent" | "signals-past-retention" => out.push_str(", \"expected\": 0"),
                "letter-consents" => self.push_issuers(&mut out),
                _ => {}
            }
            out.push('}');
        }
        out.push_str("\n  ]\n}\n");
        out
    }

    fn push_issuers(&self, out: &mut String) {
        out.push_str(", \"byIssuer\": [");
        for (at, (issuer, (count, soon, shortest, median))) in self.issuers().into_iter().enumerate() {
            let _ = write!(
                out,
                "{}\n      {{\"organisation\": \"{issuer}\", \"count\": {count}, \"withinTenMinutes\": {soon}, \
                 \"shortestMinutes\": {shortest}, \"medianMinutes\": {median}}}",
                if at == 0 { "" } else { "," },
            );
        }
        out.push(']');
    }

    /// reports.txt, in Dutch and in English.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        for (at, texts) in [&DUTCH, &ENGLISH].into_iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            let _ = writeln!(out, "{}", texts.title);
            let after = self.facts.from.map(|from| seconds(from.as_second()));
            let to = self.facts.to.map(|to| seconds(to.as_second()));
            let _ = writeln!(
                out,
                "{} {} - {}\n",
                texts.period,
                after.as_deref().unwrap_or(texts.begin),
                to.as_deref().unwrap_or("-"),
            );
            for ((name, count), (title, meaning)) in self.counts().into_iter().zip(texts.reports) {
                let _ = writeln!(out, "{count:>8}  {title}\n{:10}{meaning}", "");
                if name == "letter-consents" {
                    self.push_letters(&mut out, texts);
                }
            }
            let _ = writeln!(out, "\n{}", texts.rows);
        }
        out
    }

    fn push_letters(&self, out: &mut String, texts: &Texts) {
        for (issuer, (count, soon, shortest, median)) in self.issuers() {
            let _ = writeln!(
                out,
                "{:10}{issuer}: {count} {}, {soon} {} {SOON_MINUTES} min, {} {shortest} min, {} {median} min",
                "", texts.letters, texts.within, texts.shortest, texts.median
            );
        }
    }
}

fn row(report: &str, index: u32, time: &str, record: &str, organisation: &str, value: &str) -> String {
    format!("{report},{index},{time},{record},{organisation},{value}\r\n")
}

/// A time by its seconds since 1970.
fn seconds(at: i64) -> String {
    let mut out = String::new();
    if let Ok(time) = Timestamp::from_second(at) {
        push_time(&mut out, time, Fraction::WhenPresent);
    }
    out
}

struct Texts {
    title: &'static str,
    period: &'static str,
    begin: &'static str,
    reports: [(&'static str, &'static str); 6],
    letters: &'static str,
    within: &'static str,
    shortest: &'static str,
    median: &'static str,
    rows: &'static str,
}

const DUTCH: Texts = Texts {
    title: "RAPPORTEN",
    period: "Periode:",
    begin: "het begin van het log",
    reports: [
        (
            "uitwisselingen zonder geldige toestemming (exchanges-without-consent); hoort 0 te zijn",
            "Inhoud verstuurd of gelezen terwijl er geen geldige toestemming was.",
        ),
        (
            "matches zonder contact binnen de termijn (matches-without-contact)",
            "De termijn liep in deze periode af en niet alle partijen hadden contact bevestigd.",
        ),
        (
            "keren dat de familie niet op tijd is ge\u{ef}nformeerd, of dat is uitgesteld (signals-without-disclosure)",
            "De termijn liep in deze periode af zonder vastlegging, of een tweede persoon keurde uitstel goed.",
        ),
        (
            "signalen over de bewaartermijn (signals-past-retention); hoort 0 te zijn",
            "Het geplande einde is langer dan een dag voorbij en het log noemt geen einde.",
        ),
        (
            "toestemmingen met een brief (letter-consents)",
            "Gegeven in deze periode; per instantie de minuten tussen uitgifte van de brief en eerste gebruik. Zonder\n          \
             toestemmingen waarbij iedereen inlogde of aan een balie kwam, of een professional alles vastlegde.",
        ),
        (
            "keren dat een match of een bericht is bekeken (views)",
            "Wie keek naar welke match: zoek in reports.csv op het kenmerk van de match.",
        ),
    ],
    letters: "brieven",
    within: "binnen",
    shortest: "kortste",
    median: "mediaan",
    rows: "De regels staan in reports.csv, met hun plaats in events.csv.",
};

const ENGLISH: Texts = Texts {
    title: "REPORTS",
    period: "Period:",
    begin: "the beginning of the log",
    reports: [
        (
            "exchanges without valid consent (exchanges-without-consent); should be 0",
            "Content sent or read while no valid consent stood.",
        ),
        (
            "matches without contact within the deadline (matches-without-contact)",
            "The deadline passed in this period and not every party had confirmed contact.",
        ),
        (
            "times the family was not informed in time, or that was postponed (signals-without-disclosure)",
            "The deadline passed in this period with nothing recorded, or a second person approved postponing.",
        ),
        (
            "signals past their retention (signals-past-retention); should be 0",
            "The planned end is more than a day ago and the log tells of no end.",
        ),
        (
            "consents by letter (letter-consents)",
            "Given in this period; by organisation the minutes between issue of the letter and first use. Without\n          \
             consents for which all logged in or came to a desk, or of which a professional recorded everything.",
        ),
        (
            "times a match or a message was looked at (views)",
            "Who looked at which match: search reports.csv for the match's tag.",
        ),
    ],
    letters: "letters",
    within: "within",
    shortest: "shortest",
    median: "median",
    rows: "The rows are in reports.csv, with their place in events.csv.",
};
