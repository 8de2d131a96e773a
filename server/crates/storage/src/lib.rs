//! Placeholder replaced in this commit series.
