//! PostgreSQL: migrations, transactions, one named statement per method
