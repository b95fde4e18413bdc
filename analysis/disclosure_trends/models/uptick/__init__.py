"""Whether the latest period is up, at a stated rate of false alarms."""
