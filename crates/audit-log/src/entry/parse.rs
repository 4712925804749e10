//! Reading a leaf from left to right, one member after the other. The order is fixed and nothing is escaped, so this
//! is a walk and not a JSON parser; grammar and canonical form are checked by the caller, which writes it again.

use super::{Entry, EntryError, MAX_RELATED};
use crate::text::{parse_base64_32, parse_hex, parse_time};

/// When the leaf says it happened; what follows is not looked at.
pub(super) fn time(leaf: &[u8]) -> Result<jiff::Timestamp, EntryError> {
    Ok(id_and_time(leaf)?.1)
}

fn id_and_time(leaf: &[u8]) -> Result<([u8; 16], jiff::Timestamp, Walk<'_>), EntryError> {
    let text = std::str::from_utf8(leaf).map_err(|_| EntryError::NotCanonical)?;
    let mut walk = Walk { rest: text };
    walk.literal("v", r#"{"v":1,"id":"#)?;
    let id = walk
        .text("id")
        .and_then(|text| parse_hex(text).ok_or(EntryError::Member("id")))?;
    walk.literal("t", r#","t":"#)?;
    let time = walk
        .text("t")
        .and_then(|text| parse_time(text).ok_or(EntryError::Member("t")))?;
    Ok((id, time, walk))
}

pub(super) fn entry(leaf: &[u8]) -> Result<Entry, EntryError> {
    let (id, time, mut walk) = id_and_time(leaf)?;
    walk.literal("e", r#","e":"#)?;
    let event = walk.text("e")?.to_owned();
    walk.literal("org", r#","org":"#)?;
    let org = walk.nullable("org")?.map(str::to_owned);
    walk.literal("sub", r#","sub":"#)?;
    let sub = walk.text("sub")?.to_owned();
    walk.literal("rel", r#","rel":["#)?;
    let rel = walk.related()?;
    walk.literal("from", r#","from":"#)?;
    let from = walk.nullable("from")?.map(str::to_owned);
    walk.literal("to", r#","to":"#)?;
    let to = walk.nullable("to")?.map(str::to_owned);
    walk.literal("due", r#","due":"#)?;
    let due = walk.moment("due")?;
    walk.literal("until", r#","until":"#)?;
    let until = walk.moment("until")?;
    walk.literal("c", r#","c":"#)?;
    let commitment = match walk.nullable("c")? {
        None => None,
        Some(text) => Some(parse_base64_32(text).ok_or(EntryError::Member("c"))?),
    };
    if walk.rest != "}" {
        return Err(EntryError::NotCanonical);
    }
    Ok(Entry {
        id,
        time,
        event,
        org,
        sub,
        rel,
        from,
        to,
        due,
        until,
        commitment,
    })
}

struct Walk<'a> {
    rest: &'a str,
}

impl<'a> Walk<'a> {
    fn literal(&mut self, member: &'static str, expected: &str) -> Result<(), EntryError> {
        self.rest = self
            .rest
            .strip_prefix(expected)
            .ok_or(EntryError::Member(member))?;
        Ok(())
    }

    fn text(&mut self, member: &'static str) -> Result<&'a str, EntryError> {
        let open = self.rest.strip_prefix('"').ok_or(EntryError::Member(member))?;
        let end = memchr::memchr(b'"', open.as_bytes()).ok_or(EntryError::Member(member))?;
        let (text, rest) = open.split_at(end);
        self.rest = &rest[1..];
        Ok(text)
    }

    fn nullable(&mut self, member: &'static str) -> Result<Option<&'a str>, EntryError> {
        match self.rest.strip_prefix("null") {
            Some(rest) => {
                self.rest = rest;
                Ok(None)
            }
            None => self.text(member).map(Some),
        }
    }

    fn moment(&mut self, member: &'static str) -> Result<Option<jiff::Timestamp>, EntryError> {
        match self.nullable(member)? {
            None => Ok(None),
            Some(text) => parse_time(text).map(Some).ok_or(EntryError::Member(member)),
        }
    }

    fn related(&mut self) -> Result<Vec<String>, EntryError> {
        let mut related = Vec::new();
        while !self.rest.starts_with(']') {
            if !related.is_empty() {
                self.literal("rel", ",")?;
            }
            if related.len() == MAX_RELATED {
                return Err(EntryError::TooManyRelated);
            }
            related.push(self.text("rel")?.to_owned());
        }
        self.literal("rel", "]")?;
        Ok(related)
    }
}
