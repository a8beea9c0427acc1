//! How far a long run has come.

/// A bar on a terminal, once the work has taken a second.
pub(super) struct Progress {
    bar: indicatif::ProgressBar,
    started: std::time::Instant,
}

impl Progress {
    #[expect(clippy::expect_used, reason = "the argument is a constant")]
    pub(super) fn new(length: usize) -> Progress {
        let bar =
            indicatif::ProgressBar::with_draw_target(Some(length as u64), indicatif::ProgressDrawTarget::hidden());
        bar.set_style(
            indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").expect("the template is a constant"),
        );
        Progress { bar, started: std::time::Instant::now() }
    }

    pub(super) fn step(&self) {
        self.show();
        self.bar.inc(1);
    }

    #[cfg(feature = "verify")]
    pub(super) fn say(&self, message: &'static str) {
        self.show();
        self.bar.set_message(message);
    }

    fn show(&self) {
        if self.bar.is_hidden() && self.started.elapsed().as_millis() > 1000 {
            // indicatif itself stays silent when standard error is no terminal
            self.bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
