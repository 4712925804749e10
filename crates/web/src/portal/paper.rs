//! What somebody takes home: the file on paper, the receipt of what they decided, on paper and signed, and the return key while it
//! is shown.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use casework::{ConsentPage, PageState, PartyName, ReceiptFacts, ReceiptWords, Stage, VisitAbout};
use documents::{Addressee, Block, KeyPaper, Paper, Receipt, ReceiptState};
use domain::calendar;
use domain::consent::Purpose;
use texts::Texts;

use super::answer::Stop;
use super::child::{contents, to_take_home};
use super::child_view::{Contents, Entry};
use super::family::Family;
use super::frame::Frame;
use super::guest::{Guest, start};
use super::{Portal, words};

/// `GET /portal/gegevens.pdf`
pub(super) async fn file<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (child, t) = to_take_home(&request, &portal, family.get_ref()).await?;
    let zone = calendar::time_zone(&child.file.time_zone).map_err(|error| cannot_make(&error))?;
    let contents = contents(&child, t)?;
    let paper = Paper {
        title: contents.title.clone(),
        language: t.language(),
        made_on: Some(child.file.made_at.to_zoned(zone).date()),
        foot: contents.title.clone(),
        blocks: blocks(contents),
    };
    printed(t, "trefpunt.pdf", paper).await
}

/// `GET /portal/ontvangstbewijs.pdf`: while the return key is shown, that; afterwards what the reader decided.
pub(super) async fn receipt<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    match Guest::at(Stage::ShowsKey, &request, &portal, family.get_ref()).await {
        Ok(guest) => key_paper(&request, &portal, family.get_ref(), &guest).await,
        Err(Stop::Inside { .. }) => {
            let (facts, t) = decided(&request, &portal, family.get_ref()).await?;
            let state = receipt_state(facts.page.state).ok_or(NOT_DECIDED)?;
            let paper = receipt_paper(&facts, state, &portal, t)?;
            printed(t, "trefpunt-ontvangstbewijs.pdf", paper).await
        }
        Err(stop) => Err(stop),
    }
}

/// `GET /portal/ontvangstbewijs.jsonld`: the same of a consent that stands or was withdrawn, signed, for programs.
pub(super) async fn signed_receipt<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (facts, t) = decided(&request, &portal, family.get_ref()).await?;
    let words = ReceiptWords {
        language: t.language().code().to_owned(),
        purpose: t.say(question(&facts.page)).into_owned(),
        asked_by: asked_by(&facts.page, t),
        portal: portal.printed_address(),
    };
    let signed = family.sign_receipt(&facts, &words);
    let signed = signed.map_err(|failure| portal.because(&failure))?;
    let signed = signed.ok_or(NOT_DECIDED)?;
    Ok(attachment(
        t,
        "application/ld+json",
        "trefpunt-ontvangstbewijs.jsonld",
        signed,
    ))
}

/// Sends to the page of the question, which says why there is no receipt.
const NOT_DECIDED: Stop = Stop::Inside {
    start: start(VisitAbout::Request),
};

async fn decided(
    request: &HttpRequest,
    portal: &Portal,
    family: &impl Family,
) -> Result<(ReceiptFacts, Texts), Stop> {
    let guest = Guest::of_request(request, portal, family).await?;
    let facts = portal.act(family.receipt_facts(&guest.secret)).await?;
    Ok((facts, Frame::of(request).texts()))
}

async fn key_paper(
    request: &HttpRequest,
    portal: &Portal,
    family: &impl Family,
    guest: &Guest,
) -> Result<HttpResponse, Stop> {
    let shown = portal.act(family.return_key(&guest.secret)).await?;
    // Only the session that made it is ever at this stage.
    let key = shown.ok_or(Stop::Outside {
        secure: portal.is_secure(),
    })?;
    let t = Frame::of(request).texts();
    let paper = KeyPaper {
        language: t.language(),
        addressee: addressee(guest.visit.is_young_person),
        municipality: guest.visit.municipality.clone(),
        address: portal.printed_address(),
        key: key.grouped(),
    };
    printed(t, "trefpunt-sleutel.pdf", paper.paper()).await
}

