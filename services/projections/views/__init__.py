"""One pure fold a view. No clock, no database, no HTTP: a row and what was told give the next row."""
