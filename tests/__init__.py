"""Tests of trainhub, one folder a room, and the runner of `make test`."""
