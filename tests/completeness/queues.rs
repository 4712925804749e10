//! Every queue of the program has a bound, and docs/PERFORMANCE.md tells it: the table there is compared with the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What makes a queue, or bounds how much is under way.
const MAKES_A_QUEUE: [&str; 3] = ["Semaphore::new(", "mpsc::channel(", "unbounded"];

/// The programs that answer others. What only measures, shows or judges them is left out.
const CRATES: [&str; 6] = ["casework", "keyholder", "server", "service-http", "store", "web"];
const LEFT_OUT: [&str; 4] = ["/bench", "/conformance", "/demo", "/tests"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is between code marks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The value of a constant, which is a number.
fn value(source: &str, name: &str) -> Option<u64> {
    let line = source
        .lines()
        .find(|line| line.contains(&format!("const {name}: ")))?;
    let (_, value) = line.split_once(" = ")?;
    value.trim_end_matches(';').replace('_', "").parse().ok()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_queue_is_in_the_table_with_its_bound() {
    let document = fs::read_to_string(root().join("docs/PERFORMANCE.md")).unwrap();
    let (_, table) = document.split_once("<!-- queues -->").unwrap();
    let (table, _) = table.split_once("<!-- /queues -->").unwrap();
    let mut told = BTreeSet::new();
    for row in table.trim().lines().skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, what, most, place, ..] = cells[..] else {
            panic!("not a row: {row}")
        };
        let place = code(place);
        let source = fs::read_to_string(root().join(place[0]));
        let source = source.unwrap_or_else(|error| panic!("{what}: {}: {error}", place[0]));
        told.insert(place[0].to_owned());
        if let [_, name] = place[..] {
            let most: Option<u64> = most.replace(',', "").parse().ok();
            assert!(most.is_some(), "{what}: no number");
            assert_eq!(value(&source, name), most, "{what}");
        }
    }
    assert!(told.len() > 10, "{told:?}");
    let mut made = BTreeSet::new();
    for name in CRATES {
        let mut files = Vec::new();
        sources(&root().join("crates").join(name).join("src"), &mut files);
        for file in files {
            let path = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            if MAKES_A_QUEUE.iter().any(|makes| text.contains(makes))
                && !LEFT_OUT.iter().any(|part| path.contains(part))
            {
                made.insert(path);
            }
        }
    }
    let untold: Vec<_> = made.difference(&told).collect();
    assert!(
        untold.is_empty(),
        "queues that docs/PERFORMANCE.md does not tell of: {untold:?}"
    );
    assert!(made.len() > 5, "{made:?}");
}
