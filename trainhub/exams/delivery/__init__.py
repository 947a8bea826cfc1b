"""The candidate's exam: attempt, answer journal, clock, receipt. An answer is saved when it is durable."""
