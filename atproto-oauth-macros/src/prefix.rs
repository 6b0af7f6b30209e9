//! What the `prefix` argument may be: a plain path, on which routers and URLs agree.

/// What is wrong with `prefix`, and what to write.
pub(crate) fn mistake(prefix: &str) -> Option<String> {
    let inner = prefix.trim_matches('/');
    if inner.is_empty() {
        return Some(
            "`prefix` must name a path of its own; write `prefix = \"/oauth\"`".to_owned(),
        );
    }
    if inner.contains(['{', '}', '*', ':']) {
        return Some("`prefix` must not hold a capture; write `prefix = \"/oauth\"`".to_owned());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    if let Some(other) = inner.chars().find(|&c| !plain(c)) {
        return Some(format!(
            "`prefix` holds {other:?}, which is not plain in a path; use letters, digits, `-`, `.`, `_` and `~`"
        ));
    }
    let problem = if !prefix.starts_with('/') {
        "must start with `/`"
    } else if prefix.ends_with('/') {
        "must not end with `/`"
    } else if prefix.contains("//") {
        "must not hold an empty segment"
    } else if inner
        .split('/')
        .any(|segment| segment.trim_matches('.').is_empty())
    {
        return Some(
            "`prefix` must not hold a segment of dots; write `prefix = \"/oauth\"`".to_owned(),
        );
    } else {
        return None;
    };
    let segments: Vec<_> = inner
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    Some(format!(
        "`prefix` {problem}; write `prefix = \"/{}\"`",
        segments.join("/")
    ))
}

#[cfg(test)]
mod tests {
    use super::mistake;

    #[test]
    fn plain_paths_pass() {
        for good in ["/oauth", "/a/b-c_d.e~f", "/1"] {
            assert_eq!(mistake(good), None, "{good}");
        }
    }

    #[test]
    fn the_repair_is_a_prefix_that_passes() {
        for bad in [
            "", "/", "oauth", "/oauth/", "//a//b/", "/{id}", "/*all", "/:id", "/a b", "/a?b", "/ö",
            "/..",
        ] {
            let text = mistake(bad).unwrap();
            if let Some((_, repair)) = text.split_once("write `prefix = \"") {
                let repair = repair.trim_end_matches("\"`");
                assert_eq!(mistake(repair), None, "{bad}: {text}");
            }
        }
    }
}
