//! Hashing to the group and to scalars (RFC 9497 section 4.1, RFC 9380 section 5.3.1).

use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

/// `CreateContextString(0x01, "ristretto255-SHA512")`: mode VOPRF.
pub(super) const CONTEXT: &[u8] = b"OPRFV1-\x01-ristretto255-SHA512";

/// `HashToGroup`. The context is an argument only so that the vectors of mode OPRF can be run too.
pub(super) fn hash_to_group(context: &[u8], input: &[u8]) -> Zeroizing<RistrettoPoint> {
    let uniform = expand_message_xmd(&[input], &[b"HashToGroup-", context]);
    Zeroizing::new(RistrettoPoint::from_uniform_bytes(&uniform))
}

/// `HashToScalar` of the concatenated parts.
pub(super) fn hash_to_scalar(context: &[u8], parts: &[&[u8]]) -> Scalar {
    let uniform = expand_message_xmd(parts, &[b"HashToScalar-", context]);
    Scalar::from_bytes_mod_order_wide(&uniform)
}

/// `expand_message_xmd` with SHA-512 for 64 bytes, which is exactly one block of output.
pub(super) fn expand_message_xmd(message: &[&[u8]], tag: &[&[u8]]) -> Zeroizing<[u8; 64]> {
    const INPUT_BLOCK: [u8; 128] = [0; 128];
    const LENGTH: [u8; 2] = 64_u16.to_be_bytes();
    let tag_length = u8::try_from(tag.iter().map(|part| part.len()).sum::<usize>()).unwrap_or(u8::MAX);

    let mut first = Sha512::new_with_prefix(INPUT_BLOCK);
    message.iter().for_each(|part| first.update(part));
    first.update(LENGTH);
    first.update([0]);
    tag.iter().for_each(|part| first.update(part));
    first.update([tag_length]);
    let first = Zeroizing::new(<[u8; 64]>::from(first.finalize()));

    let mut second = Sha512::new_with_prefix(first.as_ref());
    second.update([1]);
    tag.iter().for_each(|part| second.update(part));
    second.update([tag_length]);
    Zeroizing::new(second.finalize().into())
}
