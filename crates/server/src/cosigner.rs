//! The way to a witness: HTTP, bounded in time and size.

use std::time::Duration;

use audit_log::cosignature::{WitnessKey, attach};
use casework::cosign_log::{CosignAnswer, CosignError, CosignRequest, Witness};
use reqwest::StatusCode;

use crate::config::WitnessAddress;
use crate::witness::request_text;

/// How long a witness may take. Nothing waits for it but its own signature.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer that is read, in bytes: a signature line, or a size.
const MAX_ANSWER_BYTES: usize = 4096;

/// A witness at an address.
#[derive(Debug)]
pub struct HttpWitness {
    vkey: String,
    key: WitnessKey,
    url: String,
    http: reqwest::Client,
}

impl HttpWitness {
    /// The witness at this address.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(address: &WitnessAddress) -> Result<Self, reqwest::Error> {
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT);
        if address.url.starts_with("http:") {
            // Nothing leaves this machine: do without the system's certificates, which may be absent.
            http = http.tls_certs_only([]);
        }
        Ok(Self {
            vkey: address.key.to_string(),
            key: address.key.clone(),
            url: format!("{}/add-checkpoint", address.url),
            http: http.build()?,
        })
    }

    async fn ask(&self, request: CosignRequest) -> Result<String, CosignError> {
        let body = request_text(request.old_size, &request.proof, &request.checkpoint);
        let unreachable = |error: reqwest::Error| CosignError::Unreachable(error.without_url().to_string());
        let mut response = self
            .http
            .post(&self.url)
            .body(body)
            .send()
            .await
            .map_err(unreachable)?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(CosignError::Unreachable("its answer is too long".to_owned()));
            }
            answer.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(answer)
            .map_err(|_| CosignError::Unreachable("its answer is no text".to_owned()))?;
        match status {
            StatusCode::OK => self.checked(&request.checkpoint, text),
            StatusCode::CONFLICT => match text.trim_end().parse() {
                Ok(size) => Err(CosignError::Knows(size)),
                Err(_) => Err(CosignError::Unreachable("its answer is no size".to_owned())),
            },
            status if status.is_client_error() => {
                Err(CosignError::Refused(format!("status {}", status.as_u16())))
            }
            status => Err(CosignError::Unreachable(format!("status {}", status.as_u16()))),
        }
    }

    /// A witness may sign with several keys; only the configured one's line is kept, and only when it is right.
    fn checked(&self, checkpoint: &str, text: String) -> Result<String, CosignError> {
        let right = |line: &String| {
            attach(checkpoint, std::slice::from_ref(line))
                .is_ok_and(|note| matches!(self.key.cosigned(note.as_bytes()), Ok(Some(_))))
        };
        let mut lines = text.split_inclusive('\n').map(str::to_owned);
        lines
            .find(right)
            .ok_or_else(|| CosignError::Unreachable("it did not sign this checkpoint".to_owned()))
    }
}

impl Witness for HttpWitness {
    fn vkey(&self) -> &str {
        &self.vkey
    }

    fn cosign(&self, request: CosignRequest) -> CosignAnswer<'_> {
        Box::pin(self.ask(request))
    }
}
