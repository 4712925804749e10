//! What a page of the reference says of one operation.

use std::fmt::Write as _;

use protocol::problem::{ProblemType, Row};
use serde_json::Value;

use super::prose::Prose;
use super::schema::{self, Member};

/// The operations of one tag.
#[derive(Debug)]
pub struct Group {
    /// The tag.
    pub name: String,
    /// What it is about.
    pub about: Prose,
    /// Its operations, in the order of the description.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Its name.
    pub id: String,
    /// `GET` or `POST`.
    pub method: String,
    /// Its address, with `{name}` for what varies.
    pub path: String,
    /// Its first sentence.
    pub title: Prose,
    /// What it does.
    pub about: Prose,
    /// The same without markup.
    pub plain: String,
    /// Whether it goes with a later version.
    pub deprecated: bool,
    /// The scopes that a token needs; none where no token is needed.
    pub scopes: Vec<String>,
    /// What stands in the address and in headers.
    pub parameters: Vec<Parameter>,
    /// The body to send.
    pub request: Option<Body>,
    /// What comes back when it is done.
    pub answers: Vec<Answer>,
    /// How it may be refused whatever it is about, in the order of status.
    pub problems: Vec<Row>,
    /// A call with curl.
    pub curl: String,
}

/// A parameter of the address, the query or a header.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is.
    pub about: Prose,
}

/// A body, to or from the caller.
#[derive(Debug)]
pub struct Body {
    /// Its media type.
    pub media_type: String,
    /// Its members.
    pub members: Vec<Member>,
    /// One that follows the schema; nothing where it is not JSON.
    pub example: Option<String>,
}

/// An answer that is not a refusal.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: String,
    /// When it is given.
    pub about: Prose,
    /// Its headers beside those of every answer.
    pub headers: Vec<(String, Prose)>,
    /// Its body.
    pub body: Option<Body>,
}

/// Every operation of a description, by tag.
pub fn groups(document: &Value) -> Vec<Group> {
    let mut operations: Vec<(String, Operation)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, described) in item.as_object().into_iter().flatten() {
            let tag = described["tags"][0].as_str().unwrap_or("others").to_owned();
            operations.push((tag, operation(document, path, method, described)));
        }
    }
    let mut tags: Vec<(String, Prose)> = Vec::new();
    for tag in document["tags"].as_array().into_iter().flatten() {
        tags.push((text(&tag["name"]), Prose::of(&text(&tag["description"]))));
    }
    for (tag, _) in &operations {
        if !tags.iter().any(|(known, _)| known == tag) {
            tags.push((tag.clone(), Prose::of("")));
        }
    }
    let groups = tags.into_iter().map(|(name, about)| Group {
        operations: operations
            .extract_if(.., |(tag, _)| *tag == name)
            .map(|(_, operation)| operation)
            .collect(),
        name,
        about,
    });
    groups.filter(|group| !group.operations.is_empty()).collect()
}

fn operation(document: &Value, path: &str, method: &str, described: &Value) -> Operation {
    let summary = text(&described["summary"]).replace('\n', " ");
    let more = text(&described["description"]);
    let parameters: Vec<Parameter> = described["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(parameter)
        .collect();
    let scopes: Vec<String> = described["security"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|choice| choice["oauth"].as_array().into_iter().flatten())
        .map(text)
        .collect();
    let request = body(document, &described["requestBody"]["content"]);
    let method = method.to_uppercase();
    Operation {
        id: text(&described["operationId"]),
        title: Prose::of(first_sentence(&summary)),
        about: Prose::of(&format!("{summary} {more}")),
        plain: format!("{summary} {more}").trim().to_owned(),
        deprecated: described["deprecated"] == true,
        curl: curl(
            document,
            &method,
            path,
            described,
            !scopes.is_empty(),
            request.as_ref(),
        ),
        problems: problems(&scopes, &parameters, request.as_ref()),
        answers: answers(document, &described["responses"]),
        path: path.to_owned(),
        method,
        scopes,
        parameters,
        request,
    }
}

fn parameter(described: &Value) -> Parameter {
    Parameter {
        name: text(&described["name"]),
        place: text(&described["in"]),
        required: described["required"] == true,
        about: Prose::of(&text(&described["description"])),
    }
}

fn body(document: &Value, content: &Value) -> Option<Body> {
    let (media_type, described) = content.as_object()?.iter().next()?;
    let example = described.get("example").filter(|_| media_type.ends_with("json"));
    let example = example.and_then(|example| match media_type.as_str() {
        "application/x-ndjson" => serde_json::to_string(example).ok(),
        _ => serde_json::to_string_pretty(example).ok(),
    });
    Some(Body {
        media_type: media_type.clone(),
        members: schema::members(document, &described["schema"]),
        example,
    })
}

fn answers(document: &Value, responses: &Value) -> Vec<Answer> {
    let done = responses.as_object().into_iter().flatten();
    done.filter(|(status, _)| status.starts_with('2'))
        .map(|(status, described)| Answer {
            status: status.clone(),
            about: Prose::of(&text(&described["description"])),
            headers: described["headers"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, header)| (name.clone(), Prose::of(&text(&header["description"]))))
                .collect(),
            body: body(document, &described["content"]),
        })
        .collect()
}

