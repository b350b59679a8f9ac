"""Genres: kinds of documents, and how each one prints facts."""

from course_lib.world.genres.company import COMPANY_GENRES
from course_lib.world.genres.genre import Genre, Setting, StatedFact
from course_lib.world.genres.layouts import LAYOUTS
from course_lib.world.genres.rendering import render

__all__ = ["COMPANY_GENRES", "LAYOUTS", "Genre", "Setting", "StatedFact", "render"]
