"""What stands in for the outside while one tries Saring; it ships, and the tests use it too."""
