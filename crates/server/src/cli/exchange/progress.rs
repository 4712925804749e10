//! How far a document is on its way: a bar on a terminal, nothing elsewhere.

use std::io::{self, IsTerminal as _, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many bytes.
pub(super) fn bar(what: &'static str, bytes: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = "{msg:>10} {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(bytes).with_style(style).with_message(what)
}

/// What is written through a bar.
pub(super) struct Counted<W> {
    pub(super) inner: W,
    pub(super) bar: ProgressBar,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner
            .write(bytes)
            .inspect(|written| self.bar.inc(*written as u64))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
