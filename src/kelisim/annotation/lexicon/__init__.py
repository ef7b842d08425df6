"""The lexicon: peoples, countries, bodies and places, and the words in which texts name them.

Owns the records, the grammars and the built file. What stands in a text is found by `annotation.matching`,
what a name means there is decided by `annotation.senses`.
"""

from kelisim.annotation.lexicon.lexicon import KINDS, Concept, Lexicon, load_lexicon
from kelisim.annotation.lexicon.suffixes import SUFFIXES
from kelisim.annotation.lexicon.words import FORM_LANGUAGES, SPELLINGS

__all__ = ["FORM_LANGUAGES", "KINDS", "SPELLINGS", "SUFFIXES", "Concept", "Lexicon", "load_lexicon"]
