//! What is kept in memory of the catalogue.

#[derive(Default)]
pub struct Cache {}
