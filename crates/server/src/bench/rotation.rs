//! A rotation of the keyholder's key, from the first act to the last, against the multiplications that it cannot do
//! without.
//!
//! A private database of its own, written to the disk as that of a service is. Each child has one tag and its sealed
//! token; the keyholder computes for real, in this process. The floor is one multiplication on ristretto255 with its
//! encoding for each child, on all cores, before and after.

mod keyholder;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use casework::{Casework, CeremonySettings, Change, LiftSecret, PinnedKeyholder, RotateKeysError, Step};
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::{RistrettoPoint, Scalar};
use identifiers::Token;
use jiff::SignedDuration;
use serde::Serialize;

use crate::application;
use crate::config::Config;
use crate::data_directory::{DataDirectory, MakeError, Plan};
use crate::database::{DatabaseError, OpenDatabase};
use crate::environment::{random, stopwatch};
use crate::files;
use keyholder::OwnKeyholder;

/// So many children a municipality's region of the whole country would know.
const WHOLE: u64 = 8_000_000;

/// In how many minutes they shall be rotated, on two cores.
pub const TARGET_MINUTES: f64 = 20.0;

/// How long the floor is measured, each time.
const FLOOR: Duration = Duration::from_secs(2);

/// Children of a transaction that makes the sample.
const SAMPLE: usize = 5_000;

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many children there were.
    pub subjects: u64,
    /// On how many cores.
    pub cores: usize,
    /// Whether the program was compiled to be measured.
    pub optimised: bool,
    /// How long each part lasted, in seconds.
    pub seconds: Seconds,
    /// Children per second while their next tags are written.
    pub filled_per_second: f64,
    /// Children per second from the first act to the last.
    pub rotated_per_second: f64,
    /// Bare multiplications per second on the same cores in the same run: the mean of before and after.
    pub multiplications_per_second: f64,
    /// `rotated_per_second` as a share of the multiplications.
    pub ratio: f64,
    /// Minutes for eight million children at this rate.
    pub minutes_for_whole: f64,
    /// Whether that is within [`TARGET_MINUTES`].
    pub reached: bool,
}

/// How long each part lasted, in seconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seconds {
    /// Checked and begun.
    pub begin: f64,
    /// The next tags written.
    pub fill: f64,
    /// Proven that none is missing.
    pub verify: f64,
    /// The next keys made live, both flips.
    pub flip: f64,
    /// Old tags deleted.
    pub destroy: f64,
    /// All of it.
    pub all: f64,
}

