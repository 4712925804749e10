//! The program: command line, configuration, the private PostgreSQL, clock and entropy, start and stop.
//!
//! It puts the other crates together and is the only one that reads a clock, draws entropy or looks at the machine's
//! environment. What it does *not* do: hold a rule (`domain`), an act (`casework`) or a route (`web`).
#![forbid(unsafe_code)]

pub mod anchor;
pub mod application;
pub mod bench;
pub mod cast;
mod ceremony_keyholder;
pub mod cli;
pub mod config;
pub mod conformance;
pub mod cosigner;
pub mod credentials;
pub mod data_directory;
pub mod database;
pub mod demo;
pub mod environment;
pub mod exchange;
pub mod files;
pub mod gateway;
pub mod key_files;
pub mod keyholder;
pub mod load;
mod logging;
pub mod out;
pub mod sandbox;
pub mod tls;
pub mod witness;
pub mod work;

pub use application::Application;
pub use config::Config;
