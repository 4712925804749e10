//! The columns of a CSV file: each is named by the place of its value in a line of a batch, as problems name it too, without
//! the first slash: `tokens/0/suite`, `professional/reference`. An empty cell is a member that is left out.

use serde_json::{Map, Value};

/// Members that are numbers.
const NUMBERS: [&str; 3] = ["suite", "netEpoch", "oprfEpoch"];

/// The members of a token.
const TOKEN: [&str; 6] = ["suite", "netEpoch", "oprfEpoch", "kind", "keyCheck", "token"];

/// What is no token.
const OTHERS: [&str; 8] = [
    "clientReference",
    "professional/reference",
    "professional/email",
    "professional/phone",
    "plannedEnd",
    "destroyBy",
    "ground",
    "onBehalfOf",
];

/// A column that is none of a signal's members.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "column {number} of the first row is no member of a signal: see docs/LOADING.md for what columns are called"
)]
pub struct UnknownColumn {
    /// Which, from 1. Its name is not repeated: it may be a value, where the first row was forgotten.
    pub number: usize,
}

/// Makes lines of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Vec<Step>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    /// The how manieth of a list, from 0.
    Index(usize),
}

impl Columns {
    /// Reads the first row.
    ///
    /// # Errors
    /// [`UnknownColumn`].
    pub fn read<'r>(names: impl Iterator<Item = &'r str>) -> Result<Self, UnknownColumn> {
        let mut columns = Vec::new();
        for (place, name) in names.enumerate() {
            let name = name.trim();
            if !is_member(name) {
                return Err(UnknownColumn { number: place + 1 });
            }
            columns.push(name.split('/').map(Step::of).collect());
        }
        Ok(Self(columns))
    }

    /// The line of a row.
    pub fn line<'r>(&self, cells: impl Iterator<Item = &'r str>) -> Value {
        let mut line = Value::Object(Map::new());
        for (steps, cell) in self.0.iter().zip(cells) {
            if !cell.is_empty() {
                put(&mut line, steps, cell);
            }
        }
        without_gaps(&mut line);
        line
    }
}

impl Step {
    fn of(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Member(text.to_owned()), Self::Index)
    }
}

/// Whether a line of a batch has a member in this place: tokens are at most four, and so are guardians.
fn is_member(name: &str) -> bool {
    let place = |text: &str| matches!(text, "0" | "1" | "2" | "3");
    let steps: Vec<&str> = name.split('/').collect();
    match steps.as_slice() {
        ["tokens", at, member] => place(at) && TOKEN.contains(member),
        ["guardians", guardian, "tokens", at, member] => {
            place(guardian) && place(at) && TOKEN.contains(member)
        }
        _ => OTHERS.contains(&name),
    }
}

fn put(mut within: &mut Value, steps: &[Step], cell: &str) {
    for step in steps {
        within = match step {
            Step::Member(name) => {
                if !within.is_object() {
                    *within = Value::Object(Map::new());
                }
                &mut within[name.as_str()]
            }
            Step::Index(at) => {
                if !within.is_array() {
                    *within = Value::Array(Vec::new());
                }
                if let Some(list) = within.as_array_mut()
                    && list.len() <= *at
                {
                    list.resize(*at + 1, Value::Null);
                }
                &mut within[*at]
            }
        };
    }
    let is_number = matches!(steps.last(), Some(Step::Member(name)) if NUMBERS.contains(&name.as_str()));
    // What should be a number and is none goes as it is: the service refuses that line, and says where.
    *within = match cell.parse::<u64>() {
        Ok(number) if is_number => number.into(),
        _ => cell.into(),
    };
}

/// Of a list whose first cells are empty the rest moves up.
fn without_gaps(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.retain(|value| !value.is_null());
            list.iter_mut().for_each(without_gaps);
        }
        Value::Object(members) => members.values_mut().for_each(without_gaps),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(names: &str, cells: &str) -> Value {
        Columns::read(names.split(',')).unwrap().line(cells.split(','))
    }

    #[test]
    fn a_row_is_the_line_that_its_columns_say() {
        let names = "tokens/0/suite,tokens/0/netEpoch,tokens/0/kind,tokens/0/token,professional/reference,\
                     professional/email,plannedEnd,onBehalfOf";
        assert_eq!(
            line(names, "1,3,bsn,AAAA,m.jansen,,2027-11-30,"),
            json!({
                "tokens": [{"suite": 1, "netEpoch": 3, "kind": "bsn", "token": "AAAA"}],
                "professional": {"reference": "m.jansen"}, "plannedEnd": "2027-11-30",
            })
        );
    }

    #[test]
    fn a_reference_of_digits_stays_text_and_what_is_no_number_goes_as_it_is() {
        assert_eq!(
            line("professional/reference,tokens/0/suite", "4711,two"),
            json!({"professional": {"reference": "4711"}, "tokens": [{"suite": "two"}]})
        );
    }

    #[test]
    fn lists_have_no_gaps() {
        let names = "tokens/1/suite,guardians/0/tokens/0/suite,guardians/2/tokens/1/suite";
        assert_eq!(
            line(names, "2,,1"),
            json!({"tokens": [{"suite": 2}], "guardians": [{"tokens": [{"suite": 1}]}]})
        );
        assert_eq!(line(names, ",,"), json!({}));
    }

    #[test]
    fn a_column_that_is_no_member_is_named_by_its_number_alone() {
        for (names, number) in [
            ("ground,remark", 2),
            ("token", 1),
            ("tokens/4/suite", 1),
            ("tokens/0/bsn", 1),
            ("guardians/0/suite", 1),
            ("/ground", 1),
            ("ground,", 2),
        ] {
            assert_eq!(
                Columns::read(names.split(',')),
                Err(UnknownColumn { number }),
                "{names}"
            );
        }
    }
}
