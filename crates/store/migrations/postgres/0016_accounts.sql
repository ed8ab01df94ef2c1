-- Accounts that administrators offer: each is made once, with the code whose SHA-256 this is.
CREATE TABLE invitation (
  code_hash BYTEA PRIMARY KEY,
  role TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Who did what to accounts and to the site. Names stay when accounts go.
CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  account_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL
);

-- When a session gets another token.
ALTER TABLE session ADD COLUMN renew_at BIGINT;
