//! Actors and journeys.
