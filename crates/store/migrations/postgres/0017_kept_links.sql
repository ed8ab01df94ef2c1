-- What an account starred elsewhere and no feed has brought here: once one does, the star is put on the article.
CREATE TABLE kept_link (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- Canonical, as articles have it.
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  outlet TEXT,
  published_at BIGINT,
  kept_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, url)
);
CREATE INDEX kept_link_url ON kept_link (url);
