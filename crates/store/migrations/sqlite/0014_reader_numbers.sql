-- Everything of a feed that was stored up to this article counts as read; feed 0 is all of them. One row in the place of
-- one for each article.
CREATE TABLE read_until (
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  feed_id INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, feed_id)
);

-- A mark can also say that an article is unread, whatever it was read up to.
ALTER TABLE article_read ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;

-- Numbers of 32 bits, for clients that hold no greater ones: given after articles and feeds are stored, so that who asks
-- for what is behind a number misses nothing.
CREATE TABLE article_number (
  number INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL UNIQUE REFERENCES article (id)
);
CREATE TABLE feed_number (
  number INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL UNIQUE
);
