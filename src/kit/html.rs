//! The guide as one HTML file that needs no other: for a printer, and for a room without a network. The only file that knows Markdown.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// A page of Markdown as HTML. Raw HTML becomes text; a link to another page of the guide (`setup.md`) becomes one within the
/// document (`#setup`); pictures are replaced by the drawings that are given for their addresses.
pub(super) fn html_of(markdown: &str, drawings: &[(String, String)]) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let mut out = String::new();
    let mut skipping = false;
    let events = parser.filter_map(|event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => {
            skipping = true;
            let drawing = drawings.iter().find(|(address, _)| *address == *dest_url);
            Some(Event::Html(CowStr::from(
                drawing.map_or_else(String::new, |(_, svg)| format!("<figure>{svg}</figure>")),
            )))
        }
        Event::End(TagEnd::Image) => {
            skipping = false;
            None
        }
        _ if skipping => None,
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = match dest_url.strip_suffix(".md") {
                Some(page) if !page.contains(['/', ':']) => CowStr::from(format!("#{page}")),
                _ => dest_url,
            };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        other => Some(other),
    });
    html::push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::html_of;

    #[test]
    fn nothing_but_markdown_comes_through() {
        let text = "# A <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[next](setup.md) ![d](d.svg)\n";
        let page = html_of(text, &[("d.svg".to_owned(), "<svg></svg>".to_owned())]);
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        assert!(page.contains("href=\"#setup\"") && page.contains("<figure><svg></svg></figure>"), "{page}");
    }
}
