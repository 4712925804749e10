//! Whether the database has room for the processes that use it. Each takes a bounded number of connections, and one more
//! process must be able to start: an operator's command, or one that takes the place of another.

use std::collections::BTreeMap;

use store::{Context, Owner, Room, Store, StoreError, Tx, Work};

use crate::database::{COMMAND, explain};

pub(super) async fn of(store: &Store) -> Result<String, String> {
    let room = store.run(Context::Service, ReadRoom).await;
    judge(&room.map_err(|error| explain(&error))?)
}

/// The processes are told apart by the names of their connections; this one is an operator's command.
fn judge(room: &Room) -> Result<String, String> {
    let ours: BTreeMap<&str, i64> = room
        .programs
        .iter()
        .filter(|(program, _)| program.starts_with(store::PROGRAM))
        .map(|(program, count)| (program.as_str(), *count))
        .collect();
    let runs = |program: &&&str| kind(program) != COMMAND;
    let running: Vec<&str> = ours.keys().filter(runs).copied().collect();
    let others: i64 = room.programs.iter().map(|(_, count)| count).sum::<i64>() - ours.values().sum::<i64>();
    // One that is stopped now will be started.
    let processes = i64::try_from(running.len().max(1)).unwrap_or(i64::MAX);
    let each = i64::try_from(Store::MOST_CONNECTIONS).unwrap_or(i64::MAX);
    let needed = (processes + 1).saturating_mul(each).saturating_add(others);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for program in running {
        *kinds.entry(kind(program)).or_default() += 1;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let kinds = match kinds.is_empty() {
        true => "no process runs".to_owned(),
        false => format!("running: {}", kinds.join(", ")),
    };
    let told = format!(
        "{kinds}; with one more they take at most {needed} ({each} each, {others} of others) of {} connections",
        room.most
    );
    match needed <= room.most {
        true => Ok(told),
        false => Err(format!("{told}: raise max_connections, or run fewer processes")),
    }
}

fn kind(program: &str) -> &str {
    program.split('/').nth(1).unwrap_or_default()
}

struct ReadRoom;

impl Work for ReadRoom {
    const NAME: &'static str = "doctor_connections";
    type Role = Owner;
    type Output = Room;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Room, StoreError> {
        tx.room().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(most: i64, programs: &[(&str, i64)]) -> Room {
        let programs = programs
            .iter()
            .map(|(program, count)| ((*program).to_owned(), *count));
        Room {
            most,
            programs: programs.collect(),
        }
    }

    #[test]
    fn the_operators_guide_has_the_number() {
        let guide = include_str!("../../../../../docs/OPERATIONS.md");
        let each = Store::MOST_CONNECTIONS;
        assert!(guide.contains(&format!("Each process takes at most {each} connections")));
        assert!(guide.contains(&format!(">=  {each} x (processes + 1) + others")));
    }

    #[test]
    fn every_process_that_runs_and_one_more_find_their_connections() {
        let each = i64::try_from(Store::MOST_CONNECTIONS).unwrap();
        let programs = [
            ("trefpunt/api-without-work/1", 9),
            ("trefpunt/api-without-work/2", 3),
            ("trefpunt/work/3", 1),
            ("trefpunt/command/4", 2),
            ("psql", 5),
        ];
        let needed = 4 * each + 5;
        let told = judge(&room(needed, &programs)).unwrap();
        assert!(told.contains("2 api-without-work, 1 work"), "{told}");
        let told = judge(&room(needed - 1, &programs)).unwrap_err();
        assert!(told.contains("max_connections"), "{told}");
        // Nothing runs yet.
        assert!(judge(&room(2 * each, &[("trefpunt/command/4", 2)])).is_ok());
        assert!(judge(&room(2 * each - 1, &[])).is_err());
    }
}
