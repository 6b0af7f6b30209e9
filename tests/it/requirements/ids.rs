//! The ids that a text names: `DP-05`, `dp_05_` at the start of a name, `scenario 20`; and lists of them, as in
//! "scenarios 4, 5 and 38". A range, as in "CB-09 to CB-13", names more than a test can answer for one by one.

/// All ids in `text`, in order.
pub(super) fn named(text: &str) -> Vec<String> {
    read(text).0
}

/// All ranges of ids in `text`, as they are written.
pub(super) fn ranges(text: &str) -> Vec<String> {
    read(text).1
}

/// The ids, and the ranges among them.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut found, mut ranges) = (Vec::new(), Vec::new());
    for (at, _) in text.char_indices() {
        if text.as_bytes()[..at]
            .last()
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        {
            continue;
        }
        if let Some((family, number, length)) = requirement(&text[at..]) {
            found.push(id(&family, number));
            let to = text[at + length..].strip_prefix(" to ");
            if let Some((_, _, more)) = to.and_then(requirement) {
                ranges.push(text[at..at + length + 4 + more].to_owned());
            }
        } else if let Some(rest) = scenario_word(&text[at..]) {
            let (numbers, range) = numbers(rest);
            found.extend(numbers.into_iter().map(|n| format!("scenario {n}")));
            ranges.extend(range);
        }
    }
    (found, ranges)
}

/// `DP` of `DP-05`; nothing for a scenario.
pub(super) fn family(id: &str) -> Option<&str> {
    id.split_once('-').map(|(family, _)| family)
}

fn id(family: &str, number: usize) -> String {
    format!("{family}-{number:02}")
}

/// `DP-05`, or `dp_05_` as a name begins; with its length.
fn requirement(text: &str) -> Option<(String, usize, usize)> {
    let bytes = text.as_bytes();
    let [a, b, dash, c, d, ..] = *bytes else {
        return None;
    };
    let after = bytes.get(5);
    let shown = [a, b].iter().all(u8::is_ascii_uppercase)
        && dash == b'-'
        && !after.is_some_and(u8::is_ascii_alphanumeric);
    let in_name = [a, b].iter().all(u8::is_ascii_lowercase) && dash == b'_' && after == Some(&b'_');
    if !(shown || in_name) || !c.is_ascii_digit() || !d.is_ascii_digit() {
        return None;
    }
    let family = text[..2].to_ascii_uppercase();
    Some((family, text[3..5].parse().ok()?, 5))
}

fn scenario_word(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('s').or_else(|| text.strip_prefix('S'))?;
    let rest = rest.strip_prefix("cenario")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    rest.strip_prefix(' ').or_else(|| rest.strip_prefix('_'))
}

/// "4, 5 and 38" at the start of `text`, and the first range there.
fn numbers(mut text: &str) -> (Vec<usize>, Option<String>) {
    let number = |text: &str| {
        let end = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        Some((text[..end].parse::<usize>().ok()?, end))
    };
    let mut found = Vec::new();
    while let Some((next, end)) = number(text) {
        found.push(next);
        text = &text[end..];
        if let Some((last, _)) = text.strip_prefix(" to ").and_then(number) {
            return (found, Some(format!("scenarios {next} to {last}")));
        }
        let joint = [", ", " and "]
            .iter()
            .find_map(|joint| text.strip_prefix(joint));
        let Some(rest) = joint else { break };
        text = rest;
    }
    (found, None)
}

#[test]
fn ids_and_lists_are_found() {
    for (text, expected) in [
        ("nothing", &[][..]),
        ("DP-05", &["DP-05"]),
        ("(DP-05, CA-04).", &["DP-05", "CA-04"]),
        ("fn sc_18_a_page() {", &["SC-18"]),
        ("fn a_sc_18_page() sc_18", &[]),
        ("UTF-16, DP-051, XDP-05, DP-5", &[]),
        ("é DP-05 é", &["DP-05"]),
        ("Scenario 20: once", &["scenario 20"]),
        ("scenarios 4 and 5.", &["scenario 4", "scenario 5"]),
        (
            "scenarios 15, 16 and 38, and",
            &["scenario 15", "scenario 16", "scenario 38"],
        ),
        ("fn scenario_7_a_name()", &["scenario 7"]),
        ("this scenario is new", &[]),
    ] {
        assert_eq!(named(text), expected, "{text}");
    }
}

#[test]
fn ranges_are_found() {
    for (text, expected) in [
        ("DP-05, CA-04", &[][..]),
        ("DP-05 to be", &[]),
        ("scenario 4 to be", &[]),
        ("(CB-09 to CB-11, ID-11)", &["CB-09 to CB-11"]),
        ("CB-09 to ID-11", &["CB-09 to ID-11"]),
        ("scenarios 15, 16, 38 to 40", &["scenarios 38 to 40"]),
        (
            "SC-01 to SC-10, SC-12 to SC-14",
            &["SC-01 to SC-10", "SC-12 to SC-14"],
        ),
    ] {
        assert_eq!(ranges(text), expected, "{text}");
    }
}
