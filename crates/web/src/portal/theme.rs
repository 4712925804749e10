//! A municipality's look: a style sheet with values of design tokens and nothing else.
//!
//! Themes of NL Design System are such files, mostly for one class (`.utrecht-theme`); here they hold for the whole page. What is
//! kept is only what the pages use, so a theme of thousands of tokens costs the reader little. A colour of a theme that says
//! nothing about the dark is for the light alone: in the dark the colours stay ours, which can be read together. Nothing in a
//! theme can load anything, hide anything or stand in for a word: a file with more than tokens in it is refused.

mod contrast;

use std::collections::{BTreeMap, BTreeSet};

use super::assets;
use crate::asset::Asset;
pub use contrast::Faint;

/// The longest theme that is read, in bytes. Those of municipalities are 200 kB.
pub const LONGEST: usize = 1024 * 1024;

/// The longest value of a token, in bytes.
const LONGEST_VALUE: usize = 1024;

/// A theme that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    css: String,
    faint: Vec<Faint>,
}

/// Why a file is no theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTheme {
    /// It is too long.
    #[error("longer than {LONGEST} bytes")]
    TooLong,
    /// Something else than tokens stands there.
    #[error(
        "line {line}: only `--name: value;` in `:root {{ }}` or in one class is a theme, and around it `@media (prefers-color-scheme: dark)`"
    )]
    NotTokens {
        /// Where.
        line: usize,
    },
    /// A value could load something or is endless.
    #[error("line {line}: a token's value loads nothing and is at most {LONGEST_VALUE} bytes long")]
    Value {
        /// Where.
        line: usize,
    },
    /// It would change nothing.
    #[error("it has no token that the pages use; `--basis-color-accent-1-color-default` is one")]
    Nothing,
}

type Tokens = BTreeMap<String, String>;

impl Theme {
    /// Reads a theme.
    ///
    /// # Errors
    /// [`NoTheme`].
    pub fn parse(text: &str) -> Result<Self, NoTheme> {
        if text.len() > LONGEST {
            return Err(NoTheme::TooLong);
        }
        let mut reader = Reader {
            rest: text,
            whole: text,
        };
        let mut sheet = Sheet::default();
        reader.read_sheet(&mut sheet)?;
        let used = used(&[&sheet.always, &sheet.light, &sheet.dark]);
        for tokens in [&mut sheet.always, &mut sheet.light, &mut sheet.dark] {
            tokens.retain(|name, _| used.contains(name));
        }
        let (colours, always): (Tokens, Tokens) = sheet
            .always
            .into_iter()
            .partition(|(name, value)| is_colour(name, value));
        let mut light = colours;
        light.append(&mut sheet.light);
        let faint = contrast::faint(&always, &light, &sheet.dark);
        let css = [
            rule("", &always, ""),
            rule("@media (prefers-color-scheme:light){", &light, "}"),
            rule("@media screen and (prefers-color-scheme:dark){", &sheet.dark, "}"),
        ]
        .concat();
        if css.is_empty() {
            Err(NoTheme::Nothing)
        } else {
            Ok(Self { css, faint })
        }
    }

    /// What cannot be read well with it.
    pub fn faint(&self) -> &[Faint] {
        &self.faint
    }

    /// The file as browsers get it.
    pub(super) fn asset(&self) -> Asset {
        Asset::new(
            assets::DIRECTORY,
            ("theme", "css"),
            "text/css; charset=utf-8",
            self.css.clone(),
        )
    }
}

fn rule(before: &str, tokens: &Tokens, after: &str) -> String {
    if tokens.is_empty() {
        return String::new();
    }
    let declarations: String = tokens
        .iter()
        .map(|(name, value)| format!("{name}:{value};"))
        .collect();
    format!("{before}:root{{{declarations}}}{after}\n")
}

/// The tokens that the style sheet refers to, and those which the values of these refer to, and so on.
fn used(theme: &[&Tokens]) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut found: Vec<String> = references(assets::PORTAL_CSS).map(str::to_owned).collect();
    while let Some(name) = found.pop() {
        if used.contains(&name) {
            continue;
        }
        let values = theme.iter().filter_map(|tokens| tokens.get(&name));
        found.extend(values.flat_map(|value| references(value)).map(str::to_owned));
        used.insert(name);
    }
    used
}

