-- Full-text and trigram index; rows are written by the catalogue in the transaction that changes the product.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE product_search (
    product_id uuid PRIMARY KEY REFERENCES product (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    document tsvector NOT NULL
);
CREATE INDEX product_search_document ON product_search USING gin (document);
CREATE INDEX product_search_name ON product_search USING gin (name gin_trgm_ops);
