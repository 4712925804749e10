//! One table: who may do what, through which door.
//!
//! The partner API compares the scope of each of its operations with it, the command line its commands, the portal its
//! forms; docs/ROLES.md is made from it. So nothing can be done that is not in this table, and nobody reads here that
//! somebody may do what no door offers.

use super::{OrganisationKind, Role};

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// Its name at its door: the operation's id in the API, the form's address in the portal, the command.
    pub name: &'static str,
    /// Who may.
    pub who: Who,
    /// In a few words.
    pub about: &'static str,
}

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A program of an organisation, acting for people in this role.
    Role(Role),
    /// A family, with what its letter gave it.
    Family,
    /// Who runs the service, at the machine itself.
    Operator,
    /// Everybody; nothing of anyone is in the answer.
    Anyone,
}

const fn role(role: Role, name: &'static str, about: &'static str) -> Act {
    Act {
        name,
        who: Who::Role(role),
        about,
    }
}

const fn family(name: &'static str, about: &'static str) -> Act {
    Act {
        name,
        who: Who::Family,
        about,
    }
}

const fn operator(name: &'static str, about: &'static str) -> Act {
    Act {
        name,
        who: Who::Operator,
        about,
    }
}

const fn anyone(name: &'static str, about: &'static str) -> Act {
    Act {
        name,
        who: Who::Anyone,
        about,
    }
}

