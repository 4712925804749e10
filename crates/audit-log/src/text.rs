//! The few text forms the log is written in: lower-case hexadecimal, padded base64 (RFC 4648 section 4) and
//! RFC 3339 times in UTC. Each value has exactly one text, so equal texts and equal values are the same question.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Appends `bytes` as lower-case hexadecimal.
pub(crate) fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// `bytes` as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    push_hex(&mut out, bytes);
    out
}

/// Reads exactly `N` bytes of lower-case hexadecimal.
pub(crate) fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(out)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// `bytes` in padded standard base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads padded standard base64 whose unused bits are zero.
pub(crate) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads exactly 32 bytes of padded standard base64.
pub(crate) fn parse_base64_32(text: &str) -> Option<[u8; 32]> {
    if text.len() != 44 {
        return None;
    }
    // `decode_slice` wants room for an estimate of 33 bytes.
    let mut buffer = [0; 33];
    match STANDARD.decode_slice(text, &mut buffer) {
        Ok(32) => buffer.first_chunk::<32>().copied(),
        _ => None,
    }
}

/// How the fraction of a second is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fraction {
    /// Always six digits.
    Always,
    /// Six digits, or none at a whole second.
    WhenPresent,
}

/// Appends `time` in UTC, cut to the microsecond (PostgreSQL keeps no more). `None` outside the years 1 to 9999.
pub(crate) fn push_time(out: &mut String, time: Timestamp, fraction: Fraction) -> Option<()> {
    let civil = Offset::UTC.to_datetime(time);
    let year = u32::try_from(civil.year())
        .ok()
        .filter(|year| (1..=9999).contains(year))?;
    push_digits(out, year, 4);
    for (separator, field) in [
        ('-', civil.month()),
        ('-', civil.day()),
        ('T', civil.hour()),
        (':', civil.minute()),
    ] {
        out.push(separator);
        push_digits(out, field.unsigned_abs().into(), 2);
    }
    out.push(':');
    push_digits(out, civil.second().unsigned_abs().into(), 2);
    let micros = civil.subsec_nanosecond().unsigned_abs() / 1_000;
    if fraction == Fraction::Always || micros != 0 {
        out.push('.');
        push_digits(out, micros, 6);
    }
    out.push('Z');
    Some(())
}

fn push_digits(out: &mut String, value: u32, digits: u32) {
    for place in (0..digits).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        out.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
    }
}

/// Reads what [`push_time`] writes; the caller compares the text again, so this only has to give the value.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let micros = match bytes.len() {
        20 => 0,
        27 if bytes[19] == b'.' => digits(&bytes[20..26])?,
        _ => return None,
    };
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (bytes.len() - 1, b'Z'),
    ];
    if marks.iter().any(|&(at, mark)| bytes[at] != mark) {
        return None;
    }
    let field = |from: usize| digits(&bytes[from..from + 2]).and_then(|value| i8::try_from(value).ok());
    let year = i16::try_from(digits(&bytes[..4])?).ok()?;
    let nanos = i32::try_from(micros * 1_000).ok()?;
    let civil = DateTime::new(
        year,
        field(5)?,
        field(8)?,
        field(11)?,
        field(14)?,
        field(17)?,
        nanos,
    )
    .ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(time: Timestamp, fraction: Fraction) -> Option<String> {
        let mut out = String::new();
        push_time(&mut out, time, fraction).map(|()| out)
    }

    #[test]
    fn a_time_has_one_text() {
        let time: Timestamp = "2027-03-01T09:00:00.000000Z".parse().unwrap();
        assert_eq!(
            written(time, Fraction::Always).unwrap(),
            "2027-03-01T09:00:00.000000Z"
        );
        assert_eq!(
            written(time, Fraction::WhenPresent).unwrap(),
            "2027-03-01T09:00:00Z"
        );
        let late: Timestamp = "9999-12-30T21:59:58.123456789Z".parse().unwrap();
        assert_eq!(
            written(late, Fraction::WhenPresent).unwrap(),
            "9999-12-30T21:59:58.123456Z"
        );
        assert_eq!(written(Timestamp::MIN, Fraction::Always), None);
        for text in ["2027-03-01T09:00:00Z", "2027-03-01T09:00:00.500000Z"] {
            assert_eq!(
                written(parse_time(text).unwrap(), Fraction::WhenPresent).unwrap(),
                text
            );
        }
    }

    #[test]
    fn other_spellings_of_a_time_are_refused() {
        for text in [
            "",
            "2027-03-01",
            "2027-03-01T09:00:00",
            "2027-03-01t09:00:00Z",
            "2027-03-01T09:00:00.5Z",
            "2027-03-01T09:00:60Z",
            "2027-02-29T09:00:00Z",
            "2027-03-01T24:00:00Z",
            "2027-03-01T09:00:0\u{e9}Z",
            "+027-03-01T09:00:00Z",
            "2027-03-01T09:00:00,000000Z",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn base64_and_hexadecimal_have_one_spelling() {
        let hash = [7; 32];
        assert_eq!(parse_base64_32(&base64(&hash)), Some(hash));
        assert_eq!(parse_base64_32(&base64(&[7; 31])), None);
        assert_eq!(parse_base64_32(&base64(&[7; 33])), None);
        assert_eq!(
            parse_base64_32("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwd="),
            None,
            "unused bits set"
        );
        assert_eq!(parse_hex::<2>("0aff"), Some([0x0a, 0xff]));
        assert_eq!(parse_hex::<2>("0aFF"), None);
        assert_eq!(parse_hex::<2>("0aff0"), None);
    }
}
