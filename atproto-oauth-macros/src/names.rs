//! The names of the arguments, and what a person meant who wrote another one.

/// Every argument of `#[atproto_oauth(…)]`.
pub(crate) const ARGUMENTS: [&str; 12] = [
    "callback",
    "logout",
    "error",
    "scopes",
    "optional_scopes",
    "prefix",
    "client",
    "accounts",
    "session",
    "session_key",
    "state",
    "crate",
];

/// The argument `name` with a value that fits, to be pasted.
pub(crate) fn example(name: &str) -> &'static str {
    match name {
        "logout" => "logout = signed_out",
        "error" => "error = sorry",
        "scopes" => "scopes = [\"atproto\", \"repo:app.bsky.feed.post\"]",
        "optional_scopes" => "optional_scopes = [\"blob:image/*\"]",
        "prefix" => "prefix = \"/oauth\"",
        "client" => "client = oauth",
        "accounts" => "accounts = 5",
        "session" => "session = AppSession",
        "session_key" => "session_key = AppSessionKey",
        "state" => "state = std::sync::Arc<App>",
        "crate" => "crate = ::atproto_oauth",
        "app" => "app = App",
        "requires" => "requires = [\"repo:app.bsky.feed.post?action=create\"]",
        "rejection" => "rejection = ApiError",
        "with" => "with = load_profile",
        _ => "callback = signed_in",
    }
}

/// Settings that are not arguments, because a laptop and production differ in them.
const SETTINGS: [(&str, &str); 6] = [
    ("base_url", "ATPROTO_BASE_URL"),
    ("client_id", "ATPROTO_BASE_URL"),
    ("client_name", "ATPROTO_CLIENT_NAME"),
    ("keys", "ATPROTO_CLIENT_KEYS"),
    ("secret", "ATPROTO_SECRET"),
    ("store", "ATPROTO_STORE"),
];

/// The argument that `text` is a misspelling of, or the beginning.
pub(crate) fn nearest(text: &str) -> Option<&'static str> {
    closest(&ARGUMENTS, text)
}

/// The one of `names` that `text` is a misspelling of, or the beginning.
pub(crate) fn closest(names: &[&'static str], text: &str) -> Option<&'static str> {
    let begins = |name: &&str| text.len() > 2 && name.starts_with(text);
    if let Some(name) = names.iter().copied().find(begins) {
        return Some(name);
    }
    names
        .iter()
        .copied()
        .map(|name| (distance(name, text), name))
        .min()
        // Less than half of the letters, two at most; of three letters one.
        .filter(|(distance, name)| *distance <= 2 && *distance < (name.len() / 2).max(2))
        .map(|(_, name)| name)
}

/// What is wrong with the argument name `text`, and what to write.
pub(crate) fn unknown(text: &str) -> String {
    if let Some((_, variable)) = SETTINGS.iter().find(|(name, _)| *name == text) {
        return format!(
            "`{text}` is not an argument, because it differs between a laptop and production; \
             set `{variable}`, or use the builder"
        );
    }
    if let Some(name) = nearest(text) {
        return format!("unknown argument `{text}`; did you mean `{name}`?");
    }
    let all = ARGUMENTS.map(|name| format!("`{name}`")).join(", ");
    format!("unknown argument `{text}`; the arguments are {all}")
}

/// How many letters must be added, taken away, changed, or swapped with the next one (the distance of Damerau
/// and Levenshtein, where no place is edited twice; row by row).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let cell = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX / 2);
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut two_above = Vec::new();
    let mut before_a = None;
    for (i, a) in from.chars().enumerate() {
        let mut left = i + 1;
        let mut row = vec![left];
        let mut before_b = None;
        for (j, &b) in to.iter().enumerate() {
            left = (cell(&above, j) + usize::from(a != b))
                .min(cell(&above, j + 1) + 1)
                .min(left + 1);
            if before_a == Some(b) && before_b == Some(a) {
                left = left.min(cell(&two_above, j - 1) + 1);
            }
            row.push(left);
            before_b = Some(b);
        }
        two_above = above;
        above = row;
        before_a = Some(a);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{ARGUMENTS, closest, distance, nearest, unknown};

    #[test]
    fn distances() {
        for (a, b, n) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("with", "wiht", 1),
            ("ab", "ba", 1),
            ("ca", "abc", 3),
            ("abcd", "badc", 2),
        ] {
            assert_eq!(distance(a, b), n, "{a} {b}");
            assert_eq!(distance(b, a), n, "{b} {a}");
        }
    }

    #[test]
    fn a_misspelling_is_recognised_and_another_word_is_not() {
        assert_eq!(nearest("calback"), Some("callback"));
        assert_eq!(nearest("scope"), Some("scopes"));
        assert_eq!(nearest("sesion_key"), Some("session_key"));
        assert_eq!(nearest("Callback"), Some("callback"));
        assert_eq!(nearest("opt"), Some("optional_scopes"));
        assert_eq!(nearest("redirect"), None);
        assert_eq!(nearest("login"), None);
        assert_eq!(nearest("ca"), None);
        assert_eq!(nearest("a"), None);
    }

    /// Of either macro, each two neighbours.
    #[test]
    fn two_letters_may_be_swapped() {
        let derive = ["app", "requires", "rejection", "crate"];
        for names in [&ARGUMENTS[..], &derive, &["with"]] {
            for name in names {
                for n in 1..name.len() {
                    let mut letters: Vec<char> = name.chars().collect();
                    letters.swap(n - 1, n);
                    let text: String = letters.into_iter().collect();
                    assert_eq!(closest(names, &text), Some(*name), "{text}");
                }
            }
        }
    }

    #[test]
    fn one_letter_of_three_may_be_wrong() {
        for text in ["apps", "ap", "ape", "App", "aapp"] {
            assert_eq!(closest(&["app", "with"], text), Some("app"), "{text}");
        }
        for text in ["wiht", "iwth", "wit", "with_"] {
            assert_eq!(closest(&["app", "with"], text), Some("with"), "{text}");
        }
        for text in ["a", "map", "state", "application"] {
            assert_eq!(closest(&["app", "with"], text), None, "{text}");
        }
    }

    #[test]
    fn a_setting_names_its_variable() {
        assert!(unknown("base_url").contains("`ATPROTO_BASE_URL`"));
        assert!(unknown("foo").contains("`callback`, `logout`"));
    }
}
