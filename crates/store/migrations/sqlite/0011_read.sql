-- When an account read a story; what is first-hand and newer is unread again.
CREATE TABLE story_read (
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  story_id INTEGER NOT NULL REFERENCES story (id),
  read_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, story_id)
);
