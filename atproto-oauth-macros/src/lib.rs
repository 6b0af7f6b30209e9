//! The macros of `atproto-oauth`. Use them through that crate.

mod args;
mod errors;
mod expand;
mod generics;
mod item;
mod names;
mod prefix;
mod scopes;
mod split;
mod value;

use proc_macro::TokenStream;

/// Signs people in.
#[proc_macro_attribute]
pub fn atproto_oauth(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(args.into(), item.into()).into()
}