/// Refusals that follow from the form of an operation, before anybody looks at what it is about.
fn problems(scopes: &[String], parameters: &[Parameter], request: Option<&Body>) -> Vec<Row> {
    use ProblemType as P;
    let has = |place: &str| parameters.iter().any(|parameter| parameter.place == place);
    let once = parameters
        .iter()
        .any(|parameter| parameter.name == "Idempotency-Key");
    let rules: [(bool, &[P]); 6] = [
        (
            request.is_some(),
            &[
                P::MalformedJson,
                P::InvalidRequest,
                P::PayloadTooLarge,
                P::UnsupportedMediaType,
            ],
        ),
        (request.is_none() && has("query"), &[P::InvalidRequest]),
        (
            once,
            &[
                P::IdempotencyKeyMissing,
                P::IdempotencyInProgress,
                P::IdempotencyKeyReused,
            ],
        ),
        (
            !scopes.is_empty(),
            &[P::Unauthorized, P::InvalidToken, P::InsufficientScope],
        ),
        (has("path"), &[P::NotFound]),
        (true, &[P::RateLimited, P::TryAgain]),
    ];
    let applies = |problem: &P| {
        rules
            .iter()
            .any(|(holds, problems)| *holds && problems.contains(problem))
    };
    P::ALL.iter().copied().filter(applies).map(P::row).collect()
}

/// A call as it can be pasted: `$API` and `$TOKEN` are what the quick start sets.
fn curl(
    document: &Value,
    method: &str,
    path: &str,
    described: &Value,
    with_token: bool,
    request: Option<&Body>,
) -> String {
    let mut address = path.to_owned();
    for parameter in described["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "path" {
            let name = text(&parameter["name"]);
            let example =
                super::example::of(document, &parameter["schema"], super::example::Direction::Answer);
            address = address.replace(&format!("{{{name}}}"), &text(&example));
        }
    }
    let mut command = String::from("curl -sS");
    if method != "GET" {
        let _ = write!(command, " -X {method}");
    }
    let _ = write!(command, " \"$API{address}\"");
    if with_token {
        command.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    let parameters = described["parameters"].as_array().into_iter().flatten();
    if parameters
        .clone()
        .any(|parameter| parameter["name"] == "Idempotency-Key")
    {
        command.push_str(" \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
    }
    match request {
        Some(Body {
            media_type,
            example: Some(example),
            ..
        }) => {
            let _ = write!(
                command,
                " \\\n  -H 'Content-Type: {media_type}' \\\n  --data '{example}'"
            );
        }
        Some(Body {
            members, media_type, ..
        }) if media_type.ends_with("urlencoded") => {
            for member in members.iter().filter(|member| member.required) {
                let _ = write!(
                    command,
                    " \\\n  --data-urlencode \"{name}=${upper}\"",
                    name = member.name,
                    upper = member.name.to_uppercase()
                );
            }
        }
        Some(Body { media_type, .. }) => {
            let _ = write!(
                command,
                " \\\n  -H 'Content-Type: {media_type}' \\\n  --data-binary @file"
            );
        }
        None => {}
    }
    command
}

fn first_sentence(text: &str) -> &str {
    let end = text.find(['.', ':']).unwrap_or(text.len());
    &text[..end]
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
