"""The indicator cards, one module for each of the seven groups of the source document."""
