//! Takes one setting after the other out of the table and keeps what is wrong.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use protocol::text::{self, Confidential};
use toml::{Table, Value};
use zeroize::Zeroizing;

use super::Fault;
use crate::files;

/// All settings.
pub(crate) struct Reader {
    table: Table,
    home: PathBuf,
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

impl Reader {
    pub(crate) fn new(table: Table, home: &Path) -> Self {
        Self {
            table,
            home: home.to_owned(),
            faults: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Reads one section; one that is missing has no settings.
    pub(crate) fn section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Option<T> {
        let table = match self.table.remove(name) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(_) => {
                self.faults.push(Fault {
                    path: name.to_owned(),
                    problem: "must be a section".to_owned(),
                });
                return None;
            }
        };
        let mut section = Section {
            name,
            table,
            home: &self.home,
            faults: &mut self.faults,
            warnings: &mut self.warnings,
        };
        let value = read(&mut section);
        for key in std::mem::take(&mut section.table).keys() {
            section.refuse(key, "not a setting");
        }
        value
    }

    /// As [`Reader::section`], for a section that may be left out as a whole.
    pub(crate) fn optional_section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Option<T> {
        if self.table.contains_key(name) {
            self.section(name, read)
        } else {
            None
        }
    }

    /// Takes a section away unread: it is another process's.
    pub(crate) fn leave_out(&mut self, name: &str) {
        self.table.remove(name);
    }

    /// A section that may be left out elsewhere and is needed here.
    pub(crate) fn needed<T>(&mut self, name: &str, section: Option<T>) -> Option<T> {
        if section.is_none() && !self.faults.iter().any(|fault| fault.path.starts_with(name)) {
            self.faults.push(Fault {
                path: name.to_owned(),
                problem: "missing; it says where the portal is: at least `public_url`".to_owned(),
            });
        }
        section
    }

    /// What is wrong, and what is unwise; sections that nobody asked for are wrong.
    pub(crate) fn finish(mut self) -> (Vec<Fault>, Vec<String>) {
        let unknown = self.table.keys().map(|key| Fault {
            path: key.clone(),
            problem: "not a setting".to_owned(),
        });
        self.faults.extend(unknown);
        (self.faults, self.warnings)
    }
}

/// The settings of one section.
pub(crate) struct Section<'a> {
    name: &'static str,
    table: Table,
    home: &'a Path,
    faults: &'a mut Vec<Fault>,
    warnings: &'a mut Vec<String>,
}

impl Section<'_> {
    pub(crate) fn refuse(&mut self, key: &str, problem: impl Into<String>) {
        self.faults.push(Fault {
            path: format!("{}.{key}", self.name),
            problem: problem.into(),
        });
    }

    /// A section inside this one; `name` is its whole name. `None` also when it is not there.
    pub(crate) fn nested<T>(
        &mut self,
        key: &str,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Option<T> {
        let table = match self.table.remove(key)? {
            Value::Table(table) => table,
            _ => {
                self.refuse(key, "must be a section");
                return None;
            }
        };
        let mut section = Section {
            name,
            table,
            home: self.home,
            faults: self.faults,
            warnings: self.warnings,
        };
        let value = read(&mut section);
        for key in std::mem::take(&mut section.table).keys() {
            section.refuse(key, "not a setting");
        }
        value
    }

    /// Tells of what is allowed and unwise.
    pub(crate) fn warn(&mut self, key: &str, what: impl fmt::Display) {
        self.warnings.push(format!("{}.{key}: {what}", self.name));
    }

    /// Yes or no; `None` when it is not there. A variable of the environment is a text.
    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        let flag = match self.table.remove(key)? {
            Value::Boolean(flag) => Some(flag),
            _ => None,
        };
        if flag.is_none() {
            self.refuse(key, "must be true or false");
        }
        flag
    }

