//! The hosted pages in every sample state: what people read, how heavy it is, and whether it can be used.

mod pages;
mod samples;
mod snapshots;
