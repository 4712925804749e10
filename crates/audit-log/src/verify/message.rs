//! Everything the verifier can say: one table, each sentence in English and Dutch, with the verdict it leads to.

/// What a run of the verifier comes to; its number is the program's exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Everything holds.
    #[default]
    Good = 0,
    /// The contents are not those the log signed.
    Tampered = 1,
    /// Not a bundle, or something in it is not in its form.
    Malformed = 2,
    /// Not signed by a log the policy trusts.
    Untrusted = 3,
    /// The log was cut or rewritten since an earlier checkpoint.
    Forked = 4,
    /// The log is whole, and what it says breaks the rules.
    RulesBroken = 5,
}

impl Verdict {
    /// The exit code of `verify-audit-log`.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        self as u8
    }

    /// The verdict in one word, for programs.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Tampered => "tampered",
            Self::Malformed => "malformed",
            Self::Untrusted => "untrusted",
            Self::Forked => "forked",
            Self::RulesBroken => "rules-broken",
        }
    }

    /// The verdict in a sentence, for people.
    #[must_use]
    pub fn sentence(self, language: Language) -> &'static str {
        let (en, nl) = match self {
            Self::Good => (
                "In order: everything that was checked holds.",
                "In orde: alles wat is gecontroleerd klopt.",
            ),
            Self::Tampered => (
                "TAMPERED: the contents are not those the log signed.",
                "GEWIJZIGD: de inhoud is niet wat het log heeft ondertekend.",
            ),
            Self::Malformed => (
                "MALFORMED: this is not an export, or something in it is not in its form.",
                "ONLEESBAAR: dit is geen export, of iets erin heeft niet de juiste vorm.",
            ),
            Self::Untrusted => (
                "NOT TRUSTED: no log of your policy signed this.",
                "NIET VERTROUWD: geen log uit uw policy heeft dit ondertekend.",
            ),
            Self::Forked => (
                "REWRITTEN OR CUT: the log does not continue the earlier checkpoint.",
                "HERSCHREVEN OF INGEKORT: het log is geen vervolg op het eerdere checkpoint.",
            ),
            Self::RulesBroken => (
                "RULES BROKEN: the log is whole, and it shows acts that were not allowed.",
                "REGELS OVERTREDEN: het log is heel, en het laat handelingen zien die niet mochten.",
            ),
        };
        language.pick(en, nl)
    }
}

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Dutch.
    Dutch,
}

impl Language {
    pub(super) fn pick(self, en: &'static str, nl: &'static str) -> &'static str {
        match self {
            Self::English => en,
            Self::Dutch => nl,
        }
    }
}

/// One thing that can be wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) slug: &'static str,
    pub(super) verdict: Verdict,
    pub(super) en: &'static str,
    pub(super) nl: &'static str,
}

macro_rules! messages {
    ($($name:ident $verdict:ident $slug:literal $en:literal $nl:literal;)+) => {
        $(pub(super) static $name: Message =
            Message { slug: $slug, verdict: Verdict::$verdict, en: $en, nl: $nl };)+
        #[cfg(test)]
        static ALL: &[&Message] = &[$(&$name),+];
    };
}

