//! What a partner's program links: tokens, signals, notices, exchange
