//! Starting and stopping: nothing that was acknowledged is lost, and what is not right does not start.

use std::time::Duration;

use keyholder::{DatabaseSettings, Keyholder, KeyholderError, Operator, StartError};
use zeroize::Zeroizing;

use crate::world::{Clock, World, body, elements, environment, finish, keys, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_list_counters_and_clients_survive_a_restart() {
    let mut world = World::new().await;
    let partner = world.partner().await;
    let list = world.list().await;
    let token = world.token(&partner).await;
    let before = elements(1);
    let answer = world
        .post("/v1/evaluations", &token, &body(&request(1, &before)))
        .await;
    let before = finish(before, list.live().1, &answer);
    world.stop().await;
    world.start().await;
    assert_eq!(world.list().await, list);
    let token = world.token(&partner).await;
    let after = elements(1);
    let answer = world
        .post("/v1/evaluations", &token, &body(&request(1, &after)))
        .await;
    let after = finish(after, list.live().1, &answer);
    assert_eq!(before[0].as_bytes(), after[0].as_bytes());
    assert_eq!(
        world
            .number("SELECT sum(elements) FROM keyholder.organisation_day")
            .await,
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_tells_health_first_and_finishes_what_is_under_way() {
    let mut world = World::new().await;
    let token = world.token(&world.partner().await).await;
    let keyholder = world.keyholder.take().unwrap();
    // Long enough for what follows, also on a machine that has much else to do.
    let stopping = tokio::spawn(keyholder.stop_after(Duration::from_secs(5)));
    let health = loop {
        let health = world.get("/v1/health").await;
        if health.status != 200 {
            break health;
        }
    };
    assert_eq!(health.slug(), "shutting-down");
    assert!(health.header("retry-after").is_some());
    let answer = world
        .post("/v1/evaluations", &token, &body(&request(1, &elements(100))))
        .await;
    assert_eq!(answer.status, 200, "what still comes is answered");
    assert_eq!(answer.header("connection"), Some("close"));
    stopping.await.unwrap();
    assert_eq!(
        world
            .number("SELECT sum(elements) FROM keyholder.organisation_day")
            .await,
        100
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_right_does_not_start() {
    let world = World::new().await;
    // Another list key: partners who pinned the old one would refuse every list.
    let mut settings = world.settings();
    settings.keys.list_seed = Zeroizing::new([0x12; 32]);
    let outcome = Keyholder::start(settings).await.err().unwrap();
    assert!(matches!(
        outcome,
        StartError::Keyholder(KeyholderError::DamagedList)
    ));
    // Another name.
    let mut settings = world.settings();
    settings.keys.name = "other".parse().unwrap();
    let outcome = Keyholder::start(settings).await.err().unwrap();
    assert!(matches!(
        outcome,
        StartError::Keyholder(KeyholderError::DamagedList)
    ));
    // A name no log can have.
    let mut settings = world.settings();
    settings.keys.log_origin = "no name\n".to_owned();
    assert!(matches!(
        Keyholder::start(settings).await,
        Err(StartError::Origin(_))
    ));
    // A taken address.
    let mut settings = world.settings();
    settings.listen = world.keyholder.as_ref().unwrap().address();
    assert!(matches!(
        Keyholder::start(settings).await,
        Err(StartError::Listen { .. })
    ));
    // A database that was not migrated, and one without a key.
    let clock = Clock::default();
    let mut settings = world.settings();
    let empty = store::test_util::empty_database().await;
    settings.database = DatabaseSettings::private(empty);
    let operator = Operator::open(settings.database.clone(), &keys(), environment(&clock)).unwrap();
    assert!(matches!(
        Keyholder::start(settings.clone()).await,
        Err(StartError::SchemaNotCurrent | StartError::Keyholder(_))
    ));
    operator.migrate().await.unwrap();
    operator.migrate().await.unwrap();
    assert!(operator.schema_is_current().await.unwrap());
    assert!(matches!(
        Keyholder::start(settings.clone()).await,
        Err(StartError::Keyholder(KeyholderError::NotInitialised))
    ));
    let list = operator.initialise().await.unwrap();
    assert_eq!(operator.initialise().await.unwrap(), list, "once");
    Keyholder::start(settings).await.unwrap().stop().await;
}

/// With the wrong storage key nothing is evaluated, and nobody is told why; the operator's log is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_another_storage_key_no_key_opens() {
    let mut world = World::new().await;
    let partner = world.partner().await;
    world.stop().await;
    let mut settings = world.settings();
    settings.keys.storage_key = Zeroizing::new([0x52; 32]);
    let keyholder = Keyholder::start(settings).await.unwrap();
    world.wire = crate::wire::Wire::new(keyholder.address().to_string());
    world.keyholder = Some(keyholder);
    let token = world.token(&partner).await;
    let answer = world
        .post("/v1/evaluations", &token, &body(&request(1, &elements(1))))
        .await;
    assert_eq!(answer.slug(), "internal-error");
}

/// Without its database it says so at once, charges nothing, and goes on by itself when the database is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_it_asks_to_try_again() {
    let world = World::new().await;
    let partner = world.partner().await;
    let token = world.token(&partner).await;
    let asked = body(&request(1, &elements(2)));
    assert_eq!(world.post("/v1/evaluations", &token, &asked).await.status, 200);
    let name = world.database.get_dbname().unwrap();
    world
        .sql(&format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"))
        .await;
    world
        .sql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND usename = 'kh_service'"
        ))
        .await;
    let assertion = world.assertion(&partner).sign();
    for answer in [
        world.post("/v1/evaluations", &token, &asked).await,
        world.ask_token(&assertion, &[]).await,
    ] {
        assert_eq!(answer.slug(), "try-again", "{}", answer.text());
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(world.get("/v1/health").await.status, 200);
    world
        .sql(&format!("GRANT CONNECT ON DATABASE {name} TO PUBLIC"))
        .await;
    assert_eq!(world.post("/v1/evaluations", &token, &asked).await.status, 200);
    assert_eq!(
        world.ask_token(&assertion, &[]).await.status,
        200,
        "it was not spent"
    );
    assert_eq!(
        world
            .number("SELECT sum(elements) FROM keyholder.organisation_day")
            .await,
        4
    );
}

/// Where the child finds the database of its parent.
const CHILDS_DATABASE: &str = "KEYHOLDER_TEST_CHILD";

/// A keyholder that is killed after it charged and before it answers: the charge stands, with its leaf, and the next
/// start goes on. The child kills itself where the proof draws its nonce, which is after the charge was committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_charge_and_answer_it_has_charged() {
    use std::io::BufRead as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut world = World::new().await;
    let token = world.token(&world.partner().await).await;
    let base = world.base().to_owned();
    world.stop().await;
    let database = &world.database;
    let tokio_postgres::config::Host::Unix(socket) = &database.get_hosts()[0] else {
        panic!("the tests' server has a socket");
    };
    let place = format!("{}|{}|{base}", socket.display(), database.get_dbname().unwrap());
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "stop::the_child_that_is_killed",
            "--nocapture",
            "--ignored",
        ])
        .env(CHILDS_DATABASE, place)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| {
            line.rsplit_once("listens on ")
                .map(|(_, address)| address.to_owned())
        })
        .unwrap();

    let asked = serde_json::to_vec(&body(&request(1, &elements(7)))).unwrap();
    let host = base.strip_prefix("http://").unwrap();
    let head = format!(
        "POST /v1/evaluations HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        asked.len()
    );
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&asked).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert_eq!(answer, b"", "it died before it answered");
    assert!(!child.wait().unwrap().success());

    let charged = "SELECT sum(elements) FROM keyholder.organisation_day";
    assert_eq!(world.number(charged).await, 7);
    assert_eq!(world.events("evaluation.answered").await, 1);
    world.start_at(&base).await;
    let answer = world
        .post("/v1/evaluations", &token, &body(&request(1, &elements(7))))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        world.number(charged).await,
        14,
        "and a repeated request is charged again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs as the child of the test above"]
async fn the_child_that_is_killed() {
    let Ok(place) = std::env::var(CHILDS_DATABASE) else {
        return;
    };
    let [socket, database, base] = place.split('|').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(socket)
        .port(5432)
        .user("postgres")
        .dbname(database);
    let clock = Clock::default();
    let mut environment = environment(&clock);
    environment.chance = std::sync::Arc::new(|bytes| {
        // 64 bytes are what a random scalar is made of.
        if bytes.len() == 64 {
            std::process::abort();
        }
        crate::world::fill(bytes);
    });
    let settings = keyholder::KeyholderSettings {
        database: DatabaseSettings::private(config),
        base: Some(base.to_owned()),
        environment,
        ..crate::world::settings()
    };
    let keyholder = Keyholder::start(settings).await.unwrap();
    println!("listens on {}", keyholder.address());
    std::future::pending::<()>().await;
}
