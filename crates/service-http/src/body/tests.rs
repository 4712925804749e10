use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, web};
use protocol::body::Object;
use serde_json::Value;

use super::*;

struct Count(u8);

impl Body for Count {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        object.whole("count", 1..=9).map(Self)
    }
}

async fn post(request: TestRequest) -> (StatusCode, Value) {
    let json = |body: JsonBody<Count>| async move { HttpResponse::Ok().json(body.value.0) };
    let form = |body: FormBody| async move { HttpResponse::Ok().json(body.0.get("a")) };
    let app = init_service(
        App::new()
            .route("/json", web::post().to(json))
            .route("/form", web::post().to(form)),
    );
    let answer = call_service(&app.await, request.to_request()).await;
    let status = answer.status();
    (
        status,
        serde_json::from_slice(&read_body(answer).await).unwrap_or_default(),
    )
}

fn json(body: &str) -> TestRequest {
    TestRequest::post()
        .uri("/json")
        .insert_header((CONTENT_TYPE, "application/json"))
        .set_payload(body.to_owned())
}

async fn slug(request: TestRequest) -> String {
    let (status, document) = post(request).await;
    assert_eq!(document["status"], status.as_u16());
    document["type"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn a_good_body_is_read() {
    assert_eq!(post(json(r#"{"count":3}"#)).await, (StatusCode::OK, 3.into()));
    for content_type in [
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
    ] {
        let request = json(r#"{"count":3}"#).insert_header((CONTENT_TYPE, content_type));
        assert_eq!(post(request).await.0, StatusCode::OK, "{content_type}");
    }
}

#[actix_web::test]
async fn a_bad_body_is_told_where() {
    for malformed in [
        "",
        " ",
        "{",
        r#"{"count":1,"count":1}"#,
        "NaN",
        "{\"count\":1e400}",
        "\u{feff}{}",
    ] {
        assert_eq!(slug(json(malformed)).await, "malformed-json", "{malformed}");
    }
    for invalid in [
        "[]",
        "null",
        "{}",
        r#"{"count":"1"}"#,
        r#"{"count":-0}"#,
        r#"{"count":18446744073709551616}"#,
    ] {
        assert_eq!(slug(json(invalid)).await, "invalid-request", "{invalid}");
    }
    let (_, document) = post(json(r#"{"count":0,"123456782":"123456782"}"#)).await;
    assert_eq!(document["errors"][0]["pointer"], "/count");
    assert_eq!(document["errors"][1]["code"], "unknown-member");
    assert!(!document.to_string().contains("123456782"));
}

#[actix_web::test]
async fn another_media_type_is_refused() {
    let wrong = [
        "text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=",
        "application/json, text/plain",
        "application/jsonx",
        "application/problem+json",
        "application/json; version=1",
        "",
        "application/json;",
    ];
    for content_type in wrong {
        let request = json(r#"{"count":3}"#).insert_header((CONTENT_TYPE, content_type));
        assert_eq!(slug(request).await, "unsupported-media-type", "{content_type}");
    }
    let none = TestRequest::post().uri("/json").set_payload(r#"{"count":3}"#);
    assert_eq!(slug(none).await, "unsupported-media-type");
    let two = json(r#"{"count":3}"#).append_header((CONTENT_TYPE, "application/json"));
    assert_eq!(slug(two).await, "unsupported-media-type");
    for encoding in ["gzip", "br", "identity"] {
        let request = json(r#"{"count":3}"#).insert_header((CONTENT_ENCODING, encoding));
        assert_eq!(slug(request).await, "unsupported-media-type", "{encoding}");
    }
}

#[actix_web::test]
async fn size_is_bounded_to_the_byte() {
    let padded = |size: usize| format!(r#"{{"count":3{}}}"#, " ".repeat(size - 11));
    assert_eq!(post(json(&padded(MAX_BODY_BYTES))).await.0, StatusCode::OK);
    assert_eq!(slug(json(&padded(MAX_BODY_BYTES + 1))).await, "payload-too-large");
    for declared in ["16385", "10737418240", "99999999999999999999999"] {
        let request = json("").insert_header((CONTENT_LENGTH, declared));
        assert_eq!(slug(request).await, "payload-too-large", "{declared}");
    }
    let chunked = json(r#"{"count":3}"#).insert_header((TRANSFER_ENCODING, "chunked"));
    assert_eq!(slug(chunked).await, "length-required");
}

#[actix_web::test]
async fn a_form_is_read_with_each_name_once() {
    let form = |body: &'static str| {
        let request = TestRequest::post().uri("/form").set_payload(body);
        request.insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
    };
    assert_eq!(post(form("a=x%20y")).await, (StatusCode::OK, "x y".into()));
    assert_eq!(slug(form("a=1&a=2")).await, "malformed-request");
    assert_eq!(
        slug(form("a=1").insert_header((CONTENT_TYPE, "multipart/form-data"))).await,
        "unsupported-media-type"
    );
}
