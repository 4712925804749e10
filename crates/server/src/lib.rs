//! The program: command line, configuration, private PostgreSQL, environment
