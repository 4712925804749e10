//! Lists, page by page.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::{FieldError, FieldErrorCode, Refused};
use crate::problem::ProblemType;
use crate::text::{self, Invalid, text_value};

/// Items of a list, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// Give this as `cursor` for the next page; null on the last.
    pub next: Option<Cursor>,
}

/// The parameters as they stand in the address. Read them with [`PageQuery::parse`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// How many items at most, 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100, default = 50, value_type = Option<u16>)]
    pub limit: Option<String>,
    /// Where to go on: `next` of the page before.
    #[param(value_type = Option<Cursor>)]
    pub cursor: Option<String>,
}

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// How many items at most, 1 to 100.
    pub limit: u16,
    /// Where to go on.
    pub cursor: Option<Cursor>,
}

impl PageQuery {
    /// The largest page, in items.
    pub const MAX_LIMIT: u16 = 100;
    /// The page when nothing is asked, in items.
    pub const DEFAULT_LIMIT: u16 = 50;

    /// Reads the parameters of the address.
    ///
    /// # Errors
    /// [`Refused`] with `invalid-request` and both faults if there are two.
    pub fn parse(parameters: &PageParameters) -> Result<Self, Refused> {
        let mut errors = Vec::new();
        let mut fault = |pointer: &str, code| errors.push(FieldError::new(pointer, code));
        let limit = match &parameters.limit {
            None => Self::DEFAULT_LIMIT,
            Some(text) => match whole(text) {
                Some(limit) if (1..=Self::MAX_LIMIT).contains(&limit) => limit,
                Some(_) => {
                    fault("query:limit", FieldErrorCode::OutOfRange);
                    0
                }
                None => {
                    fault("query:limit", FieldErrorCode::InvalidFormat);
                    0
                }
            },
        };
        let cursor = parameters
            .cursor
            .as_deref()
            .map(str::parse)
            .transpose()
            .unwrap_or_else(|_| {
                fault("query:cursor", FieldErrorCode::InvalidFormat);
                None
            });
        if errors.is_empty() {
            Ok(Self { limit, cursor })
        } else {
            Err(Refused {
                problem: ProblemType::InvalidRequest,
                errors,
            })
        }
    }
}

/// A whole number without sign or leading zero.
pub(crate) fn whole(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// A place in a list, as the service wrote it: 1 to 256 characters of base64url. Means something to
/// the service only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// The longest place that a cursor stands for, in bytes.
    const MAX_BYTES: usize = 192;

    /// The cursor that stands for these bytes.
    ///
    /// # Panics
    /// When they are none, or more than a cursor holds.
    pub fn of(place: &[u8]) -> Self {
        assert!(
            (1..=Self::MAX_BYTES).contains(&place.len()),
            "a place has 1 to 192 bytes"
        );
        Self(text::encode(place))
    }

    /// The bytes it stands for, if it is the text of any.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        text::decode_vec(&self.0, Self::MAX_BYTES, "cursor").ok()
    }

    /// The cursor as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Cursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !(1..=256).contains(&text.len()) || !text.bytes().all(good) {
            return Err(Invalid { what: "cursor" });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    Cursor,
    name: "Cursor",
    description: "A place in a list; give it back as it came",
    example: "AAAAAAAAAAAqfT8x",
    pattern: "^[A-Za-z0-9_-]{1,256}$"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: Option<&str>, cursor: Option<&str>) -> Result<PageQuery, Vec<String>> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        PageQuery::parse(&PageParameters {
            limit: own(limit),
            cursor: own(cursor),
        })
        .map_err(|refused| refused.errors.into_iter().map(|error| error.pointer).collect())
    }

    #[test]
    fn limits_have_bounds() {
        assert_eq!(query(None, None).unwrap().limit, 50);
        assert_eq!(query(Some("100"), None).unwrap().limit, 100);
        for limit in ["0", "-1", "+1", "101", "1000000000", "", "07", "1.0", "x"] {
            assert_eq!(
                query(Some(limit), None),
                Err(vec!["query:limit".to_owned()]),
                "{limit:?}"
            );
        }
        assert_eq!(query(Some("0"), Some("!")).unwrap_err().len(), 2);
    }
}
