//! From blocks to sheets: what stands where on A4, and as what it is read aloud.

use texts::{Direction, Language};

use crate::block::{Block, Entrance, Paper};
use crate::draw::Faces;
use crate::lines::{Line, break_lines};
use crate::{PaperError, square};

/// A4, in points of 1/72 inch.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 56.7;
const INNER: f32 = WIDTH - 2.0 * MARGIN;
const TOP: f32 = 44.0;
const BOTTOM: f32 = HEIGHT - 52.0;
/// Where the window of a DL or C5 envelope is when the sheet is folded, with room to slip.
const WINDOW: std::ops::Range<f32> = 110.0..196.0;
const BESIDE_WINDOW: f32 = 330.0;
const SQUARE: f32 = 104.0;
const PAD: f32 = 14.0;

/// How text looks.
#[derive(Clone, Copy)]
struct Style {
    bold: bool,
    size: f32,
    leading: f32,
}

const BODY: Style = style(false, 10.5, 14.0);
const STRONG: Style = style(true, 10.5, 14.0);
const TITLE: Style = style(true, 18.0, 23.0);
const HEADING: Style = style(true, 12.5, 17.0);
const SMALL: Style = style(false, 9.0, 11.5);
const SMALL_STRONG: Style = style(true, 9.0, 11.5);
const ADDRESS: Style = style(true, 12.5, 17.0);
const CODE: Style = style(true, 23.0, 28.0);

const fn style(bold: bool, size: f32, leading: f32) -> Style {
    Style { bold, size, leading }
}

/// What is on the sheets, and how it hangs together.
#[derive(Default)]
pub(crate) struct Sheets {
    pub(crate) pages: Vec<Vec<Piece>>,
    pub(crate) elements: Vec<Element>,
    pub(crate) headings: Vec<Mark>,
}

/// Something on a page.
pub(crate) struct Piece {
    pub(crate) x: f32,
    /// The baseline of text; the upper edge of everything else.
    pub(crate) y: f32,
    pub(crate) what: What,
}

pub(crate) enum What {
    Text {
        line: Line,
        bold: bool,
        size: f32,
        /// Belongs to no element: what stands at the foot of each page.
        is_foot: bool,
    },
    Frame {
        width: f32,
        height: f32,
    },
    Square {
        fields: Vec<Vec<bool>>,
        side: f32,
    },
}

/// A heading, for the list of them that a reader shows beside the pages.
pub(crate) struct Mark {
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// A part of the paper as it is read aloud.
pub(crate) struct Element {
    pub(crate) role: Role,
    pub(crate) language: Option<Language>,
    pub(crate) children: Vec<Child>,
}

pub(crate) enum Child {
    Element(Element),
    /// Page and piece.
    Piece(usize, usize),
}

pub(crate) enum Role {
    Heading(u16, String),
    Paragraph,
    Steps,
    Items,
    List,
    Item,
    Label,
    Body,
    Figure(String),
}

impl Role {
    fn with(self, children: Vec<Child>) -> Element {
        Element {
            role: self,
            language: None,
            children,
        }
    }
}

/// Part of a page's width, and in which direction text in it goes.
#[derive(Clone, Copy)]
struct Column {
    x: f32,
    width: f32,
    right_to_left: bool,
}

impl Column {
    /// The part of it that is read first, and the one read after it.
    fn split(self, first: f32, gap: f32) -> (Self, Self) {
        let second = self.width - first - gap;
        let (x, after) = match self.right_to_left {
            true => (self.x + second + gap, self.x),
            false => (self.x, self.x + first + gap),
        };
        let first = Self {
            x,
            width: first,
            ..self
        };
        let second = Self {
            x: after,
            width: second,
            ..self
        };
        (first, second)
    }

    fn left_to_right(self) -> Self {
        Self {
            right_to_left: false,
            ..self
        }
    }
}

/// Lays out a paper.
pub(crate) fn lay_out(paper: &Paper, faces: &Faces) -> Result<Sheets, PaperError> {
    let right_to_left = paper.language.direction() == Direction::RightToLeft;
    let mut layout = Layout {
        faces,
        sheets: Sheets {
            pages: vec![Vec::new()],
            ..Sheets::default()
        },
        y: TOP,
        whole: Column {
            x: MARGIN,
            width: INNER,
            right_to_left,
        },
    };
    for block in &paper.blocks {
        layout.block(block)?;
    }
    layout.feet(&paper.foot);
    Ok(layout.sheets)
}

struct Layout<'a> {
    faces: &'a Faces,
    sheets: Sheets,
    y: f32,
    whole: Column,
}

