//! The processing log, in the form of the standard Logboek Dataverwerkingen: one line for each event, written by the
//! transaction that the event tells of, kept here until it is on disk. Nothing is sampled.
//!
//! Fields: <https://logius-standaarden.github.io/logboek-dataverwerkingen/>, section 3.2. The data subject is named by the
//! random tag of the record in the audit log, never by an identifier.

use domain::event::{Event, Record};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::trace::Trace;
use crate::work::{Log, Role, RowExt, Tx, hex};

statements! {
    Party INSERT_PROCESSING_LINES = "
        INSERT INTO processing_line (event_id, line)
        SELECT * FROM unnest($1::uuid[] /* events */, $2::text[] /* lines */)";
    Log PROCESSING_PLACE = "
        SELECT bytes FROM processing_place";
    Log PROCESSING_LINES = "
        SELECT arrival, line FROM processing_line ORDER BY arrival LIMIT $1 /* limit */";
    // By the ends of the queue: counting the rows would read them all.
    Log PROCESSING_WAITING = "
        SELECT coalesce(max(arrival) - min(arrival) + 1, 0) AS waiting FROM processing_line";
    Log DELETE_PROCESSING_LINES = "
        DELETE FROM processing_line WHERE arrival = ANY ($1::bigint[] /* arrivals */)";
    Log MOVE_PROCESSING_PLACE = "
        UPDATE processing_place SET bytes = $1 /* bytes */";
}

/// How lines are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessingLog {
    /// The register of processing activities: an absolute URI, to which the name of the activity is appended.
    pub register: String,
    /// The name of this installation.
    pub system: String,
}

/// A line that is not on disk yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessingRow {
    /// Its place in the queue.
    pub arrival: i64,
    /// Its text, without line feed.
    pub line: String,
}

impl<R: Role> Tx<'_, R> {
    /// Writes the lines of these events into this transaction, when a processing log is kept.
    pub(crate) async fn note_processing(
        &self,
        events: &[Event],
        ids: &[Uuid],
        traces: &[Option<Trace>],
    ) -> Result<(), StoreError> {
        let Some(log) = self.store().processing_log() else {
            return Ok(());
        };
        if events.is_empty() {
            return Ok(());
        }
        // What no request brought a trace for has one of its own in this transaction.
        let made: [u8; 16] = self.store().random();
        let lines: Vec<String> = events
            .iter()
            .zip(ids)
            .zip(traces)
            .map(|((event, id), trace)| {
                let trace_id = trace.map_or(made, |trace| trace.trace_id());
                let foreign = trace.map(|trace| trace.parent_id());
                log.line(&event.record(), *id, trace_id, foreign, self.now())
            })
            .collect();
        self.change_exactly(&INSERT_PROCESSING_LINES, lines.len(), &[&ids, &lines])
            .await
    }
}

impl ProcessingLog {
    /// One line. The action's id is the second half of the event's id (the first is its time), so that the line leads to the
    /// leaf.
    fn line(
        &self,
        record: &Record,
        event: Uuid,
        trace_id: [u8; 16],
        foreign: Option<[u8; 8]>,
        at: Timestamp,
    ) -> String {
        let at = at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        let mut attributes = Map::from_iter([
            (
                "dpl.core.processing_activity_id".to_owned(),
                json!(format!("{}{}", self.register, activity(record.name))),
            ),
            (
                "dpl.core.data_subject_id".to_owned(),
                json!(record.subject.to_string()),
            ),
            (
                "dpl.core.data_subject_id_type".to_owned(),
                json!("urn:trefpunt:record-tag"),
            ),
        ]);
        if let Some(span_id) = foreign {
            attributes.insert(
                "dpl.core.foreign_operation.span_id".to_owned(),
                json!(hex(&span_id)),
            );
            if let Some(organisation) = record.organisation {
                let processor = format!("urn:trefpunt:organisation:{}", Uuid::from_bytes(organisation));
                attributes.insert(
                    "dpl.core.foreign_operation.processor".to_owned(),
                    json!(processor),
                );
            }
        }
        json!({
            "trace_id": hex(&trace_id),
            "span_id": hex(&event.as_bytes()[8..]),
            "status": "Ok",
            "name": record.name,
            "start_time": at,
            "end_time": at,
            "resource": {"attributes": {"name": "trefpunt", "installation": self.system}},
            "attributes": Value::Object(attributes),
        })
        .to_string()
    }
}

