//! `/events`: what an organisation is told without asking, as a page made from the catalogue.

use actix_web::route;
use askama::Template;
use protocol::event_catalogue::{self, About};
use protocol::webhook::EventType;

use super::reference::{Prose, page};
use super::reply::Reply;

/// Its address.
pub const PATH: &str = "/events";

#[derive(Template)]
#[template(path = "events.html")]
struct Page {
    events: Vec<Event>,
}

struct Event {
    name: String,
    about: &'static str,
    when: Prose,
    then: Prose,
    example: String,
    notice: Option<String>,
}

/// Every event, with an example of each.
#[route("/events", method = "GET", method = "HEAD")]
pub async fn read() -> Reply {
    page(&Page {
        events: event_catalogue::events().map(event).collect(),
    })
}

fn event(event: EventType) -> Event {
    let row = event_catalogue::row(event);
    let notice = match event {
        EventType::Notice(kind) => event_catalogue::example_notice(kind),
        EventType::BatchEnded | EventType::Test => None,
    };
    Event {
        name: event.name(),
        about: match row.about {
            About::Match => "match",
            About::Signal => "signal",
            About::Endpoint => "webhook endpoint",
            About::Batch => "batch",
            About::Nothing => "nothing",
        },
        when: Prose::of(row.when),
        then: Prose::of(row.then),
        // Writing strings cannot fail; no example would be the honest rest.
        example: serde_json::to_string_pretty(&event_catalogue::example(event)).unwrap_or_default(),
        notice: notice.and_then(|notice| serde_json::to_string_pretty(&notice).ok()),
    }
}
