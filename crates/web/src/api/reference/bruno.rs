//! The collection for Bruno (docs/bruno): one file for each operation, made from the same description as the pages. The
//! committed files are compared with this; `tests/bruno/run` sends all of them to a running service.

use std::fmt::Write as _;

use serde_json::Value;

use super::operation::{Body, Group, Operation};

/// Values that the collection leaves to its environment, by the member they stand in.
const OWN: [(&str, &str); 3] = [
    ("keyCheck", "{{keyCheck}}"),
    ("plannedEnd", "{{plannedEnd}}"),
    ("destroyBy", "{{destroyBy}}"),
];

/// Parts of addresses at which there may be nothing: a sandbox is another network, and statistics come with the first quarter.
const MAY_BE_NONE: [&str; 2] = ["/sandbox", "/statistics"];

/// What of a list is kept for the requests that come after it.
const KEPT: [(&str, &str); 4] = [
    ("listSignals", "signalId"),
    ("listMatches", "matchId"),
    ("listNotices", "noticeId"),
    ("listSoftMatches", "softMatchId"),
];

/// The files of the collection: path and text.
pub fn files(groups: &[Group], version: &str) -> Vec<(String, String)> {
    let mut ids = std::collections::BTreeSet::new();
    let mut files = vec![
        (
            "bruno.json".to_owned(),
            "{\n  \"version\": \"1\",\n  \"name\": \"Trefpunt API\",\n  \"type\": \"collection\"\n}\n"
                .to_owned(),
        ),
        ("collection.bru".to_owned(), collection(version)),
    ];
    for group in groups {
        files.push((
            format!("{}/folder.bru", group.name),
            format!("meta {{\n  name: {}\n}}\n", group.name),
        ));
        // What is read comes first: it finds the ids that the others act on.
        let reads = group
            .operations
            .iter()
            .filter(|operation| operation.method == "GET");
        let acts = group
            .operations
            .iter()
            .filter(|operation| operation.method != "GET");
        // A stream goes on for minutes, which is nothing for a collection.
        let sent = reads
            .chain(acts)
            .filter(|operation| !operation.path.ends_with("/stream"));
        for (place, operation) in sent.enumerate() {
            let text = request(operation, place + 1, &mut ids);
            files.push((format!("{}/{}.bru", group.name, operation.id), text));
        }
    }
    files.push(("environments/demo.bru".to_owned(), environment(&ids)));
    files
}

/// What holds for every answer: it is one that the description has.
fn collection(version: &str) -> String {
    format!(
        "meta {{\n  name: Trefpunt API {version}\n}}\n\n\
         docs {{\n  \
           Set `api`, the access tokens and `pseudonym` in the environment: docs/QUICKSTART.md says where they come from.\n  \
           Each request is an example of its operation; its ids are those of the lists that were read before.\n\
         }}\n\n\
         tests {{\n  \
           test(\"is answered as the description says\", function () {{\n    \
             const status = res.getStatus();\n    \
             expect(status).to.be.below(500);\n    \
             expect(res.getHeader(\"api-version\")).to.equal(\"{version}\");\n    \
             expect(res.getHeader(\"x-request-id\")).to.be.a(\"string\");\n    \
             if (status >= 400) {{\n      \
               expect(res.getHeader(\"content-type\")).to.equal(\"application/problem+json\");\n      \
               const problem = res.getBody();\n      \
               expect(problem.status).to.equal(status);\n      \
               expect(problem.type).to.contain(\"/problems/\");\n      \
               expect(problem.type).to.not.match(/(malformed-json|unauthorized|invalid-token|unsupported-media-type)$/);\n    \
             }}\n  \
           }});\n\
         }}\n"
    )
}

fn request(operation: &Operation, place: usize, ids: &mut std::collections::BTreeSet<String>) -> String {
    let mut text = format!(
        "meta {{\n  name: {}\n  type: http\n  seq: {place}\n}}\n",
        operation.id
    );
    let body = match &operation.request {
        None => "none",
        Some(Body { media_type, .. }) if media_type.ends_with("urlencoded") => "formUrlEncoded",
        Some(Body {
            media_type,
            example: Some(_),
            ..
        }) if media_type == "application/json" => "json",
        Some(_) => "text",
    };
    let auth = if operation.scopes.is_empty() {
        "none"
    } else {
        "bearer"
    };
    let method = operation.method.to_lowercase();
    let address = address(operation, ids);
    let _ = write!(
        text,
        "\n{method} {{\n  url: {{{{api}}}}{address}\n  body: {body}\n  auth: {auth}\n}}\n"
    );
    if auth == "bearer" {
        let _ = write!(
            text,
            "\nauth:bearer {{\n  token: {{{{{}}}}}\n}}\n",
            who(&operation.scopes)
        );
    }
    let mut headers = Vec::new();
    if operation
        .parameters
        .iter()
        .any(|parameter| parameter.name == "Idempotency-Key")
    {
        headers.push("Idempotency-Key: {{$guid}}".to_owned());
    }
    if let Some(request) = operation.request.as_ref().filter(|_| body == "text") {
        headers.push(format!("Content-Type: {}", request.media_type));
    }
    if !headers.is_empty() {
        let _ = write!(text, "\nheaders {{\n  {}\n}}\n", headers.join("\n  "));
    }
    match (&operation.request, body) {
        (Some(request), "formUrlEncoded") => {
            let members = request.members.iter().filter(|member| member.required);
            let lines: Vec<String> = members
                .map(|member| format!("  {0}: {{{{{0}}}}}", member.name))
                .collect();
            let _ = write!(text, "\nbody:form-urlencoded {{\n{}\n}}\n", lines.join("\n"));
        }
        (
            Some(Body {
                example: Some(example),
                ..
            }),
            "json",
        ) => {
            let example = with_own(example).replace('\n', "\n  ");
            let _ = write!(text, "\nbody:json {{\n  {example}\n}}\n");
        }
        (
            Some(Body {
                example: Some(example),
                ..
            }),
            "text",
        ) => {
            let _ = write!(
                text,
                "\nbody:text {{\n  {}\n}}\n",
                on_one_line(&with_own(example))
            );
        }
        _ => {}
    }
    if let Some((_, name)) = KEPT.iter().find(|(id, _)| *id == operation.id) {
        let _ = write!(
            text,
            "\nscript:post-response {{\n  const found = (res.getBody().items || [])[0];\n  if (found) bru.setVar(\"{name}\", found.id);\n}}\n"
        );
    }
    // What needs nothing but a token is answered.
    let needs_nothing = operation.parameters.iter().all(|parameter| !parameter.required);
    let may_be_none = MAY_BE_NONE.iter().any(|part| operation.path.contains(part));
    if operation.method == "GET" && needs_nothing && !may_be_none {
        text.push_str("\nassert {\n  res.status: eq 200\n}\n");
    }
    let _ = write!(
        text,
        "\ndocs {{\n  {}\n}}\n",
        operation.plain.replace('\n', "\n  ")
    );
    text
}

