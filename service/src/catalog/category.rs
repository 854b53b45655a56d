//! The category tree: read once, kept in memory, seeded with every installation.

mod tree;

use crate::db::new_id;
use crate::{Ctx, Result};
use domain::Locale;
use domain::catalog::{CategoryNode, CategoryRef};
use domain::id::CategoryId;
use entity::category;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, Set};
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::{Seed, TREE};

/// All categories by id, in display order of their siblings.
pub(crate) struct Tree {
    rows: Vec<category::Model>,
    by_id: BTreeMap<CategoryId, usize>,
}

impl Tree {
    fn new(rows: Vec<category::Model>) -> Self {
        let by_id = rows.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
        Self { rows, by_id }
    }

    pub fn by_slug(&self, slug: &str) -> Option<&category::Model> {
        self.rows.iter().find(|r| r.slug == slug)
    }

    /// The category and everything below it.
    pub fn subtree(&self, root: CategoryId) -> Vec<CategoryId> {
        let mut found = vec![root];
        let mut next = 0;
        while next < found.len() {
            let parent = found[next];
            found.extend(self.rows.iter().filter(|r| r.parent_id == Some(parent)).map(|r| r.id));
            next += 1;
        }
        found
    }

    /// Name and way from the root, for bread crumbs.
    pub fn reference(&self, id: CategoryId, locale: Locale) -> Option<CategoryRef> {
        let row = &self.rows[*self.by_id.get(&id)?];
        let mut path = vec![];
        let mut at = Some(row);
        while let Some(row) = at {
            path.insert(0, (row.slug.clone(), name(row, locale)));
            at = row.parent_id.and_then(|p| self.by_id.get(&p)).map(|i| &self.rows[*i]);
        }
        Some(CategoryRef { id, slug: row.slug.clone(), name: name(row, locale), path })
    }

    fn nodes(&self, parent: Option<CategoryId>, locale: Locale) -> Vec<CategoryNode> {
        let children = self.rows.iter().filter(|r| r.parent_id == parent);
        children
            .map(|r| CategoryNode {
                id: r.id,
                slug: r.slug.clone(),
                name: name(r, locale),
                children: self.nodes(Some(r.id), locale),
            })
            .collect()
    }
}

fn name(row: &category::Model, locale: Locale) -> String {
    match locale {
        Locale::Id => row.name.clone(),
        Locale::En => row.name_en.clone(),
    }
}

/// The tree, from memory when it was read a moment ago.
pub(crate) async fn tree(ctx: &Ctx) -> Result<Arc<Tree>> {
    if let Some(tree) = ctx.cache.categories.get(&()).await {
        return Ok(tree);
    }
    let rows = category::Entity::find()
        .order_by_asc(category::Column::Position)
        .order_by_asc(category::Column::Slug)
        .all(&ctx.db)
        .await?;
    let tree = Arc::new(Tree::new(rows));
    ctx.cache.categories.insert((), Arc::clone(&tree)).await;
    Ok(tree)
}

/// The whole tree, in the reader's language.
pub async fn categories(ctx: &Ctx, locale: Locale) -> Result<Vec<CategoryNode>> {
    Ok(tree(ctx).await?.nodes(None, locale))
}

/// Writes the Indonesian category tree of a new installation; safe to repeat.
pub async fn seed(db: &impl ConnectionTrait) -> Result<()> {
    let present = category::Entity::find().all(db).await?;
    let known: BTreeMap<_, _> = present.into_iter().map(|r| (r.slug, r.id)).collect();
    let mut rows = vec![];
    collect(TREE, None, &known, &mut rows);
    // Parents stand before their children.
    for row in rows {
        category::Entity::insert(row)
            .on_conflict(OnConflict::column(category::Column::Slug).do_nothing().to_owned())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

fn collect(
    seeds: &[Seed],
    parent: Option<CategoryId>,
    known: &BTreeMap<String, CategoryId>,
    rows: &mut Vec<category::ActiveModel>,
) {
    for (position, Seed(slug, name, name_en, children)) in seeds.iter().enumerate() {
        let id = known.get(*slug).copied().unwrap_or_else(new_id);
        if !known.contains_key(*slug) {
            rows.push(category::ActiveModel {
                id: Set(id),
                parent_id: Set(parent),
                slug: Set((*slug).to_owned()),
                name: Set((*name).to_owned()),
                name_en: Set((*name_en).to_owned()),
                position: Set(i32::try_from(position).unwrap_or_default()),
            });
        }
        collect(children, Some(id), known, rows);
    }
}
