//! The two sides of a vendor that listen and call: its webhook receiver gets deliveries, its OAuth client gets a small
//! authorization server on this machine to ask.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::jwk::Jwk;
use protocol::webhook::Secret;
use serde_json::json;
use tokio::sync::mpsc;

use super::judge::Difference;
use super::receiver::{Answered, Verdict, deliveries, judge};
use super::token_request::{Call, Registered};
use crate::environment;

/// How long the service waits for a receiver.
const PATIENCE: Duration = Duration::from_secs(15);

/// The longest answer of a receiver that is read, in bytes: a little more than what counts as too long.
const READ_AT_MOST: usize = 8 * 1024;

/// Sends every delivery to a receiver, one after the other, and tells what is said of each.
///
/// # Errors
/// When the machine cannot make an HTTP client.
pub async fn try_receiver(url: &reqwest::Url, secret: &Secret) -> Result<Vec<Verdict>, reqwest::Error> {
    // As the service sends: no redirect is followed and no proxy asked.
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()?;
    let other = Secret::from_random(environment::random());
    let run = URL_SAFE_NO_PAD.encode(environment::random::<12>());
    let mut verdicts = Vec::new();
    for delivery in deliveries(secret, &other, &run, environment::now()) {
        let mut request = http.post(url.clone()).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(*name, value);
        }
        let answered = match request.send().await {
            Ok(response) => read(response).await,
            Err(error) if error.is_timeout() => Answered::TooLate,
            Err(_) => Answered::Nothing,
        };
        verdicts.push(judge(&delivery, answered));
    }
    Ok(verdicts)
}

async fn read(mut response: reqwest::Response) -> Answered {
    let status = response.status().as_u16();
    let mut bytes = 0;
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes < READ_AT_MOST => bytes += chunk.len(),
            Ok(_) => return Answered::With { status, bytes },
            Err(error) if error.is_timeout() => return Answered::TooLate,
            Err(_) => return Answered::Nothing,
        }
    }
}

/// An authorization server for one client: it judges each request for a token.
pub struct AuthorizationServer {
    /// Its address, which is the issuer.
    pub issuer: String,
    judged: mpsc::UnboundedReceiver<Vec<Difference>>,
    server: ServerHandle,
}

/// How many right requests end a trial.
pub const RIGHT_REQUESTS: usize = 3;

/// How long the tokens live that are given, in seconds: short, so that a client soon asks again.
pub const TOKEN_SECONDS: u32 = 5;

impl AuthorizationServer {
    /// Listens, and answers in the background until it is ended.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn start(listener: TcpListener, client: &str, key: Jwk) -> std::io::Result<Self> {
        let issuer = format!("http://{}", listener.local_addr()?);
        let (tell, judged) = mpsc::unbounded_channel();
        let desk = web::Data::new(Desk {
            registered: Mutex::new(Registered {
                client: client.to_owned(),
                key,
                issuer: issuer.clone(),
                used: BTreeSet::new(),
            }),
            right: Mutex::new(0),
            tell,
        });
        let metadata = Arc::new(json!({
            "issuer": issuer,
            "token_endpoint": format!("{issuer}/oauth/token"),
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["EdDSA", "ES256", "PS256"],
        }));
        let server = HttpServer::new(move || {
            let metadata = Arc::clone(&metadata);
            let read = move || {
                let metadata = Arc::clone(&metadata);
                async move { HttpResponse::Ok().json(&*metadata) }
            };
            App::new()
                .app_data(desk.clone())
                .route("/.well-known/oauth-authorization-server", web::get().to(read))
                .route("/oauth/token", web::to(token))
        });
        // A connection for each answer, so that none is left to wait for at the end.
        let server = server
            .workers(1)
            .disable_signals()
            .keep_alive(KeepAlive::Disabled)
            .shutdown_timeout(5)
            .listen(listener)?
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self {
            issuer,
            judged,
            server: handle,
        })
    }

    /// Ends it, when what was judged is answered too: a program that is right does not find its last answer cut off.
    pub async fn end(self) {
        self.server.stop(true).await;
    }

    /// What is wrong with the next request; none when nobody asked within this time.
    pub async fn next(&mut self, patience: Duration) -> Option<Vec<Difference>> {
        tokio::time::timeout(patience, self.judged.recv())
            .await
            .ok()
            .flatten()
    }
}

struct Desk {
    registered: Mutex<Registered>,
    right: Mutex<usize>,
    tell: mpsc::UnboundedSender<Vec<Difference>>,
}

/// The second right request is answered 503, as any may be: a client that tries again has to sign anew.
async fn token(request: HttpRequest, body: web::Bytes, desk: web::Data<Desk>) -> HttpResponse {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let call = Call {
        method: request.method().to_string(),
        content_type: header(CONTENT_TYPE).unwrap_or_default().to_owned(),
        authorization: header(AUTHORIZATION).is_some(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    // A lock is poisoned only by a panic while it was held; nobody can be answered any more then.
    let (Ok(mut registered), Ok(mut right)) = (desk.registered.lock(), desk.right.lock()) else {
        return HttpResponse::InternalServerError().finish();
    };
    let mistakes = registered.judge(&call, environment::now());
    let answer = if let Some(first) = mistakes.first() {
        let body = json!({"error": "invalid_client", "error_description": first.says});
        HttpResponse::Unauthorized().json(body)
    } else {
        *right += 1;
        if *right == 2 {
            HttpResponse::ServiceUnavailable()
                .insert_header((RETRY_AFTER, "1"))
                .finish()
        } else {
            let token = URL_SAFE_NO_PAD.encode(environment::random::<32>());
            let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": "signal"});
            HttpResponse::Ok().json(body)
        }
    };
    // Nobody listens any more when the trial is over.
    let _ = desk.tell.send(mistakes);
    answer
}
