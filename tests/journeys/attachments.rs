//! Attachments as the service sees them: announced, sent in parts, read part by part while consent stands, acknowledged.

use std::collections::BTreeSet;

use protocol::consent::AgeBand;
use protocol::exchange::{ContentClosedBecause, MAX_PART_BYTES, MAX_SEALED_BYTES};

use protocol::notice::NoticeKind;
use protocol::page::PageQuery;
use tests::{Answer, Http, Method, Parcel, Region, Settings, assert_sound, eventually};
use web::LimitSettings;

use crate::Met;

/// Two that may exchange, and an attachment from the first to the second that was not announced.
async fn parcel(met: &Met, number: u8, sealed_bytes: u64) -> Parcel {
    let (request, _) = met.open().await;
    let record = met.childcare.has_record(met.match_id, request.id).await.hash;
    let parties = (&met.childcare, &met.health);
    Parcel::of(&met.region, parties, met.match_id, record, (number, sealed_bytes)).await
}

async fn parts_stored(region: &Region) -> i64 {
    region.count("SELECT count(*) FROM message_part").await
}

fn state(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["state"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attachment_is_announced_arrives_in_parts_is_fetched_and_is_gone_once_acknowledged() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let parcel = parcel(&met, 1, 2 * MAX_PART_BYTES + 17).await;
    let before = met.health.inbox().await.len();

    let announced = parcel.announced("announced-1").await;
    assert_eq!(announced.status, 201, "{announced:?}");
    let json = announced.json();
    assert_eq!((&json["state"], &json["parts"]), (&"arriving".into(), &3.into()));
    assert!(json["received"].as_array().unwrap().is_empty());
    // The same again is the same; the id with other content is taken.
    assert_eq!(parcel.announced("announced-1").await.body, announced.body);
    assert_eq!(parcel.announced("announced-2").await.slug(), "message-exists");
    // Until it is whole nobody else sees it.
    assert_eq!(parcel.seen_by_recipient().await.status, 404);
    assert_eq!(parcel.fetched(0).await.status, 404);

    assert_eq!(state(&parcel.sent(2).await), "arriving");
    assert_eq!(state(&parcel.sent(0).await), "arriving");
    let seen = parcel.seen_by_sender().await.json();
    assert_eq!(seen["received"], serde_json::json!([0, 2]));
    // A part again stays as it is; other bytes for it do not come in its place.
    assert_eq!(state(&parcel.sent(2).await), "arriving");
    assert_eq!(parcel.sent_with(2, &[9; 17]).await.slug(), "part-differs");
    assert_eq!(parcel.acknowledged("too-early").await.status, 404);
    assert_eq!(met.health.inbox().await.len(), before);
    let whole = parcel.sent(1).await;
    assert_eq!(state(&whole), "waiting");
    assert!(whole.header("trefpunt-receipt").is_some());
    assert_eq!(state(&parcel.sent(1).await), "waiting");
    assert_eq!(
        parcel.sent_with(1, &parcel.content(0)).await.slug(),
        "part-differs"
    );
    let told = met.health.inbox().await;
    assert_eq!(told.len(), before + 1);
    assert_eq!(told.last().unwrap().kind, NoticeKind::MessageWaiting);

    // What it sealed, the sender cannot open, and it does not get it.
    assert_eq!(parcel.fetched_by_sender(0).await.status, 404);
    for part in parcel.parts() {
        assert_eq!(state(&parcel.seen_by_recipient().await), "waiting");
        assert_eq!(
            parcel.acknowledged("too-early").await.slug(),
            "content-not-fetched"
        );
        let fetched = parcel.fetched(part).await;
        assert_eq!((fetched.status, fetched.body), (200, parcel.content(part)));
    }
    assert_eq!(parcel.fetched(3).await.status, 404);
    assert_eq!(state(&parcel.seen_by_recipient().await), "fetched");
    assert_eq!(parts_stored(&met.region).await, 3);

    let acknowledged = parcel.acknowledged("acknowledged-1").await;
    assert_eq!(acknowledged.status, 201, "{acknowledged:?}");
    assert_eq!(parts_stored(&met.region).await, 0);
    assert_eq!(parcel.acknowledged("acknowledged-2").await.status, 200);
    assert_eq!(state(&parcel.seen_by_sender().await), "acknowledged");
    assert_eq!(parcel.fetched(0).await.slug(), "content-gone");
    assert_eq!(parcel.sent(0).await.slug(), "content-gone");

    assert_sound(&met.region).await;
    let export = supervisor.verifies().await;
    let counts = export.counts();
    for (event, times) in [
        ("content.begun", 1),
        ("content.sent", 1),
        ("content.read", 3),
        ("content.acknowledged", 1),
        ("content.destroyed", 0),
    ] {
        assert_eq!(counts.get(event).copied().unwrap_or_default(), times, "{event}");
    }
    // The family counts documents, not parts.
    let viewings = "SELECT coalesce(sum(times), 0)::bigint FROM viewing WHERE what = 'message'";
    assert_eq!(met.region.count(viewings).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_out_the_first_part_of_an_attachment_is_shown_to_the_family_too() {
    let met = Met::start().await;
    let (request, _) = met.open().await;
    let record = met.childcare.has_record(met.match_id, request.id).await.hash;
    let viewings = "SELECT coalesce(sum(times), 0)::bigint FROM viewing WHERE what = 'message'";
    let mut parcels = Vec::new();
    for number in 1..=2 {
        let parties = (&met.childcare, &met.health);
        let parcel = (number, 2 * MAX_PART_BYTES + 17);
        let parcel = Parcel::of(&met.region, parties, met.match_id, record, parcel).await;
        parcel.arrives().await;
        for part in [1, 2] {
            assert_eq!(parcel.fetched(part).await.status, 200);
        }
        assert_eq!(met.region.count(viewings).await, i64::from(number));
        parcels.push(parcel);
    }
    // The first part belongs to the reading that began with another; read again, it is another reading.
    assert_eq!(parcels[0].fetched(0).await.status, 200);
    assert_eq!(met.region.count(viewings).await, 2);
    assert_eq!(parcels[0].fetched(0).await.status, 200);
    assert_eq!(met.region.count(viewings).await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_acknowledged_after_it_was_read() {
    let met = Met::start().await;
    met.open().await;
    let message = met.childcare.writes(met.match_id, &met.health, "Lees dit.").await;
    let http = Http::new(&met.region.url);
    let bearer = met.health.bearer().await;
    let path = format!("/v1/matches/{}/messages/{message}/acknowledgements", met.match_id);
    let acknowledge = async |key: &str, bearer: &str| {
        let headers = [
            ("authorization", bearer),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        http.send(Method::POST, &path, &headers, Some(b"{}")).await
    };
    assert_eq!(
        acknowledge("not-fetched", &bearer).await.slug(),
        "content-not-fetched"
    );
    met.health.reads(met.match_id, message).await;
    let senders = met.childcare.bearer().await;
    assert_eq!(acknowledge("not-for-you", &senders).await.status, 404);
    assert_eq!(acknowledge("it-is-mine", &bearer).await.status, 201);
    let content = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
    assert_eq!(met.region.count(content).await, 0);
    let again = http
        .get(
            &format!("/v1/matches/{}/messages/{message}", met.match_id),
            &[("authorization", &bearer)],
        )
        .await;
    assert_eq!((again.status, again.slug()), (410, "content-gone".to_owned()));
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_or_of_another_size_is_refused() {
    let met = Met::start().await;
    let parcel = parcel(&met, 1, MAX_SEALED_BYTES).await;
    let mut larger = parcel.announcement.clone();
    larger.sealed_bytes += 1;
    let body = serde_json::to_vec(&larger).unwrap();
    let http = Http::new(&met.region.url);
    let bearer = met.childcare.bearer().await;
    let send = async |method, path: &str, kind: &str, body: &[u8]| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", kind),
            ("idempotency-key", "too-large-1"),
        ];
        http.send(method, path, &headers, Some(body)).await
    };
    let announcements = format!("/v1/matches/{}/attachments", met.match_id);
    let refused = send(Method::POST, &announcements, "application/json", &body).await;
    assert_eq!(
        (refused.status, refused.slug()),
        (413, "payload-too-large".to_owned())
    );
    assert_eq!(parcel.announced("largest-1").await.status, 201);

    let stream = "application/octet-stream";
    let part = vec![0; usize::try_from(MAX_PART_BYTES).unwrap() + 1];
    let too_large = send(Method::PUT, &parcel.part_path(0), stream, &part).await;
    assert_eq!(too_large.slug(), "payload-too-large");
    for other in [1, part.len() - 2] {
        let refused = send(Method::PUT, &parcel.part_path(0), stream, &part[..other]).await;
        assert_eq!(refused.slug(), "invalid-request", "{refused:?}");
        assert_eq!(refused.json()["errors"][0]["pointer"], "header:Content-Length");
    }
    assert_eq!(
        send(Method::PUT, &parcel.part_path(0), "application/json", b"{}")
            .await
            .slug(),
        "unsupported-media-type"
    );
    for nothing in ["27", "00", "-1", "1e1", "999999999999"] {
        let path = format!("{}/parts/{nothing}", parcel.path());
        assert_eq!(
            send(Method::PUT, &path, stream, b"x").await.status,
            404,
            "{nothing}"
        );
    }
    // 25 MiB are taken to the last byte.
    for part in parcel.parts() {
        assert_eq!(parcel.sent(part).await.status, 200);
    }
    assert_eq!(state(&parcel.seen_by_recipient().await), "waiting");
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_may_arrive_at_a_time_and_what_is_not_whole_in_a_day_is_destroyed() {
    let met = Met::start().await;
    let (request, _) = met.open().await;
    let record = met.childcare.has_record(met.match_id, request.id).await.hash;
    let mut parcels = Vec::new();
    for number in 1..=6 {
        let parties = (&met.childcare, &met.health);
        parcels.push(
            Parcel::of(
                &met.region,
                parties,
                met.match_id,
                record,
                (number, 2 * MAX_PART_BYTES),
            )
            .await,
        );
    }
    for parcel in &parcels[..4] {
        assert_eq!(parcel.announced(&parcel.key("announced")).await.status, 201);
        assert_eq!(parcel.sent(0).await.status, 200);
    }
    let refused = parcels[4].announced("fifth-one").await;
    assert_eq!(refused.slug(), "too-many-attachments");
    // What became whole leaves room.
    assert_eq!(state(&parcels[0].sent(1).await), "waiting");
    assert_eq!(parcels[4].announced("fifth-two").await.status, 201);

    met.region.at("2027-03-02T09:30:00+01:00").await;
    for parcel in &mut parcels {
        parcel.logs_in_again((&met.childcare, &met.health)).await;
    }
    // It is gone when its time is over, before anybody has tidied up.
    assert_eq!(parcels[1].sent(1).await.slug(), "content-gone");
    assert_eq!(state(&parcels[1].seen_by_sender().await), "destroyed");
    assert_eq!(parcels[1].seen_by_recipient().await.status, 404);
    assert_eq!(parcels[5].announced("sixth-one").await.status, 201);
    assert_eq!(met.region.casework.lapse_attachments_once().await.unwrap(), 4);
    assert_eq!(met.region.casework.lapse_attachments_once().await.unwrap(), 0);
    assert_eq!(parts_stored(&met.region).await, 2);
    assert_eq!(state(&parcels[0].seen_by_recipient().await), "waiting");
    assert_sound(&met.region).await;
    met.region.supervisor().await.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_takes_what_arrives_what_waits_and_what_was_fetched() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let (request, mut guardian) = met.open().await;
    let record = met.childcare.has_record(met.match_id, request.id).await.hash;
    let mut parcels = Vec::new();
    for number in 1..=3 {
        let parties = (&met.childcare, &met.health);
        parcels.push(
            Parcel::of(
                &met.region,
                parties,
                met.match_id,
                record,
                (number, MAX_PART_BYTES + 20),
            )
            .await,
        );
    }
    let [arriving, waiting, fetched] = &parcels[..] else {
        panic!("three")
    };
    arriving.announced("arriving-1").await;
    arriving.sent(0).await;
    waiting.arrives().await;
    assert_eq!(waiting.fetched(0).await.status, 200);
    fetched.arrives().await;
    for part in fetched.parts() {
        assert_eq!(fetched.fetched(part).await.status, 200);
    }
    guardian.withdraws().await;
    assert_eq!(parts_stored(&met.region).await, 0);
    assert_eq!(arriving.sent(1).await.slug(), "consent-missing");
    for gone in [waiting, fetched] {
        for answer in [
            gone.fetched(0).await,
            gone.fetched(1).await,
            gone.seen_by_recipient().await,
        ] {
            assert_eq!(answer.slug(), "consent-missing");
        }
        assert_eq!(gone.acknowledged(&gone.key("late")).await.slug(), "content-gone");
    }
    // The list stays, and says what closed it; what never became whole only its sender sees.
    let all = PageQuery {
        limit: 10,
        cursor: None,
    };
    let listed = met
        .childcare
        .partner
        .messages(met.match_id, &all)
        .await
        .unwrap()
        .items;
    let states: Vec<String> = listed
        .iter()
        .map(|item| {
            serde_json::to_value(item.state)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(states, ["destroyed", "destroyed", "fetched"]);
    let withdrawn = ContentClosedBecause::ConsentWithdrawn;
    assert!(
        listed
            .iter()
            .all(|item| item.closed.is_some_and(|closed| closed.because == withdrawn))
    );
    let theirs = met
        .health
        .partner
        .messages(met.match_id, &all)
        .await
        .unwrap()
        .items;
    assert_eq!(theirs.len(), 2);
    assert_sound(&met.region).await;
    assert_eq!(supervisor.verifies().await.counts()["content.destroyed"], 3);
}

/// A request without a word between the parties: the envelope must name the gate that the network has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_with_a_keyholder_takes_nothing_without_its_share() {
    let met = Met::in_region(Region::with_keyholder().await).await;
    let parcel = parcel(&met, 1, 100).await;
    let refused = parcel.announced("no-gate-1").await;
    assert_eq!(refused.slug(), "invalid-request");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/envelope");
    assert_eq!(parts_stored(&met.region).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_that_come_at_one_time_make_one_whole() {
    let met = Met::start().await;
    let parcel = parcel(&met, 1, 4 * MAX_PART_BYTES).await;
    parcel.announced("at-once-1").await;
    // Each part twice, all at a time; who may not stream in so many is told to wait and comes again.
    let send = async |part: u32| {
        eventually("the part is taken", async || {
            let answer = parcel.sent(part).await;
            match answer.status {
                429 | 503 => None,
                200 => Some(state(&answer)),
                _ => panic!("{answer:?}"),
            }
        })
        .await
    };
    let sent = futures::future::join_all(parcel.parts().chain(parcel.parts()).map(send)).await;
    assert!(sent.iter().any(|state| state == "waiting"));
    let fetched: BTreeSet<Vec<u8>> =
        futures::future::join_all(parcel.parts().map(async |part| parcel.fetched(part).await.body))
            .await
            .into_iter()
            .collect();
    assert_eq!(fetched, parcel.parts().map(|part| parcel.content(part)).collect());
    assert_eq!(state(&parcel.seen_by_recipient().await), "fetched");
    assert_sound(&met.region).await;
    met.region.supervisor().await.verifies().await;
}

/// A reader asks for a part, has room for little of it, and stops. Consent is withdrawn. When the bound of the answer is
/// over it has no more than its own buffers took, and asking again gives nothing.
// rule: F8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stands_still_across_a_withdrawal_gets_no_more_than_its_buffers_took() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};

    let settings = Settings {
        limits: LimitSettings {
            content_deadline: std::time::Duration::from_secs(1),
            ..Settings::default().limits
        },
        ..Settings::default()
    };
    let met = Met::in_region(Region::with(settings).await).await;
    let (request, mut guardian) = met.ask(AgeBand::Under12, 1).await;
    guardian[0].agrees().await;
    let record = met.childcare.has_record(met.match_id, request.id).await.hash;
    let parties = (&met.childcare, &met.health);
    let parcel = Parcel::of(&met.region, parties, met.match_id, record, (1, MAX_PART_BYTES)).await;
    parcel.arrives().await;

    let bearer = met.health.bearer().await;
    let host = met.region.url.strip_prefix("http://").unwrap();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(host.parse().unwrap()).await.unwrap();
    let asked = format!(
        "GET {} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bearer}\r\n\r\n",
        parcel.part_path(0)
    );
    stream.write_all(asked.as_bytes()).await.unwrap();
    // The answer has begun: the reading is in the log.
    stream.readable().await.unwrap();
    guardian[0].withdraws().await;
    assert_eq!(parts_stored(&met.region).await, 0);
    assert_eq!(parcel.fetched(0).await.slug(), "consent-missing");

    let reset = tokio::time::timeout(std::time::Duration::from_secs(60), stream.ready(Interest::ERROR));
    assert!(reset.await.expect("the connection is cut").unwrap().is_error());
    let mut got = Vec::new();
    stream.read_to_end(&mut got).await.ok();
    assert!(
        got.starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&got)
    );
    assert!(got.len() < parcel.content(0).len() / 4, "{}", got.len());
    met.region.supervisor().await.verifies().await;
}

/// The connection breaks in the midst of a part: nothing of it is there, and the sender goes on where it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_breaks_off_leaves_nothing_and_is_sent_again() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let met = Met::start().await;
    let parcel = parcel(&met, 1, MAX_PART_BYTES + 50).await;
    assert_eq!(parcel.announced("breaks-off-1").await.status, 201);
    assert_eq!(parcel.sent(1).await.status, 200);
    let bearer = met.childcare.bearer().await;
    let host = met.region.url.strip_prefix("http://").unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bearer}\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {MAX_PART_BYTES}\r\n\r\n",
        parcel.part_path(0)
    );
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&parcel.content(0)[1..]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    assert!(
        !answer.starts_with(b"HTTP/1.1 2"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert_eq!(
        parcel.seen_by_sender().await.json()["received"],
        serde_json::json!([1])
    );
    assert_eq!(state(&parcel.sent(0).await), "waiting");
    assert_sound(&met.region).await;
}
