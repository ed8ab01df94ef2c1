-- Articles lie in a table for each month from here on, by their number, which rises with time: indexes that are written to stay
-- small, and what is old is vacuumed and taken away by the month. A rule over all months needs a table of its own: that an
-- address is one article's.
CREATE TABLE article_address (
  canonical_url TEXT PRIMARY KEY,
  article_id BIGINT NOT NULL
);
INSERT INTO article_address (canonical_url, article_id) SELECT canonical_url, id FROM article;

ALTER TABLE entry DROP CONSTRAINT entry_article_id_fkey;
ALTER TABLE revision DROP CONSTRAINT revision_article_id_fkey;
ALTER TABLE reliance DROP CONSTRAINT reliance_article_id_fkey, DROP CONSTRAINT reliance_to_article_id_fkey;
ALTER TABLE star DROP CONSTRAINT star_article_id_fkey;
ALTER TABLE editor_role DROP CONSTRAINT editor_role_article_id_fkey;
ALTER TABLE editor_place DROP CONSTRAINT editor_place_article_id_fkey;
ALTER TABLE article_label DROP CONSTRAINT article_label_article_id_fkey;
ALTER TABLE article_read DROP CONSTRAINT article_read_article_id_fkey;
ALTER TABLE article_number DROP CONSTRAINT article_number_article_id_fkey;

-- What there is becomes the first part.
ALTER TABLE article RENAME TO article_before;
ALTER TABLE article_before DROP CONSTRAINT article_canonical_url_key;
ALTER INDEX article_pkey RENAME TO article_before_pkey;
ALTER INDEX article_story RENAME TO article_before_story;
ALTER INDEX article_outlet RENAME TO article_before_outlet;
ALTER INDEX article_newest RENAME TO article_before_newest;
ALTER INDEX article_assigned RENAME TO article_before_assigned;
ALTER INDEX article_corrected RENAME TO article_before_corrected;
ALTER INDEX article_outlet_role RENAME TO article_before_outlet_role;
ALTER INDEX article_search RENAME TO article_before_search;
CREATE TABLE article (LIKE article_before INCLUDING DEFAULTS INCLUDING STORAGE) PARTITION BY RANGE (id);
ALTER TABLE article ADD PRIMARY KEY (id);
ALTER TABLE article ADD CONSTRAINT article_outlet_id_fkey FOREIGN KEY (outlet_id) REFERENCES outlet (id);
ALTER TABLE article ADD CONSTRAINT article_story_id_fkey FOREIGN KEY (story_id) REFERENCES story (id);
CREATE INDEX article_story ON article (story_id, published_at);
CREATE INDEX article_outlet ON article (outlet_id, published_at);
CREATE INDEX article_newest ON article (published_at);
CREATE INDEX article_assigned ON article (assigned);
CREATE INDEX article_corrected ON article (outlet_id, published_at) WHERE corrected = 1;
CREATE INDEX article_outlet_role ON article (outlet_id, role);
CREATE INDEX article_search ON article USING gin (to_tsvector('simple', title || ' ' || left(text, 200000)));

-- Up to the month after the last article there is; in a new database up to this month. A number is the milliseconds since 2025, times 256.
DO $$
DECLARE
  newest BIGINT := COALESCE((SELECT MAX(id) FROM article_before), 0);
  month TIMESTAMP := date_trunc('month', timezone('UTC', GREATEST(now(), to_timestamp(newest / 256000.0 + 1735689600))));
BEGIN
  IF newest > 0 THEN
    month := month + interval '1 month';
  END IF;
  EXECUTE format('ALTER TABLE article ATTACH PARTITION article_before FOR VALUES FROM (MINVALUE) TO (%s)',
    CAST(EXTRACT(EPOCH FROM month) * 1000 - 1735689600000 AS BIGINT) * 256);
END $$;
-- What no month was made for: a clock that is years ahead loses nothing.
CREATE TABLE article_other PARTITION OF article DEFAULT;

-- Not for entry, reliance and article_label, which are written with each article: the server would lock every month for each row
-- (a quarter fewer articles a second with four of them). `firsthand check` looks at them.
ALTER TABLE revision ADD CONSTRAINT revision_article_id_fkey FOREIGN KEY (article_id) REFERENCES article (id);
ALTER TABLE star ADD CONSTRAINT star_article_id_fkey FOREIGN KEY (article_id) REFERENCES article (id);
ALTER TABLE editor_role ADD CONSTRAINT editor_role_article_id_fkey FOREIGN KEY (article_id) REFERENCES article (id);
ALTER TABLE editor_place ADD CONSTRAINT editor_place_article_id_fkey FOREIGN KEY (article_id) REFERENCES article (id);
ALTER TABLE article_read ADD CONSTRAINT article_read_article_id_fkey FOREIGN KEY (article_id) REFERENCES article (id);
ALTER TABLE article_number ADD CONSTRAINT article_number_article_id_fkey FOREIGN KEY (article_id) REFERENCES article (id);

-- What is due in a shard: a process asks its shards one by one.
CREATE INDEX feed_shard_due ON feed (shard, next_fetch_at) WHERE status = 'active';
CREATE INDEX entry_shard_due ON entry (shard, due_at) WHERE due_at IS NOT NULL;
