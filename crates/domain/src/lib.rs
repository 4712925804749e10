//! The rules, readable by a lawyer and a developer together
