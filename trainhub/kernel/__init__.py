"""The ground floor: database, clock, errors, keys, languages, jobs, storage. It knows no domain."""
