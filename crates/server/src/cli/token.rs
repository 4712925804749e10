//! `trefpunt token`: from an identifier to the token that travels.

use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;
use identifiers::{Kind, NetworkSecret, token};
use zeroize::Zeroizing;

use super::Failure;
use crate::{files, out};

/// The longest value that is read from standard input, in bytes; a service key is shorter.
const MAX_VALUE_BYTES: u64 = 4096;

/// Prints the token of an identifier as unpadded base64url, and nothing else.
#[derive(Debug, Args)]
pub(super) struct TokenArguments {
    /// The network's secret: 32 bytes in unpadded base64url.
    #[arg(long, value_name = "FILE")]
    network_key_file: PathBuf,
    /// The epoch of that secret.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    epoch: u16,
    /// What kind of identifier: bsn, service-key or guardian-bsn.
    #[arg(long, value_parser = kind)]
    kind: Kind,
    /// The identifier; `-` reads it from standard input, where other users of the machine cannot see it.
    #[arg(allow_hyphen_values = true)]
    value: Value,
}

/// An identifier as it was typed. Debug shows nothing.
#[derive(Clone)]
struct Value(Zeroizing<String>);

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[not shown]")
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse()
        .map_err(|error: identifiers::kind::UnknownKind| error.to_string())
}

impl TokenArguments {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let text = files::read(&self.network_key_file)?;
        let path = self.network_key_file.display();
        let secret = NetworkSecret::parse_key_file(&text)
            .map_err(|error| Failure::usage(format_args!("{path}: {error}")))?;
        let value = self.read()?;
        let token = token::of_raw(&secret, self.epoch, self.kind.name(), &value).map_err(Failure::usage)?;
        out::line(&*Zeroizing::new(protocol::text::encode(token.as_bytes())));
        Ok(())
    }

    fn read(&self) -> Result<Zeroizing<String>, Failure> {
        if *self.value.0 != "-" {
            return Ok(self.value.0.clone());
        }
        let mut text = Zeroizing::new(String::new());
        let read = std::io::stdin()
            .lock()
            .take(MAX_VALUE_BYTES)
            .read_to_string(&mut text);
        read.map_err(|_| Failure::usage("standard input is not text"))?;
        // A line feed, as `echo` leaves one, is not part of the value.
        let value = text.strip_suffix('\n').unwrap_or(&text);
        Ok(Zeroizing::new(
            value.strip_suffix('\r').unwrap_or(value).to_owned(),
        ))
    }
}
