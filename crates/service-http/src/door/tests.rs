use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ALLOW, HOST, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, web};
use serde_json::Value;

use super::*;
use crate::routes::Routes;

fn settings() -> DoorSettings {
    DoorSettings {
        base: "https://t.example".to_owned(),
        hosts: Hosts::new(["t.example", "127.0.0.1:8080"]),
        api_version: "1.0.0".to_owned(),
        answers_in: |path| path.starts_with("/v1/").then_some("application/json"),
        deadline: Duration::from_millis(200),
        content_deadline: crate::bounded_answer::CONTENT_DEADLINE,
        requests_in_flight: 512,
        drain: Drain::new(),
        entropy: Arc::new(|| [7; 16]),
        clock: Arc::new(|| Duration::from_secs(1)),
    }
}

async fn ok() -> HttpResponse {
    HttpResponse::Ok().json(1)
}

async fn send(request: TestRequest) -> (HttpResponse<BoxBody>, Value) {
    send_to(settings(), request).await
}

async fn send_to(settings: DoorSettings, request: TestRequest) -> (HttpResponse<BoxBody>, Value) {
    let refused = |problem: ProblemType| move || async move { Err::<HttpResponse, _>(Refusal::new(problem)) };
    let routes = Routes::new([
        (Method::GET, "/v1/things/{id}"),
        (Method::POST, "/v1/things/{id}"),
    ]);
    let app = App::new()
        .configure(problems::framework_errors)
        .configure(routes.refusals())
        .service(
            web::resource("/v1/things/{id}")
                .guard(actix_web::guard::Get())
                .to(ok),
        )
        .route(
            "/v1/number/{n}",
            web::get().to(|n: web::Path<u8>| async move { n.to_string() }),
        )
        .route("/v1/token", web::get().to(refused(ProblemType::InvalidToken)))
        .route("/v1/busy", web::get().to(refused(ProblemType::TryAgain)))
        .route(
            "/v1/slow",
            web::get().to(|| async { std::future::pending::<HttpResponse>().await }),
        )
        .route("/v1/bare", web::get().to(HttpResponse::InternalServerError))
        .route(
            "/portal",
            web::get().to(|| async {
                HttpResponse::BadRequest()
                    .content_type("text/html; charset=utf-8")
                    .body("page")
            }),
        )
        .wrap(Door::new(settings));
    let app = init_service(app).await;
    let request = request.insert_header((REQUEST_ID, "chosen-by-the-caller"));
    let answer = match app.call(request.to_request()).await {
        Ok(answer) => answer.into_parts().1,
        Err(error) => HttpResponse::from_error(error),
    };
    let (head, body) = answer.into_parts();
    let body = to_bytes(body).await.unwrap();
    (
        head.set_body(BoxBody::new(())),
        serde_json::from_slice(&body).unwrap_or_default(),
    )
}

const REQUEST_ID: &str = crate::request_id::REQUEST_ID_HEADER;

fn get(uri: &str) -> TestRequest {
    TestRequest::get().uri(uri).insert_header((HOST, "t.example"))
}

fn header<'a>(answer: &'a HttpResponse<BoxBody>, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn every_answer_has_its_headers() {
    for uri in ["/v1/things/1", "/v1/nowhere", "/v1/token", "/v1/bare", "/portal"] {
        let (answer, _) = send(get(uri)).await;
        assert_eq!(
            header(&answer, REQUEST_ID),
            "07070707-0707-4707-8707-070707070707",
            "{uri}"
        );
        assert_eq!(header(&answer, "api-version"), "1.0.0");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert!(header(&answer, "permissions-policy").contains("camera=()"));
        assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'"));
        assert!(header(&answer, "content-security-policy").contains("frame-ancestors 'none'"));
        assert!(!header(&answer, "content-security-policy").contains("script-src"));
        let styled = header(&answer, "content-security-policy").contains("style-src 'self'");
        assert_eq!(styled, uri == "/portal", "{uri}");
        assert!(header(&answer, "strict-transport-security").starts_with("max-age=31536000"));
    }
    let plain = DoorSettings {
        base: "http://127.0.0.1:8080".to_owned(),
        ..settings()
    };
    let (answer, _) = send_to(plain, get("/v1/things/1")).await;
    assert_eq!(header(&answer, "strict-transport-security"), "");
}

