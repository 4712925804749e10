//! What was measured as a picture: each ratio with its spread, and the line that it should reach.
//!
//! One scale for all: a ratio is shown as a multiple of what its target asks, so that everything right of the line is
//! reached, whether much is asked for or little.

use std::fmt::Write as _;

use super::{Bound, Judged, Measured, target_of};
use crate::bench::Spread;

const WIDTH: f64 = 900.0;
const ROW: f64 = 30.0;
/// Where the scale begins, after the names.
const LEFT: f64 = 430.0;
/// How many times what is asked the scale goes.
const MOST: f64 = 2.5;

/// As SVG.
#[must_use]
pub fn picture(measured: &[Measured]) -> String {
    let lines: Vec<Shown<'_>> = measured.iter().filter_map(Shown::of).collect();
    let height = ROW * (lines.len() as f64 + 3.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\" role=\"img\" aria-label=\"What was measured, as a multiple of what was asked\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let bottom = height - 1.5 * ROW;
    for step in 0..=(MOST * 2.0) as u32 {
        let at = f64::from(step) / 2.0;
        let (colour, width) = if step == 2 { ("#b00020", 2) } else { ("#dddddd", 1) };
        let x = place(at);
        // Writing into a string does not fail.
        let _ = write!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{ROW}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke=\"{colour}\" \
             stroke-width=\"{width}\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555555\">{at}</text>\n",
            bottom + 18.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"20\" text-anchor=\"middle\" fill=\"#b00020\">asked</text>",
        place(1.0)
    );
    for (at, line) in lines.iter().enumerate() {
        line.draw(&mut svg, ROW * (at as f64 + 1.5));
    }
    svg.push_str("</svg>\n");
    svg
}

/// One line of it.
struct Shown<'m> {
    measured: &'m Measured,
    figure: Spread,
    /// The figure as a multiple of what is asked: above one is reached.
    share: Spread,
}

impl<'m> Shown<'m> {
    fn of(measured: &'m Measured) -> Option<Self> {
        let target = target_of(measured.target, &measured.what)?;
        let figure = match target.judged {
            Judged::Ratio => measured.ratio,
            Judged::Figure => measured.product,
        };
        let share = |value: f64| match target.bound {
            Bound::AtLeast(least) => value / least,
            Bound::AtMost(most) => most / value.max(1e-12),
        };
        let (low, high) = match target.bound {
            Bound::AtLeast(_) => (figure.low, figure.high),
            Bound::AtMost(_) => (figure.high, figure.low),
        };
        Some(Self {
            measured,
            figure,
            share: Spread {
                median: share(figure.median),
                low: share(low),
                high: share(high),
            },
        })
    }

    fn draw(&self, svg: &mut String, y: f64) {
        let Spread { median, low, high } = self.share;
        let colour = if median >= 1.0 { "#1b6e3c" } else { "#b00020" };
        let mark = if median > MOST { " &#8594;" } else { "" };
        let _ = write!(
            svg,
            "<text x=\"12\" y=\"{:.1}\">{} {}</text>\n\
             <line x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\" stroke-width=\"3\"/>\n\
             <circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"{colour}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{colour}\">{:.2}{mark}</text>\n",
            y + 4.0,
            escaped(self.measured.target),
            escaped(&self.measured.what),
            place(low),
            place(high),
            place(median),
            WIDTH - 8.0,
            y + 4.0,
            self.figure.median,
        );
    }
}

/// Where on the scale a multiple is.
fn place(share: f64) -> f64 {
    let scale = (WIDTH - 80.0 - LEFT) / MOST;
    LEFT + share.clamp(0.0, MOST) * scale
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_of_the_line_is_reached_whichever_way_it_is_asked() {
        let much = Measured::against(
            "T1",
            "single signals, 64 connections",
            "signals/s",
            &[3.3],
            &[1.0],
        );
        let little = Measured::against("T1", "p99 of single signals, 64 connections", "s", &[0.6], &[1.0]);
        let none = Measured::against("T1", "nothing that is asked", "s", &[1.0], &[1.0]);
        let share = |measured: &Measured| Shown::of(measured).map(|shown| shown.share.median);
        assert!((share(&much).unwrap() - 1.1).abs() < 1e-9);
        assert!((share(&little).unwrap() - 0.5).abs() < 1e-9);
        assert_eq!(share(&none), None);
        let svg = picture(&[much, little, none]);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("#1b6e3c") && svg.ends_with("</svg>\n"));
    }
}
