//! events.csv says again what the leaves say. The verifier makes it anew from the leaves and compares; one function, used
//! by writer and verifier, decides every byte.

use std::fmt::Write as _;

use crate::entry::Entry;
use crate::text::{Fraction, base64, push_hex, push_time};

/// The first row of events.csv.
pub(crate) const CSV_HEAD: &str =
    "index,time,event,organisation,subject,related,from,to,due,until,commitment,id\r\n";

/// Appends the row of events.csv that belongs to this entry (RFC 4180, lines end in CR LF).
pub(crate) fn push_row(index: u64, entry: &Entry, out: &mut Vec<u8>) {
    let mut cell = String::with_capacity(64);
    let _ = write!(cell, "{index}");
    push_cell(out, &cell);
    push_moment(out, &mut cell, Some(entry.time), Fraction::Always);
    for text in [Some(&entry.event), entry.org.as_ref(), Some(&entry.sub)] {
        push_next(out, text.map_or("", String::as_str));
    }
    match &entry.rel[..] {
        [one] => push_next(out, one),
        several => push_next(out, &several.join(" ")),
    }
    push_next(out, entry.from.as_deref().unwrap_or_default());
    push_next(out, entry.to.as_deref().unwrap_or_default());
    push_moment(out, &mut cell, entry.due, Fraction::WhenPresent);
    push_moment(out, &mut cell, entry.until, Fraction::WhenPresent);
    push_next(
        out,
        &entry
            .commitment
            .map(|commitment| base64(&commitment))
            .unwrap_or_default(),
    );
    cell.clear();
    push_hex(&mut cell, &entry.id);
    push_next(out, &cell);
    out.extend_from_slice(b"\r\n");
}

fn push_moment(out: &mut Vec<u8>, cell: &mut String, time: Option<jiff::Timestamp>, fraction: Fraction) {
    cell.clear();
    // An entry that was read has only times that can be written.
    time.and_then(|time| push_time(cell, time, fraction));
    push_next(out, cell);
}

fn push_next(out: &mut Vec<u8>, cell: &str) {
    out.push(b',');
    push_cell(out, cell);
}

/// A cell that a spreadsheet does not take for a formula: an apostrophe goes before `=`, `+`, `-`, `@`, TAB and CR.
fn push_cell(out: &mut Vec<u8>, cell: &str) {
    let formula = matches!(
        cell.as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    );
    let quoted = cell
        .bytes()
        .any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'));
    if quoted {
        out.push(b'"');
    }
    if formula {
        out.push(b'\'');
    }
    if quoted {
        out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(cell.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (cell, written) in [
            ("plain", "plain"),
            ("+abc=", "'+abc="),
            ("=1+1", "'=1+1"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("=a,\"b", "\"'=a,\"\"b\""),
            ("", ""),
        ] {
            let mut out = Vec::new();
            push_cell(&mut out, cell);
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }

    #[test]
    fn a_row() {
        let entry = Entry {
            id: [0xab; 16],
            time: "2027-03-01T09:00:00Z".parse().unwrap(),
            event: "consent.given".into(),
            org: None,
            sub: format!("c_{}", "1".repeat(32)),
            rel: vec![format!("m_{}", "2".repeat(32)), format!("m_{}", "3".repeat(32))],
            from: Some("requested".into()),
            to: Some("given".into()),
            due: None,
            until: Some("2028-03-01T00:00:00Z".parse().unwrap()),
            commitment: Some([0xfb; 32]),
        };
        let mut out = Vec::new();
        push_row(7, &entry, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "7,2027-03-01T09:00:00.000000Z,consent.given,,c_11111111111111111111111111111111,\
             m_22222222222222222222222222222222 m_33333333333333333333333333333333,requested,given,,\
             2028-03-01T00:00:00Z,'+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=,abababababababababababababababab\r\n"
        );
        assert_eq!(CSV_HEAD.matches(',').count(), 11);
    }
}