const fn addressee(is_young_person: bool) -> Addressee {
    match is_young_person {
        true => Addressee::YoungPerson,
        false => Addressee::Guardian,
    }
}

/// Whether there is something to give a receipt of: what the reader decided, or a consent.
pub(super) const fn receipt_state(state: PageState) -> Option<ReceiptState> {
    match state {
        PageState::Agreed { at } => Some(ReceiptState::Agreed { at }),
        PageState::Given { at, until } => Some(ReceiptState::Given { at, until }),
        PageState::NotGiven { by_you: true } => Some(ReceiptState::Refused),
        PageState::Withdrawn { at } => Some(ReceiptState::Withdrawn { at }),
        PageState::Open | PageState::NotGiven { by_you: false } | PageState::Over => None,
    }
}

fn receipt_paper(
    facts: &ReceiptFacts,
    state: ReceiptState,
    portal: &Portal,
    t: Texts,
) -> Result<Paper, Stop> {
    let page = &facts.page;
    let zone = calendar::time_zone(&page.time_zone).map_err(|error| cannot_make(&error))?;
    let receipt = Receipt {
        language: t.language(),
        addressee: addressee(page.is_young_person),
        is_exchange: page.purpose == Purpose::Exchange,
        state,
        asked_by: asked_by(page, t),
        parties: page.parties.iter().map(|party| name(party, t)).collect(),
        municipality: page.municipality.clone(),
        reference: page.question.to_string(),
        text_version: page.text_version.clone(),
        made_on: facts.read_at.to_zoned(zone.clone()).date(),
        zone,
        address: portal.printed_address(),
    };
    Ok(receipt.paper())
}

fn asked_by(page: &ConsentPage, t: Texts) -> String {
    let shown = page.asked_by.clone();
    shown.unwrap_or_else(|| t.say("request-hidden-asker").into_owned())
}

/// An organisation, by name and sector as far as the reader may know it.
fn name(party: &PartyName, t: Texts) -> String {
    match (&party.name, party.sector) {
        (Some(name), Some(sector)) => format!("{name} ({})", t.say(words::sector(sector))),
        (Some(name), None) => name.clone(),
        (None, _) => t.say("common-another-organisation").into_owned(),
    }
}

const fn question(page: &ConsentPage) -> &'static str {
    match (page.purpose, page.is_young_person) {
        (Purpose::Exchange, false) => "paper-receipt-exchange",
        (Purpose::Exchange, true) => "paper-receipt-exchange-young",
        (Purpose::Signal, false) => "paper-receipt-signal",
        (Purpose::Signal, true) => "paper-receipt-signal-young",
    }
}

fn blocks(contents: Contents) -> Vec<Block> {
    let mut blocks = vec![Block::Title(contents.title)];
    blocks.extend(contents.lead.into_iter().map(Block::Text));
    for section in contents.sections {
        blocks.push(Block::Heading(section.title));
        blocks.extend(section.paragraphs.into_iter().map(Block::Text));
        for Entry { title, facts } in section.entries {
            blocks.push(Block::Subheading(title));
            let facts = facts.into_iter();
            let facts = facts.map(|fact| (fact.name.into_owned(), fact.values.join("; ")));
            blocks.push(Block::Facts(facts.collect()));
        }
        if !section.lines.is_empty() {
            blocks.push(Block::Items(section.lines));
        }
    }
    blocks
}

async fn printed(t: Texts, name: &str, paper: Paper) -> Result<HttpResponse, Stop> {
    // Setting a page takes longer than a worker should be kept from others.
    let made = web::block(move || paper.to_pdf()).await;
    let bytes = made
        .map_err(|error| cannot_make(&error))?
        .map_err(|error| cannot_make(&error))?;
    Ok(attachment(t, "application/pdf", name, bytes))
}

/// A file to keep. It is about somebody: nothing on the way keeps it.
fn attachment(
    t: Texts,
    media_type: &str,
    name: &str,
    body: impl actix_web::body::MessageBody + 'static,
) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CONTENT_LANGUAGE, t.language().code()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body)
}

fn cannot_make(error: &dyn std::error::Error) -> Stop {
    tracing::error!(%error, "a paper could not be made");
    Stop::Later
}
