//! The ids that a text names: `DP-05`, `dp_05_` at the start of a name, `scenario 20`; and lists and ranges of them,
//! as in "CB-09 to CB-13" or "scenarios 4, 5 and 38 to 40".

/// All ids in `text`, in order.
pub(super) fn named(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before: Option<(String, usize, usize)> = None;
    for (at, _) in text.char_indices() {
        if text.as_bytes()[..at]
            .last()
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        {
            continue;
        }
        if let Some((family, number, length)) = requirement(&text[at..]) {
            if let Some((last, from, end)) = before.take()
                && last == family
                && text[end..at].trim() == "to"
            {
                found.extend((from + 1..number).map(|n| id(&family, n)));
            }
            found.push(id(&family, number));
            before = Some((family, number, at + length));
        } else if let Some(rest) = scenario_word(&text[at..]) {
            found.extend(numbers(rest).into_iter().map(|n| format!("scenario {n}")));
        }
    }
    found
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

/// "4, 5 and 38 to 40" at the start of `text`.
fn numbers(mut text: &str) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut from = None;
    loop {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = text[..digits].parse() else {
            return found;
        };
        found.extend(from.take().map_or(number, |from: usize| from + 1)..=number);
        text = &text[digits..];
        let Some((joint, rest)) = [", ", " and ", " to "]
            .iter()
            .find_map(|joint| Some((*joint, text.strip_prefix(joint)?)))
        else {
            return found;
        };
        if joint == " to " {
            from = Some(number);
        }
        text = rest;
    }
}

#[test]
fn ids_lists_and_ranges_are_found() {
    for (text, expected) in [
        ("nothing", &[][..]),
        ("DP-05", &["DP-05"]),
        ("(DP-05, CA-04).", &["DP-05", "CA-04"]),
        (
            "CB-09 to CB-11, ID-11",
            &["CB-09", "CB-10", "CB-11", "ID-11"],
        ),
        ("CB-09 to ID-11", &["CB-09", "ID-11"]),
        ("fn sc_18_a_page() {", &["SC-18"]),
        ("fn a_sc_18_page() sc_18", &[]),
        ("UTF-16, DP-051, XDP-05, DP-5", &[]),
        ("é DP-05 é", &["DP-05"]),
        ("Scenario 20: once", &["scenario 20"]),
        ("scenarios 4 and 5.", &["scenario 4", "scenario 5"]),
        (
            "scenarios 15, 16, 38 to 40, and",
            &[
                "scenario 15",
                "scenario 16",
                "scenario 38",
                "scenario 39",
                "scenario 40",
            ],
        ),
        ("fn scenario_7_a_name()", &["scenario 7"]),
        ("this scenario is new", &[]),
    ] {
        assert_eq!(named(text), expected, "{text}");
    }
}
