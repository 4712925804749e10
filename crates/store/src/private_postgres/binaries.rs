//! Finding `initdb` and `postgres` on this machine.
//!
//! Debian's `pg_config` belongs to the development package and names a directory that may hold no server, so a
//! directory counts only when both programs are in it and answer with a version.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::error::PrivatePostgresError;

/// The oldest major version the schema is written for.
const OLDEST_MAJOR: u32 = 15;
const OVERRIDE: &str = "TREFPUNT_PG_BIN";
const DEBIAN: &str = "/usr/lib/postgresql";

/// One installed PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Finds the binaries for the cluster in `data`, or the best ones when there is no cluster yet.
    ///
    /// `TREFPUNT_PG_BIN` is asked first and, when set, alone; then `pg_config`; then Debian's directories, newest first.
    pub(super) fn find(data: &Path) -> Result<Self, PrivatePostgresError> {
        let found = match std::env::var_os(OVERRIDE).filter(|value| !value.is_empty()) {
            Some(dir) => {
                let dir = PathBuf::from(dir);
                vec![Self::at(&dir).ok_or(PrivatePostgresError::UnsuitableBinaries(dir))?]
            }
            None => pg_config()
                .into_iter()
                .chain(debian())
                .filter_map(|dir| Self::at(&dir))
                .collect(),
        };
        choose(found, cluster_major(data), data)
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    /// Where they are, and what PostgreSQL brings beside them.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    fn at(dir: &Path) -> Option<Self> {
        dir.join("initdb").is_file().then_some(())?;
        let output = Command::new(dir.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let major = parse_major(&String::from_utf8_lossy(&output.stdout))?;
        (major >= OLDEST_MAJOR).then(|| Self {
            dir: dir.to_owned(),
            major,
        })
    }
}

/// A cluster runs only under the major version that made it; a new one takes the first found.
fn choose(found: Vec<Binaries>, cluster: Option<u32>, data: &Path) -> Result<Binaries, PrivatePostgresError> {
    let mut majors: Vec<u32> = found.iter().map(|binaries| binaries.major).collect();
    majors.dedup();
    let chosen = found
        .into_iter()
        .find(|binaries| cluster.is_none_or(|major| binaries.major == major));
    match (chosen, cluster) {
        (Some(binaries), _) => Ok(binaries),
        (None, Some(cluster)) if !majors.is_empty() => Err(PrivatePostgresError::OtherMajor {
            dir: data.to_owned(),
            cluster,
            found: majors,
        }),
        (None, _) => Err(PrivatePostgresError::NoBinaries),
    }
}

fn cluster_major(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let dir = String::from_utf8(output.stdout).ok()?;
    (!dir.trim().is_empty()).then(|| PathBuf::from(dir.trim()))
}

/// `/usr/lib/postgresql/<major>/bin`, newest first.
fn debian() -> Vec<PathBuf> {
    let mut majors: Vec<u32> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors
        .into_iter()
        .map(|major| Path::new(DEBIAN).join(major.to_string()).join("bin"))
        .collect()
}

/// Reads the major version from `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `... 18beta1`.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(majors: &[u32]) -> Vec<Binaries> {
        majors
            .iter()
            .map(|&major| Binaries {
                dir: format!("/pg/{major}").into(),
                major,
            })
            .collect()
    }

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        assert_eq!(
            parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("postgres: command not found"), None);
    }

    #[test]
    fn a_new_cluster_takes_the_first_found() {
        assert_eq!(
            choose(installed(&[17, 15]), None, Path::new("d")).unwrap().major,
            17
        );
    }

    #[test]
    fn an_existing_cluster_keeps_its_major_version() {
        assert_eq!(
            choose(installed(&[17, 15]), Some(15), Path::new("d"))
                .unwrap()
                .major,
            15
        );
        let refusal = choose(installed(&[17, 15]), Some(16), Path::new("d"))
            .unwrap_err()
            .to_string();
        assert!(
            refusal.contains("PostgreSQL 16") && refusal.contains("17, 15"),
            "{refusal}"
        );
    }

    #[test]
    fn nothing_found_says_what_to_install() {
        let refusal = choose(vec![], None, Path::new("d")).unwrap_err().to_string();
        assert!(
            refusal.contains("apt-get install postgresql") && !refusal.contains('\n'),
            "{refusal}"
        );
    }
}
