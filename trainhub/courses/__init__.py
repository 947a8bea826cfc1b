"""Courses, lessons, learning hours, classes."""
