//! The key with which somebody comes back, on paper. It is printed while it is shown, and never again.

use texts::{Language, Texts};

use crate::block::{Block, Paper};
use crate::letter::Addressee;
use crate::receipt;

/// The paper with a return key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPaper {
    /// In which language.
    pub language: Language,
    /// To whom it speaks.
    pub addressee: Addressee,
    /// The municipality that helps.
    pub municipality: String,
    /// The portal's address.
    pub address: String,
    /// The key in groups.
    pub key: String,
}

impl KeyPaper {
    /// What stands in it.
    pub fn paper(&self) -> Paper {
        let texts = Texts::of(self.language);
        let say = |guardian: &str, young: &str| texts.say(self.addressee.pick(guardian, young)).into_owned();
        let title = say("paper-receipt-key", "paper-receipt-key-young");
        let mut blocks = vec![
            Block::Title(title.clone()),
            Block::Text(say("paper-receipt-key-how", "paper-receipt-key-how-young")),
            Block::Facts(vec![(
                texts.say("paper-letter-address").into_owned(),
                self.address.clone(),
            )]),
            Block::Secret {
                name: say("paper-receipt-key-name", "paper-receipt-key-name-young"),
                code: self.key.clone(),
            },
        ];
        blocks.extend(receipt::help(texts, self.addressee, &self.municipality));
        Paper {
            foot: title.clone(),
            title,
            language: self.language,
            made_on: None,
            blocks,
        }
    }
}

/// The key is not shown.
impl std::fmt::Debug for KeyPaper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPaper")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}
