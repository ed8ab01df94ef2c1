-- The part in its story that an editor gave a report, apart from the computed one, which it stands before.
CREATE TABLE editor_role (
  article_id INTEGER PRIMARY KEY REFERENCES article (id),
  role TEXT NOT NULL,
  account_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
  set_at INTEGER NOT NULL
);
