//! A leaf of the log: one line of JSON with a fixed order of members, at most 4096 bytes, without line feed. The bytes
//! are made once, hashed, stored and exported as they are; [`Entry::parse`] accepts exactly what [`Entry::to_leaf`]
//! writes. Every member has a closed grammar without escapes, so a leaf has no room for free text, and personal data
//! never enters one: it goes into an opening ([`crate::commitment`]).

mod grammar;
mod parse;

pub(crate) use grammar::is_tag_of;

use jiff::Timestamp;

use crate::text::{Fraction, base64, push_hex, push_time};

/// The longest leaf, in bytes.
pub const MAX_LEAF_BYTES: usize = 4096;
/// The most related records a leaf names; an event with more is split.
pub const MAX_RELATED: usize = 40;

/// What one leaf says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The event's id, the same in API answers, notices and leaves.
    pub id: [u8; 16],
    /// When it happened; written to the microsecond, what is finer is cut.
    pub time: Timestamp,
    /// The event's name, `noun.verb`, from the closed catalogue in `domain::event`.
    pub event: String,
    /// The organisation that acted: `org_` and 22 characters of base64url.
    pub org: Option<String>,
    /// The record it happened to: a letter, `_` and 32 hexadecimal digits, random per record.
    pub sub: String,
    /// Related records, written as `sub` is; at most 40.
    pub rel: Vec<String>,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// A deadline that follows from the event.
    pub due: Option<Timestamp>,
    /// The end of what the event began.
    pub until: Option<Timestamp>,
    /// The commitment to the event's opening; `None` for an event that has none.
    pub commitment: Option<[u8; 32]>,
}

impl Entry {
    /// The leaf's bytes.
    ///
    /// # Errors
    /// [`EntryError`] naming the member that breaks the grammar, or the limit that is passed.
    pub fn to_leaf(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        let mut out = String::with_capacity(512);
        out.push_str(r#"{"v":1,"id":""#);
        push_hex(&mut out, &self.id);
        out.push_str(r#"","t":""#);
        push_time(&mut out, self.time, Fraction::Always).ok_or(EntryError::Member("t"))?;
        out.push_str(r#"","e":""#);
        out.push_str(&self.event);
        out.push('"');
        push_text(&mut out, "org", self.org.as_deref());
        push_text(&mut out, "sub", Some(&self.sub));
        out.push_str(r#","rel":["#);
        for (n, related) in self.rel.iter().enumerate() {
            out.push_str(if n == 0 { "\"" } else { ",\"" });
            out.push_str(related);
            out.push('"');
        }
        out.push(']');
        push_text(&mut out, "from", self.from.as_deref());
        push_text(&mut out, "to", self.to.as_deref());
        push_moment(&mut out, "due", self.due)?;
        push_moment(&mut out, "until", self.until)?;
        push_text(
            &mut out,
            "c",
            self.commitment.map(|commitment| base64(&commitment)).as_deref(),
        );
        out.push('}');
        if out.len() > MAX_LEAF_BYTES {
            return Err(EntryError::TooLong);
        }
        Ok(out.into_bytes())
    }

    /// The time in a leaf, without reading the rest: for whoever wrote the leaf itself.
    ///
    /// # Errors
    /// [`EntryError`] when it does not begin as a leaf does.
    pub fn time_of(leaf: &[u8]) -> Result<Timestamp, EntryError> {
        parse::time(leaf)
    }

    /// Reads a leaf.
    ///
    /// # Errors
    /// [`EntryError`] unless `leaf` is, byte for byte, what [`Entry::to_leaf`] writes for the entry read.
    pub fn parse(leaf: &[u8]) -> Result<Self, EntryError> {
        if leaf.len() > MAX_LEAF_BYTES {
            return Err(EntryError::TooLong);
        }
        let entry = parse::entry(leaf)?;
        if entry.to_leaf()? != leaf {
            return Err(EntryError::NotCanonical);
        }
        Ok(entry)
    }

    /// Reads a leaf that [`Entry::parse`] accepted before, without holding it against its canonical form again.
    pub(crate) fn reread(leaf: &[u8]) -> Result<Self, EntryError> {
        parse::entry(leaf)
    }

    /// Checks every member that is text, so that writing one needs no escapes.
    fn check(&self) -> Result<(), EntryError> {
        let rule = |holds: bool, member| {
            if holds {
                Ok(())
            } else {
                Err(EntryError::Member(member))
            }
        };
        rule(grammar::is_event(&self.event), "e")?;
        rule(self.org.as_deref().is_none_or(grammar::is_organisation), "org")?;
        rule(grammar::is_tag(&self.sub), "sub")?;
        rule(self.rel.iter().all(|tag| grammar::is_tag(tag)), "rel")?;
        rule(self.from.as_deref().is_none_or(grammar::is_state), "from")?;
        rule(self.to.as_deref().is_none_or(grammar::is_state), "to")?;
        if self.rel.len() > MAX_RELATED {
            return Err(EntryError::TooManyRelated);
        }
        Ok(())
    }
}

fn push_text(out: &mut String, member: &str, value: Option<&str>) {
    push_member(out, member);
    match value {
        None => out.push_str("null"),
        Some(value) => {
            out.push('"');
            out.push_str(value);
            out.push('"');
        }
    }
}

fn push_moment(out: &mut String, member: &'static str, value: Option<Timestamp>) -> Result<(), EntryError> {
    push_member(out, member);
    match value {
        None => out.push_str("null"),
        Some(time) => {
            out.push('"');
            push_time(out, time, Fraction::WhenPresent).ok_or(EntryError::Member(member))?;
            out.push('"');
        }
    }
    Ok(())
}

fn push_member(out: &mut String, member: &str) {
    out.push_str(",\"");
    out.push_str(member);
    out.push_str("\":");
}

/// Why bytes are not a leaf, or an entry cannot become one. Never echoes what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// More than 4096 bytes.
    TooLong,
    /// More than 40 related records.
    TooManyRelated,
    /// The member of this name is missing, out of order, or not in its grammar.
    Member(&'static str),
    /// Readable, but not the bytes this entry is written as.
    NotCanonical,
}

impl std::fmt::Display for EntryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong => write!(f, "the leaf is longer than {MAX_LEAF_BYTES} bytes"),
            Self::TooManyRelated => write!(f, "the leaf names more than {MAX_RELATED} related records"),
            Self::Member(member) => write!(
                f,
                "member `{member}` of the leaf is missing, misplaced or not in its form"
            ),
            Self::NotCanonical => f.write_str("the leaf is not written in its one canonical form"),
        }
    }
}

impl std::error::Error for EntryError {}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &str = concat!(
        r#"{"v":1,"id":"000102030405060708090a0b0c0d0e0f","t":"2027-03-01T09:00:00.000000Z","e":"consent.given","#,
        r#""org":"org_AAAAAAAAAAAAAAAAAAAAAA","sub":"c_11111111111111111111111111111111","#,
        r#""rel":["m_22222222222222222222222222222222"],"from":"requested","to":"given","due":null,"#,
        r#""until":"2028-03-01T00:00:00Z","c":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="}"#
    );

