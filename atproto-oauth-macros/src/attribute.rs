//! `#[atproto_oauth(…)]`: from the arguments and the item to the generated code.

mod aliases;
mod arguments;
mod item;
mod scopes;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, ExprPath, Member};

use crate::errors::Errors;
use crate::generics::TargetType;
use crate::paths::CratePath;
use crate::span::{call_site_at, respan};
use aliases::Aliases;
use arguments::Arguments;
use item::{ClientField, Item};
use scopes::DeclaredLists;

/// Writes the item unchanged, the mistakes, then the impls and aliases. The impls and aliases are written after a
/// mistake too, so that the code which uses them is not a second error.
pub(crate) fn expand(args: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (written, item) = item::read(tokens, &mut errors);
    let generated = match item {
        Item::Whole(input) => {
            let args = Arguments::read(args, &mut errors);
            let client = item::client_field(&input, args.client.as_ref(), &mut errors);
            generate(&input, &args, client, &mut errors)
        }
        Item::Head(input) => {
            let args = Arguments::read(args, &mut errors);
            generate(&input, &args, None, &mut errors)
        }
        Item::Other => TokenStream::new(),
    };
    let errors = errors.into_tokens();
    quote!(#written #errors #generated)
}

fn generate(
    input: &DeriveInput,
    args: &Arguments,
    client: Option<ClientField>,
    errors: &mut Errors,
) -> TokenStream {
    let krate = CratePath::new(args.crate_path.as_ref());
    // What the main crate lacks is reported at its path, and the rest at the struct's name, where lints know that it is
    // generated.
    let span = krate
        .written_at()
        .unwrap_or_else(|| call_site_at(input.ident.span()));
    let target = TargetType::new(input, args.state.is_none());
    let app = app_impl(input, args, client, &krate, span, &target);
    let functions = functions(input, args, &krate, span, &target);
    let aliases = Aliases::new(input, args, errors).tokens(input, &krate, &target);
    quote!(#app #functions #aliases)
}

/// Writes the trait's impl. It stands in a `const _` with the list of scopes, so that the list is written once and
/// proved even where the struct is generic.
fn app_impl(
    input: &DeriveInput,
    args: &Arguments,
    client: Option<ClientField>,
    krate: &CratePath,
    span: Span,
    target: &TargetType,
) -> TokenStream {
    let TargetType {
        path,
        impl_params,
        where_clause,
        ..
    } = target;
    let items = krate.items(span);
    let (hook, hooks, oauth_app) = (&items.hook, &items.hooks, &items.oauth_app);
    let (paths, declared_scopes) = (&items.paths, &items.declared_scopes);
    let oauth_client = &items.oauth_client;
    // The compiler reports a second impl from this word on.
    let head = quote_spanned!(input.ident.span()=> impl);
    let state = RouterState::new(input, args, krate, span);
    let (state_aliases, state_type) = (&state.aliases, &state.associated_type);
    let prefix = args
        .prefix
        .as_ref()
        .map_or_else(|| quote!("/oauth"), ToTokens::to_token_stream);
    let accounts = args
        .accounts
        .as_ref()
        .map(|n| quote_spanned!(span=> const ACCOUNTS: u16 = #n;));
    // The function never runs where there is no client: that was reported.
    let client = client.map_or_else(|| quote!(::core::unreachable!()), client_reference);
    let hooks_value = hooks_value(args, &state.name, krate, span);
    let declared = DeclaredLists::new(args);
    let (list, checks) = (declared.list(krate, span), declared.checks());
    quote_spanned! {span=>
        const _: () = {
            #list
            #checks
            type __Hook<S> = #hook<S>;
            #state_aliases

            #[automatically_derived]
            #head #impl_params #oauth_app for #path #where_clause {
                #state_type
                const PATHS: #paths = #paths::new(#prefix);
                const SCOPES: #declared_scopes = __SCOPES;
                #accounts
                fn oauth(&self) -> &#oauth_client {
                    #client
                }
                fn hooks() -> #hooks<Self> {
                    #hooks_value
                }
            }
        };
    }
}

/// The router's state. It is proved before it is used (see `__macro::session_extractor::Proved`), so that a type which cannot be a state is
/// one error. The state of a generic application is not proved, as a constant cannot know the type parameters.
struct RouterState {
    /// The aliases of the type as given and as proved.
    aliases: Option<TokenStream>,
    /// `type State = …;`.
    associated_type: TokenStream,
    /// The type as the hooks name it.
    name: TokenStream,
}

impl RouterState {
    fn new(input: &DeriveInput, args: &Arguments, krate: &CratePath, span: Span) -> Self {
        // All of it where the user wrote the type, as the compiler reports a private one at the whole.
        let place = args
            .state
            .as_ref()
            .map_or(span, |ty| call_site_at(ty.span()));
        let given = args.state.as_ref().map(ToTokens::to_token_stream);
        if !input.generics.params.is_empty() {
            let given = given.unwrap_or_else(|| quote_spanned!(input.ident.span()=> Self));
            return Self {
                aliases: None,
                associated_type: quote_spanned!(place=> type State = #given;),
                name: quote!(Self::State),
            };
        }
        let given = given.unwrap_or_else(|| input.ident.to_token_stream());
        let own = krate.items(span).own;
        let proof = quote_spanned!(place=> #own::thread_safe::<__Given>());
        let proved = quote_spanned!(place=> <__Given as #own::Proved<{ #proof }>>::This);
        Self {
            aliases: Some(quote_spanned!(place=> type __Given = #given; type __State = #proved;)),
            associated_type: quote_spanned!(place=> type State = __State;),
            name: quote!(__State),
        }
    }
}

/// Writes `&self.oauth`, at the field's type, where the compiler then reports a wrong one.
fn client_reference(client: ClientField) -> TokenStream {
    let span = client.ty.span();
    let member = match client.member {
        Member::Named(mut name) => {
            name.set_span(span);
            Member::Named(name)
        }
        number @ Member::Unnamed(_) => number,
    };
    quote_spanned!(span=> &self.#member)
}

fn hooks_value(
    args: &Arguments,
    state: &TokenStream,
    krate: &CratePath,
    span: Span,
) -> TokenStream {
    let hook = |path| hook_value(path, state);
    let Some(callback) = args.callback.as_ref().map(hook) else {
        // The function never runs without a callback: that was reported.
        return quote!(::core::unreachable!());
    };
    let logout = args.logout.iter().map(hook);
    let error = args.error.iter().map(hook);
    let hooks = krate.items(span).hooks;
    quote_spanned!(span=> #hooks::new(#callback) #(.logout(#logout))* #(.error(#error))*)
}

/// Writes `Hook::new(signed_in)`, all of it at the path of the function, where the compiler then reports what is wrong
/// with the function. It names the alias `__Hook` in place of the crate's path, so that a mistake in `crate = …` is not
/// reported at the function.
fn hook_value(path: &ExprPath, state: &TokenStream) -> TokenStream {
    let start = path.span();
    let mut function = Group::new(Delimiter::Parenthesis, path.to_token_stream());
    // A path's own span is that of its first token; with the last one here, the whole is underlined.
    let end = path
        .path
        .segments
        .last()
        .map_or(start, |last| last.ident.span());
    function.set_span(end);
    let new = respan(quote!(__Hook::<#state>::new), start);
    quote!(#new #function)
}

fn functions(
    input: &DeriveInput,
    args: &Arguments,
    krate: &CratePath,
    span: Span,
    target: &TargetType,
) -> TokenStream {
    let TargetType {
        path,
        impl_params,
        where_clause,
        ..
    } = target;
    let items = krate.items(span);
    let (oauth_app, oauth_client) = (&items.oauth_app, &items.oauth_client);
    let (router, builder) = (&items.router, &items.oauth_client_builder);
    let all_routes = &items.routes;
    let (from_env, error) = (&items.from_env, &items.error);
    let vis = respan(
        input.vis.to_token_stream(),
        call_site_at(input.ident.span()),
    );
    let state = if args.state.is_some() {
        quote_spanned!(span=> <Self as #oauth_app>::State)
    } else {
        quote_spanned!(span=> Self)
    };
    quote_spanned! {span=>
        impl #impl_params #path #where_clause {
            /// The routes people sign in and out with; merge them into your router, or add yours.
            #vis fn oauth_routes() -> #router<#state> {
                #all_routes::<Self>()
            }
            /// A client builder that knows the paths and permissions of this application.
            #vis fn oauth_builder() -> #builder {
                #oauth_client::builder().app::<Self>()
            }
            /// A client of this application, configured by the environment.
            ///
            /// # Errors
            /// A setting that is missing or wrong, in one sentence that names it, or a store that
            /// cannot be opened.
            #vis async fn oauth_from_env() -> ::core::result::Result<#oauth_client, #error> {
                #from_env::<Self>().await
            }
        }
    }
}

#[cfg(test)]
mod completion;
#[cfg(test)]
mod tests;
