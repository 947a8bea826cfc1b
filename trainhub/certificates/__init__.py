"""Issue, sign, verify, revoke."""
