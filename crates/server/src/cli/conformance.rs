//! `trefpunt conformance`: what a vendor's own implementation makes, held against what it should make.

mod live;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use identifiers::{NetworkSecret, key_check};
use serde::Serialize;

use super::{Exit, Failure, shown};
use crate::bench::{self, grouped};
use crate::conformance::brute_force::{self, ALL_NUMBERS, Attempt, Effort, Settings};
use crate::conformance::judge::{Difference, Verdict, judge};
use crate::conformance::{made, test_set};
use crate::{files, out};

const AFTER_HELP: &str = "\
A vendor's own implementation, in three steps:
  trefpunt conformance --test-set > set.jsonl
  (your system fills in `token` on each line, and leaves null where it refuses)
  trefpunt conformance --tokens made.jsonl --network-key-file test-key --epoch 1

FILE is JSON lines with kind, identifier and token, or CSV with these three. Use a test key: the file names identifiers.

A receiver of webhooks, with a secret made for the occasion (whsec_ and 32 bytes in base64):
  trefpunt conformance --webhook http://127.0.0.1:3000/hooks --secret-file whsec

An OAuth client, told to use the issuer that is printed:
  trefpunt conformance --oauth --client-id cl_... --client-key public.jwk

Exit codes: 0 everything is right, 1 something is not, 2 wrong usage or input.";

/// Tells which of a vendor's tokens differ and why, what its webhook receiver and its OAuth client do wrong; prints
/// identifiers to try with; shows how fast each level falls.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[command(group = ArgGroup::new("what").required(true).args(["tokens", "test_set", "brute_force", "webhook", "oauth"]))]
pub(super) struct Conformance {
    /// The file with what the vendor's system made of which identifier.
    #[arg(long, value_name = "FILE", requires = "network_key_file", requires = "epoch")]
    tokens: Option<PathBuf>,
    /// The network's secret that the tokens were made with: 32 bytes in unpadded base64url.
    #[arg(long, value_name = "FILE", requires = "tokens")]
    network_key_file: Option<PathBuf>,
    /// The epoch that they were made for.
    #[arg(long, requires = "tokens", value_parser = clap::value_parser!(u16).range(1..))]
    epoch: Option<u16>,
    /// Prints identifiers to make tokens of, as JSON lines; some have to be refused.
    #[arg(long)]
    test_set: bool,
    /// Tries numbers one after the other, with the keys of each coalition, on one core of this machine.
    #[arg(long)]
    brute_force: bool,
    /// How many numbers to try.
    #[arg(long, value_name = "N", requires = "brute_force", default_value_t = 20_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(4..=ALL_NUMBERS as i64))]
    space: u32,
    /// How many evaluations the keyholder answers in a day.
    #[arg(long, value_name = "N", requires = "brute_force", default_value_t = 10_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    quota: u32,
    /// Sends deliveries to a receiver of webhooks, right ones and bent ones, and judges its answers.
    #[arg(long, value_name = "URL", requires = "secret_file")]
    webhook: Option<reqwest::Url>,
    /// The secret that the receiver verifies with.
    #[arg(long, value_name = "FILE", requires = "webhook")]
    secret_file: Option<PathBuf>,
    /// Runs an authorization server for one client, and judges what it sends.
    #[arg(long, requires = "client_id", requires = "client_key")]
    oauth: bool,
    /// The client's id.
    #[arg(long, value_name = "ID", requires = "oauth")]
    client_id: Option<protocol::ClientId>,
    /// The client's public key, as JWK.
    #[arg(long, value_name = "FILE", requires = "oauth")]
    client_key: Option<PathBuf>,
    /// Where the authorization server listens.
    #[arg(
        long,
        value_name = "HOST:PORT",
        requires = "oauth",
        default_value = "127.0.0.1:0"
    )]
    listen: SocketAddr,
    /// How many seconds it waits for each request.
    #[arg(long, value_name = "N", requires = "oauth", default_value_t = 120)]
    wait: u32,
    /// Answers with one JSON value.
    #[arg(long, conflicts_with = "test_set")]
    json: bool,
}

