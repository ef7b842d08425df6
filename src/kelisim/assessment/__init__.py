"""Assessment: indicator cards, recipes, the four-part index and zones. Pure; figures come in as values."""
