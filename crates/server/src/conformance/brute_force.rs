//! How fast each level falls, shown on a space of numbers that is small enough to finish.
//!
//! A number is planted among the last of the space, the keys are made up, and for each coalition of key holders somebody
//! tries the numbers one after the other, on one core. What is shown for all numbers is reckoned from that.

use hmac::{Hmac, KeyInit as _, Mac as _};
use identifiers::voprf::{BlindedElement, EvaluatedElement, MAX_BATCH, Request, SecretKey, VoprfError};
use identifiers::{Bsn, Identifier, Kind, MasterKey, NetworkSecret, Suite, Tag, TagKey, Token, tag, token};
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::environment::{Machine, random, thread_time};

/// How many numbers of nine digits pass the eleven-test and are not all zero.
pub const ALL_NUMBERS: u32 = 90_909_090;
const EPOCH: u16 = 1;

/// How large the space is, and what the keyholder allows.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many numbers are tried, the highest first; from 4 to [`ALL_NUMBERS`].
    pub space: u32,
    /// How many evaluations the keyholder answers in a day.
    pub quota: u32,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many numbers were in the space.
    pub space: u32,
    /// How many there are.
    pub all_numbers: u32,
    /// How many evaluations the keyholder answers in a day.
    pub quota_per_day: u32,
    /// Whether the program was compiled to be measured.
    pub optimised: bool,
    /// One for each coalition.
    pub attempts: Vec<Attempt>,
}

/// What somebody who holds these keys came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// `A` or `B`.
    pub level: &'static str,
    /// What they hold.
    pub holds: &'static str,
    /// What they lack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<&'static str>,
    /// How many numbers they tried.
    pub tried: u32,
    /// Whether they found the planted one.
    pub found: bool,
    /// Tries per second of one core.
    pub per_second: f64,
    /// What it takes to try all numbers.
    pub all: Effort,
}

/// What trying all numbers takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "limit", rename_all = "kebab-case")]
pub enum Effort {
    /// One core, for so many seconds.
    Computing {
        /// At the rate that was measured.
        seconds: f64,
    },
    /// The keyholder's answers, for so many days.
    Quota {
        /// At the quota of one day, which one organisation has.
        days: f64,
    },
    /// It does not end: a key of 256 bits would have to be guessed with each number.
    Never,
}

/// What everybody holds together.
struct World {
    secret: NetworkSecret,
    keyholder: SecretKey,
    tag_key: TagKey,
    /// The token `t` and the two tags of the planted number.
    token: Token,
    tag_a: Tag,
    tag_b: Tag,
}

/// Lets everybody try.
///
/// # Errors
/// What the evaluation answers; it refuses nothing that is asked here.
pub fn run(settings: Settings) -> Result<Report, VoprfError> {
    let planted =
        u64::from(settings.space) * 3 / 4 + u64::from_be_bytes(random()) % u64::from(settings.space / 4);
    let world = World::around(numbers().nth(usize::try_from(planted).unwrap_or_default()));
    let guess = NetworkSecret::from_bytes(random());
    let space = || numbers().take(settings.space as usize);
    let computing = |level, holds, (tried, found, per_second): Tried| Attempt {
        level,
        holds,
        lacks: None,
        tried,
        found,
        per_second,
        all: Effort::Computing {
            seconds: f64::from(ALL_NUMBERS) / per_second,
        },
    };
    let never = |attempt: Attempt| Attempt {
        lacks: Some("K_net"),
        all: Effort::Never,
        ..attempt
    };
    let tagged = |secret: &NetworkSecret| {
        try_each(space(), &Tokens::under(secret), |t| {
            world.tag(Suite::KeyedHash, t) == world.tag_a
        })
    };
    let evaluated = |secret: &NetworkSecret| {
        try_batches(space(), &Tokens::under(secret), |batch| {
            let evaluated = world.keyholder.evaluate_directly(batch);
            Ok(Some(
                evaluated
                    .iter()
                    .any(|n| world.tag(Suite::Oblivious, n) == world.tag_b),
            ))
        })
    };
    let attempts = vec![
        computing(
            "A",
            "K_net, a token",
            try_each(space(), &Tokens::under(&world.secret), |t| *t == world.token),
        ),
        computing("A", "K_net, K_master, the tags", tagged(&world.secret)),
        never(computing("A", "K_master, the tags", tagged(&guess))),
        computing("B", "K_net, k1, K_master, the tags", evaluated(&world.secret)?),
        metered(settings, &world, space())?,
        never(computing("B", "k1, K_master, the tags", evaluated(&guess)?)),
    ];
    Ok(Report {
        space: settings.space,
        all_numbers: ALL_NUMBERS,
        quota_per_day: settings.quota,
        optimised: crate::bench::optimised(),
        attempts,
    })
}

