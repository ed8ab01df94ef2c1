-- What an editor says of a story: that it is hidden from this site's lists, or stands first.
CREATE TABLE editor_story (
  story_id INTEGER PRIMARY KEY REFERENCES story (id),
  mark TEXT NOT NULL,
  account_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
  set_at INTEGER NOT NULL
);
