"""Settings that all tests share."""

import os

# Several pytest workers share two cores: one BLAS thread each. Read when NumPy is first imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from hypothesis import settings  # noqa: E402  it imports NumPy, which reads the lines above

# A time limit per example fails on a busy machine and tells nothing about the code. In CI the
# examples are the same on every run, so that a red run is red for the change and not by chance.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
