-- Long values that are read whole are packed bytes from here on. What was stored as text is read as it is.
ALTER TABLE article
  ALTER COLUMN html TYPE BYTEA USING convert_to(html, 'UTF8'),
  ALTER COLUMN analysis_json TYPE BYTEA USING convert_to(analysis_json, 'UTF8');
-- The server need not try to pack them once more.
ALTER TABLE article ALTER COLUMN html SET STORAGE EXTERNAL, ALTER COLUMN analysis_json SET STORAGE EXTERNAL;
