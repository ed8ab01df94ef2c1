-- On a server articles lie in a table for each month, and addresses in one of their own. A file has one table for both.
CREATE VIEW article_address AS SELECT canonical_url, id AS article_id FROM article;
