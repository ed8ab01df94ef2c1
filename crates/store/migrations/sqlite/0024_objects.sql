-- Bodies that lie in an object store, by their name there: what is there without a row here is not needed.
CREATE TABLE body_object (
  key TEXT PRIMARY KEY,
  article_id BIGINT NOT NULL
);
CREATE INDEX body_object_article ON body_object (article_id);
