//! Every page and download of the portal, taken from the code that serves them, so that none that is added is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tests::{Answer, Http, Region};

/// The languages of the portal, as `?taal=` takes them.
pub(crate) const LANGUAGES: [&str; 6] = ["nl", "en", "tr", "ar", "pl", "uk"];

/// An address of the portal as `crates/web/src/portal.rs` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// From the root on, perhaps with a part in braces.
    pub(crate) path: String,
    /// Whether GET and HEAD are answered.
    pub(crate) reads: bool,
    /// Whether POST is.
    pub(crate) acts: bool,
}

/// All of them. An address that is written in a way this cannot read makes it stop, so that none passes by unseen.
pub(crate) fn routes() -> Vec<Route> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/web/src/portal.rs");
    let source = fs::read_to_string(file).unwrap();
    let (_, after) = source.split_once("web::scope(\"/portal\")").unwrap();
    let (scope, _) = after.split_once(".default_service(").unwrap();
    assert!(
        !scope.contains(".configure(") && !scope.contains(".route("),
        "addresses elsewhere"
    );
    let mut routes = Vec::new();
    for service in scope.split(".service(").skip(1) {
        let (kind, rest) = service.split_once('(').unwrap();
        let (reads, acts) = match kind.trim() {
            "page" => (true, false),
            "act" => (false, true),
            "page_and_act" => (true, true),
            other => panic!("the walk does not know what `{other}` serves"),
        };
        let written = rest.trim_start().strip_prefix('"').unwrap();
        let path = written.split('"').next().unwrap();
        routes.push(Route {
            path: format!("/portal{path}"),
            reads,
            acts,
        });
    }
    assert!(routes.len() > 10, "{routes:?}");
    routes
}

/// An answer, as far as whoever gets it can read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// All that a session shows, by address and language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown(pub(crate) BTreeMap<(String, &'static str), Seen>);

impl Shown {
    /// Reads every page and download with this cookie, in each of these languages.
    pub(crate) async fn to(region: &Region, cookie: &str, languages: &[&'static str]) -> Self {
        let http = Http::new(&region.portal_url);
        let mut shown = BTreeMap::new();
        for language in languages {
            let mut waiting = BTreeSet::new();
            let mut variable = Vec::new();
            for route in routes().into_iter().filter(|route| route.reads) {
                match route.path.split_once('{') {
                    None => drop(waiting.insert(route.path)),
                    // What takes a part is reached by the links of the other pages, and by one that leads to nothing.
                    Some((stem, _)) => {
                        waiting.insert(format!("{stem}0"));
                        variable.push(stem.to_owned());
                    }
                }
            }
            let mut read = BTreeSet::new();
            while let Some(path) = waiting.pop_first() {
                let answer = http
                    .get(&format!("{path}?taal={language}"), &[("cookie", cookie)])
                    .await;
                let mut seen = Seen::of(&answer);
                // Each region has an address of its own.
                seen.text = seen.text.replace(&region.portal_url, "http://portal");
                if seen.kind.starts_with("text/html") {
                    let linked = links(&seen.text).into_iter();
                    let ours =
                        linked.filter(|link| variable.iter().any(|stem| link.starts_with(stem.as_str())));
                    waiting.extend(ours.filter(|link| !read.contains(link)));
                }
                read.insert(path.clone());
                shown.insert((path, *language), seen);
            }
        }
        Self(shown)
    }

    /// Nothing of this stands anywhere.
    pub(crate) fn assert_silent_about(&self, canaries: &[&str], when: &str) {
        let says = |seen: &Seen, canary: &str| seen.text.contains(canary) || seen.location.contains(canary);
        let found: Vec<String> = self
            .0
            .iter()
            .flat_map(|((path, language), seen)| {
                let said = canaries.iter().filter(move |canary| says(seen, canary));
                said.map(move |canary| format!("{canary} in {path} ({language})"))
            })
            .collect();
        assert!(found.is_empty(), "{when}: {found:?}");
    }

    /// On which addresses this stands.
    pub(crate) fn that_say(&self, text: &str) -> BTreeSet<&str> {
        let found = self.0.iter().filter(|(_, seen)| seen.text.contains(text));
        found.map(|((path, _), _)| path.as_str()).collect()
    }

    /// Every form on every page, once for each of its buttons.
    pub(crate) fn forms(&self) -> BTreeSet<Form> {
        self.0.values().flat_map(|seen| forms(&seen.text)).collect()
    }

    /// It is the same as the other, but for secrets, ids and times of day, which differ each time.
    pub(crate) fn assert_same_as(&self, other: &Self, what: &str) {
        let addresses = |shown: &Self| shown.0.keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            addresses(self),
            addresses(other),
            "{what}: other addresses are linked"
        );
        let mut differ = Vec::new();
        for (key, seen) in &self.0 {
            let (ours, theirs) = (seen.settled(), other.0[key].settled());
            if ours != theirs {
                let lines = ours.text.lines().zip(theirs.text.lines());
                let line = lines.into_iter().find(|(ours, theirs)| ours != theirs);
                differ.push(format!("{key:?} {} {}: {line:?}", ours.status, theirs.status));
            }
        }
        assert!(differ.is_empty(), "{what}: {differ:#?}");
    }
}