messages! {
    TAR_SHORT Malformed "archive-short"
        "the archive ends too early" "het archief houdt te vroeg op";
    TAR_HEADER Malformed "archive-header"
        "a file of the archive is missing, out of order, a link, or described in another way than exports are"
        "een bestand in het archief ontbreekt, staat op de verkeerde plaats, is een link of is anders beschreven dan in een export";
    TAR_PADDING Malformed "archive-padding"
        "there is something in the archive between the files" "er staat iets in het archief tussen de bestanden";
    TAR_END Malformed "archive-end"
        "there is something in the archive after the last file" "er staat iets in het archief na het laatste bestand";
    CHECKPOINT_FORM Malformed "checkpoint-form"
        "the checkpoint cannot be read" "het checkpoint is niet te lezen";
    CHECKPOINT_UNTRUSTED Untrusted "checkpoint-untrusted"
        "the checkpoint is not signed by a log of your policy"
        "het checkpoint is niet ondertekend door een log uit uw policy";
    EARLIER_FORM Malformed "earlier-form"
        "the earlier checkpoint cannot be read" "het eerdere checkpoint is niet te lezen";
    EARLIER_UNTRUSTED Untrusted "earlier-untrusted"
        "the earlier checkpoint is not signed by a log of your policy"
        "het eerdere checkpoint is niet ondertekend door een log uit uw policy";
    EARLIER_OTHER_LOG Forked "earlier-other-log"
        "the earlier checkpoint belongs to another log" "het eerdere checkpoint hoort bij een ander log";
    ROLLBACK Forked "rollback"
        "the log had more entries at the earlier checkpoint than it has now"
        "het log had bij het eerdere checkpoint meer regels dan nu";
    FORK Forked "fork"
        "the log's first entries are not those of the earlier checkpoint: it was rewritten and signed again"
        "de eerste regels van het log zijn niet die van het eerdere checkpoint: het is herschreven en opnieuw ondertekend";
    POLICY_DIFFERS Tampered "policy-differs"
        "the policy in the bundle is not that of the log that signed it"
        "de policy in de export is niet die van het log dat heeft ondertekend";
    README_DIFFERS Tampered "readme-differs"
        "README.txt is not the one exports have" "README.txt is niet die van een export";
    MANIFEST_FORM Malformed "manifest-form"
        "MANIFEST.json cannot be read" "MANIFEST.json is niet te lezen";
    MANIFEST_DIFFERS Tampered "manifest-differs"
        "MANIFEST.json does not belong to this checkpoint, or was altered"
        "MANIFEST.json hoort niet bij dit checkpoint of is aangepast";
    LOG_TOO_LARGE Malformed "log-too-large"
        "the log has more entries than this program can judge"
        "het log heeft meer regels dan dit programma kan beoordelen";
    LINE_FORM Malformed "line-form"
        "a line of entries.jsonl is too long or has no end" "een regel van entries.jsonl is te lang of heeft geen einde";
    LEAF_FORM Malformed "leaf-form"
        "a line of entries.jsonl is not a log entry in its one form"
        "een regel van entries.jsonl is geen logregel in de vaste vorm";
    ROOT Tampered "root"
        "the entries are not those that were signed: the first that differs"
        "de regels zijn niet die welke zijn ondertekend: de eerste die afwijkt";
    ROOT_RANGE Tampered "root-range"
        "the entries are not those that were signed; which one differs cannot be told, but it lies within"
        "de regels zijn niet die welke zijn ondertekend; welke afwijkt is niet te zeggen, maar wel binnen";
    MISSING_ENTRIES Tampered "entries-missing"
        "fewer entries than were signed; missing from" "minder regels dan zijn ondertekend; ontbrekend vanaf";
    EXTRA_ENTRIES Tampered "entries-extra"
        "more entries than were signed; superfluous from" "meer regels dan zijn ondertekend; te veel vanaf";
    CSV_DIFFERS Tampered "csv-differs"
        "events.csv does not say what the entries say" "events.csv zegt niet wat de regels zeggen";
    ERASURES_DIFFER Tampered "erasures-differ"
        "erasures.jsonl does not say what the entries say" "erasures.jsonl zegt niet wat de regels zeggen";
    EXPORT_MISSING Tampered "export-missing"
        "the export that MANIFEST.json names is not in the log, so its scope is not signed"
        "de export die MANIFEST.json noemt staat niet in het log, dus de reikwijdte is niet ondertekend";
    SCOPE_DIFFERS Tampered "scope-differs"
        "the scope in MANIFEST.json is not the one the log states for this export"
        "de reikwijdte in MANIFEST.json is niet die welke het log voor deze export noemt";
    OPENING_FORM Malformed "opening-form"
        "a line of openings.jsonl is not an opening in its one form, or out of order"
        "een regel van openings.jsonl heeft niet de vaste vorm of staat op de verkeerde plaats";
    OPENING_WRONG Tampered "opening-wrong"
        "an opening is not what its entry committed to" "een opening is niet wat de logregel vastlegt";
    OPENING_MISSING Tampered "opening-missing"
        "the opening of an entry inside the scope is missing, and no entry says it was erased"
        "de opening van een regel binnen de reikwijdte ontbreekt, en geen regel zegt dat zij is gewist";
    OPENING_OUTSIDE Tampered "opening-outside"
        "an opening of an entry outside the scope, or of one that commits to nothing"
        "een opening van een regel buiten de reikwijdte, of van een regel die niets vastlegt";
    ERASED_PRESENT RulesBroken "erased-opening-present"
        "the log says this opening was erased, yet here it is" "volgens het log is deze opening gewist, toch staat zij hier";
    ERASURE_UNKNOWN RulesBroken "erasure-unknown"
        "an entry erases an opening that no earlier entry has" "een regel wist een opening die geen eerdere regel heeft";
    TIME_BACKWARDS RulesBroken "time-backwards"
        "the time runs back by more than 5 seconds" "de tijd loopt meer dan 5 seconden terug";
    EVENT_TWICE RulesBroken "event-twice"
        "the same event stands in the log twice" "dezelfde gebeurtenis staat twee keer in het log";
    EVENT_INCOMPLETE RulesBroken "event-incomplete"
        "the event does not name the records it must name" "de gebeurtenis noemt niet wat zij moet noemen";
    SIGNAL_TWICE RulesBroken "signal-twice"
        "the same signal was submitted twice" "hetzelfde signaal is twee keer afgegeven";
    MATCH_TWICE RulesBroken "match-twice"
        "the same match was opened twice" "dezelfde match is twee keer geopend";
    MATCH_UNKNOWN RulesBroken "match-unknown"
        "the event belongs to a match that was not opened before it"
        "de gebeurtenis hoort bij een match die daarvoor niet is geopend";
    MATCH_SIGNAL_UNKNOWN RulesBroken "match-signal-unknown"
        "a match names a signal that was not submitted before it, or not by that organisation"
        "een match noemt een signaal dat daarvoor niet is afgegeven, of niet door die instantie";
    MATCH_WITHOUT_TWO RulesBroken "match-without-two"
        "a match was opened without two signals of different organisations"
        "een match is geopend zonder twee signalen van verschillende instanties";
    NOTICE_MISSING RulesBroken "notice-missing"
        "a party of this match got no notice" "een betrokken partij van deze match kreeg geen matchbericht";
    NOTICE_STRANGER RulesBroken "notice-stranger"
        "a notice went to an organisation that is not party to the match"
        "een matchbericht ging naar een instantie die geen partij is in de match";
    CONSENT_TWICE RulesBroken "consent-twice"
        "the same consent was requested twice" "dezelfde toestemming is twee keer gevraagd";
    CONSENT_ORDER RulesBroken "consent-order"
        "a consent takes a step that its earlier steps do not allow"
        "een toestemming doet een stap die na de eerdere stappen niet kan";
    CONTENT_BEFORE RulesBroken "content-before-consent"
        "content was sent or read without consent having been given"
        "inhoud is verstuurd of gelezen zonder dat toestemming was gegeven";
    CONTENT_WITHDRAWN RulesBroken "content-after-withdrawal"
        "content was sent or read after consent was withdrawn"
        "inhoud is verstuurd of gelezen nadat de toestemming was ingetrokken";
    CONTENT_ENDED RulesBroken "content-after-end"
        "content was sent or read after consent had ended"
        "inhoud is verstuurd of gelezen nadat de toestemming was afgelopen";
    CONTENT_OTHER_MATCH RulesBroken "content-other-match"
        "content was sent or read in one match under the consent of another"
        "inhoud is verstuurd of gelezen in de ene match met de toestemming van een andere";
    CONTENT_STRANGER RulesBroken "content-stranger"
        "content was sent or read by an organisation that is not party to the match"
        "inhoud is verstuurd of gelezen door een instantie die geen partij is in de match";
    CONTENT_ORDER RulesBroken "content-order"
        "a message was read or destroyed without being there, or sent twice"
        "een bericht is gelezen of vernietigd terwijl het er niet was, of is twee keer verstuurd";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_its_own_and_in_both_languages() {
        let mut slugs: Vec<_> = ALL.iter().map(|message| message.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), ALL.len());
        assert!(
            ALL.iter()
                .all(|message| message.en != message.nl && !message.nl.is_empty())
        );
        assert!(ALL.iter().all(|message| message.verdict != Verdict::Good));
    }

    #[test]
    fn every_message_is_in_the_document_with_its_exit_code() {
        let document = include_str!("../../../../docs/AUDIT-LOG.md");
        for Message {
            slug, verdict, en, ..
        } in ALL
        {
            let row = format!("| {} | `{slug}` | {en} |", verdict.exit_code());
            assert!(document.contains(&row), "docs/AUDIT-LOG.md lacks\n{row}");
        }
    }
}
