//! Tests that the item comes first and unchanged, however wrong or half typed the program is, so that editors go on
//! completing in it, and that the code after it parses.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::expand;

/// Arguments that are half typed or wrong, and how many mistakes the macro reports in them; the compiler reports the
/// others.
const ARGUMENTS: &[(usize, &str)] = &[
    (1, ""),
    (1, "call"),
    (1, "callback"),
    (1, "callback ="),
    (1, "callback = ,"),
    (2, "callback = , logout ="),
    (1, "callback = pages::"),
    (1, "callback = pages."),
    (1, "callback = <App as"),
    (1, "callback = signed_in::<"),
    (1, "callback = |login"),
    (1, "callback = async"),
    (1, "callback:"),
    (1, "callback()"),
    (1, "callback = ()"),
    (1, "callback = []"),
    (1, "callback = {}"),
    (0, "callback = crate"),
    (1, "= signed_in"),
    (1, "#"),
    (1, "'a"),
    (1, "1"),
    (1, "$"),
    (1, ",,,"),
    (1, "callback = f, s"),
    (1, "callback = f, sco"),
    (1, "callback = f, scopes"),
    (1, "callback = f, scopes ="),
    (0, "callback = f, scopes = ["),
    (1, "callback = f, scopes = [,]"),
    (1, "callback = f, scopes = [repo:]"),
    (1, "callback = f, scopes = [\"atproto\" POST]"),
    (1, "callback = f, scopes = [\"atproto\", POST::]"),
    (2, "callback = f, scopes = [1, 2]"),
    (1, "callback = f, state = Arc<"),
    (1, "callback = f, state = Arc<App"),
    (1, "callback = f, state = >"),
    (1, "callback = f, state = fn() ->"),
    (1, "callback = f, prefix = oauth"),
    (1, "callback = f, prefix = c\"/oauth\""),
    (1, "callback = f, accounts = 99999999999999999999999999"),
    (1, "callback = f, accounts = -"),
    (1, "callback = f, client = 99999999999999999999999999"),
    (1, "callback = f, client = oauth."),
    (1, "callback = f, session = struct"),
    (1, "callback = f, session = _"),
    (1, "callback = f, session_key = App"),
    (1, "callback = f, crate"),
    (1, "callback = f, crate = crate::"),
    (1, "callback = f, crate = <App>"),
    (1, "callback = f, r#callback = x"),
    (1, "callback = f, self = x"),
    (1, "callback = f, _ = x"),
    (3, "callback = 1, logout = 2, error = 3"),
];

/// Items, whole, half typed or of another kind.
const ITEMS: &[&str] = &[
    "struct App { oauth: OAuthClient }",
    "#[derive(Clone)] pub(crate) struct App(OAuthClient);",
    "/// Docs.\npub struct App<D: Db = u8, const N: usize = 1> where D: Sized { oauth: OAuthClient, d: [D; N], }",
    "struct App { oauth: OAuthClient, a: [u8; { const X: usize = 3; X }], b: fn(&u8) -> Vec<u8> }",
    "struct App<'a> { oauth: OAuthClient, name: &'a str }",
    "struct App;",
    "struct App { a: OAuthClient, b: OAuthClient }",
    "enum App { Ready(OAuthClient), Not }",
    "union App { a: u8 }",
    // Half typed.
    "",
    "pub",
    "struct",
    "struct App",
    "struct App { oauth }",
    "struct App { oauth: }",
    "struct App { oauth: OAuthClient name: u8 }",
    "struct App { oauth: OAuthClient, name: Option< }",
    "struct App { , }",
    "struct App(OAuthClient",
    "struct App(pub)",
    "struct App<D",
    "struct App<D { d: D }",
    "struct App<D> where D: { d: D }",
    "#[derive(Clone)] #[serde(",
    // Something else.
    "fn app() {}",
    "pub async fn app()",
    "impl App { fn new() -> Self { Self } }",
    "unsafe impl Send for App {}",
    "trait App {}",
    "mod app { struct App; }",
    "type App = u8;",
    "const APP: u8 = 1;",
    "use app::App;",
    "extern crate app;",
    "macro_rules! app { () => {} }",
    "let app = App;",
    "42",
];

