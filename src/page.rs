//! A small document of headings, texts, lists and tables, written as plain text or as Markdown. Whatever stands in it is
//! text: it cannot command a terminal, end a cell or become a tag.

use crate::clean::line as plain;

/// One part of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading of the second level.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// A table; a column whose heading begins with `>` stands right.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// A titled document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The parts in their order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// An empty page.
    pub fn new(title: impl Into<String>) -> Page {
        Page { title: title.into(), blocks: Vec::new() }
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds points, if there are any.
    pub fn list(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
    }

    /// Adds a table, if it has rows.
    pub fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            self.blocks.push(Block::Table(head.iter().map(|cell| (*cell).to_owned()).collect(), rows));
        }
    }

    /// For a terminal.
    pub fn to_text(&self) -> String {
        let mut out = format!("{}\n", plain(&self.title));
        for block in &self.blocks {
            match block {
                Block::Heading(text) => out.push_str(&format!("\n{}\n", plain(text).to_uppercase())),
                Block::Text(text) => out.push_str(&format!("{}\n", plain(text))),
                Block::List(items) => items.iter().for_each(|item| out.push_str(&format!("  - {}\n", plain(item)))),
                Block::Table(head, rows) => out.push_str(&columns(head, rows)),
            }
        }
        out
    }

    /// For a repository, a wiki or a pull request.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("# {}\n", escaped(&self.title));
        for block in &self.blocks {
            out.push('\n');
            match block {
                Block::Heading(text) => out.push_str(&format!("## {}\n", escaped(text))),
                Block::Text(text) => out.push_str(&format!("{}\n", escaped(text))),
                Block::List(items) => items.iter().for_each(|item| out.push_str(&format!("- {}\n", escaped(item)))),
                Block::Table(head, rows) => {
                    let names: Vec<String> = head.iter().map(|cell| escaped(cell.trim_start_matches('>'))).collect();
                    let rule: Vec<&str> =
                        head.iter().map(|cell| if cell.starts_with('>') { "--:" } else { "---" }).collect();
                    out.push_str(&format!("| {} |\n| {} |\n", names.join(" | "), rule.join(" | ")));
                    for row in rows {
                        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                        out.push_str(&format!("| {} |\n", cells.join(" | ")));
                    }
                }
            }
        }
        out
    }
}

fn columns(head: &[String], rows: &[Vec<String>]) -> String {
    let clean = |row: &[String]| row.iter().map(|cell| plain(cell).into_owned()).collect::<Vec<_>>();
    let names: Vec<String> = head.iter().map(|cell| plain(cell.trim_start_matches('>')).into_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| clean(row)).collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&names]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut out = String::new();
    for row in [&names].into_iter().chain(&rows) {
        let mut line = String::from(" ");
        for ((cell, width), name) in row.iter().zip(&widths).zip(head) {
            let right = name.starts_with('>');
            line.push_str(&if right { format!(" {cell:>width$} ") } else { format!(" {cell:width$} ") });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Text that is no Markdown but for code spans, which are kept when they are closed.
fn escaped(text: &str) -> String {
    let text = plain(text);
    let even = text.matches('`').count().is_multiple_of(2);
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for char in text.chars() {
        match char {
            '`' if even => {
                code = !code;
                out.push('`');
            }
            '`' => out.push('\''),
            '|' => out.push_str("\\|"),
            '\n' => out.push(' '),
            '<' if !code => out.push_str("&lt;"),
            '@' if !code => out.push_str("&#64;"),
            '*' | '_' | '[' | ']' | '\\' if !code => {
                out.push('\\');
                out.push(char);
            }
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_page_is_markup_or_a_command() {
        let mut page = Page::new("a <b>");
        page.table(&["x", ">y"], vec![vec!["a|b `c_d` _e".into(), "1\n2".into()]]);
        page.list(vec!["\u{1b}[31m @me `open".into()]);
        assert_eq!(
            page.to_markdown(),
            "# a &lt;b>\n\n| x | y |\n| --- | --: |\n| a\\|b `c_d` \\_e | 1 2 |\n\n- &lt;U+001B>\\[31m &#64;me 'open\n"
        );
        assert!(!page.to_text().contains('\u{1b}'));
    }
}
