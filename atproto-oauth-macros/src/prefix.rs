//! The value of `prefix`: a path that means the same in a router and in a URL.

/// Words the mistake of a `prefix`, and its repair.
pub(crate) fn mistake(prefix: &str) -> Option<String> {
    let problem = problem(prefix)?;
    let path = prefix.split(['?', '#']).next().unwrap_or_default();
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let cleaned = segments.fold(String::new(), |path, segment| {
        path + "/" + &segment.replace(|c| !is_plain(c), "-")
    });
    let is_close = !prefix.contains(['{', '}', '*', ':']);
    let repair = match cleaned.as_str() {
        good if is_close && self::problem(good).is_none() => good,
        _ => "/oauth",
    };
    Some(format!("`prefix` {problem}; write `prefix = \"{repair}\"`"))
}

fn problem(prefix: &str) -> Option<String> {
    let inner = prefix.trim_matches('/');
    let problem = if prefix.contains("://") {
        "is a path, and what comes before it is set with `ATPROTO_BASE_URL`"
    } else if inner.is_empty() {
        "must name a path of its own"
    } else if inner.contains(['{', '}', '*', ':']) {
        "must not hold a capture"
    } else if let Some(other) = inner.chars().find(|&c| !is_plain(c) && c != '/') {
        return Some(format!("holds {other:?}, which is not plain in a path"));
    } else if !prefix.starts_with('/') {
        "must start with `/`"
    } else if prefix.ends_with('/') {
        "must not end with `/`"
    } else if prefix.contains("//") {
        "must not hold an empty segment"
    } else if inner.split('/').any(|it| it.trim_matches('.').is_empty()) {
        "must not hold a segment of dots"
    } else {
        return None;
    };
    Some(problem.to_owned())
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
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
            "",
            "/",
            "oauth",
            "/oauth/",
            "//a//b/",
            "/{id}",
            "/*all",
            "/:id",
            "/a b",
            "/a?b",
            "/ö",
            "/..",
            "https://app.example.com/oauth",
            "a b//ö/",
            "../ö",
        ] {
            let text = mistake(bad).unwrap();
            let (_, repair) = text.split_once("write `prefix = \"").unwrap();
            let repair = repair.trim_end_matches("\"`");
            assert_eq!(mistake(repair), None, "{bad}: {text}");
        }
    }
}