/// Somebody without `k1` has to ask the keyholder about each number, who counts.
fn metered(
    settings: Settings,
    world: &World,
    space: impl Iterator<Item = Digits>,
) -> Result<Attempt, VoprfError> {
    let mut keyholder = Metered {
        key: &world.keyholder,
        left: settings.quota,
    };
    let (tried, found, per_second) = try_batches(space, &Tokens::under(&world.secret), |batch| {
        let allowed = &batch[..batch.len().min(keyholder.left as usize)];
        if allowed.is_empty() {
            return Ok(None);
        }
        let request = Request::blind(allowed, &mut Machine)?;
        let Some((evaluated, proof)) = keyholder.answer(request.blinded())? else {
            return Ok(None);
        };
        let unblinded = request.finish(world.keyholder.public_key(), &evaluated, &proof)?;
        Ok(Some(
            unblinded
                .iter()
                .any(|n| world.tag(Suite::Oblivious, n) == world.tag_b),
        ))
    })?;
    Ok(Attempt {
        level: "B",
        holds: "K_net, K_master, the tags",
        lacks: Some("k1"),
        tried: tried.min(settings.quota),
        found,
        per_second,
        all: Effort::Quota {
            days: f64::from(ALL_NUMBERS) / f64::from(settings.quota),
        },
    })
}

/// A keyholder that answers until the day's quota is used up; one batch is charged whole or not at all.
struct Metered<'k> {
    key: &'k SecretKey,
    left: u32,
}

type Answer = (Vec<EvaluatedElement>, identifiers::voprf::Proof);

impl Metered<'_> {
    fn answer(&mut self, blinded: &[BlindedElement]) -> Result<Option<Answer>, VoprfError> {
        let Some(left) = self
            .left
            .checked_sub(u32::try_from(blinded.len()).unwrap_or(u32::MAX))
        else {
            return Ok(None);
        };
        self.left = left;
        self.key.evaluate_and_prove(blinded, &mut Machine).map(Some)
    }
}

/// How many were tried, whether it was found, and how many a second.
type Tried = (u32, bool, f64);

fn try_each(space: impl Iterator<Item = Digits>, tokens: &Tokens, is_it: impl Fn(&Token) -> bool) -> Tried {
    let began = thread_time();
    let mut tried = 0;
    let mut found = false;
    for number in space {
        tried += 1;
        if is_it(&tokens.of(&number)) {
            found = true;
            break;
        }
    }
    (tried, found, rate(tried, began))
}

/// The same in batches, whose arithmetic is shared; `None` when no more is answered.
fn try_batches(
    mut space: impl Iterator<Item = Digits>,
    tokens: &Tokens,
    mut is_among: impl FnMut(&[Token]) -> Result<Option<bool>, VoprfError>,
) -> Result<Tried, VoprfError> {
    let began = thread_time();
    let mut tried = 0;
    let mut found = false;
    loop {
        let batch: Vec<Token> = space
            .by_ref()
            .take(MAX_BATCH)
            .map(|number| tokens.of(&number))
            .collect();
        if batch.is_empty() {
            break;
        }
        let Some(among) = is_among(&batch)? else { break };
        tried += u32::try_from(batch.len()).unwrap_or(u32::MAX);
        if among {
            found = true;
            break;
        }
    }
    Ok((tried, found, rate(tried, began)))
}

fn rate(tried: u32, began: std::time::Duration) -> f64 {
    f64::from(tried) / (thread_time() - began).as_secs_f64().max(1e-9)
}

