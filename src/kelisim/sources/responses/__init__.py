"""Answers from where they were collected: one module per format, one meaning for all of them.

A format module cuts its file into `Block`s of text cells. `headers` says which column belongs to which
question, `cells` what a cell means, `door` what may not come in, and `take` joins the three.
"""
