"""The understanding: text in, meaning out. No files but the models' own, no database, no flows, no screen."""

from models.coding import Claim, Code, Coder, Coding, Passage, Span

__all__ = ["Claim", "Code", "Coder", "Coding", "Passage", "Span"]
