::core::compile_error! {
    "`requires` takes a list of strings; write `requires = [\"repo:a.b.c\"]`"
}
::core::compile_error! {
    "`Author` does not say whose session it takes; add `#[session(app = App)]`"
}
::core::compile_error! {
    "`Author` cannot borrow, because it is made anew for each request; own the data, and remove `'a`"
}
#[automatically_derived]
impl<'a, __S> ::atproto_oauth::__macro::axum::extract::FromRequestParts<__S>
for Author<'a>
where
    __S: ::core::marker::Send + ::core::marker::Sync,
    Self: ::core::marker::Send,
{
    type Rejection = ::atproto_oauth::__macro::axum::response::Response;
    async fn from_request_parts(
        _: &mut ::atproto_oauth::__macro::axum::http::request::Parts,
        _: &__S,
    ) -> ::core::result::Result<Self, Self::Rejection> {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl<'a, __S> ::atproto_oauth::__macro::axum::extract::OptionalFromRequestParts<__S>
for Author<'a>
where
    __S: ::core::marker::Send + ::core::marker::Sync,
    Self: ::core::marker::Send,
{
    type Rejection = ::atproto_oauth::__macro::axum::response::Response;
    async fn from_request_parts(
        _: &mut ::atproto_oauth::__macro::axum::http::request::Parts,
        _: &__S,
    ) -> ::core::result::Result<::core::option::Option<Self>, Self::Rejection> {
        ::core::unreachable!()
    }
}
