"""The candidate's exam: attempt, journal, clock."""
