//! The stylesheet: enough contrast, and nothing from elsewhere.

use super::super::frame::STYLE;

/// The colours of one half of the stylesheet: light, or dark.
fn colour(theme: &str, name: &str) -> [f64; 3] {
    let start = format!("--{name}: #");
    let text = theme
        .split(&start)
        .nth(1)
        .unwrap_or_else(|| panic!("no --{name}"));
    let hex: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
    let wide: String = if hex.len() == 3 {
        hex.chars().flat_map(|c| [c, c]).collect()
    } else {
        hex
    };
    let part = |at: usize| f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
    [part(0), part(2), part(4)]
}

/// Relative luminance, WCAG 2.2.
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |c: f64| {
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    let [r, g, b] = colour.map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[test]
fn the_contrast_is_that_of_wcag_aa() {
    let (light, dark) = STYLE.split_once("prefers-color-scheme: dark").unwrap();
    for (name, theme) in [("light", light), ("dark", dark)] {
        for (front, back, least) in [
            ("text", "page", 4.5),
            ("text", "card", 4.5),
            ("text", "bad-page", 4.5),
            ("quiet", "card", 4.5),
            ("quiet", "bad-page", 4.5),
            ("accent", "card", 4.5),
            ("on-accent", "accent", 4.5),
            ("bad", "bad-page", 4.5),
            ("good", "good-page", 4.5),
            ("edge", "card", 3.0),
            ("bad", "card", 3.0),
        ] {
            let (a, b) = (
                luminance(colour(theme, front)),
                luminance(colour(theme, back)),
            );
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(
                contrast >= least,
                "{name}: {front} on {back} is {contrast:.2}"
            );
        }
    }
}

#[test]
fn the_stylesheet_takes_nothing_from_elsewhere() {
    for part in ["url(", "@import", "<", "\r"] {
        assert!(!STYLE.contains(part), "{part}");
    }
}
