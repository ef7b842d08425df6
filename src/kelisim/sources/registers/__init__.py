"""Registers of events from outside: rows of any file, known layouts, and the way into the own register."""
