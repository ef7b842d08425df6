"""Labels on texts: one pure, versioned kernel, an Arrow batch in and an Arrow batch out.

The kernel reads no file of a study, knows no engine and keeps no state between batches but a cache of words,
so that the same rows get the same labels on a laptop, in a pool of processes and on a cluster.
"""

from kelisim.annotation.schema import ANNOTATIONS, ITEMS

__all__ = ["ANNOTATIONS", "ITEMS"]
