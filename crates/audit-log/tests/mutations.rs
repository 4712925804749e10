//! Ten thousand ways to damage a good bundle, drawn from a fixed seed: each is found, none makes the verifier panic.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use audit_log::verify::Verdict;
use common::*;

const ROUNDS: u32 = 12_000;

/// A small generator (xorshift64*), so that the same seed gives the same damage everywhere.
struct Dice(u64);

impl Dice {
    /// A number below `bound`; 0 when there is none.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// A stretch of at most 600 bytes.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length);
        from..(from + 1 + self.below(600)).min(length)
    }
}

/// Damage to the archive as a string of bytes.
fn bytes(bundle: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bundle.to_vec();
    match dice.below(8) {
        0 => out[dice.below(bundle.len())] ^= 1 << dice.below(8),
        1 => out[dice.below(bundle.len())] = dice.byte(),
        2 => out.truncate(dice.below(bundle.len())),
        3 => drop(out.drain(dice.stretch(bundle.len()))),
        4 => {
            let (piece, at) = (
                bundle[dice.stretch(bundle.len())].to_vec(),
                dice.below(bundle.len()),
            );
            out.splice(at..at, piece);
        }
        5 => {
            let (piece, at) = (
                bundle[dice.stretch(bundle.len())].to_vec(),
                dice.below(bundle.len()),
            );
            let end = (at + piece.len()).min(bundle.len());
            out[at..end].copy_from_slice(&piece[..end - at]);
        }
        6 => out[dice.stretch(bundle.len())].fill(0),
        _ => out.extend((0..=dice.below(2000)).map(|_| 0)),
    }
    out
}

/// Damage to the lines of one file, in an archive that is otherwise neat.
fn text(bundle: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut files = unpack(bundle);
    let at = dice.below(files.len());
    if files[at].1.is_empty() {
        // A first export has files without contents: give one what another holds.
        files[at].1 = files[dice.below(files.len())].1.clone();
        return pack(&files);
    }
    let contents = String::from_utf8(files[at].1.clone()).unwrap();
    let mut lines: Vec<String> = contents.split_inclusive('\n').map(str::to_owned).collect();
    let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(7) {
        0 => lines.swap(one, other),
        1 => drop(lines.remove(one)),
        2 => lines.insert(other, lines[one].clone()),
        3 => lines[one] = lines[other].clone(),
        4 => lines.truncate(one),
        5 => {
            // One printable character for another, as an editor of the database would.
            let mut line = lines[one].clone().into_bytes();
            let place = dice.below(line.len());
            line[place] = b' ' + u8::try_from(dice.below(95)).unwrap();
            lines[one] = String::from_utf8_lossy(&line).into_owned();
        }
        _ => {
            let line = lines[one].clone();
            let (from, to) = (dice.below(line.len()), dice.below(line.len()));
            if let Some(piece) = line.get(from.min(to)..from.max(to)) {
                lines[one] = line.replacen(piece, "", 1);
            }
        }
    }
    files[at].1 = lines.concat().into_bytes();
    if dice.below(20) == 0 {
        let other = dice.below(files.len());
        files.swap(at, other);
    }
    pack(&files)
}

/// What is to be damaged, and how it is checked.
struct Good {
    bundle: Vec<u8>,
    earlier: Option<Vec<u8>>,
}

impl Good {
    fn all() -> [Self; 2] {
        let chain = Story::chain();
        [
            Self {
                bundle: Story::whole().bundle(),
                earlier: None,
            },
            Self {
                bundle: chain.period(PERIODS[1].clone(), 2),
                earlier: Some(chain.period(PERIODS[0].clone(), 1)),
            },
        ]
    }

    fn check(&self, bundle: &[u8]) -> audit_log::verify::Report {
        match &self.earlier {
            None => check(bundle),
            Some(earlier) => check_after(bundle, earlier),
        }
    }
}

#[test]
fn no_damage_goes_undetected() {
    for good in Good::all() {
        assert_eq!(outcome(&good.check(&good.bundle)), GOOD);
        let mut dice = Dice(0x5eed_7e57);
        let mut verdicts = [0_u32; 7];
        for round in 0..ROUNDS {
            let damaged = if dice.below(2) == 0 {
                bytes(&good.bundle, &mut dice)
            } else {
                text(&good.bundle, &mut dice)
            };
            if damaged == good.bundle {
                continue;
            }
            let report = good.check(&damaged);
            assert_ne!(report.verdict(), Verdict::Good, "round {round}");
            assert!(!report.findings().is_empty());
            verdicts[usize::from(report.verdict().exit_code())] += 1;
        }
        let damaged: u32 = verdicts.iter().sum();
        assert!(damaged > 10_000, "only {damaged} of the rounds did damage");
        // Damage shows as tampering, as malformed, as a signature that does not hold or (where a stale checkpoint
        // stands in another's place) as a fork; never as a broken rule.
        assert!(
            verdicts[1] > 1_000 && verdicts[2] > 1_000 && verdicts[3] > 20,
            "{verdicts:?}"
        );
        assert_eq!((verdicts[5], verdicts[6]), (0, 0));
    }
}

#[test]
fn no_single_bit_goes_undetected() {
    for good in Good::all() {
        // One byte in eleven, for time; headers and padding are covered byte by byte where they are read.
        for at in (0..good.bundle.len()).step_by(11) {
            let mut damaged = good.bundle.clone();
            damaged[at] ^= 1 << (at % 8);
            assert_ne!(good.check(&damaged).verdict(), Verdict::Good, "byte {at}");
        }
    }
}
