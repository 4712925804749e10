//! An anchor in memory: outside the database, as a file would be, and shared by two programs of one region.

use std::sync::{Arc, Mutex, MutexGuard};

use casework::LogKeeping;
use casework::anchor::{Anchor, AnchorError, Anchored, HeldAnchor};

/// The anchor of a region's log.
#[derive(Debug, Clone, Default)]
pub struct MemoryAnchor(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    text: Option<String>,
    held: bool,
    broken: bool,
}

impl MemoryAnchor {
    /// What it says.
    #[must_use]
    pub fn read(&self) -> Option<Anchored> {
        let inner = self.inner();
        inner.text.as_deref().map(|text| Anchored::parse(text).unwrap())
    }

    /// Puts this in it, as somebody who reaches the disk would.
    pub fn put(&self, anchored: Option<&Anchored>) {
        self.inner().text = anchored.map(Anchored::to_text);
    }

    /// Lets its disk fail, or mends it.
    pub fn breaks(&self, broken: bool) {
        self.inner().broken = broken;
    }

    /// What the log is kept with.
    pub(crate) fn keeping(&self) -> LogKeeping {
        LogKeeping {
            anchor: Arc::new(self.clone()),
            previous_key: None,
            witnesses: Vec::new(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

impl Anchor for MemoryAnchor {
    fn hold(&self) -> Result<Option<Box<dyn HeldAnchor>>, AnchorError> {
        let mut inner = self.inner();
        if inner.broken {
            return Err(AnchorError::Io("no space left on device".to_owned()));
        }
        if std::mem::replace(&mut inner.held, true) {
            return Ok(None);
        }
        Ok(Some(Box::new(Held(self.clone()))))
    }

    fn look(&self) -> Result<Option<String>, AnchorError> {
        let inner = self.inner();
        match inner.broken {
            true => Err(AnchorError::Io("no space left on device".to_owned())),
            false => Ok(inner.text.clone()),
        }
    }
}

struct Held(MemoryAnchor);

impl HeldAnchor for Held {
    fn read(&self) -> Result<Option<String>, AnchorError> {
        Ok(self.0.inner().text.clone())
    }

    fn swap(&mut self, old: Option<&str>, new: &str) -> Result<(), AnchorError> {
        let mut inner = self.0.inner();
        if inner.text.as_deref() != old {
            return Err(AnchorError::Changed);
        }
        inner.text = Some(new.to_owned());
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.inner().held = false;
    }
}