/// The entry in the register of processing activities to which an event belongs.
fn activity(event: &str) -> &'static str {
    match event.split_once('.').map_or(event, |(noun, _)| noun) {
        "signal" | "subject" => "signalling",
        "match" | "notice" => "matching",
        "consent" => "consent",
        "content" => "exchange",
        "letter" | "objection" | "access" | "erasure" | "rights_request" => "rights",
        "audit" | "opening" | "contact" => "accountability",
        _ => "administration",
    }
}

impl Tx<'_, Log> {
    /// Up to where the file is known to hold lines whose rows are gone, in bytes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn processing_place(&self) -> Result<u64, StoreError> {
        let bytes: i64 = self.one(&PROCESSING_PLACE, &[]).await?.value("bytes")?;
        u64::try_from(bytes).map_err(|_| StoreError::Column { column: "bytes" })
    }

    /// The oldest lines that are not on disk yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn processing_lines(&self, limit: i64) -> Result<Vec<ProcessingRow>, StoreError> {
        let rows = self.rows(&PROCESSING_LINES, &[&limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(ProcessingRow {
                    arrival: row.value("arrival")?,
                    line: row.value("line")?,
                })
            })
            .collect()
    }

    /// How many lines wait, at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn processing_waiting(&self) -> Result<i64, StoreError> {
        self.one(&PROCESSING_WAITING, &[]).await?.value("waiting")
    }

    /// Acknowledges that these lines are on disk in a file of that length.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn processing_written(&self, arrivals: &[i64], bytes: u64) -> Result<(), StoreError> {
        let bytes = i64::try_from(bytes).map_err(|_| StoreError::Column { column: "bytes" })?;
        self.change_exactly(&DELETE_PROCESSING_LINES, arrivals.len(), &[&arrivals])
            .await?;
        self.change_exactly(&MOVE_PROCESSING_PLACE, 1, &[&bytes]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_fields_of_the_standard() {
        let log = ProcessingLog {
            register: "https://register.example/trefpunt/".to_owned(),
            system: "voorbeeld".to_owned(),
        };
        let event = Event::MatchViewed {
            match_case: 5,
            organisation: [7; 16],
        };
        let id = Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10);
        let at = "2027-03-01T09:00:00.123456Z".parse().unwrap();
        let line: Value =
            serde_json::from_str(&log.line(&event.record(), id, [9; 16], Some([3; 8]), at)).unwrap();
        assert_eq!(line["trace_id"], "09".repeat(16));
        assert_eq!(line["span_id"], "090a0b0c0d0e0f10");
        assert_eq!(line["name"], "match.viewed");
        assert_eq!(line["start_time"], "2027-03-01T09:00:00.123Z");
        let attributes = &line["attributes"];
        assert_eq!(
            attributes["dpl.core.processing_activity_id"],
            "https://register.example/trefpunt/matching"
        );
        assert_eq!(attributes["dpl.core.data_subject_id"], format!("m_{:032x}", 5));
        assert_eq!(attributes["dpl.core.foreign_operation.span_id"], "03".repeat(8));
        let made = log.line(&event.record(), id, [9; 16], None, at);
        assert!(!made.contains("foreign_operation") && !made.contains('\n'));
    }

    #[test]
    fn each_event_belongs_to_a_named_activity() {
        for event in Event::NAMES {
            assert!(!activity(event).is_empty());
        }
        assert_eq!(activity("content.read"), "exchange");
        assert_eq!(activity("covenant.changed"), "administration");
    }
}
