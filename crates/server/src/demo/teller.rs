//! Tells the story as it happens, a sentence for each step.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::out;

/// Lines are broken here, in characters.
const WIDTH: usize = 100;

/// Who tells, and where to.
#[derive(Debug, Default)]
pub struct Teller {
    /// Standard output is for a program.
    aside: bool,
    steps: AtomicU32,
}

impl Teller {
    /// A teller; with `aside` all goes to standard error.
    pub fn new(aside: bool) -> Self {
        Self {
            aside,
            steps: AtomicU32::new(0),
        }
    }

    /// A step of the story.
    pub(super) fn step(&self, text: impl std::fmt::Display) {
        let number = self.steps.fetch_add(1, Ordering::Relaxed) + 1;
        for (at, line) in wrapped(&text.to_string()).iter().enumerate() {
            match at {
                0 => self.note(format_args!("{number:3}. {line}")),
                _ => self.note(format_args!("     {line}")),
            }
        }
    }

    /// A line beside the story.
    pub(super) fn note(&self, text: impl std::fmt::Display) {
        if self.aside {
            out::note(text);
        } else {
            out::line(text);
        }
    }
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > WIDTH {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        let text = "woord ".repeat(40);
        let lines = wrapped(text.trim_end());
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(lines.join(" "), text.trim_end());
    }
}
