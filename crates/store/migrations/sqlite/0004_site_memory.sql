-- What the last pages of an outlet had in common (SiteMemory of the extraction): worth little, lost without harm.
CREATE TABLE site_memory (
  outlet_id INTEGER PRIMARY KEY REFERENCES outlet (id),
  memory BLOB NOT NULL
);
