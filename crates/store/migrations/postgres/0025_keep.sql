-- How long what a feed brought is kept, where it is not as for all; nothing in a column: without limit.
CREATE TABLE feed_keep (
  feed_id BIGINT PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
  days BIGINT,
  articles BIGINT
);

-- When an entry's article was let go: the feed may still list it, and it is not to come again.
ALTER TABLE entry ADD COLUMN released_at BIGINT;

-- Whatever refers to an article or a story is looked for when it is let go.
CREATE INDEX star_article ON star (article_id);
CREATE INDEX article_read_article ON article_read (article_id);
CREATE INDEX story_read_story ON story_read (story_id);
CREATE INDEX story_merged ON story (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX editor_place_computed ON editor_place (computed_story_id);
