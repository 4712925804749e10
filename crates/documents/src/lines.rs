//! From a text to lines: where it breaks, and in which order its pieces stand.

use std::ops::Range;

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

use crate::face::{Face, Run, readable};

/// A line, its runs from left to right.
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    /// In points.
    pub(crate) width: f32,
    /// The text as it is read, where that is not the order of the runs: a screen reader takes it from here.
    pub(crate) read_as: Option<String>,
}

/// Breaks a text at its spaces into lines of at most `width` points. A word that is wider than a line is broken where it must.
pub(crate) fn break_lines(face: &Face, text: &str, size: f32, width: f32, right_to_left: bool) -> Vec<Line> {
    let text = face.legible(text);
    let level = if right_to_left { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(&text, Some(level));
    let Some(paragraph) = bidi.paragraphs.first() else {
        return Vec::new();
    };
    ranges(face, &text, width / size)
        .into_iter()
        .map(|range| {
            let (levels, order) = bidi.visual_runs(paragraph, range.clone());
            let turns = levels[range.clone()].iter().any(Level::is_rtl);
            let runs: Vec<Run> = order
                .into_iter()
                .map(|run| {
                    let right_to_left = levels[run.start].is_rtl();
                    face.shape(&text[run], right_to_left)
                })
                .filter(|run| !run.glyphs.is_empty())
                .collect();
            Line {
                read_as: turns.then(|| readable(&text[range])),
                width: runs.iter().map(|run| run.width).sum::<f32>() * size,
                runs,
            }
        })
        .collect()
}

/// Where each line begins and ends. The space at which a line breaks stays at its end, so that words stay apart for whoever
/// has the document read aloud.
fn ranges(face: &Face, text: &str, limit: f32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut filled = 0.0;
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let bare = measure(face, word.trim_end_matches(' '));
        if filled + bare > limit && at > start {
            lines.push(start..at);
            (start, filled) = (at, 0.0);
        }
        if bare > limit {
            for piece in pieces(face, word, limit) {
                if filled > 0.0 {
                    lines.push(start..at);
                }
                start = at;
                at += piece.len();
                filled = measure(face, piece);
            }
        } else {
            at += word.len();
            filled += measure(face, word);
        }
    }
    if at > start {
        lines.push(start..at);
    }
    lines
}

/// As wide as it will stand: letters that join are narrower than letters alone.
fn measure(face: &Face, word: &str) -> f32 {
    let right_to_left = word
        .chars()
        .any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL));
    face.shape(word, right_to_left).width
}

/// Pieces of a word that each fit.
fn pieces<'a>(face: &Face, word: &'a str, limit: f32) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut width = 0.0;
    for (at, c) in word.char_indices() {
        let wide = measure(face, c.encode_utf8(&mut [0; 4]));
        if width + wide > limit && at > start {
            pieces.push(&word[start..at]);
            (start, width) = (at, 0.0);
        }
        width += wide;
    }
    pieces.push(&word[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, width: f32, right_to_left: bool) -> Vec<Vec<String>> {
        let face = Face::regular().unwrap();
        let lines = break_lines(&face, text, 10.0, width, right_to_left);
        assert!(
            lines.iter().all(|line| line.width <= width + 4.0),
            "a space hangs over, and nothing else"
        );
        let texts = |line: &Line| line.runs.iter().map(|run| run.text.clone()).collect();
        lines.iter().map(texts).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_lose_nothing() {
        let text = "Wij willen met een andere instantie overleggen over uw kind.";
        let lines = shown(text, 100.0, false);
        assert!(lines.len() > 2);
        assert_eq!(lines.concat().concat(), text);
        assert!(
            lines
                .iter()
                .rev()
                .skip(1)
                .all(|line| line.concat().ends_with(' '))
        );
    }

    #[test]
    fn a_word_that_is_wider_than_the_line_is_broken() {
        let name = "Kinderopvangorganisatie".repeat(6);
        let lines = shown(&format!("Van {name} voor u"), 90.0, false);
        assert_eq!(lines.concat().concat(), format!("Van {name} voor u"));
    }

    #[test]
    fn arabic_goes_from_right_to_left_and_a_code_in_it_does_not() {
        let lines = shown("الرمز \u{2068}7KQ4-XM2P\u{2069} صالح", 400.0, true);
        assert_eq!(lines, [[" صالح", "7KQ4-XM2P", "الرمز "]]);
    }

    /// What is shown from left to right, in an Arabic sentence.
    fn visually(text: &str) -> String {
        let lines = shown(text, 400.0, true);
        lines.concat().concat()
    }

    #[test]
    fn dates_times_and_numbers_stand_in_arabic_as_they_are_meant() {
        use texts::{Language, Texts};
        let texts = Texts::of(Language::Ar);
        let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
        // 31 is read first, so it stands at the right.
        let until = texts.until("2027-03-31T22:00:00Z".parse().unwrap(), &zone);
        let until = visually(&until);
        assert!(until.find("2027").unwrap() < until.find("31").unwrap(), "{until}");
        let moment = visually(&texts.moment("2027-03-31T13:07:00Z".parse().unwrap(), &zone));
        assert!(moment.contains("15:07"), "{moment}");
        let safety = visually(&texts.say("paper-letter-safety"));
        assert!(safety.contains("0800-2000"), "{safety}");
    }

    #[test]
    fn arabic_letters_join() {
        let face = Face::regular().unwrap();
        let alone = face.shape("ب", true).glyphs[0].glyph_id;
        let joined = face.shape("ببب", true);
        assert!(
            joined.glyphs.iter().all(|glyph| glyph.glyph_id != alone),
            "initial, medial, final"
        );
        assert_eq!(joined.glyphs.len(), 3);
    }

    #[test]
    fn what_no_face_has_is_shown_as_unknown_and_breaks_nothing() {
        let lines = shown("Школа 学校 🦩\u{0007}!", 400.0, false);
        assert_eq!(lines.concat().concat(), "Школа \u{FFFD}\u{FFFD} \u{FFFD} !");
        assert!(shown("", 400.0, false).is_empty());
    }
}
