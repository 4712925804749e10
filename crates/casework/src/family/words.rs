//! Plain Dutch words beside the codes of a family's file.

use domain::consent::{ConsentState, Purpose};
use domain::disclosure::{Channel, SpokenLanguage};
use domain::match_case::{MatchState, Outcome};
use domain::signal::SignalState;

/// Where a signal stands.
pub(super) const fn signal(state: SignalState) -> &'static str {
    match state {
        SignalState::Sleeping => "telt nog niet mee: eerst moet het gezin toestemming geven",
        SignalState::Active => "telt mee",
        SignalState::Paused => "telt niet mee: de instantie heeft het gezin nog niet geïnformeerd",
        SignalState::Ended => "beëindigd door de instantie",
        SignalState::Expired => "afgelopen",
        SignalState::Archived => "in het archief",
    }
}

/// Where a match stands.
pub(super) const fn match_case(state: MatchState) -> &'static str {
    match state {
        MatchState::Open => "open: nog niet iedereen heeft contact gehad",
        MatchState::ContactConfirmed => "de instanties hebben contact gehad",
        MatchState::Closed => "gesloten",
    }
}

/// What came of a match, as far as the family's file tells it. What a lead said of it is for the lead to tell, and none of it
/// stands here: with the others told, a match that was handed over to Veilig Thuis would be known by what is missing, also
/// to whoever a child is to be safe from (GDPR article 15(4)).
pub(super) const fn outcome(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::SignalsEnded => Some("er waren niet genoeg signalen meer"),
        Outcome::TunedIn
        | Outcome::AlreadyKnown
        | Outcome::NoContact
        | Outcome::ConsentRefused
        | Outcome::HandedToSafeguarding => None,
    }
}

/// Where a request for consent stands, for somebody who may not know what others decided.
pub(super) const fn consent(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Requested | ConsentState::PartiallyGiven => "nog niet iedereen heeft gekozen",
        ConsentState::Given => "gegeven",
        ConsentState::Refused => "niet gegeven",
        ConsentState::Withdrawn => "ingetrokken",
        ConsentState::Expired => "afgelopen",
        ConsentState::Replaced => "vervangen door een toestemming voor meer instanties",
        ConsentState::SupersededByAge => "vervangen, omdat de jeugdige 12 of 16 werd",
    }
}

/// The code of that state: whether some have signed is not told.
pub(super) const fn consent_code(state: ConsentState) -> &'static str {
    match state {
        ConsentState::PartiallyGiven => ConsentState::Requested.slug(),
        other => other.slug(),
    }
}

/// What consent is for.
pub(super) const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Exchange => "informatie delen tussen deze instanties",
        Purpose::Signal => "het signaal van deze instantie",
    }
}

/// How the family was told.
pub(super) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Conversation => "in een gesprek",
        Channel::Telephone => "per telefoon",
        Channel::VideoCall => "in een videogesprek",
        Channel::Letter => "per brief",
        Channel::Message => "per bericht",
    }
}

/// In which language.
pub(super) const fn language(language: SpokenLanguage) -> &'static str {
    use SpokenLanguage as L;
    match language {
        L::Arabic => "Arabisch",
        L::Bulgarian => "Bulgaars",
        L::DutchSignLanguage => "Nederlandse Gebarentaal",
        L::English => "Engels",
        L::French => "Frans",
        L::Frisian => "Fries",
        L::German => "Duits",
        L::Kurdish => "Koerdisch",
        L::Dutch => "Nederlands",
        L::Papiamento => "Papiaments",
        L::Persian => "Perzisch",
        L::Polish => "Pools",
        L::Portuguese => "Portugees",
        L::Romanian => "Roemeens",
        L::Russian => "Russisch",
        L::Somali => "Somalisch",
        L::Spanish => "Spaans",
        L::Tamazight => "Tamazight",
        L::Tigrinya => "Tigrinya",
        L::Turkish => "Turks",
        L::Ukrainian => "Oekraïens",
        L::Chinese => "Chinees",
        L::Other => "een andere taal",
    }
}

/// What a signatory decided.
pub(super) fn answer(decision: Option<&str>) -> (&'static str, &'static str) {
    match decision {
        Some("agreed") => ("agreed", "u gaf toestemming"),
        Some(_) => ("refused", "u gaf geen toestemming"),
        None => ("none", "u heeft nog niet gekozen"),
    }
}

/// What whoever reads did.
pub(super) fn act(act: &str) -> &'static str {
    match act {
        "agreed" => "u gaf toestemming",
        "refused" => "u gaf geen toestemming",
        "withdrawn" => "u trok de toestemming in",
        "objected" => "u maakte bezwaar",
        "objection-withdrawn" => "u trok het bezwaar in",
        "access-asked" => "u vroeg om inzage",
        "erasure-asked" => "u vroeg om gegevens te verwijderen",
        "request-withdrawn" => "u trok uw verzoek in",
        _ => "u kwam voor het eerst binnen met uw brief",
    }
}

/// In which form a decision came in.
pub(super) fn how(method: &str) -> &'static str {
    match method {
        "oral" => "u zei het tegen een medewerker, die het opschreef",
        "written" => "u schreef het op papier, en een medewerker nam het over",
        _ => "op de website",
    }
}

/// What somebody looked at.
pub(super) fn looked_at(what: &str) -> &'static str {
    match what {
        "message" => "een bericht",
        _ => "de match: wie erin zit en hoe het ervoor staat",
    }
}

/// What GDPR article 15(1) asks to be told beside the data themselves.
pub(super) fn about(municipality: &str) -> Vec<String> {
    [
        "Trefpunt bewaart alleen dát een instantie bij een jeugdige betrokken is, niet waarom. Het doel is dat \
         instanties elkaar vinden en hun hulp afstemmen.",
        "De gegevens komen van de instantie die het signaal gaf. Trefpunt kent geen naam, geboortedatum, adres of \
         burgerservicenummer van de jeugdige, alleen een versleuteld kenmerk dat daarvan is gemaakt.",
        "De gegevens zijn te zien voor de instanties die in een match staan. Wat zij elkaar schrijven, kan alleen de \
         ontvanger lezen.",
        "Een signaal duurt hooguit zo lang als het convenant toestaat. Daarna staat het in het archief. Uiterlijk in \
         de maand die bij elk signaal staat, wordt alles vernietigd.",
        "Niemand neemt een beslissing met een computer. Er is geen score en geen voorspelling.",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([format!(
        "U kunt {municipality} vragen om gegevens te verwijderen, en bezwaar maken tegen een signaal. Klopt er iets \
         niet, zeg het dan tegen de instantie of tegen {municipality}. U kunt ook een klacht indienen bij de \
         Autoriteit Persoonsgegevens."
    )])
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whether_some_have_signed_is_not_told() {
        let partly = ConsentState::PartiallyGiven;
        assert_eq!(consent(partly), consent(ConsentState::Requested));
        assert_eq!(consent_code(partly), consent_code(ConsentState::Requested));
    }

    #[test]
    fn the_family_reads_who_answers_for_its_rights() {
        let text = about("gemeente Voorbeeldstad");
        assert!(text.last().unwrap().contains("gemeente Voorbeeldstad"));
    }
}
