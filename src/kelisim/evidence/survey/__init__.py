"""Survey results as published: marginals, their prints and what they cannot say."""
