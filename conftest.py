"""Loads the package before pytest collects the doctests of its files.

Collected one by one, a file would be run a second time beside the module that everything else uses.
"""

import autograd  # noqa: F401