/// The table.
pub const ACTS: &[Act] = {
    use Role::{Coordinator, FollowUpOfficer, Lead, Municipality, Professional, Supervisor};
    &[
        role(Professional, "readCovenant", "read what the region agreed"),
        role(Professional, "submitSignal", "give a signal"),
        role(
            Professional,
            "resubmitSignals",
            "send tokens of a new epoch for own signals",
        ),
        role(Professional, "submitBatch", "give many signals at once"),
        role(Professional, "listBatches", "see own batches"),
        role(Professional, "readBatch", "see where an own batch stands"),
        role(
            Professional,
            "listBatchLines",
            "see what came of the lines of an own batch",
        ),
        role(
            Coordinator,
            "withdrawBatch",
            "take back what of a batch was not worked off",
        ),
        role(
            Supervisor,
            "decideAlert",
            "release or refuse lines of a batch that are held",
        ),
        role(Professional, "listSignals", "see own signals"),
        role(Professional, "readSignal", "see an own signal"),
        role(Professional, "endSignal", "end an own signal"),
        role(
            Coordinator,
            "listClients",
            "see the programs of its organisation with their keys",
        ),
        role(Coordinator, "readClient", "see one of them"),
        role(Coordinator, "addClientKey", "give one of them a further key"),
        role(Coordinator, "retireClientKey", "retire a key of one of them"),
        role(Coordinator, "disableClient", "shut one of them out"),
        role(Coordinator, "enableClient", "let it in again"),
        role(
            Professional,
            "listSealingKeys",
            "see the keys to which others seal for its organisation",
        ),
        role(Coordinator, "addSealingKey", "register a further one"),
        role(Coordinator, "retireSealingKey", "retire one of them"),
        role(
            Coordinator,
            "reassignSignals",
            "put another professional in the place of one who leaves",
        ),
        role(
            Professional,
            "recordDisclosure",
            "record that the family was told of an own signal",
        ),
        role(
            Professional,
            "proposePostponement",
            "propose to tell the family later",
        ),
        role(
            Coordinator,
            "decidePostponement",
            "as a second person, decide whether the family is told later",
        ),
        role(
            Coordinator,
            "listDisclosuresDue",
            "see of which signals the family is still to be told",
        ),
        role(Professional, "listNotices", "read the inbox"),
        role(Professional, "readNotice", "read one notice"),
        role(Professional, "streamNotices", "be told what comes into the inbox"),
        role(Professional, "acknowledgeNotice", "acknowledge a notice"),
        role(
            Professional,
            "openArchiveNotice",
            "ask what a notice from the archive is about",
        ),
        role(
            Coordinator,
            "readMailSettings",
            "see where the coordinator is mailed, and what could not be mailed",
        ),
        role(
            Coordinator,
            "changeMailSettings",
            "say where the coordinator is mailed",
        ),
        role(Coordinator, "listUnreadNotices", "see notices that nobody read"),
        role(
            Coordinator,
            "addWebhookEndpoint",
            "give an address to which the organisation is told of notices",
        ),
        role(Coordinator, "listWebhookEndpoints", "see these addresses"),
        role(Coordinator, "readWebhookEndpoint", "see one of them"),
        role(Coordinator, "rotateWebhookSecret", "get a new secret for one"),
        role(
            Coordinator,
            "testWebhookEndpoint",
            "see whether anything arrives there",
        ),
        role(Coordinator, "listWebhookAttempts", "see what was tried there"),
        role(
            Coordinator,
            "replayWebhooks",
            "have notices delivered there again",
        ),
        role(Coordinator, "disableWebhookEndpoint", "stop deliveries there"),
        role(
            Coordinator,
            "enableWebhookEndpoint",
            "let deliveries go there again",
        ),
        role(Coordinator, "removeWebhookEndpoint", "take such an address away"),
        role(
            FollowUpOfficer,
            "listFollowUpTasks",
            "see matches without contact",
        ),
        role(FollowUpOfficer, "readFollowUpTask", "see a match without contact"),
        role(FollowUpOfficer, "markFollowUpTask", "note what was done about it"),
        role(
            Municipality,
            "readStatistics",
            "read the statistics of its covenants",
        ),
        role(
            Supervisor,
            "readNetworkStatistics",
            "read the statistics of the network",
        ),
        role(Professional, "listMatches", "see the matches it is a party in"),
        role(Professional, "readMatch", "see a match it is a party in"),
        role(
            Professional,
            "listSoftMatches",
            "see where it is asked whether a child is the same",
        ),
        role(Professional, "readSoftMatch", "see what it is asked"),
        role(
            Professional,
            "answerSoftMatch",
            "say whether it is the same child",
        ),
        role(
            Professional,
            "listFamilyMatches",
            "see the family matches it is in",
        ),
        role(Professional, "readFamilyMatch", "see a family match it is in"),
        role(Professional, "confirmContact", "say that there was contact"),
        role(Professional, "proposeLead", "propose who coordinates a match"),
        role(Professional, "answerLead", "say whether to coordinate a match"),
        role(Lead, "closeMatch", "close a match that it coordinates"),
        role(
            Municipality,
            "relocateMatch",
            "hand a match over to another municipality",
        ),
        role(Professional, "requestConsent", "ask the family"),
        role(
            Professional,
            "listConsentRequests",
            "see what was asked in a match",
        ),
        role(Professional, "readConsentRequest", "see how far a request is"),
        role(
            Professional,
            "attestConsent",
            "record what somebody said about a request",
        ),
        role(
            Professional,
            "requestSignalConsent",
            "ask the family about an own signal",
        ),
        role(
            Professional,
            "listSignalConsentRequests",
            "see what was asked about an own signal",
        ),
        role(
            Professional,
            "readSignalConsentRequest",
            "see how far a request about an own signal is",
        ),
        role(
            Professional,
            "attestSignalConsent",
            "record what somebody said about an own signal",
        ),
        role(Professional, "sendMessage", "send a sealed message"),
        role(Professional, "listMessages", "see which messages there are"),
        role(Professional, "readMessage", "fetch a message"),
        role(Professional, "announceAttachment", "announce a sealed document"),
        role(Professional, "sendAttachmentPart", "send a part of a document"),
        role(
            Professional,
            "readAttachment",
            "see which parts of a document there are",
        ),
        role(Professional, "readAttachmentPart", "fetch a part of a document"),
        role(
            Professional,
            "acknowledgeContent",
            "say that a message or a document is in the file",
        ),
        role(
            Professional,
            "issueLetter",
            "make a letter that opens an own signal",
        ),
        role(
            Professional,
            "makeLetterDocument",
            "have an own letter as PDF, to print",
        ),
        role(
            Professional,
            "listObjectionAdvices",
            "see about which objections its advice is asked",
        ),
        role(
            Professional,
            "adviseObjection",
            "advise on an objection to an own signal",
        ),
        role(
            Municipality,
            "readLetter",
            "read what a letter opens, with whoever brought it",
        ),
        role(
            Municipality,
            "replaceLetter",
            "give somebody another code who lost theirs",
        ),
        role(
            Municipality,
            "revokeLetter",
            "take away what somebody can do with a letter",
        ),
        role(
            Municipality,
            "decideAtDesk",
            "write down what somebody decided at the desk",
        ),
        role(
            Municipality,
            "makeObjection",
            "object for somebody who brought a letter",
        ),
        role(Municipality, "listObjections", "see the objections to decide"),
        role(Municipality, "readObjection", "see an objection"),
        role(Municipality, "decideObjection", "decide on an objection"),
        role(
            Municipality,
            "makeRightsRequest",
            "ask for access or erasure for somebody who brought a letter",
        ),
        role(
            Municipality,
            "listRightsRequests",
            "see the requests for access and erasure to decide",
        ),
        role(
            Municipality,
            "readRightsRequest",
            "see a request for access or erasure",
        ),
        role(Municipality, "decideRightsRequest", "decide on access or erasure"),
        role(
            Municipality,
            "readAccessFile",
            "fetch the file for whoever was given access",
        ),
        role(
            Professional,
            "advanceSandboxClock",
            "in a sandbox: move its clock forward",
        ),
        role(
            Professional,
            "decideAsFamily",
            "in a sandbox: decide as the family that got a letter",
        ),
        anyone("readSandbox", "in a sandbox: read its key and its numbers"),
        anyone("readSandboxClock", "in a sandbox: read its clock"),
        role(Supervisor, "requestExport", "ask for an export of the audit log"),
        role(Supervisor, "readExport", "see whether an export is ready"),
        role(Supervisor, "readExportBundle", "fetch an export"),
        role(Supervisor, "listAlerts", "see what it is to know at once"),
        family("/portal/code", "enter the code of the letter"),
        family(
            "/portal/pincode",
            "choose a PIN, and get a return key for the code",
        ),
        family("/portal/sleutel", "say that the return key is kept"),
        family("/portal/terug", "come back with return key and PIN"),
        family("/portal/besluit", "agree or refuse"),
        family("/portal/intrekken", "withdraw consent"),
        family("/portal/bezwaar", "object to a signal"),
        family("/portal/bezwaar/intrekken", "take an objection back"),
        family("/portal/rechten", "ask to see what is kept, or to have it erased"),
        family("/portal/rechten/intrekken", "take such a request back"),
        family("/portal/inloggen", "log in at the broker"),
        family("/portal/afsluiten", "leave the page"),
        operator("trefpunt init", "make settings and keys"),
        operator("trefpunt migrate", "bring the schema up to date"),
        operator("trefpunt serve", "run the service"),
        operator("trefpunt work", "run what goes on beside the requests"),
        operator("trefpunt doctor", "check settings, keys, database and log"),
        operator("trefpunt covenant apply", "put into force what a region agreed"),
        operator("trefpunt covenant diff", "see what that would change"),
        operator("trefpunt covenant show", "see what is in force"),
        operator("trefpunt covenant versions", "see what was in force when"),
        operator("trefpunt covenant list", "see which covenants there are"),
        operator("trefpunt organisation add", "register an organisation"),
        operator("trefpunt organisation add-client", "register a further program"),
        operator("trefpunt organisation list", "see who is registered"),
        operator("trefpunt organisation add-key", "give a program a further key"),
        operator("trefpunt organisation retire-key", "retire a key of a program"),
        operator(
            "trefpunt organisation sealing-key add",
            "register a further sealing key",
        ),
        operator(
            "trefpunt organisation sealing-key list",
            "see the sealing keys of an organisation",
        ),
        operator("trefpunt organisation sealing-key retire", "retire one of them"),
        operator("trefpunt organisation enable-client", "let it in again"),
        operator("trefpunt organisation disable", "shut an organisation out"),
        operator("trefpunt organisation enable", "let it in again"),
        operator(
            "trefpunt organisation delegate",
            "let one give signals for another",
        ),
        operator("trefpunt organisation disable-client", "shut a program out"),
        operator(
            "trefpunt organisation min-suite",
            "ask more of an organisation's tokens",
        ),
        operator("trefpunt keys rotate", "rotate keys, with two custodians"),
        operator("trefpunt keys status", "see which keys are live"),
        operator("trefpunt keys network add", "begin an epoch of the partners' key"),
        operator("trefpunt keys network end", "end an epoch of the partners' key"),
        operator("trefpunt audit policy", "hand out the log's keys"),
        operator(
            "trefpunt audit scope",
            "decide which openings a supervisor may have",
        ),
        operator("trefpunt audit erase", "erase what stands behind leaves"),
        operator("trefpunt audit replay-erasures", "erase again after a restore"),
        operator(
            "trefpunt audit scrub",
            "check what is stored against what was signed",
        ),
        operator("trefpunt audit tiles", "publish the log as files"),
        operator("trefpunt audit rotate-key", "give the log a further key"),
        operator("trefpunt audit new-origin", "go on under another name of the log"),
        operator("trefpunt audit anchor show", "see the log's anchor"),
        operator("trefpunt audit anchor adopt", "take over an anchor"),
        operator(
            "trefpunt portal-key add",
            "give the portal a new key for consent records",
        ),
        operator("trefpunt portal-key list", "see the portal's keys"),
        operator(
            "trefpunt portal-key retire",
            "let a key of the portal sign nothing any more",
        ),
        operator(
            "trefpunt portal-key tell-keyholder",
            "tell the keyholder again which consents have ended",
        ),
        anyone("issueToken", "get an access token, with a signed assertion"),
        anyone("readMetadata", "read how tokens are had"),
        anyone("readTokenKeys", "read the keys that sign tokens"),
        anyone("readConsentKeys", "read the keys that sign consent records"),
        anyone(
            "readConsentStatus",
            "ask the portal whether the consent of a record stands",
        ),
        anyone("readKeyEpochs", "read which keys tokens are made under"),
        anyone("readDescription", "read the description of the API"),
        anyone("readHealth", "ask whether the service is there"),
    ]
};