/// The tokens of `text`; brackets that it leaves open are closed, as editors do it.
fn tokens(text: &str) -> TokenStream {
    let mut open = Vec::new();
    for char in text.chars() {
        match char {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            _ if open.last() == Some(&char) => drop(open.pop()),
            _ => {}
        }
    }
    let closed: String = text.chars().chain(open.into_iter().rev()).collect();
    closed.parse().expect(text)
}

fn texts(tokens: TokenStream) -> Vec<String> {
    tokens.into_iter().map(|token| token.to_string()).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "as the compiler gives them")]
fn check(args: TokenStream, item: &TokenStream) -> TokenStream {
    let all = expand(args.clone(), item.clone());
    let (written, emitted) = (texts(item.clone()), texts(all.clone()));
    assert_eq!(
        emitted.get(..written.len()),
        Some(&written[..]),
        "#[atproto_oauth({args})] {item}"
    );
    if syn::parse2::<syn::Item>(item.clone()).is_ok() {
        let generated = all.clone().into_iter().skip(written.len());
        let generated: TokenStream = generated.collect();
        assert!(
            syn::parse2::<syn::File>(generated.clone()).is_ok(),
            "#[atproto_oauth({args})] {item}: {generated}"
        );
    }
    all
}

#[test]
fn the_item_comes_first_and_unchanged() {
    for item in ITEMS {
        let item = tokens(item);
        for (_, args) in ARGUMENTS {
            check(tokens(args), &item);
        }
        for args in ["callback = f", "callback = f, logout = g, accounts = 1"] {
            check(tokens(args), &item);
        }
    }
}

#[test]
fn each_mistake_in_the_arguments_is_reported_once() {
    let item = tokens(ITEMS[0]);
    let mut wrong = Vec::new();
    for (mistakes, args) in ARGUMENTS {
        let errors = errors(check(tokens(args), &item));
        if errors.len() != *mistakes {
            wrong.push(format!("{args}: {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts of the mistakes.
fn errors(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let errors = tokens.windows(3).filter_map(|three| match three {
        [TokenTree::Ident(name), _, TokenTree::Group(text)] if name == "compile_error" => {
            Some(text.stream().to_string())
        }
        _ => None,
    });
    errors.collect()
}

#[test]
fn the_compiler_reports_a_half_typed_struct() {
    for item in ["struct App { oauth: }", "struct App(OAuthClient u8);"] {
        let all = check(tokens("callback = f"), &tokens(item)).to_string();
        assert!(!all.contains("compile_error"), "{item}: {all}");
        assert!(all.contains("type AppSession ="), "{item}: {all}");
    }
}

/// The fragments of `macro_rules!` arrive in invisible brackets.
#[test]
fn invisible_brackets_change_nothing() {
    let invisible = |text: &str| TokenTree::from(Group::new(Delimiter::None, tokens(text)));
    let item = tokens("struct App { oauth: OAuthClient }");
    for (name, value) in [
        ("callback", "signed_in"),
        ("callback", "pages::signed_in::<u8>"),
        ("callback", ""),
        ("state", "Arc<App>"),
        ("scopes", "[\"atproto\"]"),
        ("prefix", "\"/x\""),
        ("accounts", "5"),
        ("client", "oauth"),
        ("session", "Person"),
        ("crate", "::atproto_oauth"),
    ] {
        let mut args = tokens(&format!("{name} ="));
        args.extend([invisible(value)]);
        if name != "callback" {
            args.extend(tokens(", callback = f"));
        }
        let all = check(args, &item).to_string();
        assert_eq!(
            all.contains("compile_error"),
            value.is_empty(),
            "{name}: {all}"
        );
    }
}

/// This is the one change of the item: the second attribute would report everything again.
#[test]
fn the_second_attribute_is_removed() {
    let item =
        tokens("#[derive(Clone)] #[atproto_oauth(callback = f)] struct App { oauth: OAuthClient }");
    let all = expand(tokens("callback = f"), item).to_string();
    let alone = tokens("#[derive(Clone)] struct App { oauth: OAuthClient }").to_string();
    assert!(all.starts_with(&alone), "{all}");
    assert_eq!(all.matches("compile_error").count(), 1, "{all}");
}
