//! What processors have spent, as Linux counts it: what is left of a comparison when others use the machine too.

use std::fs;
use std::time::Duration;

use super::failure::Failure;

/// Processor time of this program and of one PostgreSQL, each with all its processes, ended ones too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProcessorTime {
    /// This program: whatever is measured in it, and whatever loads it.
    pub program: Duration,
    /// The server and its backends.
    pub database: Duration,
}

impl ProcessorTime {
    /// What was spent since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            program: self.program.saturating_sub(earlier.program),
            database: self.database.saturating_sub(earlier.database),
        }
    }

    /// Of both.
    #[must_use]
    pub fn all(self) -> Duration {
        self.program + self.database
    }
}

/// What has been spent so far on this program and on the server whose first process this is.
///
/// # Errors
/// [`Failure::Machine`] where there is no `/proc`.
pub fn processor_time(postmaster: u32) -> Result<ProcessorTime, Failure> {
    let mut spent = ProcessorTime::default();
    for process in fs::read_dir("/proc")
        .map_err(Failure::machine("/proc"))?
        .flatten()
    {
        // Processes that end meanwhile are none.
        let Some(stat) = fs::read_to_string(process.path().join("stat"))
            .ok()
            .and_then(|stat| Stat::read(&stat))
        else {
            continue;
        };
        if stat.id == std::process::id() {
            spent.program += stat.own;
        } else if stat.id == postmaster {
            spent.database += stat.own + stat.ended_children;
        } else if stat.parent == postmaster {
            spent.database += stat.own;
        }
    }
    Ok(spent)
}

/// What one process has spent, its ended children left out; none when it is not there.
pub(super) fn of_process(id: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Stat::read(&stat).map(|stat| stat.own)
}

/// Most memory that one process has had resident so far, and has now, in KiB.
pub(super) fn resident(id: u32) -> Option<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    Some((of("VmHWM:")?, of("VmRSS:")?))
}

/// One line of `proc_pid_stat(5)`.
struct Stat {
    id: u32,
    parent: u32,
    own: Duration,
    ended_children: Duration,
}

impl Stat {
    fn read(line: &str) -> Option<Self> {
        // The name in parentheses can hold anything.
        let (id, rest) = line.split_once(" (")?;
        let (_, fields) = rest.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        // Fields count from 1, and the state after the name is the third; times are in hundredths.
        let number = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
        let hundredths = |places: [usize; 2]| {
            Some(Duration::from_millis(
                10 * (number(places[0])? + number(places[1])?),
            ))
        };
        Some(Self {
            id: id.parse().ok()?,
            parent: u32::try_from(number(4)?).ok()?,
            own: hundredths([14, 15])?,
            ended_children: hundredths([16, 17])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_moves_no_field() {
        let line = "42 (a ) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 100 0 0";
        let stat = Stat::read(line).unwrap();
        assert_eq!((stat.id, stat.parent), (42, 7));
        assert_eq!(stat.own, Duration::from_secs(2));
        assert_eq!(stat.ended_children, Duration::from_millis(500));
        assert!(Stat::read("42 (cut off").is_none());
    }
}
