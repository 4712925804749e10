//! How a ceremony tells where it is: a bar on a terminal, lines elsewhere.

use std::io::{self, IsTerminal as _};
use std::sync::Mutex;

use casework::Step;
use indicatif::{ProgressBar, ProgressStyle};

use crate::bench::grouped;
use crate::out;

pub(super) struct Progress {
    /// None where standard error is no terminal.
    bar: Option<ProgressBar>,
    /// Hundredths that were told last, so that a million tags are not a thousand lines.
    told: Mutex<Option<(&'static str, u64)>>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = "{msg:>22} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left";
            let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        });
        Self {
            bar,
            told: Mutex::new(None),
        }
    }

    pub(super) fn tell(&self, step: Step) {
        match step {
            Step::Filling { done, of } => self.part("filling", "tags filled", done, of),
            Step::Destroying { done, of } => self.part("destroying", "old tags deleted", done, of),
            Step::Grace { until, left } => self.line(&format!(
                "tokens of the old epoch are taken until {until}, {} s more; a ceremony that is stopped now goes on later",
                left.as_secs().max(0)
            )),
            step => self.line(sentence(step)),
        }
        #[cfg(debug_assertions)]
        kill_here(step.name());
    }

    fn part(&self, name: &'static str, what: &str, done: u64, of: u64) {
        if let Some(bar) = &self.bar {
            if bar.message() != what {
                bar.set_message(what.to_owned());
                bar.reset();
            }
            bar.set_length(of);
            bar.set_position(done);
            return;
        }
        let hundredths = (done * 100).checked_div(of).unwrap_or(100);
        let mut told = self
            .told
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if *told != Some((name, hundredths)) {
            *told = Some((name, hundredths));
            out::note(format_args!("{what}: {} of {}", grouped(done), grouped(of)));
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| out::note(text)),
            None => out::note(text),
        }
    }
}

fn sentence(step: Step) -> &'static str {
    match step {
        Step::Checked => "shares and keys are right; nothing is changed yet",
        Step::Begun => "begun: signals are stored under both keys",
        Step::Resumed(_) => "goes on where it stopped",
        Step::Verified => "every child has its next tag",
        Step::KeyholderFlipped => "the keyholder's next key is live",
        Step::Flipped => "the next keys are live",
        Step::GraceOver => "tokens of the old epoch are no longer taken",
        Step::KeyholderDestroyed => "the keyholder was asked to destroy its old key",
        Step::Finished => "finished",
        Step::Filling { .. } | Step::Grace { .. } | Step::Destroying { .. } => "",
    }
}

/// For the tests of interruptions, in programs compiled for debugging alone: with `TEST_KILL_AT=filling:2` the process is
/// killed, as by `kill -9`, when it tells that step for the second time.
#[cfg(debug_assertions)]
fn kill_here(step: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static SEEN: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("TEST_KILL_AT") else {
        return;
    };
    let (name, count) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == step && count.parse() == Ok(SEEN.fetch_add(1, Ordering::SeqCst) + 1) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}
