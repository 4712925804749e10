//! `/problems/{slug}`: the address that a problem document's `type` names, as a page made from the table of problems.
//! Its example is written by the code that answers.

use std::fmt::Write as _;

use actix_web::http::Method;
use actix_web::{route, web};
use askama::Template;
use protocol::access::OAuthErrorCode;
use protocol::problem::{ProblemType, Row};
use service_http::problems::Refusal;

use super::reference::{Prose, page as answer};
use super::reply::Reply;
use crate::State;

/// The addresses of these pages.
pub const PATHS: [&str; 2] = ["/problems", "/problems/{slug}"];

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    row: Row,
    detail: Prose,
    cause: Prose,
    remedy: Prose,
    example: String,
}

#[derive(Template)]
#[template(path = "problems.html")]
struct IndexPage {
    rows: Vec<Row>,
}

/// Every problem in a line.
#[route("/problems", method = "GET", method = "HEAD")]
pub async fn index() -> Reply {
    answer(&IndexPage {
        rows: ProblemType::ALL.iter().map(|problem| problem.row()).collect(),
    })
}

/// What a problem means, how it comes about, and what to do.
#[route("/problems/{slug}", method = "GET", method = "HEAD")]
pub async fn page(state: web::Data<State>, slug: web::Path<String>) -> Reply {
    let problem = ProblemType::from_slug(&slug).ok_or(ProblemType::NotFound)?;
    let row = problem.row();
    answer(&Page {
        detail: Prose::of(row.detail),
        cause: Prose::of(row.cause),
        remedy: Prose::of(row.remedy),
        example: example(problem, &state.base),
        row,
    })
}

/// An answer with this problem, as it comes over the wire: its own headers, and its document on more lines.
fn example(problem: ProblemType, base: &str) -> String {
    let refusal = Refusal::new(problem).with_errors(problem.example_errors());
    let refusal = match problem {
        ProblemType::InvalidClient | ProblemType::TokenReplayed => {
            refusal.with_oauth(OAuthErrorCode::InvalidClient)
        }
        ProblemType::MethodNotAllowed => Refusal::method_not_allowed(&[Method::GET, Method::HEAD]),
        _ => refusal,
    };
    let mut text = format!("HTTP/1.1 {}\n", refusal.status());
    for (name, value) in refusal.headers() {
        let _ = writeln!(text, "{name}: {}", value.to_str().unwrap_or_default());
    }
    let document = refusal.document(base, &problem.example().instance);
    let _ = write!(text, "\n{}", on_lines(&String::from_utf8_lossy(&document)));
    text
}

/// JSON with a line for each member, in the order in which it was written.
fn on_lines(json: &str) -> String {
    let mut lines = String::with_capacity(2 * json.len());
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    for letter in json.chars() {
        let structure = !inside;
        if structure && matches!(letter, '}' | ']') {
            depth = depth.saturating_sub(1);
            let _ = write!(lines, "\n{:1$}", "", 2 * depth);
        }
        lines.push(letter);
        match letter {
            '"' if !escaped => inside = !inside,
            '{' | '[' if structure => {
                depth += 1;
                let _ = write!(lines, "\n{:1$}", "", 2 * depth);
            }
            ',' if structure => {
                let _ = write!(lines, "\n{:1$}", "", 2 * depth);
            }
            ':' if structure => lines.push(' '),
            _ => {}
        }
        escaped = inside && letter == '\\' && !escaped;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_what_is_answered() {
        for problem in ProblemType::ALL {
            let text = example(*problem, "https://trefpunt.example");
            let (head, document) = text.split_once("\n\n").unwrap();
            assert!(
                head.starts_with(&format!("HTTP/1.1 {}", problem.status())),
                "{head}"
            );
            let mut document: serde_json::Value = serde_json::from_str(document).unwrap();
            // What OAuth adds for its own clients is not in the general document.
            let added = ["error", "error_description"]
                .map(|more| document.as_object_mut().unwrap().remove(more).is_some());
            if added == [false, false] {
                assert!(text.contains("\n{\n  \"type\": \"https://"), "{text}");
            }
            assert_eq!(document, serde_json::to_value(problem.example()).unwrap());
        }
    }
}
