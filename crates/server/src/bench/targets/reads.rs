//! T7: an inbox is polled and a match is read, against a bare actix endpoint that reads one row by its primary key.
//!
//! The floor runs in the same process with as many workers and a pool of the same library and size. A look at a match is in
//! the log before a byte leaves; that stays on the product's side alone, and a second line tells what is left when the floor
//! writes a row as long as that leaf in a transaction of its own.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use casework::Once;
use protocol::IdempotencyKey;
use protocol::page::PageQuery;
use serde_json::json;
use store::bench::reads::{self, Floor};

use super::{Failure, Measured, Plan, Site, SitePartner};
use crate::bench::Spread;
use crate::bench::http_load::{Until, run};
use crate::bench::signals::{Signals, Suite};
use crate::environment;

/// So many matches each partner has with the next.
const MATCHES: usize = 20;
/// As long as the leaf of a look at a match.
const LEAF_BYTES: usize = 210;

/// Measures on this site.
///
/// # Errors
/// [`Failure`].
pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let (few, many, connections, matches) = match plan.quick {
        true => (2, 4, 4, 2),
        false => (4, 64, 64, MATCHES),
    };
    let few = scene(site, "few", few, matches).await?;
    let many = scene(site, "many", many, 2).await?;
    let floor = floor(site).await?;
    let rows: Vec<String> = reads::notices(site.store())
        .await?
        .iter()
        .map(|(subject, id)| format!("{subject}/{id}"))
        .collect();
    let row = |way: &str| -> Vec<Request> {
        let request = |row: &String| get(floor, &format!("/{way}/{row}"), "");
        rows.iter().map(request).collect()
    };
    let (bare, with_leaf) = (row("row"), row("leaf"));
    let of = |count: usize| format!("{connections} connections of {count} partners");
    let lines = [
        (
            format!("an inbox of one notice, {}", of(few.len())),
            inbox(site, &few, 1),
            &bare,
        ),
        (
            format!("an inbox of one notice, {}", of(many.len())),
            inbox(site, &many, 1),
            &bare,
        ),
        (
            format!("an inbox of 20 notices, {}", of(few.len())),
            inbox(site, &few, 20),
            &bare,
        ),
        (format!("a match, {}", of(few.len())), looks(site, &few), &bare),
        (format!("a match, {}", of(many.len())), looks(site, &many), &bare),
        (
            format!("a match, {}, where the floor writes a leaf too", of(few.len())),
            looks(site, &few),
            &with_leaf,
        ),
    ];
    let mut measured = Vec::new();
    for (what, requests, of_floor) in lines {
        measured.push(line(site, plan, floor, connections, what, &requests, of_floor).await?);
    }
    Ok(measured)
}

/// A whole request.
type Request = Vec<u8>;

async fn line(
    site: &Site,
    plan: &Plan,
    floor: SocketAddr,
    connections: usize,
    what: String,
    requests: &[Request],
    of_floor: &[Request],
) -> Result<Measured, Failure> {
    let until = match plan.quick {
        true => Until::Sent(60),
        false => Until::Passed(Duration::from_secs(plan.seconds.into())),
    };
    let (mut product, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut spent = [Vec::new(), Vec::new()];
    for round in 0..=plan.rounds {
        let mut rates = [0.0, 0.0];
        // Which comes first takes turns.
        for turn in 0..2 {
            let at = ((round + turn) % 2) as usize;
            let (address, requests) = [(site.address(), requests), (floor, of_floor)][at];
            let before = site.processor_time()?;
            let (answers, _) = run(address, connections, until, one_after_another(requests)).await?;
            answers.only(&[200])?;
            rates[at] = answers.rate(200);
            let used = site.processor_time()?.since(before).all();
            let used =
                used.saturating_sub(answers.own_time).as_secs_f64() * 1e6 / answers.all().max(1) as f64;
            if round > 0 {
                spent[at].push(used);
            }
        }
        // The first warms up.
        if round > 0 {
            product.push(rates[0]);
            bare.push(rates[1]);
            ratios.push(rates[0] / rates[1]);
        }
    }
    let [of_product, of_bare] = spent.map(Spread::of);
    let mut also = String::new();
    // Writing into memory does not fail.
    let _ = write!(also, "{:.0} and {:.0} us", of_product.median, of_bare.median);
    Ok(Measured {
        target: "T7",
        what,
        unit: "answers per second",
        product: Spread::of(product),
        floor: Spread::of(bare),
        ratio: Spread::of(ratios),
        also: vec![("processor time of an answer, product and floor".to_owned(), also)],
    })
}

fn one_after_another(requests: &[Request]) -> impl FnMut(&mut Vec<u8>) + Send + 'static {
    let requests = requests.to_vec();
    let mut next = 0;
    move |bytes| {
        if let Some(request) = requests.get(next % requests.len().max(1)) {
            bytes.extend_from_slice(request);
        }
        next += 1;
    }
}

