-- Full-text index; rows are written by the catalogue in the transaction that changes the product.
-- The index knows its entries by number only: a product finds its own here.
CREATE TABLE product_search_row (
    id INTEGER PRIMARY KEY,
    product_id BLOB NOT NULL UNIQUE REFERENCES product (id) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE product_search USING fts5 (
    name, body, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4'
);
CREATE VIRTUAL TABLE product_search_word USING fts5vocab (product_search, 'row');