impl Conformance {
    pub(super) fn run(&self) -> Result<(), Failure> {
        if self.test_set {
            test_set::identifiers().for_each(|identifier| out::json(&identifier));
            return Ok(());
        }
        if self.brute_force {
            return self.try_numbers();
        }
        if let (Some(url), Some(secret)) = (&self.webhook, &self.secret_file) {
            return super::wait_for(live::webhook(url, secret, self.json));
        }
        if let (Some(client), Some(key)) = (&self.client_id, &self.client_key) {
            return super::wait_for(live::oauth(client, key, self.listen, self.wait, self.json));
        }
        match (&self.tokens, &self.network_key_file, self.epoch) {
            (Some(tokens), Some(key), Some(epoch)) => {
                let text = files::read(key)?;
                let secret = NetworkSecret::parse_key_file(&text)
                    .map_err(|error| Failure::usage(format_args!("{}: {error}", shown(key))))?;
                let text = files::read(tokens)?;
                let lines = made::read(&text);
                if lines.is_empty() {
                    return Err(Failure::usage(format_args!(
                        "{}: there are no tokens in it",
                        shown(tokens)
                    )));
                }
                let verdicts: Vec<Verdict> = lines.iter().map(|made| judge(made, &secret, epoch)).collect();
                self.tell(&verdicts, &key_check(&secret, epoch).to_string())
            }
            _ => Err(Failure::usage("--tokens asks for --network-key-file and --epoch")),
        }
    }

    fn tell(&self, verdicts: &[Verdict], key_check: &str) -> Result<(), Failure> {
        let differ = verdicts
            .iter()
            .filter(|verdict| !verdict.differs.is_empty())
            .count();
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for difference in verdicts.iter().flat_map(|verdict| &verdict.differs) {
            *reasons.entry(difference.code).or_default() += 1;
        }
        if self.json {
            out::json(&Judged {
                lines: verdicts.len(),
                right: verdicts.len() - differ,
                differ,
                key_check,
                reasons,
                verdicts,
            });
        } else {
            for verdict in verdicts {
                for Difference { code, says } in &verdict.differs {
                    out::line(format_args!("line {}: {code}: {says}", verdict.line));
                }
            }
            for (code, count) in &reasons {
                out::line(format_args!("{count} x {code}"));
            }
            out::line(format_args!(
                "key-check value of this key in this epoch: {key_check}"
            ));
            out::line(format_args!(
                "{} lines: {} right, {differ} differ",
                verdicts.len(),
                verdicts.len() - differ
            ));
        }
        if differ == 0 {
            Ok(())
        } else {
            Err(Failure::new(
                Exit::Failed,
                format_args!("{differ} of {} lines differ", verdicts.len()),
            ))
        }
    }

    fn try_numbers(&self) -> Result<(), Failure> {
        if !bench::optimised() {
            out::note(
                "This program was compiled for debugging: its figures are too low. Build it with --release.",
            );
        }
        let settings = Settings {
            space: self.space,
            quota: self.quota,
        };
        let report = brute_force::run(settings).map_err(Failure::failed)?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "{} of the {} numbers that pass the eleven-test, one of them planted; one core.",
            grouped(report.space.into()),
            grouped(ALL_NUMBERS.into())
        ));
        let heading = [
            "level",
            "who holds",
            "and lacks",
            "tried",
            "found",
            "a second",
            "all numbers",
        ]
        .map(str::to_owned);
        let rows = report.attempts.iter().map(row);
        out::table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>());
        out::line(format_args!(
            "\nAt level A one key, which every partner holds, stands between whoever has the tokens or tags and a list of \
             children.\nAt level B a partner, the keyholder and the operator would have to work together. What level B \
             does not stop: who may\nask the keyholder can confirm suspected children, {} a day here, each counted and \
             logged there.",
            grouped(self.quota.into())
        ));
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged<'a> {
    lines: usize,
    right: usize,
    differ: usize,
    key_check: &'a str,
    reasons: BTreeMap<&'a str, usize>,
    verdicts: &'a [Verdict],
}

fn row(attempt: &Attempt) -> [String; 7] {
    let all = match attempt.all {
        Effort::Computing { seconds } => duration(seconds),
        Effort::Quota { days } => format!("{}, by the quota", duration(days * 86_400.0)),
        Effort::Never => "not at all: 2^256 keys".to_owned(),
    };
    [
        attempt.level.to_owned(),
        attempt.holds.to_owned(),
        attempt.lacks.unwrap_or("-").to_owned(),
        grouped(attempt.tried.into()),
        if attempt.found { "yes" } else { "no" }.to_owned(),
        grouped(attempt.per_second.round() as u64),
        all,
    ]
}

/// A duration as people say it, in the largest unit that fills it.
fn duration(seconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [
        (31_557_600.0, "years"),
        (86_400.0, "days"),
        (3_600.0, "hours"),
        (60.0, "minutes"),
    ];
    // Below two of a unit the next smaller one says more.
    let unit = UNITS.into_iter().find(|(unit, _)| seconds >= 2.0 * unit);
    let (unit, name) = unit.unwrap_or((1.0, "seconds"));
    format!("{:.1} {name}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_said_in_the_unit_that_fits() {
        assert_eq!(duration(71.0), "71.0 seconds");
        assert_eq!(duration(7_560.0), "2.1 hours");
        assert_eq!(duration(9_091.0 * 86_400.0), "24.9 years");
    }
}
