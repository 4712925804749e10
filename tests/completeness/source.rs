//! Reads as much of Rust as this needs: the statements of a file and its functions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A source file, without its tests.
pub struct File {
    pub name: String,
    pub statements: Vec<Statement>,
    pub functions: Vec<Function>,
}

/// A statement of a `statements!` block.
pub struct Statement {
    pub name: String,
    /// The tables it inserts into, updates or deletes from.
    pub changes: Vec<String>,
}

/// A function.
pub struct Function {
    pub name: String,
    pub public: bool,
    /// From `fn` to the brace that opens the body.
    pub head: String,
    pub body: String,
}

impl Function {
    pub fn takes_event(&self) -> bool {
        self.head
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "Event")
    }

    pub fn uses(&self, statement: &str) -> bool {
        self.body
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .any(|word| word == statement)
    }

    pub fn calls(&self, name: &str) -> bool {
        self.body.contains(&format!(".{name}(")) || self.body.contains(&format!("::{name}("))
    }
}

/// Every file below a directory, but for tests, their helpers and the private PostgreSQL, which knows no table.
pub fn read(directory: &Path) -> Vec<File> {
    let mut all = BTreeMap::new();
    texts(directory, &mut all);
    all.into_iter()
        .filter(|(path, _)| {
            let path = path.to_string_lossy();
            !path.contains("private_postgres")
                && !path.ends_with("/tests.rs")
                && !path.ends_with("/test_util.rs")
        })
        .map(|(path, text)| {
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            File {
                name: path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                statements: statements(code),
                functions: functions(code),
            }
        })
        .collect()
}

/// The Rust files below a directory, as text.
pub fn texts(directory: &Path, found: &mut BTreeMap<PathBuf, String>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            found.insert(path, text);
        }
    }
}

/// `Role NAME = "SQL";` or `Role NAME = concat!("SQL", part!(), ...);` within `statements! { ... }`.
fn statements(code: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for block in code.split("statements! {\n").skip(1) {
        let mut rest = block;
        while let Some((before, after, end)) = [(" = \"", "\";"), (" = concat!(", ");\n")]
            .into_iter()
            .filter_map(|(begin, end)| rest.split_once(begin).map(|(before, after)| (before, after, end)))
            .min_by_key(|(before, ..)| before.len())
        {
            if before.contains("\n}") {
                break;
            }
            let name = before.rsplit(' ').next().unwrap_or_default().to_owned();
            let Some((sql, next)) = after.split_once(end) else {
                break;
            };
            found.push(Statement {
                name,
                changes: changes(sql),
            });
            rest = next;
        }
    }
    found
}

fn changes(sql: &str) -> Vec<String> {
    let words: Vec<&str> = sql
        .split(|c: char| c.is_whitespace() || c == '"')
        .filter(|word| !word.is_empty())
        .collect();
    let mut tables = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = |steps: usize| words.get(at + steps).copied().unwrap_or_default();
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        let table = match *word {
            "INSERT" | "(INSERT" if next(1) == "INTO" => next(2),
            "DELETE" | "(DELETE" if next(1) == "FROM" => next(2),
            // Not FOR UPDATE, FOR NO KEY UPDATE, DO UPDATE.
            "UPDATE" | "(UPDATE" if !["FOR", "KEY", "DO"].contains(&before) => next(1),
            _ => continue,
        };
        tables.push(
            table
                .trim_matches(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
                .to_owned(),
        );
    }
    tables.dedup();
    tables
}

fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = code[from..].find("fn ").map(|at| from + at) {
        from = at + 3;
        let word_before = code[..at].chars().next_back();
        let name: String = code[from..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if name.is_empty() || !word_before.is_some_and(char::is_whitespace) {
            continue;
        }
        let Some(opens) = body(code, at) else {
            continue;
        };
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        let closes = closing_brace(code, opens);
        found.push(Function {
            name,
            public: line.trim_start().starts_with("pub "),
            head: code[at..opens].to_owned(),
            body: code[opens..closes].to_owned(),
        });
    }
    found
}

/// Where the body of the function that begins here opens; none for a declaration. `[u8; 32]` is no end of one.
fn body(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at + offset),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Braces in this crate's texts and characters are balanced or none, so counting suffices.
fn closing_brace(code: &str, opens: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[opens..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return opens + at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = r#"
statements! {
    Party ADD = "
        INSERT INTO signal (id) VALUES ($1)
            ON CONFLICT (id) DO UPDATE SET id = 1";
    Party LOOK = "SELECT 1 FROM signal FOR NO KEY UPDATE";
    Party MOVE = concat!("
        UPDATE letter SET id = 2 WHERE ", mine!(), " AND id = 1");
    Party TAKE = "WITH gone AS (DELETE FROM audit.opening RETURNING 1) UPDATE notice n SET x = 1";
}

impl Tx<'_, Party> {
    pub async fn add(&self, event: &Event) { self.change(&ADD).await; self.record_one(event) }
    pub(crate) async fn hidden(&self) { if true { self.inner() } }
    async fn inner(&self, key: [u8; 32]) { self.rows(&TAKE) }
    fn declared(&self);
}
"#;

    #[test]
    fn statements_and_functions_are_found() {
        let statements = statements(CODE);
        let changes: Vec<_> = statements
            .iter()
            .map(|s| (s.name.as_str(), s.changes.join(" ")))
            .collect();
        assert_eq!(
            changes,
            [
                ("ADD", "signal".to_owned()),
                ("LOOK", String::new()),
                ("MOVE", "letter".to_owned()),
                ("TAKE", "audit.opening notice".to_owned()),
            ]
        );
        let functions = functions(CODE);
        let heads: Vec<_> = functions
            .iter()
            .map(|f| (f.name.as_str(), f.public, f.takes_event()))
            .collect();
        assert_eq!(
            heads,
            [
                ("add", true, true),
                ("hidden", false, false),
                ("inner", false, false)
            ]
        );
        assert!(functions[0].uses("ADD") && !functions[0].uses("TAKE"));
        assert!(functions[1].calls("inner") && functions[2].uses("TAKE"));
    }
}
