-- When an account read a story; what is first-hand and newer is unread again.
CREATE TABLE story_read (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  story_id BIGINT NOT NULL REFERENCES story (id),
  read_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, story_id)
);
