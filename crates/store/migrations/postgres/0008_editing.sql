-- The story that an editor put a report into, apart from the one that grouping found for it.
CREATE TABLE editor_place (
  article_id BIGINT PRIMARY KEY REFERENCES article (id),
  -- Nothing: the editor took it back.
  story_id BIGINT REFERENCES story (id),
  -- Where grouping had it.
  computed_story_id BIGINT NOT NULL REFERENCES story (id),
  account_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
  set_at BIGINT NOT NULL
);
CREATE INDEX editor_place_story ON editor_place (story_id);

-- An outlet that is another one, by an editor's word.
CREATE TABLE editor_outlet (
  outlet_id BIGINT PRIMARY KEY REFERENCES outlet (id),
  into_id BIGINT NOT NULL REFERENCES outlet (id),
  account_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
  set_at BIGINT NOT NULL
);
CREATE INDEX editor_outlet_into ON editor_outlet (into_id);

-- Every outlet under its own number with the outlet that it is shown and counted as.
CREATE VIEW outlet_shown AS
  SELECT own.id AS own_id, own.name AS own_name, own.key AS own_key,
         COALESCE(other.id, own.id) AS id, COALESCE(other.name, own.name) AS name, COALESCE(other.key, own.key) AS key
  FROM outlet AS own
  LEFT JOIN editor_outlet ON editor_outlet.outlet_id = own.id
  LEFT JOIN outlet AS other ON other.id = editor_outlet.into_id;
