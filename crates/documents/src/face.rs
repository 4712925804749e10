//! The two faces in which everything is set: one family that has Latin, Cyrillic and Arabic, so that a name in another
//! script than the letter's can stand in it.

use std::sync::Arc;

use harfrust::{Direction, FontRef, ShapeOptions, Shaper, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::PaperError;

/// What stands for a character that the faces do not have.
const UNKNOWN: char = '\u{FFFD}';

/// A face that was read.
pub(crate) struct Face {
    font: Font,
    reference: FontRef<'static>,
    data: ShaperData,
}

/// A piece of text in one direction, as glyphs from left to right.
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In units of the size of the text.
    pub(crate) width: f32,
}

impl Face {
    pub(crate) fn regular() -> Result<Self, PaperError> {
        Self::read(dejavu::sans_condensed::regular())
    }

    pub(crate) fn bold() -> Result<Self, PaperError> {
        Self::read(dejavu::sans_condensed::bold())
    }

    fn read(bytes: &'static [u8]) -> Result<Self, PaperError> {
        let reference = FontRef::from_index(bytes, 0).map_err(|_| PaperError::Face)?;
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(bytes);
        Ok(Self {
            font: Font::new(shared.into(), 0).ok_or(PaperError::Face)?,
            data: ShaperData::new(&reference),
            reference,
        })
    }

    pub(crate) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The text with a sign in place of what the face cannot show: no letter fails on a name.
    pub(crate) fn legible(&self, text: &str) -> String {
        let visible: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .filter(|c| *c != '\u{FEFF}' && *c != '\u{FFFE}')
            .collect();
        let unknown: Vec<usize> = self
            .glyphs(&visible, false)
            .filter(|glyph| glyph.glyph_id == GlyphId::new(0))
            .flat_map(|glyph| glyph.text_range)
            .collect();
        visible
            .char_indices()
            .map(|(at, c)| {
                let shown = is_bidi_control(c) || !unknown.contains(&at);
                if shown { c } else { UNKNOWN }
            })
            .collect()
    }

    /// Sets one run. What only steers the direction of text leaves no glyph.
    pub(crate) fn shape(&self, text: &str, right_to_left: bool) -> Run {
        let text = readable(text);
        let glyphs: Vec<_> = self.glyphs(&text, right_to_left).collect();
        Run {
            width: glyphs.iter().map(|glyph| glyph.x_advance).sum(),
            glyphs,
            text,
        }
    }

    fn glyphs(&self, text: &str, right_to_left: bool) -> impl Iterator<Item = KrillaGlyph> {
        let shaper: Shaper<'_> = self.data.shaper(&self.reference).build();
        let em = shaper.units_per_em() as f32;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(match right_to_left {
            true => Direction::RightToLeft,
            false => Direction::LeftToRight,
        });
        let shaped = shaper.shape(buffer, ShapeOptions::new());

        // A cluster goes from where it begins in the text to where the next one begins.
        let mut starts: Vec<usize> = shaped
            .glyph_infos()
            .iter()
            .map(|info| info.cluster as usize)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        starts.push(text.len());
        let infos = shaped.glyph_infos().to_vec();
        let positions = shaped.glyph_positions().to_vec();
        infos.into_iter().zip(positions).map(move |(info, position)| {
            let start = info.cluster as usize;
            let end = starts.iter().copied().find(|next| *next > start).unwrap_or(start);
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / em,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                0.0,
                start..end,
                None,
            )
        })
    }
}

/// The text without what only steers its direction.
pub(crate) fn readable(text: &str) -> String {
    text.chars().filter(|c| !is_bidi_control(*c)).collect()
}

/// The marks, embeddings and isolates of the bidirectional algorithm (UAX 9): they have done their work when the order is known.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