impl World {
    fn around(planted: Option<Digits>) -> Self {
        let secret = NetworkSecret::from_bytes(random());
        let keyholder = SecretKey::random(&mut Machine);
        let tag_key = TagKey::derive(&MasterKey::from_bytes(random()), EPOCH);
        let token = Tokens::under(&secret).of(&planted.unwrap_or(*b"999999990"));
        let n = keyholder.evaluate_directly(std::slice::from_ref(&token));
        let of = |suite, token: &Token| tag::tag(&tag_key, suite, Kind::Bsn, token);
        Self {
            tag_a: of(Suite::KeyedHash, &token),
            tag_b: of(Suite::Oblivious, &n[0]),
            secret,
            keyholder,
            tag_key,
            token,
        }
    }

    fn tag(&self, suite: Suite, token: &Token) -> Tag {
        tag::tag(&self.tag_key, suite, Kind::Bsn, token)
    }
}

/// The nine digits of a number that passes the eleven-test.
type Digits = [u8; 9];

/// Every number that passes, from the highest down. The check digit is reckoned: trying ten would be slower.
fn numbers() -> impl Iterator<Item = Digits> {
    (1..=99_999_999_u32).rev().filter_map(|first_eight| {
        let mut digits = [b'0'; 9];
        let (mut rest, mut sum) = (first_eight, 0);
        for (weight, digit) in (2..).zip(digits[..8].iter_mut().rev()) {
            sum += weight * (rest % 10);
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        digits[8] += u8::try_from(sum % 11).ok().filter(|check| *check < 10)?;
        Some(digits)
    })
}

/// Makes tokens as somebody does who makes very many: the key is set up once, and only the digits change.
struct Tokens {
    keyed: Hmac<Sha256>,
    ident: Zeroizing<Vec<u8>>,
}

impl Tokens {
    fn under(secret: &NetworkSecret) -> Self {
        let mut block = Zeroizing::new([0_u8; 64]);
        block[..32].copy_from_slice(secret.as_bytes());
        let ident = Bsn::parse("999999990").map(|bsn| token::ident(EPOCH, &Identifier::Bsn(bsn)));
        Self {
            keyed: Hmac::new(&(*block).into()),
            ident: ident.unwrap_or_default(),
        }
    }

    fn of(&self, number: &Digits) -> Token {
        let prefix = self.ident.len().saturating_sub(number.len());
        let mac = self
            .keyed
            .clone()
            .chain_update(&self.ident[..prefix])
            .chain_update(number);
        Token::from_bytes(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(space: u32, quota: u32) -> Vec<(&'static str, u32, bool)> {
        let report = run(Settings { space, quota }).unwrap();
        let attempts = report.attempts.iter();
        attempts
            .map(|attempt| (attempt.level, attempt.tried, attempt.found))
            .collect()
    }

    #[test]
    fn whoever_has_the_keys_finds_it_and_nobody_else() {
        let attempts = found(240, 120);
        let outcomes: Vec<bool> = attempts.iter().map(|(_, _, found)| *found).collect();
        assert_eq!(outcomes, [true, true, false, true, false, false]);
        assert!(attempts[0].1 > 180 && attempts[0].1 <= 240);
        assert_eq!(attempts[2].1, 240, "every number was tried in vain");
        assert_eq!(attempts[4].1, 120, "the quota ended it");
        assert_eq!(attempts[5].1, 240, "every number was tried in vain");
    }

    #[test]
    fn a_list_within_the_quota_falls_at_level_b_too() {
        assert!(found(40, 40)[4].2);
    }

    #[test]
    fn all_numbers_are_those_that_the_parser_takes() {
        for number in numbers().take(2_000) {
            let text = std::str::from_utf8(&number).unwrap();
            assert!(Bsn::parse(text).is_ok(), "{text}");
        }
        let first: Vec<Digits> = numbers().take(3).collect();
        assert_eq!(first, [*b"999999990", *b"999999989", *b"999999977"]);
    }

    #[test]
    fn a_token_made_in_bulk_is_the_token() {
        let secret = NetworkSecret::from_bytes([7; 32]);
        let bsn = Bsn::parse("999999977").unwrap();
        assert!(Tokens::under(&secret).of(b"999999977") == token::of_bsn(&secret, EPOCH, &bsn));
    }
}
