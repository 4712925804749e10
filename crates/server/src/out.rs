//! What people and programs read: standard output for answers, standard error for everything else. A reader that has
//! gone away (`| head`) is no fault.

use std::io::{self, Write as _};

/// One line of the answer.
pub fn line(text: impl std::fmt::Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// One line about what goes on.
pub fn note(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// One line about what went wrong.
pub fn error(text: impl std::fmt::Display) {
    note(format_args!("trefpunt: {text}"));
}

/// One JSON value, on one line.
pub fn json(value: &impl serde::Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => line(text),
        Err(_) => error("the answer cannot be written as JSON"),
    }
}

/// A table of left-aligned columns, the first row being the heading.
pub fn table<const N: usize>(rows: &[[String; N]]) {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        line(cells.join("  ").trim_end());
    }
}
