-- The part before the @ of the address to which an account's newsletters are sent.
ALTER TABLE account ADD COLUMN letter_code TEXT;
CREATE UNIQUE INDEX account_letter_code ON account (letter_code);

-- Newsletters: nobody's but the account's own, and so no articles.
CREATE TABLE letter (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- The message's own identifier, or a hash of it: a letter that is delivered twice is one.
  message_key TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  UNIQUE (account_id, message_key)
);
