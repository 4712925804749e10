//! `trefpunt conformance --webhook` and `--oauth`: what is told of a receiver and of a client.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use protocol::ClientId;
use protocol::jwk::Jwk;
use protocol::webhook::Secret;
use serde_json::json;

use crate::cli::{Exit, Failure, shown};
use crate::conformance::judge::Difference;
use crate::conformance::live::{AuthorizationServer, RIGHT_REQUESTS, TOKEN_SECONDS, try_receiver};
use crate::{files, out};

/// Tries a receiver of webhooks.
pub(super) async fn webhook(url: &reqwest::Url, secret: &Path, json: bool) -> Result<(), Failure> {
    let text = files::read(secret)?;
    let secret: Secret = text.trim().parse().map_err(|_| {
        Failure::usage(format_args!(
            "{}: not `whsec_` and 32 bytes in base64",
            shown(secret)
        ))
    })?;
    let verdicts = try_receiver(url, &secret).await.map_err(Failure::failed)?;
    let wrong = verdicts.iter().filter(|verdict| !verdict.right).count();
    if json {
        out::json(&json!({"deliveries": verdicts.len(), "wrong": wrong, "verdicts": verdicts}));
    } else {
        for verdict in &verdicts {
            let word = if verdict.right { "right" } else { "WRONG" };
            out::line(format_args!("{word}  {}: {}", verdict.code, verdict.says));
        }
        out::line(format_args!(
            "{} deliveries: {} right, {wrong} wrong. Whether a delivery that came twice was acted on once, only you can see.",
            verdicts.len(),
            verdicts.len() - wrong
        ));
    }
    end(wrong, "deliveries were answered wrongly")
}

/// Tries an OAuth client: it is right when it asked for a token three times without a mistake.
pub(super) async fn oauth(
    client: &ClientId,
    key: &Path,
    listen: SocketAddr,
    wait: u32,
    json: bool,
) -> Result<(), Failure> {
    let text = files::read(key)?;
    let jwk: Jwk = serde_json::from_str(&text).map_err(|_| {
        Failure::usage(format_args!(
            "{}: not a public Ed25519, P-256 or RSA key as JWK",
            shown(key)
        ))
    })?;
    let listener = TcpListener::bind(listen).map_err(Failure::usage)?;
    let kid = jwk.thumbprint();
    let mut server = AuthorizationServer::start(listener, client.as_str(), jwk).map_err(Failure::failed)?;
    let says = format!(
        "issuer {} (token endpoint /oauth/token, kid {kid}): have your client ask for {RIGHT_REQUESTS} tokens. They live \
         {TOKEN_SECONDS} s; the second right request is answered 503.",
        server.issuer
    );
    // What a program reads is the verdict; where to call has to be known before.
    if json {
        out::note(says)
    } else {
        out::line(says)
    }
    let patience = Duration::from_secs(wait.into());
    let mut requests: Vec<Vec<Difference>> = Vec::new();
    let right = |requests: &[Vec<Difference>]| requests.iter().filter(|told| told.is_empty()).count();
    while right(&requests) < RIGHT_REQUESTS {
        let Some(mistakes) = server.next(patience).await else {
            break;
        };
        requests.push(mistakes);
        let number = requests.len();
        for Difference { code, says } in requests.last().into_iter().flatten().filter(|_| !json) {
            out::line(format_args!("request {number}: {code}: {says}"));
        }
        if !json && requests.last().is_some_and(Vec::is_empty) {
            out::line(format_args!("request {number}: right"));
        }
    }
    server.end().await;
    let wrong = requests.len() - right(&requests);
    let silent = right(&requests) < RIGHT_REQUESTS;
    if json {
        out::json(
            &json!({"requests": requests.len(), "wrong": wrong, "complete": !silent, "mistakes": requests}),
        );
    } else {
        out::line(format_args!(
            "{} requests: {} right, {wrong} wrong",
            requests.len(),
            right(&requests)
        ));
    }
    if silent {
        let missing =
            format_args!("no request came for {wait} s; {RIGHT_REQUESTS} right ones are needed").to_string();
        return Err(Failure::new(Exit::Failed, missing));
    }
    end(wrong, "requests had mistakes")
}

fn end(wrong: usize, what: &str) -> Result<(), Failure> {
    if wrong == 0 {
        Ok(())
    } else {
        Err(Failure::new(Exit::Failed, format_args!("{wrong} {what}")))
    }
}
