-- What became of stories after their reports were first put together.
CREATE TABLE story_change (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  -- merge, move, split
  kind TEXT NOT NULL,
  from_story BIGINT NOT NULL REFERENCES story (id),
  to_story BIGINT NOT NULL REFERENCES story (id),
  -- How many reports went.
  reports BIGINT NOT NULL
);
CREATE INDEX story_change_from ON story_change (from_story);
CREATE INDEX story_change_to ON story_change (to_story);

-- Stories of neighbouring events of one affair, as grouping saw them when a report last came in.
CREATE TABLE story_neighbour (
  story_id BIGINT NOT NULL REFERENCES story (id),
  other_id BIGINT NOT NULL REFERENCES story (id),
  place BIGINT NOT NULL,
  PRIMARY KEY (story_id, other_id)
);
CREATE INDEX story_neighbour_other ON story_neighbour (other_id);
