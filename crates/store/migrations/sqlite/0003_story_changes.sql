-- What became of stories after their reports were first put together.
CREATE TABLE story_change (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  -- merge, move, split
  kind TEXT NOT NULL,
  from_story INTEGER NOT NULL REFERENCES story (id),
  to_story INTEGER NOT NULL REFERENCES story (id),
  -- How many reports went.
  reports INTEGER NOT NULL
);
CREATE INDEX story_change_from ON story_change (from_story);
CREATE INDEX story_change_to ON story_change (to_story);
