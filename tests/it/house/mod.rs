//! Tests of the house itself: its files, and the imports between them.

mod files;
mod imports;
mod layers;
