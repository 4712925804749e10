//! An organisation has its letters made, and hands them over on paper.

use documents::{Addressee, Letter, LetterAbout};
use domain::invitation;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::consent::{AgeBand, InvitationCode, Language, Signatory};
use protocol::letter::LetterDocumentSubmission;
use protocol::problem::ProblemType;
use tests::{Guardian, Professional, Region, Sector, child, refusal};

/// The letter with this code in a language, as the school or another has it made.
async fn printed(
    who: &Professional,
    code: &InvitationCode,
    language: Language,
) -> Result<Vec<u8>, client::Error> {
    let asked = LetterDocumentSubmission {
        code: code.clone(),
        language,
    };
    who.partner.letter_document(&asked).await
}

async fn is_not_found(who: &Professional, code: &InvitationCode) {
    let outcome = printed(who, code, Language::Nl).await;
    assert_eq!(refusal(outcome), ProblemType::NotFound);
}

async fn at(region: &Region, time: &str) -> Timestamp {
    region.at(time).await;
    time.parse().unwrap()
}

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

// What is printed is compared byte for byte with a letter that says what the test knows: nothing else can stand in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_says_what_is_so_in_six_languages_and_is_the_senders_own() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let signal = school.signals(&child(1)).await.id;
    help.signals(&child(1)).await;
    let issued = at(&region, "2027-03-04T10:00:00+01:00").await;
    let father = school.makes_letter(signal).await;
    let daughter = school
        .tries_to_make_letter(signal, Signatory::YoungPerson, None)
        .await
        .unwrap();
    let expected = |code: &InvitationCode, addressee, language: Language| Letter {
        language: texts::Language::from_code(language.code()).unwrap(),
        about: LetterAbout::Signal,
        addressee,
        sender: "Basisschool Zonnewijzer".to_owned(),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        reference: signal.to_string(),
        made_on: issued.to_zoned(amsterdam()).date(),
        from: None,
        until: invitation::valid_until(issued, &amsterdam()),
        zone: amsterdam(),
        address: format!("{}/portal", region.portal_url),
        code: code.expose().to_owned(),
    };
    for language in Language::ALL {
        let letter = expected(&father.code, Addressee::Guardian, language);
        let made = printed(&school, &father.code, language).await.unwrap();
        assert!(made == letter.paper().to_pdf().unwrap(), "{language:?}");
    }
    let letter = expected(&daughter.code, Addressee::YoungPerson, Language::Ar);
    let made = printed(&school, &daughter.code, Language::Ar).await.unwrap();
    assert!(made == letter.paper().to_pdf().unwrap());

    // However it is spelled, it is that letter.
    let spelled = InvitationCode::new(father.code.expose().replace('-', " ").to_lowercase());
    assert_eq!(
        printed(&school, &spelled, Language::Tr).await.unwrap(),
        printed(&school, &father.code, Language::Tr).await.unwrap()
    );
    // Another party of the same match has it as little as anybody.
    is_not_found(&help, &father.code).await;
    for no_code in ["AAAA-AAAA-AAAA-AAAA", "?", "het signaal"] {
        is_not_found(&school, &InvitationCode::new(no_code.to_owned())).await;
    }
    // Used, it is no letter any more; the other one still is.
    Guardian::with_code(&region, father.code.expose()).enters().await;
    is_not_found(&school, &father.code).await;
    printed(&school, &daughter.code, Language::Nl).await.unwrap();
    region.at("2027-04-02T10:00:00+02:00").await;
    is_not_found(&school, &daughter.code).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_letters_of_a_request_are_printed_until_it_is_answered() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    help.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let asked = at(&region, "2027-03-05T10:00:00+01:00").await;
    let request = school.asks_consent(match_id, AgeBand::From12To15, 1).await;
    let of = |signatory| {
        let mut all = request.invitations.iter();
        let found = all.find(|invitation| invitation.signatory == signatory);
        found.unwrap().code.clone()
    };
    let (mother, son) = (of(Signatory::Guardian), of(Signatory::YoungPerson));
    let letter = Letter {
        language: texts::Language::Pl,
        about: LetterAbout::Exchange,
        addressee: Addressee::YoungPerson,
        sender: "Basisschool Zonnewijzer".to_owned(),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        reference: request.id.to_string(),
        made_on: asked.to_zoned(amsterdam()).date(),
        from: None,
        until: request.invitations[0].valid_until,
        zone: amsterdam(),
        address: format!("{}/portal", region.portal_url),
        code: son.expose().to_owned(),
    };
    let made = printed(&school, &son, Language::Pl).await.unwrap();
    assert!(made == letter.paper().to_pdf().unwrap());
    // Who is asked about, but did not ask, cannot print what the family gets.
    is_not_found(&help, &mother).await;

    // A no ends the request, and the letter that nobody opened leads nowhere.
    Guardian::with_code(&region, mother.expose()).refuses().await;
    is_not_found(&school, &son).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_letter_is_printed_while_telling_the_family_is_postponed() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals_untold(&child(1), "2027-09-01").await.id;
    let letter = school.makes_letter(signal).await;
    printed(&school, &letter.code, Language::En).await.unwrap();
    school.postpones(signal, "2027-03-20").await;
    let outcome = printed(&school, &letter.code, Language::En).await;
    assert_eq!(refusal(outcome), ProblemType::DisclosurePostponed);
}
