//! Erasure: what the log knows of a person beyond its leaves goes, from the database, from exports made later, and from a
//! backup once the erasures are replayed into it; and the log verifies all the while.

use std::io::Cursor;
use std::path::PathBuf;
use std::process::Command;

use casework::{CannotSign, Casework, EndedAgain, EraseError, Erased, ErasureOf, LogState, Once, RecordName};
use domain::event::{LogTag, TagKind};
use protocol::audit::AuditExport;
use protocol::consent::AgeBand;
use protocol::id::Id;
use protocol::signal::EndReason;
use store::{Crypter, Purpose, Sealed};
use tests::{Export, FROM_START, Guardian, ORIGIN, Professional, Region, Sector, child, events, log_signer};

use crate::Met;

/// A reference that stands nowhere else.
const CANARY: &str = "kanarie-4471";

fn about(school: &Professional) -> ErasureOf {
    ErasureOf::Professional {
        organisation: school.organisation,
        reference: CANARY.parse().unwrap(),
    }
}

/// A region in which a professional of the school, known as the canary, gave two signals: one in a match, one alone.
async fn with_canary() -> (Region, Professional, Professional) {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for number in [1, 2] {
        let mut signal = school.new_signal(&child(number), "2027-05-01");
        signal.professional.reference = CANARY.parse().unwrap();
        school.partner.submit_signal(&signal, None).await.unwrap();
    }
    school.signals_until(&child(3), "2027-05-01").await;
    help.signals(&child(1)).await;
    let match_id = help.is_told_of_a_match().await;
    assert!(
        format!("{:?}", help.sees(match_id).await).contains("contact: Some"),
        "the other party sees the contact"
    );
    region.quiet().await;
    (region, school, help)
}