/// The names in `var(--name)`.
fn references(value: &str) -> impl Iterator<Item = &str> {
    value.split("var(").skip(1).filter_map(|after| {
        let after = after.trim_start();
        let end = after.find(|sign| !is_of_name(sign)).unwrap_or(after.len());
        after.get(..end).filter(|name| name.starts_with("--"))
    })
}

fn is_of_name(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '-' || sign == '_'
}

fn is_colour(name: &str, value: &str) -> bool {
    const VALUES: [&str; 8] = ["#", "rgb", "hsl", "hwb", "lab(", "lch(", "okl", "color"];
    name.contains("color") || name.contains("kleur") || VALUES.iter().any(|start| value.starts_with(start))
}

#[derive(Default)]
struct Sheet {
    always: Tokens,
    light: Tokens,
    dark: Tokens,
}

/// Reads from the beginning to the end, once.
struct Reader<'a> {
    rest: &'a str,
    whole: &'a str,
}

impl<'a> Reader<'a> {
    fn read_sheet(&mut self, sheet: &mut Sheet) -> Result<(), NoTheme> {
        loop {
            self.skip();
            if self.rest.is_empty() {
                return Ok(());
            }
            let Some(condition) = self.rest.strip_prefix("@media") else {
                self.read_rule(&mut sheet.always)?;
                continue;
            };
            let open = condition.find('{').ok_or(self.not_tokens())?;
            let plain: String = condition[..open].split_whitespace().collect();
            let tokens = match plain.to_ascii_lowercase().as_str() {
                "(prefers-color-scheme:dark)" | "screenand(prefers-color-scheme:dark)" => &mut sheet.dark,
                "(prefers-color-scheme:light)" | "screenand(prefers-color-scheme:light)" => &mut sheet.light,
                _ => return Err(self.not_tokens()),
            };
            self.rest = &condition[open + 1..];
            loop {
                self.skip();
                if self.take("}") {
                    break;
                }
                self.read_rule(tokens)?;
            }
        }
    }

    /// `:root { --a: b; }` or `.name { --a: b; }`, also for several.
    fn read_rule(&mut self, tokens: &mut Tokens) -> Result<(), NoTheme> {
        let open = self.rest.find('{').ok_or(self.not_tokens())?;
        let is_whole_page = |selector: &str| {
            let selector = selector.trim();
            selector == ":root"
                || selector
                    .strip_prefix('.')
                    .is_some_and(|class| !class.is_empty() && class.chars().all(is_of_name))
        };
        if !self.rest[..open].split(',').all(is_whole_page) {
            return Err(self.not_tokens());
        }
        self.rest = &self.rest[open + 1..];
        loop {
            self.skip();
            if self.take("}") {
                return Ok(());
            }
            if self.take(";") {
                continue;
            }
            let (name, value) = self.read_token()?;
            tokens.insert(name.to_owned(), value);
        }
    }

    fn read_token(&mut self) -> Result<(&'a str, String), NoTheme> {
        let end = self
            .rest
            .find(|sign| !is_of_name(sign))
            .ok_or(self.not_tokens())?;
        let name = &self.rest[..end];
        if !name.starts_with("--") {
            return Err(self.not_tokens());
        }
        self.rest = &self.rest[end..];
        self.skip();
        if !self.take(":") {
            return Err(self.not_tokens());
        }
        let end = self.rest.find([';', '}']).ok_or(self.not_tokens())?;
        let value = self.rest[..end].split_whitespace().collect::<Vec<_>>().join(" ");
        if !is_harmless(&value) {
            return Err(NoTheme::Value { line: self.line() });
        }
        self.rest = &self.rest[end..];
        Ok((name, value))
    }

