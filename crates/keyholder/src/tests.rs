//! The schema and its statements, on a real PostgreSQL.
