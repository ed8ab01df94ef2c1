-- Votes and stars from before then say nothing of what the reader is shown first.
ALTER TABLE account ADD COLUMN forgotten_at INTEGER;
