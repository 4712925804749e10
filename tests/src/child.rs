//! Children that do not exist: numbers that pass the 11-test and stand for nobody.

use identifiers::Bsn;

/// A child, known here by its number and by the month of its 23rd birthday.
#[derive(Clone, PartialEq, Eq)]
pub struct Child {
    /// The number as it would be typed.
    pub bsn: String,
}

impl Child {
    /// The number as the client takes it.
    #[must_use]
    pub fn bsn(&self) -> Bsn {
        Bsn::parse(&self.bsn).unwrap()
    }

    /// The token that partners make of it.
    #[must_use]
    pub fn token(&self) -> [u8; 32] {
        let secret = crate::region::network_secret();
        *identifiers::token::of_bsn(&secret, crate::region::NET_EPOCH, &self.bsn()).as_bytes()
    }
}

/// The child number `place`, another for each place. Who needs many takes [`children`], which does not count up to each.
#[must_use]
pub fn child(place: u32) -> Child {
    children().nth(place as usize).unwrap()
}

/// All of them, in order.
pub fn children() -> impl Iterator<Item = Child> {
    // 10 of 11 eight-digit numbers have a ninth digit with which they pass.
    (90_000_000_u32..).filter_map(|number| {
        let mut rest = number;
        let mut weighed = 0;
        for weight in 2..=9 {
            weighed += rest % 10 * weight;
            rest /= 10;
        }
        let last = weighed % 11;
        (last < 10).then(|| Child {
            bsn: format!("{number}{last}"),
        })
    })
}
