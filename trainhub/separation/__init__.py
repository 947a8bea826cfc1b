"""Who may do what beside what else: the rules, the relations they read, decisions, the auditor."""
