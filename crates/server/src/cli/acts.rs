//! The commands, held against the table of who may do what.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};
use domain::actor::acts::{ACTS, Who};

use super::Line;

/// Commands by which nobody acts on a service: those of the keyholder and of witnesses are other people's, and the rest
/// play, measure, or do what any client does.
const ELSEWHERE: &[&str] = &[
    "trefpunt audit export",
    "trefpunt bench",
    "trefpunt conformance",
    "trefpunt demo",
    "trefpunt exchange",
    "trefpunt keyholder",
    "trefpunt letter",
    "trefpunt load",
    "trefpunt organisation access-token",
    "trefpunt sandbox",
    "trefpunt token",
    "trefpunt witness",
];

fn leaves(command: &Command, name: &str, found: &mut BTreeSet<String>) {
    if ELSEWHERE.contains(&name) {
        return;
    }
    let mut below = command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
        .peekable();
    if below.peek().is_none() {
        found.insert(name.to_owned());
    }
    for command in below {
        leaves(command, &format!("{name} {}", command.get_name()), found);
    }
}

#[test]
fn the_operators_commands_are_those_of_the_table_of_acts() {
    let mut commands = BTreeSet::new();
    leaves(&Line::command(), "trefpunt", &mut commands);
    let table: BTreeSet<String> = ACTS
        .iter()
        .filter(|act| act.who == Who::Operator)
        .map(|act| act.name.to_owned())
        .collect();
    let (missing, gone): (Vec<_>, Vec<_>) = (
        commands.difference(&table).collect(),
        table.difference(&commands).collect(),
    );
    assert!(missing.is_empty(), "not in domain::actor::acts: {missing:#?}");
    assert!(gone.is_empty(), "no commands any more: {gone:#?}");
}
