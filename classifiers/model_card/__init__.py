"""The model card: what a model was measured to do, in Markdown and as one page of HTML."""
