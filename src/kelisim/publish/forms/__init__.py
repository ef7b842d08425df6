"""A questionnaire as people and programs need it: for telephones, on paper, as a codebook."""
