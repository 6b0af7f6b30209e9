//! Arguments as people write them, and the mistakes that are reported in them.

use super::{Errors, read};
use crate::names::{ATTRIBUTE, List, SESSION_FIELD, SESSION_STRUCT};

/// The arguments of the attribute as text, then the mistakes.
fn arguments(text: &str) -> (Vec<String>, String) {
    arguments_of(&ATTRIBUTE, &[text])
}

fn arguments_of(list: &List, lists: &[&str]) -> (Vec<String>, String) {
    let mut errors = Errors::default();
    let lists = lists.iter().map(|text| text.parse().unwrap());
    let all = read(list, lists, &mut errors);
    let all = all.iter().map(|arg| {
        let value = arg.value.to_string().replace(' ', "");
        format!("{}={value}", arg.name)
    });
    (all.collect(), errors.into_tokens().to_string())
}

#[test]
fn commas_between_angle_brackets_and_in_groups_belong_to_the_value() {
    let (all, errors) =
        arguments("state = A<B<C, D>, fn(E, F) -> G>, scopes = [1, 2], crate = a::b,");
    assert_eq!(
        all,
        ["state=A<B<C,D>,fn(E,F)->G>", "scopes=[1,2]", "crate=a::b"]
    );
    assert_eq!(errors, "");
}

#[test]
fn commas_between_the_parameters_of_a_closure_do_too() {
    let value = "callback = async move |a: A<B, C>, b| f(a, b), prefix = 1";
    let (all, errors) = arguments(value);
    assert_eq!(all, ["callback=asyncmove|a:A<B,C>,b|f(a,b)", "prefix=1"]);
    assert_eq!(errors, "");
    // No closure begins here, or it does not end.
    for text in [
        "callback = a | b, prefix = 1 | 2",
        "callback = |a, prefix = 1",
    ] {
        assert_eq!(arguments(text).0.len(), 2, "{text}");
    }
}

#[test]
fn an_open_bracket_does_not_swallow_what_follows() {
    let (all, _) = arguments("state = Arc<App, callback = f");
    assert_eq!(all, ["state=Arc<App", "callback=f"]);
}

#[test]
fn a_missing_comma_is_one_mistake_and_both_arguments_count() {
    let (all, errors) = arguments("callback = a::f prefix = \"/x\"");
    assert_eq!(all, ["callback=a::f", "prefix=\"/x\""]);
    assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
}

#[test]
fn a_guess_never_displaces_what_was_written() {
    let (all, errors) = arguments("calback = f, callback = g, h");
    assert_eq!(all, ["callback=g", "logout="]);
    assert_eq!(errors.matches("compile_error").count(), 2, "{errors}");
}

#[test]
fn a_value_without_a_name_is_the_function_that_is_not_there_yet() {
    for (text, repair) in [
        ("f", "callback = f"),
        ("a::f()", "callback = a::f"),
        ("prefix = \"/x\", f", "callback = f"),
        ("f, callback = g", "logout = f"),
        ("calback = f, g", "logout = g"),
    ] {
        let (_, errors) = arguments(text);
        assert!(
            errors.contains(&format!("write `{repair}`")),
            "{text}: {errors}"
        );
    }
}

#[test]
fn whatever_stands_where_an_equals_sign_should_is_one_mistake() {
    for (text, repair) in [
        ("callback(f)", "write `callback = f`"),
        ("callback: a::f", "write `callback = a::f`"),
        ("callback f", "write `callback = f`"),
        ("callback()", "write `callback = signed_in`"),
        (
            "scopes(\"a\", \"b\")",
            "write `scopes = [\\\"a\\\", \\\"b\\\"]`",
        ),
        ("calback: f", "did you mean `callback`?"),
        ("calback(f)", "did you mean `callback`?"),
        ("call", "did you mean `callback`?"),
        ("colour(red)", "unknown argument `colour`"),
        ("app(callback = f)", "unknown argument `app`"),
        ("on_login = f", "unknown argument `on_login`"),
    ] {
        let (_, errors) = arguments(text);
        assert!(errors.contains(repair), "{text}: {errors}");
        assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
    }
}

#[test]
fn the_first_of_two_stays() {
    let (all, errors) = arguments("prefix = 1, prefix = 2");
    assert_eq!(all, ["prefix=1"]);
    assert!(
        errors.contains("`prefix` is given twice; remove one"),
        "{errors}"
    );
}

#[test]
fn the_lists_of_several_attributes_are_one() {
    let (all, errors) = arguments_of(&SESSION_STRUCT, &["app = App", "requires = [A], app = B"]);
    assert_eq!(all, ["app=App", "requires=[A]"]);
    assert!(errors.contains("`app` is given twice"), "{errors}");
}

#[test]
fn a_mistake_in_a_session_attribute_is_one_mistake() {
    for (list, text, mistake) in [
        (
            &SESSION_STRUCT,
            "my::App",
            "`my::App` has no name; write `app = my::App`",
        ),
        (
            &SESSION_STRUCT,
            "application = App",
            "unknown argument `application`; the arguments are `app`",
        ),
        (
            &SESSION_STRUCT,
            "app = App, Clone",
            "unknown argument `Clone`; the arguments are `app`",
        ),
        (
            &SESSION_STRUCT,
            "app = App, 5",
            "expected an argument; write `app = App`",
        ),
        (&SESSION_STRUCT, "with = load", "`with` goes on a field"),
        (
            &SESSION_FIELD,
            "load",
            "`load` has no name; write `with = load`",
        ),
        (
            &SESSION_FIELD,
            "loaders::load()",
            "`loaders::load` has no name; write `with = loaders::load`",
        ),
        (&SESSION_FIELD, "wiht = load", "did you mean `with`?"),
        (&SESSION_FIELD, "app = App", "`app` goes on the struct"),
        (
            &SESSION_FIELD,
            "with(load)",
            "`with` is set with `=`; write `with = load`",
        ),
    ] {
        let (all, errors) = arguments_of(list, &[text]);
        assert!(errors.contains(mistake), "{text}: {errors}");
        assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        // It counts as given, so that it is not missing too.
        assert_eq!(all.len(), 1, "{text}: {all:?}");
    }
}
