"""The genres of the course's company, on all ten kinds of entities."""

from course_lib.world.genres import operations, rules, sales, workplace
from course_lib.world.genres.genre import Genre

COMPANY_GENRES: tuple[Genre, ...] = (*sales.GENRES, *rules.GENRES, *operations.GENRES, *workplace.GENRES)
"""All genres of the company."""