impl Seen {
    fn of(answer: &Answer) -> Self {
        let header = |name| answer.header(name).unwrap_or_default().to_owned();
        let kind = header("content-type");
        let text = match kind.as_str() {
            "application/pdf" => words_of_pdf(&answer.body),
            kind if kind.starts_with("image/") => String::new(),
            _ => String::from_utf8(answer.body.clone()).unwrap(),
        };
        Self {
            status: answer.status,
            location: header("location"),
            kind,
            text,
        }
    }

    fn settled(&self) -> Self {
        Self {
            text: settled(&self.text),
            location: settled(&self.location),
            ..self.clone()
        }
    }
}

/// What differs each time put aside: words of 16 characters and more with a digit in them (secrets, ids, tokens,
/// signatures), and times of day.
fn settled(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+' | '=');
    for c in text.chars().chain(['\n']) {
        if of_word(c) {
            word.push(c);
            continue;
        }
        let secret = word.len() >= 16 && word.contains(|c: char| c.is_ascii_digit());
        out.push_str(if secret {
            "…"
        } else if is_time_of_day(&word) {
            "·"
        } else {
            &word
        });
        out.push(c);
        word.clear();
    }
    out
}

fn is_time_of_day(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':']);
    let Some((hour, minute)) = word.split_once([':', '.']) else {
        return false;
    };
    let two = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    two(hour) && minute.split(':').all(two)
}

/// A form as a browser would send it, with one of its buttons pressed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// Sends it with this cookie. What the reader would type is filled in.
    pub(crate) async fn send(&self, region: &Region, cookie: &str) -> Answer {
        let fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| match value.as_str() {
                "" => (name.as_str(), "1"),
                value => (name.as_str(), value),
            })
            .collect();
        let http = Http::new(&region.portal_url);
        http.post_form(&self.action, &[("cookie", cookie)], &fields).await
    }
}

fn forms(html: &str) -> Vec<Form> {
    let mut found = Vec::new();
    for after in html.split("<form ").skip(1) {
        let (tag, inner) = after.split_once('>').unwrap();
        if attribute(tag, "method").as_deref() != Some("post") {
            continue;
        }
        let (form, _) = inner.split_once("</form>").unwrap();
        let action = attribute(tag, "action").unwrap();
        let named = |piece: &str| {
            let tag = piece.split('>').next()?;
            let value = attribute(tag, "value").unwrap_or_default();
            attribute(tag, "name").map(|name| (name, value))
        };
        let inputs = ["<input ", "<textarea ", "<select "]
            .into_iter()
            .flat_map(|kind| form.split(kind).skip(1).filter_map(named));
        let mut fields = BTreeMap::new();
        for (name, value) in inputs {
            fields.entry(name).or_insert(value);
        }
        for button in form.split("<button").skip(1) {
            let mut fields: Vec<_> = fields.clone().into_iter().collect();
            fields.extend(named(button));
            found.push(Form {
                action: action.clone(),
                fields,
            });
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag
        .split_once(&format!(" {name}=\""))
        .or_else(|| tag.split_once(&format!("{name}=\"")))?;
    Some(after.split('"').next()?.replace("&amp;", "&"))
}

/// Where the links of a page lead, without what follows a question mark.
fn links(html: &str) -> Vec<String> {
    html.split("href=\"")
        .skip(1)
        .filter_map(|after| after.split('"').next())
        .filter_map(|link| link.split(['?', '#']).next())
        .map(str::to_owned)
        .collect()
}

/// The words of a document, as a reader of the screen would hear them.
fn words_of_pdf(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext, of Debian's poppler-utils");
    let mut into = reader.stdin.take().unwrap();
    let pdf = pdf.to_vec();
    let writing = std::thread::spawn(move || into.write_all(&pdf));
    let read = reader.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(read.status.success(), "a document that cannot be read");
    String::from_utf8(read.stdout).unwrap()
}

#[test]
fn the_walk_sees_the_addresses_there_are() {
    let routes = routes();
    let find = |path: &str| routes.iter().find(|route| route.path == path);
    let start = find("/portal").unwrap();
    assert!(start.reads && !start.acts);
    let code = find("/portal/code").unwrap();
    assert!(code.acts && !code.reads);
    let withdraw = find("/portal/intrekken").unwrap();
    assert!(withdraw.reads && withdraw.acts);
}

#[test]
fn what_differs_each_time_is_put_aside_and_nothing_else() {
    let one = "<p>Om 10:05 uur, 2 maart 2027</p><input value=\"BwcHBwcHBwcHBwcH1\"> zorgprofessionals 3 keer";
    let other = one
        .replace("10:05", "9:41")
        .replace("BwcHBwcHBwcHBwcH1", "CwcHBwcHBwcHBwcH2");
    assert_eq!(settled(one), settled(&other));
    for (from, to) in [("2 maart", "3 maart"), ("3 keer", "4 keer"), ("zorg", "politie")] {
        assert_ne!(settled(one), settled(&one.replace(from, to)));
    }
}
