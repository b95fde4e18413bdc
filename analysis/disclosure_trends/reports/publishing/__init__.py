"""Old or new, never half: how a run is made whole and shown."""
