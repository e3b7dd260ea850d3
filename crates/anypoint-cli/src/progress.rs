//! Bars that show how much of a file has been sent or received.

use anypoint_core::Transferred;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where the length is known, and where it is not.
const WHOLE: &str = "{msg} [{bar:24}] {bytes} of {total_bytes}, {bytes_per_sec}";
const OPEN: &str = "{msg} {bytes}, {bytes_per_sec}";

/// A bar that is on the screen from the first byte on, or one that nobody sees.
#[derive(Clone)]
pub(crate) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub(crate) fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
        }
    }

    /// On the standard error.
    pub(crate) fn shown(what: &str) -> Self {
        Self::on(ProgressDrawTarget::stderr(), what)
    }

    fn on(target: ProgressDrawTarget, what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style(OPEN));
        Self {
            bar: bar.with_message(what.to_owned()),
        }
    }

    /// Shows how far it is; a length that is new changes what the bar looks like.
    pub(crate) fn set(&self, bytes: u64, total: Option<u64>) {
        if self.bar.length() != total {
            self.bar.set_style(style(total.map_or(OPEN, |_| WHOLE)));
            match total {
                Some(total) => self.bar.set_length(total),
                None => self.bar.unset_length(),
            }
        }
        self.bar.set_position(bytes);
    }

    /// What an upload or a download calls.
    pub(crate) fn watch(&self) -> impl Fn(Transferred) + Send + Sync + 'static {
        let bar = self.clone();
        move |so_far| bar.set(so_far.bytes, so_far.total)
    }

    /// Takes it off the screen.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    // The templates are right, which the tests see.
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;

    use super::*;

    /// A screen that keeps what is drawn.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        fn text(&self) -> String {
            self.0.lock().unwrap().clone()
        }
    }

    #[test]
    fn a_bar_shows_bytes_and_length_and_leaves_nothing_behind() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bar = Bar::on(target, "orders.jar");
        bar.set(512, Some(1024));
        bar.bar.force_draw();
        let seen = screen.text();
        assert!(seen.starts_with("orders.jar ["), "{seen:?}");
        assert!(seen.contains("512 B of 1.00 KiB"), "{seen:?}");
        bar.end();
        assert_eq!(screen.text().trim(), "");
    }

    #[test]
    fn where_the_length_is_unknown_only_the_bytes_are_told() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bar = Bar::on(target, "log");
        bar.set(512, None);
        bar.bar.force_draw();
        let seen = screen.text();
        assert!(
            seen.starts_with("log 512 B") && !seen.contains('['),
            "{seen:?}"
        );
    }
}
