//! What the door writes to the log. A process of its own: which log lines are alive is decided once per process, by the
//! subscriber of whichever thread comes past first, and other tests come past with none.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::HOST;
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, HttpResponse, web};
use service_http::drain::Drain;
use service_http::host::Hosts;
use service_http::routes::Routes;
use service_http::{Door, DoorSettings, problems};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one thread").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn the_log_names_the_route_and_nothing_that_was_sent() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let routes = Routes::new([(Method::GET, "/v1/things/{id}")]);
    let app = App::new()
        .configure(problems::framework_errors)
        .configure(routes.refusals())
        .route(
            "/v1/things/{id}",
            web::get().to(|| async { HttpResponse::Ok().json(1) }),
        )
        .wrap(Door::new(DoorSettings {
            base: "https://t.example".to_owned(),
            hosts: Hosts::new(["t.example"]),
            api_version: "1.0.0".to_owned(),
            answers_in: |_| None,
            deadline: Duration::from_secs(10),
            content_deadline: service_http::bounded_answer::CONTENT_DEADLINE,
            requests_in_flight: 512,
            drain: Drain::new(),
            entropy: Arc::new(|| [7; 16]),
            clock: Arc::new(|| Duration::from_secs(1)),
        }));
    let app = init_service(app).await;

    let secret = "999990019";
    let get = |uri: String| TestRequest::get().uri(&uri).insert_header((HOST, "t.example"));
    let asked = get(format!("/v1/things/{secret}?q={secret}"))
        .insert_header(("authorization", secret))
        .insert_header(("user-agent", secret));
    try_call_service(&app, asked.to_request()).await.ok();
    let odd = get(format!("/{secret}")).method(secret.parse().unwrap());
    try_call_service(&app, odd.to_request()).await.ok();

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains(r#""route":"/v1/things/{id}""#) && log.contains(r#""status":200"#),
        "{log}"
    );
    assert!(
        log.contains(r#""method":"other""#) && log.contains("07070707-0707"),
        "{log}"
    );
    assert!(!log.contains(secret), "{log}");
}
