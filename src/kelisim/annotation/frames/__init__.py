"""Frames and cues: what a text is about, and in what manner of speech, as rules over words and names.

Owns the words (`words/`), the rules (`rules/`), their expressions and their reading. Rules are applied by
`annotation.rules`. A label is triage: it brings a text before people, who decide what it is.
"""

from kelisim.annotation.frames.codebook import Codebook, Entry, Rule, load_codebook

__all__ = ["Codebook", "Entry", "Rule", "load_codebook"]
