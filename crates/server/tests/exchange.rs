//! `trefpunt exchange` as an organisation without a system uses it: the built program, a demonstration with a keyholder, and
//! the commands of docs/EXCHANGE.md as they stand.
#![allow(clippy::unwrap_used, reason = "what a test needs and has not got ends it")]

mod stage;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use stage::{Running, program, read, start};

const DOCUMENT: &str = include_str!("../../../docs/EXCHANGE.md");

/// A demonstration whose second family was asked and has not answered.
struct World {
    _demo: Running,
    dir: tempfile::TempDir,
    api: String,
    codes: Vec<String>,
}

impl World {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("demo");
        let mut command = program(&[
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            data.to_str().unwrap(),
        ]);
        let (mut told, mut codes) = (false, Vec::new());
        let (demo, ()) = start(
            command.stdout(Stdio::piped()),
            |child| child.stdout.take().unwrap(),
            |line| {
                told |= line.contains("type the code of one of its two guardians");
                let word = line.trim();
                if told && codes.len() < 2 && word.len() == 19 && word.matches('-').count() == 3 {
                    codes.push(word.to_owned());
                }
                line.contains("verify-audit-log").then_some(())
            },
        );
        assert_eq!(codes.len(), 2);
        let credentials: Value = serde_json::from_str(&read(data.join("credentials.json"))).unwrap();
        Self {
            _demo: demo,
            api: credentials["apiUrl"].as_str().unwrap().to_owned(),
            dir,
            codes,
        }
    }

    fn partner(&self, name: &str) -> PathBuf {
        self.dir.path().join("demo/partners").join(name)
    }

    /// `trefpunt exchange ...` in the work directory; what is given on standard input.
    fn exchange(&self, who: &str, arguments: &[&str], input: &str) -> Output {
        use std::io::Write as _;
        let work = self.work();
        let mut command = program(&["exchange"]);
        let mut child = command
            .args(arguments)
            .args(["--dir", self.partner(who).to_str().unwrap()])
            .current_dir(work)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing may have ended by then.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn done(&self, who: &str, arguments: &[&str], input: &str) -> String {
        let output = self.exchange(who, arguments, input);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Its exit code and what it says.
    fn refused(&self, who: &str, arguments: &[&str], input: &str) -> (i32, String) {
        let output = self.exchange(who, arguments, input);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), told)
    }

    fn work(&self) -> PathBuf {
        let work = self.dir.path().join("work");
        std::fs::create_dir_all(&work).unwrap();
        work
    }

    /// A shell in the work directory, with the program on its path.
    fn shell(&self, script: &str, variables: &[(&str, &str)]) -> String {
        let programs = Path::new(env!("CARGO_BIN_EXE_trefpunt")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-eu", "-o", "pipefail", "-c", script])
            .current_dir(self.work())
            .env("PATH", path)
            .env_remove("RUST_LOG")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{script}\n{told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A guardian with a browser.
    fn guardian(&self, code: &str, path: &str, more: &str) {
        let script = r#"
            token() { curl -fsS -b cookies "$API$1" | tr -d '\n' | sed 's/.*action="'"${1//\//\\/}"'"[^>]*>[^>]*name="token" value="\([^"]*\)".*/\1/'; }
            if [ ! -s "key-$CODE" ]; then
                curl -fsS -o /dev/null -c cookies --data-urlencode "code=$CODE" "$API/portal/code"
                curl -fsS -o /dev/null -b cookies --data-urlencode "token=$(token /portal/pincode)" -d pincode=274951 -d pincode2=274951 "$API/portal/pincode"
                curl -fsS -b cookies "$API/portal/sleutel" | tr -d '\n' | sed 's/.*tp-large-code[^>]*>\([^<]*\)<.*/\1/' > "key-$CODE"
                curl -fsS -o /dev/null -b cookies --data-urlencode "token=$(token /portal/sleutel)" "$API/portal/sleutel"
            else
                curl -fsS -o /dev/null -c cookies --data-urlencode "sleutel=$(cat "key-$CODE")" -d pincode=274951 "$API/portal/terug"
            fi
            FORM=$(curl -fsS -b cookies "$API$SHOWN" | tr -d '\n' | sed 's/.*action="'"${ACTION//\//\\/}"'"//')
            TOKEN=$(printf '%s' "$FORM" | sed 's/[^>]*>[^>]*name="token" value="\([^"]*\)".*/\1/')
            ASKED=$(printf '%s' "$FORM" | sed 's/.*name="vraag" value="\([^"]*\)".*/\1/')
            curl -fsS -o /dev/null -b cookies --data-urlencode "token=$TOKEN" --data-urlencode "vraag=$ASKED" -d taal=nl $MORE "$API$ACTION"
            rm cookies
        "#;
        let shown = if path == "/portal/besluit" {
            "/portal/verzoek"
        } else {
            path
        };
        self.shell(
            script,
            &[
                ("CODE", code),
                ("API", &self.api),
                ("SHOWN", shown),
                ("ACTION", path),
                ("MORE", more),
            ],
        );
    }

    fn all_agree(&self) {
        for code in &self.codes {
            self.guardian(code, "/portal/besluit", "--data keuze=ja");
        }
    }

    /// The match that the family was asked about: the only one that is not over.
    fn open_match(&self) -> String {
        let list: Vec<Value> =
            serde_json::from_str(&self.done("de-vlinder", &["list", "--json"], "")).unwrap();
        let open = list.iter().find(|found| found["open"] == true).unwrap();
        open["match"].as_str().unwrap().to_owned()
    }
}

/// The commands of the document, one script.
fn commands() -> String {
    let mut script = String::new();
    let mut inside = false;
    for line in DOCUMENT.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    assert!(script.matches("trefpunt exchange").count() >= 7, "{script}");
    script
}

#[test]
fn two_organisations_without_a_system_exchange_by_the_document() {
    let world = World::start();
    let list = world.done("de-vlinder", &["list"], "");
    assert!(list.contains("closed"), "{list}");
    world.all_agree();
    let id = world.open_match();
    let (vlinder, jgz) = ("de-vlinder", "jgz-waterland-noord");

    // The other one has sent a message and a document.
    std::fs::write(world.work().join("groei.csv"), vec![b'x'; 1_200_000]).unwrap();
    let sent = world.done(
        jgz,
        &["send", "--match", &id, "--json"],
        "Dag\u{1b}[2J, hier de gegevens.",
    );
    let sent: Value = serde_json::from_str(&sent).unwrap();
    world.done(jgz, &["send", "--match", &id, "--file", "groei.csv"], "");

    std::fs::write(world.work().join("verslag.pdf"), vec![7; 2_000_000]).unwrap();
    std::os::unix::fs::symlink(world.partner(vlinder), world.work().join("de-vlinder")).unwrap();
    let message = sent["messageId"].as_str().unwrap();
    let told = world.shell(&commands(), &[("MATCH", &id), ("MESSAGE", message)]);
    assert!(told.contains("Dag\u{fffd}[2J, hier de gegevens."), "{told}");
    assert_eq!(
        std::fs::metadata(world.work().join("received/groei.csv"))
            .unwrap()
            .len(),
        1_200_000
    );

    // What the document's commands sent arrives at the other one, which keeps and acknowledges it.
    let fetched = world.done(
        jgz,
        &["fetch", "--match", &id, "--into", "in", "--acknowledge", "--json"],
        "",
    );
    let fetched: Vec<Value> = fetched
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(fetched[0]["text"], "Zullen we donderdag om 10 uur bellen?\n");
    assert_eq!(fetched[1]["mediaType"], "application/pdf");
    let saved = std::fs::read(world.work().join("in/verslag.pdf")).unwrap();
    assert!(saved == vec![7; 2_000_000]);
    assert!(
        fetched.iter().all(|one| one["acknowledgedAt"].is_string()),
        "{fetched:?}"
    );
    let listed = world.done(vlinder, &["list", "--match", &id], "");
    assert!(
        listed.contains("acknowledged") && listed.contains("to JGZ Waterland-Noord"),
        "{listed}"
    );

    // Both read the same fingerprints to each other.
    let shown = |who: &str| -> Vec<Value> {
        serde_json::from_str(&world.done(who, &["fingerprint", "--match", &id, "--json"], "")).unwrap()
    };
    let (here, there) = (shown(vlinder), shown(jgz));
    assert_eq!(
        (&here[0]["fingerprint"], &here[1]["fingerprint"]),
        (&there[1]["fingerprint"], &there[0]["fingerprint"])
    );
    assert_eq!(here[1]["here"], "known");

    another_key_is_refused(&world, &id, here[1]["fingerprint"].as_str().unwrap());
    a_document_never_takes_another_s_place(&world, &id);
    who_does_not_answer_is_told(&world, &id);

    // The family takes it back; what waits is not to be had any more.
    let sent = world.done(jgz, &["send", "--match", &id, "--json"], "Nog iets.");
    let sent: Value = serde_json::from_str(&sent).unwrap();
    let waiting = sent["messageId"].as_str().unwrap();
    world.guardian(&world.codes[1], "/portal/intrekken", "");
    let (exit, told) = world.refused(vlinder, &["send", "--match", &id], "te laat");
    assert_eq!(exit, 1, "{told}");
    let (exit, told) = world.refused(vlinder, &["fetch", "--match", &id, waiting], "");
    assert!(exit == 1 && told.contains("Veilig Thuis: 0800-2000"), "{told}");
    let outbox = std::fs::read_dir(world.partner(vlinder).join("outbox")).unwrap();
    assert_eq!(outbox.count(), 0, "what was refused is not kept to be sent");
}

/// As if the service told another key than the first time.
fn another_key_is_refused(world: &World, id: &str, fingerprint: &str) {
    let file = world.partner("de-vlinder").join("known-keys.json");
    let known = read(&file);
    let mut other: Value = serde_json::from_str(&known).unwrap();
    for keys in other.as_object_mut().unwrap().values_mut() {
        *keys = serde_json::json!([protocol::Base64Url([7; 32]).to_string()]);
    }
    std::fs::write(&file, other.to_string()).unwrap();
    let send = |more: &[&str]| {
        let arguments = [&["send", "--match", id], more].concat();
        world.refused("de-vlinder", &arguments, "Dag.")
    };
    let (exit, told) = send(&[]);
    assert!(
        exit == 1 && told.contains(&format!("--accept-key \"{fingerprint}\"")),
        "{told}"
    );
    let (exit, told) = send(&["--accept-key", "00000 00000 00000 00000 00000 00000"]);
    assert_eq!(exit, 1, "{told}");
    let (exit, told) = send(&["--accept-key", fingerprint]);
    assert_eq!(exit, 0, "{told}");
    let (exit, told) = send(&[]);
    assert_eq!(exit, 0, "{told}");
    let (exit, _) = send(&["--accept-key", "12345"]);
    assert_eq!(exit, 2);
}

fn a_document_never_takes_another_s_place(world: &World, id: &str) {
    let into = ["--into", "same"];
    for content in ["een", "twee"] {
        std::fs::write(world.work().join("brief.txt"), content).unwrap();
        world.done("de-vlinder", &["send", "--match", id, "--file", "brief.txt"], "");
    }
    world.done(
        "jgz-waterland-noord",
        &[&["fetch", "--match", id], &into[..]].concat(),
        "",
    );
    let names = ["same/brief.txt", "same/brief (2).txt"];
    let mut contents = names.map(|name| read(world.work().join(name)));
    contents.sort();
    assert_eq!(contents, ["een", "twee"]);
}

fn who_does_not_answer_is_told(world: &World, id: &str) {
    let file = world.partner("de-vlinder").join("partner.json");
    let partner = read(&file);
    let mut gone: Value = serde_json::from_str(&partner).unwrap();
    gone["keyholder"]["url"] = "http://127.0.0.1:1".into();
    gone["keyholder"]["tokenUrl"] = "http://127.0.0.1:1/oauth/token".into();
    std::fs::write(&file, gone.to_string()).unwrap();
    let (exit, told) = world.refused("de-vlinder", &["send", "--match", id], "Dag.");
    assert!(
        exit == 3 && told.contains("the keyholder does not answer"),
        "{told}"
    );

    // Without the keyholder in its settings it is refused as well, by the service: there is no way around.
    gone.as_object_mut().unwrap().remove("keyholder");
    std::fs::write(&file, gone.to_string()).unwrap();
    let (exit, told) = world.refused("de-vlinder", &["send", "--match", id], "Dag.");
    assert_eq!(exit, 1, "{told}");
    std::fs::write(&file, partner).unwrap();
}

#[test]
fn what_cannot_be_meant_is_told_before_anything_is_done() {
    let dir = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (vec!["list"], "--dir"),
        (
            vec!["list", "--dir", dir.path().to_str().unwrap()],
            "partner.json",
        ),
        (vec!["send", "--dir", "x"], "--match"),
        (
            vec![
                "send",
                "--dir",
                "x",
                "--resume",
                "--match",
                "h5Yz0cVbTtqN1rXk2mPvQA",
            ],
            "cannot be used",
        ),
        (vec!["fetch", "--dir", "x", "--match", "short"], "--match"),
        (vec!["list", "--credentials", "x"], "--name"),
    ] {
        let output = program(&["exchange"])
            .env_remove("TREFPUNT_PARTNER")
            .args(&arguments)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}
