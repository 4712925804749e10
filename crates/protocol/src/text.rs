//! Values that travel as text. Each has one grammar, one `parse`, one way to be written, and a
//! value that was parsed is written back byte for byte.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;

/// A text did not follow the grammar of the value it stands for. Says which grammar, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}")]
pub struct Invalid {
    /// Name of the value that was expected.
    pub what: &'static str,
}

/// Writes `Serialize`, `Deserialize` and the OpenAPI schema of a value by its `FromStr` and `Display`.
macro_rules! text_value {
    ($(#[generics($($generic:tt)*)])? $type:ty, name: $name:expr, description: $description:expr, example: $example:expr, pattern: $pattern:expr) => {
        impl $(<$($generic)*>)? serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de $(, $($generic)*)?> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl $(<$($generic)*>)? utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some($description))
                    .pattern(Some($pattern))
                    .examples([serde_json::Value::from($example)])
                    .into()
            }
        }

        impl $(<$($generic)*>)? utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
        }
    };
}
pub(crate) use text_value;

/// Reads exactly `N` bytes from unpadded base64url, refusing every second spelling of the same bytes.
///
/// # Errors
/// [`Invalid`] when the text is longer or shorter, padded, or not canonical.
pub fn decode<const N: usize>(text: &str, what: &'static str) -> Result<[u8; N], Invalid> {
    // The length comes first: a huge text costs nothing.
    if text.len() != (N * 8).div_ceil(6) {
        return Err(Invalid { what });
    }
    let mut bytes = [0; N];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(length) if length == N => Ok(bytes),
        _ => Err(Invalid { what }),
    }
}

/// Reads unpadded base64url of any length up to `max_bytes`.
///
/// # Errors
/// [`Invalid`] when the text is too long, padded, or not canonical.
pub fn decode_vec(text: &str, max_bytes: usize, what: &'static str) -> Result<Vec<u8>, Invalid> {
    if text.len() > (max_bytes * 8).div_ceil(6) {
        return Err(Invalid { what });
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Invalid { what })
}

/// Writes bytes as unpadded base64url.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `N` bytes that are no secret, as unpadded base64url: keys to verify with, hashes, signatures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Base64Url<const N: usize>(pub [u8; N]);

impl<const N: usize> FromStr for Base64Url<N> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        decode(text, "unpadded base64url value of the expected length").map(Self)
    }
}

impl<const N: usize> fmt::Display for Base64Url<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0))
    }
}

impl<const N: usize> fmt::Debug for Base64Url<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_value!(
    #[generics(const N: usize)]
    Base64Url<N>,
    name: format!("Base64Url{N}"),
    description: format!("{N} bytes in unpadded base64url"),
    example: encode([7_u8; N]),
    pattern: format!("^[A-Za-z0-9_-]{{{}}}$", (N * 8).div_ceil(6))
);

/// `N` bytes that nobody may log: wiped when dropped, and `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Confidential<const N: usize>([u8; N]);

impl<const N: usize> Confidential<N> {
    /// Takes the bytes.
    pub const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// Shows the bytes to the code that needs them.
    pub const fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> FromStr for Confidential<N> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        decode(text, "unpadded base64url value of the expected length").map(Self)
    }
}

impl<const N: usize> fmt::Debug for Confidential<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not shown]")
    }
}

impl<const N: usize> serde::Serialize for Confidential<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&zeroize::Zeroizing::new(encode(self.0)))
    }
}

impl<'de, const N: usize> serde::Deserialize<'de> for Confidential<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A month of a year, `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth(Date);

impl YearMonth {
    /// The month that holds `date`.
    pub fn of(date: Date) -> Self {
        Self(date.first_of_month())
    }

    /// The first day of the month.
    pub fn first_day(self) -> Date {
        self.0
    }
}

impl FromStr for YearMonth {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const WHAT: Invalid = Invalid {
            what: "month, YYYY-MM",
        };
        if text.len() != 7 || !text.is_ascii() {
            return Err(WHAT);
        }
        date(&format!("{text}-01")).map(Self).map_err(|_| WHAT)
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

text_value!(
    YearMonth,
    name: "YearMonth",
    description: "A month, YYYY-MM",
    example: "2031-05",
    pattern: "^[0-9]{4}-(0[1-9]|1[0-2])$"
);

/// Reads a full date `YYYY-MM-DD` and no other spelling of one.
///
/// # Errors
/// [`Invalid`] for another form, or for a day the calendar does not have.
pub fn date(text: &str) -> Result<Date, Invalid> {
    const WHAT: Invalid = Invalid {
        what: "date, YYYY-MM-DD",
    };
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return Err(WHAT);
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i16>().map_err(|_| WHAT);
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let small = |value: i16| i8::try_from(value).map_err(|_| WHAT);
    Date::new(year, small(month)?, small(day)?).map_err(|_| WHAT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_one_spelling() {
        assert_eq!("AQID".parse(), Ok(Base64Url([1, 2, 3])));
        for other in ["AQI", "AQIDBA", "AQI=", "AQ+D", "AQ D", "AQID\n", ""] {
            assert!(other.parse::<Base64Url<3>>().is_err(), "{other:?}");
        }
        // 16 bytes leave four unused bits in the last character: they must be zero.
        assert!("AAAAAAAAAAAAAAAAAAAAAA".parse::<Base64Url<16>>().is_ok());
        assert!("AAAAAAAAAAAAAAAAAAAAAB".parse::<Base64Url<16>>().is_err());
    }

    #[test]
    fn a_date_has_one_spelling() {
        assert_eq!(date("2028-02-29"), Ok(jiff::civil::date(2028, 2, 29)));
        for other in [
            "2027-02-29",
            "20270201",
            "2027-2-01",
            "+027-02-01",
            "2027-02-01T00:00",
            "2027-13-01",
            "",
        ] {
            assert!(date(other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_month_is_written_as_it_was_read() {
        assert_eq!("2031-05".parse::<YearMonth>().unwrap().to_string(), "2031-05");
        for other in [
            "2031-00",
            "2031-13",
            "2031-5",
            "31-05",
            "2031-05-01",
            "2031/05",
            "２031-1",
        ] {
            assert!(other.parse::<YearMonth>().is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_confidential_value_prints_nothing() {
        assert_eq!(format!("{:?}", Confidential::new([1; 32])), "[not shown]");
    }
}
