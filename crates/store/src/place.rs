//! A place in a list, as it is given to who reads the list: hidden, and sealed to that reader and that list.
//!
//! Deterministic authenticated encryption in the manner of SIV (RFC 5297) with keyed BLAKE3: the tag is computed over
//! whose list it is and the place, and the place is hidden under a stream that the tag chooses. So one place looks the
//! same each time and tells nothing, and whatever was bent, or given out to another or for another list, does not open.

use zeroize::Zeroizing;

const TAG: usize = 16;

/// Most numbers that make a place.
const MOST: usize = 8;

/// The keys under which places are hidden and sealed.
#[derive(Clone)]
pub struct Places {
    tag: Zeroizing<[u8; 32]>,
    stream: Zeroizing<[u8; 32]>,
}

impl Places {
    pub(crate) fn new(k_id: &[u8; 16]) -> Self {
        let key = |context| Zeroizing::new(blake3::derive_key(context, k_id));
        Self {
            tag: key("trefpunt 2026 place in a list tag v1"),
            stream: key("trefpunt 2026 place in a list stream v1"),
        }
    }

    /// A place in this list as its reader may hold it. `list` names the list and whose it is.
    pub fn seal(&self, list: &[u8], place: &[i64]) -> Vec<u8> {
        let mut bytes: Vec<u8> = place.iter().flat_map(|number| number.to_be_bytes()).collect();
        let tag = self.tag(list, &bytes);
        self.hide(&tag, &mut bytes);
        [tag.as_slice(), &bytes].concat()
    }

    /// The place that was sealed for this list, if it was, of so many numbers.
    pub fn open<const N: usize>(&self, list: &[u8], sealed: &[u8]) -> Option<[i64; N]> {
        const { assert!(N <= MOST) }
        let (tag, hidden) = sealed.split_first_chunk::<TAG>()?;
        if hidden.len() != N * 8 {
            return None;
        }
        let mut bytes = hidden.to_vec();
        self.hide(tag, &mut bytes);
        // As blake3 compares: in a time that does not depend on where they differ.
        let right = blake3::hash(&self.tag(list, &bytes)) == blake3::hash(tag);
        let mut numbers = bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|number| i64::from_be_bytes(*number));
        let place = [(); N].map(|()| numbers.next().unwrap_or_default());
        right.then_some(place)
    }

    fn tag(&self, list: &[u8], place: &[u8]) -> [u8; TAG] {
        let mut hasher = blake3::Hasher::new_keyed(&self.tag);
        hasher.update(&(list.len() as u64).to_be_bytes());
        hasher.update(list).update(place);
        let mut tag = [0; TAG];
        hasher.finalize_xof().fill(&mut tag);
        tag
    }

    /// Hides or shows: the same twice is nothing.
    fn hide(&self, tag: &[u8; TAG], bytes: &mut [u8]) {
        let mut stream = [0; MOST * 8];
        blake3::Hasher::new_keyed(&self.stream)
            .update(tag)
            .finalize_xof()
            .fill(&mut stream);
        bytes
            .iter_mut()
            .zip(stream)
            .for_each(|(byte, hidden)| *byte ^= hidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_opens_for_its_own_list_and_as_it_was_given() {
        let places = Places::new(&[9; 16]);
        let sealed = places.seal(b"signals of 1", &[42]);
        assert_eq!(places.open(b"signals of 1", &sealed), Some([42]));
        assert_eq!(places.open::<1>(b"signals of 2", &sealed), None);
        assert_eq!(places.open::<1>(b"matches of 1", &sealed), None);
        assert_eq!(places.open::<2>(b"signals of 1", &sealed), None);
        assert_eq!(Places::new(&[8; 16]).open::<1>(b"signals of 1", &sealed), None);
        for bit in 0..sealed.len() * 8 {
            let mut bent = sealed.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(places.open::<1>(b"signals of 1", &bent), None, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(places.open::<1>(b"signals of 1", &sealed[..length]), None);
        }
        assert_eq!(
            places.open(b"x", &places.seal(b"x", &[i64::MIN, 0, i64::MAX])),
            Some([i64::MIN, 0, i64::MAX])
        );
    }

    #[test]
    fn neighbouring_places_look_like_nothing() {
        let places = Places::new(&[9; 16]);
        let (one, other) = (places.seal(b"l", &[1]), places.seal(b"l", &[2]));
        let same = one.iter().zip(&other).filter(|(one, other)| one == other).count();
        assert!(same < 6, "{same} of 24 bytes are the same");
    }
}
