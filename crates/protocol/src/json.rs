//! JSON as it was sent, with its duplicate members refused. Libraries keep the last of two members of
//! one name, or the first; two readers that differ are a way past a check (RFC 8259 section 4).

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value. It has no `Debug`: a body may hold tokens.
#[derive(Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number that is a whole one from 0 to 2^64-1.
    Whole(u64),
    /// Any other number: negative, a fraction, or written with an exponent.
    Number,
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object: each name once, in the order sent.
    Object(Vec<(String, Json)>),
}

/// The bytes are not one JSON value, or an object in it names a member twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON text, or a member named twice")]
pub struct Malformed;

impl Json {
    /// Reads exactly one JSON value.
    ///
    /// # Errors
    /// [`Malformed`]; the reason is not told, since the library's would quote the input.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        serde_json::from_slice(bytes).map_err(|_| Malformed)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Whole(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut seen = std::collections::HashSet::new();
        let mut members = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, Json>()? {
            if !seen.insert(name.clone()) {
                return Err(de::Error::custom("a member named twice"));
            }
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_and_each_name_once() {
        assert!(Json::parse(br#"{"a":{"b":1},"c":[null,true,"x"]}"#).is_ok());
        for bad in [
            "",
            " ",
            "{",
            "{} {}",
            r#"{"a":1,"a":1}"#,
            r#"[{"a":1,"\u0061":2}]"#,
            "NaN",
            "1e400",
            "01",
            "{'a':1}",
            "\u{feff}{}",
            r#""\ud800""#,
        ] {
            assert!(Json::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(Json::parse(&[b'"', 0xff, b'"']).is_err());
        assert!(Json::parse("[".repeat(200_000).as_bytes()).is_err());
    }

    #[test]
    fn only_plain_whole_numbers_are_whole() {
        let number = |text: &str| Json::parse(text.as_bytes()).ok();
        assert!(number("18446744073709551615") == Some(Json::Whole(u64::MAX)));
        for other in ["18446744073709551616", "-0", "-1", "1.0", "1e2"] {
            assert!(number(other) == Some(Json::Number), "{other}");
        }
    }
}
