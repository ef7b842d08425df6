"""Population by area and group: the tables, and the measures of composition and spread."""
