"""For trainers: how questions, sections and surveys do with learners. Never who answered what."""
