-- What reader apps sign in with: the SHA-256 of the MD5 of "name:password", which is all that the Fever API sends.
ALTER TABLE account ADD COLUMN app_key TEXT;
CREATE UNIQUE INDEX account_app_key ON account (app_key);

-- Articles that an account read, one by one: reader apps know no stories.
CREATE TABLE article_read (
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  article_id INTEGER NOT NULL REFERENCES article (id),
  read_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, article_id)
);

-- What a feed brought is counted and listed without reading the entries.
CREATE INDEX entry_feed_article ON entry (feed_id, article_id);
