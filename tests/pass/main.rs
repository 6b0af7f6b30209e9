//! Programs that the macros accept: each is compiled and linted with the others, and what it asserts is run.
//! What they refuse is in `ui`; other editions and names of the crate are in `hygiene`.

mod all_arguments;
mod cfg_fields;
mod crate_path;
mod derive;
mod generics;
mod in_function;
mod long_lists;
mod no_implicit_prelude;
mod order_of_attributes;
mod shadowed;
mod shapes;
mod static_scopes;
