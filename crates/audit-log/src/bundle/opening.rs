//! One line of openings.jsonl: what a leaf commits to. Data travels as a JSON string, so that every reader gets back
//! exactly the bytes the commitment was made over, whatever its own idea of JSON.

use serde_json::Value;

use crate::commitment::commit;
use crate::text::{base64, hex, parse_base64_32, parse_hex};

/// The longest data, in bytes.
const MAX_DATA_BYTES: usize = 64 * 1024;
/// The longest line: each byte of data may need an escape of six.
pub(crate) const MAX_LINE_BYTES: usize = 6 * MAX_DATA_BYTES + 256;

/// The opening of one leaf.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The leaf's place in the log, from 0.
    pub index: u64,
    /// The leaf's id.
    pub id: [u8; 16],
    /// The key of the commitment.
    pub salt: [u8; 32],
    /// A JSON object, as the text that was committed to.
    pub data: String,
}

/// The line is not an opening, or the data no JSON object of at most 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpeningError;

impl Opening {
    /// What the leaf must carry as `c`.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        commit(&self.salt, self.data.as_bytes())
    }

    /// The line with its line feed.
    pub(crate) fn to_line(&self) -> Result<Vec<u8>, OpeningError> {
        self.object()?;
        let Self {
            index,
            id,
            salt,
            data,
        } = self;
        let data = Value::from(data.as_str());
        let line = format!(
            "{{\"index\":{index},\"id\":\"{}\",\"salt\":\"{}\",\"data\":{data}}}\n",
            hex(id),
            base64(salt)
        );
        Ok(line.into_bytes())
    }

    /// Reads a line (without line feed) that [`Opening::to_line`] wrote.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, OpeningError> {
        let value: Value = serde_json::from_slice(line).map_err(|_| OpeningError)?;
        let text = |member: &str| value.get(member).and_then(Value::as_str).ok_or(OpeningError);
        let opening = Self {
            index: value.get("index").and_then(Value::as_u64).ok_or(OpeningError)?,
            id: parse_hex(text("id")?).ok_or(OpeningError)?,
            salt: parse_base64_32(text("salt")?).ok_or(OpeningError)?,
            data: text("data")?.to_owned(),
        };
        let same = opening.to_line()?.strip_suffix(b"\n") == Some(line);
        if same { Ok(opening) } else { Err(OpeningError) }
    }

    /// The data as JSON.
    pub(crate) fn object(&self) -> Result<Value, OpeningError> {
        if self.data.len() > MAX_DATA_BYTES {
            return Err(OpeningError);
        }
        let value: Value = serde_json::from_str(&self.data).map_err(|_| OpeningError)?;
        if value.is_object() {
            Ok(value)
        } else {
            Err(OpeningError)
        }
    }
}

/// Shows which leaf, not what was said about whom.
impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(data: &str) -> Opening {
        Opening {
            index: 3,
            id: [1; 16],
            salt: [2; 32],
            data: data.to_owned(),
        }
    }

    #[test]
    fn a_line_there_and_back() {
        let opening = opening("{\"name\": \"Zo\u{eb} \\\"Z\\\"\",\n\t\"n\": 1.0}");
        let line = opening.to_line().unwrap();
        assert_eq!(
            Opening::parse(line.strip_suffix(b"\n").unwrap()).unwrap(),
            opening
        );
        assert!(!format!("{opening:?}").contains("Zo"));
    }

    #[test]
    fn other_spellings_are_refused() {
        let line = String::from_utf8(opening("{\"a\":\"b\"}").to_line().unwrap()).unwrap();
        let line = line.trim_end();
        for (find, put) in [
            ("{\"index\":3", "{ \"index\":3"),
            ("\"index\":3", "\"index\":3.0"),
            ("\"index\":3", "\"index\":3,\"index\":3"),
            ("\\\"a", "\\u0022a"),
            ("}\"}", "}\",\"more\":1}"),
            ("0101", "0G01"),
            ("{\\\"a\\\":\\\"b\\\"}", "[]"),
            ("{\\\"a\\\":\\\"b\\\"}", "{"),
        ] {
            assert!(line.contains(find), "{find}");
            assert_eq!(
                Opening::parse(line.replacen(find, put, 1).as_bytes()),
                Err(OpeningError),
                "{put}"
            );
        }
        assert!(
            opening(&format!("{{\"a\":\"{}\"}}", "b".repeat(MAX_DATA_BYTES)))
                .to_line()
                .is_err()
        );
    }
}
