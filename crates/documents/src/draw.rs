//! From sheets to a tagged PDF.

use std::num::NonZeroU16;

use jiff::civil::Date;
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, Tag, TagGroup, TagKind, TagTree,
};
use texts::Direction;

use crate::PaperError;
use crate::block::Paper;
use crate::face::Face;
use crate::layout::{Child, Element, HEIGHT, Piece, Role, Sheets, WIDTH, What};

/// The faces of a paper.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    pub(crate) fn read() -> Result<Self, PaperError> {
        Ok(Self {
            regular: Face::regular()?,
            bold: Face::bold()?,
        })
    }

    pub(crate) fn of(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

/// Writes the PDF; it is refused when it is not PDF/UA-1.
pub(crate) fn write(paper: &Paper, faces: &Faces, sheets: Sheets) -> Result<Vec<u8>, PaperError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PaperError::Invalid(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let mut identifiers = Vec::new();
    for pieces in &sheets.pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).unwrap_or_default();
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        identifiers.push(
            pieces
                .iter()
                .map(|piece| draw(&mut surface, faces, piece))
                .collect::<Vec<Identifier>>(),
        );
        surface.finish();
        page.finish();
    }

    let mut tree = TagTree::new().with_lang(Some(paper.language.code().to_owned()));
    for element in sheets.elements {
        tree.push(group(element, &identifiers));
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(&sheets.headings));
    document.set_metadata(metadata(paper));
    document
        .finish()
        .map_err(|error| PaperError::Invalid(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, faces: &Faces, piece: &Piece) -> Identifier {
    let identifier = surface.start_tagged(match &piece.what {
        What::Text { is_foot: true, .. } => {
            ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther))
        }
        What::Text { line, .. } => {
            ContentTag::Span(SpanTag::empty().with_actual_text(line.read_as.as_deref()))
        }
        What::Frame { .. } => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        What::Square { .. } => ContentTag::Other,
    });
    match &piece.what {
        What::Text { line, bold, size, .. } => {
            surface.set_stroke(None);
            surface.set_fill(Some(Fill::default()));
            let mut x = piece.x;
            for run in &line.runs {
                let font = faces.of(*bold).font();
                surface.draw_glyphs(
                    Point::from_xy(x, piece.y),
                    &run.glyphs,
                    font,
                    &run.text,
                    *size,
                    false,
                );
                x += run.width * size;
            }
        }
        What::Frame { width, height } => {
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: luma::Color::new(60).into(),
                width: 1.0,
                ..Stroke::default()
            }));
            rectangles(surface, [(piece.x, piece.y, *width, *height)]);
        }
        What::Square { fields, side } => {
            surface.set_stroke(None);
            surface.set_fill(Some(Fill::default()));
            let field = side / fields.len() as f32;
            let dark = fields.iter().zip(0_u16..).flat_map(|(row, y)| {
                let dark = row.iter().zip(0_u16..).filter(|(dark, _)| **dark);
                dark.map(move |(_, x)| (x, y))
            });
            rectangles(
                surface,
                dark.map(|(x, y)| {
                    let at = |number| f32::from(number) * field;
                    // A little wider than its place: no hair lines between neighbours.
                    (piece.x + at(x), piece.y + at(y), field + 0.05, field + 0.05)
                }),
            );
        }
    }
    surface.end_tagged();
    identifier
}

fn rectangles(surface: &mut Surface<'_>, all: impl IntoIterator<Item = (f32, f32, f32, f32)>) {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in all {
        if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rectangle);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn group(element: Element, identifiers: &[Vec<Identifier>]) -> TagGroup {
    let language = element.language.map(|language| language.code().to_owned());
    let tag: TagKind = match element.role {
        Role::Heading(level, text) => {
            let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(text)).into()
        }
        Role::Paragraph => Tag::P.with_lang(language).into(),
        Role::Steps => Tag::L(ListNumbering::Decimal).into(),
        Role::Items => Tag::L(ListNumbering::Disc).into(),
        Role::List => Tag::L(ListNumbering::None).into(),
        Role::Item => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::Body => Tag::LBody.into(),
        Role::Figure(alternative) => Tag::Figure(Some(alternative)).into(),
    };
    let mut made = TagGroup::new(tag);
    for child in element.children {
        match child {
            Child::Element(element) => made.push(group(element, identifiers)),
            Child::Piece(page, piece) => made.push(identifiers[page][piece]),
        }
    }
    made
}

fn outline(headings: &[crate::layout::Mark]) -> Outline {
    let mut outline = Outline::new();
    for mark in headings {
        let place = XyzDestination::new(mark.page, Point::from_xy(0.0, mark.y));
        outline.push_child(OutlineNode::new(mark.text.clone(), place));
    }
    outline
}

fn metadata(paper: &Paper) -> Metadata {
    let metadata = Metadata::new()
        .title(paper.title.clone())
        .language(paper.language.code().to_owned())
        .creator("Trefpunt".to_owned())
        .text_direction(match paper.language.direction() {
            Direction::LeftToRight => TextDirection::LeftToRight,
            Direction::RightToLeft => TextDirection::RightToLeft,
        });
    match paper.made_on.and_then(day) {
        Some(day) => metadata.creation_date(day),
        None => metadata,
    }
}

fn day(date: Date) -> Option<DateTime> {
    let year = u16::try_from(date.year()).ok()?;
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).ok());
    Some(DateTime::new(year).month(month?).day(day?))
}
