//! Keeps the reactive owners of requests apart. Leptos notes the current owner per thread and leaves
//! it there when a request waits; what another request on the same thread then makes would belong to
//! the first one's page and be disposed with it. Here the owner travels with its request.

use leptos::reactive::owner::Owner;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A request that has the thread's owner to itself whenever it is polled.
pub struct Isolated<F> {
    request: Pin<Box<F>>,
    owner: Owner,
}

impl<F: Future> Isolated<F> {
    pub fn new(request: F) -> Self {
        Self { request: Box::pin(request), owner: Owner::new_root(None) }
    }
}

impl<F: Future> Future for Isolated<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let before = self.owner.clone();
        before.with(|| {
            let polled = self.request.as_mut().poll(task);
            // The page has made its own and finds it again at the next poll.
            if let Some(current) = Owner::current() {
                self.owner = current;
            }
            polled
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Isolated;
    use leptos::prelude::{provide_context, use_context};
    use leptos::reactive::owner::Owner;

    /// What a page does: makes its owner the thread's, waits, and looks for its context.
    async fn page(name: &'static str) -> Option<&'static str> {
        let owner = Owner::new_root(None);
        provide_context(name);
        tokio::task::yield_now().await;
        let found = use_context::<&'static str>();
        drop(owner);
        found
    }

    #[tokio::test]
    async fn requests_on_one_thread_find_their_own_context() {
        let found = tokio::join!(Isolated::new(page("satu")), Isolated::new(page("dua")));
        assert_eq!(found, (Some("satu"), Some("dua")));
        // Without it the first page loses its own.
        let found = tokio::join!(page("satu"), page("dua"));
        assert_ne!(found.0, Some("satu"));
    }
}
