//! The arguments: their names, an example of each, and the name that a misspelling stands for.

/// A list of arguments that a macro takes.
pub(crate) struct List {
    pub(crate) names: &'static [&'static str],
    /// What a value without a name stands for: the first of these that is not given.
    pub(crate) nameless: &'static [&'static str],
    /// Says where a name belongs that is no argument of this list.
    elsewhere: fn(&str) -> Option<String>,
}

/// The arguments of `#[atproto_oauth(…)]`.
pub(crate) const ATTRIBUTE: List = List {
    names: &[
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
    ],
    nameless: &["callback", "logout"],
    elsewhere: setting,
};

/// The arguments of `#[session(…)]` on a struct.
pub(crate) const SESSION_STRUCT: List = List {
    names: &["app", "requires", "rejection", "crate"],
    nameless: &["app"],
    elsewhere: |name| {
        let is_of_a_field = SESSION_FIELD.names.contains(&name);
        is_of_a_field
            .then(|| format!("`{name}` goes on a field; move it to the one that is loaded"))
    },
};

/// The arguments of `#[session(…)]` on a field.
pub(crate) const SESSION_FIELD: List = List {
    names: &["with"],
    nameless: &["with"],
    elsewhere: |name| {
        let is_of_the_struct = SESSION_STRUCT.names.contains(&name);
        is_of_the_struct.then(|| format!("`{name}` goes on the struct; move it above `struct`"))
    },
};

impl List {
    /// Words the mistake of an argument name that is none of this list.
    pub(crate) fn unknown(&self, name: &str) -> String {
        if let Some(mistake) = (self.elsewhere)(name) {
            return mistake;
        }
        if let Some(near) = closest(self.names, name) {
            return format!("unknown argument `{name}`; did you mean `{near}`?");
        }
        let all: Vec<String> = self.names.iter().map(|name| format!("`{name}`")).collect();
        let which = match &all[..] {
            [only] => format!("the only argument is {only}"),
            all => format!("the arguments are {}", all.join(", ")),
        };
        format!("unknown argument `{name}`; {which}")
    }
}

/// Settings that differ between a laptop and production, and the variables that set them.
const SETTINGS: [(&str, &str); 6] = [
    ("base_url", "ATPROTO_BASE_URL"),
    ("client_id", "ATPROTO_BASE_URL"),
    ("client_name", "ATPROTO_CLIENT_NAME"),
    ("keys", "ATPROTO_CLIENT_KEYS"),
    ("secret", "ATPROTO_SECRET"),
    ("store", "ATPROTO_STORE"),
];

fn setting(name: &str) -> Option<String> {
    let (_, variable) = SETTINGS.iter().find(|(setting, _)| *setting == name)?;
    Some(format!(
        "`{name}` is not an argument, because it differs between a laptop and production; set `{variable}`, or use \
         the builder"
    ))
}

/// An example of the argument `name`, for a repair that can be pasted.
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

/// Finds the one of `names` that `text` is a misspelling or the beginning of.
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

/// Counts the letters to add, take away, change, or swap with the next one: the distance of Damerau and Levenshtein in
/// which no place is edited twice, computed row by row.
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
    use super::{ATTRIBUTE, List, SESSION_FIELD, SESSION_STRUCT, closest, distance};

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
        let nearest = |text| closest(ATTRIBUTE.names, text);
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

    #[test]
    fn two_letters_may_be_swapped() {
        for List { names, .. } in [ATTRIBUTE, SESSION_STRUCT, SESSION_FIELD] {
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
    fn an_unknown_name_is_told_its_variable_or_the_arguments() {
        let mistake = ATTRIBUTE.unknown("base_url");
        assert!(mistake.contains("`ATPROTO_BASE_URL`"), "{mistake}");
        let mistake = ATTRIBUTE.unknown("foo");
        assert!(mistake.contains("`callback`, `logout`"), "{mistake}");
    }
}
