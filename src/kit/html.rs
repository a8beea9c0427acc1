//! The guide as one HTML file that needs no other: for a printer, and for a room without a network. The only file that knows Markdown.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::expression::html as escaped;

/// A page of Markdown as HTML. Raw HTML becomes text; a link to another page of the guide (`setup.md`) becomes one within the
/// document (`#setup`); pictures are replaced by the drawings that are given for their addresses.
pub(super) fn html_of(markdown: &str, drawings: &[(String, String)]) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let mut out = String::new();
    // the words of a picture stand below it
    let mut picture: Option<(CowStr<'_>, String)> = None;
    let events = parser.filter_map(|event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => {
            picture = Some((dest_url, String::new()));
            None
        }
        Event::End(TagEnd::Image) => {
            let (address, words) = picture.take()?;
            let (_, svg) = drawings.iter().find(|(known, _)| **known == *address)?;
            let words = escaped(&words);
            Some(Event::Html(CowStr::from(format!("<figure>{svg}<figcaption>{words}</figcaption></figure>"))))
        }
        event if picture.is_some() => {
            if let (Some((_, words)), Event::Text(text) | Event::Code(text)) = (&mut picture, &event) {
                words.push_str(text);
            }
            None
        }
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
        assert!(
            page.contains("href=\"#setup\"") && page.contains("<figure><svg></svg><figcaption>d</figcaption></figure>"),
            "{page}"
        );
    }
}