impl Layout<'_> {
    fn block(&mut self, block: &Block) -> Result<(), PaperError> {
        let whole = self.whole;
        match block {
            Block::Sender(name) => {
                let pieces = self.text(name, STRONG, whole);
                self.push(Role::Paragraph.with(pieces));
                self.y += 8.0;
            }
            Block::Title(text) => self.heading(1, text, TITLE, 0.0, 6.0),
            Block::Heading(text) => self.heading(2, text, HEADING, 7.0, 2.0),
            Block::Subheading(text) => self.heading(3, text, STRONG, 5.0, 1.0),
            Block::Text(text) => self.paragraph(text, BODY),
            Block::Important(text) => self.paragraph(text, STRONG),
            Block::Steps(steps) => {
                let numbers = (1..=steps.len()).map(|number| format!("{number}."));
                self.listed(Role::Steps, numbers.zip(steps));
            }
            Block::Items(items) => {
                let marks = std::iter::repeat_with(|| "•".to_owned());
                self.listed(Role::Items, marks.zip(items));
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Window(facts) => self.window(facts),
            Block::Entrance(entrance) => self.entrance(entrance)?,
            Block::Secret { name, code } => self.secret(name, code),
            Block::OtherLanguages(lines) => self.other_languages(lines),
        }
        Ok(())
    }

    fn heading(&mut self, level: u16, text: &str, style: Style, above: f32, below: f32) {
        // A heading does not stand alone at the foot of a page.
        self.need(above + style.leading + below + 3.0 * BODY.leading);
        if self.y > TOP {
            self.y += above;
        }
        self.sheets.headings.push(Mark {
            text: text.to_owned(),
            page: self.page(),
            y: self.y,
        });
        let pieces = self.text(text, style, self.whole);
        self.push(Role::Heading(level, text.to_owned()).with(pieces));
        self.y += below;
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        let pieces = self.text(text, style, self.whole);
        self.push(Role::Paragraph.with(pieces));
        self.y += 4.0;
    }

    fn listed<'t>(&mut self, role: Role, listed: impl Iterator<Item = (String, &'t String)>) {
        let (marks, texts) = self.whole.split(16.0, 4.0);
        let items = listed.map(|(mark, text)| {
            let item = self.row(&mark, BODY, marks, text, BODY, texts);
            self.y += 2.0;
            Child::Element(item)
        });
        let items = items.collect();
        self.push(role.with(items));
        self.y += 2.0;
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let (names, values) = self.whole.split(INNER * 0.34, 10.0);
        let items = facts.iter().map(|(name, value)| {
            let item = self.row(name, STRONG, names, value, BODY, values);
            self.y += 2.0;
            Child::Element(item)
        });
        let items = items.collect();
        self.push(Role::List.with(items));
        self.y += 4.0;
    }

    /// A name and its value beside each other, line by line, over pages when they are that long.
    fn row(
        &mut self,
        name: &str,
        name_style: Style,
        names: Column,
        value: &str,
        value_style: Style,
        values: Column,
    ) -> Element {
        let left = self.broken(name, name_style, names);
        let right = self.broken(value, value_style, values);
        let leading = name_style.leading.max(value_style.leading);
        let (mut label, mut body) = (Vec::new(), Vec::new());
        let rows = left.len().max(right.len());
        let (mut left, mut right) = (left.into_iter(), right.into_iter());
        for _ in 0..rows {
            self.need(leading);
            self.y += leading;
            label.extend(left.next().map(|line| self.place(line, name_style, names)));
            body.extend(right.next().map(|line| self.place(line, value_style, values)));
        }
        Role::Item.with(vec![
            Child::Element(Role::Label.with(label)),
            Child::Element(Role::Body.with(body)),
        ])
    }

    fn window(&mut self, facts: &[(String, String)]) {
        self.y = self.y.max(WINDOW.start);
        let beside = Column {
            x: BESIDE_WINDOW,
            width: WIDTH - MARGIN - BESIDE_WINDOW,
            ..self.whole
        };
        let items = facts.iter().map(|(name, value)| {
            let label = self.text(name, SMALL_STRONG, beside);
            let body = self.text(value, SMALL, beside);
            self.y += 2.0;
            Child::Element(Role::Item.with(vec![
                Child::Element(Role::Label.with(label)),
                Child::Element(Role::Body.with(body)),
            ]))
        });
        let items = items.collect();
        self.push(Role::List.with(items));
        self.y = self.y.max(WINDOW.end) + 6.0;
    }

    fn entrance(&mut self, entrance: &Entrance) -> Result<(), PaperError> {
        let inside = Column {
            x: self.whole.x + PAD,
            width: INNER - 2.0 * PAD,
            ..self.whole
        };
        let (texts, _) = inside.split(inside.width - SQUARE - PAD, PAD);
        let square_x = match self.whole.right_to_left {
            true => inside.x,
            false => inside.x + inside.width - SQUARE,
        };
        let address_lines = self.broken(&entrance.address, ADDRESS, texts).len() as f32;
        let names = self.broken(&entrance.address_name, SMALL, texts).len()
            + self.broken(&entrance.code_name, SMALL, texts).len();
        let told = names as f32 * SMALL.leading + address_lines * ADDRESS.leading + CODE.leading + 8.0;
        let height = told.max(SQUARE) + 2.0 * PAD;
        self.need(height + 8.0);
        let top = self.y + 4.0;
        self.piece(Piece {
            x: MARGIN,
            y: top,
            what: What::Frame { width: INNER, height },
        });

        self.y = top + PAD + (told.max(SQUARE) - told) / 2.0 - 3.0;
        let name = self.text(&entrance.address_name, SMALL, texts);
        self.push(Role::Paragraph.with(name));
        let address = self.text_in(&entrance.address, ADDRESS, texts);
        self.push(Role::Paragraph.with(address));
        let fields = square::fields(&entrance.address)?;
        let square = self.piece(Piece {
            x: square_x,
            y: top + (height - SQUARE) / 2.0,
            what: What::Square { fields, side: SQUARE },
        });
        self.push(Role::Figure(entrance.square.clone()).with(vec![square]));
        self.y += 8.0;
        let name = self.text(&entrance.code_name, SMALL, texts);
        self.push(Role::Paragraph.with(name));
        let code = self.text_in(&entrance.code, CODE, texts);
        self.push(Role::Paragraph.with(code));
        self.y = top + height + 8.0;
        Ok(())
    }

    fn secret(&mut self, name: &str, code: &str) {
        let inside = Column {
            x: self.whole.x + PAD,
            width: INNER - 2.0 * PAD,
            ..self.whole
        };
        let told = self.broken(name, SMALL, inside).len() as f32 * SMALL.leading + CODE.leading;
        let height = told + 2.0 * PAD;
        self.need(height + 8.0);
        let top = self.y + 4.0;
        self.piece(Piece {
            x: MARGIN,
            y: top,
            what: What::Frame { width: INNER, height },
        });
        self.y = top + PAD - 3.0;
        let name = self.text(name, SMALL, inside);
        self.push(Role::Paragraph.with(name));
        let code = self.text_in(code, CODE, inside);
        self.push(Role::Paragraph.with(code));
        self.y = top + height + 8.0;
    }

    fn other_languages(&mut self, lines: &[(Language, String)]) {
        self.y += 4.0;
        for (language, text) in lines {
            let column = Column {
                right_to_left: language.direction() == Direction::RightToLeft,
                ..self.whole
            };
            let pieces = self.text(text, SMALL, column);
            let mut line = Role::Paragraph.with(pieces);
            line.language = Some(*language);
            self.push(line);
            self.y += 1.0;
        }
    }

    /// Text that goes from left to right whatever stands around it, on the side where its column begins.
    fn text_in(&mut self, text: &str, style: Style, column: Column) -> Vec<Child> {
        let lines = self.broken(text, style, column.left_to_right());
        self.place_all(lines, style, column)
    }

    fn text(&mut self, text: &str, style: Style, column: Column) -> Vec<Child> {
        let lines = self.broken(text, style, column);
        self.place_all(lines, style, column)
    }

    fn broken(&self, text: &str, style: Style, column: Column) -> Vec<Line> {
        let face = self.faces.of(style.bold);
        break_lines(face, text, style.size, column.width, column.right_to_left)
    }

    fn place_all(&mut self, lines: Vec<Line>, style: Style, column: Column) -> Vec<Child> {
        lines
            .into_iter()
            .map(|line| {
                self.need(style.leading);
                self.y += style.leading;
                self.place(line, style, column)
            })
            .collect()
    }

    /// Places a line whose foot is where the pen is.
    fn place(&mut self, line: Line, style: Style, column: Column) -> Child {
        let x = match column.right_to_left {
            true => column.x + column.width - line.width,
            false => column.x,
        };
        self.piece(Piece {
            x,
            y: self.y - (style.leading - style.size) * 0.75,
            what: What::Text {
                line,
                bold: style.bold,
                size: style.size,
                is_foot: false,
            },
        })
    }

    fn feet(&mut self, foot: &str) {
        let count = self.sheets.pages.len();
        for page in 0..count {
            let whole = self.whole;
            let (first, last) = whole.split(INNER - 60.0, 10.0);
            let number = format!("{} / {count}", page + 1);
            let texts = [(foot, first, false), (number.as_str(), last, true)];
            for (text, column, is_number) in texts {
                let Some(line) = self.broken(text, SMALL, column).into_iter().next() else {
                    continue;
                };
                // What the paper is stands where a line begins, the number where it ends.
                let at_right = whole.right_to_left != is_number;
                let x = match at_right {
                    true => column.x + column.width - line.width,
                    false => column.x,
                };
                self.sheets.pages[page].push(Piece {
                    x,
                    y: HEIGHT - 30.0,
                    what: What::Text {
                        line,
                        bold: false,
                        size: SMALL.size,
                        is_foot: true,
                    },
                });
            }
        }
    }

    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.sheets.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn page(&self) -> usize {
        self.sheets.pages.len() - 1
    }

    fn piece(&mut self, piece: Piece) -> Child {
        let page = self.page();
        let pieces = &mut self.sheets.pages[page];
        pieces.push(piece);
        Child::Piece(page, pieces.len() - 1)
    }

    fn push(&mut self, element: Element) {
        self.sheets.elements.push(element);
    }
}
