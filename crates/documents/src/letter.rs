//! The letter that opens the portal: from whom, what about, how to get in, until when, and what happens without it.
//!
//! Whoever finds it in the house reads no name of a child and of no organisation but its sender.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use texts::{Language, Texts};

use crate::block::{Block, Entrance, Paper};

/// A letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// In which language.
    pub language: Language,
    /// What it is about.
    pub about: LetterAbout,
    /// To whom.
    pub addressee: Addressee,
    /// The organisation that sends it.
    pub sender: String,
    /// The municipality that helps, and answers for the family's rights.
    pub municipality: String,
    /// By which the sender and the municipality find the case.
    pub reference: String,
    /// The day that stands on it.
    pub made_on: Date,
    /// From when the code opens anything, when that is a later day.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Timestamp,
    /// In which days are meant.
    pub zone: TimeZone,
    /// The portal's address.
    pub address: String,
    /// The code in groups.
    pub code: String,
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterAbout {
    /// It asks whether organisations may exchange.
    Exchange,
    /// It asks whether the sender may give a signal.
    AskedSignal,
    /// It tells of a signal.
    Signal,
}

/// To whom a paper speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// A parent or guardian: "u".
    Guardian,
    /// The young person: "jij".
    YoungPerson,
}

impl Addressee {
    /// The one of two texts that speaks to them.
    pub(crate) fn pick<T>(self, guardian: T, young_person: T) -> T {
        match self {
            Self::Guardian => guardian,
            Self::YoungPerson => young_person,
        }
    }
}

impl Letter {
    /// What stands in it.
    pub fn paper(&self) -> Paper {
        let texts = Texts::of(self.language);
        let say = |guardian: &str, young: &str| texts.say(self.addressee.pick(guardian, young)).into_owned();
        let reference = texts.with("paper-reference-is", &[("reference", &self.reference)]);
        Paper {
            title: self.title(),
            language: self.language,
            made_on: Some(self.made_on),
            foot: reference.into_owned(),
            blocks: vec![
                Block::Sender(self.sender.clone()),
                Block::Window(self.beside_window()),
                Block::Title(self.title()),
                Block::Text(self.what_about()),
                Block::Entrance(self.entrance()),
                Block::Heading(say("paper-letter-how", "paper-letter-how-young")),
                Block::Steps(vec![
                    say("paper-letter-step-go", "paper-letter-step-go-young"),
                    say("paper-letter-step-code", "paper-letter-step-code-young"),
                    say("paper-letter-step-key", "paper-letter-step-key-young"),
                ]),
                Block::Heading(say("paper-letter-opens", "paper-letter-opens-young")),
                Block::Text(self.what_it_opens()),
                Block::Text(say("paper-letter-secret", "paper-letter-secret-young")),
                Block::Heading(say("paper-letter-nothing", "paper-letter-nothing-young")),
                Block::Text(self.what_without()),
                Block::Heading(say("paper-letter-help", "paper-letter-help-young")),
                Block::Text(self.help()),
                Block::Important(say("paper-letter-safety", "paper-letter-safety-young")),
                Block::OtherLanguages(self.other_languages()),
            ],
        }
    }

    fn title(&self) -> String {
        let texts = Texts::of(self.language);
        let (guardian, young) = match self.about {
            LetterAbout::Exchange | LetterAbout::AskedSignal => {
                ("paper-letter-title-question", "paper-letter-title-question-young")
            }
            LetterAbout::Signal => ("paper-letter-title-signal", "paper-letter-title-signal-young"),
        };
        texts.say(self.addressee.pick(guardian, young)).into_owned()
    }

    fn beside_window(&self) -> Vec<(String, String)> {
        let texts = Texts::of(self.language);
        let mut facts = vec![
            (
                texts.say("paper-date").into_owned(),
                texts.date(self.made_on).into_owned(),
            ),
            (texts.say("paper-reference").into_owned(), self.reference.clone()),
        ];
        if let Some(from) = self.from {
            facts.push((
                texts.say("paper-letter-works-from").into_owned(),
                texts.day(from, &self.zone).into_owned(),
            ));
        }
        facts.push((
            texts.say("paper-letter-works").into_owned(),
            texts.until(self.until, &self.zone).into_owned(),
        ));
        facts
    }

    fn what_about(&self) -> String {
        let (guardian, young) = match self.about {
            LetterAbout::Exchange => ("paper-letter-exchange", "paper-letter-exchange-young"),
            LetterAbout::AskedSignal => ("paper-letter-asked-signal", "paper-letter-asked-signal-young"),
            LetterAbout::Signal => ("paper-letter-signal", "paper-letter-signal-young"),
        };
        Texts::of(self.language)
            .say(self.addressee.pick(guardian, young))
            .into_owned()
    }

    fn what_it_opens(&self) -> String {
        let (guardian, young) = match self.about {
            LetterAbout::Exchange | LetterAbout::AskedSignal => {
                ("paper-letter-opens-question", "paper-letter-opens-question-young")
            }
            LetterAbout::Signal => ("paper-letter-opens-signal", "paper-letter-opens-signal-young"),
        };
        Texts::of(self.language)
            .say(self.addressee.pick(guardian, young))
            .into_owned()
    }

    fn what_without(&self) -> String {
        let (guardian, young) = match self.about {
            LetterAbout::Exchange => (
                "paper-letter-nothing-exchange",
                "paper-letter-nothing-exchange-young",
            ),
            LetterAbout::AskedSignal => (
                "paper-letter-nothing-asked-signal",
                "paper-letter-nothing-asked-signal-young",
            ),
            LetterAbout::Signal => ("paper-letter-nothing-signal", "paper-letter-nothing-signal-young"),
        };
        Texts::of(self.language)
            .say(self.addressee.pick(guardian, young))
            .into_owned()
    }

    fn help(&self) -> String {
        let key = self
            .addressee
            .pick("paper-letter-help-where", "paper-letter-help-where-young");
        Texts::of(self.language)
            .with(key, &[("municipality", &self.municipality)])
            .into_owned()
    }

    fn entrance(&self) -> Entrance {
        let texts = Texts::of(self.language);
        Entrance {
            address_name: texts.say("paper-letter-address").into_owned(),
            address: self.address.clone(),
            square: texts
                .with("paper-letter-square", &[("address", &self.address)])
                .into_owned(),
            code_name: texts
                .say(
                    self.addressee
                        .pick("paper-letter-code", "paper-letter-code-young"),
                )
                .into_owned(),
            code: self.code.clone(),
        }
    }

    /// In each other language, that the portal speaks it.
    fn other_languages(&self) -> Vec<(Language, String)> {
        Language::ALL
            .into_iter()
            .filter(|language| *language != self.language)
            .map(|language| {
                let line = Texts::of(language).say("paper-letter-in-this-language");
                (language, line.into_owned())
            })
            .collect()
    }
}

/// The code is not shown.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("about", &self.about)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
