//! Wakes an idle worker at a steady pace. The library's own interval makes its next timer without
//! polling it, so that nothing wakes the worker before its heartbeat of half a minute.

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

pub(super) struct Steady(Interval);

impl Steady {
    pub fn new(pace: Duration) -> Self {
        let mut interval = interval(pace);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }
}

impl PollStrategy for Steady {
    fn poll_drive(&mut self, task: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut is_due = false;
        // Until it is pending: only then does it wake the task.
        while self.0.poll_tick(task).is_ready() {
            is_due = true;
        }
        if is_due { Poll::Ready(Some(())) } else { Poll::Pending }
    }
}
