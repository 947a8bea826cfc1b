"""trainhub: training and examination for work-safety qualifications, kept apart (考培分离)."""
