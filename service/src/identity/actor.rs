//! The one who acts. Made by the edge from a token or cookie, checked by every service function.

use crate::Result;
use domain::id::{SessionId, StoreId, UserId};
use domain::identity::{Permission, StoreRef};
use domain::{Error, Locale};
use std::collections::BTreeSet;

/// Who asks, and in which language.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    pub locale: Locale,
    /// `None` for a guest.
    pub user: Option<SignedIn>,
    /// Secret of a guest's cart, from the cookie.
    pub cart_token: Option<String>,
    /// Slug of the store meant, when the caller works in several (`X-Store`).
    pub chosen_store: Option<String>,
    /// Address the request came from, for throttling and the session list.
    pub address: Option<String>,
    /// Device as shown in the session list.
    pub device: String,
}

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub id: UserId,
    pub session: SessionId,
    pub name: String,
    pub email: String,
    pub grants: Vec<Grant>,
    /// Staff without the second factor they must have: nothing but their own account is open to them.
    pub two_factor_missing: bool,
}

/// Permissions on the platform (`store: None`) or in one store.
#[derive(Clone, Debug)]
pub struct Grant {
    pub store: Option<StoreRef>,
    pub permissions: BTreeSet<Permission>,
}

impl Actor {
    pub fn guest(locale: Locale) -> Self {
        Self { locale, ..Self::default() }
    }

    /// The signed-in person, or 401; 403 while their second factor is missing.
    pub fn user(&self) -> Result<&SignedIn> {
        let user = self.account()?;
        if user.two_factor_missing { Err(Error::TwoFactorMissing.into()) } else { Ok(user) }
    }

    /// The signed-in person, or 401. For what everybody may do with their own account.
    pub fn account(&self) -> Result<&SignedIn> {
        self.user.as_ref().ok_or(crate::Error::Domain(Error::Unauthenticated))
    }

    /// The signed-in person, if they hold the permission on the platform; else 401 or 403.
    pub fn require(&self, permission: Permission) -> Result<&SignedIn> {
        let user = self.user()?;
        let holds = user.grants.iter().any(|g| g.store.is_none() && g.permissions.contains(&permission));
        if holds { Ok(user) } else { Err(Error::Forbidden.into()) }
    }

    /// The store the caller works in with this permission: the chosen one, else their first.
    pub fn store(&self, permission: Permission) -> Result<StoreId> {
        let user = self.user()?;
        let allowed = |g: &&Grant| g.permissions.contains(&permission);
        let stores = user.grants.iter().filter(allowed).filter_map(|g| g.store.as_ref());
        let chosen = |s: &&StoreRef| self.chosen_store.as_ref().is_none_or(|slug| *slug == s.slug);
        stores.into_iter().find(chosen).map(|s| s.id).ok_or_else(|| Error::Forbidden.into())
    }
}

impl SignedIn {
    /// Everything they may do anywhere, for showing and hiding of menus.
    pub fn permissions(&self) -> BTreeSet<Permission> {
        self.grants.iter().flat_map(|g| g.permissions.iter().copied()).collect()
    }

    /// The first store they work in.
    pub fn store(&self) -> Option<&StoreRef> {
        self.grants.iter().find_map(|g| g.store.as_ref())
    }
}
