-- Keys that open an account in the place of its password (WebAuthn).
CREATE TABLE passkey (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  key_json TEXT NOT NULL,
  added_at INTEGER NOT NULL
);
CREATE INDEX passkey_account ON passkey (account_id);
