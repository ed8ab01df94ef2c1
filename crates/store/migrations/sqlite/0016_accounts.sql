-- Accounts that administrators offer: each is made once, with the code whose SHA-256 this is.
CREATE TABLE invitation (
  code_hash BLOB PRIMARY KEY,
  role TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);

-- Who did what to accounts and to the site. Names stay when accounts go.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL
);

-- When a session gets another token.
ALTER TABLE session ADD COLUMN renew_at INTEGER;
