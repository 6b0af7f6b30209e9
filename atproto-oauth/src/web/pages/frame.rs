//! The frame of all pages, and the parts that they share.

use std::fmt::Write;

use super::html::{escape, shorten};
use crate::web::policy::MAX_SHOWN_TEXT;

/// The stylesheet of the default pages.
pub(super) const STYLE: &str = include_str!("style.css");

/// A page in the making.
pub(super) struct Frame<'a> {
    pub(super) styles: &'a str,
    pub(super) app: &'a str,
    /// The heading; plain text.
    pub(super) heading: &'a str,
    /// There is an error on the page, which the window's title says first.
    pub(super) problem: bool,
    /// More than a small form.
    pub(super) wide: bool,
}

impl Frame<'_> {
    /// The whole document. `content` is HTML.
    pub(super) fn document(&self, content: &str) -> String {
        let (styles, app, heading) = (self.styles, escape(self.app), escape(self.heading));
        let error = if self.problem { "Error: " } else { "" };
        let wide = if self.wide { " class=\"wide\"" } else { "" };
        format!(
            "<!doctype html>\n\
             <html lang=\"en\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n\
             <title>{error}{heading} · {app}</title>\n\
             <style>{styles}</style>\n\
             </head>\n\
             <body>\n\
             <main{wide}>\n\
             <p class=\"app\">{app}</p>\n\
             <h1>{heading}</h1>\n\
             {content}\
             </main>\n\
             </body>\n\
             </html>\n"
        )
    }
}

/// A text of ours or of another server: escaped, and what stands in backticks set as code.
pub(super) fn prose(text: &str) -> String {
    let mut html = String::new();
    let mut parts = text.split('`').peekable();
    let mut inside = false;
    while let Some(part) = parts.next() {
        let safe = escape(part);
        if inside && parts.peek().is_some() {
            let _ = write!(html, "<code>{safe}</code>");
        } else if inside {
            // The last backtick has no partner.
            let _ = write!(html, "`{safe}");
        } else {
            html.push_str(&safe);
        }
        inside = !inside;
    }
    html
}

/// A hidden field, if there is a value.
pub(super) fn hidden(name: &str, value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| {
        let value = escape(value);
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
    })
}

/// A path with a query made of the pairs that have a value; escaped, to stand in `href`. Whatever is
/// not a path of this site becomes `/`: a link never runs `javascript:` and never leads away.
pub(super) fn address(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let path = if is_local { path } else { "/" };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    let mark = match (query.is_empty(), path.contains('?')) {
        (true, _) => "",
        (false, false) => "?",
        (false, true) => "&",
    };
    escape(&format!("{path}{mark}{query}"))
}

/// The code and the id under which the log has this error.
pub(super) fn reference(code: &str, request_id: &str) -> String {
    if request_id.is_empty() {
        return String::new();
    }
    let (code, id) = (escape(code), escape(request_id));
    format!(
        "<p class=\"fine\">If you ask for help, mention <code>{code}</code> and \
         <code>{id}</code>.</p>\n"
    )
}

/// What a developer wants to know about an error. In production there is none.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Details<'a> {
    /// The step that failed.
    pub step: &'a str,
    /// The error's own sentence.
    pub message: &'a str,
    /// What caused it, outermost first.
    pub causes: &'a [String],
    /// The other server's own words. Untrusted text.
    pub server_said: Option<&'a str>,
    /// What to look at.
    pub hint: &'a str,
}

/// The part for developers.
pub(super) fn developer(details: Option<&Details<'_>>) -> String {
    let Some(details) = details else {
        return String::new();
    };
    let mut rows = String::new();
    let mut row = |name: &str, text: &str| {
        let text = prose(&shorten(text, MAX_SHOWN_TEXT));
        let _ = writeln!(rows, "<dt>{name}</dt><dd>{text}</dd>");
    };
    row("Failed while", details.step);
    row("Error", details.message);
    for cause in details.causes {
        row("Caused by", cause);
    }
    if let Some(said) = details.server_said {
        row("The other server said", said);
    }
    row("Hint", details.hint);
    format!(
        "<section class=\"developer\" aria-labelledby=\"developer\">\n\
         <h2 id=\"developer\">For developers</h2>\n\
         <dl>\n{rows}</dl>\n\
         <p class=\"quiet\">Only development shows this.</p>\n\
         </section>\n"
    )
}