/// Whose token: that of the role which has the scope.
fn who(scopes: &[String]) -> &'static str {
    match scopes.first().map(String::as_str) {
        Some("supervise") => "supervisorToken",
        Some("municipality" | "follow-up") => "municipalityToken",
        _ => "partnerToken",
    }
}

/// The address with a variable of the environment for each part that varies.
fn address(operation: &Operation, ids: &mut std::collections::BTreeSet<String>) -> String {
    let mut before = "";
    let mut parts = Vec::new();
    for part in operation.path.split('/') {
        if part.starts_with('{') {
            let name = variable(before);
            parts.push(format!("{{{{{name}}}}}"));
            ids.insert(name);
        } else {
            parts.push(part.to_owned());
        }
        before = part;
    }
    parts.join("/")
}

/// `softMatchId` for what stands below `soft-matches`.
fn variable(collection: &str) -> String {
    let single = collection
        .strip_suffix("ches")
        .map(|stem| format!("{stem}ch"))
        .or_else(|| collection.strip_suffix('s').map(str::to_owned))
        .unwrap_or_else(|| collection.to_owned());
    let mut name = String::new();
    for (place, word) in single.split('-').enumerate() {
        let (first, rest) = word.split_at(word.len().min(1));
        name.push_str(&if place == 0 {
            first.to_owned()
        } else {
            first.to_uppercase()
        });
        name.push_str(rest);
    }
    name + "Id"
}

/// The example with what only the caller can know: its token is of suite 1, which needs no keyholder.
fn with_own(example: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(example) else {
        return example.to_owned();
    };
    put_own(&mut value);
    serde_json::to_string_pretty(&value).unwrap_or_else(|_| example.to_owned())
}

fn on_one_line(json: &str) -> String {
    serde_json::from_str::<Value>(json).map_or_else(|_| json.to_owned(), |value| value.to_string())
}

fn put_own(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(put_own),
        Value::Object(members) => {
            if members.contains_key("suite") && members.contains_key("token") {
                members.insert("suite".to_owned(), 1.into());
                members.insert("token".to_owned(), "{{pseudonym}}".into());
                members.remove("oprfEpoch");
            }
            for (name, variable) in OWN {
                if let Some(member) = members.get_mut(name) {
                    *member = variable.into();
                }
            }
            members.values_mut().for_each(put_own);
        }
        _ => {}
    }
}

fn environment(ids: &std::collections::BTreeSet<String>) -> String {
    let mut text = String::from(
        "vars {\n  api: http://127.0.0.1:8480\n  plannedEnd: 2027-11-30\n  destroyBy: 2040-05\n",
    );
    text.push_str("  grant_type: client_credentials\n");
    text.push_str("  client_assertion_type: urn:ietf:params:oauth:client-assertion-type:jwt-bearer\n");
    for id in ids {
        let _ = writeln!(text, "  {id}: h5Yz0cVbTtqN1rXk2mPvQA");
    }
    text.push_str("}\nvars:secret [\n  partnerToken,\n  municipalityToken,\n  supervisorToken,\n  client_assertion,\n  pseudonym,\n  keyCheck\n]\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_after_what_it_names() {
        let names = ["signals", "soft-matches", "batches", "webhook-endpoints"].map(variable);
        assert_eq!(names, ["signalId", "softMatchId", "batchId", "webhookEndpointId"]);
    }

    #[test]
    fn a_token_is_the_callers_own() {
        let text = with_own(r#"{"tokens":[{"suite":2,"oprfEpoch":1,"token":"x","keyCheck":"y"}]}"#);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"tokens": [{"suite": 1, "token": "{{pseudonym}}", "keyCheck": "{{keyCheck}}"}]})
        );
    }
}
