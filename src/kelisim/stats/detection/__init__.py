"""Early diagnosis of counts: charts on a false-alarm budget, what they can see, change points, spread.

A chart is never run on a threshold out of a book: `budget` sets it by simulation on the area's own history,
`power` says what would be seen at that price, and `arl` holds both against exact values.
"""
