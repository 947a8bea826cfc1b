"""Home pages per duty and the front page: what waits for me, by when, what is wrong."""
