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

-- Stories of neighbouring events of one affair, as grouping saw them when a report last came in.
CREATE TABLE story_neighbour (
  story_id INTEGER NOT NULL REFERENCES story (id),
  other_id INTEGER NOT NULL REFERENCES story (id),
  place INTEGER NOT NULL,
  PRIMARY KEY (story_id, other_id)
);
CREATE INDEX story_neighbour_other ON story_neighbour (other_id);
