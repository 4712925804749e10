//! The vendor's file: what their system made of which identifier.
//!
//! JSON lines (`{"kind": "bsn", "identifier": "...", "token": "..."}`, `"token": null` where their system refused) or CSV
//! (`kind,identifier,token`, an empty token where it refused).

use serde::Deserialize;
use zeroize::Zeroizing;

/// One line of the file.
pub struct Made {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What it says; nothing when it cannot be read.
    pub claim: Option<Claim>,
}

/// That a system made this token, or none, of this identifier. It has no `Debug`: nothing of it is ever shown.
pub struct Claim {
    /// The kind's name, as it stands there.
    pub kind: String,
    /// The identifier as the vendor's system was given it.
    pub identifier: Zeroizing<String>,
    /// What was made; nothing where the system refused.
    pub token: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonLine {
    kind: String,
    identifier: String,
    token: Option<String>,
}

/// Reads the file: JSON lines when it begins with `{`, else CSV with or without its heading. Empty lines are passed over.
#[must_use]
pub fn read(text: &str) -> Vec<Made> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        json_lines(text)
    } else {
        csv_lines(text)
    }
}

/// A line is a line of the file: a quoted field does not go on in the next.
fn json_lines(text: &str) -> Vec<Made> {
    numbered(text)
        .map(|(line, json)| Made {
            line,
            claim: serde_json::from_str(json).ok().map(
                |JsonLine {
                     kind,
                     identifier,
                     token,
                 }| claim(kind, identifier, token),
            ),
        })
        .collect()
}

fn csv_lines(text: &str) -> Vec<Made> {
    numbered(text)
        .filter(|(line, fields)| *line > 1 || fields.trim_end() != "kind,identifier,token")
        .map(|(line, fields)| Made {
            line,
            claim: csv_fields(fields),
        })
        .collect()
}

fn csv_fields(line: &str) -> Option<Claim> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    match record.iter().collect::<Vec<_>>()[..] {
        [kind, identifier, token] => Some(claim(
            kind.to_owned(),
            identifier.to_owned(),
            Some(token.to_owned()),
        )),
        _ => None,
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
}

fn claim(kind: String, identifier: String, token: Option<String>) -> Claim {
    Claim {
        kind,
        identifier: Zeroizing::new(identifier),
        token: token.filter(|token| !token.is_empty()).map(Zeroizing::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, and what it holds where it could be read: kind, identifier, token.
    type Shown = (u64, Option<(String, String, Option<String>)>);

    fn shown(text: &str) -> Vec<Shown> {
        read(text)
            .into_iter()
            .map(|made| {
                let claim = made.claim.map(|claim| {
                    let token = claim.token.map(|token| token.to_string());
                    (claim.kind, claim.identifier.to_string(), token)
                });
                (made.line, claim)
            })
            .collect()
    }

    fn line(kind: &str, identifier: &str, token: Option<&str>) -> Option<(String, String, Option<String>)> {
        Some((kind.to_owned(), identifier.to_owned(), token.map(str::to_owned)))
    }

    #[test]
    fn json_lines_and_csv_say_the_same() {
        let expected = [
            (2, line("bsn", "999990019", Some("t"))),
            (4, line("service-key", "O'Neil|2014-02-03|v", None)),
        ];
        let json = "\n{\"kind\":\"bsn\",\"identifier\":\"999990019\",\"token\":\"t\"}\r\n\n\
                    {\"kind\":\"service-key\",\"identifier\":\"O'Neil|2014-02-03|v\",\"token\":null}";
        assert_eq!(shown(json), expected);
        let csv = "kind,identifier,token\r\nbsn,999990019,t\n\n\"service-key\",\"O'Neil|2014-02-03|v\",\n";
        assert_eq!(shown(csv), expected);
        assert_eq!(
            shown("bsn,999990019,t"),
            [(1, line("bsn", "999990019", Some("t")))]
        );
        assert_eq!(shown("\u{feff}bsn,,x"), [(1, line("bsn", "", Some("x")))]);
    }

    #[test]
    fn what_cannot_be_read_keeps_its_line() {
        assert_eq!(shown("bsn,1\nbsn,1,2,3\nbsn,1,2")[..2], [(1, None), (2, None)]);
        let json = "{\"kind\":\"bsn\"}\nno\n{\"kind\":\"bsn\",\"identifier\":1,\"token\":\"\"}\n{\"kind\":\"bsn\",\"other\":1}";
        assert_eq!(shown(json), [(1, None), (2, None), (3, None), (4, None)]);
        assert!(shown("").is_empty());
    }
}
