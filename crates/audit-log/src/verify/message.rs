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
    /// The log is whole, and lacks what it promised to enter.
    ReceiptMissing = 6,
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
            Self::ReceiptMissing => "receipt-missing",
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
                "NOT TRUSTED: not signed as your policy asks, by one of its logs and enough of its witnesses.",
                "NIET VERTROUWD: niet ondertekend zoals uw policy vraagt, door een log daaruit en genoeg getuigen.",
            ),
            Self::Forked => (
                "REWRITTEN OR CUT: the log does not continue the earlier checkpoint.",
                "HERSCHREVEN OF INGEKORT: het log is geen vervolg op het eerdere checkpoint.",
            ),
            Self::RulesBroken => (
                "RULES BROKEN: the log is whole, and it shows acts that were not allowed.",
                "REGELS OVERTREDEN: het log is heel, en het laat handelingen zien die niet mochten.",
            ),
            Self::ReceiptMissing => (
                "LEFT OUT: the log is whole, and it lacks an entry that it promised in a receipt.",
                "WEGGELATEN: het log is heel, en er ontbreekt een regel die het in een ontvangstbewijs heeft beloofd.",
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
pub(crate) struct Message {
    pub(crate) slug: &'static str,
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
        "the checkpoint is not signed by a log of your policy, or not by enough witnesses"
        "het checkpoint is niet ondertekend door een log uit uw policy, of niet door genoeg getuigen";
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
    GAP Forked "gap"
        "entries are missing between the earlier checkpoint and this export; verify the export in between first"
        "er ontbreken regels tussen het eerdere checkpoint en deze export; controleer eerst de export ertussen";
    PREVIOUS_FORM Malformed "previous-form"
        "checkpoint.prev cannot be read, is of another log or of one without entries"
        "checkpoint.prev is niet te lezen, is van een ander log of van een log zonder regels";
    PREVIOUS_UNTRUSTED Untrusted "previous-untrusted"
        "checkpoint.prev is not signed by a log of your policy"
        "checkpoint.prev is niet ondertekend door een log uit uw policy";
    FRONTIER_FORM Malformed "frontier-form"
        "the file frontier is not in its form" "het bestand frontier heeft niet de vaste vorm";
    FRONTIER_WRONG Tampered "frontier-wrong"
        "the file frontier is not the tree that checkpoint.prev was signed over"
        "het bestand frontier is niet de boom waarover checkpoint.prev is ondertekend";
    CONSISTENCY_FORM Malformed "consistency-form"
        "the file consistency is not in its form" "het bestand consistency heeft niet de vaste vorm";
    CONSISTENCY_WRONG Tampered "consistency-wrong"
        "the file consistency does not prove that the log continues checkpoint.prev"
        "het bestand consistency bewijst niet dat het log checkpoint.prev vervolgt";
    CARRY_FORM Malformed "carry-form"
        "a line of carry.jsonl is not an earlier entry in its one form, or out of order"
        "een regel van carry.jsonl is geen eerdere logregel in de vaste vorm of staat op de verkeerde plaats";
    CARRY_WRONG Tampered "carry-wrong"
        "an earlier entry in carry.jsonl is not the one that was signed"
        "een eerdere logregel in carry.jsonl is niet die welke is ondertekend";
    CARRY_INCOMPLETE Tampered "carry-incomplete"
        "carry.jsonl is not what was open when the period began"
        "carry.jsonl is niet wat open stond toen de periode begon";
    EARLIER_EXPORT Tampered "earlier-export-wrong"
        "the earlier export does not hold the entries its checkpoint was signed over; verify that export"
        "de eerdere export bevat niet de regels waarover het checkpoint is ondertekend; controleer die export";
    EARLIER_LATER Malformed "earlier-begins-later"
        "the earlier export begins after this one, so what was open before this one cannot be judged; give the export that this one continues"
        "de eerdere export begint na deze, dus wat voor deze open stond is niet te beoordelen; geef de export waarop deze volgt";
    RECEIPT_FORM Malformed "receipt-form"
        "a receipt is not in its form" "een ontvangstbewijs heeft niet de vaste vorm";
    RECEIPT_UNTRUSTED Untrusted "receipt-untrusted"
        "a receipt is not signed by this log" "een ontvangstbewijs is niet ondertekend door dit log";
    RECEIPT_MISSING ReceiptMissing "receipt-missing"
        "the log promised this entry in a receipt, and does not have it"
        "het log heeft deze regel in een ontvangstbewijs beloofd en heeft haar niet";
    RECEIPT_UNDECIDED ReceiptMissing "receipt-undecided"
        "the entry of this receipt is not here and may be in the earlier export; give that with --prev"
        "de regel van dit ontvangstbewijs staat hier niet en kan in de eerdere export staan; geef die met --prev";
    POLICY_DIFFERS Tampered "policy-differs"
        "the policy in the bundle is not that of the log that signed it"
        "de policy in de export is niet die van het log dat heeft ondertekend";
    README_DIFFERS Tampered "readme-differs"
        "README.txt is not the one exports have" "README.txt is niet die van een export";
    COLUMNS_DIFFER Tampered "columns-differ"
        "columns.csv is not the one exports have" "columns.csv is niet die van een export";
    REPORTS_DIFFER Tampered "reports-differ"
        "a report does not say what the entries say" "een rapport zegt niet wat de regels zeggen";
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
    SIGNAL_ORDER RulesBroken "signal-order"
        "a signal takes a step that its earlier steps do not allow"
        "een signaal zet een stap die volgens de eerdere stappen niet kan";
    DISCLOSURE_ORDER RulesBroken "disclosure-order"
        "telling the family is postponed without a proposal, or goes on after the family was told"
        "informeren van de familie is uitgesteld zonder voorstel, of gaat verder nadat de familie is ge\u{ef}nformeerd";
    ARCHIVE_ORDER RulesBroken "archive-order"
        "an archived signal was told of twice or while it counted, or opened by another than it was told to"
        "een gearchiveerd signaal is twee keer gemeld of toen het nog telde, of geopend door een ander dan wie het hoorde";
    MATCH_TWICE RulesBroken "match-twice"
        "the same match was opened twice" "dezelfde match is twee keer geopend";
    MATCH_UNKNOWN RulesBroken "match-unknown"
        "the event belongs to a match that was not opened before it"
        "de gebeurtenis hoort bij een match die daarvoor niet is geopend";
    MATCH_SIGNAL_UNKNOWN RulesBroken "match-signal-unknown"
        "a match names a signal that was not submitted before it, or not by that organisation"
        "een match noemt een signaal dat daarvoor niet is afgegeven, of niet door die instantie";
    MATCH_SIGNAL_INACTIVE RulesBroken "match-signal-inactive"
        "a match opened with, or was joined with, a signal that slept, was paused or counted no longer"
        "een match is ontstaan of uitgebreid met een signaal dat sliep, was gepauzeerd of niet meer telde";
    MATCH_ORDER RulesBroken "match-order"
        "something happened in a match after it was closed"
        "er gebeurde iets in een match nadat die was gesloten";
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
    CONSENT_SUCCESSOR RulesBroken "consent-without-successor"
        "a request ended at an age boundary, and the one that it names was not made"
        "een vraag om toestemming eindigde bij een leeftijdsgrens, en de opvolger die zij noemt is niet gesteld";
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
    CONTENT_SIGNAL_INACTIVE RulesBroken "content-signal-inactive"
        "content was sent or read by an organisation whose signal was paused or counted no longer"
        "inhoud is verstuurd of gelezen door een instantie waarvan het signaal was gepauzeerd of niet meer telde";
    CONTENT_ORDER RulesBroken "content-order"
        "a message was read or destroyed without being there, or sent twice"
        "een bericht is gelezen of vernietigd terwijl het er niet was, of is twee keer verstuurd";
    FOLLOW_UP_ORDER RulesBroken "follow-up-order"
        "a match was handed to the follow-up officer twice or before its deadline, or looked at by one who did not have it"
        "een match ging twee keer of voor de termijn naar de opvolger, of is bekeken door een opvolger die haar niet had";
    CASE_ORDER RulesBroken "case-order"
        "an objection, a request of the family, a soft match or a family match takes a step that its earlier steps do not allow"
        "een bezwaar, een verzoek van de familie, een zachte match of een gezinsmatch zet een stap die na de eerdere niet kan";
    CASE_SIGNAL RulesBroken "case-signal-unknown"
        "an objection, a letter, a soft match, a family match or two children made one name a signal that was not submitted before, or was destroyed"
        "een bezwaar, een brief, een zachte match, een gezinsmatch of twee samengevoegde kinderen noemen een signaal dat daarvoor niet is afgegeven, of is vernietigd";
    OBJECTION_UPHELD RulesBroken "objection-without-end"
        "an objection was upheld, and its signal not destroyed after that"
        "een bezwaar is gegrond verklaard, en het signaal is daarna niet vernietigd";
    LETTER_ORDER RulesBroken "letter-order"
        "a letter was read that was not issued"
        "een brief is gelezen die niet is gemaakt";
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

    /// The table of findings in docs/AUDIT-LOG.md, by exit code. `TREFPUNT_WRITE_DOCS=1` writes it.
    #[test]
    fn every_message_is_in_the_document_with_its_exit_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/AUDIT-LOG.md");
        let document = std::fs::read_to_string(path).unwrap();
        let mut all = ALL.to_vec();
        all.sort_by_key(|message| message.verdict.exit_code());
        let rows: String = all
            .iter()
            .map(|message| {
                let (code, slug, en) = (message.verdict.exit_code(), message.slug, message.en);
                format!("| {code} | `{slug}` | {en} |\n")
            })
            .collect();
        let (before, after) = document
            .split_once("| exit | check | meaning |\n|---|---|---|\n")
            .unwrap();
        let (_, after) = after.split_once("\n\n").unwrap();
        let expected = format!("{before}| exit | check | meaning |\n|---|---|---|\n{rows}\n{after}");
        if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
            std::fs::write(path, &expected).unwrap();
        } else {
            assert!(
                document == expected,
                "the table of findings in docs/AUDIT-LOG.md is not\n{rows}"
            );
        }
    }
}
