//! Tags that do not fit together, on a real PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::key::OrganisationKey;

use super::*;
use crate::matching::MatchTask;
use crate::merging::SubjectPair;
use crate::test_util::TestDatabase;
use crate::work::{Matcher, Work};
use crate::{Chance, Context};

const LIVE: TagKeys = TagKeys {
    suite: 1,
    oprf_epoch: None,
    tag_epoch: 1,
};
const NEXT: TagKeys = TagKeys { tag_epoch: 2, ..LIVE };

fn chance() -> Chance {
    let counter = AtomicU64::new(1);
    Arc::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let number = counter.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
        }
    })
}

/// The tag of a child in an epoch.
fn tag(child: u8, net_epoch: u16) -> NewTag {
    under(LIVE, child, net_epoch)
}

fn under(keys: TagKeys, child: u8, net_epoch: u16) -> NewTag {
    let mut tag = [child; 32];
    tag[1..3].copy_from_slice(&net_epoch.to_be_bytes());
    tag[3..5].copy_from_slice(&keys.tag_epoch.to_be_bytes());
    NewTag {
        tag,
        kind: 1,
        net_epoch,
        keys,
        live: keys == LIVE,
        sealed: vec![0; 64],
    }
}

/// Tags of one signal: of a new one, or of one about a child that is known.
#[derive(Clone)]
struct Sent(Vec<NewTag>, Option<i64>);

impl Work for Sent {
    const NAME: &'static str = "sent";
    type Role = Submit;
    type Output = Resolved;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Resolved, StoreError> {
        Ok(tx.resolve_tags(&[&self.0], &[self.1]).await?[0])
    }
}

struct World(TestDatabase);

impl World {
    /// Both organisations give a signal about this child.
    async fn both_have_signals(&self, subject: i64) {
        let sql = format!(
            "INSERT INTO signal (subject_id, id, organisation_id, state, basis, submitted_at, planned_end, expires_at,
                                 destroy_by, destroy_at, archive_from, archive_until, suite, blinded_by_client,
                                 professional, log_tag)
             SELECT {subject}, nextval('signal_id'), o.id, 'active', 'notify', '2027-01-01Z', '2027-09-01',
                    '2027-09-01Z', '2043-05-01', '2043-05-01Z', '2027-09-02Z', '2032-09-01Z', 1, false, '',
                    gen_random_uuid() FROM organisation o"
        );
        self.0.superuser().await.batch_execute(&sql).await.unwrap();
    }

    async fn new() -> Self {
        Self(TestDatabase::new(chance()).await)
    }

    async fn signal(&self, tags: Vec<NewTag>) -> Resolved {
        self.run(Sent(tags, None)).await
    }

    async fn again(&self, subject: i64, tags: Vec<NewTag>) -> Resolved {
        self.run(Sent(tags, Some(subject))).await
    }

    async fn run<W: Work<Error = StoreError>>(&self, work: W) -> W::Output {
        self.0.store.run(Context::Service, work).await.unwrap()
    }

    async fn child_of(&self, tag: NewTag) -> i64 {
        let sql = "SELECT subject_id FROM subject_tag WHERE tag = $1";
        let client = self.0.superuser().await;
        client
            .query_one(sql, &[&tag.tag.as_slice()])
            .await
            .unwrap()
            .get(0)
    }
}

#[tokio::test]
async fn a_token_of_another_child_for_ones_own_signal_draws_nobody_there() {
    let world = World::new().await;
    let own = world.signal(vec![tag(1, 1)]).await.subject;
    // Nobody knows the other child.
    let resolved = world.again(own, vec![tag(2, 1)]).await;
    assert_eq!(resolved.subject, own);
    let other = world.signal(vec![tag(2, 1), tag(2, 2)]).await;
    assert_ne!(other.subject, own, "an honest signal about the other child");
    assert_eq!(world.signal(vec![tag(1, 1), tag(1, 2)]).await.subject, own);
    // What was sent honestly is linked.
    assert_eq!(world.child_of(tag(1, 2)).await, own);
    assert_eq!(world.child_of(tag(2, 2)).await, other.subject);
}

