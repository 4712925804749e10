//! A bounded memory of tokens whose signature was checked.
//!
//! Keys are hashes, so the memory holds no bearer secret. Two generations bound it: when the young one is full it
//! becomes the old one and what was old is forgotten. A flood of tokens costs signature checks, never memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::access_token::Access;

type Generation = HashMap<[u8; 32], Arc<Access>>;

pub(crate) struct TokenCache {
    /// Largest size of one generation.
    half: usize,
    generations: Mutex<(Generation, Generation)>,
}

impl TokenCache {
    pub fn new(capacity: usize) -> Self {
        Self {
            half: capacity / 2,
            generations: Mutex::default(),
        }
    }

    /// Looks a token up by its hash. The caller checks expiry.
    pub fn get(&self, digest: &[u8; 32]) -> Option<Arc<Access>> {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let (young, old) = &*generations;
        young.get(digest).or_else(|| old.get(digest)).cloned()
    }

    pub fn put(&self, digest: [u8; 32], access: Arc<Access>) {
        if self.half == 0 {
            return;
        }
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let (young, old) = &mut *generations;
        if young.len() >= self.half {
            *old = std::mem::take(young);
        }
        young.insert(digest, access);
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.0.len() + generations.1.len()
    }
}
