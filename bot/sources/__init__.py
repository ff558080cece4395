"""Ways a post comes in, one file each."""