    fn entry() -> Entry {
        Entry {
            id: std::array::from_fn(|n| u8::try_from(n).unwrap()),
            time: "2027-03-01T09:00:00Z".parse().unwrap(),
            event: "consent.given".into(),
            org: Some("org_AAAAAAAAAAAAAAAAAAAAAA".into()),
            sub: format!("c_{}", "1".repeat(32)),
            rel: vec![format!("m_{}", "2".repeat(32))],
            from: Some("requested".into()),
            to: Some("given".into()),
            due: None,
            until: Some("2028-03-01T00:00:00Z".parse().unwrap()),
            commitment: Some([3; 32]),
        }
    }

    #[test]
    fn the_bytes_are_fixed() {
        assert_eq!(String::from_utf8(entry().to_leaf().unwrap()).unwrap(), LEAF);
        assert_eq!(Entry::parse(LEAF.as_bytes()).unwrap(), entry());
        assert!(serde_json::from_str::<serde_json::Value>(LEAF).is_ok());
    }

    #[test]
    fn everything_optional_may_be_absent() {
        let bare = Entry {
            org: None,
            rel: vec![],
            from: None,
            to: None,
            until: None,
            commitment: None,
            ..entry()
        };
        assert_eq!(Entry::parse(&bare.to_leaf().unwrap()).unwrap(), bare);
    }

    #[test]
    fn no_byte_can_change_unnoticed() {
        // Replaced, inserted, deleted: either refused, or another entry that is written as exactly those bytes.
        for at in 0..LEAF.len() {
            let mut deleted = LEAF.as_bytes().to_vec();
            deleted.remove(at);
            let mut altered = vec![deleted];
            for byte in 0..=255 {
                let mut replaced = LEAF.as_bytes().to_vec();
                replaced[at] = byte;
                let mut inserted = LEAF.as_bytes().to_vec();
                inserted.insert(at, byte);
                altered.extend([replaced, inserted]);
            }
            for bytes in altered {
                if let Ok(other) = Entry::parse(&bytes) {
                    assert_eq!(other.to_leaf().unwrap(), bytes);
                }
            }
            assert!(Entry::parse(&LEAF.as_bytes()[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for (find, put) in [
            ("{\"v\":1", "{ \"v\":1"),
            ("\"v\":1", "\"v\":2"),
            ("consent.given", "consent"),
            ("consent.given", "Consent.given"),
            ("consent.given", "consent\\u002egiven"),
            ("requested", "=cmd"),
            ("\"requested\"", "\"\""),
            ("AAAAAA\",\"sub", "AAAAAB\",\"sub"),
            ("09:00:00.000000Z", "09:00:00Z"),
            ("00:00:00Z", "00:00:00.000000Z"),
            ("00:00:00Z", "00:00:00+00:00"),
            ("0a0b", "0A0B"),
            ("\"c\":\"Aw", "\"c\":\"A\n"),
            ("}", "}\n"),
            ("\"due\":null,", ""),
            ("\"due\":null", "\"due\":null,\"due\":null"),
        ] {
            assert!(LEAF.contains(find));
            assert!(
                Entry::parse(LEAF.replacen(find, put, 1).as_bytes()).is_err(),
                "{find} -> {put}"
            );
        }
    }

    #[test]
    fn the_limits() {
        let related = |n| Entry {
            rel: vec![format!("s_{}", "4".repeat(32)); n],
            ..entry()
        };
        let most = related(MAX_RELATED).to_leaf().unwrap();
        assert!(most.len() < MAX_LEAF_BYTES);
        assert_eq!(Entry::parse(&most).unwrap(), related(MAX_RELATED));
        assert_eq!(
            related(MAX_RELATED + 1).to_leaf(),
            Err(EntryError::TooManyRelated)
        );
        assert_eq!(
            Entry::parse(&vec![b'{'; MAX_LEAF_BYTES + 1]),
            Err(EntryError::TooLong)
        );
        let early = Entry {
            time: Timestamp::MIN,
            ..entry()
        };
        assert_eq!(early.to_leaf(), Err(EntryError::Member("t")));
    }
}
