//! Where the workspace uses messages, found in its source text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Everything found.
#[derive(Debug, Default)]
pub struct Used {
    /// All strings in quotes: a key stands in one, wherever it is chosen.
    pub literals: BTreeSet<String>,
    /// Calls that name their key.
    pub calls: Vec<Call>,
}

/// `say("key")`, `with("key", &[("name", ...)])`, `around("key", "name")`.
#[derive(Debug)]
pub struct Call {
    pub file: String,
    pub key: String,
    /// What it is given; none where the values are put together elsewhere.
    pub variables: Option<BTreeSet<String>>,
}

/// Looks through the sources and templates of all crates, but for what is only compiled for tests.
pub fn in_the_workspace() -> Used {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crates).expect("the crates").flatten() {
        collect(&entry.path().join("src"), &mut files);
        collect(&entry.path().join("templates"), &mut files);
    }
    let mut used = Used::default();
    for file in files {
        let source = std::fs::read_to_string(&file).expect("a source file");
        used.read(&file, &source);
    }
    used
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, files);
        } else if (name.ends_with(".rs") && name != "tests.rs") || name.ends_with(".html") {
            files.push(path);
        }
    }
}

impl Used {
    fn read(&mut self, file: &Path, source: &str) {
        for (at, _) in source.match_indices('"') {
            if let Some(text) = string(&source[at..]) {
                self.literals.insert(text.to_owned());
            }
        }
        for name in [".say(", ".with(", ".around("] {
            for (at, _) in source.match_indices(name) {
                let rest = source[at + name.len()..].trim_start();
                let Some(key) = string(rest) else { continue };
                // `with` is also a method of others, whose strings are no keys.
                if !texts::AREAS
                    .iter()
                    .any(|area| key.starts_with(&format!("{area}-")))
                {
                    continue;
                }
                let after = rest[key.len() + 2..].trim_start_matches([',', ' ', '\n']);
                self.calls.push(Call {
                    file: file.display().to_string(),
                    key: key.to_owned(),
                    variables: match name {
                        ".say(" => Some(BTreeSet::new()),
                        ".around(" => string(after).map(|variable| BTreeSet::from([variable.to_owned()])),
                        _ => after.strip_prefix("&[").map(names),
                    },
                });
            }
        }
    }
}

/// The string that a text begins with.
fn string(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.split('"').next()
}

/// The names in `("who", &a), ("when", &b)]`: the first string of each pair.
fn names(pairs: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut depth = 0;
    for (at, letter) in pairs.char_indices() {
        match letter {
            '(' | '[' => {
                let first = string(pairs[at + 1..].trim_start());
                if let Some(name) = first.filter(|_| depth == 0) {
                    names.insert(name.to_owned());
                }
                depth += 1;
            }
            ']' if depth == 0 => break,
            ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    names
}

/// The words that each page's template holds outside markup, comments and expressions, and in what markup reads out.
pub fn words_in_templates() -> Vec<(String, Vec<String>)> {
    let portal = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/templates/portal");
    let mut files = Vec::new();
    collect(&portal, &mut files);
    // Parts are given their words.
    files.retain(|file| !file.starts_with(portal.join("parts")));
    assert!(files.len() > 10, "the templates were not found");
    let read = |file: PathBuf| {
        let source = std::fs::read_to_string(&file).expect("a template");
        let mut page = source;
        for (open, close) in [("{#", "#}"), ("{{", "}}"), ("{%", "%}"), ("<style", "</style>")] {
            page = without(&page, open, close);
        }
        let mut said: String = ["aria-label=\"", " alt=\"", " title=\"", " placeholder=\""]
            .iter()
            .flat_map(|name| page.split(name).skip(1))
            .filter_map(|value| value.split('"').next())
            .fold(String::new(), |all, value| all + " " + value);
        said.push_str(&without(&page, "<", ">"));
        let words = said.split(|letter: char| !letter.is_alphabetic());
        let words = words.filter(|word| word.chars().count() > 1).map(str::to_owned);
        (file.display().to_string(), words.collect())
    };
    files.into_iter().map(read).collect()
}

/// A text without what stands between these marks, and without them.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut pieces = text.split(open);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| {
        all + " " + piece.split_once(close).map_or("", |(_, rest)| rest)
    })
}
