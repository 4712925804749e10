//! The description as it is published: what every answer has and how each operation is refused stand in it, and addresses
//! are below the major version, as the NL API Design Rules ask (`uri-version`, `version-header`, `problem-details`).

use std::collections::{BTreeMap, BTreeSet};

use protocol::problem::{Problem, ProblemType};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{
    Components, ContactBuilder, Content, Header, Object, ObjectBuilder, OpenApi, PathItem, Ref, RefOr,
    Response, ServerBuilder, Type,
};

use crate::Contact;

/// What every address of this version begins with.
const VERSION: &str = "/v1";

/// Where RFC 8615 puts what is found without a description.
const WELL_KNOWN: &str = "/.well-known";

/// Statuses that operations share, each with the name of its response.
const STATUSES: [(u16, &str); 14] = [
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (406, "NotAcceptable"),
    (408, "RequestTimeout"),
    (409, "Conflict"),
    (411, "LengthRequired"),
    (413, "PayloadTooLarge"),
    (415, "UnsupportedMediaType"),
    (422, "KeyOfAnotherRequest"),
    (429, "TooManyRequests"),
    (500, "InternalError"),
    (503, "ServiceUnavailable"),
];

/// The published form of a description whose addresses are whole, as JSON.
pub fn published(mut description: OpenApi, base: &str, contact: &Contact) -> Vec<u8> {
    description.info.contact = Some(
        ContactBuilder::new()
            .name(Some(contact.name.clone()))
            .url(Some(base))
            .email(Some(contact.email.clone()))
            .build(),
    );
    let components = description.components.get_or_insert_default();
    components.headers.extend(headers());
    add_responses(components);
    for (path, item) in &mut description.paths.paths {
        for operation in [&mut item.get, &mut item.post, &mut item.put]
            .into_iter()
            .flatten()
        {
            complete(path, operation);
        }
    }
    put_below_version(&mut description, base);
    leave_out_unused(&mut description);
    // A description is strings and numbers: writing it cannot fail, and nothing would be the honest rest.
    name_pages(serde_json::to_string_pretty(&description).unwrap_or_default()).into_bytes()
}

/// Header fields, by the name of their component.
fn headers() -> BTreeMap<String, RefOr<Header>> {
    [
        (
            "ApiVersion",
            "The full version of the interface, here and with every other answer.",
        ),
        (
            "RequestId",
            "The id of the request, to quote when asking for help; here and with every other answer.",
        ),
        ("RetryAfter", "After how many seconds it may be tried again."),
        ("Challenge", "How to authenticate (RFC 6750)."),
        (
            "Replayed",
            "`true` when this is the kept answer to an earlier request with the same key.",
        ),
    ]
    .map(|(name, says)| {
        let mut header = Header::new(Object::with_type(Type::String));
        header.description = Some(says.to_owned());
        (name.to_owned(), header.into())
    })
    .into()
}

fn header(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}

fn give_headers(response: &mut Response) {
    for (field, name) in [("API-Version", "ApiVersion"), ("X-Request-Id", "RequestId")] {
        response.headers.insert(field.to_owned(), header(name));
    }
}

fn add_responses(components: &mut Components) {
    for (status, name) in STATUSES {
        let types: Vec<String> = ProblemType::ALL
            .iter()
            .map(|problem| problem.row())
            .filter(|row| row.status == status)
            .map(|row| format!("`{}`", row.slug))
            .collect();
        let mut response = problem(&format!(
            "A problem document; its type ends with one of {}. Each has a page: `/problems/` and that name.",
            types.join(", ")
        ));
        match status {
            401 => response
                .headers
                .insert("WWW-Authenticate".to_owned(), header("Challenge")),
            429 | 503 => response
                .headers
                .insert("Retry-After".to_owned(), header("RetryAfter")),
            _ => None,
        };
        components.responses.insert(name.to_owned(), response.into());
    }
}

fn problem(says: &str) -> Response {
    let mut response = Response::new(says);
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    response
        .content
        .insert(Problem::MEDIA_TYPE.to_owned(), content.into());
    give_headers(&mut response);
    response
}

/// OpenAPI 3.1 tells bytes by their media type alone; the generator calls them a list of numbers in JSON.
fn leave_bytes_to_media_type(media_type: &str, content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content
        && ["application/octet-stream", "application/x-tar"].contains(&media_type)
    {
        content.schema = None;
    }
}

