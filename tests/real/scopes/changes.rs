//! Mistakes.

use super::generator::Generator;

const KEYS: [&str; 8] = [
    "collection",
    "action",
    "lxm",
    "aud",
    "accept",
    "attr",
    "nsid",
    "x",
];
/// What permissions are made of, and what has no place in them.
const MARKS: &str = ":?&=%#*+./,;@!$'()~^-_ \"\\<>[]{}|`\u{e9}\u{263a}\t\0\u{7f}aZ09";

impl Generator {
    /// One mistake somewhere.
    pub(super) fn change(&mut self, text: &mut String) {
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let mut place = || ends[self.rng.usize(..ends.len())];
        let (a, b) = (place(), place());
        let (from, to) = (a.min(b), a.max(b));
        let marks: Vec<char> = MARKS.chars().collect();
        let mark = marks[self.below(marks.len())];
        match self.below(12) {
            0 => text.insert(a, mark),
            1 | 2 if a < text.len() => drop(text.remove(a)),
            3 if a < text.len() => {
                text.remove(a);
                text.insert(a, mark);
            }
            4 => text.truncate(a),
            5 => {
                let again = text[from..to].to_owned();
                text.insert_str(a, &again);
            }
            6 => drop(text.drain(from..to)),
            7 => {
                *text = format!(
                    "{}{}{}",
                    &text[..from],
                    text[from..to].to_uppercase(),
                    &text[to..]
                )
            }
            8 => *text = text.replacen('%', "%25", 1 + self.below(3)),
            9 => {
                let end = self.pick(&[
                    "?",
                    "&",
                    "?&",
                    "=",
                    "%",
                    "#s",
                    "&x=y",
                    "&aud=*",
                    "&action=create",
                ]);
                text.push_str(end);
            }
            10 => {
                let key = self.pick(&KEYS);
                let value = self.pick(&["", "*", "a.b.c", "create", "did:web:x%23s", "image/a+b"]);
                let mark = if text.contains('?') { '&' } else { '?' };
                *text = format!("{text}{mark}{key}={value}");
            }
            _ => {
                let (old, new) = [
                    ("?", "??"),
                    ("?", "?&"),
                    ("&", "&&"),
                    (":", "::"),
                    ("=", "=="),
                    ("%", "%%"),
                ][self.below(6)];
                *text = text.replacen(old, new, 1);
            }
        }
    }
}
