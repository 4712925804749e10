//! What every HTTP door shares: tokens, problems, limits, headers
