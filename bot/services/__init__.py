"""The steps of the flow, one verb a file. They use storage directly and the outside by `ports`."""
