//! The texts with which consent was asked, as they were: whoever decided can read again what they read then, also when the
//! words have changed since.
//!
//! A file holds one version in each language in which it was asked, for a guardian and for a young person. Names and days are
//! left out of it: `…` stands for each. A version that was published is never changed; a test holds that the words of today
//! are those of its file.

use texts::Language;

/// All versions, oldest first.
pub(super) const VERSIONS: &[(&str, &str)] = &[
    ("nl-2026-11-22", include_str!("../../kept/nl-2026-11-22.txt")),
    (
        "nl-2026-11-22-voor-beiden",
        include_str!("../../kept/nl-2026-11-22-voor-beiden.txt"),
    ),
    (
        "nl-2026-11-22-signaal",
        include_str!("../../kept/nl-2026-11-22-signaal.txt"),
    ),
    (
        "nl-2026-11-22-signaal-voor-beiden",
        include_str!("../../kept/nl-2026-11-22-signaal-voor-beiden.txt"),
    ),
    ("2026-11-23", include_str!("../../kept/2026-11-23.txt")),
    (
        "2026-11-23-voor-beiden",
        include_str!("../../kept/2026-11-23-voor-beiden.txt"),
    ),
    (
        "2026-11-23-signaal",
        include_str!("../../kept/2026-11-23-signaal.txt"),
    ),
    (
        "2026-11-23-signaal-voor-beiden",
        include_str!("../../kept/2026-11-23-signaal-voor-beiden.txt"),
    ),
];

/// A kept text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// The language it is in.
    pub language: Language,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A part of a kept text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// The question itself.
    Title(&'static str),
    /// A heading.
    Heading(&'static str),
    /// A paragraph.
    Paragraph(&'static str),
    /// A list.
    List(Vec<&'static str>),
}

/// The text of a version for this reader: in this language, or in Dutch when it was never asked in that.
pub(super) fn text(version: &str, language: Language, is_young_person: bool) -> Option<Kept> {
    let (_, source) = VERSIONS.iter().find(|(name, _)| *name == version)?;
    let reader = if is_young_person { "young" } else { "guardian" };
    [language, Language::Nl].into_iter().find_map(|language| {
        let blocks = blocks(source, &mark(language, reader));
        (!blocks.is_empty()).then_some(Kept { language, blocks })
    })
}

/// The line above the text of one language and reader.
pub(super) fn mark(language: Language, reader: &str) -> String {
    format!("@ {} {reader}", language.code())
}

fn blocks(source: &'static str, mark: &str) -> Vec<Block> {
    let lines = source.lines().skip_while(|line| *line != mark).skip(1);
    let mut blocks = Vec::new();
    for line in lines.take_while(|line| !line.starts_with("@ ")) {
        match (line.split_once(' '), blocks.last_mut()) {
            (Some(("#", title)), _) => blocks.push(Block::Title(title)),
            (Some(("##", heading)), _) => blocks.push(Block::Heading(heading)),
            (Some(("-", item)), Some(Block::List(items))) => items.push(item),
            (Some(("-", item)), _) => blocks.push(Block::List(vec![item])),
            _ => blocks.push(Block::Paragraph(line)),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kept_text_has_a_question_and_what_a_no_means() {
        for (version, source) in VERSIONS {
            let marks = source.lines().filter(|line| line.starts_with("@ ")).count();
            assert!(marks >= 2 && marks.is_multiple_of(2), "{version}");
            for is_young_person in [false, true] {
                let kept = text(version, Language::Nl, is_young_person).unwrap();
                assert!(matches!(kept.blocks[0], Block::Title(_)), "{version}");
                let headings = kept
                    .blocks
                    .iter()
                    .filter(|block| matches!(block, Block::Heading(_)));
                assert!(headings.count() > 4, "{version}");
            }
        }
        assert_eq!(text("2020-01-01", Language::Nl, false), None);
    }

    #[test]
    fn a_text_that_was_only_asked_in_dutch_is_shown_in_dutch() {
        let kept = text("nl-2026-11-22", Language::Ar, true).unwrap();
        assert_eq!(kept.language, Language::Nl);
        assert!(matches!(&kept.blocks[0], Block::Title(title) if title.ends_with("jou?")));
    }
}
