//! From when until when certificates are good (RFC 5280, section 4.1.2.5), read from their DER: of all that a certificate
//! says the one thing that an operator has to know beforehand.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{TlsError, certificates};

/// From when until when a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Before this it is not good yet.
    pub not_before: Timestamp,
    /// After this it no longer is.
    pub not_after: Timestamp,
}

/// That of each certificate in a PEM file, in the file's order: the first is the one of whom the file is about.
///
/// # Errors
/// [`TlsError::Certificate`] when there is none, or one cannot be read.
pub fn validities(pem: &[u8]) -> Result<Vec<Validity>, TlsError> {
    let certificates = certificates(pem).ok_or(TlsError::Certificate)?;
    let read = certificates.iter().map(|certificate| of_der(certificate));
    read.collect::<Option<_>>().ok_or(TlsError::Certificate)
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `Certificate`, in it `TBSCertificate`, in it after version, serial number, algorithm and issuer: `Validity`.
fn of_der(der: &[u8]) -> Option<Validity> {
    let (certificate, _) = value(der, SEQUENCE)?;
    let (mut rest, _) = value(certificate, SEQUENCE)?;
    if let Some((_, after)) = value(rest, VERSION) {
        rest = after;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        (_, rest) = value(rest, tag)?;
    }
    let (validity, _) = value(rest, SEQUENCE)?;
    let (not_before, rest) = time(validity)?;
    let (not_after, _) = time(rest)?;
    Some(Validity {
        not_before,
        not_after,
    })
}

/// What stands behind this tag, and what comes after it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    // Up to 127 the length itself, else in how many bytes it follows (X.690, section 8.1.3).
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.is_empty() || bytes.len() > 4 {
            return None;
        }
        let length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        (length, rest)
    };
    rest.split_at_checked(length)
}

/// `YYMMDDHHMMSSZ`, of which fifty and up are of the last century, or the same with the year in four digits.
fn time(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (text, rest, short) = match value(der, UTC_TIME) {
        Some((text, rest)) => (text, rest, true),
        None => value(der, GENERALIZED_TIME).map(|(text, rest)| (text, rest, false))?,
    };
    let digits = text.strip_suffix(b"Z")?;
    if digits.len() != if short { 12 } else { 14 } || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, others) = digits.split_at(digits.len() - 10);
    let number = |digits: &[u8]| {
        let sum = digits
            .iter()
            .fold(0, |sum: i16, digit| sum * 10 + i16::from(digit - b'0'));
        Some(sum)
    };
    let part = |at: usize| others.get(at..at + 2).and_then(number)?.try_into().ok();
    let year = match number(year)? {
        year if !short => year,
        year if year >= 50 => 1900 + year,
        year => 2000 + year,
    };
    let civil = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    // A certificate without an end says 31 December 9999, which is beyond the end of time here.
    let instant = civil
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    Some((instant, rest))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(from: (i32, u8, u8), until: (i32, u8, u8)) -> rcgen::Certificate {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from.0, from.1, from.2);
        params.not_after = date_time_ymd(until.0, until.1, until.2);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_days_of_each_certificate_are_read_in_order() {
        let pem = [
            certificate((1999, 12, 31), (2049, 12, 31)),
            certificate((2027, 2, 28), (2050, 1, 1)),
            certificate((2027, 1, 1), (9999, 12, 31)),
        ]
        .map(|certificate| certificate.pem())
        .concat();
        let read = validities(pem.as_bytes()).unwrap();
        let expected = [
            ("1999-12-31T00:00:00Z", "2049-12-31T00:00:00Z"),
            ("2027-02-28T00:00:00Z", "2050-01-01T00:00:00Z"),
        ]
        .map(|(not_before, not_after)| Validity {
            not_before: at(not_before),
            not_after: at(not_after),
        });
        assert_eq!(read[..2], expected);
        assert_eq!(read[2].not_after, Timestamp::MAX);
        assert_eq!(read.len(), 3);
    }

    #[test]
    fn what_is_cut_short_or_bent_is_refused_without_a_panic() {
        assert_eq!(validities(b""), Err(TlsError::Certificate));
        let der = certificate((2027, 1, 1), (2028, 1, 1)).der().to_vec();
        assert!(of_der(&der).is_some());
        for length in 0..100 {
            of_der(&der[..length]);
        }
        for place in 0..der.len().min(200) {
            for bent in [0, 0x7f, 0x80, 0x84, 0xff] {
                let mut der = der.clone();
                der[place] = bent;
                of_der(&der);
            }
        }
        assert_eq!(of_der(&der[..40]), None);
        for time_of in [
            &b"\x17\x0d27022923595"[..],
            b"\x17\x0d270229235959Z",
            b"\x17\x0d27-228235959Z",
            b"\x18\x0d270228235959Z",
            b"\x18\x0f20270228235959+",
        ] {
            assert_eq!(time(time_of), None, "{time_of:?}");
        }
        let (instant, rest) = time(b"\x18\x0f20270228235959Zrest").unwrap();
        assert_eq!((instant, rest), (at("2027-02-28T23:59:59Z"), &b"rest"[..]));
    }
}
