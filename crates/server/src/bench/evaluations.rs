//! What the keyholder does for a batch, against the multiplications that nobody can do without.
//!
//! The floor is one multiplication on ristretto255 with its encoding for each element, one after the other. What is held
//! against it is everything that the keyholder does with a batch beside HTTP and its database: from the bytes that came,
//! decoded strictly, to the bytes that go, without and with the proof.

use curve25519_dalek::{RistrettoPoint, Scalar};
use identifiers::voprf::{BlindedElement, EvaluatedElement, MAX_BATCH, SecretKey, VoprfError};
use serde::Serialize;

use super::{Contestant, Line, in_turns};
use crate::environment::{Machine, random, thread_time};

/// The least that is asked of an evaluation without a proof, as a share of bare multiplications.
pub const TARGET_WITHOUT_PROOF: f64 = 0.8;
/// The least that is asked of an evaluation with a proof.
pub const TARGET_WITH_PROOF: f64 = 0.5;

/// What was measured, on one core.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Elements in a batch.
    pub batch: usize,
    /// Rounds that count.
    pub rounds: u32,
    /// Whether the program was compiled to be measured.
    pub optimised: bool,
    /// The floor first.
    pub lines: Vec<Line>,
}

/// Measures batches of [`MAX_BATCH`].
///
/// # Errors
/// What the evaluation answers; it refuses nothing that is asked here.
pub fn run(rounds: u32) -> Result<Report, VoprfError> {
    let points: Vec<RistrettoPoint> = (0..MAX_BATCH)
        .map(|_| RistrettoPoint::from_uniform_bytes(&random()))
        .collect();
    let arrived: Vec<[u8; 32]> = points.iter().map(|point| point.compress().to_bytes()).collect();
    let scalar = Scalar::from_bytes_mod_order_wide(&random());
    let key = SecretKey::random(&mut Machine);
    // Once before it is measured: an answer that is refused would be measured as quick.
    answer(&key, &arrived)?;
    prove(&key, &arrived)?;

    let units = MAX_BATCH as u32;
    let series = in_turns(
        rounds,
        thread_time,
        &mut [
            contestant("bare multiplication, encoded", units, || {
                for point in &points {
                    std::hint::black_box((std::hint::black_box(point) * scalar).compress());
                }
            }),
            contestant("bare multiplication, not encoded", units, || {
                for point in &points {
                    std::hint::black_box(std::hint::black_box(point) * scalar);
                }
            }),
            contestant("evaluated, without proof", units, || {
                drop(std::hint::black_box(answer(&key, &arrived)));
            }),
            contestant("evaluated and proven", units, || {
                drop(std::hint::black_box(prove(&key, &arrived)));
            }),
        ],
    );
    let targets = [None, None, Some(TARGET_WITHOUT_PROOF), Some(TARGET_WITH_PROOF)];
    let lines = series
        .iter()
        .zip(targets)
        .map(|(own, target)| Line::of(own, &series[0], target));
    Ok(Report {
        batch: MAX_BATCH,
        rounds,
        optimised: super::optimised(),
        lines: lines.collect(),
    })
}

fn contestant<'w>(name: &'static str, units: u32, work: impl FnMut() + 'w) -> Contestant<'w> {
    Contestant {
        name,
        units,
        work: Box::new(work),
    }
}

type Answered = Result<Vec<[u8; 32]>, VoprfError>;

fn decode(arrived: &[[u8; 32]]) -> Result<Vec<BlindedElement>, VoprfError> {
    arrived.iter().map(BlindedElement::from_bytes).collect()
}

fn answer(key: &SecretKey, arrived: &[[u8; 32]]) -> Answered {
    let evaluated = key.evaluate(&decode(arrived)?)?;
    Ok(evaluated.iter().map(|element| *element.as_bytes()).collect())
}

fn prove(key: &SecretKey, arrived: &[[u8; 32]]) -> Result<(Vec<[u8; 32]>, [u8; 64]), VoprfError> {
    let (evaluated, proof) = key.evaluate_and_prove(&decode(arrived)?, &mut Machine)?;
    let evaluated = evaluated.iter().map(EvaluatedElement::as_bytes).copied();
    Ok((evaluated.collect(), proof.to_bytes()))
}
