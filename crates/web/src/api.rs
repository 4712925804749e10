//! The partner API: one list of operations, from which the router, the description and the refusals are made.

mod access;
mod alert;
mod attachment;
mod audit;
mod batch;
mod client;
pub(crate) mod consent;
mod covenant;
mod desk;
mod disclosure;
mod event_page;
mod exchange;
mod family_match;
mod follow_up;
mod health;
mod key_epochs;
mod letter;
mod mail;
mod match_case;
mod notice;
mod notice_stream;
mod objection;
mod open_api;
mod problem_page;
pub(crate) mod reference;
mod refusal;
mod reply;
mod rights_request;
pub mod sandbox;
mod sealing_key;
mod security_txt;
mod signal;
mod soft_match;
mod statistics;
mod token;
mod webhook;

use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use service_http::routes::Routes;
use utoipa::OpenApi;

use crate::{Contact, Doors};

macro_rules! operations {
    ($($module:ident::$handler:ident),+; at the portal: $($at:ident::$portals:ident),+;
     in a sandbox: $($there:ident::$special:ident),+ $(,)?) => {
        /// Lets the router know the operations that are the portal's.
        pub fn configure_portal(config: &mut ServiceConfig) {
            $(config.service($at::$portals);)+
        }

        /// Lets the router know every other operation of any network.
        pub fn configure(config: &mut ServiceConfig) {
            config.service(signal::no_resubmissions);
            config.service(signal::no_reassignments);
            $(config.service($module::$handler);)+
            config.service(event_page::read);
            config.service(reference::index);
            config.service(reference::read);
            config.service(reference::asset);
        }

        /// Lets the router know what there is in a sandbox alone.
        pub fn configure_sandbox(config: &mut ServiceConfig) {
            $(config.service($there::$special);)+
        }

        #[derive(OpenApi)]
        #[openapi(paths($($module::$handler,)+ $($at::$portals,)+ $($there::$special),+))]
        struct Operations;
    };
}

operations![
    signal::submit,
    batch::submit,
    batch::list,
    batch::read,
    batch::lines,
    batch::withdraw,
    signal::resubmit,
    signal::reassign,
    signal::end,
    signal::list,
    signal::read,
    disclosure::record,
    disclosure::propose,
    disclosure::decide,
    disclosure::list_due,
    match_case::list,
    match_case::read,
    soft_match::list,
    soft_match::read,
    soft_match::answer,
    family_match::list,
    family_match::read,
    match_case::confirm_contact,
    match_case::propose_lead,
    match_case::answer_lead,
    match_case::close,
    match_case::relocate,
    consent::ask,
    consent::list,
    consent::read,
    consent::attest,
    consent::ask_for_signal,
    consent::list_for_signal,
    consent::read_for_signal,
    consent::attest_for_signal,
    consent::keys,
    key_epochs::read,
    exchange::send,
    exchange::list,
    exchange::read,
    exchange::acknowledge,
    attachment::announce,
    attachment::read,
    attachment::receive,
    attachment::read_part,
    notice::list,
    notice_stream::follow,
    notice::read,
    notice::acknowledge,
    notice::open_archive,
    notice::list_unread,
    webhook::add,
    webhook::list,
    webhook::read,
    webhook::rotate,
    webhook::test,
    webhook::attempts,
    webhook::replay,
    webhook::disable,
    webhook::enable,
    webhook::remove,
    mail::read,
    mail::change,
    letter::issue,
    letter::read,
    desk::replace,
    desk::revoke,
    desk::decide,
    letter::document,
    objection::make,
    objection::list,
    objection::read,
    objection::decide,
    objection::list_advices,
    objection::advise,
    rights_request::make,
    rights_request::list,
    rights_request::read,
    rights_request::decide,
    rights_request::file,
    follow_up::list,
    follow_up::read,
    follow_up::mark,
    statistics::read,
    statistics::read_all,
    covenant::read,
    alert::list,
    batch::decide,
    audit::ask,
    audit::read,
    audit::bundle,
    client::list,
    client::read,
    client::add_key,
    client::retire_key,
    client::disable,
    client::enable,
    sealing_key::list,
    sealing_key::add,
    sealing_key::retire,
    token::issue,
    token::metadata,
    token::keys,
    open_api::read,
    health::read;
    at the portal:
    consent::status;
    in a sandbox:
    sandbox::read,
    sandbox::clock,
    sandbox::advance,
    sandbox::decide,
];

