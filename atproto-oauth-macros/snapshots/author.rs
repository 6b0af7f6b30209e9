const _: () = {
    use ::atproto_oauth::__macro::session_extractor as __own;
    use ::atproto_oauth::__macro::NoScopes as _;
    type __GivenApp = App;
    type __App = <__GivenApp as __own::Proved<{ __own::app::<__GivenApp>() }>>::This;
    const __REQUIRES: &[&str] = &["repo:app.bsky.feed.post?action=create"];
    const _: () = {
        ::atproto_oauth::__macro::require_nth(
            ::atproto_oauth::__macro::ScopesOf::<__GivenApp>::SCOPES,
            "App",
            __REQUIRES,
            0,
        )
    };
    #[automatically_derived]
    impl ::atproto_oauth::SessionExtractor for Author {
        type App = __App;
        type Rejection = __own::SessionRejection;
        const REQUIRES: &'static [&'static str] = __REQUIRES;
        async fn from_session(
            __session: &::atproto_oauth::Session<Self::App>,
            __app: &Self::App,
        ) -> ::core::result::Result<Self, __own::NotMade> {
            let _ = (__session, __app);
            ::core::result::Result::Ok(Self {
                did: __own::take::<Self::App, Did>(__session)?,
                handle: __own::take::<Self::App, Option<Handle>>(__session)?,
                session: __own::take::<Self::App, AppSession>(__session)?,
                profile: __own::load::<
                    Self::App,
                    _,
                    _,
                    Profile,
                    _,
                >(load_profile, __session, __app)
                    .await?,
            })
        }
    }
    #[automatically_derived]
    impl<__S> ::atproto_oauth::__macro::axum::extract::FromRequestParts<__S> for Author
    where
        __S: ::atproto_oauth::HasOAuth<<Self as ::atproto_oauth::SessionExtractor>::App>
            + ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Rejection = <Self as ::atproto_oauth::SessionExtractor>::Rejection;
        async fn from_request_parts(
            parts: &mut ::atproto_oauth::__macro::axum::http::request::Parts,
            state: &__S,
        ) -> ::core::result::Result<Self, Self::Rejection> {
            __own::extract(parts, state).await
        }
    }
    #[automatically_derived]
    impl<__S> ::atproto_oauth::__macro::axum::extract::OptionalFromRequestParts<__S>
    for Author
    where
        __S: ::atproto_oauth::HasOAuth<<Self as ::atproto_oauth::SessionExtractor>::App>
            + ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Rejection = <Self as ::atproto_oauth::SessionExtractor>::Rejection;
        async fn from_request_parts(
            parts: &mut ::atproto_oauth::__macro::axum::http::request::Parts,
            state: &__S,
        ) -> ::core::result::Result<::core::option::Option<Self>, Self::Rejection> {
            __own::extract_optional(parts, state).await
        }
    }
};
