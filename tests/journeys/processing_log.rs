//! The processing log (Logboek Dataverwerkingen): one line for each action, once, whatever stops in between.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use casework::{Casework, ProcessingFile, ProcessingLog};
use serde_json::Value;
use tests::{Http, Method, Region, Sector, Settings, child, events};

struct Kept {
    directory: PathBuf,
    file: ProcessingFile,
}

impl Kept {
    fn new(name: &str) -> Self {
        let directory =
            std::env::temp_dir().join(format!("trefpunt-processing-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&directory).ok();
        std::fs::create_dir_all(&directory).unwrap();
        let file = ProcessingFile(directory.join("verwerkingen.jsonl"));
        Self { directory, file }
    }

    fn keep(&self, casework: &Casework) {
        let log = ProcessingLog {
            register: "https://register.example/verwerkingen/".to_owned(),
            system: "testland".to_owned(),
        };
        casework.keep_processing_log(log, self.file.clone());
    }

    /// Writes until nothing waits.
    async fn write(&self, casework: &Casework) {
        while casework.write_processing_log(&self.file).await.unwrap() > 0 {}
    }

    fn lines(&self) -> Vec<Value> {
        lines(&self.file.0)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.directory).ok();
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn counts(lines: &[Value]) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for line in lines {
        *counts
            .entry(line["name"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_action_has_its_line_once_through_crashes() {
    let region = Region::with(Settings::default()).await;
    let before = events(&region).await;
    let kept = Kept::new("once");
    kept.keep(&region.casework);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    region.quiet().await;
    kept.write(&region.casework).await;

    // The program stops after the lines are on disk and before the database knows: the same rows are there again. Then the
    // machine stops in the middle of a line.
    let client = region.database.superuser().await;
    let place: i64 = client
        .query_one("SELECT bytes FROM processing_place", &[])
        .await
        .unwrap()
        .get(0);
    let match_id = school.is_told_of_a_match().await;
    school.sees(match_id).await;
    client
        .batch_execute("CREATE TABLE kept_back AS SELECT event_id, line FROM processing_line")
        .await
        .unwrap();
    kept.write(&region.casework).await;
    client
        .batch_execute(&format!(
            "INSERT INTO processing_line (event_id, line) SELECT * FROM kept_back;
             UPDATE processing_place SET bytes = {place}; DROP TABLE kept_back"
        ))
        .await
        .unwrap();
    let mut text = std::fs::read(&kept.file.0).unwrap();
    text.extend_from_slice(b"{\"attributes\":{\"cut");
    std::fs::write(&kept.file.0, text).unwrap();
    help.sees(match_id).await;

    // Another program takes over, and both write at once.
    let other = region.second_instance();
    kept.keep(&other.casework);
    tokio::join!(kept.write(&region.casework), kept.write(&other.casework));
    kept.write(&region.casework).await;

    let lines = kept.lines();
    let mut happened = events(&region).await;
    for (event, count) in before {
        *happened.get_mut(&event).unwrap() -= count;
    }
    happened.retain(|_, count| *count > 0);
    assert_eq!(counts(&lines), happened);
    let spans: BTreeSet<&str> = lines
        .iter()
        .map(|line| line["span_id"].as_str().unwrap())
        .collect();
    assert_eq!(spans.len(), lines.len(), "an action has two lines");
    assert_eq!(region.count("SELECT count(*) FROM processing_line").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_names_the_trace_of_the_caller_and_no_identifier() {
    let region = Region::start().await;
    let kept = Kept::new("trace");
    kept.keep(&region.casework);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    kept.write(&region.casework).await;
    let already = kept.lines().len();

    let http = Http::new(&region.url);
    let bearer = school.bearer().await;
    let path = format!("/v1/matches/{match_id}");
    let read = async |traceparent: &str| {
        let headers = [("authorization", bearer.as_str()), ("traceparent", traceparent)];
        let answer = http.send(Method::GET, &path, &headers, None).await;
        assert_eq!(answer.status, 200, "a traceparent never spoils a request");
    };
    read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").await;
    read("00-00000000000000000000000000000000-b7ad6b7169203331-01").await;
    read("nonsense").await;
    kept.write(&region.casework).await;
    let lines = &kept.lines()[already..];
    assert_eq!(lines.len(), 3);
    let foreign = "dpl.core.foreign_operation.span_id";
    assert_eq!(lines[0]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(lines[0]["attributes"][foreign], "b7ad6b7169203331");
    for line in &lines[1..] {
        assert_eq!(line["attributes"].get(foreign), None);
        assert_ne!(line["trace_id"], lines[0]["trace_id"]);
        assert_ne!(line["trace_id"], "0".repeat(32));
    }
    // Signals of several requests share a transaction; each keeps its own trace.
    let signal = school.signal_body(&child(2));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "traced-signal-1"),
        (
            "traceparent",
            "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01",
        ),
    ];
    let answer = http
        .send(Method::POST, "/v1/signals", &headers, Some(signal.as_bytes()))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    kept.write(&region.casework).await;
    let lines = kept.lines();
    let given = lines
        .iter()
        .rfind(|line| line["name"] == "signal.submitted")
        .unwrap();
    assert_eq!(given["trace_id"], "1af7651916cd43dd8448eb211c80319c");
    assert_eq!(given["attributes"][foreign], "c7ad6b7169203331");
    for line in lines {
        assert_eq!(line["trace_id"].as_str().unwrap().len(), 32);
        assert_eq!(line["span_id"].as_str().unwrap().len(), 16);
        assert_eq!(line["status"], "Ok");
        let subject = line["attributes"]["dpl.core.data_subject_id"].as_str().unwrap();
        assert_eq!(subject.len(), 34, "a tag of the log and nothing else: {subject}");
        let activity = line["attributes"]["dpl.core.processing_activity_id"]
            .as_str()
            .unwrap();
        assert!(activity.starts_with("https://register.example/verwerkingen/"));
        // The leaf of the same event ends with the same half of its id.
        let leaf = format!(
            "SELECT count(*) FROM (SELECT event_id FROM audit.leaf UNION ALL SELECT event_id FROM audit.pending) AS l
              WHERE replace(event_id::text, '-', '') LIKE '%{}'",
            line["span_id"].as_str().unwrap()
        );
        assert_eq!(region.count(&leaf).await, 1);
    }
    let text = std::fs::read_to_string(&kept.file.0).unwrap();
    assert!(!text.contains(&school.reference) && !text.contains(&protocol::text::encode(child(1).token())));
}

/// A region that keeps none has none: nothing waits for a file that will never be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_file_no_line_is_kept() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&child(1)).await;
    assert_eq!(region.count("SELECT count(*) FROM processing_line").await, 0);
}
