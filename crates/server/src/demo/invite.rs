//! After the story: a request that waits for its family, and commands that work as they stand.

use std::path::{Path, PathBuf};

use identifiers::{NetworkSecret, key_check};
use protocol::consent::ConsentRequest;

use super::act::{Players, code};
use super::script::{Child, Part, Script};
use super::{DemoError, Stage};
use crate::data_directory::FIRST_EPOCH;
use crate::files;

const LIVE: Part = Part::Live;

/// A number from the range for tests that no story reaches.
const ANOTHER_CHILD: &str = "999999990";

/// Leads a second case to where the family is asked, without telling.
pub(super) async fn prepare(players: &mut Players) -> Result<ConsentRequest, DemoError> {
    players.tidy(LIVE).await?;
    for by in [0, 1] {
        players.signal(LIVE, by).await?;
    }
    let met = players.meet(LIVE).await?;
    for by in [0, 1] {
        players.acknowledge(LIVE, by, &met).await?;
        players.confirm_contact(LIVE, by, met.match_id).await?;
    }
    let request = players.ask_consent(LIVE, met.match_id).await?;
    players.script.prepared()?;
    Ok(request)
}

/// Prepares the case and tells what can be done now.
pub(super) async fn invite(stage: &Stage) -> Result<(), DemoError> {
    let script = Script::again(&stage.directory.path().join("story.json"))?;
    let number = script.number();
    let mut players = Players::new(stage, script)?;
    let request = prepare(&mut players).await?;
    let say = |text: &str| stage.teller.note(text);

    say("");
    say(&format!(
        "The service keeps running at {}. Stop it with Ctrl-C.",
        stage.credentials.api_url
    ));
    say("");
    say("Be a guardian: another family was asked and has not answered. Open");
    say(&format!("  {}", stage.credentials.portal_url));
    say("and type the code of one of its two guardians:");
    for guardian in [0, 1] {
        say(&format!("  {}", code(&request, guardian)?));
    }
    say("");
    say("Be a partner: these commands work as they stand.");
    say("");
    for line in commands(stage, players.script.child(LIVE))? {
        say(&format!("  {line}"));
    }
    if let Some(keyholder) = &stage.keyholder {
        let (program, settings) = (quoted(&program("trefpunt")), quoted(&keyholder.settings()));
        say("");
        say("Be the keyholder's operator: see how much was evaluated for whom today, and nothing of what.");
        say("");
        say(&format!("  {program} keyholder quota show --config {settings}"));
    }
    say("");
    say("Be the supervisor: verify the export of this story.");
    say("");
    say(&format!("  {}", verification(stage, number)));
    Ok(())
}

/// Commands for a shell.
fn commands(stage: &Stage, child: &Child) -> Result<Vec<String>, DemoError> {
    let credentials = &stage.credentials;
    let program = quoted(&program("trefpunt"));
    let file = quoted(&stage.directory.path().join("credentials.json"));
    let key_file = &credentials.network_key_file;
    let secret = NetworkSecret::parse_key_file(&files::read(key_file)?)
        .map_err(|_| DemoError::Unexpected("the network key file does not hold a key"))?;
    let check = key_check(&secret, FIRST_EPOCH);
    let name = credentials
        .organisations
        .first()
        .map_or("", |organisation| organisation.name.as_str());
    let api = &credentials.api_url;
    Ok(vec![
        format!("TOKEN=$({program} organisation access-token --credentials {file} --name '{name}')"),
        format!("curl -fsS -H \"Authorization: Bearer $TOKEN\" {api}/v1/notices"),
        format!("curl -fsS -H \"Authorization: Bearer $TOKEN\" {api}/v1/matches"),
        format!(
            "T=$(echo {ANOTHER_CHILD} | {program} token --network-key-file {} --epoch {FIRST_EPOCH} --kind bsn -)",
            quoted(key_file)
        ),
        format!(
            "curl -fsS -H \"Authorization: Bearer $TOKEN\" -H \"Idempotency-Key: $(date +%s%N)\" -H 'Content-Type: \
             application/json' -d '{{\"tokens\":[{{\"suite\":1,\"netEpoch\":{FIRST_EPOCH},\"kind\":\"bsn\",\
             \"keyCheck\":\"{check}\",\"token\":\"'$T'\"}}],\"professional\":{{\"reference\":\"a.devries\"}},\
             \"plannedEnd\":\"{}\",\"destroyBy\":\"{}\",\"ground\":\"development-at-risk\"}}' \
             {api}/v1/signals",
            child.planned_end, child.destroy_by,
        ),
        format!("curl -fsS {api}/v1/openapi.json"),
    ])
}

/// The verifier beside this program, else the way to build it.
fn verification(stage: &Stage, number: u32) -> String {
    let verifier = program("verify-audit-log");
    let verifier = if verifier.exists() {
        quoted(&verifier)
    } else {
        "cargo run -q -p audit-log --bin verify-audit-log --".to_owned()
    };
    let bundle = stage.directory.path().join(format!("export-{number}.tar"));
    format!(
        "{verifier} {} --policy {}",
        quoted(&bundle),
        quoted(&stage.credentials.audit_policy_file)
    )
}

/// A program in the directory of this one.
fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from(name));
    if name == "trefpunt" {
        own
    } else {
        own.with_file_name(name)
    }
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte));
    if plain {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_child_could_be_one() {
        assert!(identifiers::Bsn::parse(ANOTHER_CHILD).is_ok());
    }

    #[test]
    fn a_shell_reads_a_path_as_one_word() {
        assert_eq!(quoted(Path::new("/a/b-1")), "/a/b-1");
        assert_eq!(quoted(Path::new("/a b/c'd")), "'/a b/c'\\''d'");
    }
}
