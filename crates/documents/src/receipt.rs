//! The receipt: what somebody decided, about what, since when and until when, and how it is taken back.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use texts::{Language, Texts};

use crate::block::{Block, Paper};
use crate::letter::Addressee;

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// In which language.
    pub language: Language,
    /// To whom it speaks.
    pub addressee: Addressee,
    /// Whether the question was exchange between organisations; else a signal of one.
    pub is_exchange: bool,
    /// What was decided, and what became of it.
    pub state: ReceiptState,
    /// The organisation that asked.
    pub asked_by: String,
    /// Whom the question names, as the reader may know them.
    pub parties: Vec<String>,
    /// The municipality that answers for the family's rights.
    pub municipality: String,
    /// The question, by which the municipality finds it.
    pub reference: String,
    /// Version of the text that was shown.
    pub text_version: String,
    /// The day on which the receipt was made.
    pub made_on: Date,
    /// In which days and times are meant.
    pub zone: TimeZone,
    /// The portal's address.
    pub address: String,
}

/// What was decided, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptState {
    /// The reader agreed; not everyone has decided.
    Agreed {
        /// When the reader agreed.
        at: Timestamp,
    },
    /// Consent stands.
    Given {
        /// Since when.
        at: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// The reader refused.
    Refused,
    /// Consent was withdrawn.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

impl Receipt {
    /// What stands in it.
    pub fn paper(&self) -> Paper {
        let texts = Texts::of(self.language);
        let say = |guardian: &str, young: &str| texts.say(self.addressee.pick(guardian, young)).into_owned();
        let title = texts.say("paper-receipt-title").into_owned();
        let mut blocks = vec![
            Block::Title(title.clone()),
            Block::Text(say("paper-receipt-about", "paper-receipt-about-young")),
            Block::Facts(self.facts()),
        ];
        if let ReceiptState::Agreed { .. } | ReceiptState::Given { .. } = self.state {
            blocks.push(Block::Heading(say(
                "paper-receipt-back",
                "paper-receipt-back-young",
            )));
            let how = [("address", &self.address as &dyn texts::Value)];
            let key = self
                .addressee
                .pick("paper-receipt-back-how", "paper-receipt-back-how-young");
            blocks.push(Block::Text(texts.with(key, &how).into_owned()));
        }
        blocks.extend(help(texts, self.addressee, &self.municipality));
        let reference = texts.with("paper-reference-is", &[("reference", &self.reference)]);
        Paper {
            title,
            language: self.language,
            made_on: Some(self.made_on),
            foot: reference.into_owned(),
            blocks,
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let texts = Texts::of(self.language);
        let say = |guardian: &str, young: &str| texts.say(self.addressee.pick(guardian, young)).into_owned();
        let moment = |at: Timestamp| texts.moment(at, &self.zone).into_owned();
        // The day alone: at which time would tell when somebody else decided.
        let day = |at: Timestamp| texts.day(at, &self.zone).into_owned();
        let question = match self.is_exchange {
            true => say("paper-receipt-exchange", "paper-receipt-exchange-young"),
            false => say("paper-receipt-signal", "paper-receipt-signal-young"),
        };
        let mut facts = vec![(texts.say("paper-receipt-question").into_owned(), question)];
        let mut fact = |name: &str, value: String| facts.push((texts.say(name).into_owned(), value));
        fact("paper-receipt-asked-by", self.asked_by.clone());
        if self.is_exchange {
            fact("paper-receipt-between", self.parties.join("; "));
        }
        match self.state {
            ReceiptState::Agreed { at } => {
                fact(
                    "paper-receipt-answer",
                    say("paper-receipt-agreed", "paper-receipt-agreed-young"),
                );
                fact("paper-receipt-when", moment(at));
            }
            ReceiptState::Given { at, until } => {
                fact(
                    "paper-receipt-answer",
                    texts.say("paper-receipt-given").into_owned(),
                );
                fact("paper-receipt-since", day(at));
                fact("paper-receipt-until", texts.until(until, &self.zone).into_owned());
            }
            ReceiptState::Refused => {
                fact(
                    "paper-receipt-answer",
                    say("paper-receipt-refused", "paper-receipt-refused-young"),
                );
            }
            ReceiptState::Withdrawn { at } => {
                fact(
                    "paper-receipt-answer",
                    texts.say("paper-receipt-withdrawn").into_owned(),
                );
                fact("paper-receipt-withdrawn-at", day(at));
            }
        }
        fact("paper-receipt-text", self.text_version.clone());
        fact("paper-reference", self.reference.clone());
        fact("paper-receipt-made", texts.date(self.made_on).into_owned());
        facts
    }
}

/// Where to get help, at the end of a paper that somebody keeps.
pub(crate) fn help(texts: Texts, addressee: Addressee, municipality: &str) -> [Block; 3] {
    let say = |guardian: &str, young: &str| texts.say(addressee.pick(guardian, young)).into_owned();
    let key = addressee.pick("paper-receipt-help", "paper-receipt-help-young");
    let where_to = texts.with(key, &[("municipality", &municipality)]);
    [
        Block::Heading(say("paper-letter-help", "paper-letter-help-young")),
        Block::Text(where_to.into_owned()),
        Block::Important(say("paper-letter-safety", "paper-letter-safety-young")),
    ]
}
