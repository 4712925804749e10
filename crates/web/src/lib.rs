//! The doors: partner API, family portal, supervision
