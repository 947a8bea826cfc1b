"""Courses, classes and learning hours (培训): what is taught, to whom, and how much of it was really learnt.

Other rooms of the training wing may use ``courses.films`` (taking and serving films) and ``courses.viewing``
(watching a film to its end, counted by the server).
"""
