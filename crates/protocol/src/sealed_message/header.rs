//! The name and type of an attached file. They are sealed with it: the service sees neither.

use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::text::Invalid;

/// The longest header, in bytes, the two that say its length among them.
pub(super) const MAX_HEADER_BYTES: usize = 2048;

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// The longest half of a media type (RFC 6838 section 4.2).
const MAX_MEDIA_TYPE_HALF: usize = 127;

/// The name and type of an attached file.
///
/// The sender wrote them: a name is safe to show and holds no way to another directory, but what a program does with a
/// name or a type such as `text/html` is for the reader to bound. A name can tell as much as a file: it is wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentHeader {
    media_type: String,
    name: String,
}

impl AttachmentHeader {
    /// A header.
    ///
    /// # Errors
    /// [`Invalid`] for a name that is empty, longer than 200 characters, `.` or `..`, or that holds `/`, `\`, a control
    /// character or one that turns the direction of writing (with which `exe.pdf` is made to read `fdp.exe`); and for a
    /// type that is not `type/subtype` (RFC 6838 section 4.2), without parameters.
    pub fn new(name: &str, media_type: &str) -> Result<Self, Invalid> {
        let right = |char: char| !(matches!(char, '/' | '\\') || char.is_control() || turns_direction(char));
        let name_is_right = (1..=MAX_NAME).contains(&name.chars().count())
            && !matches!(name, "." | "..")
            && name.chars().all(right);
        if !name_is_right {
            return Err(Invalid { what: "file name" });
        }
        let halves = media_type.split_once('/');
        if !halves.is_some_and(|(kind, subtype)| is_half(kind) && is_half(subtype)) {
            return Err(Invalid { what: "media type" });
        }
        Ok(Self {
            media_type: media_type.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its media type.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// Its length in two bytes and its canonical JSON (RFC 8785). Written by hand, so that no library keeps a copy: of what a
    /// name or type may hold, JSON escapes the quotation mark alone.
    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Invalid> {
        let escaped = self.name.bytes().filter(|byte| *byte == b'"').count();
        let length = [START, &self.media_type, MIDDLE, &self.name, END].map(str::len);
        let length = length.iter().sum::<usize>() + escaped;
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 + length));
        bytes.extend_from_slice(&u16::try_from(length).map_err(|_| HEADER)?.to_be_bytes());
        for text in [START, &self.media_type, MIDDLE] {
            bytes.extend_from_slice(text.as_bytes());
        }
        for byte in self.name.bytes() {
            if byte == b'"' {
                bytes.push(b'\\');
            }
            bytes.push(byte);
        }
        bytes.extend_from_slice(END.as_bytes());
        Ok(bytes)
    }

    /// Reads the header at the beginning of content, in its one spelling: what was read, written again, is the same. Gives
    /// what follows it, too.
    pub(super) fn split(content: &[u8]) -> Result<(Self, &[u8]), Invalid> {
        let (length, rest) = content.split_first_chunk::<2>().ok_or(HEADER)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (text, file) = rest.split_at_checked(length).ok_or(HEADER)?;
        if 2 + length > MAX_HEADER_BYTES {
            return Err(HEADER);
        }
        let members = std::str::from_utf8(text).map_err(|_| HEADER)?;
        let members = members.strip_prefix(START).ok_or(HEADER)?;
        let members = members.strip_suffix(END).ok_or(HEADER)?;
        // A media type holds no quotation mark: the first middle is the only one that counts.
        let (media_type, escaped) = members.split_once(MIDDLE).ok_or(HEADER)?;
        let mut name = Zeroizing::new(String::with_capacity(escaped.len()));
        for (at, piece) in escaped.split("\\\"").enumerate() {
            if at > 0 {
                name.push('"');
            }
            name.push_str(piece);
        }
        let header = Self::new(&name, media_type)?;
        if header.to_bytes()?[2..] == *text {
            Ok((header, file))
        } else {
            Err(HEADER)
        }
    }
}

const START: &str = r#"{"mediaType":""#;
const MIDDLE: &str = r#"","name":""#;
const END: &str = r#""}"#;

const HEADER: Invalid = Invalid { what: "header" };

/// What is sealed is not for a log either.
impl std::fmt::Debug for AttachmentHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[not shown]")
    }
}

