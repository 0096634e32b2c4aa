"""The codebook: what is coded, and the names of countries and languages it is coded for."""

from taxonomy.codebook import Codebook, CodeDefinition, Cues, Example, Facet, load_codebook
from taxonomy.errors import SuasionError

__all__ = ["CodeDefinition", "Codebook", "Cues", "Example", "Facet", "SuasionError", "load_codebook"]
