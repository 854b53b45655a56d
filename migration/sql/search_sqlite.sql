-- Full-text index; rows are written by the catalogue in the transaction that changes the product.
CREATE VIRTUAL TABLE product_search USING fts5 (
    product_id UNINDEXED, name, body, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4'
);
CREATE VIRTUAL TABLE product_search_word USING fts5vocab (product_search, 'row');
