"""Answers on paper (纸笔作答): who sits on paper, and how two people bring a sheet into the journal."""
