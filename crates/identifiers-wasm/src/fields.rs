//! Lists of byte strings, as they cross the boundary: each after its length, a big-endian `u32`.

use zeroize::Zeroizing;

use crate::operation::Refused;

/// The fields of a question, taken one after the other.
pub(crate) struct Fields<'q> {
    rest: &'q [u8],
}

impl<'q> Fields<'q> {
    pub(crate) const fn of(question: &'q [u8]) -> Self {
        Self { rest: question }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn bytes(&mut self) -> Result<&'q [u8], Refused> {
        let (length, rest) = self.rest.split_first_chunk::<4>().ok_or(Refused::MALFORMED)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Refused::MALFORMED)?;
        let (field, rest) = rest.split_at_checked(length).ok_or(Refused::MALFORMED)?;
        self.rest = rest;
        Ok(field)
    }

    pub(crate) fn text(&mut self) -> Result<&'q str, Refused> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Refused::MALFORMED)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<Zeroizing<[u8; N]>, Refused> {
        let bytes: &[u8; N] = self.bytes()?.try_into().map_err(|_| Refused::MALFORMED)?;
        Ok(Zeroizing::new(*bytes))
    }

    pub(crate) fn number(&mut self) -> Result<u32, Refused> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// Every field that is left, as text.
    pub(crate) fn texts(&mut self) -> Result<Vec<&'q str>, Refused> {
        let mut texts = Vec::new();
        while !self.is_empty() {
            texts.push(self.text()?);
        }
        Ok(texts)
    }
}

/// An answer of these fields.
pub(crate) fn answer<'f>(fields: impl IntoIterator<Item = &'f [u8]> + Clone) -> Zeroizing<Vec<u8>> {
    // Exact, so that no copy is left by growing.
    let length = fields.clone().into_iter().map(|field| 4 + field.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    for field in fields {
        // Nothing here comes near 4 GiB; saturating keeps the arithmetic total.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_went() {
        let bytes = answer([b"one".as_slice(), b"", b"\0\0\0\x07"]);
        let mut fields = Fields::of(&bytes);
        assert_eq!(fields.text().unwrap(), "one");
        assert_eq!(fields.bytes().unwrap(), b"");
        assert_eq!(fields.number().unwrap(), 7);
        assert!(fields.is_empty());
        assert_eq!(fields.bytes().unwrap_err(), Refused::MALFORMED);
    }

    #[test]
    fn what_is_cut_off_too_short_or_no_text_is_refused() {
        for question in [&b"\0"[..], b"\0\0\0\x02a", b"\xff\xff\xff\xffa"] {
            assert_eq!(Fields::of(question).bytes().unwrap_err(), Refused::MALFORMED);
        }
        let not_text = answer([b"\xff".as_slice()]);
        assert_eq!(Fields::of(&not_text).text().unwrap_err(), Refused::MALFORMED);
        assert_eq!(
            Fields::of(&not_text).array::<2>().unwrap_err(),
            Refused::MALFORMED
        );
    }
}