/// The places in a database where the canary stands: every column of every table as text and as bytes, and every value
/// that the storage key opens.
async fn places(region: &Region, database: &str) -> Vec<String> {
    let mut settings = region.database.settings.clone();
    settings.owner.dbname(database);
    let client = store::test_util::superuser(&settings).await;
    let mut places = Vec::new();
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for table in region.tables().await {
        let sql = format!(
            "SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%{CANARY}%' OR t::text LIKE '%{hex}%'"
        );
        let count: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
        if count > 0 {
            places.push(format!("{table} in plain"));
        }
    }
    let crypter = Crypter::new([1; 32]);
    for (table, purpose, sql) in [
        (
            "audit.opening",
            Purpose::Opening,
            "SELECT uuid_send(event_id), sealed FROM audit.opening",
        ),
        (
            "signal",
            Purpose::Professional,
            "SELECT int4send(organisation_id), professional FROM signal",
        ),
        (
            "match_party",
            Purpose::Professional,
            "SELECT int4send(organisation_id), professional FROM match_party",
        ),
        (
            "idempotency",
            Purpose::Answer,
            "SELECT int4send(organisation_id), body FROM idempotency",
        ),
    ] {
        for row in client.query(sql, &[]).await.unwrap() {
            let (owner, sealed): (Vec<u8>, Vec<u8>) = (row.get(0), row.get(1));
            if sealed.is_empty() {
                continue;
            }
            let opened = crypter.open(purpose, &owner, &Sealed(sealed)).unwrap();
            if String::from_utf8_lossy(&opened).contains(CANARY) {
                places.push(table.to_owned());
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_professional_who_left_is_erased_everywhere() {
    let (region, school, help) = with_canary().await;
    let supervisor = region.supervisor().await;
    let database = region.texts("SELECT current_database()::text").await.remove(0);
    assert_eq!(
        places(&region, &database).await,
        ["audit.opening", "match_party", "signal"],
        "the canary can be found"
    );
    let before = supervisor.verifies().await;
    assert!(String::from_utf8_lossy(&before.bundle).contains(CANARY));

    // While a signal counts, the other party needs the contact: only the openings go.
    let erased = region.casework.erase(&about(&school)).await.unwrap();
    assert_eq!(
        erased,
        Erased {
            openings: 2,
            contacts: 0,
            kept: 2
        }
    );
    assert!(
        help.matches().await[0]
            .parties
            .iter()
            .all(|party| party.contact.is_some())
    );
    assert_eq!(places(&region, &database).await, ["match_party", "signal"]);
    supervisor.verifies().await;

    region.at("2027-05-02T10:00:00+02:00").await;
    let erased = region.casework.erase(&about(&school)).await.unwrap();
    assert_eq!(
        erased,
        Erased {
            openings: 0,
            contacts: 2,
            kept: 0
        }
    );
    assert_eq!(places(&region, &database).await, Vec::<String>::new());
    let again = region.casework.erase(&about(&school)).await.unwrap();
    assert_eq!(again, Erased::default(), "repeating it does nothing");
    // Nobody else's went.
    assert_eq!(
        region
            .count("SELECT count(*) FROM signal WHERE professional = ''")
            .await,
        2
    );
    let counts = events(&region).await;
    assert_eq!((counts["opening.erased"], counts["contact.erased"]), (2, 2));
    // The match can still be looked at.
    help.matches().await;

    let later = supervisor.verifies().await;
    assert!(!String::from_utf8_lossy(&later.bundle).contains(CANARY));
    assert_eq!(
        later.openings.len(),
        before.openings.len() - 2 + 2,
        "two went, two exports came"
    );

    // The earlier export, fetched again, reaches up to the erasures and has nothing of it either.
    let fetched = supervisor.fetches(before.id, None).await;
    fetched.insist();
    assert!(!String::from_utf8_lossy(&fetched.bundle).contains(CANARY));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_familys_request_erases_what_stands_behind_its_match() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let (_, mut guardian) = met.open().await;
    guardian.withdraws().await;
    let before = supervisor.verifies().await;
    assert!(before.opened().contains("consent.given"));
    assert!(before.opened().contains("family_access.made"));

    let what = ErasureOf::Records(vec![RecordName::Match(met.match_id)]);
    let erased = met.region.casework.erase(&what).await.unwrap();
    // Two signals, of which the family was told; opened, come in with a return key, given and withdrawn.
    assert_eq!(erased.openings, 8);
    assert_eq!(met.region.casework.erase(&what).await.unwrap().openings, 0);
    let after = supervisor.verifies().await;
    let opened = after.opened();
    assert!(!opened.iter().any(|event| {
        ["consent.", "family_access.", "signal."]
            .iter()
            .any(|of| event.starts_with(of))
    }));
    assert!(opened.contains("organisation.registered"));

    // By the name in the log it works too, and what is nobody's is refused or does nothing.
    let tag = LogTag::new(TagKind::Signal, 1);
    let nothing = ErasureOf::Records(vec![RecordName::Tag(tag)]);
    assert_eq!(
        met.region.casework.erase(&nothing).await.unwrap(),
        Erased::default()
    );
    let unknown = ErasureOf::Records(vec![RecordName::Match(Id([9; 16]))]);
    assert!(matches!(
        met.region.casework.erase(&unknown).await,
        Err(EraseError::NoSuchMatch)
    ));
}

/// What shows that an operator kept to the rules is nobody's datum: it cannot be erased by naming it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_log_says_about_itself_and_its_exports_stays() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    supervisor.verifies().await;
    let key = audit_log::checkpoint::LogSigner::from_seed(ORIGIN, &[8; 32]).unwrap();
    region.casework.note_log_key(&key).await.unwrap();
    let named = "SELECT DISTINCT convert_from(leaf, 'UTF8')::json ->> 'sub'
                   FROM (SELECT leaf FROM audit.leaf UNION ALL SELECT leaf FROM audit.pending) AS l
                  WHERE convert_from(leaf, 'UTF8')::json ->> 'e' IN ('log.key_added', 'audit.exported')";
    let names = region.texts(named).await;
    assert_eq!(names.len(), 2);
    let names = names.iter().map(|name| RecordName::Tag(name.parse().unwrap()));
    let what = ErasureOf::Records(names.collect());
    assert_eq!(region.casework.erase(&what).await.unwrap(), Erased::default());
    assert!(supervisor.verifies().await.opened().contains("log.key_added"));
}

/// Erasing at once from two sides erases each opening once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_erasures_at_once_leave_one_leaf_each() {
    let (region, school, _) = with_canary().await;
    let supervisor = region.supervisor().await;
    let other = region.second_instance();
    let what = about(&school);
    let (one, two) = tokio::join!(region.casework.erase(&what), other.casework.erase(&what));
    assert_eq!(one.unwrap().openings + two.unwrap().openings, 2);
    assert_eq!(events(&region).await["opening.erased"], 2);
    supervisor.verifies().await;
}

/// PostgreSQL's own programs, where Debian puts them.
fn program(name: &str) -> Command {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("bin").join(name))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    Command::new(found.pop().unwrap_or_else(|| name.into()))
}

async fn run(mut command: Command) {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A copy of the region's database, made by PostgreSQL's own program.
struct Backup {
    directory: PathBuf,
    socket: String,
    database: String,
}

impl Backup {
    async fn make(region: &Region, name: &str) -> Self {
        let socket = region.texts("SHOW unix_socket_directories").await.remove(0);
        let database = region.texts("SELECT current_database()::text").await.remove(0);
        let directory = std::env::temp_dir().join(format!("trefpunt-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let mut dump = program("pg_dump");
        dump.args(["-h", &socket, "-U", "postgres", "-Fc", "-f"])
            .arg(directory.join("backup"))
            .arg(&database);
        run(dump).await;
        Self {
            directory,
            socket,
            database,
        }
    }

    /// Puts it into another database, whose name is given.
    async fn restore(self, region: &Region) -> String {
        let restored = format!("{}_restored", self.database);
        let client = region.database.superuser().await;
        client
            .batch_execute(&format!("CREATE DATABASE {restored}"))
            .await
            .unwrap();
        let mut restore = program("pg_restore");
        restore
            .args(["-h", &self.socket, "-U", "postgres", "-d", &restored])
            .arg(self.directory.join("backup"));
        run(restore).await;
        std::fs::remove_dir_all(&self.directory).unwrap();
        let mut settings = region.database.settings.clone();
        settings.owner.dbname(&restored);
        let superuser = store::test_util::superuser(&settings).await;
        let clock = format!(
            "UPDATE network SET clock_offset = '{} seconds'",
            region.clock.offset()
        );
        superuser.batch_execute(&clock).await.unwrap();
        restored
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_destroyed_or_taken_back_since_a_backup_is_so_again() {
    let (region, school, help) = with_canary().await;
    let supervisor = region.supervisor().await;
    let match_id = school.matches().await[0].id;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = help.asks_consent(match_id, AgeBand::Under12, 1).await;
    let [mut guardian]: [Guardian; 1] = Guardian::of(&region, &request).try_into().ok().unwrap();
    guardian.agrees().await;
    let unjust = school.signals(&child(4)).await.id;
    let to_be_acknowledged = school.writes(match_id, &help, "Voor in het dossier.").await;
    school.writes(match_id, &help, "Niet opgehaald.").await;
    region.quiet().await;
    let backup = Backup::make(&region, "endings").await;

    help.reads(match_id, to_be_acknowledged).await;
    help.partner
        .acknowledge(match_id, to_be_acknowledged, None)
        .await
        .unwrap();
    guardian.withdraws().await;
    school.ends(unjust, EndReason::Unjustified).await;
    let later = supervisor.verifies().await;
    let restored = backup.restore(&region).await;

    let mut settings = region.database.settings.clone();
    settings.owner.dbname(&restored);
    let superuser = store::test_util::superuser(&settings).await;
    let state = async || -> (i64, String) {
        let sql = "SELECT (SELECT count(*) FROM subject), (SELECT state FROM consent)";
        let row = superuser.query_one(sql, &[]).await.unwrap();
        (row.get(0), row.get(1))
    };
    let sealed = async || -> i64 {
        let sql = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
        superuser.query_one(sql, &[]).await.unwrap().get(0)
    };
    assert_eq!(state().await, (4, "given".to_owned()), "the backup has both");
    assert_eq!(sealed().await, 2);
    let casework = region.casework_on(&restored, ORIGIN);
    casework.sequence_once().await.unwrap();
    let ended = audit_log::bundle::ended_for_good(&mut Cursor::new(&later.bundle)).unwrap();
    let again = casework.replay_endings(&ended).await.unwrap();
    // The consent takes with it what was sealed under it.
    assert_eq!((again.signals, again.consents, again.contents), (1, 1, 0));
    assert_eq!(state().await, (3, "expired".to_owned()));
    assert_eq!(sealed().await, 0);
    assert_eq!(
        casework.replay_endings(&ended).await.unwrap(),
        EndedAgain::default()
    );

    casework.replay_erasures(&[]).await.unwrap();
    let name = "trefpunt.example/test-3";
    casework.begin_origin(&log_signer(name)).await.unwrap();
    let casework = region.casework_on(&restored, name);
    export_of(&casework, &supervisor.client_id).await.insist();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_went_since_a_backup_goes_again_though_consent_stands() {
    let (region, school, help) = with_canary().await;
    let supervisor = region.supervisor().await;
    let match_id = school.matches().await[0].id;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = help.asks_consent(match_id, AgeBand::Under12, 1).await;
    let [mut guardian]: [Guardian; 1] = Guardian::of(&region, &request).try_into().ok().unwrap();
    guardian.agrees().await;
    let acknowledged = school.writes(match_id, &help, "Voor in het dossier.").await;
    let waiting = school.writes(match_id, &help, "Nog niet opgehaald.").await;
    region.quiet().await;
    let backup = Backup::make(&region, "contents").await;

    help.reads(match_id, acknowledged).await;
    help.partner
        .acknowledge(match_id, acknowledged, None)
        .await
        .unwrap();
    let later = supervisor.verifies().await;
    let restored = backup.restore(&region).await;
    let mut settings = region.database.settings.clone();
    settings.owner.dbname(&restored);
    let superuser = store::test_util::superuser(&settings).await;
    let sealed = async || -> Vec<Vec<u8>> {
        let sql = "SELECT uuid_send(message_id) FROM message WHERE ciphertext IS NOT NULL ORDER BY id";
        let rows = superuser.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(sealed().await, [acknowledged.0, waiting.0], "the backup has both");
    let casework = region.casework_on(&restored, ORIGIN);
    casework.sequence_once().await.unwrap();
    let ended = audit_log::bundle::ended_for_good(&mut Cursor::new(&later.bundle)).unwrap();
    let again = casework.replay_endings(&ended).await.unwrap();
    assert_eq!((again.signals, again.consents, again.contents), (0, 0, 1));
    assert_eq!(sealed().await, [waiting.0], "what waits stays");
    assert_eq!(
        casework.replay_endings(&ended).await.unwrap(),
        EndedAgain::default()
    );
    casework.replay_erasures(&[]).await.unwrap();
    let name = "trefpunt.example/test-4";
    casework.begin_origin(&log_signer(name)).await.unwrap();
    let casework = region.casework_on(&restored, name);
    export_of(&casework, &supervisor.client_id).await.insist();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_put_back_gets_its_erasures_before_the_log_goes_on() {
    let (region, school, _) = with_canary().await;
    let supervisor = region.supervisor().await;
    let backup = Backup::make(&region, "erasure").await;

    region.at("2027-05-02T10:00:00+02:00").await;
    region.casework.erase(&about(&school)).await.unwrap();
    assert_eq!(places(&region, &backup.database).await, Vec::<String>::new());
    let later = supervisor.verifies().await;
    let restored = backup.restore(&region).await;
    assert_eq!(
        places(&region, &restored).await,
        ["audit.opening", "match_party", "signal"],
        "the backup has what was erased since"
    );

    // The anchor shows that it is a backup: nothing is signed, no act is taken, and a new name has to wait.
    let casework = region.casework_on(&restored, ORIGIN);
    casework.sequence_once().await.unwrap();
    assert!(matches!(
        casework.log_state(),
        LogState::Stopped(CannotSign::Behind { .. })
    ));
    // An export from before tells of nothing that the backup lacks; the one from after tells of all but what came then.
    let all = later.report.checkpoint().unwrap().size;
    let LogState::Stopped(CannotSign::Behind { anchored, stored }) = casework.log_state() else {
        panic!("{:?}", casework.log_state())
    };
    assert!(stored < all && all <= anchored);
    assert_eq!(
        casework
            .entries_untold(std::slice::from_ref(&(0..stored)))
            .await
            .unwrap(),
        anchored - stored
    );
    assert_eq!(
        casework
            .entries_untold(std::slice::from_ref(&(0..all)))
            .await
            .unwrap(),
        anchored - all
    );
    let next = log_signer("trefpunt.example/test-2");
    let refused = casework.begin_origin(&next).await.unwrap_err();
    assert!(refused.to_string().contains("replay-erasures"), "{refused}");

    let erased = audit_log::bundle::erased_events(&mut Cursor::new(&later.bundle)).unwrap();
    assert_eq!(erased.len(), 2);
    let erased: Vec<u128> = erased.into_iter().map(u128::from_be_bytes).collect();
    let replayed = casework.replay_erasures(&erased).await.unwrap();
    assert_eq!((replayed.openings, replayed.contacts, replayed.kept), (2, 2, 0));
    assert_eq!(places(&region, &restored).await, Vec::<String>::new());
    assert_eq!(
        casework.replay_erasures(&erased).await.unwrap(),
        Erased::default()
    );

    // Under its new name the log verifies, erasures and all.
    casework.begin_origin(&next).await.unwrap();
    let casework = region.casework_on(&restored, "trefpunt.example/test-2");
    let export = export_of(&casework, &supervisor.client_id).await;
    export.insist();
    assert_eq!(export.counts()["opening.erased"], 2);
    assert!(!String::from_utf8_lossy(&export.bundle).contains(CANARY));
}

/// An export without a door: the restored service is not serving.
async fn export_of(casework: &Casework, supervisor: &protocol::ClientId) -> Export {
    casework.sequence_once().await.unwrap();
    let caller = casework.client(supervisor).await.unwrap().unwrap();
    let once = Once {
        key: "restored-export-1".parse().unwrap(),
        fingerprint: [0; 32],
    };
    let answer = casework.request_export(&caller, once, FROM_START).await.unwrap();
    let export: AuditExport = serde_json::from_slice(&answer.body).unwrap();
    casework.sequence_once().await.unwrap();
    let bundle = casework
        .write_bundle(&caller, export.id, || Ok(Cursor::new(Vec::new())))
        .await
        .unwrap();
    Export::read(bundle.into_inner(), &casework.log_policy(), None)
}

/// What is asked in a consent is no person's name; this test is here so that the band above stays needed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openings_of_what_was_asked_can_go_while_the_request_lives() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].enters().await;
    let what = ErasureOf::Records(vec![RecordName::Match(met.match_id)]);
    met.region.casework.erase(&what).await.unwrap();
    letters[0].agrees().await;
    met.region.supervisor().await.verifies().await;
}
