"""News from feeds and article pages: fetched politely, read whatever state they are in."""
