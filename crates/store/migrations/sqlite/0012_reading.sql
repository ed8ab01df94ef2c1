-- What an account wants hidden from its lists, or shown whatever else is hidden.
CREATE TABLE rule (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  effect TEXT NOT NULL,
  field TEXT NOT NULL,
  pattern TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX rule_account ON rule (account_id);

-- Searches that an account keeps.
CREATE TABLE saved_search (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- Whether new finds are told at the top of every page.
  alert INTEGER NOT NULL,
  -- What was stored until then was seen.
  seen_at INTEGER NOT NULL
);
CREATE INDEX saved_search_account ON saved_search (account_id);

-- How an account wants its pages: read whole.
ALTER TABLE account ADD COLUMN preferences_json TEXT;

-- What editors say of the site.
CREATE TABLE site_setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  account_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
  set_at INTEGER NOT NULL
);
CREATE TABLE site_file (
  name TEXT PRIMARY KEY,
  media_type TEXT NOT NULL,
  content BLOB NOT NULL,
  set_at INTEGER NOT NULL
);

-- How much of an outlet's articles public pages show.
CREATE TABLE outlet_setting (
  outlet_id INTEGER PRIMARY KEY REFERENCES outlet (id),
  excerpt_chars INTEGER NOT NULL
);

-- What an article is filed under: its outlet's categories and section, and the words of its headline, folded.
CREATE TABLE article_label (
  article_id INTEGER NOT NULL REFERENCES article (id),
  label TEXT NOT NULL,
  PRIMARY KEY (article_id, label)
);
CREATE INDEX article_label_label ON article_label (label, article_id);

-- Shown outlets carry how long their excerpts are.
DROP VIEW outlet_shown;
CREATE VIEW outlet_shown AS
  SELECT own.id AS own_id, own.name AS own_name, own.key AS own_key,
         COALESCE(other.id, own.id) AS id, COALESCE(other.name, own.name) AS name, COALESCE(other.key, own.key) AS key,
         outlet_setting.excerpt_chars AS excerpt_chars
  FROM outlet AS own
  LEFT JOIN editor_outlet ON editor_outlet.outlet_id = own.id
  LEFT JOIN outlet AS other ON other.id = editor_outlet.into_id
  LEFT JOIN outlet_setting ON outlet_setting.outlet_id = COALESCE(other.id, own.id);

-- Outlets' reports by their part are counted without reading the articles.
CREATE INDEX article_outlet_role ON article (outlet_id, role);