    /// The directory from which paths count.
    pub(crate) fn home(&self) -> &Path {
        self.home
    }

    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        match self.table.remove(key)? {
            Value::String(text) => Some(text),
            _ => {
                self.refuse(key, "must be a text in quotes");
                None
            }
        }
    }

    /// A text that stays to be read.
    pub(crate) fn peek(&self, key: &str) -> Option<&str> {
        self.table.get(key)?.as_str()
    }

    /// A text that follows a grammar.
    pub(crate) fn parsed<T: FromStr>(&mut self, key: &str, what: &str) -> Option<T> {
        let text = self.text(key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.refuse(key, format!("not {what}"));
        }
        parsed
    }

    /// As [`Section::parsed`], and must be there.
    pub(crate) fn required<T: FromStr>(&mut self, key: &str, what: &str) -> Option<T> {
        let before = self.faults.len();
        let value = self.parsed(key, what);
        if value.is_none() && self.faults.len() == before {
            self.refuse(key, format!("missing; it is {what}"));
        }
        value
    }

    pub(crate) fn number(&mut self, key: &str, least: u16, most: u16) -> Option<u16> {
        let value = self.table.remove(key)?;
        let number = value.as_integer().and_then(|number| u16::try_from(number).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(key, format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    /// A list of texts that each follow a grammar; empty when it is not there.
    pub(crate) fn list<T: FromStr>(&mut self, key: &str, what: &str) -> Vec<T> {
        let list = match self.table.remove(key) {
            None => return Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.refuse(key, "must be a list");
                return Vec::new();
            }
        };
        let mut values = Vec::with_capacity(list.len());
        for (place, value) in list.iter().enumerate() {
            match value.as_str().and_then(|text| text.parse().ok()) {
                Some(value) => values.push(value),
                None => self.refuse(&format!("{key}[{place}]"), format!("not {what}")),
            }
        }
        values
    }

    pub(crate) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.text(key).map(|path| self.home.join(path))
    }

    /// A secret's text, from its value or its file. A file may end with a line feed.
    pub(crate) fn secret_text(&mut self, key: &str) -> Option<Zeroizing<String>> {
        let file_key = format!("{key}_file");
        let value = self.text(key).map(Zeroizing::new);
        let Some(path) = self.path(&file_key) else {
            return value;
        };
        if value.is_some() {
            self.refuse(&file_key, format!("given beside `{key}`: one of both"));
            return None;
        }
        if let Some(mode) = files::open_to_others(&path) {
            self.warnings.push(format!(
                "{}.{file_key}: {} can be used by others (mode {mode}): chmod 600 it",
                self.name,
                path.display()
            ));
        }
        match files::read(&path) {
            Ok(text) => Some(Zeroizing::new(
                text.strip_suffix('\n').unwrap_or(&text).to_owned(),
            )),
            Err(error) => {
                self.refuse(&file_key, error.to_string());
                None
            }
        }
    }

    /// A secret of `N` bytes in unpadded base64url.
    pub(crate) fn secret<const N: usize>(&mut self, key: &str) -> Option<Confidential<N>> {
        let text = self.secret_text(key)?;
        let bytes = text::decode(&text, "secret").ok().map(Confidential::new);
        if bytes.is_none() {
            self.refuse(
                key,
                format!(
                    "must be {N} bytes in unpadded base64url, {} characters",
                    (N * 8).div_ceil(6)
                ),
            );
        }
        bytes
    }

    /// Leaves a secret unread, in whatever way it is given; gives whether it stands in the settings themselves.
    pub(crate) fn leave_out_secret(&mut self, key: &str) -> bool {
        self.table.remove(&format!("{key}_file"));
        self.table.remove(key).is_some()
    }

    /// As [`Section::secret`], and must be there.
    pub(crate) fn required_secret<const N: usize>(&mut self, key: &str) -> Option<Confidential<N>> {
        let before = self.faults.len();
        let secret = self.secret(key);
        if secret.is_none() && self.faults.len() == before {
            self.refuse(key, format!("missing; give `{key}_file`, or `{key}` itself"));
        }
        secret
    }
}
