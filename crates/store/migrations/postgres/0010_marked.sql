-- What an editor says of a story: that it is hidden from this site's lists, or stands first.
CREATE TABLE editor_story (
  story_id BIGINT PRIMARY KEY REFERENCES story (id),
  mark TEXT NOT NULL,
  account_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
  set_at BIGINT NOT NULL
);
