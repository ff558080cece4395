"""A digest's documents: the same items for a machine, a spreadsheet and a printer. All pure."""
