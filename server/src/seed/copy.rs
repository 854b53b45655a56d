//! Copies rows a thousandfold inside the database: goods and sales made by the rules once, then
//! written again under other ids. A copy's id is its original's with the number of the copy in place
//! of the first four bytes, so that references between copied rows follow by themselves. Real ids
//! begin with the time and are far above every copy.

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable};
use service::Result;
use service::db::Tx;
use std::ops::RangeInclusive;

/// Copies with these numbers, made in one transaction.
pub(super) struct Copier<'a> {
    pub tx: &'a Tx,
    pub numbers: RangeInclusive<usize>,
}

impl Copier<'_> {
    fn is_postgres(&self) -> bool {
        self.tx.get_database_backend() == DbBackend::Postgres
    }

    /// The copy's id of an id in the original row.
    pub fn id(&self, column: &str) -> String {
        if self.is_postgres() {
            format!("CAST(lpad(to_hex(c.n), 8, '0') || substr(replace(CAST({column} AS TEXT), '-', ''), 9) AS uuid)")
        } else {
            format!("CASE WHEN {column} IS NULL THEN NULL ELSE unhex(printf('%08x', c.n) || substr(hex({column}), 9)) END")
        }
    }

    /// A text that must be unique, with the number of the copy behind it.
    pub fn text(column: &str) -> String {
        format!("{column} || '-' || CAST(c.n AS TEXT)")
    }

    /// Tells originals from copies.
    pub fn is_original(&self, column: &str) -> String {
        let floor = if self.is_postgres() { "'01000000-0000-0000-0000-000000000000'" } else { "X'01'" };
        format!("{column} >= {floor}")
    }

    /// Writes every original row `s` that the filter lets through once per number, with some columns
    /// made anew.
    pub async fn rows<E: EntityTrait>(&self, filter: &str, anew: &[(E::Column, String)]) -> Result<()> {
        let columns: Vec<E::Column> = E::Column::iter().collect();
        let names: Vec<String> = columns.iter().map(|c| format!("\"{}\"", c.as_str())).collect();
        let value = |column: &E::Column| {
            let own = anew.iter().find(|(other, _)| other.as_str() == column.as_str());
            own.map_or_else(|| format!("s.\"{}\"", column.as_str()), |(_, expression)| expression.clone())
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let table = E::default().table_name().to_owned();
        let from = format!("c CROSS JOIN \"{table}\" s WHERE {filter}");
        self.insert(&table, &names.join(", "), &values.join(", "), &from).await
    }

    /// `INSERT … SELECT` with the numbers as `c(n)`.
    pub async fn insert(&self, table: &str, columns: &str, values: &str, from: &str) -> Result<()> {
        let (first, last) = (self.numbers.start(), self.numbers.end());
        let numbers = format!("WITH RECURSIVE c(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM c WHERE n < {last})");
        let sql = format!("INSERT INTO \"{table}\" ({columns}) {numbers} SELECT {values} FROM {from}");
        self.tx.execute_unprepared(&sql).await?;
        Ok(())
    }
}
