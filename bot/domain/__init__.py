"""The glossary as frozen values and pure rules. Standard library alone; imports nothing of ours."""