#[tokio::test]
async fn a_pair_of_two_children_draws_neither_to_the_other() {
    let world = World::new().await;
    let one = world.signal(vec![tag(1, 1)]).await.subject;
    // The newer token is another child's: first there, while the child has none of that epoch.
    assert_eq!(world.signal(vec![tag(1, 1), tag(2, 2)]).await.subject, one);
    let other = world.signal(vec![tag(2, 1), tag(2, 2)]).await;
    assert_ne!(other.subject, one, "the oldest token decides, known or not");
    assert_eq!(other.met, one);
    // And the child's own newer token is not lost: the older one finds it.
    let again = world.signal(vec![tag(1, 1), tag(1, 2)]).await;
    assert_eq!(again.subject, one);
    assert_ne!(again.met, one);
}

#[tokio::test]
async fn a_tag_of_the_next_keys_is_whose_that_of_the_live_keys_is() {
    let world = World::new().await;
    let one = world.signal(vec![tag(1, 1)]).await.subject;
    let other = world.signal(vec![tag(1, 2)]).await.subject;
    assert_ne!(one, other);
    let both = vec![tag(1, 1), tag(1, 2), under(NEXT, 1, 1), under(NEXT, 1, 2)];
    assert_eq!(
        world.signal(both).await,
        Resolved {
            subject: one,
            met: other
        }
    );
    assert_eq!(world.child_of(under(NEXT, 1, 1)).await, one);
    assert_eq!(world.child_of(under(NEXT, 1, 2)).await, other);
}

struct Pairs(Vec<MatchTask>);

impl Work for Pairs {
    const NAME: &'static str = "pairs";
    type Role = Matcher;
    type Output = Option<SubjectPair>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Option<SubjectPair>, StoreError> {
        tx.insert_pairs(&self.0).await?;
        tx.ready_pair(2, &[]).await
    }
}

#[tokio::test]
async fn two_children_with_tokens_of_one_epoch_are_never_joined() {
    let world = World::new().await;
    world
        .0
        .superuser()
        .await
        .batch_execute(
            "INSERT INTO covenant (network_id, name, version, settings, applied_at, min_suite, log_tag)
             VALUES (1, 'c', 1, '', '2027-01-01Z', 1, gen_random_uuid());
             INSERT INTO organisation (public_id, covenant_id, name, role, sector)
             SELECT gen_random_uuid(), 1, name, 'partner', 'education' FROM unnest(ARRAY['a', 'b']) AS name",
        )
        .await
        .unwrap();
    let two_say = |resolved: Resolved| {
        let task = |organisation| MatchTask {
            subject: resolved.subject,
            met: Some((resolved.met, OrganisationKey(organisation))),
        };
        Pairs(vec![task(1), task(2)])
    };
    // One lie links the newer token to the wrong child; then two speak the truth about the other.
    let one = world.signal(vec![tag(1, 1)]).await.subject;
    world.signal(vec![tag(2, 1)]).await;
    world.signal(vec![tag(1, 1), tag(2, 2)]).await;
    let truth = world.signal(vec![tag(2, 1), tag(2, 2)]).await;
    assert_eq!(truth.met, one);
    world.both_have_signals(one).await;
    assert_eq!(world.run(two_say(truth)).await, None);

    // Two that share no epoch are.
    let old = world.signal(vec![tag(3, 1)]).await.subject;
    let new = world.signal(vec![tag(3, 2)]).await.subject;
    let both = world.signal(vec![tag(3, 1), tag(3, 2)]).await;
    let pair = SubjectPair {
        survivor: old,
        other: new,
    };
    assert_eq!(
        world.run(two_say(both)).await,
        None,
        "who has no signal about either has no say"
    );
    world.both_have_signals(new).await;
    assert_eq!(world.run(two_say(both)).await, Some(pair));
    let client = world.0.superuser().await;
    let asleep =
        "UPDATE signal SET state = 'sleeping', sleeps_until = '2027-01-29Z' WHERE organisation_id = 2";
    client.batch_execute(asleep).await.unwrap();
    assert_eq!(
        world.run(two_say(both)).await,
        None,
        "a signal that sleeps has no effect"
    );
}