/// The description of the API (OpenAPI 3.1), for a service at this address, with whole addresses.
pub fn description(base: &str) -> utoipa::openapi::OpenApi {
    let mut description = open_api::complete(Operations::openapi(), base);
    reference::example::give_to(&mut description);
    description
}

/// The description as it is published: addresses below the major version, with what every answer has.
pub fn published(base: &str, contact: &Contact) -> Vec<u8> {
    open_api::published(description(base), base, contact)
}

/// Lets the router know what every process answers: how it is, what its problems mean, whom to tell of a weakness.
pub fn configure_everywhere(config: &mut ServiceConfig, doors: Doors) {
    if doors == Doors::Portal {
        config.service(health::read);
    }
    config.service(security_txt::read);
    config.service(problem_page::index);
    config.service(problem_page::page);
}

/// Every address of these doors with the methods it takes, for 405 and 404. Those of a sandbox are in no other network.
pub fn routes(sandbox: bool, doors: Doors) -> Routes {
    let mut description = Operations::openapi();
    description.paths.paths.retain(|path, _| match doors {
        Doors::All => sandbox || !sandbox::is_address(path),
        Doors::Api => path != consent::STATUS_PATH && (sandbox || !sandbox::is_address(path)),
        Doors::Portal => [consent::STATUS_PATH, health::PATH].contains(&path.as_str()),
    });
    let operations = description.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            (&item.get, Method::GET),
            (&item.post, Method::POST),
            (&item.put, Method::PUT),
        ];
        methods
            .into_iter()
            .filter(|(operation, _)| operation.is_some())
            .map(|(_, method)| (method, path.clone()))
    });
    let head = description
        .paths
        .paths
        .iter()
        .filter(|(_, item)| item.get.is_some());
    let head = head.map(|(path, _)| (Method::HEAD, path.clone()));
    let of_developers = reference::PATHS.iter().chain([&event_page::PATH]);
    let pages = problem_page::PATHS.iter().chain([&security_txt::PATH]);
    let pages = pages.chain(of_developers.filter(|_| doors != Doors::Portal));
    let pages = pages.flat_map(|path| [Method::GET, Method::HEAD].map(|method| (method, (*path).to_owned())));
    Routes::new(operations.chain(head).chain(pages))
}

/// The one media type that is answered at a path, where `Accept` matters.
pub fn media_type(path: &str) -> Option<&'static str> {
    let bundle = path.starts_with("/v1/audit/exports/") && path.ends_with("/bundle");
    match path {
        _ if bundle => Some(audit::TAR),
        // What is sent there is answered otherwise than what is read there.
        _ if attachment::is_part(path) => None,
        "/v1/notices/stream" => Some(notice_stream::EVENT_STREAM),
        letter::DOCUMENT_PATH => Some(letter::PDF),
        _ if path.starts_with("/v1/") || path.starts_with("/oauth/") => Some("application/json"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_description_is_the_codes() {
        let base = "https://trefpunt.example";
        let generated = String::from_utf8(published(base, &Contact::of(base))).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
            std::fs::write(path, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == generated,
            "docs/openapi.json is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p web writes it"
        );
    }

    #[test]
    fn each_operation_has_a_name_and_says_how_it_is_refused() {
        let description = description("https://trefpunt.example");
        for (path, item) in &description.paths.paths {
            assert!(!path.ends_with('/'), "{path}");
            for operation in [&item.get, &item.post, &item.put].into_iter().flatten() {
                assert!(operation.operation_id.is_some(), "{path}");
                assert!(
                    operation.responses.responses.contains_key("default"),
                    "{path} lists no problem"
                );
            }
        }
    }
}
