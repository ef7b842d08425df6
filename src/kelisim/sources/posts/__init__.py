"""Posts and comments from the exports that people have: official downloads, Zeeschuimer, 4CAT, plain tables."""
