//! What a paper consists of, before anything is measured.

use jiff::civil::Date;
use texts::Language;

use crate::PaperError;
use crate::{draw, layout};

/// A paper: what stands in it, in the order in which it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its title, which a reader of PDF shows in place of the file's name.
    pub title: String,
    /// Its language. A block may be in another.
    pub language: Language,
    /// The day that stands in the document as that of its making, where one does.
    pub made_on: Option<Date>,
    /// Stands at the foot of each page, before the page's number.
    pub foot: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Who sends it, above everything else.
    Sender(String),
    /// The title of the whole.
    Title(String),
    /// A heading within it.
    Heading(String),
    /// A heading below a heading.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph that must not be missed.
    Important(String),
    /// What is to be done, one step after the other.
    Steps(Vec<String>),
    /// What there is, one thing below the other.
    Items(Vec<String>),
    /// Names and their values, each on a line of its own.
    Facts(Vec<(String, String)>),
    /// The window of an envelope stays free on the left; on the right stand names and values.
    Window(Vec<(String, String)>),
    /// How to get in: the address, a square that holds it, and a code in large letters.
    Entrance(Entrance),
    /// A secret that is copied by hand, in large letters.
    Secret {
        /// What it is.
        name: String,
        /// The letters, in groups.
        code: String,
    },
    /// One line for each other language.
    OtherLanguages(Vec<(Language, String)>),
}

/// How to get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrance {
    /// What stands above the address.
    pub address_name: String,
    /// The portal's address, which is all that the square holds.
    pub address: String,
    /// What the square is, for whoever does not see it.
    pub square: String,
    /// What stands above the code.
    pub code_name: String,
    /// The code in groups.
    pub code: String,
}

impl Paper {
    /// The paper as PDF. The same paper gives the same bytes.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn to_pdf(&self) -> Result<Vec<u8>, PaperError> {
        let faces = draw::Faces::read()?;
        let sheets = layout::lay_out(self, &faces)?;
        draw::write(self, &faces, sheets)
    }
}