fn get(address: SocketAddr, path: &str, token: &str) -> Request {
    let mut request = Vec::new();
    let _ = write!(request, "GET {path} HTTP/1.1\r\nHost: {address}\r\n");
    if !token.is_empty() {
        let _ = write!(request, "Authorization: Bearer {token}\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// A partner with what it can look at.
struct Reader {
    partner: SitePartner,
    matches: Vec<String>,
}

/// So many partners, each with so many matches with the next one, and with two notices about each: its own and the other's.
async fn scene(site: &Site, prefix: &str, count: u32, matches: usize) -> Result<Vec<Reader>, Failure> {
    let partners = site.partners(prefix, count).await?;
    // One alone gives the bodies, so that each is about another child but for those that are known on purpose.
    let mut signals = Signals::of(site, &partners, Suite::Ready);
    for (place, partner) in partners.iter().enumerate() {
        let next = &partners[(place + 1) % partners.len()];
        for _ in 0..matches {
            let mut body = Vec::new();
            signals.next_body(&mut body);
            for giver in [partner, next] {
                let signal =
                    serde_json::from_slice(&body).map_err(|_| Failure::Unexpected("a body is none"))?;
                let once = Once {
                    key: IdempotencyKey::from_random(environment::random()),
                    fingerprint: environment::random(),
                };
                let answer = site.casework().submit_signal(&giver.caller, once, signal).await;
                answer.map_err(|error| Failure::Seen(error.to_string()))?;
            }
        }
    }
    site.settle(Duration::from_secs(120)).await?;
    reads::show_everything(site.store()).await?;
    let mut readers = Vec::new();
    for mut partner in partners {
        site.let_in(&mut partner).await?;
        let query = PageQuery {
            limit: 100,
            cursor: None,
        };
        let page = site.casework().list_matches(&partner.caller, query).await;
        let page = page.map_err(|error| Failure::Seen(error.to_string()))?;
        let matches: Vec<String> = page.items.iter().map(|item| item.id.to_string()).collect();
        if matches.is_empty() {
            return Err(Failure::Unexpected("a partner has no match"));
        }
        readers.push(Reader { partner, matches });
    }
    Ok(readers)
}

fn inbox(site: &Site, readers: &[Reader], limit: usize) -> Vec<Request> {
    let path = format!("/v1/notices?limit={limit}");
    let poll = |reader: &Reader| get(site.address(), &path, &reader.partner.access_token);
    readers.iter().map(poll).collect()
}

/// By each in turn, so that no two that follow each other are of one partner.
fn looks(site: &Site, readers: &[Reader]) -> Vec<Request> {
    let most = readers
        .iter()
        .map(|reader| reader.matches.len())
        .max()
        .unwrap_or(0);
    let turns = (0..most).flat_map(|turn| readers.iter().map(move |reader| (turn, reader)));
    turns
        .filter_map(|(turn, reader)| {
            let id = reader.matches.get(turn % reader.matches.len().max(1))?;
            let path = format!("/v1/matches/{id}");
            Some(get(site.address(), &path, &reader.partner.access_token))
        })
        .collect()
}

/// Serves the floor; it ends with the program.
async fn floor(site: &Site) -> Result<SocketAddr, Failure> {
    let floor = Floor::new(site.postgres()?.config()).await?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::machine("a port for the floor"))?;
    let address = listener
        .local_addr()
        .map_err(Failure::machine("a port for the floor"))?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(floor.clone()))
            .route("/row/{subject}/{id}", web::get().to(row))
            .route("/leaf/{subject}/{id}", web::get().to(leaf_and_row))
    });
    let server = server
        .workers(site.config().server.workers)
        .disable_signals()
        .listen(listener)
        .map_err(Failure::machine("a port for the floor"))?;
    tokio::spawn(server.run());
    Ok(address)
}

async fn row(floor: web::Data<Floor>, key: web::Path<(i64, i64)>) -> HttpResponse {
    answer(floor.notice(key.0, key.1).await)
}

async fn leaf_and_row(floor: web::Data<Floor>, key: web::Path<(i64, i64)>) -> HttpResponse {
    let event = u128::from_be_bytes(environment::random());
    answer(
        floor
            .notice_with_leaf(key.0, key.1, event, &[7; LEAF_BYTES])
            .await,
    )
}

fn answer(found: Result<Option<reads::Found>, store::StoreError>) -> HttpResponse {
    match found {
        Ok(Some(row)) => HttpResponse::Ok().json(json!({
            "id": row.id, "kind": row.kind, "matchId": row.match_row,
            "createdAt": row.at, "acknowledgedAt": row.acknowledged_at,
        })),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_look_is_answered_and_each_at_a_match_is_in_the_log() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "site").await.unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let before = store::bench::rows_of_tables(site.store()).await.unwrap();
        let measured = measure(&site, &plan).await.unwrap();
        assert_eq!(measured.len(), 6);
        site.settle(Duration::from_secs(60)).await.unwrap();
        let after = store::bench::rows_of_tables(site.store()).await.unwrap();
        let leaves = after["audit.leaf"] - before["audit.leaf"];
        // Three lines look at matches, 60 times in each of two rounds.
        assert!(leaves >= 3 * 2 * 60, "{leaves}");
        // In two rounds of one line the floor wrote leaves too.
        assert_eq!(after["public.bench_leaf"], 2 * 60);
        site.stop().await;
    }
}
