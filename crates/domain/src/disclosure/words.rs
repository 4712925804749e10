//! The words of disclosure: states, channels, languages, reasons.

use crate::words::words;

words! {
    /// Where the duty to tell the family of a signal stands.
    DisclosureState, "disclosure states" {
        /// The family is still to be told, and there is time.
        Due = "due",
        /// A postponement was proposed and waits for a second person.
        Proposed = "proposed",
        /// Telling the family is postponed until a day.
        Postponed = "postponed",
        /// The time is over: the signal is paused until the family is told or telling it is postponed.
        Overdue = "overdue",
        /// The family was told.
        Recorded = "recorded",
    }
}

words! {
    /// How the family was told.
    Channel, "channels" {
        /// Face to face.
        Conversation = "conversation",
        /// By telephone.
        Telephone = "telephone",
        /// With picture and sound.
        VideoCall = "video_call",
        /// By letter.
        Letter = "letter",
        /// By e-mail, or in a portal of the organisation.
        Message = "message",
    }
}

words! {
    /// In which language the family was told. The words are those of ISO 639: two letters where there are two.
    SpokenLanguage, "languages" {
        /// Arabic.
        Arabic = "ar",
        /// Bulgarian.
        Bulgarian = "bg",
        /// Dutch Sign Language.
        DutchSignLanguage = "dse",
        /// English.
        English = "en",
        /// French.
        French = "fr",
        /// Frisian.
        Frisian = "fy",
        /// German.
        German = "de",
        /// Kurdish.
        Kurdish = "ku",
        /// Dutch.
        Dutch = "nl",
        /// Papiamento.
        Papiamento = "pap",
        /// Persian, Dari among it.
        Persian = "fa",
        /// Polish.
        Polish = "pl",
        /// Portuguese.
        Portuguese = "pt",
        /// Romanian.
        Romanian = "ro",
        /// Russian.
        Russian = "ru",
        /// Somali.
        Somali = "so",
        /// Spanish.
        Spanish = "es",
        /// Tamazight.
        Tamazight = "zgh",
        /// Tigrinya.
        Tigrinya = "ti",
        /// Turkish.
        Turkish = "tr",
        /// Ukrainian.
        Ukrainian = "uk",
        /// Chinese.
        Chinese = "zh",
        /// One that is not in this list.
        Other = "mis",
    }
}

words! {
    /// Why the family is not told yet. The law knows no others: the duty to inform gives way where telling would defeat
    /// what the signal is for or endanger someone (GDPR article 14(5)(b) and article 23; UAVG article 41(1)).
    Reason, "reasons to postpone" {
        /// Telling would endanger the child.
        ChildUnsafe = "child_unsafe",
        /// Telling would endanger somebody else, a parent or a professional.
        OthersUnsafe = "others_unsafe",
        /// Telling would defeat an investigation by police, public prosecutor or Veilig Thuis.
        Investigation = "investigation",
        /// No guardian could be reached, although it was tried.
        NobodyReached = "nobody_reached",
    }
}

words! {
    /// What a second person decides about a proposal.
    Decision, "decisions" {
        /// Telling is postponed until the day proposed.
        Approved = "approved",
        /// It is not.
        Rejected = "rejected",
    }
}