/// Marks, embeddings, overrides and isolates (Unicode Standard Annex 9).
const fn turns_direction(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_half(text: &str) -> bool {
    (1..=MAX_MEDIA_TYPE_HALF).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back_and_what_follows_it() {
        let header = AttachmentHeader::new("verslag \"é\" 🙂.pdf", "application/pdf").unwrap();
        let bytes = header.to_bytes().unwrap();
        assert_eq!(
            std::str::from_utf8(&bytes[2..]).unwrap(),
            "{\"mediaType\":\"application/pdf\",\"name\":\"verslag \\\"é\\\" 🙂.pdf\"}"
        );
        let content = [&bytes[..], b"file"].concat();
        let (read, file) = AttachmentHeader::split(&content).unwrap();
        assert_eq!((read, file), (header, b"file".as_slice()));
        assert!(AttachmentHeader::split(&bytes[..bytes.len() - 1]).is_err());
        assert!(AttachmentHeader::split(&bytes[..1]).is_err());
    }

    /// What is written by hand is what RFC 8785 says.
    #[test]
    fn a_header_is_canonical_json() {
        for name in ["a", "\"", "\"\"x\"", "é 🙂\u{2028}", "a\",\"name\":\"b"] {
            let header = AttachmentHeader::new(name, "text/x-b+c").unwrap();
            let bytes = header.to_bytes().unwrap();
            assert_eq!(bytes[2..], serde_jcs::to_vec(&header).unwrap());
            assert_eq!(bytes.len(), bytes.capacity());
            assert_eq!(AttachmentHeader::split(&bytes).unwrap().0, header);
        }
    }

    #[test]
    fn the_longest_header_is_not_too_long() {
        let half = "x".repeat(MAX_MEDIA_TYPE_HALF);
        let header = AttachmentHeader::new(&"🙂".repeat(MAX_NAME), &format!("{half}/{half}")).unwrap();
        let bytes = header.to_bytes().unwrap();
        assert!(bytes.len() <= MAX_HEADER_BYTES, "{}", bytes.len());
        assert!(AttachmentHeader::split(&bytes).is_ok());
    }

    #[test]
    fn a_name_leads_nowhere_and_shows_what_it_is() {
        let long = "x".repeat(MAX_NAME + 1);
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a\nb",
            "a\0",
            "a\u{7f}",
            "a\u{85}",
            "\u{202e}fdp.exe",
            "a\u{200f}",
            "\u{2066}",
            &long,
        ] {
            assert!(AttachmentHeader::new(name, "text/plain").is_err(), "{name:?}");
        }
        for name in ["x", "...", "a b.txt", &long[1..]] {
            assert!(AttachmentHeader::new(name, "text/plain").is_ok(), "{name:?}");
        }
    }

    #[test]
    fn a_type_has_two_halves_and_no_parameters() {
        for media_type in [
            "",
            "text",
            "text/",
            "/plain",
            "text/plain;charset=utf-8",
            "text/ plain",
            "text/plain/x",
            "téxt/plain",
            "-x/plain",
        ] {
            assert!(AttachmentHeader::new("x", media_type).is_err(), "{media_type:?}");
        }
        for media_type in [
            "text/plain",
            "application/vnd.ms-excel.sheet.macroEnabled.12",
            "image/svg+xml",
        ] {
            assert!(AttachmentHeader::new("x", media_type).is_ok(), "{media_type:?}");
        }
    }

    #[test]
    fn a_header_has_one_spelling() {
        let split = |text: &str| {
            let length = u16::try_from(text.len()).unwrap().to_be_bytes();
            AttachmentHeader::split(&[&length[..], text.as_bytes()].concat()).map(drop)
        };
        let good = r#"{"mediaType":"text/plain","name":"a.txt"}"#;
        assert_eq!(split(good), Ok(()));
        for other in [
            good.replace(':', ": "),
            good.replace('}', ",\"size\":1}"),
            good.replace("a.txt", "\\u0061.txt"),
            good.replace("a.txt", "../a.txt"),
            good.replace("\"mediaType\":\"text/plain\",", ""),
            r#"{"name":"a.txt","mediaType":"text/plain"}"#.to_owned(),
            good.replace("a.txt", "a\"txt"),
            good.replace("a.txt", "a\\\\txt"),
            good.replace("a.txt", "a\\ttxt"),
            good.replace("a.txt", "a\\"),
            format!("{good} "),
            "[]".to_owned(),
        ] {
            assert_ne!(other, good);
            assert!(split(&other).is_err(), "{other}");
        }
    }
}
