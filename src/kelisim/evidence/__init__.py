"""Evidence: one folder per strand, each owning its declared tables and its measures.

Strands do not know each other; what one needs from another is handed in by `runs`.
"""
