"""Posts of public channels as their web preview shows them; `site` is the way in."""
