//! Snippets as an editor inserts them when nothing is typed over.

/// Replaces `${1:value}` by its value, `${1|a,b|}` by the first one, and `$1` by nothing.
pub fn expand(snippet: &str) -> String {
    let mut out = String::new();
    let mut rest = snippet.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.extend(rest.next()),
            '$' if rest.next_if_eq(&'{').is_some() => {
                while rest.next_if(char::is_ascii_digit).is_some() {}
                let kind = rest.next().expect("a colon or a bar");
                let mut taking = true;
                while let Some(c) = rest.next() {
                    match (c, kind) {
                        ('\\', _) => {
                            let escaped = rest.next();
                            out.extend(escaped.filter(|_| taking));
                        }
                        ('}', ':') => break,
                        (',', '|') => taking = false,
                        ('|', '|') => {
                            assert_eq!(rest.next(), Some('}'), "{snippet}");
                            break;
                        }
                        _ if taking => out.push(c),
                        _ => {}
                    }
                }
            }
            '$' => while rest.next_if(char::is_ascii_digit).is_some() {},
            _ => out.push(c),
        }
    }
    out
}
