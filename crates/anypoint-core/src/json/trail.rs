//! The path of a failure in an answer.
//!
//! It is recorded while a failed read returns, so that a successful read costs nothing, and so that every type is read by
//! one kind of deserializer only: a wrapper that follows the path would compile all generated structs twice.

use std::cell::RefCell;
use std::fmt::Write as _;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Member(String),
    Index(usize),
}

impl Step {
    pub(crate) fn member(name: &str) -> Self {
        Self::Member(name.to_owned())
    }
}

thread_local! {
    /// The steps from the failure outwards. Reading is synchronous, so a thread has one at a time.
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Forgets an earlier failure.
pub(crate) fn clear() {
    STEPS.with_borrow_mut(Vec::clear);
}

#[cold]
pub(crate) fn add(step: Step) {
    STEPS.with_borrow_mut(|steps| steps.push(step));
}

/// The path of the last failure, such as `data[0].id`; `None` for the answer as a whole.
pub(crate) fn take() -> Option<String> {
    let steps = STEPS.with_borrow_mut(std::mem::take);
    Some(path(&steps)).filter(|path| !path.is_empty())
}

/// Steps from the inside outwards as one text.
pub(crate) fn path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps.iter().rev() {
        match step {
            Step::Member(name) if path.is_empty() => path.push_str(name),
            Step::Member(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Index(index) => {
                let _ = write!(path, "[{index}]");
            }
        }
    }
    path
}
