//! The one escaping function.

/// Makes any text safe between tags and in quoted attributes.
///
/// `& < > " '` become character references, line breaks and tabs become spaces, and what a reader
/// cannot see but what changes how the rest is read (control characters, marks of the writing
/// direction, line separators) is left out.
///
/// ```
/// use atproto_oauth::web::pages::escape;
/// assert_eq!(escape("<b title='x'>\u{202e}&\n\0"), "&lt;b title=&#39;x&#39;&gt;&amp; ");
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(' '),
            c if is_unseen(c) => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Control characters, marks of the writing direction, line and paragraph separators.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// At most `max` characters, and a sign that there were more.
pub(super) fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