#[actix_web::test]
async fn a_refusal_is_a_document_with_the_id_of_its_request() {
    let (answer, document) = send(get("/v1/token")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    assert_eq!(document["type"], "https://t.example/problems/invalid-token");
    assert_eq!(
        document["instance"],
        "urn:uuid:07070707-0707-4707-8707-070707070707"
    );
    assert!(
        answer
            .headers()
            .get(WWW_AUTHENTICATE)
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("Bearer")
    );
    let (answer, _) = send(get("/v1/busy")).await;
    assert_eq!(answer.headers().get(RETRY_AFTER).unwrap(), "1");
}

#[actix_web::test]
async fn what_no_handler_answers_is_a_problem_too() {
    for (uri, slug) in [
        ("/v1/things/1/", "not-found"),
        ("/v1/nowhere/123456782", "not-found"),
        ("/v1/number/123456782", "not-found"),
        ("/v1/bare", "internal-error"),
        ("/v1/slow", "try-again"),
    ] {
        let (_, document) = send(get(uri)).await;
        assert_eq!(
            document["type"],
            format!("https://t.example/problems/{slug}"),
            "{uri}"
        );
        assert!(!document.to_string().contains("123456782"));
    }
    let (answer, document) = send(get("/portal")).await;
    assert_eq!(
        (answer.status(), document),
        (StatusCode::BAD_REQUEST, Value::Null),
        "a page stays a page"
    );
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let any = |method: &str| get("/v1/things/1").method(method.parse().unwrap());
    for method in ["DELETE", "PUT", "OPTIONS", "HEAD", "TRACE", "CONNECT", "BREW"] {
        let (answer, document) = send(any(method)).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.headers().get(ALLOW).unwrap(), "GET, POST");
        assert_eq!(document["status"], 405);
    }
    assert_eq!(
        send(get("/nowhere").method(Method::TRACE)).await.0.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        send(get("/nowhere").method(Method::PUT)).await.0.status(),
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn host_and_accept_are_checked_first() {
    let status = |request: TestRequest| async { send(request).await.0.status().as_u16() };
    let host = |name: &'static str| TestRequest::get().uri("/v1/things/1").insert_header((HOST, name));
    assert_eq!(status(host("T.Example")).await, 200);
    assert_eq!(status(host("127.0.0.1:8080")).await, 200);
    for other in ["other.example", "t.example:443", "t.example.", "127.0.0.1"] {
        assert_eq!(status(host(other)).await, 421, "{other}");
    }
    assert_eq!(status(host("")).await, 400);
    assert_eq!(status(TestRequest::get().uri("/v1/things/1")).await, 400);
    assert_eq!(
        status(host("t.example").append_header((HOST, "t.example"))).await,
        400
    );
    let absolute = TestRequest::get().uri("http://t.example/v1/things/1");
    assert_eq!(status(absolute.insert_header((HOST, "t.example"))).await, 200);
    let conflicting = TestRequest::get().uri("http://other.example/v1/things/1");
    assert_eq!(status(conflicting.insert_header((HOST, "t.example"))).await, 400);
    assert_eq!(
        status(get("/v1/things/1").insert_header((ACCEPT, "application/xml"))).await,
        406
    );
    assert_eq!(
        status(get("/portal").insert_header((ACCEPT, "application/xml"))).await,
        400,
        "its own 400"
    );
}

#[actix_web::test]
async fn a_draining_server_closes_after_each_answer() {
    let drain = Drain::new();
    drain.advance(Phase::Draining);
    let (answer, _) = send_to(DoorSettings { drain, ..settings() }, get("/v1/things/1")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.head().connection_type(), ConnectionType::Close);
}