/// Adds what the operation does not say itself: header fields, and refusals that follow from its form.
fn complete(path: &str, operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (media_type, content) in &mut body.content {
            leave_bytes_to_media_type(media_type, content);
        }
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.name == "Idempotency-Key"
        {
            let key = ObjectBuilder::new()
                .schema_type(Type::String)
                // No example: a tool would send the same key with each request.
                .pattern(Some("^[!-~]{8,64}$"));
            parameter.schema = Some(key.into());
        }
    }
    let parameters: Vec<&Parameter> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let once = parameters
        .iter()
        .any(|parameter| parameter.name == "Idempotency-Key");
    let named = parameters
        .iter()
        .any(|parameter| matches!(parameter.parameter_in, ParameterIn::Path));
    let secured = operation
        .security
        .as_ref()
        .is_some_and(|security| !security.is_empty());
    let token = path.starts_with("/oauth/");
    let with_body = operation.request_body.is_some();
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            give_headers(response);
            for (media_type, content) in &mut response.content {
                leave_bytes_to_media_type(media_type, content);
            }
            if once && status.starts_with('2') {
                response
                    .headers
                    .insert("Idempotent-Replayed".to_owned(), header("Replayed"));
            }
        }
    }
    for (status, name) in STATUSES {
        let applies = match status {
            401 | 429 => secured || token && with_body,
            403 => secured,
            404 => named,
            406 => path.starts_with(VERSION),
            408 | 411 | 413 | 415 => with_body,
            409 | 422 => once,
            _ => true,
        };
        if applies {
            operation
                .responses
                .responses
                .entry(status.to_string())
                .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
        }
    }
}

/// Addresses of this version count from it; the others say from where they count.
fn put_below_version(description: &mut OpenApi, base: &str) {
    let server = |below: &str| ServerBuilder::new().url(format!("{base}{below}")).build();
    let paths = std::mem::take(&mut description.paths.paths);
    for (path, mut item) in paths {
        let path = match place(&path) {
            (VERSION, rest) => rest.to_owned(),
            (below, rest) => {
                item.servers = Some(vec![server(below)]);
                rest.to_owned()
            }
        };
        let before: Option<PathItem> = description.paths.paths.insert(path, item);
        debug_assert!(before.is_none(), "two addresses became one");
    }
    description.servers = Some(vec![server(VERSION)]);
}

/// What an address counts from, and the rest of it.
fn place(path: &str) -> (&'static str, &str) {
    for below in [VERSION, WELL_KNOWN] {
        if let Some(rest) = path.strip_prefix(below) {
            return (below, rest);
        }
    }
    ("", path)
}

/// The generator names every type it met, also those it then wrote out in full.
fn leave_out_unused(description: &mut OpenApi) {
    loop {
        let text = serde_json::to_string(&*description).unwrap_or_default();
        let used: BTreeSet<&str> = text
            .split("\"#/components/schemas/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let Some(components) = &mut description.components else {
            return;
        };
        let before = components.schemas.len();
        components.schemas.retain(|name, _| used.contains(name.as_str()));
        if components.schemas.len() == before {
            return;
        }
    }
}