/// The act of this name.
pub fn of(name: &str) -> Option<&'static Act> {
    ACTS.iter().find(|act| act.name == name)
}

/// The kinds of organisation with their roles, for docs/ROLES.md.
pub fn roles_markdown() -> String {
    let mut table = String::from("| organisation | roles |\n|---|---|\n");
    for kind in OrganisationKind::ALL {
        let roles: Vec<String> = kind.roles().iter().map(|role| format!("`{role}`")).collect();
        table += &format!("| {kind} | {} |\n", roles.join(", "));
    }
    table
}

/// The table as a matrix for docs/ROLES.md.
pub fn markdown() -> String {
    let mut matrix = String::from("| act | is |");
    for who in EVERYBODY {
        matrix += &format!(" {} |", who.heading());
    }
    matrix += "\n|---|---|";
    matrix += &"---|".repeat(EVERYBODY.len());
    matrix.push('\n');
    for act in ACTS {
        matrix += &format!("| `{}` | {} |", act.name, act.about);
        for who in EVERYBODY {
            let may = act.who == who || act.who == Who::Anyone;
            matrix += if may { " yes |" } else { " |" };
        }
        matrix.push('\n');
    }
    matrix
}

const EVERYBODY: [Who; 8] = [
    Who::Role(Role::Professional),
    Who::Role(Role::Lead),
    Who::Role(Role::Coordinator),
    Who::Role(Role::FollowUpOfficer),
    Who::Role(Role::Municipality),
    Who::Role(Role::Supervisor),
    Who::Family,
    Who::Operator,
];

