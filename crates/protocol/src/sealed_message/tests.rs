use std::convert::Infallible;

use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};

use super::*;
use crate::{Id, OrganisationId};

/// Draws the same byte for ever: the ephemeral key of a vector.
pub(crate) struct Same(pub(crate) u8);

impl TryRng for Same {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Same {}

pub(crate) const ROUTE: Route = Route {
    match_id: Id([1; 16]),
    message_id: Id([2; 16]),
    sender: OrganisationId([3; 16]),
    recipient: OrganisationId([4; 16]),
    consent_hash: Base64Url([5; 32]),
};

pub(crate) fn sender() -> SealingSecret {
    SealingSecret::from_bytes([0x11; 32])
}

pub(crate) fn recipient() -> SealingSecret {
    SealingSecret::from_bytes([0x22; 32])
}

fn sealed(route: &Route, gate: Gate<'_>, content: &[u8]) -> Sealed {
    seal(
        route,
        gate,
        &sender(),
        &recipient().public().unwrap(),
        content,
        &mut Same(0x33),
    )
    .unwrap()
}

fn opened(route: &Route, gate: Gate<'_>, sealed: &Sealed) -> Result<Vec<u8>, OpenError> {
    open(route, gate, &sender().public().unwrap(), &recipient(), sealed).map(|content| content.to_vec())
}

const CONTENT: &[u8] = "Zullen we morgen bellen?".as_bytes();

#[test]
fn a_message_is_opened_by_its_recipient() {
    let sealed = sealed(&ROUTE, Gate::NoKeyholder, CONTENT);
    assert_eq!(opened(&ROUTE, Gate::NoKeyholder, &sealed).unwrap(), CONTENT);
    assert!(sealed.envelope.contains(r#""gate":"none""#));
    assert!(
        !sealed
            .ciphertext
            .windows(6)
            .any(|window| CONTENT.windows(6).any(|plain| plain == window))
    );
}

#[test]
fn nobody_else_opens_it() {
    let sealed = sealed(&ROUTE, Gate::NoKeyholder, CONTENT);
    let other = SealingSecret::from_bytes([0x44; 32]);
    let sender_key = sender().public().unwrap();
    let result = open(&ROUTE, Gate::NoKeyholder, &sender_key, &other, &sealed);
    assert_eq!(result.err(), Some(OpenError::Broken), "another recipient");
    let result = open(
        &ROUTE,
        Gate::NoKeyholder,
        &other.public().unwrap(),
        &recipient(),
        &sealed,
    );
    assert_eq!(result.err(), Some(OpenError::Broken), "another sender");
    // Not even the sender: what it sent it has to keep itself.
    let result = open(&ROUTE, Gate::NoKeyholder, &sender_key, &sender(), &sealed);
    assert_eq!(result.err(), Some(OpenError::Broken), "the sender");
}

#[test]
fn a_message_belongs_to_its_route() {
    let others = [
        Route {
            match_id: Id([9; 16]),
            ..ROUTE
        },
        Route {
            message_id: Id([9; 16]),
            ..ROUTE
        },
        Route {
            sender: OrganisationId([9; 16]),
            ..ROUTE
        },
        Route {
            recipient: OrganisationId([9; 16]),
            ..ROUTE
        },
        Route {
            consent_hash: Base64Url([9; 32]),
            ..ROUTE
        },
    ];
    let message = sealed(&ROUTE, Gate::NoKeyholder, CONTENT);
    for other in &others {
        assert_eq!(
            opened(other, Gate::NoKeyholder, &message),
            Err(OpenError::Route),
            "{other:?}"
        );
        // With an envelope rewritten to what is expected, the keys still differ.
        let envelope = Envelope::new(other, ContentKind::Message, GateKind::None)
            .to_text()
            .unwrap();
        let forged = Sealed {
            envelope,
            ..message.clone()
        };
        assert_eq!(
            opened(other, Gate::NoKeyholder, &forged),
            Err(OpenError::Broken),
            "{other:?}"
        );
    }
}

#[test]
fn an_envelope_is_bound_to_the_content() {
    let message = sealed(&ROUTE, Gate::NoKeyholder, CONTENT);
    let spaced = Sealed {
        envelope: message.envelope.replace(",", ", "),
        ..message.clone()
    };
    assert_eq!(
        opened(&ROUTE, Gate::NoKeyholder, &spaced),
        Err(OpenError::Envelope)
    );
    let attachment = Sealed {
        envelope: message
            .envelope
            .replace("\"message\",\"match\"", "\"attachment\",\"match\""),
        ..message.clone()
    };
    assert_eq!(
        opened(&ROUTE, Gate::NoKeyholder, &attachment),
        Err(OpenError::Kind)
    );
    let share = Confidential::new([6; 32]);
    let claimed = Sealed {
        envelope: message.envelope.replace("none", "keyholder"),
        ..message
    };
    assert_eq!(
        opened(&ROUTE, Gate::Share(&share), &claimed),
        Err(OpenError::Broken)
    );
}

#[test]
fn the_share_of_a_keyholder_is_part_of_the_key() {
    let share = Confidential::new([6; 32]);
    let message = sealed(&ROUTE, Gate::Share(&share), CONTENT);
    assert_eq!(opened(&ROUTE, Gate::Share(&share), &message).unwrap(), CONTENT);
    assert_eq!(
        opened(&ROUTE, Gate::NoKeyholder, &message),
        Err(OpenError::ShareMissing)
    );
    let other = Confidential::new([7; 32]);
    assert_eq!(
        opened(&ROUTE, Gate::Share(&other), &message),
        Err(OpenError::Broken)
    );
    let stripped = Sealed {
        envelope: message.envelope.replace("keyholder", "none"),
        ..message
    };
    assert_eq!(
        opened(&ROUTE, Gate::NoKeyholder, &stripped),
        Err(OpenError::Broken)
    );
}

#[test]
fn who_knows_a_keyholder_refuses_an_empty_share() {
    let message = sealed(&ROUTE, Gate::NoKeyholder, CONTENT);
    let share = Confidential::new([6; 32]);
    assert_eq!(
        opened(&ROUTE, Gate::Share(&share), &message),
        Err(OpenError::EmptyShare)
    );
}

#[test]
fn a_message_of_several_chunks_is_whole_or_nothing() {
    let content: Vec<u8> = (0..2 * CHUNK_BYTES + 5).map(|at| (at / 7) as u8).collect();
    let message = sealed(&ROUTE, Gate::NoKeyholder, &content);
    assert!(opened(&ROUTE, Gate::NoKeyholder, &message).unwrap() == content);
    let chunk = CHUNK_BYTES + TAG_BYTES;
    let whole = &message.ciphertext;
    let reordered = [&whole[chunk..2 * chunk], &whole[..chunk], &whole[2 * chunk..]].concat();
    for ciphertext in [
        reordered,
        whole[..2 * chunk].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        Vec::new(),
    ] {
        let changed = Sealed {
            ciphertext,
            ..message.clone()
        };
        assert_eq!(
            opened(&ROUTE, Gate::NoKeyholder, &changed),
            Err(OpenError::Broken)
        );
    }
}

#[test]
fn a_key_of_small_order_is_refused() {
    let zero = SealingKey::from_bytes([0; 32]);
    let result = seal(&ROUTE, Gate::NoKeyholder, &sender(), &zero, CONTENT, &mut Same(1));
    assert_eq!(result, Err(SealError::Key));
    let message = Sealed {
        enc: Base64Url([0; 32]),
        ..sealed(&ROUTE, Gate::NoKeyholder, CONTENT)
    };
    assert_eq!(
        opened(&ROUTE, Gate::NoKeyholder, &message),
        Err(OpenError::Broken)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_changed_bit_is_noticed(length in 0_usize..200, bit in any::<prop::sample::Index>(), seed in any::<u8>()) {
        let message = seal(
            &ROUTE, Gate::NoKeyholder, &sender(), &recipient().public().unwrap(), &vec![seed; length], &mut Same(seed),
        ).unwrap();
        prop_assert_eq!(opened(&ROUTE, Gate::NoKeyholder, &message).unwrap(), vec![seed; length]);
        let mut changed = message.clone();
        let bit = bit.index(8 * (32 + message.ciphertext.len()));
        match bit / 8 {
            // X25519 ignores the top bit of a point (RFC 7748 section 5), but HPKE hashes `enc` as sent.
            at @ 0..32 => changed.enc.0[at] ^= 1 << (bit % 8),
            at => changed.ciphertext[at - 32] ^= 1 << (bit % 8),
        }
        prop_assert_eq!(opened(&ROUTE, Gate::NoKeyholder, &changed), Err(OpenError::Broken));
    }
}

mod vectors;
