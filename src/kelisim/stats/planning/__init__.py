"""Planning of interviews: how many, in how many places of which strata, what they cost and cannot show.

`design_effect` says what likeness inside places and of one interviewer's answers costs; `allocation` shares
places out over strata; `plan` joins both into a plan for a budget, a precision, a change to be seen or a
reliability of areas; `selection` draws the places from a frame, and `assignment` makes sheets for
interviewers that hold numbers and no names. All of it is arithmetic before the first interview: correlations
are assumed.
"""