    /// Spaces and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self
                .rest
                .trim_start_matches(['\u{FEFF}', ' ', '\t', '\n', '\r', '\u{c}']);
            let Some(comment) = self.rest.strip_prefix("/*") else {
                return;
            };
            self.rest = comment.split_once("*/").map_or("", |(_, after)| after);
        }
    }

    fn take(&mut self, sign: &str) -> bool {
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn not_tokens(&self) -> NoTheme {
        NoTheme::NotTokens { line: self.line() }
    }

    fn line(&self) -> usize {
        let read = self.whole.len() - self.rest.len();
        self.whole[..read].matches('\n').count() + 1
    }
}

/// Whether a value is one, with its brackets and quotes closed, and loads nothing.
fn is_harmless(value: &str) -> bool {
    const LOADS: [&str; 6] = ["url(", "image(", "image-set(", "src(", "element(", "paint("];
    let lower = value.to_ascii_lowercase();
    let is_plain = |sign: char| !sign.is_control() && !matches!(sign, '{' | '<' | '@' | '\\' | '!');
    let is_closed = |open: char, close: char| value.matches(open).count() == value.matches(close).count();
    value.len() <= LONGEST_VALUE
        && !LOADS.iter().any(|load| lower.contains(load))
        && !value.contains("/*")
        && value.chars().all(is_plain)
        && is_closed('(', ')')
        && is_closed('[', ']')
        && value.matches('"').count().is_multiple_of(2)
        && value.matches('\'').count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_of_a_class_holds_for_the_page_with_what_is_used() {
        let theme = Theme::parse(
            "/* made */\n.gemeente-theme {\n  --basis-color-accent-1-color-default: var(--gemeente-rood);\n  \
             --gemeente-rood: #aa0000;\n  --denhaag-tabs-color: red;\n  --basis-border-radius-md: 0;\n}\n",
        )
        .unwrap();
        assert_eq!(
            theme.css,
            ":root{--basis-border-radius-md:0;}\n\
             @media (prefers-color-scheme:light){:root{--basis-color-accent-1-color-default:var(--gemeente-rood);--gemeente-rood:#aa0000;}}\n"
        );
    }

    #[test]
    fn a_theme_may_have_colours_of_its_own_for_the_dark() {
        let theme = Theme::parse(
            ":root { --basis-heading-color: #000 }\n@media (prefers-color-scheme: dark) { :root { --basis-heading-color: #fff; } }",
        )
        .unwrap();
        assert_eq!(
            theme.css,
            "@media (prefers-color-scheme:light){:root{--basis-heading-color:#000;}}\n\
             @media screen and (prefers-color-scheme:dark){:root{--basis-heading-color:#fff;}}\n"
        );
    }

    #[test]
    fn what_is_more_than_tokens_is_refused_with_its_line() {
        for (text, line) in [
            ("body { display: none }", 1),
            (":root { --a: b }\n.a p { --a: b }", 2),
            (":root {\n display: none }", 2),
            ("@import 'x.css';", 1),
            ("@font-face { font-family: x }", 1),
            ("@media print { :root { --a: b } }", 1),
            (":root { --a: b", 1),
            (":root", 1),
            ("</style>", 1),
        ] {
            assert_eq!(Theme::parse(text), Err(NoTheme::NotTokens { line }), "{text}");
        }
    }

    #[test]
    fn a_value_loads_nothing_and_ends() {
        for value in [
            "url(https://x.example/y)",
            "URL(x)",
            "image-set('x' 1x)",
            "'open",
            "calc(1px",
            "a { b",
            "\\75rl(x)",
            "red !important",
            "</style>",
            &"x".repeat(LONGEST_VALUE + 1),
        ] {
            let text = format!(":root {{ --basis-heading-color: {value}; }}");
            assert!(Theme::parse(&text).is_err(), "{value}");
        }
        assert_eq!(Theme::parse(&" ".repeat(LONGEST + 1)), Err(NoTheme::TooLong));
    }

    #[test]
    fn a_theme_that_changes_nothing_says_so() {
        for text in ["", "/* nothing", ":root { --denhaag-tabs-color: red; }"] {
            assert_eq!(Theme::parse(text), Err(NoTheme::Nothing), "{text}");
        }
    }
}
