//! `trefpunt init`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use identifiers::KeyCheck;
use protocol::key_epochs::KeyholderKey;
use protocol::text::Base64Url;

use super::{Failure, shown};
use crate::config::Config;
use crate::data_directory::{DataDirectory, KeyholderPlan, KeyholderUrl, Plan, gateway_client};
use crate::{files, key_files, out};

/// A covenant to begin with: the operator fills in who it is for.
const COVENANT: &str = include_str!("covenant.toml");

/// Makes a data directory.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The directory; it must not hold settings yet.
    dir: PathBuf,
    /// What kind of network.
    #[arg(long, default_value = "live")]
    kind: NetworkKind,
    /// The network's name in consent records: A-Z a-z 0-9 . _ -
    #[arg(long, value_parser = network_name)]
    name: String,
    /// The name of the audit log in checkpoints, such as trefpunt.example/log.
    #[arg(long)]
    log_origin: String,
    /// Where the service will listen.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: String,
    /// The published address, such as https://trefpunt.example.
    #[arg(long)]
    public_url: Option<String>,
    /// The key-check value of a network secret that was made elsewhere, so that this machine never sees it.
    #[arg(long, allow_hyphen_values = true)]
    key_check: Option<KeyCheck>,
    /// The address of the network's keyholder, such as https://keyholder.example.
    #[arg(long, value_name = "URL", requires = "keyholder_key")]
    keyholder_url: Option<String>,
    /// The keyholder's public key, 43 characters of base64url, obtained from its operator.
    #[arg(
        long,
        value_name = "KEY",
        allow_hyphen_values = true,
        requires = "keyholder_url"
    )]
    keyholder_key: Option<KeyholderKey>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NetworkKind {
    Live,
    Sandbox,
    Test,
}

pub(super) fn network_name(text: &str) -> Result<String, String> {
    text.parse::<protocol::consent::Name>()
        .map(|name| name.to_string())
        .map_err(|error| error.to_string())
}

impl Init {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let directory = DataDirectory::at(&self.dir)?;
        if directory.is_made() {
            return Err(Failure::usage(format_args!(
                "{} is there already",
                shown(&directory.settings())
            )));
        }
        let kind = match self.kind {
            NetworkKind::Live => "live",
            NetworkKind::Sandbox => "sandbox",
            NetworkKind::Test => "test",
        };
        let plan = Plan {
            kind: kind.to_owned(),
            listen: self.listen.clone(),
            public_url: self.public_url.clone(),
            network_name: self.name.clone(),
            log_origin: self.log_origin.clone(),
            covenant: COVENANT.to_owned(),
            key_check: self.key_check,
            keyholder: self.keyholder(),
        };
        directory.make(&plan)?;
        if let Err(error) = Config::load_file(&directory.settings()) {
            // What was given does not make settings: nothing is left that looks like it.
            let _ = std::fs::remove_file(directory.settings());
            return Err(Failure::config(&error));
        }
        self.tell(&directory)
    }

    fn keyholder(&self) -> Option<KeyholderPlan> {
        let (url, key) = (self.keyholder_url.clone()?, self.keyholder_key?);
        Some(KeyholderPlan {
            url: KeyholderUrl::Known(url),
            key,
        })
    }

    fn tell(&self, directory: &DataDirectory) -> Result<(), Failure> {
        let settings = shown(&directory.settings()).to_string();
        out::line(format_args!(
            "Made {}. What is left to do:",
            shown(directory.path())
        ));
        if self.key_check.is_none() {
            let key = directory.network_key();
            out::line(format_args!(
                "  {}: hand it to the partners, then delete it here",
                shown(&key)
            ));
        }
        for custodian in [1, 2] {
            let share = directory.lift_share(custodian);
            out::line(format_args!(
                "  {}: hand it to custodian {custodian}, then delete it here",
                shown(&share)
            ));
        }
        if self.keyholder_key.is_some() {
            let key = Base64Url(key_files::client_key(&directory.gateway_key())?);
            let client = gateway_client(&self.name);
            out::line("  the keyholder's operator lets this service in:");
            out::line(format_args!(
                "    trefpunt keyholder client add --gateway --client-id {client} --client-key {key}"
            ));
        }
        if self.keyholder_key.is_some() {
            let portal = files::read(&directory.portal_public_key())?;
            out::line("  the keyholder's operator believes this portal:");
            out::line(format_args!(
                "    trefpunt keyholder consent-keys add --network {} --key {}",
                self.name,
                portal.trim_end()
            ));
        }
        let covenant = directory.covenant();
        out::line(format_args!(
            "  {}: write down what the region agreed, then",
            shown(&covenant)
        ));
        out::line(format_args!(
            "    trefpunt covenant apply --config {settings} {}",
            shown(&covenant)
        ));
        out::line(format_args!(
            "  trefpunt organisation add --config {settings} ...   for the municipality, each partner and the supervisor"
        ));
        out::line(format_args!("  trefpunt doctor --config {settings}"));
        out::line(format_args!("  trefpunt serve --config {settings}"));
        Ok(())
    }
}
