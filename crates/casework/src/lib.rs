//! What the service does: one file, one act
