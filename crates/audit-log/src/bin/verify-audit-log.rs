//! `verify-audit-log BUNDLE --policy FILE [--prev FILE] [--receipts DIR] [--json] [--lang en|nl]`: the program a
//! supervisor runs at home. It reads the files named and writes a report; it opens no network connection.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use audit_log::note::MAX_NOTE_BYTES;
use audit_log::policy::{MAX_POLICY_BYTES, Policy};
use audit_log::receipt::MAX_RECEIPT_BYTES;
use audit_log::verify::{Language, Report, Verdict, Verification, checkpoint_of};

/// The most receipts in one run, so that memory stays small.
const MAX_RECEIPTS: usize = 10_000;

const USAGE: &str = "\
usage: verify-audit-log BUNDLE --policy FILE [--prev FILE] [--receipts DIR]
                        [--json] [--lang en|nl]

  BUNDLE          the export, a .tar file
  --policy FILE   the log's public key, as you were given it (C2SP tlog-policy),
                  and the witnesses you ask for
  --prev FILE     the export before this one, or a checkpoint you kept
  --receipts DIR  a directory of receipts, one a file
  --json          one JSON object instead of text
  --lang en|nl    the language of the report

exit: 0 in order, 1 tampered, 2 malformed or unreadable, 3 key or witnesses not
      trusted, 4 cut or rewritten since --prev, 5 rules broken, 6 an entry that
      a receipt promises is missing
";

fn main() -> ExitCode {
    match Arguments::parse(std::env::args_os().skip(1).collect()) {
        Ok(Asked::Help) => {
            let _ = io::stdout().write_all(USAGE.as_bytes());
            ExitCode::SUCCESS
        }
        Ok(Asked::Version) => {
            let _ = writeln!(io::stdout(), "verify-audit-log {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(Asked::Verify(arguments)) => match run(&arguments) {
            Ok(report) => show(&report, &arguments),
            Err(message) => fail(&message),
        },
        Err(message) => fail(&format!("{message}\n{USAGE}")),
    }
}

fn run(arguments: &Arguments) -> Result<Report, String> {
    let policy = small(&arguments.policy, MAX_POLICY_BYTES)?;
    let policy = Policy::parse(&policy).map_err(|error| error.to_string())?;
    let mut verification = Verification::new(&policy);
    if let Some(directory) = &arguments.receipts {
        verification = verification.receipts(receipts(directory)?);
    }
    let mut export;
    if let Some(path) = &arguments.previous {
        let unreadable = |error| format!("{}: {error}", path.display());
        export = BufReader::new(File::open(path).map_err(unreadable)?);
        verification = match checkpoint_of(&mut export).map_err(unreadable)? {
            Some(_) => verification.earlier_export(&mut export),
            None => verification.earlier(small(path, MAX_NOTE_BYTES)?),
        };
    }
    let unreadable = |error| format!("{}: {error}", arguments.bundle.display());
    let mut bundle = File::open(&arguments.bundle).map_err(unreadable)?;
    verification.run(&mut bundle).map_err(unreadable)
}

/// The receipts in a directory, by name. What is not a file, or begins with a dot, is passed over.
fn receipts(directory: &Path) -> Result<Vec<(String, String)>, String> {
    let unreadable = |error: io::Error| format!("{}: {error}", directory.display());
    let mut receipts = Vec::new();
    for file in std::fs::read_dir(directory).map_err(unreadable)? {
        let file = file.map_err(unreadable)?;
        let name = file.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || !file.file_type().map_err(unreadable)?.is_file() {
            continue;
        }
        if receipts.len() == MAX_RECEIPTS {
            return Err(format!(
                "{}: more than {MAX_RECEIPTS} receipts",
                directory.display()
            ));
        }
        // What is not text is no receipt, and will be reported as one that cannot be read.
        let text = String::from_utf8(small(&file.path(), MAX_RECEIPT_BYTES + 1)?).unwrap_or_default();
        receipts.push((name, text));
    }
    receipts.sort_unstable();
    Ok(receipts)
}

/// A file that must be small: one byte more than `most` is read, so that the reader of its contents can refuse it.
fn small(path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let unreadable = |error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

fn show(report: &Report, arguments: &Arguments) -> ExitCode {
    let text = if arguments.json {
        format!("{}\n", report.to_json())
    } else {
        report.to_text(arguments.language)
    };
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::from(report.verdict().exit_code()),
        Err(error) => fail(&format!("the report could not be written: {error}")),
    }
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "verify-audit-log: {message}");
    ExitCode::from(Verdict::Malformed.exit_code())
}

enum Asked {
    Help,
    Version,
    Verify(Arguments),
}

struct Arguments {
    bundle: PathBuf,
    policy: PathBuf,
    previous: Option<PathBuf>,
    receipts: Option<PathBuf>,
    json: bool,
    language: Language,
}

impl Arguments {
    fn parse(words: Vec<std::ffi::OsString>) -> Result<Asked, &'static str> {
        let (mut bundle, mut policy, mut previous, mut receipts) = (None, None, None, None);
        let (mut json, mut language) = (false, Language::default());
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let place = match word.to_str() {
                Some("--help" | "-h") => return Ok(Asked::Help),
                Some("--version" | "-V") => return Ok(Asked::Version),
                Some("--json") => {
                    json = true;
                    continue;
                }
                Some("--lang") => {
                    language = match words.next().as_deref().and_then(std::ffi::OsStr::to_str) {
                        Some("en") => Language::English,
                        Some("nl") => Language::Dutch,
                        _ => return Err("--lang is en or nl"),
                    };
                    continue;
                }
                Some("--policy") => &mut policy,
                Some("--prev") => &mut previous,
                Some("--receipts") => &mut receipts,
                Some(option) if option.starts_with("--") => {
                    return Err("an option this program does not have");
                }
                _ => {
                    if bundle.replace(PathBuf::from(word)).is_some() {
                        return Err("more than one bundle");
                    }
                    continue;
                }
            };
            let value = words.next().ok_or("an option without its file")?;
            if place.replace(PathBuf::from(value)).is_some() {
                return Err("the same option twice");
            }
        }
        let bundle = bundle.ok_or("which bundle?")?;
        let policy = policy.ok_or("--policy is needed: whom do you trust?")?;
        Ok(Asked::Verify(Self {
            bundle,
            policy,
            previous,
            receipts,
            json,
            language,
        }))
    }
}