impl Who {
    const fn heading(self) -> &'static str {
        match self {
            Self::Role(Role::FollowUpOfficer) => "follow-up officer",
            Self::Role(role) => role.slug(),
            Self::Family => "family",
            Self::Operator => "operator",
            Self::Anyone => "anyone",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_act_stands_once() {
        let names: BTreeSet<&str> = ACTS.iter().map(|act| act.name).collect();
        assert_eq!(names.len(), ACTS.len());
        assert_eq!(
            of("submitSignal").map(|act| act.who),
            Some(Who::Role(Role::Professional))
        );
        assert_eq!(of("searchChild"), None);
    }

    #[test]
    fn the_matrix_marks_who_may_and_nobody_else() {
        let row = |name: &str| -> Vec<bool> {
            let matrix = markdown();
            let line = matrix
                .lines()
                .find(|line| line.contains(&format!("`{name}`")))
                .unwrap();
            line.trim_matches('|')
                .split('|')
                .skip(2)
                .map(|cell| cell.trim() == "yes")
                .collect()
        };
        assert_eq!(
            row("submitSignal"),
            [true, false, false, false, false, false, false, false]
        );
        assert_eq!(row("readHealth"), [true; 8]);
        assert_eq!(
            row("/portal/besluit"),
            [false, false, false, false, false, false, true, false]
        );
    }
}
