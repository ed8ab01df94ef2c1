//! The pages, feeds and APIs of firsthand.
