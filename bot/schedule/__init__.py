"""What happens without being asked for: the tick, and the sending of what is owed."""
