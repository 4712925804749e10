//! What crosses the boundary: bodies, problems, sealed messages, consent records