/// It could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] MakeError),
    /// A file of it.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// Its settings.
    #[error("the settings that were made are not right")]
    Settings,
    /// The database.
    #[error("{}", .0.line())]
    Database(#[from] DatabaseError),
    /// The rotation.
    #[error(transparent)]
    Rotation(#[from] RotateKeysError),
    /// The result is not what it has to be.
    #[error("after the rotation there are {0} tags under the next keys")]
    Lost(u64),
}

/// Makes a database in this directory, with so many children, and rotates the keyholder's key.
///
/// # Errors
/// [`Failure`].
pub async fn run(
    directory: &Path,
    subjects: u64,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> Result<Report, Failure> {
    let directory = DataDirectory::at(directory)?;
    directory.make(&Plan::for_tests())?;
    let config = Config::load_file(&directory.settings()).map_err(|_| Failure::Settings)?;
    let database = OpenDatabase::open(&config).await?;
    let outcome = measure(&directory, &config, &database, subjects, tell).await;
    database.close().await;
    outcome
}

async fn measure(
    directory: &DataDirectory,
    config: &Config,
    database: &OpenDatabase,
    subjects: u64,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> Result<Report, Failure> {
    let keys = application::service_keys(config).map_err(|_| Failure::Settings)?;
    let casework = Casework::new(database.store().clone(), keys);
    application::set_up(config, database, &casework).await?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let keyholder = OwnKeyholder::new();

    // A network becomes one with a keyholder by a ceremony, here before there is anybody in it.
    let to_suite_2 = Change {
        to_suite_2: true,
        ..Change::default()
    };
    ceremony(directory, &casework, &keyholder, cores)?
        .run(to_suite_2, &|_| {})
        .await?;
    tell("storing children");
    store_children(&casework, subjects).await?;

    tell("measuring the floor");
    let before = floor(cores);
    tell("rotating");
    keyholder.prepare().map_err(RotateKeysError::from)?;
    let began = stopwatch();
    let steps = Mutex::new(Vec::new());
    let keyholder_change = Change {
        keyholder: true,
        ..Change::default()
    };
    let rotated = ceremony(directory, &casework, &keyholder, cores)?
        .run(keyholder_change, &|step| {
            let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
            steps.push((step.name(), (stopwatch() - began).as_secs_f64()));
            if let Step::Filling { done, of } = step {
                tell(&format!("filled {done} of {of}"));
            }
        })
        .await?;
    let all = (stopwatch() - began).as_secs_f64();
    tell("measuring the floor again");
    let after = floor(cores);
    if rotated.tags_after != subjects {
        return Err(Failure::Lost(rotated.tags_after));
    }

    let steps = steps.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seconds = Seconds::of(&steps, all);
    let rate = subjects as f64 / all;
    let multiplications = f64::midpoint(before, after);
    let minutes = WHOLE as f64 / rate / 60.0;
    Ok(Report {
        subjects,
        cores,
        optimised: super::optimised(),
        seconds,
        filled_per_second: subjects as f64 / seconds.fill,
        rotated_per_second: rate,
        multiplications_per_second: multiplications,
        ratio: rate / multiplications,
        minutes_for_whole: minutes,
        reached: minutes <= TARGET_MINUTES,
    })
}

fn ceremony(
    directory: &DataDirectory,
    casework: &Casework,
    keyholder: &Arc<OwnKeyholder>,
    cores: usize,
) -> Result<casework::Ceremony, Failure> {
    let share = |custodian| crate::data_directory::seed(&directory.lift_share(custodian));
    let settings = CeremonySettings {
        keyholder: Some(PinnedKeyholder {
            connection: Arc::clone(keyholder) as _,
            key: keyholder.key(),
        }),
        workers: cores,
        grace: Some(SignedDuration::ZERO),
    };
    Ok(casework.ceremony(LiftSecret::join(&*share(1)?, &*share(2)?), settings)?)
}

/// Children whose tokens are elements one step apart: quick to make, and as good as any others to multiply.
async fn store_children(casework: &Casework, subjects: u64) -> Result<(), Failure> {
    let mut point = RistrettoPoint::mul_base(&Scalar::from_bytes_mod_order_wide(&random()));
    let mut left = subjects;
    while left > 0 {
        let count = left.min(SAMPLE as u64);
        let points: Vec<RistrettoPoint> = (0..count)
            .map(|_| {
                point += RISTRETTO_BASEPOINT_POINT;
                point
            })
            .collect();
        let tokens: Vec<Token> = RistrettoPoint::double_and_compress_batch(&points)
            .iter()
            .map(|element| Token::from_bytes(element.to_bytes()))
            .collect();
        casework.store_sample(&tokens).await?;
        left -= count;
    }
    Ok(())
}

/// Multiplications with their encoding per second, on all cores at once.
fn floor(cores: usize) -> f64 {
    let began = stopwatch();
    let scalar = Scalar::from_bytes_mod_order_wide(&random());
    let done: u64 = thread::scope(|scope| {
        let running: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(move || {
                    let point = RistrettoPoint::from_uniform_bytes(&random());
                    let mut done = 0_u64;
                    while stopwatch() - began < FLOOR {
                        for _ in 0..100 {
                            std::hint::black_box((std::hint::black_box(point) * scalar).compress());
                        }
                        done += 100;
                    }
                    done
                })
            })
            .collect();
        running.into_iter().map(|core| core.join().unwrap_or(0)).sum()
    });
    done as f64 / (stopwatch() - began).as_secs_f64()
}

impl Seconds {
    fn of(steps: &[(&str, f64)], all: f64) -> Self {
        let at = |name| {
            steps
                .iter()
                .find(|(step, _)| *step == name)
                .map_or(0.0, |(_, at)| *at)
        };
        let last = |name| {
            let last = steps.iter().rfind(|(step, _)| *step == name);
            last.map_or(0.0, |(_, at)| *at)
        };
        Self {
            begin: at("begun"),
            fill: last("filling") - at("begun"),
            verify: at("verified") - last("filling"),
            flip: at("flipped") - at("verified"),
            destroy: all - at("flipped"),
            all,
        }
    }
}
