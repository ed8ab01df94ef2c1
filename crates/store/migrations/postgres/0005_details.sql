-- What a page says of its article besides (Details of the extraction): subtitle, section, notes of corrections.
ALTER TABLE article ADD COLUMN details_json TEXT NOT NULL DEFAULT '{}';
