//! Whether what a theme brings can be read: the contrast of the pairs of colours that pages put together (WCAG 2.2, 1.4.3 and
//! 1.4.11), computed as section "relative luminance" has it.

use std::collections::BTreeMap;
use std::fmt;

use super::Tokens;
use crate::portal::assets::PORTAL_CSS;

/// Two tokens that stand on each other, and how much they have to differ.
const PAIRS: [(&str, &str, f64); 9] = [
    ("--basis-color-default-color-document", PAGE, TEXT),
    ("--basis-color-default-color-subtle", PAGE, TEXT),
    (
        "--basis-color-default-color-document",
        "--basis-color-default-bg-default",
        TEXT,
    ),
    ("--utrecht-link-color", PAGE, TEXT),
    (
        "--utrecht-button-primary-action-color",
        "--utrecht-button-primary-action-background-color",
        TEXT,
    ),
    ("--utrecht-button-secondary-action-color", PAGE, TEXT),
    ("--utrecht-form-field-error-message-color", PAGE, TEXT),
    ("--utrecht-textbox-border-color", PAGE, CONTROL),
    ("--basis-focus-color", "--basis-focus-background-color", TEXT),
];

const PAGE: &str = "--basis-color-default-bg-document";
const TEXT: f64 = 4.5;
const CONTROL: f64 = 3.0;

/// Two colours that cannot be told apart well enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Faint {
    on: &'static str,
    under: &'static str,
    is_dark: bool,
    contrast: f64,
    least: f64,
}

impl fmt::Display for Faint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            on,
            under,
            is_dark,
            contrast,
            least,
        } = self;
        let scheme = if *is_dark { "dark" } else { "light" };
        write!(
            f,
            "in the {scheme}, {on} on {under} has a contrast of {contrast:.1} to 1; {least} is needed"
        )
    }
}

/// The pairs that are too faint with these tokens of a theme over ours. What is no plain colour is not judged.
pub(super) fn faint(always: &Tokens, light: &Tokens, dark: &Tokens) -> Vec<Faint> {
    let (ours, ours_in_the_dark) = ours();
    let in_the_light = over(&[&ours, always, light]);
    let in_the_dark = over(&[&ours, &ours_in_the_dark, always, dark]);
    let of = |tokens: &BTreeMap<&str, &str>, is_dark| {
        PAIRS
            .into_iter()
            .filter_map(|(on, under, least)| {
                let contrast = contrast(colour(tokens, on)?, colour(tokens, under)?);
                (contrast < least).then_some(Faint {
                    on,
                    under,
                    is_dark,
                    contrast,
                    least,
                })
            })
            .collect::<Vec<_>>()
    };
    [of(&in_the_light, false), of(&in_the_dark, true)].concat()
}

