#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}
const _: () = {
    const __ALWAYS: &[&str] = &["atproto"];
    const __OPTIONAL: &[&str] = &[];
    const __SCOPES: ::atproto_oauth::DeclaredScopes = ::atproto_oauth::DeclaredScopes::new(
        __ALWAYS,
        __OPTIONAL,
    );
    const _: () = __SCOPES.check(0);
    type __Hook<S> = ::atproto_oauth::Hook<S>;
    type __Given = App;
    type __State = <__Given as ::atproto_oauth::__macro::session_extractor::Proved<
        { ::atproto_oauth::__macro::session_extractor::thread_safe::<__Given>() },
    >>::This;
    #[automatically_derived]
    impl ::atproto_oauth::OAuthApp for App {
        type State = __State;
        const PATHS: ::atproto_oauth::Paths = ::atproto_oauth::Paths::new("/oauth");
        const SCOPES: ::atproto_oauth::DeclaredScopes = __SCOPES;
        fn oauth(&self) -> &::atproto_oauth::OAuthClient {
            &self.oauth
        }
        fn hooks() -> ::atproto_oauth::Hooks<Self> {
            ::atproto_oauth::Hooks::new(__Hook::<__State>::new(signed_in))
                .logout(__Hook::<__State>::new(signed_out))
        }
    }
};
impl App {
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
type AppSession = ::atproto_oauth::Session<App>;
/// The key that a session of [`App`] is stored under.
type AppSessionKey = ::atproto_oauth::SessionKey<App>;
