//! Questions of one kind that wait are asked together. Whatever came while the last set was answered is the next set, so
//! that nobody waits for a clock, and every question is asked of the database after it came.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::StoreError;
use tokio::sync::oneshot;

/// The most that are asked in one set.
const MOST: usize = 64;

type Asked<Q, A> = (Q, oneshot::Sender<Result<A, StoreError>>);

/// What waits, by kind. A kind that nobody asks about has no entry.
type Waiting<K, Q, A> = Mutex<HashMap<K, Vec<Asked<Q, A>>>>;

pub(crate) struct Together<K, Q, A> {
    waiting: Arc<Waiting<K, Q, A>>,
}

impl<K, Q, A> Default for Together<K, Q, A> {
    fn default() -> Self {
        Self {
            waiting: Arc::default(),
        }
    }
}

impl<K, Q, A> Together<K, Q, A>
where
    K: Clone + Eq + Hash + Send + 'static,
    Q: Send + 'static,
    A: Send + 'static,
{
    /// The answer to a question. `answer` gives one for each question of a set, in their order; a set that cannot be answered
    /// harms nobody: then this is none, and whoever asked asks alone.
    ///
    /// # Errors
    /// Of who was asked about alone.
    pub(crate) async fn ask<F>(
        &self,
        kind: K,
        question: Q,
        answer: impl Fn(Vec<Q>) -> F + Send + 'static,
    ) -> Result<Option<A>, StoreError>
    where
        F: Future<Output = Result<Vec<A>, StoreError>> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let first = {
            let mut waiting = lock(&self.waiting);
            match waiting.get_mut(&kind) {
                Some(others) => {
                    others.push((question, tell));
                    None
                }
                None => {
                    waiting.insert(kind.clone(), Vec::new());
                    Some((question, tell))
                }
            }
        };
        if let Some(first) = first {
            // In a task of its own: who asked may go away, and others wait.
            tokio::spawn(answer_sets(Arc::clone(&self.waiting), kind, first, answer));
        }
        told.await.ok().transpose()
    }
}

async fn answer_sets<K, Q, A, F>(
    waiting: Arc<Waiting<K, Q, A>>,
    kind: K,
    first: Asked<Q, A>,
    answer: impl Fn(Vec<Q>) -> F,
) where
    K: Eq + Hash,
    F: Future<Output = Result<Vec<A>, StoreError>>,
{
    let mut turn = Turn {
        waiting: &waiting,
        kind: Some(kind),
    };
    let mut set = vec![first];
    loop {
        let (questions, who): (Vec<Q>, Vec<_>) = set.into_iter().unzip();
        // Who went away meanwhile is told nothing.
        match (answer(questions).await, who.len()) {
            (Ok(answers), _) => who.into_iter().zip(answers).for_each(|(who, answer)| {
                drop(who.send(Ok(answer)));
            }),
            (Err(error), 1) => who.into_iter().zip([error]).for_each(|(who, error)| {
                drop(who.send(Err(error)));
            }),
            (Err(error), asked) => tracing::debug!(%error, asked, "a set was not answered; each asks alone"),
        }
        match turn.next_set() {
            Some(next) => set = next,
            None => return,
        }
    }
}

/// Answering one kind. Ends when nobody waits, or with whoever answers: then who waits asks alone.
struct Turn<'w, K: Eq + Hash, Q, A> {
    waiting: &'w Waiting<K, Q, A>,
    kind: Option<K>,
}

impl<K: Eq + Hash, Q, A> Turn<'_, K, Q, A> {
    fn next_set(&mut self) -> Option<Vec<Asked<Q, A>>> {
        let mut waiting = lock(self.waiting);
        let next = waiting.get_mut(self.kind.as_ref()?)?;
        if next.is_empty() {
            // Under the same lock, or somebody could come to wait for nobody.
            waiting.remove(&self.kind.take()?);
            return None;
        }
        Some(next.drain(..next.len().min(MOST)).collect())
    }
}

impl<K: Eq + Hash, Q, A> Drop for Turn<'_, K, Q, A> {
    fn drop(&mut self) {
        if let Some(kind) = self.kind.take() {
            lock(self.waiting).remove(&kind);
        }
    }
}

