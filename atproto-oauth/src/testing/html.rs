//! Reads the forms of the network's own pages, as a browser would.

/// A form of a page.
#[derive(Debug)]
pub(super) struct HtmlForm {
    pub(super) action: String,
    /// What is posted when nothing is typed and no button is named.
    pub(super) fields: Vec<(String, String)>,
    /// The values of its boxes: name and value.
    pub(super) boxes: Vec<(String, String)>,
}

/// The first form of a page.
pub(super) fn form(html: &str) -> Option<HtmlForm> {
    let start = html.find("<form")?;
    let (form, _) = html.get(start..)?.split_once("</form>")?;
    let mut found = HtmlForm {
        action: attribute(tags(form, "<form").next()?, "action")?,
        fields: Vec::new(),
        boxes: Vec::new(),
    };
    for input in tags(form, "<input") {
        let Some(name) = attribute(input, "name") else {
            continue;
        };
        let value = attribute(input, "value").unwrap_or_default();
        let is = |word: &str| {
            input
                .split_ascii_whitespace()
                .any(|w| w.trim_end_matches('>') == word)
        };
        if attribute(input, "type").as_deref() != Some("checkbox") {
            found.fields.push((name, value));
            continue;
        }
        found.boxes.push((name.clone(), value.clone()));
        if is("checked") && !is("disabled") {
            found.fields.push((name, value));
        }
    }
    Some(found)
}

/// What a page says when something is wrong.
pub(super) fn alert(html: &str) -> Option<String> {
    let (_, rest) = html.split_once("role=\"alert\">")?;
    Some(unescape(rest.split_once('<')?.0))
}

fn tags<'a>(html: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
    html.match_indices(opening)
        .filter_map(|(start, _)| html.get(start..)?.split_once('>').map(|(tag, _)| tag))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split_once('"')?.0))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
