-- Times are milliseconds since the Unix epoch, switches are 0 and 1, *_json is read whole.

CREATE TABLE outlet (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  outlet_id INTEGER NOT NULL REFERENCES outlet (id),
  url TEXT NOT NULL UNIQUE,
  title TEXT,
  site_url TEXT,
  folder TEXT,
  format TEXT,
  status TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  etag TEXT,
  last_modified TEXT,
  failures INTEGER NOT NULL,
  interval_s INTEGER NOT NULL,
  not_before INTEGER,
  moved_to TEXT,
  moved_times INTEGER NOT NULL,
  last_fetch_at INTEGER,
  last_success_at INTEGER,
  last_status INTEGER,
  last_error TEXT,
  next_fetch_at INTEGER
);
CREATE INDEX feed_due ON feed (next_fetch_at);
CREATE INDEX feed_outlet ON feed (outlet_id);

CREATE TABLE story (
  id INTEGER PRIMARY KEY,
  created_at INTEGER NOT NULL,
  merged_into INTEGER REFERENCES story (id),
  stale INTEGER NOT NULL,
  best_article_id INTEGER,
  origin TEXT,
  origin_why TEXT,
  voices INTEGER NOT NULL,
  reports INTEGER NOT NULL,
  firsthand INTEGER NOT NULL,
  independent_outlets INTEGER NOT NULL,
  first_published_at INTEGER NOT NULL,
  last_published_at INTEGER NOT NULL,
  last_firsthand_at INTEGER
);
CREATE INDEX story_newest ON story (last_published_at);
CREATE INDEX story_stale ON story (stale, id);

CREATE TABLE article (
  id INTEGER PRIMARY KEY,
  outlet_id INTEGER NOT NULL REFERENCES outlet (id),
  url TEXT NOT NULL,
  canonical_url TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  byline TEXT,
  language TEXT,
  published_at INTEGER NOT NULL,
  modified_at INTEGER,
  fetched_at INTEGER NOT NULL,
  admitted_at INTEGER NOT NULL,
  excerpt TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  lead_image TEXT,
  links_json TEXT NOT NULL,
  categories_json TEXT NOT NULL,
  from_feed INTEGER NOT NULL,
  extract_version INTEGER NOT NULL,
  trace_version INTEGER NOT NULL,
  analysis_json TEXT NOT NULL,
  -- The sources named in it, folded, a line each: what `source:` searches.
  sources TEXT NOT NULL,
  story_id INTEGER REFERENCES story (id),
  -- The place in the order in which articles were put into stories.
  assigned INTEGER,
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
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  url TEXT,
  canonical_url TEXT,
  item_json TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  -- When its page is fetched (again); nothing: no more.
  due_at INTEGER,
  last_error TEXT,
  article_id INTEGER REFERENCES article (id),
  UNIQUE (feed_id, key)
);
CREATE INDEX entry_due ON entry (due_at);
CREATE INDEX entry_article ON entry (article_id);
CREATE INDEX entry_canonical ON entry (feed_id, canonical_url);

CREATE TABLE revision (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article (id),
  fetched_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX revision_article ON revision (article_id);

CREATE TABLE reliance (
  id INTEGER PRIMARY KEY,
  story_id INTEGER NOT NULL REFERENCES story (id),
  article_id INTEGER NOT NULL REFERENCES article (id),
  outlet TEXT NOT NULL,
  domain TEXT,
  to_article_id INTEGER REFERENCES article (id),
  how TEXT NOT NULL,
  main INTEGER NOT NULL,
  evidence_json TEXT NOT NULL
);
CREATE INDEX reliance_story ON reliance (story_id);
CREATE INDEX reliance_article ON reliance (article_id);
CREATE INDEX reliance_to_article ON reliance (to_article_id);
CREATE INDEX reliance_outlet ON reliance (outlet);

CREATE TABLE vote (
  subject_kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  voter TEXT NOT NULL,
  -- 1: like, -1: dislike; a withdrawn vote has no row.
  value INTEGER NOT NULL,
  cast_at INTEGER NOT NULL,
  prefix_hash TEXT,
  PRIMARY KEY (subject_kind, subject_id, voter)
);
CREATE INDEX vote_voter ON vote (voter);

CREATE TABLE vote_count (
  subject_kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  likes INTEGER NOT NULL,
  dislikes INTEGER NOT NULL,
  PRIMARY KEY (subject_kind, subject_id)
);

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE session (
  token_hash BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
);

CREATE TABLE token (
  token_hash BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE star (
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  article_id INTEGER NOT NULL REFERENCES article (id),
  starred_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, article_id)
);

CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
);

-- Kept by the program in the transaction that changes the article; rowid is the article's id.
CREATE VIRTUAL TABLE article_search USING fts5 (title, text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
