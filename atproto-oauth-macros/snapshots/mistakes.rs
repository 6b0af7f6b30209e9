struct App<'a, D: Borrow<&'a str>>
where
    D: 'a,
{
    name: &'a str,
    data: D,
}
::core::compile_error! {
    "`App` cannot borrow, because requests outlive the borrow; own the data, or share it with `Arc`, and remove `'a`"
}
::core::compile_error! {
    "`logout` takes a function, not a route; write `logout = signed_out`"
}
::core::compile_error! {
    "`accounts` must be at least 1; write `accounts = 1`, with which signing in again replaces the account"
}
::core::compile_error! {
    "a permission is a string; write `\"5\"`"
}
::core::compile_error! {
    "`callback` is missing; write `#[atproto_oauth(callback = signed_in)]`, where `signed_in` is an `async fn` that answers once a person has signed in"
}
::core::compile_error! {
    "`App` has no field of type `OAuthClient`; add `oauth: OAuthClient`, or name the field with `client = …`"
}
const _: () = {
    const __ALWAYS: &[&str] = &["atproto"];
    const __OPTIONAL: &[&str] = &[""];
    const __SCOPES: ::atproto_oauth::DeclaredScopes = ::atproto_oauth::DeclaredScopes::new(
        __ALWAYS,
        __OPTIONAL,
    );
    const _: () = __SCOPES.check(0);
    type __Hook<S> = ::atproto_oauth::Hook<S>;
    #[automatically_derived]
    impl<D: Borrow<&'static str>> ::atproto_oauth::OAuthApp for App<'static, D>
    where
        D: 'static,
        D: ::core::marker::Send + ::core::marker::Sync + 'static,
        App<'static, D>: ::core::clone::Clone,
    {
        type State = Self;
        const PATHS: ::atproto_oauth::Paths = ::atproto_oauth::Paths::new("/oauth");
        const SCOPES: ::atproto_oauth::DeclaredScopes = __SCOPES;
        fn oauth(&self) -> &::atproto_oauth::OAuthClient {
            ::core::unreachable!()
        }
        fn hooks() -> ::atproto_oauth::Hooks<Self> {
            ::core::unreachable!()
        }
    }
};
impl<D: Borrow<&'static str>> App<'static, D>
where
    D: 'static,
    D: ::core::marker::Send + ::core::marker::Sync + 'static,
    App<'static, D>: ::core::clone::Clone,
{
    /// The routes people sign in and out with; merge them into your router, or add yours.
    fn oauth_routes() -> ::atproto_oauth::__macro::axum::Router<Self> {
        ::atproto_oauth::routes::<Self>()
    }
    /// A client builder that knows the paths and permissions of this application.
    fn oauth_builder() -> ::atproto_oauth::OAuthClientBuilder {
        ::atproto_oauth::OAuthClient::builder().app::<Self>()
    }
    /// A client of this application, configured by the environment.
    ///
    /// # Errors
    /// A setting that is missing or wrong, in one sentence that names it, or a store that
    /// cannot be opened.
    async fn oauth_from_env() -> ::core::result::Result<
        ::atproto_oauth::OAuthClient,
        ::atproto_oauth::Error,
    > {
        ::atproto_oauth::oauth_from_env::<Self>().await
    }
}
/// The session of the account that is signed in to [`App`].
type AppSession<D> = ::atproto_oauth::Session<App<'static, D>>;
/// The key that a session of [`App`] is stored under.
type AppSessionKey<D> = ::atproto_oauth::SessionKey<App<'static, D>>;