fn lock<T>(waiting: &Mutex<T>) -> MutexGuard<'_, T> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    struct Scene {
        together: Arc<Together<u8, u32, u32>>,
        sets: Arc<Mutex<Vec<Vec<u32>>>>,
        gate: Arc<Semaphore>,
        failing: Arc<AtomicUsize>,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                together: Arc::default(),
                sets: Arc::default(),
                gate: Arc::new(Semaphore::new(0)),
                failing: Arc::default(),
            }
        }

        /// Asks what is one more. A set is answered when the gate lets it.
        fn ask(&self, kind: u8, question: u32) -> tokio::task::JoinHandle<Result<Option<u32>, StoreError>> {
            let (together, sets) = (Arc::clone(&self.together), Arc::clone(&self.sets));
            let (gate, failing) = (Arc::clone(&self.gate), Arc::clone(&self.failing));
            tokio::spawn(async move {
                let answer = move |questions: Vec<u32>| {
                    let (gate, failing) = (Arc::clone(&gate), Arc::clone(&failing));
                    lock(&sets).push(questions.clone());
                    async move {
                        gate.acquire().await.unwrap().forget();
                        if failing.load(Ordering::SeqCst) > 0 {
                            return Err(StoreError::Busy);
                        }
                        Ok(questions.iter().map(|question| question + 1).collect())
                    }
                };
                together.ask(kind, question, answer).await
            })
        }

        /// Lets everybody run who can.
        async fn settle(&self) {
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn what_comes_while_one_is_answered_is_the_next_set() {
        let scene = Scene::new();
        let first = scene.ask(1, 10);
        scene.settle().await;
        let others = [scene.ask(1, 20), scene.ask(1, 30)];
        let apart = scene.ask(2, 40);
        scene.settle().await;
        scene.gate.add_permits(9);
        assert_eq!(first.await.unwrap().unwrap(), Some(11));
        assert_eq!(apart.await.unwrap().unwrap(), Some(41));
        let mut answers = Vec::new();
        for other in others {
            answers.push(other.await.unwrap().unwrap());
        }
        assert_eq!(answers, [Some(21), Some(31)]);
        let mut sets = lock(&scene.sets).clone();
        sets.sort_unstable();
        assert_eq!(sets, [vec![10], vec![20, 30], vec![40]]);
        scene.settle().await;
        assert!(lock(&scene.together.waiting).is_empty());
    }

    #[tokio::test]
    async fn a_set_is_bounded_and_one_that_fails_is_asked_one_by_one() {
        let scene = Scene::new();
        let first = scene.ask(1, 0);
        scene.settle().await;
        let others: Vec<_> = (0..100).map(|question| scene.ask(1, question)).collect();
        scene.settle().await;
        scene.failing.store(1, Ordering::SeqCst);
        scene.gate.add_permits(9);
        assert!(matches!(first.await.unwrap(), Err(StoreError::Busy)));
        for other in others {
            assert!(matches!(other.await.unwrap(), Ok(None)));
        }
        let sizes: Vec<usize> = lock(&scene.sets).iter().map(Vec::len).collect();
        assert_eq!(sizes, [1, MOST, 100 - MOST]);
    }

    #[tokio::test]
    async fn who_goes_away_stops_nobody() {
        let scene = Scene::new();
        let first = scene.ask(1, 1);
        scene.settle().await;
        let second = scene.ask(1, 2);
        scene.settle().await;
        first.abort();
        scene.gate.add_permits(2);
        assert_eq!(second.await.unwrap().unwrap(), Some(3));
    }

    #[tokio::test]
    async fn who_waited_for_one_that_broke_off_asks_alone() {
        let scene = Scene::new();
        let first = scene.ask(1, 1);
        scene.settle().await;
        let second = scene.ask(1, 2);
        scene.settle().await;
        // Whoever waits at a gate that closes panics.
        scene.gate.close();
        assert!(matches!(first.await.unwrap(), Ok(None)));
        assert!(matches!(second.await.unwrap(), Ok(None)));
        assert!(lock(&scene.together.waiting).is_empty());
    }
}
