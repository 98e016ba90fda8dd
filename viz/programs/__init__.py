"""Pictures of recorded programs: which parts run as one array call, and what feeds what."""
