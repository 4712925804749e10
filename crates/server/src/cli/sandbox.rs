//! `trefpunt sandbox`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use protocol::sandbox::Behaviour;

use super::{Failure, asked_to_stop, shown, stop};
use crate::cast::CastError;
use crate::logging::{self, Form};
use crate::out;
use crate::sandbox::{self, SandboxError};

/// Runs a sandbox on this machine, for whoever builds a program against the API: a network of its own in which nobody is
/// real, with a clock that is moved, and a robot that plays other organisations and families.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// Where keys, credentials and the database are kept; made when it is not there.
    #[arg(value_name = "DIR", default_value = "var/sandbox")]
    dir: PathBuf,
    /// Where the service listens; port 0 takes any free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8490")]
    listen: SocketAddr,
}

impl Sandbox {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        logging::start(Form::Human, "warn");
        if !self.listen.ip().is_loopback() {
            return Err(Failure::usage(
                "--listen: a sandbox is for this machine only, such as 127.0.0.1:8490",
            ));
        }
        out::note("Starting a sandbox; the first time takes some seconds.");
        let sandbox = sandbox::Sandbox::start(&self.dir, self.listen)
            .await
            .map_err(failure)?;
        self.tell(&sandbox);
        let asked = asked_to_stop().await;
        stop(sandbox.close().await, Some(Duration::ZERO)).await?;
        asked
    }

    fn tell(&self, sandbox: &sandbox::Sandbox) {
        let credentials = sandbox.credentials();
        out::line(format_args!("The sandbox is ready at {}", credentials.api_url));
        out::line(format_args!(
            "credentials   {}",
            shown(&self.dir.join("credentials.json"))
        ));
        out::line(format_args!(
            "network key   {}",
            shown(&credentials.network_key_file)
        ));
        let rows: Vec<[String; 3]> =
            std::iter::once(["number", "behaviour", "what happens"].map(str::to_owned))
                .chain(Behaviour::ALL.into_iter().map(|behaviour| {
                    let numbers = behaviour.numbers();
                    [
                        format!("{} ...", numbers[0]),
                        behaviour.as_str().to_owned(),
                        behaviour.description().to_owned(),
                    ]
                }))
                .collect();
        out::line("");
        out::table(&rows);
        out::line("");
        out::line("All numbers: GET /v1/sandbox. The clock: POST /v1/sandbox/clock. More: docs/SANDBOX.md");
    }
}

fn failure(error: SandboxError) -> Failure {
    match error {
        SandboxError::Start(error) => error.into(),
        SandboxError::Config(error) => Failure::config(&error),
        SandboxError::Register(error) | SandboxError::Cast(CastError::Register(error)) => error.into(),
        SandboxError::Make(error) | SandboxError::Cast(CastError::Make(error)) => error.into(),
        SandboxError::File(error) => error.into(),
        SandboxError::NoSandbox => Failure::usage(error),
        error => Failure::failed(error),
    }
}
