//! A sentence of the API description as HTML: escaped, and what stands between back quotes as code.

use std::fmt;

/// HTML made of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose(String);

impl Prose {
    /// HTML of this text. An odd back quote stays one.
    pub fn of(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        let parts: Vec<&str> = text.split('`').collect();
        let closed = parts.len() - 1 - (parts.len() - 1) % 2;
        for (index, part) in parts.into_iter().enumerate() {
            match index {
                _ if index > closed => html.push('`'),
                0 => {}
                _ if index % 2 == 1 => html.push_str("<code>"),
                _ => html.push_str("</code>"),
            }
            escape(part, &mut html);
        }
        Self(html)
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Prose;

    #[test]
    fn code_is_marked_and_everything_escaped() {
        let html = Prose::of("Send `a<b` & `\"c\"`.").to_string();
        assert_eq!(html, "Send <code>a&lt;b</code> &amp; <code>&quot;c&quot;</code>.");
    }

    #[test]
    fn an_odd_back_quote_opens_nothing() {
        assert_eq!(Prose::of("a ` b").to_string(), "a ` b");
        assert_eq!(Prose::of("`a` ` b").to_string(), "<code>a</code> ` b");
    }
}
