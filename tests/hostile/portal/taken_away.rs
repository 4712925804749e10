//! A municipality takes away, or replaces, what somebody has who is at the door at that very moment. Whoever was first, what was
//! taken away opens nothing, and another code is for whoever gets the new letter.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use domain::pin::Pin;
use futures::future::join4;
use protocol::consent::AgeBand;
use tests::{Guardian, PIN, Region, eventually, letter_about_request};

use super::{SCHOOL, asked_in};

/// Every session begins when the test says so, and not before.
const HOLD: &str = "
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$;
    CREATE TRIGGER hold BEFORE INSERT ON portal_session FOR EACH ROW EXECUTE FUNCTION hold();
    SELECT pg_advisory_lock(4711)";

const AT_THE_DOOR: &str = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted";

const WAITING_FOR_THEM: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event <> 'advisory'";

// rule: G6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_in_while_it_is_taken_away_is_not_in() {
    let region = Region::start().await;
    let (_, request, mut letters) = asked_in(&region, AgeBand::Under12, 2, None).await;
    letters[0].enters().await;
    let key = letters[0].key.clone().unwrap();
    let lost = letters[1].code.clone();

    let municipality = region.municipality();
    let door = region.database.superuser().await;
    door.batch_execute(HOLD).await.unwrap();
    let both_at_the_door = async || {
        eventually("both stand at the door", async || {
            (region.count(AT_THE_DOOR).await == 2).then_some(())
        })
        .await;
    };
    let done = AtomicUsize::new(0);
    let coming = futures::future::join(
        region.casework.come_back(&key, PIN),
        region.casework.open_invitation(&lost),
    );
    let revoking = async {
        both_at_the_door().await;
        municipality
            .revokes(&letter_about_request(request.id, 1))
            .await
            .unwrap();
        done.fetch_add(1, SeqCst);
    };
    let replacing = async {
        both_at_the_door().await;
        let replaced = municipality.replaces(&letter_about_request(request.id, 2)).await;
        done.fetch_add(1, SeqCst);
        replaced.unwrap()
    };
    let letting_in = async {
        both_at_the_door().await;
        eventually("the desk is done, or waits for them", async || {
            let waiting = usize::try_from(region.count(WAITING_FOR_THEM).await).unwrap();
            (done.load(SeqCst) + waiting >= 2).then_some(())
        })
        .await;
        door.batch_execute("SELECT pg_advisory_unlock(4711)")
            .await
            .unwrap();
    };
    let ((came_back, entered), (), replaced, ()) = join4(coming, revoking, replacing, letting_in).await;

    if let Ok(secret) = came_back {
        let visit = region.casework.visit(&secret).await;
        assert!(visit.is_err(), "with a key that was taken away: {visit:?}");
    }
    if let Ok(secret) = entered {
        let pin = Pin::choose(PIN).unwrap();
        let chosen = region.casework.choose_pin(&secret, &pin).await;
        assert!(chosen.is_err(), "with the code that was lost");
    }
    let mut again = Guardian::with_code(&region, replaced.code.expose());
    let page = again.enters().await;
    assert!(page.says(SCHOOL), "{}", page.heading());
    region.log_holds().await;
}