/// Our own tokens, and those of the dark.
fn ours() -> (Tokens, Tokens) {
    let (mut always, mut dark) = (Tokens::new(), Tokens::new());
    let mut above = "";
    for line in PORTAL_CSS.lines() {
        if let Some(declarations) = line.strip_prefix(":root{") {
            let tokens = match above {
                _ if above.contains("prefers-color-scheme: dark") => &mut dark,
                // What is for a wide screen or paper alone is no colour that pages have by itself.
                _ if above.starts_with("@media") => continue,
                _ => &mut always,
            };
            for declaration in declarations.trim_end_matches('}').split(';') {
                if let Some((name, value)) = declaration.split_once(':') {
                    tokens.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        above = line;
    }
    (always, dark)
}

fn over<'a>(sheets: &[&'a Tokens]) -> BTreeMap<&'a str, &'a str> {
    let all = sheets.iter().flat_map(|sheet| sheet.iter());
    all.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Red, green and blue, from 0 to 1.
type Colour = [f64; 3];

/// The colour of a token, through those it refers to.
fn colour(tokens: &BTreeMap<&str, &str>, name: &str) -> Option<Colour> {
    let mut value = *tokens.get(name)?;
    // A theme may refer in circles.
    for _ in 0..16 {
        let Some(referred) = value.strip_prefix("var(").and_then(|rest| rest.strip_suffix(')')) else {
            return plain(value);
        };
        let (name, instead) = referred.split_once(',').unwrap_or((referred, ""));
        value = tokens.get(name.trim()).copied().unwrap_or(instead).trim();
    }
    None
}

/// A colour that is written down, and lets nothing through.
fn plain(value: &str) -> Option<Colour> {
    let value = value.trim().to_ascii_lowercase();
    match value.as_str() {
        "white" => return Some([1.0; 3]),
        "black" => return Some([0.0; 3]),
        _ => {}
    }
    if let Some(digits) = value.strip_prefix('#') {
        let digit = |at: usize| {
            digits
                .get(at..=at)
                .and_then(|digit| u8::from_str_radix(digit, 16).ok())
        };
        let part = |at: usize| -> Option<f64> {
            let byte = match digits.len() {
                3 => digit(at)? * 17,
                6 => digit(2 * at)? * 16 + digit(2 * at + 1)?,
                _ => return None,
            };
            Some(f64::from(byte) / 255.0)
        };
        return Some([part(0)?, part(1)?, part(2)?]);
    }
    let (kind, inside) = value.strip_suffix(')')?.split_once('(')?;
    let parts: Vec<&str> = inside.split([',', ' ']).filter(|part| !part.is_empty()).collect();
    let [one, two, three] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str| text.trim_end_matches("deg").parse::<f64>().ok();
    let share = |text: &str| Some(number(text.strip_suffix('%')?)? / 100.0);
    match kind {
        "rgb" | "rgba" => {
            let part = |text: &str| share(text).or_else(|| Some(number(text)? / 255.0));
            Some([part(one)?, part(two)?, part(three)?])
        }
        "hsl" | "hsla" => Some(of_hue(number(one)?, share(two)?, share(three)?)),
        _ => None,
    }
}

/// CSS Color 4 section 7.1.
fn of_hue(hue: f64, saturation: f64, lightness: f64) -> Colour {
    let part = |offset: f64| {
        let k = (offset + hue / 30.0).rem_euclid(12.0);
        let a = saturation * lightness.min(1.0 - lightness);
        lightness - a * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    };
    [part(0.0), part(8.0), part(4.0)]
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::super::Theme;
    use super::*;

    #[test]
    fn our_own_look_can_be_read() {
        let none = Tokens::new();
        assert_eq!(faint(&none, &none, &none), []);
        // And all of it was judged.
        let (ours, dark) = ours();
        for tokens in [over(&[&ours]), over(&[&ours, &dark])] {
            for (on, under, _) in PAIRS {
                assert!(
                    colour(&tokens, on).is_some() && colour(&tokens, under).is_some(),
                    "{on} {under}"
                );
            }
        }
    }

    #[test]
    fn yellow_links_are_told_and_where() {
        let theme = Theme::parse(":root { --utrecht-link-color: #ffdd00; }").unwrap();
        let told: Vec<String> = theme.faint().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "in the light, --utrecht-link-color on --basis-color-default-bg-document has a contrast of 1.3 to 1; 4.5 is needed"
            ]
        );
        let dark = "@media (prefers-color-scheme: dark) { :root { --basis-color-default-color-document: var(--a, #333); } }";
        let dark = Theme::parse(dark).unwrap();
        let told = dark.faint();
        assert!(
            told.len() == 2 && told.iter().all(|faint| faint.is_dark),
            "{told:?}"
        );
    }

    #[test]
    fn colours_are_read_as_they_are_written() {
        for (written, colour) in [
            ("#fff", [255, 255, 255]),
            ("#0b4f5c", [11, 79, 92]),
            ("rgb(11, 79, 92)", [11, 79, 92]),
            ("rgb(11 79 92)", [11, 79, 92]),
            ("hsl(0, 100%, 50%)", [255, 0, 0]),
            ("hsl(120deg 100% 25%)", [0, 128, 0]),
            ("White", [255, 255, 255]),
        ] {
            let read = plain(written).unwrap().map(|part| (part * 255.0).round() as i32);
            assert_eq!(read, colour, "{written}");
        }
        for unknown in [
            "",
            "#12345",
            "#12345678",
            "rgba(0,0,0,0)",
            "color-mix(in srgb, red, blue)",
            "inherit",
            "#gggggg",
            "rgb(1,2)",
        ] {
            assert_eq!(plain(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
        // #767676 is the lightest grey that is read on white.
        assert!(contrast(plain("#767676").unwrap(), [1.0; 3]) >= TEXT);
        assert!(contrast(plain("#777777").unwrap(), [1.0; 3]) < TEXT);
    }

    #[test]
    fn a_circle_is_no_colour() {
        let theme = Theme::parse(
            ":root { --basis-heading-color: red; --utrecht-link-color: var(--utrecht-link-color); }",
        )
        .unwrap();
        assert_eq!(theme.faint(), []);
    }
}
