"""Posts and comments from the exports that people have: downloads, Zeeschuimer, 4CAT, plain tables."""
