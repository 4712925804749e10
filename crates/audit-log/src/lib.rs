//! What happened, provably: leaves, Merkle tree, checkpoints, export, verifier