/// `Page_Signal` is what the generator makes of a generic type; a name is in one case (`SignalPage`).
fn name_pages(mut text: String) -> String {
    let made: Vec<String> = text
        .split("#/components/schemas/Page_")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect();
    for item in made {
        text = text.replace(&format!("/Page_{item}\""), &format!("/{item}Page\""));
        text = text.replace(&format!("\"Page_{item}\""), &format!("\"{item}Page\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::description;

    const BASE: &str = "https://trefpunt.example";

    fn document() -> Value {
        serde_json::from_slice(&published(description(BASE), BASE, &Contact::of(BASE))).unwrap()
    }

    // rule: R20, R28
    #[test]
    fn every_operation_is_published_where_it_is() {
        let published = document();
        let mut addresses: Vec<String> = Vec::new();
        for (path, item) in published["paths"].as_object().unwrap() {
            let servers = item.get("servers").unwrap_or(&published["servers"]);
            let server = servers[0]["url"].as_str().unwrap().strip_prefix(BASE).unwrap();
            addresses.push(format!("{server}{path}"));
        }
        addresses.sort_unstable();
        let whole: Vec<String> = description(BASE).paths.paths.keys().cloned().collect();
        assert_eq!(addresses, whole);
        assert_eq!(published["servers"][0]["url"], format!("{BASE}/v1"));
        assert_eq!(published["openapi"], "3.1.0");
    }

    // rule: R17, R18, R29
    #[test]
    fn every_answer_has_its_version_and_every_refusal_is_a_problem() {
        let published = document();
        let resolve = |value: &Value| match value["$ref"].as_str() {
            Some(reference) => published.pointer(&reference[1..]).unwrap().clone(),
            None => value.clone(),
        };
        for (path, item) in published["paths"].as_object().unwrap() {
            for (method, operation) in item
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| *name != "servers")
            {
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.contains_key("400"), "{method} {path}");
                for (status, response) in responses {
                    let response = resolve(response);
                    assert!(
                        response["headers"]["API-Version"].is_object(),
                        "{method} {path}: {status}"
                    );
                    if !status.starts_with('2') {
                        let schema = resolve(&response["content"][Problem::MEDIA_TYPE]["schema"]);
                        assert!(
                            schema["properties"]["detail"].is_object(),
                            "{method} {path}: {status}"
                        );
                    }
                }
            }
        }
    }

    /// A client that is generated sends and takes bytes where there are bytes.
    #[test]
    fn bytes_are_bytes_and_all_else_has_a_schema() {
        let published = document();
        let mut bytes = BTreeSet::new();
        for item in published["paths"].as_object().unwrap().values() {
            for method in ["get", "post", "put"] {
                let operation = &item[method];
                let answers = operation["responses"].as_object().into_iter().flatten();
                let contents = answers
                    .map(|(_, answer)| &answer["content"])
                    .chain([&operation["requestBody"]["content"]]);
                for (media_type, content) in contents.filter_map(Value::as_object).flatten() {
                    if content.get("schema").is_none() && content.get("itemSchema").is_none() {
                        bytes.insert((operation["operationId"].as_str().unwrap(), media_type.as_str()));
                    }
                }
            }
        }
        assert_eq!(
            bytes,
            BTreeSet::from([
                ("readAttachmentPart", "application/octet-stream"),
                ("readExportBundle", "application/x-tar"),
                ("sendAttachmentPart", "application/octet-stream"),
            ])
        );
    }

    /// What is read strictly says so, however deep: a member too many is refused, and its writer's tools say it before.
    // rule: B3, R20
    #[test]
    fn a_body_that_refuses_unknown_members_is_described_so() {
        fn look(published: &Value, schema: &Value, place: &str, open: &mut BTreeSet<String>) {
            if let Some(reference) = schema["$ref"].as_str() {
                return look(
                    published,
                    published.pointer(&reference[1..]).unwrap(),
                    reference,
                    open,
                );
            }
            let members = schema["properties"].as_object();
            if (members.is_some() || schema["type"] == "object") && schema["additionalProperties"] != false {
                open.insert(place.to_owned());
            }
            let choices = ["oneOf", "anyOf", "allOf"].map(|name| schema[name].as_array());
            let inner = members.into_iter().flat_map(|members| members.values());
            for inner in inner
                .chain(choices.into_iter().flatten().flatten())
                .chain(schema.get("items"))
            {
                look(published, inner, place, open);
            }
        }
        let published = document();
        let (mut open, mut bodies) = (BTreeSet::new(), 0);
        for item in published["paths"].as_object().unwrap().values() {
            let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
            if !schema.is_null() {
                look(&published, schema, "a body", &mut open);
                bodies += 1;
            }
        }
        assert!(bodies > 30, "{bodies}");
        // Of a key what libraries write beside it is taken, too.
        assert_eq!(open, BTreeSet::from(["#/components/schemas/Jwk".to_owned()]));
    }

    // rule: R5, R6, R30
    #[test]
    fn names_are_in_one_case_and_the_version_in_three_numbers() {
        let published = document();
        let kebab = |part: &str| {
            part.starts_with('{')
                || part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
        };
        let camel = |name: &str| {
            name.chars().all(|c| c.is_ascii_alphanumeric())
                && name.starts_with(|c: char| c.is_ascii_lowercase())
        };
        for (path, item) in published["paths"].as_object().unwrap() {
            // The rules themselves give the description this name.
            if path != "/openapi.json" {
                assert!(path.split('/').all(kebab), "{path}");
            }
            for operation in [&item["get"], &item["post"]] {
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let name = parameter["name"].as_str().unwrap();
                    assert!(parameter["in"] != "query" || camel(name), "{path}: {name}");
                }
            }
        }
        for name in published["components"]["schemas"].as_object().unwrap().keys() {
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        }
        let numbers: Vec<u32> = published["info"]["version"]
            .as_str()
            .unwrap()
            .split('.')
            .map(|number| number.parse().unwrap())
            .collect();
        assert_eq!(numbers.len(), 3);
    }

    // rule: R1, R2, R15, R16
    #[test]
    fn collections_are_plural_and_acts_are_collections_below_what_they_are_about() {
        let published = document();
        for (path, item) in published["paths"].as_object().unwrap() {
            let parts: Vec<&str> = path.split('/').skip(1).collect();
            for pair in parts.windows(2).filter(|pair| pair[1].starts_with('{')) {
                assert!(pair[0].ends_with('s'), "{path}: {} is no collection", pair[0]);
            }
            let last = parts.last().unwrap();
            // The token endpoint has its name from RFC 6749; a sandbox has one clock, which is set.
            if item.get("post").is_some() && !["/oauth/token", "/sandbox/clock"].contains(&path.as_str()) {
                assert!(
                    last.ends_with('s') && !last.starts_with('{'),
                    "{path} is no collection"
                );
            }
        }
    }

    // rule: R23
    #[test]
    fn who_answers_stands_in_it() {
        let contact = &document()["info"]["contact"];
        assert_eq!(contact["name"], "Trefpunt");
        assert_eq!(contact["url"], BASE);
        assert_eq!(contact["email"], "support@trefpunt.example");
    }

    // rule: R8, R9, R10
    #[test]
    fn what_is_a_time_says_so() {
        let published = document();
        for (name, schema) in published["components"]["schemas"].as_object().unwrap() {
            for (member, described) in schema["properties"].as_object().into_iter().flatten() {
                let format = described["format"].as_str().unwrap_or_default();
                let place = format!("{name}.{member}: {described}");
                if member.ends_with("At") {
                    assert_eq!(format, "date-time", "{place}");
                }
                if member == "on" || member.ends_with("On") {
                    assert_eq!(format, "date", "{place}");
                }
                assert!(!["time", "date-time-local"].contains(&format), "{place}");
            }
        }
    }
}
