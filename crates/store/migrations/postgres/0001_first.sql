-- Times are milliseconds since the Unix epoch, switches are 0 and 1, *_json is read whole.

CREATE TABLE outlet (
  id BIGINT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE feed (
  id BIGINT PRIMARY KEY,
  outlet_id BIGINT NOT NULL REFERENCES outlet (id),
  url TEXT NOT NULL UNIQUE,
  title TEXT,
  site_url TEXT,
  folder TEXT,
  format TEXT,
  status TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  failures BIGINT NOT NULL,
  interval_s BIGINT NOT NULL,
  not_before BIGINT,
  moved_to TEXT,
  moved_times BIGINT NOT NULL,
  last_fetch_at BIGINT,
  last_success_at BIGINT,
  last_status BIGINT,
  last_error TEXT,
  next_fetch_at BIGINT
);
CREATE INDEX feed_due ON feed (next_fetch_at);
CREATE INDEX feed_outlet ON feed (outlet_id);

CREATE TABLE story (
  id BIGINT PRIMARY KEY,
  created_at BIGINT NOT NULL,
  merged_into BIGINT REFERENCES story (id),
  stale BIGINT NOT NULL,
  best_article_id BIGINT,
  origin TEXT,
  origin_why TEXT,
  voices BIGINT NOT NULL,
  reports BIGINT NOT NULL,
  firsthand BIGINT NOT NULL,
  independent_outlets BIGINT NOT NULL,
  first_published_at BIGINT NOT NULL,
  last_published_at BIGINT NOT NULL,
  last_firsthand_at BIGINT
);
CREATE INDEX story_newest ON story (last_published_at);
CREATE INDEX story_stale ON story (stale, id);

CREATE TABLE article (
  id BIGINT PRIMARY KEY,
  outlet_id BIGINT NOT NULL REFERENCES outlet (id),
  url TEXT NOT NULL,
  canonical_url TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  byline TEXT,
  language TEXT,
  published_at BIGINT NOT NULL,
  modified_at BIGINT,
  fetched_at BIGINT NOT NULL,
  admitted_at BIGINT NOT NULL,
  excerpt TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  lead_image TEXT,
  links_json TEXT NOT NULL,
  categories_json TEXT NOT NULL,
  from_feed BIGINT NOT NULL,
  extract_version BIGINT NOT NULL,
  trace_version BIGINT NOT NULL,
  analysis_json TEXT NOT NULL,
  -- The sources named in it, folded, a line each: what `source:` searches.
  sources TEXT NOT NULL,
  story_id BIGINT REFERENCES story (id),
  -- The place in the order in which articles were put into stories.
  assigned BIGINT,
  role TEXT,
  voice TEXT,
  why TEXT,
  own_reporting_json TEXT NOT NULL
);
CREATE INDEX article_story ON article (story_id, published_at);
CREATE INDEX article_outlet ON article (outlet_id, published_at);
CREATE INDEX article_newest ON article (published_at);
CREATE INDEX article_assigned ON article (assigned);

CREATE TABLE entry (
  id BIGINT PRIMARY KEY,
  feed_id BIGINT NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  url TEXT,
  canonical_url TEXT,
  item_json TEXT NOT NULL,
  first_seen_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  -- When its page is fetched (again); nothing: no more.
  due_at BIGINT,
  last_error TEXT,
  article_id BIGINT REFERENCES article (id),
  UNIQUE (feed_id, key)
);
CREATE INDEX entry_due ON entry (due_at);
CREATE INDEX entry_article ON entry (article_id);
CREATE INDEX entry_canonical ON entry (feed_id, canonical_url);

CREATE TABLE revision (
  id BIGINT PRIMARY KEY,
  article_id BIGINT NOT NULL REFERENCES article (id),
  fetched_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX revision_article ON revision (article_id);

CREATE TABLE reliance (
  id BIGINT PRIMARY KEY,
  story_id BIGINT NOT NULL REFERENCES story (id),
  article_id BIGINT NOT NULL REFERENCES article (id),
  outlet TEXT NOT NULL,
  domain TEXT,
  to_article_id BIGINT REFERENCES article (id),
  how TEXT NOT NULL,
  main BIGINT NOT NULL,
  evidence_json TEXT NOT NULL
);
CREATE INDEX reliance_story ON reliance (story_id);
CREATE INDEX reliance_article ON reliance (article_id);
CREATE INDEX reliance_to_article ON reliance (to_article_id);
CREATE INDEX reliance_outlet ON reliance (outlet);

CREATE TABLE vote (
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  voter TEXT NOT NULL,
  -- 1: like, -1: dislike; a withdrawn vote has no row.
  value BIGINT NOT NULL,
  cast_at BIGINT NOT NULL,
  prefix_hash TEXT,
  PRIMARY KEY (subject_kind, subject_id, voter)
);
CREATE INDEX vote_voter ON vote (voter);

CREATE TABLE vote_count (
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  likes BIGINT NOT NULL,
  dislikes BIGINT NOT NULL,
  PRIMARY KEY (subject_kind, subject_id)
);

CREATE TABLE account (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE session (
  token_hash BYTEA PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL
);

CREATE TABLE token (
  token_hash BYTEA PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE star (
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  article_id BIGINT NOT NULL REFERENCES article (id),
  starred_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, article_id)
);

CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value BYTEA NOT NULL
);

-- The expression must be written in queries as it stands here. The text is cut because a tsvector holds at most 1 MB.
CREATE INDEX article_search ON article USING gin (to_tsvector('simple', title || ' ' || left(text, 200000)));
