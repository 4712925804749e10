//! The files of messages, as the parser of Fluent reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{Comment, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use texts::{AREAS, Language};

/// One message.
#[derive(Debug, Default)]
pub struct Message {
    /// What translators are told.
    pub comment: String,
    /// The names of its variables.
    pub variables: BTreeSet<String>,
    /// All its words, of every variant; a variable is `{}`.
    pub words: String,
    /// How many letters its longest variant has.
    pub longest: usize,
}

/// How many letters a variable counts for.
const VARIABLE: usize = 8;

/// The messages of a language, of all areas.
pub fn messages(language: Language) -> BTreeMap<String, Message> {
    let areas = AREAS.iter().flat_map(|area| in_area(language, area));
    areas.collect()
}

/// The keys of a file, as they stand there.
pub fn keys_in_order(language: Language, area: &str) -> Vec<String> {
    in_area(language, area).into_iter().map(|(key, _)| key).collect()
}

fn in_area(language: Language, area: &str) -> Vec<(String, Message)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("messages")
        .join(language.code())
        .join(format!("{area}.ftl"));
    let name = path.display().to_string();
    let source = std::fs::read_to_string(&path).expect("a file for each language and area");
    let resource = match parser::parse(source.as_str()) {
        Ok(resource) => resource,
        Err((_, faults)) => panic!("{name}: {faults:?}"),
    };
    let mut found = Vec::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name.to_owned();
                assert!(message.attributes.is_empty(), "{name}: {key} has attributes");
                let pattern = message.value.unwrap_or_else(|| panic!("{name}: {key} is empty"));
                let mut read = Message {
                    comment: message.comment.as_ref().map(written).unwrap_or_default(),
                    ..Message::default()
                };
                read.longest = read.take(&pattern);
                found.push((key, read));
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Term(term) => panic!("{name}: {} is a term", term.id.name),
            Entry::Junk { content } => panic!("{name}: {content}"),
        }
    }
    found
}

fn written(comment: &Comment<&str>) -> String {
    comment.content.join(" ")
}

impl Message {
    /// Reads a pattern, and gives the length of its longest variant.
    fn take(&mut self, pattern: &Pattern<&str>) -> usize {
        let mut longest = 0;
        for element in &pattern.elements {
            longest += match element {
                PatternElement::TextElement { value } => {
                    self.words.push_str(value);
                    value.chars().count()
                }
                PatternElement::Placeable { expression } => self.take_expression(expression),
            };
        }
        longest
    }

    fn take_expression(&mut self, expression: &Expression<&str>) -> usize {
        match expression {
            Expression::Inline(inline) => self.take_inline(inline),
            Expression::Select { selector, variants } => {
                self.take_inline(selector);
                let mut longest = 0;
                for variant in variants {
                    longest = longest.max(self.take(&variant.value));
                }
                longest
            }
        }
    }

    fn take_inline(&mut self, inline: &InlineExpression<&str>) -> usize {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
                self.words.push_str("{}");
                VARIABLE
            }
            InlineExpression::Placeable { expression } => self.take_expression(expression),
            InlineExpression::StringLiteral { value } => value.chars().count(),
            other => panic!("a message may use variables and plurals only: {other:?}"),
        }
    }
}
