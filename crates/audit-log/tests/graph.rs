//! What a supervisor runs is small enough to be looked through: at most 40 crates in the whole graph of the verifier,
//! build scripts and macros included, and none that speaks to a network.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::collections::BTreeSet;
use std::process::Command;

const MOST: usize = 40;

#[test]
fn the_verifiers_graph_has_at_most_40_crates_and_no_network() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--package",
            "audit-log",
            "--edges",
            "normal,build",
        ])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    // `name v1.2.3 (proc-macro) (*)`
    let crates: BTreeSet<(&str, &str)> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?))
        })
        .collect();
    assert!(crates.len() > 10, "{text}");
    assert!(crates.len() <= MOST, "{} crates:\n{text}", crates.len());
    for (name, _) in &crates {
        let network = [
            "tokio", "mio", "socket2", "hyper", "reqwest", "rustls", "openssl", "curl",
        ];
        assert!(!network.contains(name), "{name}");
    }
    println!("{} crates", crates.len());
}
