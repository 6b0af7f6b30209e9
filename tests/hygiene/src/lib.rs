//! What the macros write gives no user anything to answer for: under every lint that people deny, without a
//! prelude, with the crate under another name, in two editions, in functions and in structs that
//! a macro makes. The ordinary `cargo clippy` proves it.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    warnings,
    unused,
    nonstandard_style,
    future_incompatible,
    let_underscore
)]
#![deny(
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
#![deny(
    rust_2018_idioms,
    keyword_idents,
    absolute_paths_not_starting_with_crate
)]
#![deny(unreachable_pub, unnameable_types, private_bounds, private_interfaces)]
#![deny(
    unused_qualifications,
    unused_results,
    unused_import_braces,
    unused_lifetimes
)]
#![deny(single_use_lifetimes, elided_lifetimes_in_paths, redundant_lifetimes)]
#![deny(explicit_outlives_requirements, impl_trait_redundant_captures)]
#![deny(
    trivial_casts,
    trivial_numeric_casts,
    variant_size_differences,
    unit_bindings
)]
#![deny(unused_crate_dependencies, meta_variable_misuse)]
#![deny(clippy::all, clippy::cargo, clippy::pedantic, clippy::nursery)]
// What is tried here is what the macros write. Of what a person writes, some of these lints contradict each
// other, the style of this repository, or what is tried.
#![deny(clippy::restriction)]
#![allow(
    clippy::blanket_clippy_restriction_lints,
    clippy::multiple_crate_versions,
    clippy::absolute_paths,
    clippy::arbitrary_source_item_ordering,
    clippy::field_scoped_visibility_modifiers,
    clippy::implicit_return,
    clippy::missing_docs_in_private_items,
    clippy::pattern_type_mismatch,
    clippy::pub_with_shorthand,
    clippy::redundant_pub_crate,
    clippy::single_call_fn,
    clippy::std_instead_of_alloc,
    clippy::unused_async,
    reason = "about what a person writes"
)]

pub mod application;
pub mod extractor;
pub mod forbidding;
pub mod generic;
pub mod inside;
pub mod made;
pub mod shadowed;
