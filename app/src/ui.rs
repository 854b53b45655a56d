//! The design system: what pages are composed of.

mod copy;
mod done;
mod feedback;
mod form;
mod frame;
mod list;
mod product;
mod status;

pub use copy::CopyButton;
pub use done::DoneAlert;
#[cfg(feature = "ssr")]
pub use done::done_on;
pub use feedback::{Alert, EmptyState, FailureView, NotFound, PageTitle, SkeletonPage};
pub use form::{ErrorSummary, Errors, Field, HiddenField, SubmitButton, TextArea};
#[cfg(test)]
pub use frame::permitted;
pub use frame::{NavEntry, PermittedEntry, PermittedWorkspace, Workspace};
pub use list::Pagination;
pub use product::{Money, Picture, ProductGrid, Stars};
pub use status::StatusBadge;

use leptos::prelude::*;

/// An icon of the sprite (Lucide); decoration only, the words beside it carry the meaning.
#[component]
pub fn Icon(#[prop(into)] name: String) -> impl IntoView {
    view! { <svg class="size-5 shrink-0" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg> }
}
