"""kelisim: an open observatory of interethnic relations.

Read the rooms downwards and you have the method: sources are read and stored, audited, turned into
evidence, passed through the disclosure gate and published in Kazakh, Russian and English.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
