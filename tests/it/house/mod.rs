//! Tests of the house itself: its files, the imports between them, and its public surface.

pub(crate) mod files;
mod imports;
mod layers;
mod limits;
mod surface;
