"""Plans, registration, eligibility, seating, tickets."""
